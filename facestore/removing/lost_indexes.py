"""Indexes that go along with what is taken out, renamed or merged: they are told of."""

from collections.abc import Iterator
from contextlib import contextmanager

from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.vector_indexes import QUERY_KINDS, QueryKind, StoredIndex
from facestore.certificates import build_command, certify_command
from facestore.stores import Stores

_Known = dict[int, tuple[StoredIndex, frozenset[QueryKind]]]


@contextmanager
def told_of_lost_indexes(store: Stores) -> Iterator[None]:
    """Tell at the end which indexes, or certificates of them, were there at the beginning alone."""
    before = _known(store)
    yield
    if not before:
        return
    now = _known(store)
    encoders = {each.encoder_id: each for each in store.catalog.encoders.all()}
    for encoder_id, (index, certified) in before.items():
        if encoder_id in encoders:
            encoder = encoders[encoder_id]
            still = now[encoder_id][1] if encoder_id in now else None
            _tell(store, encoder, index, certified, still)


def _known(store: Stores) -> _Known:
    """Return the index of each encoder, and for which queries it is certified."""
    indexes = store.catalog.vector_indexes
    return {
        each.encoder_id: (
            each,
            frozenset(k for k in QUERY_KINDS if indexes.certificate(each.encoder_id, k)),
        )
        for each in indexes.all()
    }


def _tell(
    store: Stores,
    encoder: StoredEncoder,
    index: StoredIndex,
    certified: frozenset[QueryKind],
    still: frozenset[QueryKind] | None,
) -> None:
    """Tell of one encoder; `still` are the queries for which it is certified, None: no index."""
    certify = certify_command(encoder.name)
    if still is None:
        then = f", then {certify}," if certified else ""
        store.notify(
            f"The index of {encoder.name!r} went with its old table of vectors: "
            f"{build_command(encoder.name, index)}{then} makes it again."
        )
    elif lost := certified - still:
        store.notify(
            f"The certificate of the index of {encoder.name!r} for {' and '.join(sorted(lost))} "
            f"does not hold any more: {certify} gives a new one."
        )
