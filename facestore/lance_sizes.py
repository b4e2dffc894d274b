"""How a Lance table lies on the disk: what its newest version takes, and what older ones take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from facestore.lance_folders import LanceFolder

# Merging reads and writes all rows of fragments below Lance's million rows, which costs about as
# much as it cost to write them; so many fragments are read nearly as quickly as one.
MOST_FRAGMENTS = 256
# So few rows are merged at the end of each command that wrote.
SMALL_TABLE = 32_768
# What older versions may take, as a part of what is live: after fragments were merged, and before
# they are merged for that alone, as where a run was killed in between. Less than so many bytes
# nobody misses: they are what `doctor repair=True` goes back to.
_SPARE_PART, _MOST_WASTE = 0.05, 0.5
_SPARE_BYTES = 64 * 2**20


@dataclass(frozen=True)
class TableSizes:
    """Bytes of a Lance table.

    Attributes
    ----------
    n_live
        Of the data of its newest version.
    n_disk
        Of all files in its folder.
    """

    n_live: int
    n_disk: int


def n_fragments(table: Any) -> int:
    """Return in how many pieces the rows lie."""
    return int(table.stats()["fragment_stats"]["num_fragments"])


def sizes_of(table: Any, folder: LanceFolder | None) -> TableSizes:
    """Return what a table takes; where there is no folder that can be looked into, what is live."""
    n_live = int(table.stats()["total_bytes"])
    return TableSizes(n_live, n_live if folder is None else folder.n_bytes())


def should_merge(table: Any, folder: LanceFolder | None) -> bool:
    """Whether fragments are many, or older versions take much that nothing else would remove."""
    limit = MOST_FRAGMENTS if table.count_rows() > SMALL_TABLE else 1
    return n_fragments(table) > limit or is_wasteful(table, folder, _MOST_WASTE)


def is_wasteful(table: Any, folder: LanceFolder | None, part: float = _SPARE_PART) -> bool:
    """Whether older versions take more than a part of what is live, and enough to matter."""
    sizes = sizes_of(table, folder)
    return sizes.n_disk - sizes.n_live > max(_SPARE_BYTES, part * sizes.n_live)
