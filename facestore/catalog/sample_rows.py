"""How samples, labels and images are written into DuckDB: what is new, and what differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from facestore.catalog.class_rows import insert_classes
from facestore.catalog.counts import uncount_datasets
from facestore.catalog.seen import mark_left
from facestore.records import ImageRecord

SAMPLE_SCHEMA = pl.Schema(
    {
        "path": pl.String(),
        "image_id": pl.String(),
        "split": pl.String(),
        "tags": pl.List(pl.String()),
        "error": pl.String(),
        "person_id": pl.String(),
    }
)
LABEL_SCHEMA = pl.Schema(
    {
        "path": pl.String(),
        "attribute": pl.String(),
        "label": pl.String(),
        "value": pl.Float64(),
    }
)
IMAGE_SCHEMA = pl.Schema(
    {
        "image_id": pl.String(),
        "phash": pl.UInt64(),
        "width": pl.Int32(),
        "height": pl.Int32(),
        "format": pl.String(),
        "n_bytes": pl.Int64(),
    }
)


@dataclass(frozen=True)
class SampleChanges:
    """What a write changed.

    Attributes
    ----------
    n_changed, n_pictured
        Samples that were there and differ now; those of them whose picture was not known before.
    """

    n_new: int = 0
    n_changed: int = 0
    n_pictured: int = 0
    n_content_changed: int = 0
    n_labels_new: int = 0
    n_labels_changed: int = 0

    def __add__(self, other: SampleChanges) -> SampleChanges:
        """Add up two writes."""
        return SampleChanges(
            self.n_new + other.n_new,
            self.n_changed + other.n_changed,
            self.n_pictured + other.n_pictured,
            self.n_content_changed + other.n_content_changed,
            self.n_labels_new + other.n_labels_new,
            self.n_labels_changed + other.n_labels_changed,
        )


def write_samples(
    con: duckdb.DuckDBPyConnection,
    dataset: str,
    *,
    source: str,
    layout: str,
    samples: pl.DataFrame,
    labels: pl.DataFrame,
    images: Sequence[ImageRecord],
    new_classes: Sequence[tuple[str, str]],
) -> SampleChanges:
    """Insert or update samples, their labels and the images they show, as `Samples.save` says.

    Parameters
    ----------
    con
        A connection in a transaction.
    dataset, source, layout, samples, labels, images, new_classes
        As `Samples.save` takes them.
    """
    con.execute(
        "insert into datasets values (?, ?, ?, make_timestamp(epoch_us(now()))) "
        "on conflict do nothing",
        [dataset, source, layout],
    )
    insert_classes(con, new_classes)
    _insert_images(con, images)
    con.register("incoming", samples.select(list(SAMPLE_SCHEMA)).cast(SAMPLE_SCHEMA).to_arrow())
    n_content_changed = _forget_changed_contents(con, dataset)
    n_pictured = _count_pictured(con, dataset)
    _mark_left_splits(con, dataset)
    n_changed = _update_samples(con, dataset)
    n_new = _insert_samples(con, dataset)
    con.register("incoming", labels.select(list(LABEL_SCHEMA)).cast(LABEL_SCHEMA).to_arrow())
    n_labels_changed = _update_labels(con, dataset)
    n_labels_new = _insert_labels(con, dataset)
    con.unregister("incoming")
    changes = SampleChanges(
        n_new, n_changed, n_pictured, n_content_changed, n_labels_new, n_labels_changed
    )
    if changes != SampleChanges():
        uncount_datasets(con, [dataset])
    return changes


def _insert_images(con: duckdb.DuckDBPyConnection, images: Sequence[ImageRecord]) -> None:
    if not images:
        return
    rows = [tuple(getattr(image, column) for column in IMAGE_SCHEMA) for image in images]
    con.register("incoming", pl.DataFrame(rows, schema=IMAGE_SCHEMA, orient="row").to_arrow())
    con.execute("insert into images select * from incoming on conflict do nothing")


def _forget_changed_contents(con: duckdb.DuckDBPyConnection, dataset: str) -> int:
    """Remove what was computed from the old content of files that changed."""
    con.execute(
        "create or replace temp table changed as select sample_id from samples "
        "inner join incoming using (path) where dataset = ? and samples.image_id is not null "
        "and samples.image_id is distinct from incoming.image_id",
        [dataset],
    )
    con.execute("delete from similarities where sample_id in (select sample_id from changed)")
    con.execute("delete from streamed_winners where sample_id in (select sample_id from changed)")
    con.execute("delete from predictions where sample_id in (select sample_id from changed)")
    con.execute("delete from explanations where sample_id in (select sample_id from changed)")
    con.execute("delete from excluded_samples where sample_id in (select sample_id from changed)")
    return _first(con.execute("select count(*) from changed"))


def _count_pictured(con: duckdb.DuckDBPyConnection, dataset: str) -> int:
    """Count the samples whose picture was not known, as where labels came first, and now is."""
    return _first(
        con.execute(
            "select count(*) from samples inner join incoming using (path) where dataset = ? "
            "and samples.image_id is null and samples.error is null "
            "and incoming.image_id is not null",
            [dataset],
        )
    )


def _update_samples(con: duckdb.DuckDBPyConnection, dataset: str) -> int:
    return _changed_rows(
        con,
        "update samples set image_id = incoming.image_id, error = incoming.error, "
        "split = coalesce(incoming.split, samples.split), "
        "tags = coalesce(incoming.tags, samples.tags), "
        "person_id = coalesce(incoming.person_id, samples.person_id) "
        "from incoming where samples.dataset = ? and samples.path = incoming.path and ("
        "samples.image_id is distinct from incoming.image_id "
        "or samples.error is distinct from incoming.error "
        "or samples.split is distinct from coalesce(incoming.split, samples.split) "
        "or samples.tags is distinct from coalesce(incoming.tags, samples.tags) "
        "or samples.person_id is distinct from coalesce(incoming.person_id, samples.person_id))",
        dataset,
    )


def _mark_left_splits(con: duckdb.DuckDBPyConnection, dataset: str) -> None:
    left = con.execute(
        "select distinct samples.split from samples inner join incoming using (path) "
        "where dataset = ? and incoming.split is not null "
        "and samples.split is distinct from incoming.split",
        [dataset],
    ).fetchall()
    if left:
        mark_left(con, dataset, [split for (split,) in left])


def _insert_samples(con: duckdb.DuckDBPyConnection, dataset: str) -> int:
    return _changed_rows(
        con,
        "insert into samples select (select coalesce(max(sample_id), 0) from samples) "
        "+ row_number() over (order by path), ?, path, image_id, split, tags, error, person_id "
        "from incoming anti join (select path from samples where dataset = ?) as known "
        "using (path) order by path",
        dataset,
        dataset,
    )


def _update_labels(con: duckdb.DuckDBPyConnection, dataset: str) -> int:
    return _changed_rows(
        con,
        "update labels set label = incoming.label, value = incoming.value "
        "from incoming inner join samples on samples.path = incoming.path and samples.dataset = ? "
        "where labels.sample_id = samples.sample_id and labels.attribute = incoming.attribute and ("
        "labels.label is distinct from incoming.label "
        "or labels.value is distinct from incoming.value)",
        dataset,
    )


def _insert_labels(con: duckdb.DuckDBPyConnection, dataset: str) -> int:
    return _changed_rows(
        con,
        "insert into labels select samples.sample_id, incoming.attribute, incoming.label, "
        "incoming.value from incoming inner join samples on samples.path = incoming.path "
        "anti join labels on labels.sample_id = samples.sample_id "
        "and labels.attribute = incoming.attribute "
        "where samples.dataset = ? order by samples.sample_id, incoming.attribute",
        dataset,
    )


def _changed_rows(con: duckdb.DuckDBPyConnection, statement: str, *values: str) -> int:
    return _first(con.execute(statement, list(values)))


def _first(result: duckdb.DuckDBPyConnection) -> int:
    row = result.fetchone()
    return 0 if row is None else int(row[0])
