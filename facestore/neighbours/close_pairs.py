"""Stage: vectors near each other, found by comparing every vector with every other one."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from facestore.records import Float32, Int64, VectorBlock

# 64 MB of cosines at a time against the 8,192 rows that a table is read in.
_TILE_ROWS = 2048
# 200 MB of vectors of 768 values.
_ROWS_AT_ONCE = 65_536


@dataclass(frozen=True)
class ClosePairs:
    """Pairs of rows whose vectors are close.

    Attributes
    ----------
    first, second
        int64 (P,) numbers of rows, first < second.
    cosines
        float32 (P,), in [-1, 1].
    n_compared
        Pairs of vectors that were looked at to find these; by an index, vectors that were asked.
    n_full
        By an index: vectors all of whose nearest that were looked at are close.
    """

    first: Int64
    second: Int64
    cosines: Float32
    n_compared: int
    n_full: int = 0

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.cosines)


def close_pairs(
    read: Callable[[], Iterable[VectorBlock]],
    min_cosine: float,
    *,
    rows_at_once: int = _ROWS_AT_ONCE,
) -> Iterator[ClosePairs]:
    """Yield all pairs of vectors with a cosine of at least `min_cosine`, each pair once.

    The vectors are never all in memory: for every `rows_at_once` of them all are read once.

    Parameters
    ----------
    read
        Starts to read all vectors; the same ones every time, in any order.
    min_cosine
        The threshold; cosines are float32 products of unit vectors.
    rows_at_once
        How many vectors are held while the others stream by.

    Yields
    ------
    ClosePairs
        Often without a pair in it, so that the caller can show how far it is.
    """
    tile = np.empty(0, np.float32)
    for left in _gathered(read(), rows_at_once):
        for right in read():
            last = right.rows.max(initial=-1)
            for start in range(0, len(left.rows), _TILE_ROWS):
                part = VectorBlock(
                    left.rows[start : start + _TILE_ROWS], left.vectors[start : start + _TILE_ROWS]
                )
                if part.rows.min() >= last:
                    continue  # all its pairs come when the two change places
                size = len(part.rows) * len(right.rows)
                if tile.size < size:
                    tile = np.empty(size, np.float32)
                cosines = tile[:size].reshape(len(part.rows), len(right.rows))
                yield _compare(part, right, np.float32(min_cosine), cosines)


def _compare(
    left: VectorBlock, right: VectorBlock, min_cosine: np.float32, cosines: Float32
) -> ClosePairs:
    """Multiply two blocks into `cosines`, and pick the pairs in which the left row comes first."""
    np.matmul(left.vectors, right.vectors.T, out=cosines)
    places = np.flatnonzero(cosines >= min_cosine)
    i, j = np.divmod(places, len(right.rows))
    first, second = left.rows[i], right.rows[j]
    kept = first < second
    found = np.clip(cosines.ravel()[places[kept]], -1, 1)
    after = np.searchsorted(np.sort(right.rows), left.rows, side="right")
    n_compared = int((len(right.rows) - after).sum())
    return ClosePairs(first[kept], second[kept], found, n_compared)


def _gathered(blocks: Iterable[VectorBlock], n_rows: int) -> Iterator[VectorBlock]:
    """Put blocks together until they have `n_rows` rows or more."""
    waiting: list[VectorBlock] = []
    for block in blocks:
        waiting.append(block)
        if sum(len(each.rows) for each in waiting) >= n_rows:
            yield _joined(waiting)
            waiting = []
    if waiting:
        yield _joined(waiting)


def _joined(blocks: list[VectorBlock]) -> VectorBlock:
    rows = np.concatenate([block.rows for block in blocks])
    return VectorBlock(rows, np.concatenate([block.vectors for block in blocks]))
