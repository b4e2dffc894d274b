"""Whether an index was asked enough, and finds enough; and what helps where it was or does not."""

from dataclasses import replace
from math import ceil

from facestore.catalog.vector_indexes import Certificate, StoredIndex
from facestore.certificates import build_command
from facestore.errors import InputError, counted

# As many times k vectors are compared exactly at most, where nobody gives more.
MOST_REFINE = 40
_MOST_BITS = 8
_FEWEST_QUERIES = 50
# Square of the 97.5 % normal quantile, as the macro wilson_low has it.
_Z2 = 1.959963984540054**2


def check_numbers(
    k: int,
    n_queries: int,
    probes: int | None,
    refine: int | None,
    min_recall: float,
    max_growth: float,
    n_rows: int,
) -> None:
    """Refuse numbers that mean nothing."""
    for name, value in (("probes", probes), ("refine", refine), ("k", k)):
        if value is not None and value < 1:
            message = f"`{name}={value}`: expected a whole number of at least 1."
            raise InputError(message)
    if k >= n_rows:
        message = f"`k={k}`: there are {counted(n_rows, 'vector')}; give a number below that."
        raise InputError(message)
    if n_queries < _FEWEST_QUERIES:
        message = f"`n_queries={n_queries}`: of fewer than {_FEWEST_QUERIES} nothing follows."
        raise InputError(message)
    for name, share in (("min_recall", min_recall), ("max_growth", max_growth)):
        if not 0 <= share <= 1:
            message = f"`{name}={share:g}`: expected a share from 0 to 1."
            raise InputError(message)


def check_draw(seed: int, probes: int | None, partitions: int) -> None:
    """Refuse a seed that draws nothing, and more probes than there are partitions."""
    if seed < 0:
        message = f"`seed={seed}`: expected a whole number of at least 0."
        raise InputError(message)
    if probes is not None and probes > partitions:
        has = counted(partitions, "partition")
        message = f"`probes={probes}`: the index has {has}; give at most so many."
        raise InputError(message)


def queries_needed(recall: float, at_least: float) -> int | None:
    """Return how many queries prove a lower bound, if so much of what they ask for is found.

    Wilson's bound L of a share p of n solves n (p - L)^2 = z^2 L (1 - L) (Wilson 1927,
    10.1080/01621459.1927.10502953).

    Parameters
    ----------
    recall
        The share that is found.
    at_least
        The bound.

    Returns
    -------
    int or None
        None: no number does, as no more is found than is to be proved.
    """
    if recall <= at_least:
        return None
    return ceil(_Z2 * at_least * (1 - at_least) / (recall - at_least) ** 2 - 1e-9)


def check_reachable(n_queries: int, n_given: int, min_recall: float, n_most: int) -> None:
    """Refuse a bound that so few queries could not prove if the index found everything.

    Parameters
    ----------
    n_queries, n_given
        Images that are asked, and vectors that a user gives.
    min_recall
        The bound.
    n_most
        Images that can be asked.
    """
    needed, n_asked = queries_needed(1, min_recall), n_queries + n_given
    if needed is not None and n_asked >= needed:
        return
    ways = ["want less with `min_recall=`"]
    if needed is not None and needed - n_given <= n_most:
        # some more, so that not everything has to be found
        n_better = min(2 * needed - n_given, n_most)
        ways.insert(0, f"ask more with `n_queries={n_better}` (at least {needed - n_given:,})")
    message = (
        f"{counted(n_asked, 'query')} can show at most that the index surely finds "
        f"{n_asked / (n_asked + _Z2):.4f}, were everything found, and {min_recall:g} is wanted: "
        f"{', or '.join(ways)}."
    )
    raise InputError(message)


def require_enough(
    certificate: Certificate, min_recall: float, encoder: str, index: StoredIndex
) -> None:
    """Refuse an index that finds less than it is to, with what would help."""
    if certificate.recall_at_least >= min_recall:
        return
    message = (
        f"The index finds {certificate.recall:.4f} of the {certificate.k} nearest with "
        f"{counted(certificate.probes, 'probe')} and refine {certificate.refine}, surely "
        f"{certificate.recall_at_least:.4f}, and {min_recall:g} is wanted; nothing was changed: "
        f"{', or '.join(_what_helps(certificate, min_recall, encoder, index))}."
    )
    raise InputError(message)


def _what_helps(
    certificate: Certificate, min_recall: float, encoder: str, index: StoredIndex
) -> list[str]:
    """Return what makes the index find more, and what proves that it finds what it does."""
    partitions = index.parameters["partitions"]
    ways = []
    if certificate.probes < partitions:
        ways.append(f"give more `probes=` (of {partitions})")
    if certificate.refine < MOST_REFINE:
        ways.append(f"give more `refine=` (as {MOST_REFINE})")
    if not ways and index.parameters.get("bits", _MOST_BITS) < _MOST_BITS:
        kept = replace(index, parameters={**index.parameters, "bits": _MOST_BITS})
        ways.append(f"build one that keeps more ({build_command(encoder, kept)})")
    needed = queries_needed(certificate.recall, min_recall)
    # as many vectors have to be there, and some more to choose parameters by
    if needed is not None and certificate.n_queries < needed < certificate.n_rows:
        ways.append(f"ask more queries (`n_queries={needed}`)")
    return [*ways, "want less with `min_recall=`"]
