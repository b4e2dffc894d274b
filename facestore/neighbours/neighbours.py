"""Neighbours: compare all image vectors of an encoder, and keep the pairs that are close."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from facestore.catalog.vector_indexes import Certificate
from facestore.certificates import index_of, valid_certificate
from facestore.errors import InputError, NoVectorsError, counted
from facestore.neighbours.close_pairs import ClosePairs, close_pairs
from facestore.neighbours.indexed_pairs import indexed_pairs
from facestore.recorded_vectors import checked_images, encoder_with_images
from facestore.records import KeyedRows
from facestore.stores import Stores, recorded, require_writable

# 100 MB while they are collected.
MAX_PAIRS = 5_000_000
_PAIRS_AT_ONCE = 500_000


@dataclass(frozen=True)
class NeighbourSummary:
    """What a search for neighbours found.

    Attributes
    ----------
    n_vectors
        Images that were compared.
    n_pairs
        Pairs with a cosine of at least `min_cosine`.
    n_images
        Images that are in one of them.
    certificate
        Of the index that was asked; None: all pairs were compared.
    n_full
        By the index: images all of whose nearest that were looked at are close, so that they may
        have more.
    """

    encoder: str
    min_cosine: float
    n_vectors: int
    n_pairs: int
    n_images: int
    certificate: Certificate | None = None
    n_full: int = 0


def find_neighbours(
    store: Stores,
    min_cosine: float = 0.95,
    *,
    model: str | None = None,
    max_pairs: int = MAX_PAIRS,
    index: bool = False,
) -> NeighbourSummary:
    """Find all pairs of images of an encoder that are close; they replace those of before.

    Parameters
    ----------
    min_cosine
        In (0, 1]; which value means "the same picture" depends on the encoder.
    model
        The encoder, as `score` takes it.
    max_pairs
        Give up, and change nothing, where there are more.
    index
        Look only among the nearest of each image that the index finds; the summary says what that
        may miss. Else all pairs are compared.

    Raises
    ------
    NoCertificateError
        If there is no index, or its certificate does not hold.
    NoVectorsError
        If the encoder has no image vectors.
    InputError
        If the threshold is out of range, or so low that there are more than `max_pairs` pairs.
    StoreWriteError
        If the store cannot be written; nothing is compared then.
    """
    encoder = encoder_with_images(store, model)
    if not 0 < min_cosine <= 1:
        message = f"A cosine of {min_cosine:g} is no threshold: expected a number in (0, 1]."
        raise InputError(message)
    table = checked_images(store, encoder)
    certificate = valid_certificate(store, encoder, "images") if index else None
    indexed = index_of(store, encoder).snapshot() if index else None
    snapshot = table.snapshot() if indexed is None else indexed
    if snapshot is None:
        raise NoVectorsError(encoder.name, encoder.record.architecture)
    require_writable(store)
    keyed = snapshot.keys()
    n_vectors = len(keyed.rows)
    arguments = {"encoder": encoder.name, "min_cosine": min_cosine, "index": index or None}
    with recorded(store, "neighbours", arguments) as counts:
        found: list[ClosePairs] = []
        n_found = 0
        if certificate is None or indexed is None:
            n_steps, every = (
                n_vectors * (n_vectors - 1) // 2,
                close_pairs(snapshot.blocks, min_cosine),
            )
        else:
            n_steps, every = n_vectors, indexed_pairs(indexed, certificate, min_cosine)
        with store.progress.task("Comparing pairs", n_steps) as task:
            for pairs in every:
                n_found += len(pairs)
                # by the index a pair may come twice
                if n_found > max_pairs * (1 if certificate is None else 2):
                    raise _too_many(encoder.name, min_cosine, max_pairs)
                if len(pairs):
                    found.append(pairs)
                task.advance(pairs.n_compared)
        rows = _Rows(found)
        if certificate is not None:
            rows.once()
            if len(rows.first) > max_pairs:
                raise _too_many(encoder.name, min_cosine, max_pairs)
        counts["n_pairs"] = store.catalog.neighbours.replace(
            encoder.encoder_id,
            min_cosine=min_cosine,
            n_vectors=n_vectors,
            pairs=_tables(rows, keyed),
        )
        counts["n_vectors"] = n_vectors
    return NeighbourSummary(
        encoder=encoder.name,
        min_cosine=min_cosine,
        n_vectors=n_vectors,
        n_pairs=counts["n_pairs"],
        n_images=len(np.unique(np.concatenate([rows.first, rows.second]))),
        certificate=certificate,
        n_full=sum(pairs.n_full for pairs in found),
    )


class _Rows:
    """All pairs that were found, as numbers of rows."""

    def __init__(self, found: list[ClosePairs]) -> None:
        nothing = np.empty(0, np.int64)
        self.first = np.concatenate([nothing, *(pairs.first for pairs in found)])
        self.second = np.concatenate([nothing, *(pairs.second for pairs in found)])
        cosines = [pairs.cosines for pairs in found]
        self.cosines = np.concatenate([np.empty(0, np.float32), *cosines])

    def once(self) -> None:
        """Leave one of each pair: both of its images have found it."""
        order = np.lexsort((self.second, self.first))
        first, second = self.first[order], self.second[order]
        is_new = np.ones(len(order), np.bool_)
        is_new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
        self.first, self.second = first[is_new], second[is_new]
        self.cosines = self.cosines[order][is_new]


def _tables(rows: _Rows, keyed: KeyedRows) -> Iterator[pa.Table]:
    """Yield the pairs by their keys, in order, with the key that is first as text in front."""
    order = pc.sort_indices(keyed.keys).to_numpy()
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    sorted_keys = keyed.keys.take(pa.array(order))
    first = place[np.searchsorted(keyed.rows, rows.first)]
    second = place[np.searchsorted(keyed.rows, rows.second)]
    a, b = np.minimum(first, second), np.maximum(first, second)
    in_order = np.lexsort((b, a))
    for start in range(0, len(in_order), _PAIRS_AT_ONCE):
        part = in_order[start : start + _PAIRS_AT_ONCE]
        yield pa.table(
            {
                "key_a": pa.DictionaryArray.from_arrays(a[part], sorted_keys),
                "key_b": pa.DictionaryArray.from_arrays(b[part], sorted_keys),
                "cosine": rows.cosines[part],
            }
        )


def _too_many(encoder: str, min_cosine: float, max_pairs: int) -> InputError:
    message = (
        f"More than {counted(max_pairs, 'pair has', 'pairs have')} a cosine of {min_cosine:g} or "
        f"more with {encoder}; nothing was changed. Give a higher `min_cosine=` (or allow more "
        "with `max_pairs=`)."
    )
    return InputError(message)
