"""Samples with their vectors in the plane, as Embedding Atlas reads them from Parquet."""

import numpy as np
import polars as pl

from facestore.errors import NoVectorsError
from facestore.exporting.projection import nearest_rows, project
from facestore.exporting.selection import Selection, files_of, with_column
from facestore.files import replacing
from facestore.recorded_vectors import checked_images
from facestore.stores import Stores


def write(store: Stores, selection: Selection) -> int:
    """Write a row a sample that has a vector; return how many."""
    encoder = store.catalog.encoders.chosen(selection.model)
    table = checked_images(store, encoder)
    rows = store.catalog.exports.samples(selection.dataset, selection.split)
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
    points = project(matrix, selection.projection)
    columns = ["sample_id", "dataset", "path", "split", "width", "height"]
    if rows["person_id"].count():
        columns.append("person_id")
    samples = rows.select(columns).with_columns(
        files_of(store, rows), x=points[:, 0], y=points[:, 1]
    )
    samples = _with_labels_and_predictions(store, selection, samples)
    if selection.n_neighbours:
        ids, far = nearest_rows(matrix, selection.n_neighbours)
        neighbours = pl.DataFrame({"ids": ids.tolist(), "distances": far.tolist()})
        samples = samples.with_columns(neighbors=neighbours.to_struct())
    with replacing(selection.out) as part:
        samples.write_parquet(part)
    return len(samples)


def _with_labels_and_predictions(
    store: Stores, selection: Selection, samples: pl.DataFrame
) -> pl.DataFrame:
    """Add a column for each attribute and, `predicted: NAME`, for each classifier."""
    exports = store.catalog.exports
    labels = exports.labels(selection.dataset, selection.split)
    for (attribute,), part in labels.group_by("attribute", maintain_order=True):
        name = str(attribute) if attribute not in samples.columns else f"label: {attribute}"
        label = pl.coalesce("label", pl.col("value").cast(pl.String))
        samples = with_column(samples, name, part, label)
    said = exports.predictions(selection.dataset, selection.split, selection.classifiers)
    for (classifier,), part in said.group_by("classifier", maintain_order=True):
        predicted = pl.coalesce("predicted", pl.col("value").cast(pl.String))
        samples = with_column(samples, f"predicted: {classifier}", part, predicted)
    return samples
