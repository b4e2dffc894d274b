"""Audits of what follows from something else: it is computed again, and compared.

Cosines follow from vectors, lengths of mean text vectors too, decisions of zero-shot classifiers
from cosines, and files of heads have a checksum. What others computed is compared as closely as
their rounding allows.
"""

import time
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from facestore.catalog.audit_files import Finding
from facestore.catalog.encoders import StoredEncoder
from facestore.files import sha256_of
from facestore.recorded_vectors import table_of
from facestore.records import Float32
from facestore.stores import Stores
from facestore.unit_rows import class_norms
from facestore.upkeep.tallies import Tally

# A cosine of float32 vectors, however it is added up.
TOLERANCE = 1e-5
# Imported ones were rounded, or computed with half the bits.
IMPORTED_TOLERANCE = 1e-2
# Of the cosines that are computed at once, 4 bytes each.
_COSINES = 64 * 1024**2
# Pairs of neighbours that are computed again, for each encoder.
_PAIRS = 20_000


def _tallies() -> list[Tally]:
    again = "see which of the two was changed, by a copy of the store; then delete these rows with "
    return [
        Tally(
            "similarities_follow_from_vectors",
            "a similarity is the cosine of the image vector and the text vector (to "
            f"{TOLERANCE:g}; imported ones to {IMPORTED_TOLERANCE:g})",
            ("encoder", "prompt_id", "sample_id", "cosine", "computed"),
            again + "`facestore sql write=True` and score again",
            about=("similarities",),
        ),
        Tally(
            "class_text_norms_follow_from_vectors",
            "the length of a mean text vector is that of the stored vectors",
            ("encoder", "prompt_set", "attribute", "class", "norm", "computed"),
            again + "`facestore sql write=True` and score again",
            about=("class_text_norms",),
        ),
        Tally(
            "predictions_follow_from_similarities",
            "a zero-shot prediction is what the view decides",
            ("classifier", "sample_id", "predicted", "score", "decided", "decided_score"),
            again + "`facestore sql write=True` and predict again",
            about=("predictions",),
        ),
        Tally(
            "neighbours_follow_from_vectors",
            f"the cosine of two neighbours is that of their vectors (the first {_PAIRS:,} pairs)",
            ("encoder", "key_a", "key_b", "cosine", "computed"),
            "run `facestore dedup min_cosine=` again",
            about=("neighbours",),
        ),
        Tally(
            "heads_are_those_recorded",
            "a file of heads is the one that predicted",
            ("file", "problem"),
            "restore the file from a copy, or train again under another name",
            about=("heads/",),
        ),
    ]


NAMES = tuple(each.name for each in _tallies())
ABOUT = frozenset(about for each in _tallies() for about in each.about)


def deep_findings(store: Stores, n_examples: int) -> Iterator[Finding]:
    """Compute again what follows from something else, and compare.

    Parameters
    ----------
    n_examples
        How many bad rows of each audit are kept.
    """
    cosines, norms, decisions, neighbours, heads = tallies = _tallies()
    encoders: list[StoredEncoder] = []
    with cosines.surviving("the encoders of the catalogue"):
        encoders = store.catalog.encoders.all()
    for tally in tallies:
        started = time.perf_counter()
        tally.n_kept = n_examples
        for encoder in encoders:
            with tally.surviving(encoder.name):
                if tally is cosines:
                    tally.add(_other_cosines(store, encoder))
                elif tally is norms:
                    tally.add(_other_norms(store, encoder))
                elif tally is neighbours:
                    tally.add(_other_neighbours(store, encoder))
        with tally.surviving("the catalogue"):
            if tally is decisions:
                tally.add(store.catalog.predictions.undecided())
            elif tally is heads:
                tally.add(_other_heads(store))
        yield tally.finding(started)


def _other_cosines(
    store: Stores, encoder: StoredEncoder
) -> Iterator[tuple[str, int, int, float, float]]:
    """Yield the similarities that are not the cosines of the vectors of an encoder."""
    own = encoder.record.source != "imported"
    tolerance = TOLERANCE if own else IMPORTED_TOLERANCE
    texts = _texts(store, encoder)
    images = table_of(store, encoder, "images")
    n_images = images.count()
    scored = [
        (prompt_id, texts[text])
        for prompt_id, text in store.catalog.similarities.scored_prompts(encoder.encoder_id)
        if text in texts
    ]
    if not n_images or not scored:
        return
    samples: dict[str, list[int]] = defaultdict(list)
    for sample_id, key in store.catalog.similarities.sample_keys():
        samples[key].append(sample_id)
    last = max((sample_id for ids in samples.values() for sample_id in ids), default=0)
    row_of = np.full(last + 1, -1, np.int64)
    at_once = max(1, _COSINES // n_images)
    for start in range(0, len(scored), at_once):
        part = scored[start : start + at_once]
        prompt_ids = np.array([prompt_id for prompt_id, _ in part])
        matrix = np.stack([vector for _, vector in part])
        blocks, first = [], 0
        for batch in images.batches():
            for row, key in enumerate(batch.keys, first):
                row_of[samples.get(key, [])] = row
            blocks.append(matrix @ batch.vectors.T)
            first += len(batch.keys)
        computed = np.clip(np.concatenate(blocks, axis=1), -1, 1)
        for ids, sample_ids, cosines in store.catalog.similarities.rows_of(
            encoder.encoder_id, prompt_ids.tolist()
        ):
            is_known = (sample_ids >= 0) & (sample_ids <= last)
            places = np.where(is_known, row_of[np.where(is_known, sample_ids, 0)], -1)
            expected = computed[np.searchsorted(prompt_ids, ids), places]
            differs = (places >= 0) & ~(np.abs(cosines - expected) <= tolerance)
            for i in np.flatnonzero(differs):
                found = float(cosines[i]), float(expected[i])
                yield encoder.name, int(ids[i]), int(sample_ids[i]), *found


def _other_norms(
    store: Stores, encoder: StoredEncoder
) -> Iterator[tuple[str, str, str, str, float, float | None]]:
    """Yield the lengths of mean text vectors that are not those of the texts of an encoder."""
    texts = _texts(store, encoder)
    kept = store.catalog.similarities.class_norms_of(encoder.encoder_id)
    for name in sorted({prompt_set for prompt_set, *_ in kept}):
        prompts = store.catalog.prompts.get(name)
        has_all = all(each.text in texts for each in prompts.prompts)
        computed = class_norms(prompts, texts) if has_all else {}
        for prompt_set, attribute, class_name, norm in kept:
            found = computed.get((attribute, class_name))
            if prompt_set == name and (found is None or not abs(norm - found) <= TOLERANCE):
                yield encoder.name, prompt_set, attribute, class_name, norm, found


def _other_neighbours(
    store: Stores, encoder: StoredEncoder
) -> Iterator[tuple[str, str, str, float, float | None]]:
    """Yield pairs of neighbours whose cosine is not that of the vectors."""
    pairs = store.catalog.neighbours.pairs(encoder.encoder_id, _PAIRS)
    vectors = table_of(store, encoder, "images").get([key for a, b, _ in pairs for key in (a, b)])
    for a, b, cosine in pairs:
        found = None
        if a in vectors and b in vectors:
            found = float(np.clip(vectors[a] @ vectors[b], -1, 1))
        if found is None or not abs(cosine - found) <= TOLERANCE:
            yield encoder.name, a, b, cosine, found


def _other_heads(store: Stores) -> Iterator[tuple[str, str]]:
    """Yield the files of heads in the store that are not those that predicted."""
    folder = store.heads_folder()
    for name, sha256 in store.catalog.predictions.heads_files():
        file = folder / name
        if file.is_file() and sha256_of(file) != sha256:
            yield name, "it is another file than the one that predicted"


def _texts(store: Stores, encoder: StoredEncoder) -> dict[str, Float32]:
    return {
        key: batch.vectors[i]
        for batch in table_of(store, encoder, "texts").batches()
        for i, key in enumerate(batch.keys)
    }
