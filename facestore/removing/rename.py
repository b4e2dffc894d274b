"""Rename and merge: everything that refers to a name follows it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.vector_batches import KINDS
from facestore.errors import InputError, by_number, counted, preview
from facestore.images.given import copy_notes
from facestore.model_names import ModelName
from facestore.recorded_vectors import add_vectors, record_all, table_of
from facestore.records import EmbeddingBatch
from facestore.removing.finish import go_on, taking_out
from facestore.removing.plan import Removal, alone
from facestore.removing.remove import refuse_bundled
from facestore.stores import Stores, recorded

_SHOWN = 5


@dataclass(frozen=True)
class RenameSummary:
    """What has another name now.

    Attributes
    ----------
    what
        What it is.
    old, new
        Its names.
    n_moved, n_same
        Of a merge: samples that moved, and those that both had.
    """

    what: str
    old: str
    new: str
    n_moved: int | None = None
    n_same: int = 0


def rename_dataset(store: Stores, name: str, new_name: str) -> RenameSummary:
    """Give a data set another name.

    Parameters
    ----------
    name, new_name
        The data set, and what it is to be called.

    Raises
    ------
    UnknownNameError
        If there is no such data set.
    InputError
        If there is one of the new name.
    """
    with alone(store, "rename dataset"):
        if _is_ended(store, "rename", name, new_name):
            return RenameSummary("data set", name, new_name)
        store.catalog.samples.require_dataset(name)
        if new_name in store.catalog.samples.datasets():
            message = (
                f"There is a data set {new_name!r}: give another name, or bring the two together "
                "with `facestore merge dataset`."
            )
            raise InputError(message)
        _check_name(new_name)
        _move_dataset(store, name, new_name, merges=False)
    return RenameSummary("data set", name, new_name)


def merge_dataset(store: Stores, name: str, into: str) -> RenameSummary:
    """Move all samples of a data set into another one; samples with the same path become one.

    Parameters
    ----------
    name, into
        The data set that goes, and the one that gets its samples.

    Raises
    ------
    UnknownNameError
        If one of them does not exist.
    InputError
        If the two are one, or a path that both have has another content, split or label.
    """
    with alone(store, "merge dataset"):
        if _is_ended(store, "merge", name, into):
            return RenameSummary("data set", name, into, 0)
        for each in (name, into):
            store.catalog.samples.require_dataset(each)
        if name == into:
            message = f"{name!r} is the same data set: give two."
            raise InputError(message)
        found = store.catalog.merging.same_paths(name, into)
        if bad := [f"{each.path}: {each.problem}" for each in found if each.problem]:
            message = (
                f"{counted(len(bad), 'path')} of {name!r} {by_number(len(bad), 'is', 'are')} "
                f"something else in {into!r} "
                f"({preview(bad, _SHOWN)}), and nothing was changed: ingest one of the two from "
                "the folder above both, or `facestore forget` these samples in one of them."
            )
            raise InputError(message)
        counts = _move_dataset(store, name, into, merges=True)
    return RenameSummary("data set", name, into, counts["n_moved"], counts["n_same"])


def rename_classifier(store: Stores, name: str, new_name: str) -> RenameSummary:
    """Give a classifier another name; a file of heads keeps the name that is written in it.

    Parameters
    ----------
    name, new_name
        The classifier, and what it is to be called.

    Raises
    ------
    UnknownNameError
        If there is no such classifier.
    InputError
        If there is one of the new name.
    """
    with alone(store, "rename classifier"):
        go_on(store)
        store.catalog.predictions.find(name)
        _check_free("classifier", new_name, store.catalog.predictions.names())
        with _recorded(store, "classifier", name, new_name):
            store.catalog.renaming.classifier(name, new_name)
    return RenameSummary("classifier", name, new_name)


def rename_prompt_set(store: Stores, name: str, new_name: str) -> RenameSummary:
    """Give a prompt set another name, and the classifiers that are called after it.

    Parameters
    ----------
    name, new_name
        The prompt set, and what it is to be called.

    Raises
    ------
    UnknownNameError
        If there is no such prompt set.
    InputError
        If it comes with facestore, or there is one of the new name.
    """
    with alone(store, "rename prompt-set"):
        go_on(store)
        store.catalog.prompts.get(name)
        refuse_bundled(name, "renamed: add a copy of your own with `facestore prompts add`")
        _check_free("prompt set", new_name, store.catalog.prompts.names())
        with _recorded(store, "prompt set", name, new_name):
            store.catalog.renaming.prompt_set(name, new_name)
    return RenameSummary("prompt set", name, new_name)


def rename_encoder(store: Stores, name: str, new_name: str) -> RenameSummary:
    """Say of an imported encoder which model it is: its vectors' tables are called after it, too.

    Parameters
    ----------
    name
        The encoder.
    new_name
        The model: `RN50,openai`. An encoder that was loaded here is called after what it was
        loaded from, so it has no other name.

    Raises
    ------
    UnknownNameError
        If there is no such encoder.
    InputError
        If it was loaded here, or there is one of the new name.
    """
    with alone(store, "rename encoder"):
        go_on(store)
        encoder = store.catalog.encoders.find(name)
        if encoder.record.source != "imported":
            message = (
                f"Encoder {encoder.name!r} was loaded here, and its name says from what: only "
                "imported ones can be called otherwise. Name classifiers as you like."
            )
            raise InputError(message)
        model = ModelName.parse(new_name)
        record = replace(
            encoder.record, architecture=model.whole_architecture, pretrained=model.pretrained
        )
        known = [each.name for each in store.catalog.encoders.all()]
        _check_free("encoder", record.name, known)
        tables = [f"{each}.{k}" for each in (encoder.vectors, record.vectors) for k in KINDS]
        with taking_out(
            store, Removal(f"rename encoder {name!r}", tables=tuple(tables), frees=False)
        ):
            copied = StoredEncoder(encoder.encoder_id, record.name, record.vectors, record)
            _copy_tables(store, encoder, copied)
            with _recorded(store, "encoder", encoder.name, record.name):
                store.catalog.renaming.encoder(encoder.encoder_id, record)
            record_all(store, copied)
    return RenameSummary("encoder", encoder.name, record.name)


def _is_ended(store: Stores, command: str, name: str, new_name: str) -> bool:
    """End what a killed command began; say whether that was the same, and its rows are changed."""
    ended = go_on(store)
    is_same = ended is not None and ended.what == f"{command} {name!r} {new_name!r}"
    return is_same and name not in store.catalog.samples.datasets()


def _move_dataset(store: Stores, name: str, new_name: str, *, merges: bool) -> dict[str, int]:
    """Rename or merge: vectors are filed anew before the rows refer to them, and then taken out."""
    copy_notes(store.path, name, new_name)
    new_keys = store.catalog.renaming.new_keys(name, new_name)
    keys = tuple({*new_keys, *new_keys.values()})
    command = "merge" if merges else "rename"
    with taking_out(store, Removal(f"{command} {name!r} {new_name!r}", keys=keys, frees=False)):
        _file_anew(store, new_keys)
        with (
            store.catalog.transaction(),
            recorded(store, f"{command} dataset", {"dataset": name, "into": new_name}) as counts,
        ):
            store.catalog.renaming.neighbours(new_keys)
            if merges:
                counts.update(store.catalog.merging.merge(name, new_name))
            else:
                store.catalog.renaming.dataset(name, new_name)
                counts["n_renamed"] = 1
    return dict(counts)


def _file_anew(store: Stores, new_keys: dict[str, str]) -> None:
    """Add vectors under their new keys, where they are not there; the old ones stay for now."""
    for encoder in store.catalog.encoders.all() if new_keys else ():
        table = table_of(store, encoder, "images")
        for batch in table.batches():
            rows = [i for i, key in enumerate(batch.keys) if key in new_keys]
            keys = tuple(new_keys[batch.keys[i]] for i in rows)
            # Two names of one content: the first counts, as in an import.
            first = dict(reversed(list(zip(keys, rows, strict=True))))
            if first:
                moved = EmbeddingBatch(tuple(first), batch.vectors[list(first.values())])
                add_vectors(store, encoder, table, moved)


def _copy_tables(store: Stores, old: StoredEncoder, new: StoredEncoder) -> None:
    """Copy the vectors of an encoder into tables that say the new name."""
    identity = asdict(new.record)
    for kind in KINDS:
        store.vectors.remove(f"{new.vectors}.{kind}")  # what a killed command left
        of_kind = store.vectors.images if kind == "images" else store.vectors.texts
        table = of_kind(new.vectors, identity)
        for batch in table_of(store, old, kind).batches():
            table.add(batch)
        table.compact()


@contextmanager
def _recorded(store: Stores, kind: str, old: str, new: str) -> Iterator[None]:
    """Give a transaction with a row of the log."""
    _check_name(new)
    arguments = {"kind": kind, "old": old, "new": new}
    with store.catalog.transaction(), recorded(store, "rename", arguments) as counts:
        yield
        counts["n_renamed"] = 1


def _check_free(kind: str, name: str, known: list[str]) -> None:
    if name in known:
        message = f"There is a {kind} {name!r} already: give another name."
        raise InputError(message)


def _check_name(name: str) -> None:
    if not name.strip():
        message = "The new name is empty: give a name."
        raise InputError(message)
