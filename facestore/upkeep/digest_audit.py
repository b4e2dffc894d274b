"""The vectors of a Lance table against the checksums that were recorded of them."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from facestore.catalog.vector_batches import RecordedBatch
from facestore.errors import by_number, counted
from facestore.records import EmbeddingBatch
from facestore.upkeep.tallies import Tally
from facestore.vector_digests import batch_digest, differing_rows, row_digests


class DigestAudit:
    """Compares rows while they stream by.

    Parameters
    ----------
    table
        Its name.
    recorded
        What was recorded of it, in order.
    tally
        Takes the rows that differ: table, row, key, problem.
    """

    def __init__(self, table: str, recorded: Sequence[RecordedBatch], tally: Tally) -> None:
        self._table, self._tally = table, tally
        self._recorded = deque(recorded)
        self._first_row = 0
        self._keys: list[str] = []
        self._digests: list[bytes] = []

    def compare(self, batch: EmbeddingBatch) -> None:
        """Take the next rows."""
        if not self._recorded:
            return
        self._keys += batch.keys
        self._digests += row_digests(batch)
        while self._recorded and self._recorded[0].end <= self._first_row + len(self._keys):
            self._tally.add(self._differing(self._recorded.popleft()))

    def end(self) -> None:
        """Compare the rows that are there of a batch of which some are gone."""
        for batch in self._recorded:
            self._tally.add(self._differing(batch))
        self._recorded.clear()

    def _differing(self, batch: RecordedBatch) -> Iterator[tuple[Any, ...]]:
        start = max(0, batch.first_row - self._first_row)
        end = batch.end - self._first_row
        keys, digests = self._keys[start:end], self._digests[start:end]
        rows = differing_rows(digests, batch.row_checks)
        for row in rows:
            problem = "key or vector is not the one that was recorded"
            yield self._table, batch.first_row + row, keys[row], problem
        if len(digests) < batch.n_rows:
            n_gone = batch.n_rows - len(digests)
            gone = f"{counted(n_gone, 'row')} from here on {by_number(n_gone, 'is', 'are')} gone"
            yield self._table, batch.first_row + len(digests), None, gone
        elif not rows and batch_digest(digests) != batch.sha256:
            problem = f"one of {batch.n_rows:,} rows from here on, or their record, was changed"
            yield self._table, batch.first_row, None, problem
        del self._keys[:end], self._digests[:end]
        self._first_row = batch.end
