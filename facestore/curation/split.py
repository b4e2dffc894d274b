"""Split a data set: which sample is for training, which for choosing, which for judging."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facestore.curation.splitting import assign
from facestore.errors import InputError
from facestore.stores import Stores, recorded


@dataclass(frozen=True)
class SplitSummary:
    """What a split came to.

    Attributes
    ----------
    dataset
        The data set.
    sizes
        Samples by split, in the order of the fractions.
    n_together
        Samples which have duplicates in the data set and went where they are.
    n_changed
        Samples that are in another split than before.
    """

    dataset: str
    sizes: Mapping[str, int]
    n_together: int
    n_changed: int


def split(
    store: Stores,
    *,
    dataset: str,
    fractions: Mapping[str, float],
    seed: int = 0,
    stratify: Sequence[str] = (),
    force: bool = False,
) -> SplitSummary:
    """Give every sample of a data set a split.

    Parameters
    ----------
    store
        The store.
    dataset
        The data set.
    fractions
        Of the samples, by split; they add up to 1.
    seed
        Another seed gives another split.
    stratify
        Attributes whose cells are spread over the splits alike.
    force
        Write over splits that are there.

    Raises
    ------
    InputError
        If samples of the data set have a split already and `force` is not given.
    UnknownNameError
        If the data set or an attribute is unknown.
    """
    store.catalog.samples.require_dataset(dataset)
    before = store.catalog.splits.sizes(dataset)
    if before and not force:
        listed = ", ".join(f"{name} {n:,}" for name, n in before.items())
        message = (
            f"Data set {dataset!r} is split already ({listed}): add --force to write over that."
        )
        raise InputError(message)
    members = store.catalog.splits.members(dataset, stratify)
    split_of = assign(members, fractions, seed)
    arguments = {
        "dataset": dataset,
        "fractions": dict(fractions),
        "seed": seed,
        "stratify": list(stratify),
    }
    with recorded(store, "split", arguments) as counts:
        counts["n_changed"] = store.catalog.splits.save(
            dataset, split_of, fractions=fractions, stratify=stratify, seed=seed
        )
    group_sizes = Counter(member.group for member in members if member.group is not None)
    sizes = Counter(split_of.values())
    return SplitSummary(
        dataset=dataset,
        sizes={name: sizes[name] for name in fractions},
        n_together=sum(n for n in group_sizes.values() if n > 1),
        n_changed=counts["n_changed"],
    )
