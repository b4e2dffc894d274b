"""Stage 3: image vectors and text vectors become cosine similarities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from facestore.records import EmbeddingBatch, Float32, PromptSet


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
    rows_at_once: int = 2_000_000,
) -> Iterator[ScoreBlock]:
    """Score the pending samples while their vectors stream by.

    Parameters
    ----------
    pending
        `sample_id`, `vector_key` and `prompt_ids`; samples without a vector are passed over.
    images
        All image vectors of the encoder.
    texts
        float32 (D,) text vector of each prompt_id.
    rows_at_once
        A block is given out when it would have about so many similarities.
    """
    waiting: dict[tuple[int, ...], list[tuple[int, Float32]]] = {}
    samples_of = _samples_by_key(pending)
    for batch in images:
        for i, key in enumerate(batch.keys):
            for sample_id, prompt_ids in samples_of.get(key, ()):
                group = waiting.setdefault(prompt_ids, [])
                group.append((sample_id, batch.vectors[i]))
                if len(group) * len(prompt_ids) >= rows_at_once:
                    yield _block(prompt_ids, waiting.pop(prompt_ids), texts)
    for prompt_ids, group in waiting.items():
        yield _block(prompt_ids, group, texts)


def class_norms(
    prompt_set: PromptSet, vectors: Mapping[str, Float32]
) -> dict[tuple[str, str], float]:
    """Return the length of the mean unit text vector of each (attribute, class) of a prompt set.

    The cosine to the ensembled class embedding (Radford et al. 2021, section 3.1.4) is the mean
    cosine of the class's prompts divided by this length.

    Parameters
    ----------
    prompt_set
        The prompts and the classes they name.
    vectors
        Text -> float32 (D,) unit vector.
    """
    groups: dict[tuple[str, str], list[Float32]] = {}
    for prompt in prompt_set.prompts:
        for attribute, name in prompt.classes.items():
            groups.setdefault((attribute, name), []).append(vectors[prompt.text])
    means = {key: np.mean(group, axis=0, dtype=np.float64) for key, group in groups.items()}
    return {key: float(np.linalg.norm(mean)) for key, mean in means.items()}


def _samples_by_key(pending: pl.DataFrame) -> dict[str, list[tuple[int, tuple[int, ...]]]]:
    """Index samples by their vector key; equal lists of prompts become one tuple."""
    shared: dict[tuple[int, ...], tuple[int, ...]] = {}
    samples: dict[str, list[tuple[int, tuple[int, ...]]]] = {}
    for sample_id, key, prompt_ids in pending.iter_rows():
        prompts = tuple(prompt_ids)
        samples.setdefault(key, []).append((sample_id, shared.setdefault(prompts, prompts)))
    return samples


def _block(
    prompt_ids: tuple[int, ...],
    group: Sequence[tuple[int, Float32]],
    texts: Mapping[int, Float32],
) -> ScoreBlock:
    group = sorted(group, key=lambda each: each[0])
    vectors = np.stack([vector for _, vector in group])
    prompts = np.stack([texts[prompt_id] for prompt_id in prompt_ids])
    # Rounding may lead out of [-1, 1] by an ulp.
    cosines = np.clip(prompts @ vectors.T, -1, 1)
    return ScoreBlock(prompt_ids, tuple(sample_id for sample_id, _ in group), cosines)
