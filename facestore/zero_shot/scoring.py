"""Stage 3: image vectors and text vectors become cosine similarities."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from facestore.records import EmbeddingBatch, Float32


@dataclass(frozen=True)
class ScoreBlock:
    """Similarities of some samples to some prompts.

    Attributes
    ----------
    prompt_ids
        P prompts.
    sample_ids
        S samples.
    cosines
        float32 (P, S), in [-1, 1].
    """

    prompt_ids: tuple[int, ...]
    sample_ids: tuple[int, ...]
    cosines: Float32


def score_blocks(
    pending: pl.DataFrame,
    images: Iterable[EmbeddingBatch],
    texts: Mapping[int, Float32],
    *,
    rows_at_once: int = 8_000_000,
) -> Iterator[ScoreBlock]:
    """Score the pending samples while their vectors stream by.

    Parameters
    ----------
    pending
        `sample_id`, `vector_key` and `prompt_ids`; samples without a vector are passed over.
    images
        All image vectors of the encoder, each key once.
    texts
        float32 (D,) text vector of each prompt_id.
    rows_at_once
        A block is given out when it has so many similarities or more.
    """
    # Most samples lack the same prompts, so there is one group, or a few after an interruption.
    groups = [
        _Group(tuple(prompt_ids), rows["vector_key"], rows["sample_id"].to_numpy(), texts)
        for (prompt_ids,), rows in pending.group_by("prompt_ids", maintain_order=True)
    ]
    for batch in images:
        for group in groups:
            group.score(batch)
            if group.n_rows >= rows_at_once:
                yield group.give_out()
    for group in groups:
        if group.n_rows:
            yield group.give_out()


def cosines_of(prompts: Float32, vectors: Float32) -> Float32:
    """Return the cosines of unit vectors.

    Parameters
    ----------
    prompts, vectors
        float32 (P, D) and (S, D).

    Returns
    -------
    float32 (P, S)
        In [-1, 1].
    """
    cosines: Float32 = prompts @ vectors.T
    np.clip(cosines, -1, 1, out=cosines)  # rounding may lead out of it by an ulp
    return cosines


class _Group:
    """Samples that lack the same prompts; holds what is scored until it is given out."""

    def __init__(
        self,
        prompt_ids: tuple[int, ...],
        keys: pl.Series,
        sample_ids: npt.NDArray[np.integer],
        texts: Mapping[int, Float32],
    ) -> None:
        self._prompt_ids = prompt_ids
        self._prompts = np.stack([texts[prompt_id] for prompt_id in prompt_ids])
        # Samples that share a vector lie side by side: those of key i from starts[i] on.
        by_key = (
            pl.DataFrame({"key": keys, "sample_id": sample_ids}).group_by("key").agg("sample_id")
        )
        self._number_of = {key: i for i, key in enumerate(by_key["key"].to_list())}
        self._sample_ids = by_key["sample_id"].explode().to_numpy()
        self._counts = by_key["sample_id"].list.len().to_numpy().astype(np.int64)
        self._starts = np.cumsum(self._counts) - self._counts
        self._done: list[tuple[npt.NDArray[np.integer], Float32]] = []
        self.n_rows = 0

    def score(self, batch: EmbeddingBatch) -> None:
        """Score the samples whose vectors are in a batch."""
        numbers = np.asarray([self._number_of.get(key, -1) for key in batch.keys], dtype=np.int64)
        rows = np.flatnonzero(numbers >= 0)
        if not rows.size:
            return
        vectors = batch.vectors if rows.size == numbers.size else batch.vectors[rows]
        # Only cosines are kept: a vector is larger by far than its cosines to a few prompts.
        cosines = cosines_of(self._prompts, vectors)
        numbers = numbers[rows]
        counts = self._counts[numbers]
        if (counts > 1).any():
            cosines = np.repeat(cosines, counts, axis=1)
        before = np.cumsum(counts) - counts
        places = np.repeat(self._starts[numbers] - before, counts) + np.arange(counts.sum())
        self._done.append((self._sample_ids[places], cosines))
        self.n_rows += cosines.size

    def give_out(self) -> ScoreBlock:
        """Return all that is scored so far, in order of sample_id, and forget it."""
        sample_ids = np.concatenate([each for each, _ in self._done])
        cosines = np.concatenate([each for _, each in self._done], axis=1)
        self._done, self.n_rows = [], 0
        order = np.argsort(sample_ids)
        return ScoreBlock(
            self._prompt_ids, tuple(sample_ids[order].tolist()), np.take(cosines, order, axis=1)
        )
