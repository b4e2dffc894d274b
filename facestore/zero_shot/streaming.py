"""Cosines in blocks that are used and forgotten, while the vectors stream by."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from facestore.catalog.streams import Streams
from facestore.connections import memory_limit
from facestore.errors import InputError, counted
from facestore.records import EmbeddingBatch, Float32, Int64
from facestore.zero_shot.deciding import Vote
from facestore.zero_shot.scoring import cosines_of

# Samples of a block, where memory allows: two row groups of DuckDB, which are written as they are.
_SAMPLES = 245_760
_FEWEST = 8192
# Of a sample that is waited for: two hashes of its key, and its id; and once more to sort them.
_WAITING_BYTES = 64
# Two of keys that have both hashes in common are a matter of 2 ** 128, as for SHA-256.
_SEEDS = (1, 2)


@dataclass(frozen=True)
class Scored:
    """Some samples and their cosines.

    Attributes
    ----------
    sample_ids : int64 (S,)
    cosines : float32 (P, S)
        In [-1, 1].
    """

    sample_ids: Int64
    cosines: Float32


class Waiting:
    """Samples that wait for the vector of their key.

    Parameters
    ----------
    batches
        `sample_id` and `vector_key`; several samples may have one key.
    """

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        parts = [(_hashes(each["vector_key"]), each["sample_id"].to_numpy()) for each in batches]
        none = (np.empty((2, 0), np.uint64), np.empty(0, np.int64))
        first, second = np.concatenate([hashes for hashes, _ in [none, *parts]], axis=1)
        ids = np.concatenate([each for _, each in [none, *parts]])
        order = np.lexsort((second, first))
        self._second, self._ids = second[order], ids[order]
        # Samples of one hash lie side by side, from starts[i] on.
        self._first, self._starts, self._counts = np.unique(
            first[order], return_index=True, return_counts=True
        )

    def __len__(self) -> int:
        return len(self._ids)

    def met_by(self, keys: Sequence[str]) -> tuple[Int64, Int64]:
        """Return the places among keys that samples wait for, and their sample_ids."""
        first, second = _hashes(pa.array(keys, pa.string()))
        if not self._ids.size:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        groups = np.minimum(np.searchsorted(self._first, first), self._first.size - 1)
        counts = np.where(self._first[groups] == first, self._counts[groups], 0)
        places = np.repeat(np.arange(len(keys)), counts)
        before = np.cumsum(counts) - counts
        found = np.repeat(self._starts[groups] - before, counts) + np.arange(counts.sum())
        is_same = self._second[found] == second[places]
        return places[is_same], self._ids[found[is_same]].astype(np.int64)


def _hashes(keys: pa.Array) -> npt.NDArray[np.uint64]:
    """Return two hashes of each key, uint64 (2, N)."""
    texts = pl.Series(keys)
    return np.stack([texts.hash(seed).to_numpy() for seed in _SEEDS])


def votes_of(streams: Streams, prompt_set: str) -> dict[str, Vote]:
    """Return what decides each attribute that prompts of a set name classes of."""
    found = streams.votes(prompt_set)
    return {name: Vote(name, classes, prompts) for name, (classes, prompts) in found.items()}


def samples_at_once(n_waiting: int, bytes_of_sample: int) -> int:
    """Return how many samples a block may have.

    Parameters
    ----------
    n_waiting
        Samples that wait for their vectors.
    bytes_of_sample
        What is held of a sample until its block is written.

    Raises
    ------
    InputError
        If FACESTORE_MEMORY is not enough for a block.
    """
    limit = memory_limit()
    if limit is None:
        return _SAMPLES
    # DuckDB has the other half.
    left = limit // 2 - n_waiting * _WAITING_BYTES
    n = int(left // bytes_of_sample)
    if n < _FEWEST:
        needed = 2 * (n_waiting * _WAITING_BYTES + _FEWEST * bytes_of_sample)
        message = (
            f"FACESTORE_MEMORY={limit / 1e6:.0f}MB is not enough for a block of {_FEWEST:,} of "
            f"{counted(n_waiting, 'sample')}: FACESTORE_MEMORY={_rounded_up(needed)}MB is."
        )
        raise InputError(message)
    return min(n, _SAMPLES)


def _rounded_up(n_bytes: int) -> int:
    return -(-n_bytes // 10_000_000) * 10


def scored(
    images: Iterable[EmbeddingBatch], waiting: Waiting, prompts: Float32
) -> Iterator[Scored]:
    """Yield the cosines of all samples that wait, some thousands at a time.

    Parameters
    ----------
    images
        All image vectors of the encoder, each key once.
    waiting
        The samples.
    prompts
        float32 (P, D): text vectors.
    """
    for batch in images:
        places, sample_ids = waiting.met_by(batch.keys)
        if not places.size:
            continue
        # Each vector once, as without a stream: the last bits of a product go by its shape.
        rows, of_row = np.unique(places, return_inverse=True)
        vectors = batch.vectors if rows.size == len(batch.keys) else batch.vectors[rows]
        cosines = cosines_of(prompts, vectors)
        yield Scored(sample_ids, cosines if of_row.size == rows.size else cosines[:, of_row])
