"""Data sets, images, samples, classes and labels in DuckDB."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from shlex import quote

import polars as pl
import pyarrow as pa

from facestore.catalog.database import TableFamily
from facestore.catalog.sample_rows import (
    LABEL_SCHEMA,
    SAMPLE_SCHEMA,
    SampleChanges,
    write_samples,
)
from facestore.errors import UnknownNameError
from facestore.names import check_name
from facestore.records import AttributeClass, ImageRecord, TwoClasses

_IDS_AT_ONCE = 65_536
# A data set of which labels came first has their file as its first source: no images are there.
_SOURCES = """
select dataset, dataset_sources.source
from dataset_sources
inner join datasets using (dataset)
where n_runs > 0 or datasets.layout <> 'import'
order by dataset, is_first desc, first_at, dataset_sources.source
"""


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
            "select sample_id, path, image_id, split, tags, error, person_id from samples "
            "where dataset = ?",
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

    def unpictured(self, dataset: str | None) -> list[tuple[str, str]]:
        """Return data set and vector's key of samples whose picture was never seen."""
        rows: list[tuple[str, str]] = self._rows(
            "select vector_keys.dataset, vector_key from vector_keys "
            "inner join samples using (sample_id) "
            "where image_id is null and ($dataset is null or vector_keys.dataset = $dataset)",
            {"dataset": dataset},
        )
        return rows

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

    def two_class_attributes(self) -> dict[str, TwoClasses]:
        """Return the attributes of two classes, by name."""
        rows = self._rows(
            "select attribute, positive, negative, is_yes_no from two_class_attributes "
            "order by attribute"
        )
        return {attribute: TwoClasses(*two) for attribute, *two in rows}

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
            Columns of `SAMPLE_SCHEMA`, one row a path. A NULL split, list of tags or person leaves
            what is there. Similarities and predictions of a sample whose content changed are
            removed.
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
            return write_samples(
                con,
                dataset,
                source=source,
                layout=layout,
                samples=samples,
                labels=labels,
                images=images,
                new_classes=new_classes,
            )
