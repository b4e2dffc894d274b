"""Checksums of the rows of Lance tables, in DuckDB."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb

from facestore.catalog.database import TableFamily
from facestore.vector_digests import batch_digest, row_checks

Kind = Literal["images", "texts"]
KINDS: tuple[Kind, ...] = ("images", "texts")
# A batch that is this large says little of where in it something is wrong.
_MOST_ROWS = 65_536


@dataclass(frozen=True)
class RecordedBatch:
    """Rows of a Lance table that lie side by side, and their checksums.

    Attributes
    ----------
    first_row, n_rows
        Which rows, from 0.
    sha256
        Digest (hex) of all of them, as `vector_digests` says.
    row_checks
        4 bytes a row.
    """

    first_row: int
    n_rows: int
    sha256: str
    row_checks: bytes

    @property
    def end(self) -> int:
        """The row after the last."""
        return self.first_row + self.n_rows


@dataclass(frozen=True)
class DigestedRows:
    """Digests of rows that lie side by side.

    Attributes
    ----------
    first_row
        Place of the first, from 0.
    digests
        32 bytes each.
    is_found
        Whether they are of what was on the disk, and not of what was to be written.
    """

    first_row: int
    digests: Sequence[bytes]
    is_found: bool


class VectorBatches(TableFamily):
    """What was recorded of the vectors."""

    def of(self, encoder_id: int, kind: Kind) -> list[RecordedBatch]:
        """Return the batches of a Lance table, in order of their rows."""
        rows = self._rows(
            "select first_row, n_rows, sha256, row_checks from vector_batches "
            "where encoder_id = ? and kind = ? order by first_row",
            [encoder_id, kind],
        )
        return [RecordedBatch(*row) for row in rows]

    def n_recorded(self, encoder_id: int, kind: Kind) -> int:
        """Return how many rows of a Lance table are recorded: all up to this one."""
        return _n_recorded(self._database.reader(), encoder_id, kind)

    def add(self, encoder_id: int, kind: Kind, rows: Sequence[DigestedRows]) -> int:
        """Record rows, after those that are recorded; return how many.

        Parameters
        ----------
        encoder_id, kind
            Whose they are.
        rows
            In the order of the table. What another command has recorded in the meantime is left.
        """
        n_new = 0
        with self._database.writing() as con:
            done = _n_recorded(con, encoder_id, kind)
            for each in rows:
                digests = each.digests[max(0, done - each.first_row) :]
                first = max(done, each.first_row)
                for start in range(0, len(digests), _MOST_ROWS):
                    part = digests[start : start + _MOST_ROWS]
                    con.execute(
                        "insert into vector_batches "
                        "values (?, ?, ?, ?, ?, ?, ?, make_timestamp(epoch_us(now())))",
                        [
                            encoder_id,
                            kind,
                            first + start,
                            len(part),
                            batch_digest(part),
                            row_checks(part),
                            "found" if each.is_found else "written",
                        ],
                    )
                    n_new += len(part)
        return n_new

    def keep_first(self, encoder_id: int, kind: Kind, n_rows: int) -> None:
        """Forget the batches of rows that are not among the first ones any more."""
        with self._database.writing() as con:
            con.execute(
                "delete from vector_batches "
                "where encoder_id = ? and kind = ? and first_row + n_rows > ?",
                [encoder_id, kind, n_rows],
            )


def _n_recorded(con: duckdb.DuckDBPyConnection, encoder_id: int, kind: Kind) -> int:
    row = con.execute(
        "select coalesce(max(first_row + n_rows), 0) from vector_batches "
        "where encoder_id = ? and kind = ?",
        [encoder_id, kind],
    ).fetchone()
    return int(row[0]) if row else 0
