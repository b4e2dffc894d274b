"""Split a data set into parts: copies of a picture stay together, strata are spread alike.

The order in which samples are dealt out is that of a hash of the seed and their content, so that it
is the same on every machine and does not depend on the order in which they came into the store.
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from facestore.errors import InputError, counted
from facestore.records import SplitMember

_NAMES = {2: ("train", "test"), 3: ("train", "val", "test")}
_EXPECTED = "expected such as 0.8,0.1,0.1 (train, val, test) or fit=0.7,judge=0.3, adding up to 1."


def parse_fractions(given: str | Mapping[str, float]) -> dict[str, float]:
    """Read the fractions of a split, in order.

    Parameters
    ----------
    given
        `0.8,0.1,0.1`, `0.8,0.2`, `fit=0.7,judge=0.3`, or a mapping.

    Raises
    ------
    InputError
        If they are no positive numbers that add up to 1, or a name is there twice.
    """
    if isinstance(given, str):
        text = given
    else:
        text = ",".join(f"{name}={each!r}" for name, each in given.items())
    parts = [part.strip() for part in text.split(",")]
    pairs = [part.split("=", 1) for part in parts if "=" in part]
    if not pairs and len(parts) in _NAMES:
        pairs = [list(pair) for pair in zip(_NAMES[len(parts)], parts, strict=True)]
    try:
        fractions = {name.strip(): float(number) for name, number in pairs}
    except ValueError:
        fractions = {}
    if len(fractions) != len(parts) or not _add_up(fractions):
        message = f"Fractions {text!r}: {_EXPECTED}"
        raise InputError(message)
    return fractions


def _add_up(fractions: Mapping[str, float]) -> bool:
    positive = all(name and math.isfinite(each) and each > 0 for name, each in fractions.items())
    return positive and len(fractions) > 1 and math.isclose(sum(fractions.values()), 1)


def units_of(members: Sequence[SplitMember]) -> list[list[SplitMember]]:
    """Put samples together that go the same way: they share a content or a group."""
    units: dict[tuple[str, str], list[SplitMember]] = defaultdict(list)
    for member in members:
        is_alone = member.group is None
        units["content" if is_alone else "group", member.group or member.content].append(member)
    return list(units.values())


def why_empty(fraction: float, n_samples: int, n_units: int, n_parts: int) -> str:
    """Return why a split got no sample.

    Parameters
    ----------
    fraction
        That was asked for.
    n_samples, n_units
        Samples of the data set, and how many there are of them that are no copies of another.
    n_parts
        How many splits were asked for.
    """
    if n_units < n_parts and n_units < n_samples:
        pictures = "picture" if n_units == 1 else "different pictures"
        return f"the {n_samples:,} samples are {n_units:,} {pictures}, and copies stay together"
    if fraction * n_samples < 1:
        share = f"{fraction:g} of {counted(n_samples, 'sample')} is less than one"
        return f"{share}: give it more, or the data set more samples"
    return (
        f"{counted(n_units, 'different picture')} cannot be parted so: give fewer splits, or "
        "nearer shares"
    )


def assign(
    members: Sequence[SplitMember], fractions: Mapping[str, float], seed: int
) -> dict[int, str]:
    """Return the split of every sample.

    Samples which share a content or a group make a unit and go together. Units are lined up by
    stratum, within a stratum the largest first, then by the hash of seed and content, and each
    goes to the split that lacks most of its fraction of all samples so far. So each split is near
    its fraction in all and, units being small, in every stratum; a stratum of very few samples
    cannot be in every split, and falls now here, now there.

    Parameters
    ----------
    members
        The samples, in any order. The stratum of a unit is that of its member whose content and
        path come first.
    fractions
        Of the samples, by split; they add up to 1. A tie goes to the first.
    seed
        Another seed gives another split.
    """
    placed = []
    for unit in units_of(members):
        first = min(unit, key=lambda member: (member.content, member.path))
        digest = hashlib.sha256(f"{seed}:{first.content}".encode()).hexdigest()
        stratum = tuple("" if label is None else label for label in first.stratum)
        placed.append((stratum, -len(unit), digest, [member.sample_id for member in unit]))
    placed.sort(key=lambda each: each[:3])

    sizes = dict.fromkeys(fractions, 0)
    n_done = 0
    split_of = {}
    for *_, sample_ids in placed:
        n_done += len(sample_ids)
        # Rounded, so that a sum of fractions decides no tie by its last bit.
        lacking = {name: round(each * n_done - sizes[name], 9) for name, each in fractions.items()}
        split = max(lacking, key=lambda name: lacking[name])
        sizes[split] += len(sample_ids)
        split_of.update(dict.fromkeys(sample_ids, split))
    return split_of
