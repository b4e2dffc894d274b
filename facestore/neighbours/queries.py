"""What an index is asked, to see how much it finds: images of each data set, texts, given ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.vector_indexes import Source
from facestore.encoders.encoder import LazyEncoder
from facestore.errors import InputError, counted
from facestore.neighbours.exact import NO_ROW
from facestore.recorded_vectors import table_of
from facestore.records import AnyPath, Float32, Int64
from facestore.stores import Stores
from facestore.unit_rows import unit_rows
from facestore.vector_index import IndexSnapshot
from facestore.zero_shot.score import text_vectors

# Of a kind of pictures with fewer queries nothing could be said.
_FEWEST_OF_DATASET = 30
# Fewer texts say too little to be asked at all.
_FEWEST_TEXTS = 20


@dataclass(frozen=True)
class Queries:
    """Vectors to ask for.

    Attributes
    ----------
    vectors
        float32 (Q, D) of unit length.
    own
        int64 (Q,): rows that they were taken from; `NO_ROW`: none.
    origins
        Source and data set of each.
    """

    vectors: Float32
    own: Int64
    origins: tuple[tuple[Source, str | None], ...]

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self.vectors)

    def part(self, places: Sequence[int]) -> "Queries":
        """Return some of them."""
        chosen = list(places)
        origins = tuple(self.origins[i] for i in chosen)
        return Queries(self.vectors[chosen], self.own[chosen], origins)

    def with_others(self, *others: "Queries") -> "Queries":
        """Return these and others, in this order."""
        every = (self, *others)
        return Queries(
            np.concatenate([each.vectors for each in every]),
            np.concatenate([each.own for each in every]),
            tuple(origin for each in every for origin in each.origins),
        )


def drawn_images(
    store: Stores, snapshot: IndexSnapshot, n: int, n_pilot: int, seed: int
) -> tuple[Queries, Queries]:
    """Draw vectors of each data set: by how many it has, but of none fewer than 30 if it has them.

    Returns
    -------
    tuple of Queries
        Those to choose parameters by, and the `n` to certify by: no vector is in both.

    Raises
    ------
    InputError
        If there are too few vectors that belong to samples.
    """
    n_wanted = n + n_pilot
    drawn = store.catalog.vector_indexes.draw(snapshot.numbered_keys(), n_wanted, seed)
    datasets, rows = drawn["dataset"].to_pylist(), drawn["row"].to_numpy().astype(np.int64)
    sizes = dict(zip(datasets, drawn["n_vectors"].to_pylist(), strict=True))
    if sum(sizes.values()) < n_wanted:
        message = (
            f"{counted(sum(sizes.values()), 'vector')} of samples cannot give "
            f"{counted(n_wanted, 'query')} (to choose parameters {n_pilot:,}, to certify {n:,}): "
            "give fewer, with `n_queries=`, or search exactly."
        )
        raise InputError(message)
    shares = _shares(sizes, n_wanted)
    places = drawn["place"].to_numpy()
    pilot, certified = [], []
    for dataset, share in shares.items():
        mine = [i for i, each in enumerate(datasets) if each == dataset and places[i] <= share]
        n_first = round(share * n_pilot / n_wanted)
        pilot += mine[:n_first]
        certified += mine[n_first:]
    # rounding moves some between the two
    while len(pilot) < n_pilot:
        pilot.append(certified.pop())
    while len(pilot) > n_pilot:
        certified.append(pilot.pop())
    chosen = snapshot.take(rows[pilot + certified])
    place = {row: i for i, row in enumerate(chosen.rows.tolist())}

    def queries(numbers: Sequence[int]) -> Queries:
        own = rows[list(numbers)]
        vectors = chosen.vectors[[place[row] for row in own.tolist()]]
        return Queries(vectors, own, tuple(("stored", datasets[i]) for i in numbers))

    return queries(pilot), queries(certified)


def _shares(sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """Divide `n` among data sets: to each as many as is least, and the rest by what is left."""
    least = min(_FEWEST_OF_DATASET, n // len(sizes))
    if not least:
        message = (
            f"{counted(n, 'query')} of {counted(len(sizes), 'data set')}: give more, `n_queries=`."
        )
        raise InputError(message)
    shares = {name: min(size, least) for name, size in sizes.items()}
    while missing := n - sum(shares.values()):
        left = {name: size - shares[name] for name, size in sizes.items() if size > shares[name]}
        more = {name: missing * each // sum(left.values()) for name, each in left.items()}
        if not any(more.values()):
            most = sorted(left, key=lambda name: (-left[name], name))
            more = dict.fromkeys(most[:missing], 1)
        for name, each in more.items():
            shares[name] += each
    return shares


def stored_texts(store: Stores, encoder: StoredEncoder, n: int, seed: int, width: int) -> Queries:
    """Return texts that the encoder has vectors of, at most `n`; none where there are few."""
    batches = list(table_of(store, encoder, "texts").batches())
    if sum(len(each.keys) for each in batches) < _FEWEST_TEXTS:
        return no_queries(width)
    vectors = np.concatenate([each.vectors for each in batches])
    chosen = np.random.default_rng(seed).permutation(len(vectors))[:n]
    return _outside("stored", vectors[chosen])


def given_queries(
    store: Stores, encoder: StoredEncoder, model: LazyEncoder | None, path: AnyPath, width: int
) -> tuple[Queries, Queries]:
    """Read queries that a user gives: an array of vectors (.npy), or texts, one a line.

    Returns
    -------
    tuple of Queries
        As images (vectors) and as texts; one of them is empty.

    Raises
    ------
    InputError
        If the file is not there, or is neither.
    """
    file = Path(path)
    if not file.is_file():
        message = f"There is no file '{file}': give an array (.npy) or texts, one a line."
        raise InputError(message)
    if file.suffix == ".npy":
        vectors = _array(file, width)
        return _outside("given", unit_rows(vectors)), no_queries(width)
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        message = f"'{file}' is no text in UTF-8: give an array (.npy) or texts, one a line."
        raise InputError(message) from error
    texts = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if not texts:
        message = f"'{file}' has no text in it: give texts, one a line."
        raise InputError(message)
    found = text_vectors(store, encoder, texts, model)
    return no_queries(width), _outside("given", np.stack([found[text] for text in texts]))


def _array(file: Path, width: int) -> Float32:
    try:
        found: Any = np.load(file, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        message = f"'{file}' is no array that NumPy reads ({error}): give an .npy file."
        raise InputError(message) from error
    shape: tuple[int, ...] = getattr(found, "shape", ())
    if len(shape) != 2 or not shape[0] or shape[1] != width:
        message = f"'{file}' is of shape {shape}: expected a row of {width} values for each query."
        raise InputError(message)
    if found.dtype.kind not in "fiu":
        message = f"'{file}' has values of type {found.dtype}: expected numbers (float32)."
        raise InputError(message)
    vectors = np.asarray(found, dtype=np.float32)
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    if not (np.isfinite(lengths) & (lengths > 0)).all():
        bad = int(np.flatnonzero(~(np.isfinite(lengths) & (lengths > 0)))[0])
        message = f"Row {bad} of '{file}' is no direction: its length is {lengths[bad]:g}."
        raise InputError(message)
    return vectors


def _outside(source: Source, vectors: Float32) -> Queries:
    """Return queries that are no vectors of images of the store."""
    own = np.full(len(vectors), NO_ROW, np.int64)
    return Queries(vectors, own, ((source, None),) * len(vectors))


def no_queries(width: int) -> Queries:
    """Return none."""
    return _outside("stored", np.empty((0, width), np.float32))
