"""Bootstrap: figures without a formula for their interval are drawn anew, half a thousand times."""

from collections.abc import Sequence
from dataclasses import dataclass

from facestore.catalog.bootstraps import Drawable
from facestore.catalog.checks import Scope
from facestore.catalog.predictions import MAKES_ONE
from facestore.errors import InputError
from facestore.stores import Stores, recorded, require_writable

N_REPLICATES = 500
MAX_REPLICATES = 100_000
# Seeds are kept as BIGINT.
_MAX_SEED = 2**63 - 1
# Weights that are drawn before what is found is kept: some seconds of one core.
_WEIGHTS_AT_ONCE = 60_000_000


@dataclass(frozen=True)
class BootstrapSummary:
    """What was drawn.

    Attributes
    ----------
    n_figures, n_classifiers
        Figures that are drawn by now, and how many classifiers they are of.
    n_new
        Figures of which something was drawn.
    n_of_other_seed
        Figures of them that were kept with another seed.
    n_replicates, seed
        How often and with what each is drawn.
    """

    n_figures: int
    n_classifiers: int
    n_new: int
    n_of_other_seed: int
    n_replicates: int
    seed: int


def bootstrap(
    store: Stores,
    *,
    classifiers: Sequence[str] = (),
    attribute: str | None = None,
    groups: Sequence[str] = (),
    dataset: str | None = None,
    split: str | None = None,
    replicates: int = N_REPLICATES,
    seed: int = 0,
) -> BootstrapSummary:
    """Draw balanced accuracy, macro F1 and errors of ages anew, for the view bootstrap_intervals.

    In each replicate a sample counts as often as a weight of mean 1 says, which hangs on seed,
    replicate, data set and path alone; samples of one person, or copies of one picture, have the
    same weight. What is there already, of the same figure and seed, is not drawn again; what was
    drawn stays if the command is killed.

    Parameters
    ----------
    classifiers, attribute, dataset, split
        Only of these.
    groups
        Attributes by whose groups figures are drawn, such as `race` or `gender x race`; empty:
        over all samples.
    replicates
        How often each figure is drawn, from 2 to 100,000.
    seed
        Decides the weights, from 0.

    Raises
    ------
    InputError
        If a number is out of its limits, or there is nothing to draw.
    UnknownNameError
        If a name is not known.
    """
    if not 2 <= replicates <= MAX_REPLICATES:
        message = (
            f"`replicates={replicates}`: a number from 2 to {MAX_REPLICATES:,} was expected; "
            f"{N_REPLICATES} is usual."
        )
        raise InputError(message)
    if not 0 <= seed <= _MAX_SEED:
        message = f"`seed={seed}`: a whole number from 0 to {_MAX_SEED} was expected."
        raise InputError(message)
    scope = Scope(tuple(classifiers) or None, attribute, tuple(groups) or None, dataset, split)
    store.catalog.checks.require(scope)
    found = store.catalog.bootstraps.drawable(scope, seed)
    if not found:
        raise _nothing_to_draw(store)
    if any(each.n_drawn < replicates for each in found):
        require_writable(store)
        if store.catalog.counts.keep():  # weights hang on what is kept of persons and copies
            found = store.catalog.bootstraps.drawable(scope, seed)
    todo = [each for each in found if each.n_drawn < replicates]
    arguments = {
        "classifiers": list(classifiers),
        "attribute": attribute,
        "groups": list(groups),
        "dataset": dataset,
        "split": split,
        "replicates": replicates,
        "seed": seed,
    }
    with recorded(store, "bootstrap", arguments) as counts:
        _draw_all(store, todo, replicates, seed, counts)
    return BootstrapSummary(
        n_figures=_n_figures(found),
        n_classifiers=len({each.classifier_id for each in found}),
        n_new=_n_figures(todo),
        n_of_other_seed=_n_figures([each for each in todo if each.is_of_other_seed]),
        n_replicates=replicates,
        seed=seed,
    )


def _draw_all(
    store: Stores, todo: Sequence[Drawable], replicates: int, seed: int, counts: dict[str, int]
) -> None:
    """Draw in parts that take some seconds, and keep each."""
    bootstraps = store.catalog.bootstraps
    counts["n_figures"] = 0
    parts = []
    n_weights = 0
    with store.progress.task("drawing", sum(replicates - each.n_drawn for each in todo)) as task:
        for each in todo:
            at_once = max(1, _WEIGHTS_AT_ONCE // max(1, each.n_samples))
            for first in range(each.n_drawn + 1, replicates + 1, at_once):
                last = min(first + at_once - 1, replicates)
                drawn = bootstraps.draw(each, seed, first, last)
                parts.append((each, seed, first, last, drawn))
                n_weights += each.n_samples * (last - first + 1)
                is_last = each is todo[-1] and last == replicates
                if n_weights >= _WEIGHTS_AT_ONCE or is_last:
                    with store.catalog.transaction():
                        for part in parts:
                            bootstraps.add(*part)
                    counts["n_figures"] += sum(
                        len(part.figures) for part, *_, end, _ in parts if end == replicates
                    )
                    parts, n_weights = [], 0
                task.advance(last - first + 1)


def _n_figures(drawables: Sequence[Drawable]) -> int:
    return sum(len(each.figures) for each in drawables)


def _nothing_to_draw(store: Stores) -> InputError:
    todo = "See `facestore info`"
    if not store.catalog.predictions.names():
        todo = f"There is no classifier yet: {MAKES_ONE}"
    message = (
        "Nothing to draw: it needs labels and predictions, of groups that are not smaller than the "
        "setting `min_samples`, as far as `classifiers=`, `attribute=`, `groups=`, `dataset=` and "
        f"`split=` allow. {todo}."
    )
    return InputError(message)
