"""Split a data set: which sample is for training, which for choosing, which for judging."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facestore.curation.dedup import tell_flat
from facestore.curation.splitting import assign, parse_fractions, units_of, why_empty
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
    empty
        Why splits got no sample, by split.
    """

    dataset: str
    sizes: Mapping[str, int]
    n_together: int
    n_changed: int
    empty: Mapping[str, str]


def split(
    store: Stores,
    dataset: str,
    fractions: str | Mapping[str, float] = "0.8,0.1,0.1",
    *,
    seed: int = 0,
    stratify: Sequence[str] = (),
    force: bool = False,
) -> SplitSummary:
    """Give every sample of a data set a split; duplicates are never apart.

    Parameters
    ----------
    dataset
        The data set.
    fractions
        `0.8,0.1,0.1` (train, val, test), `0.8,0.2` (train, test), `fit=0.7,judge=0.3`, or a
        mapping.
    seed
        Another seed gives another split; the same gives the same on every machine.
    stratify
        Attributes whose cells are spread over the splits alike.
    force
        Write over splits that are there.

    Raises
    ------
    InputError
        If the fractions do not add up to 1, the data set has no samples, or some have a split
        already and `force` is not given.
    UnknownNameError
        If the data set or an attribute is unknown.
    """
    parts = parse_fractions(fractions)
    store.catalog.samples.require_dataset(dataset)
    tell_flat(store, dataset)
    before = store.catalog.splits.sizes(dataset)
    if before and not force:
        listed = ", ".join(f"{name} {n:,}" for name, n in before.items())
        message = (
            f"Data set {dataset!r} is split already ({listed}): "
            "add `force=True` to write over that."
        )
        raise InputError(message)
    members = store.catalog.splits.members(dataset, stratify)
    if not members:
        message = f"Data set {dataset!r} has no samples to split: ingest their pictures first."
        raise InputError(message)
    split_of = assign(members, parts, seed)
    arguments = {
        "dataset": dataset,
        "fractions": parts,
        "seed": seed,
        "stratify": list(stratify),
    }
    with recorded(store, "split", arguments, whole=True) as counts:
        counts["n_changed"] = store.catalog.splits.save(
            dataset, split_of, fractions=parts, stratify=stratify, seed=seed
        )
    group_sizes = Counter(member.group for member in members if member.group is not None)
    sizes = Counter(split_of.values())
    n_units = len(units_of(members))
    return SplitSummary(
        dataset=dataset,
        sizes={name: sizes[name] for name in parts},
        n_together=sum(n for n in group_sizes.values() if n > 1),
        n_changed=counts["n_changed"],
        empty={
            name: why_empty(fraction, len(members), n_units, len(parts))
            for name, fraction in parts.items()
            if not sizes[name]
        },
    )
