"""Labels, predictions and sensitive features in the columns that Fairlearn is given."""

import polars as pl

from facestore.errors import InputError
from facestore.exporting.selection import Selection, with_column
from facestore.files import csv_text, write_text
from facestore.stores import Stores


def write(store: Stores, selection: Selection) -> int:
    """Write the judged predictions of one classifier as CSV; return how many.

    Raises
    ------
    InputError
        If several classifiers are meant.
    """
    exports = store.catalog.exports
    judged = exports.judged(selection.dataset, selection.split, selection.classifiers)
    names = judged["classifier"].unique(maintain_order=True).to_list()
    if len(names) > 1:
        known = ", ".join(map(repr, names[:8]))
        message = f"Fairlearn takes one classifier at a time: give `classifiers=`, one of {known}."
        raise InputError(message)
    labels = exports.labels(selection.dataset, selection.split)
    rows = judged.select(
        "dataset", "split", "path", "sample_id", y_true="label", y_pred="predicted"
    )
    for (attribute,), part in labels.group_by("attribute", maintain_order=True):
        rows = with_column(rows, f"sensitive_{attribute}", part, pl.col("label"))
    rows = rows.drop("sample_id")
    if len(rows):
        text = csv_text(rows.columns, rows.rows(), quote_text=True, raw=selection.raw)
        write_text(selection.out, text)
    return len(rows)
