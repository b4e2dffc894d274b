"""The blocks of a DuckDB file, each against the checksum that is written in it.

DuckDB compares the checksum of a block when it reads it. Blocks of an index are not read with the
values of a table, but by queries that use it; and nobody reads blocks that are free. The layout is
that of DuckDB 1.x: three headers of 4096 bytes, then blocks of 256 KiB, of which the first 8 bytes
are the checksum of the rest.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

_HEADERS, _BLOCK = 3 * 4096, 256 * 1024
_START, _FACTOR = np.uint64(5381), np.uint64(0xBF58476D1CE4E5B9)


def differing_blocks(database: Path) -> Iterator[int]:
    """Yield the number of each block that has another checksum than is written in it."""
    with database.open("rb") as file:
        file.seek(_HEADERS)
        number = 0
        while len(content := file.read(_BLOCK)) == _BLOCK:
            words = np.frombuffer(content, "<u8")
            found = np.bitwise_xor.reduce(words[1:] * _FACTOR) ^ _START
            # a block that was never written is empty
            if found != words[0] and words.any():
                yield number
            number += 1
