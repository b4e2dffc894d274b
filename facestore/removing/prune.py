"""Prune: samples whose file is gone are taken out, as an ingest found them."""

from collections.abc import Sequence

from facestore.locks import only_one
from facestore.removing.finish import go_on, taking_out
from facestore.removing.lost_indexes import told_of_lost_indexes
from facestore.removing.plan import Removal
from facestore.stores import Stores


def prune_samples(store: Stores, sample_ids: Sequence[int]) -> int:
    """Take samples out with all that is known of them; return how many.

    Parameters
    ----------
    sample_ids
        The samples. The lock of `ingest` is held.

    Raises
    ------
    StoreLockedError
        If another process writes similarities.
    """
    with only_one(store.path, "score", command="ingest"), told_of_lost_indexes(store):
        go_on(store)
        leaving = store.catalog.taking_out.leaving(sample_ids)
        with taking_out(store, Removal("prune", keys=leaving.keys, frees=False)):
            counts = store.catalog.taking_out.delete(leaving)
    return counts["n_samples"]
