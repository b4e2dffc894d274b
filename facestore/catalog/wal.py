"""DuckDB's write-ahead log: whether it is read to its end.

The log has what was committed since the last checkpoint. DuckDB checks each entry, and stops
without a word at one that is longer than the rest of the file: that is what a killed process leaves
of a transaction which was not committed, and also what a damaged length looks like. A file which
does not begin as a log is passed over in the same way.

After a header of one object, which ends with two bytes 255, come entries: 8 bytes for the length,
8 for the checksum, and so many bytes (version 2 of the log, which DuckDB 1.5 writes).
"""

from pathlib import Path

_BEGIN = b"\x64\x00\x62"  # field 100, the kind of entry: a version
_HEADER = _BEGIN + b"\x65\x00\x02\xff\xff"  # field 101, version 2; end
_LENGTHS = 16


def wal_of(database: Path) -> Path:
    """Return the file of the log of a database; it is there only after a kill, or while writing."""
    return database.with_name(f"{database.name}.wal")


def is_log(wal: Path) -> bool:
    """Whether a file begins as a log does; an empty one is as good as none."""
    with wal.open("rb") as file:
        begin = file.read(len(_BEGIN))
    return begin in (b"", _BEGIN)


def n_unread_bytes(wal: Path) -> int:
    """Return how many bytes at the end are no whole entry; all, of a log with another header."""
    n_bytes = wal.stat().st_size
    with wal.open("rb") as file:
        if file.read(len(_HEADER)) != _HEADER:
            return n_bytes
        at = len(_HEADER)
        while at + _LENGTHS <= n_bytes:
            file.seek(at)
            length = int.from_bytes(file.read(8), "little")
            if length == 0 or at + _LENGTHS + length > n_bytes:
                break
            at += _LENGTHS + length
    return n_bytes - at
