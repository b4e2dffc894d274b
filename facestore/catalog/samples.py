"""Data sets, images, samples, classes and labels in DuckDB."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from shlex import quote

import duckdb
import polars as pl
import pyarrow as pa

from facestore.catalog.counts import uncount_datasets
from facestore.catalog.database import TableFamily
from facestore.errors import UnknownNameError
from facestore.names import check_name
from facestore.records import AttributeClass, ImageRecord

SAMPLE_SCHEMA = pl.Schema(
    {
        "path": pl.String(),
        "image_id": pl.String(),
        "split": pl.String(),
        "tags": pl.List(pl.String()),
        "error": pl.String(),
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
_IDS_AT_ONCE = 65_536
# A data set of which labels came first has their file as its first source: no images are there.
_SOURCES = """
select dataset, dataset_sources.source
from dataset_sources
inner join datasets using (dataset)
where n_runs > 0 or datasets.layout <> 'import'
order by dataset, is_first desc, first_at, dataset_sources.source
"""


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


class Samples(TableFamily):
    """What is known of files and their labels."""

    def datasets(self) -> dict[str, str]:
        """Return the data sets by name, each with its source; none where there is no store."""
        if not self._database.exists:
            return {}
        rows = self._rows("select dataset, source from datasets")
        return dict(rows)

    def sources(self) -> dict[str, list[str]]:
        """Return all that the images of each data set were ingested from, the first one first."""
        sources: dict[str, list[str]] = {}
        if not self._database.exists:
            return sources
        for dataset, source in self._rows(_SOURCES):
            sources.setdefault(dataset, []).append(source)
        return sources

    def require_dataset(self, dataset: str, more: str = "") -> None:
        """Check that a data set exists.

        Parameters
        ----------
        dataset
            Its name.
        more
            What else helps than to ingest it.

        Raises
        ------
        UnknownNameError
            If it does not.
        """
        if dataset not in (known := self.datasets()):
            todo = f"`facestore ingest FOLDER dataset={quote(dataset)}` makes it."
            parts = filter(None, ("" if known else todo, more))
            raise UnknownNameError("data set", dataset, known, " ".join(parts))

    def of_dataset(self, dataset: str) -> pl.DataFrame:
        """Return the samples of a data set: sample_id and the columns of `SAMPLE_SCHEMA`."""
        if not self._database.exists:
            return pl.DataFrame(schema={"sample_id": pl.Int32(), **SAMPLE_SCHEMA})
        return self._frame(
            "select sample_id, path, image_id, split, tags, error from samples where dataset = ?",
            [dataset],
        )

    def labels_of(self, dataset: str) -> pl.DataFrame:
        """Return the labels of a data set, in the columns of `LABEL_SCHEMA`."""
        if not self._database.exists:
            return pl.DataFrame(schema=LABEL_SCHEMA)
        return self._frame(
            "select path, attribute, label, value from labels "
            "inner join samples using (sample_id) "
            "where dataset = ?",
            [dataset],
        )

    def labelled_attributes(self, dataset: str) -> list[str]:
        """Return the attributes of which a data set has a label."""
        rows = self._rows(
            "select distinct attribute from labels inner join samples using (sample_id) "
            "where dataset = ? and label is not null order by attribute",
            [dataset],
        )
        return [attribute for (attribute,) in rows]

    def image_id_batches(self) -> Iterator[pa.Array]:
        """Yield the ids of all images whose content is known, many at a time."""
        if self._database.exists:
            result = self._database.reader().execute("select image_id from images")
            for batch in result.to_arrow_reader(_IDS_AT_ONCE):
                yield batch["image_id"]

    def n_images(self) -> int:
        """Return of how many images the content is known."""
        return int(self._rows("select count(*) from images")[0][0]) if self._database.exists else 0

    def known_images(self, image_ids: Collection[str]) -> set[str]:
        """Return those of some ids that are of images whose content is known."""
        if not image_ids or not self._database.exists:
            return set()
        rows = self._rows(
            "select image_id from images where image_id in (select unnest(?))", [list(image_ids)]
        )
        return {image_id for (image_id,) in rows}

    def image_ids_of(self, dataset: str) -> pl.Series:
        """Return the ids of the images of a data set, each once."""
        found = self._frame(
            "select distinct image_id from samples where dataset = ? and image_id is not null",
            [dataset],
        )
        return found["image_id"]

    def shared_with(self, dataset: str) -> list[tuple[str, int, int]]:
        """Return (data set, images shared, its labelled ones of them), the most shared first."""
        rows: list[tuple[str, int, int]] = self._rows(
            "with mine as (select distinct image_id from samples "
            "where dataset = $dataset and image_id is not null) "
            "select dataset, count(distinct image_id) as n_images, "
            "count(distinct image_id) filter "
            "(where sample_id in (select sample_id from labels)) "
            "from samples semi join mine using (image_id) where dataset <> $dataset "
            "group by dataset order by n_images desc, dataset",
            {"dataset": dataset},
        )
        return rows

    def classes(self) -> dict[str, list[AttributeClass]]:
        """Return the classes of every attribute, in order of their ordinals."""
        if not self._database.exists:
            self._database.update()
        rows = self._rows(
            "select attribute, class, ordinal, low, high from classes order by attribute, ordinal"
        )
        classes: dict[str, list[AttributeClass]] = {}
        for attribute, name, ordinal, low, high in rows:
            classes.setdefault(attribute, []).append(AttributeClass(name, ordinal, low, high))
        return classes

    def class_names(self) -> dict[str, list[str]]:
        """Return the names of the classes of every attribute, in order of their ordinals."""
        return {
            attribute: [each.name for each in classes]
            for attribute, classes in self.classes().items()
        }

    def save(
        self,
        dataset: str,
        *,
        source: str,
        layout: str,
        samples: pl.DataFrame,
        labels: pl.DataFrame,
        images: Sequence[ImageRecord] = (),
        new_classes: Sequence[tuple[str, str]] = (),
    ) -> SampleChanges:
        """Insert or update samples, their labels and the images they show, in one transaction.

        Parameters
        ----------
        dataset, source, layout
            The data set; it is made if it is new.
        samples
            Columns of `SAMPLE_SCHEMA`, one row a path. A NULL split or list of tags leaves what is
            there. Similarities and predictions of a sample whose content changed are removed.
        labels
            Columns of `LABEL_SCHEMA`, for paths of this data set.
        images
            Contents that may be new.
        new_classes
            Attributes and classes to add where they are not known yet.
        """
        if samples.is_empty() and labels.is_empty() and not images and not new_classes:
            return SampleChanges()
        check_name("dataset", dataset)
        with self._database.writing() as con:
            con.execute(
                "insert into datasets values (?, ?, ?, make_timestamp(epoch_us(now()))) "
                "on conflict do nothing",
                [dataset, source, layout],
            )
            _insert_classes(con, new_classes)
            _insert_images(con, images)
            con.register(
                "incoming", samples.select(list(SAMPLE_SCHEMA)).cast(SAMPLE_SCHEMA).to_arrow()
            )
            n_content_changed = _forget_changed_contents(con, dataset)
            n_pictured = _count_pictured(con, dataset)
            n_changed = _update_samples(con, dataset)
            n_new = _insert_samples(con, dataset)
            con.register(
                "incoming", labels.select(list(LABEL_SCHEMA)).cast(LABEL_SCHEMA).to_arrow()
            )
            n_labels_changed = _update_labels(con, dataset)
            n_labels_new = _insert_labels(con, dataset)
            con.unregister("incoming")
            changes = SampleChanges(
                n_new, n_changed, n_pictured, n_content_changed, n_labels_new, n_labels_changed
            )
            if changes != SampleChanges():
                uncount_datasets(con, [dataset])
        return changes


def _insert_classes(con: duckdb.DuckDBPyConnection, classes: Sequence[tuple[str, str]]) -> None:
    for attribute, name in classes:
        con.execute(
            "insert into classes (attribute, class, ordinal) "
            "select $attribute, $class, coalesce(max(ordinal), 0) + 1 from classes "
            "where attribute = $attribute on conflict do nothing",
            {"attribute": attribute, "class": name},
        )


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
        "tags = coalesce(incoming.tags, samples.tags) "
        "from incoming where samples.dataset = ? and samples.path = incoming.path and ("
        "samples.image_id is distinct from incoming.image_id "
        "or samples.error is distinct from incoming.error "
        "or samples.split is distinct from coalesce(incoming.split, samples.split) "
        "or samples.tags is distinct from coalesce(incoming.tags, samples.tags))",
        dataset,
    )


def _insert_samples(con: duckdb.DuckDBPyConnection, dataset: str) -> int:
    return _changed_rows(
        con,
        "insert into samples select (select coalesce(max(sample_id), 0) from samples) "
        "+ row_number() over (order by path), ?, path, image_id, split, tags, error "
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
