"""Export: what is in a store, written for other tools."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from facestore import exporting
from facestore.errors import InputError, NoVectorsError, UnknownNameError
from facestore.files import csv_text, replacing, write_text
from facestore.images import ImageSource, is_uri
from facestore.stores import Stores


@dataclass(frozen=True)
class ExportOptions:
    """What is written, and where.

    Attributes
    ----------
    form
        A key of `FORMS`.
    out
        The file, or the folder.
    dataset, split, classifiers
        Only these; None or empty: all.
    model
        The encoder whose vectors are projected; None: the only one.
    projection
        One of `facestore.exporting.PROJECTIONS`.
    n_neighbours
        How many neighbours a row has; 0: none.
    """

    form: str
    out: Path
    dataset: str | None = None
    split: str | None = None
    classifiers: tuple[str, ...] = ()
    model: str | None = None
    projection: str = "pca"
    n_neighbours: int = 10


def export(store: Stores, options: ExportOptions) -> int:
    """Write one form; return the number of its rows. The store is only read.

    Raises
    ------
    UnknownNameError
        If a form, a projection or a name is not known.
    InputError
        If there is nothing to write, the folder is not there, or it is not clear what is meant.
    """
    if options.form not in FORMS:
        raise UnknownNameError("form of export", options.form, FORMS)
    if options.projection not in exporting.PROJECTIONS:
        raise UnknownNameError("projection", options.projection, exporting.PROJECTIONS)
    if not options.out.parent.is_dir():
        message = f"There is no folder '{options.out.parent}' to write to: make it first."
        raise InputError(message)
    if options.dataset is not None:
        store.catalog.samples.require_dataset(options.dataset)
    for name in options.classifiers:
        store.catalog.predictions.find(name)
    n_rows = FORMS[options.form](store, options)
    if not n_rows:
        message = (
            f"Nothing to export as {options.form}, as far as --dataset, --split and --classifier "
            "allow: `facestore info` shows what there is."
        )
        raise InputError(message)
    return n_rows


def _atlas(store: Stores, options: ExportOptions) -> int:
    catalog = store.catalog
    encoder = catalog.encoders.find(options.model) if options.model else catalog.encoders.only()
    table = store.vectors.images(encoder.vectors)
    rows = catalog.exports.samples(options.dataset, options.split)
    wanted = set(rows["vector_key"].to_list())
    vectors = {
        key: batch.vectors[i]
        for batch in table.batches()
        for i, key in enumerate(batch.keys)
        if key in wanted
    }
    if not vectors and not table.count():
        raise NoVectorsError(encoder.name, encoder.record.architecture)
    rows = rows.filter(pl.col("vector_key").is_in(list(vectors)))
    if rows.is_empty():
        return 0
    matrix = np.stack([vectors[key] for key in rows["vector_key"]])
    points = exporting.project(matrix, options.projection)
    files = _files(store, rows)
    written = rows.select("sample_id", "dataset", "path", "split", "width", "height").with_columns(
        pl.Series("file", files, pl.String()),
        x=points[:, 0],
        y=points[:, 1],
    )
    written = _with_columns(store, options, written)
    if options.n_neighbours:
        ids, far = exporting.nearest_rows(matrix, options.n_neighbours)
        neighbours = pl.DataFrame({"ids": ids.tolist(), "distances": far.tolist()})
        written = written.with_columns(neighbors=neighbours.to_struct())
    with replacing(options.out) as part:
        written.write_parquet(part)
    return len(written)


def _with_columns(store: Stores, options: ExportOptions, rows: pl.DataFrame) -> pl.DataFrame:
    """Add a column for each attribute and, `predicted: NAME`, for each classifier."""
    exports = store.catalog.exports
    labels = exports.labels(options.dataset, options.split)
    for (attribute,), part in labels.group_by("attribute", maintain_order=True):
        name = str(attribute) if attribute not in rows.columns else f"label: {attribute}"
        column = part.select("sample_id", pl.coalesce("label", pl.col("value").cast(pl.String)))
        rows = rows.join(column.rename({"label": name}), on="sample_id", how="left", **_ORDERED)
    said = exports.predictions(options.dataset, options.split, options.classifiers)
    for (classifier,), part in said.group_by("classifier", maintain_order=True):
        value = pl.coalesce("predicted", pl.col("value").cast(pl.String))
        column = part.select("sample_id", value.alias(f"predicted: {classifier}"))
        rows = rows.join(column, on="sample_id", how="left", **_ORDERED)
    return rows


_ORDERED: dict[str, Any] = {"maintain_order": "left"}


def _fairlearn(store: Stores, options: ExportOptions) -> int:
    exports = store.catalog.exports
    judged = exports.judged(options.dataset, options.split, options.classifiers)
    names = judged["classifier"].unique(maintain_order=True).to_list()
    if len(names) > 1:
        known = ", ".join(map(repr, names[:8]))
        message = f"Fairlearn takes one classifier at a time: give --classifier, one of {known}."
        raise InputError(message)
    labels = exports.labels(options.dataset, options.split)
    rows = judged.select(
        "dataset", "split", "path", "sample_id", y_true="label", y_pred="predicted"
    )
    for (attribute,), part in labels.group_by("attribute", maintain_order=True):
        column = part.select("sample_id", pl.col("label").alias(f"sensitive_{attribute}"))
        rows = rows.join(column, on="sample_id", how="left", **_ORDERED)
    rows = rows.drop("sample_id")
    if len(rows):
        write_text(options.out, csv_text(rows.columns, rows.rows(), quote_text=True))
    return len(rows)


def _clip_benchmark(store: Stores, options: ExportOptions) -> int:
    found = store.catalog.exports.results(options.dataset, options.split, options.classifiers)
    results = [exporting.result_json(row) for row in found.iter_rows(named=True)]
    if not results:
        return 0
    if options.out.suffix.lower() == ".csv":
        rows = map(exporting.result_row, results)
        write_text(options.out, csv_text(exporting.CSV_COLUMNS, rows, quote_text=True))
        return len(results)
    if options.out.is_file():
        message = f"'{options.out}' is a file: give a .csv, or a folder for one JSON a result."
        raise InputError(message)
    options.out.mkdir(exist_ok=True)
    for result in results:
        write_text(options.out / exporting.file_name(result), json.dumps(result, indent=2))
    return len(results)


def _fiftyone(store: Stores, options: ExportOptions) -> int:
    exports = store.catalog.exports
    samples = exports.samples(options.dataset, options.split)
    labels: dict[int, dict[str, tuple[Any, ...]]] = {}
    for sample_id, attribute, label, value in exports.labels(options.dataset, options.split).rows():
        labels.setdefault(sample_id, {})[attribute] = (label, value)
    said: dict[int, dict[str, tuple[Any, ...]]] = {}
    rows = exports.predictions(options.dataset, options.split, options.classifiers).rows()
    for sample_id, classifier, predicted, score, value in rows:
        said.setdefault(sample_id, {})[classifier] = (predicted, score, value)
    wanted = samples.with_columns(file=pl.Series(_files(store, samples), dtype=pl.String()))
    document = exporting.fiftyone_dataset(
        options.dataset or "facestore",
        (
            row
            | {
                "labels": labels.get(row["sample_id"], {}),
                "predictions": said.get(row["sample_id"], {}),
            }
            for row in wanted.iter_rows(named=True)
        ),
    )
    if len(samples):
        write_text(options.out, json.dumps(document, ensure_ascii=False))
    return len(samples)


def _files(store: Stores, rows: pl.DataFrame) -> list[str]:
    """Return where each sample was ingested from; its path alone where that is not known."""
    roots = {
        dataset: ImageSource(*of).root for dataset, of in store.catalog.samples.sources().items()
    }
    files = []
    for dataset, path in rows.select("dataset", "path").rows():
        root = roots.get(dataset)
        files.append(path if root is None or is_uri(path) else str((root / path).absolute()))
    return files


FORMS: dict[str, Callable[[Stores, ExportOptions], int]] = {
    "atlas": _atlas,
    "clip-benchmark": _clip_benchmark,
    "fairlearn": _fairlearn,
    "fiftyone": _fiftyone,
}
