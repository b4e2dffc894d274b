"""Samples with their vectors in the plane, as Embedding Atlas reads them from Parquet."""

import polars as pl

from facestore.exporting.projection import nearest_rows, project
from facestore.exporting.sample_columns import (
    small_pictures,
    with_doubts,
    with_judgements,
    with_labels,
    with_vectors,
)
from facestore.exporting.selection import Selection, files_of
from facestore.files import replacing
from facestore.recorded_vectors import encoder_with_images
from facestore.stores import Stores, pictures_of


def write(store: Stores, selection: Selection) -> int:
    """Write a row a sample that has a vector; return how many."""
    encoder = encoder_with_images(store, selection.model)
    exports = store.catalog.exports
    rows = exports.samples(selection.dataset, selection.split)
    rows, matrix = with_vectors(store, encoder, rows)
    if rows.is_empty():
        return 0
    points = project(matrix, selection.projection)
    pictures = pictures_of(store)
    columns = ["sample_id", "dataset", "path", "split", "width", "height"]
    if rows["person_id"].count():
        columns.append("person_id")
    samples = rows.select(columns).with_columns(
        files_of(store, rows, pictures),
        small_pictures(store, rows, pictures),
        x=points[:, 0],
        y=points[:, 1],
    )
    samples = with_labels(samples, exports.labels(selection.dataset, selection.split))
    said = exports.judgements_of(samples["sample_id"].to_list(), selection.classifiers)
    names = {
        classifier: tuple(f"{each}: {classifier}" for each in ("predicted", "judged", "margin"))
        for classifier in said["classifier"].unique(maintain_order=True).to_list()
    }
    samples = with_doubts(store, with_judgements(samples, said, names))
    if selection.n_neighbours:
        ids, far = nearest_rows(matrix, selection.n_neighbours)
        neighbours = pl.DataFrame({"ids": ids.tolist(), "distances": far.tolist()})
        samples = samples.with_columns(neighbors=neighbours.to_struct())
    with replacing(selection.out) as part:
        samples.write_parquet(part)
    return len(samples)
