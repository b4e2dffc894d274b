"""Export: what is in a store, written for other tools."""

from collections.abc import Sequence
from importlib import import_module

from facestore.catalog.patterns import named
from facestore.errors import InputError, UnknownChoiceError
from facestore.exporting import FORMATS, PROJECTIONS
from facestore.exporting.selection import Selection
from facestore.records import AnyPath
from facestore.stores import Stores


def export(
    store: Stores,
    form: str,
    out: AnyPath,
    *,
    dataset: str | None = None,
    split: str | None = None,
    classifiers: Sequence[str] = (),
    model: str | None = None,
    projection: str = "pca",
    n_neighbours: int = 10,
    raw: bool = False,
) -> int:
    """Write a file for another tool; return the number of rows. The store is only read.

    Parameters
    ----------
    form
        For which tool: one of `facestore.exporting.FORMATS`.
    out
        The file, or the folder; a file that is there is replaced.
    dataset, split, classifiers
        Only these; empty: all.
    model, projection, n_neighbours
        For `atlas`: the encoder, `pca` or `umap`, and how many neighbours a row has.
    raw
        Whether text in CSV is as it is, also where a spreadsheet takes it for a formula.

    Raises
    ------
    InputError
        If there is nothing to write, the folder is not there, or it is not clear what is meant.
    UnknownChoiceError
        If a form, a projection or a name is not known.
    OutputError
        If a store has its own files there.
    """
    if form not in FORMATS:
        raise UnknownChoiceError("form of export", form, FORMATS)
    if projection not in PROJECTIONS:
        raise UnknownChoiceError("projection", projection, PROJECTIONS)
    out = store.output(out)
    if not out.parent.is_dir():
        message = f"There is no folder '{out.parent}' to write to: make it first."
        raise InputError(message)
    if dataset is not None:
        store.catalog.samples.require_dataset(dataset)
    meant = named(classifiers, store.catalog.predictions.names())
    selection = Selection(out, dataset, split, tuple(meant), model, projection, n_neighbours, raw)
    written_by = import_module(f"facestore.exporting.{form.replace('-', '_')}")
    n_rows: int = written_by.write(store, selection)
    if not n_rows:
        message = (
            f"Nothing to export as {form}, as far as `dataset=`, `split=` and `classifiers=` "
            "allow: `facestore info` shows what there is."
        )
        raise InputError(message)
    return n_rows
