"""Remove: data sets, classifiers, encoders and prompt sets, with what is theirs alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from facestore.catalog.vector_batches import KINDS
from facestore.errors import InputError, counted, preview
from facestore.prompts import builtin_prompt_sets
from facestore.removing.finish import Freed, go_on, taking_out
from facestore.removing.plan import Removal, alone, begun
from facestore.stores import Stores, recorded

_MANY = 3
# Kinds of which the command is called otherwise.
_COMMANDS = {"data set": "dataset", "prompt set": "prompt-set"}


@dataclass(frozen=True)
class RemoveSummary:
    """What was removed, or would be.

    Attributes
    ----------
    what
        What it is, in words.
    counts
        Rows, by what they are.
    classifiers
        Names of classifiers that go with it.
    freed
        What went out of files.
    is_dry
        Whether nothing was changed.
    """

    what: str
    counts: Mapping[str, int] = field(default_factory=dict)
    classifiers: tuple[str, ...] = ()
    freed: Freed = field(default_factory=Freed)
    is_dry: bool = False


@dataclass(frozen=True)
class _Going:
    """What is to be removed: the note of it, what deletes the rows, and what goes with it."""

    removal: Removal
    delete: Callable[[], Mapping[str, int]]
    counts: Mapping[str, int] = field(default_factory=dict)
    classifiers: tuple[str, ...] = ()


def remove_dataset(store: Stores, name: str, *, dry_run: bool = False) -> RemoveSummary:
    """Remove a data set: its samples, with all that is known of them, and vectors of no other.

    Parameters
    ----------
    name
        The data set.
    dry_run
        Whether it is only said what would go.

    Raises
    ------
    UnknownNameError
        If there is none of this name.
    """

    def find(what: str) -> _Going:
        store.catalog.samples.require_dataset(name)
        taking = store.catalog.taking_out
        leaving = taking.leaving(taking.of_dataset(name))

        def delete() -> dict[str, int]:
            counts = taking.delete(leaving)
            store.catalog.removals.rows_of_dataset(name)
            return counts

        counts = {"n_samples": len(leaving.sample_ids), "n_images": len(leaving.images)}
        return _Going(Removal(what, keys=leaving.keys), delete, counts)

    return _remove(store, "data set", name, find, dry_run=dry_run)


def remove_classifier(store: Stores, name: str, *, dry_run: bool = False) -> RemoveSummary:
    """Remove a classifier: its predictions, maps and curves, and its file where no other has it.

    Parameters
    ----------
    name
        The classifier.
    dry_run
        Whether it is only said what would go.

    Raises
    ------
    UnknownNameError
        If there is none of this name.
    """

    def find(what: str) -> _Going:
        store.catalog.predictions.find(name)
        removals = store.catalog.removals
        removal = Removal(what, heads=tuple(removals.heads_of([name])))
        return _Going(removal, lambda: removals.classifiers([name]))

    return _remove(store, "classifier", name, find, dry_run=dry_run)


def remove_encoder(
    store: Stores, name: str, *, with_classifiers: bool = False, dry_run: bool = False
) -> RemoveSummary:
    """Remove an encoder: its vectors, and the similarities that were measured with them.

    Parameters
    ----------
    name
        The encoder, as `score` takes it.
    with_classifiers
        Whether classifiers that rely on it go, too.
    dry_run
        Whether it is only said what would go.

    Raises
    ------
    UnknownNameError
        If there is none of this name.
    InputError
        If classifiers rely on it.
    """

    def find(what: str) -> _Going:
        encoder, removals = store.catalog.encoders.find(name), store.catalog.removals
        classifiers = removals.classifiers_of("encoder_id", encoder.encoder_id)
        _refuse_relied_on(f"Encoder {encoder.name!r}", classifiers, may=with_classifiers)
        removal = Removal(
            what,
            tables=tuple(f"{encoder.vectors}.{kind}" for kind in KINDS),
            heads=tuple(removals.heads_of(classifiers)),
        )

        def delete() -> dict[str, int]:
            return removals.classifiers(classifiers) | removals.encoder(encoder.encoder_id)

        return _Going(removal, delete, classifiers=tuple(classifiers))

    return _remove(store, "encoder", name, find, dry_run=dry_run)


def remove_prompt_set(
    store: Stores, name: str, *, with_classifiers: bool = False, dry_run: bool = False
) -> RemoveSummary:
    """Remove a prompt set, and the similarities to prompts that no other set has.

    Parameters
    ----------
    name
        The prompt set.
    with_classifiers
        Whether classifiers that rely on it go, too.
    dry_run
        Whether it is only said what would go.

    Raises
    ------
    UnknownNameError
        If there is none of this name.
    InputError
        If classifiers rely on it, or it comes with facestore.
    """

    def find(what: str) -> _Going:
        store.catalog.prompts.get(name)
        refuse_bundled(name, "removed: it would come back with the next command that writes")
        removals = store.catalog.removals
        classifiers = removals.classifiers_of("prompt_set", name)
        _refuse_relied_on(f"Prompt set {name!r}", classifiers, may=with_classifiers)
        prompts = removals.prompts_of(name)
        removal = Removal(
            what,
            prompts=tuple(text for _, text in prompts),
            heads=tuple(removals.heads_of(classifiers)),
        )

        def delete() -> dict[str, int]:
            return removals.classifiers(classifiers) | removals.prompt_set(name)

        return _Going(removal, delete, {"n_prompts": len(prompts)}, tuple(classifiers))

    return _remove(store, "prompt set", name, find, dry_run=dry_run)


def refuse_bundled(name: str, why: str) -> None:
    """Refuse to change a prompt set that comes with facestore."""
    if name in {each.name for each in builtin_prompt_sets()}:
        message = f"Prompt set {name!r} comes with facestore and cannot be {why}."
        raise InputError(message)


def _remove(
    store: Stores, kind: str, name: str, find: Callable[[str], _Going], *, dry_run: bool
) -> RemoveSummary:
    """Delete rows and their record in one transaction, then what only they relied on."""
    what = f"{kind} {name!r}"
    with alone(store, f"remove {_COMMANDS.get(kind, kind)}"):
        if _is_ended(store, kind, name, dry_run=dry_run):
            return RemoveSummary(what)
        going = find(what)
        if dry_run:
            return RemoveSummary(what, going.counts, going.classifiers, is_dry=True)
        with (
            taking_out(store, going.removal) as freed,
            store.catalog.transaction(),
            recorded(store, "remove", {"what": what}) as counts,
        ):
            counts.update(going.delete())
    return RemoveSummary(what, dict(counts), going.classifiers, freed[0])


def _is_ended(store: Stores, kind: str, name: str, *, dry_run: bool) -> bool:
    """End what a killed command began; say whether that was the same, and its rows are gone."""
    if dry_run or begun(store) is None:
        return False
    removal = go_on(store)
    is_same = removal is not None and removal.what == f"{kind} {name!r}"
    return is_same and name not in _known(store, kind)


def _known(store: Stores, kind: str) -> list[str]:
    if kind == "data set":
        return list(store.catalog.samples.datasets())
    if kind == "classifier":
        return store.catalog.predictions.names()
    if kind == "prompt set":
        return store.catalog.prompts.names()
    return [each.name for each in store.catalog.encoders.all()]


def _refuse_relied_on(what: str, classifiers: list[str], *, may: bool) -> None:
    if classifiers and not may:
        names = preview([repr(each) for each in classifiers], _MANY)
        message = (
            f"{what} is what {counted(len(classifiers), 'classifier relies', 'classifiers rely')} "
            f"on ({names}): remove these first, or give `with_classifiers=True`."
        )
        raise InputError(message)
