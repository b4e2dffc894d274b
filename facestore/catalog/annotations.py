"""What several annotators say of samples, in DuckDB."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from facestore.catalog.class_rows import insert_classes
from facestore.catalog.counts import uncount_datasets
from facestore.catalog.database import TableFamily
from facestore.errors import OtherValuesError, TableError, counted

ANNOTATION_ROWS = pl.Schema(
    {
        "sample_id": pl.Int32(),
        "attribute": pl.String(),
        "annotator": pl.String(),
        "label": pl.String(),
        "n": pl.Int32(),
    }
)
_SAME = (
    "annotations.sample_id = {0}.sample_id and annotations.attribute = {0}.attribute "
    "and annotations.annotator is not distinct from {0}.annotator"
)
_EQUAL = f"{_SAME} and annotations.label = {{0}}.label and annotations.n = {{0}}.n"
# What an annotator said before of a sample, or how many said what.
_OF_KEYS = f"exists (select 1 from told where {_SAME.format('told')})"  # noqa: S608
_OF_DATASET = (
    "annotations.sample_id in (select sample_id from samples where dataset = $dataset) "
    "and annotations.attribute in (select attribute from incoming)"
)
_BOTH = """
select annotations.attribute, samples.path, count(*) over ()
from annotations
inner join samples using (sample_id)
where annotations.attribute in (select attribute from incoming)
group by annotations.attribute, samples.path, annotations.sample_id
having count(annotator) > 0 and count(annotator) < count(*)
order by all
limit 1
"""
_CONSENSUS = """
select sample_id, label
from annotation_consensus
where dataset = $dataset and attribute = $attribute and label is not null
"""


@dataclass(frozen=True)
class AnnotationChanges:
    """What a write of annotations changed, in rows: one an annotator, or one a label counted.

    Attributes
    ----------
    n_new
        Rows written.
    n_replaced
        Rows that said otherwise before, and are gone.
    """

    n_new: int
    n_replaced: int


@dataclass(frozen=True)
class MajorityChanges:
    """What became of labels that are made of annotations.

    Attributes
    ----------
    n_changed
        Labels that are new or others, or gone, since there is a tie now.
    n_ties
        Samples without a label, since several classes have the most annotators.
    """

    n_changed: int
    n_ties: int


class Annotations(TableFamily):
    """What several annotators say; what writes joins the transaction that it is called in."""

    def save(
        self, path: Path, dataset: str, rows: pl.DataFrame, *, replace: bool
    ) -> AnnotationChanges:
        """Write annotations in place of what the same annotators, or counts, said before.

        Parameters
        ----------
        path
            Where they are from, for messages.
        dataset
            The data set of the samples.
        rows
            Columns of `ANNOTATION_ROWS`. Rows of counts are all that is known of their samples and
            attributes; those whose `n` is 0 are not kept.
        replace
            Take out all that the data set has of these attributes first.

        Raises
        ------
        TableError
            If a sample has counts, and annotators who may be among those counted.
        """
        table = rows.select(list(ANNOTATION_ROWS)).cast(ANNOTATION_ROWS).to_arrow()
        with self._database.writing() as con:
            con.register("incoming", table)
            con.execute(
                "create or replace temp table told as "
                "select distinct sample_id, attribute, annotator from incoming"
            )
            gone = _OF_DATASET if replace else _OF_KEYS
            n_replaced = _n(
                con.execute(
                    f"delete from annotations where {gone} and not exists "  # noqa: S608
                    f"(select 1 from incoming where {_EQUAL.format('incoming')})",
                    {"dataset": dataset} if replace else {},
                )
            )
            n_new = _n(
                con.execute(
                    "insert into annotations by name select sample_id, attribute, annotator, "  # noqa: S608
                    "label, n from incoming where n > 0 and not exists "
                    f"(select 1 from annotations where {_EQUAL.format('incoming')}) "
                    "order by attribute, sample_id, annotator, label"
                )
            )
            both = con.execute(_BOTH).fetchone()
            con.unregister("incoming")
            if both is not None:
                attribute, sample, n = both
                raise TableError(
                    path,
                    f"{counted(n, 'sample has', 'samples have')} counts of {attribute!r} and "
                    f"annotators with names as well ({sample!r}): these may be counted twice",
                    "Add `replace=True` to take out what the data set has of it.",
                )
        return AnnotationChanges(n_new, n_replaced)

    def make_classes(self, attribute: str, names: Sequence[str]) -> None:
        """Give an attribute that has no classes some in their order."""
        with self._database.writing() as con:
            insert_classes(con, [(attribute, name) for name in names])
            con.execute("insert or ignore into ordered_attributes values (?)", [attribute])

    def order(self, attribute: str) -> None:
        """Say that the classes of an attribute have an order."""
        with self._database.writing() as con:
            con.execute("insert or ignore into ordered_attributes values (?)", [attribute])

    def insert_classes(self, classes: Sequence[tuple[str, str]]) -> None:
        """Insert attributes' classes that are not there yet."""
        with self._database.writing() as con:
            insert_classes(con, classes)

    def refuse_other_labels(self, dataset: str, attribute: str) -> None:
        """Refuse to make labels where there are some that no majority has made.

        Raises
        ------
        OtherValuesError
            If the data set has a label of the attribute that is not the consensus so far.
        """
        rows = self._rows(
            f"with consensus as ({_CONSENSUS}) "  # noqa: S608
            "select list(samples.path order by sample_id)[1:3], count(*) from labels "
            "inner join samples using (sample_id) left join consensus using (sample_id) "
            "where labels.attribute = $attribute and samples.dataset = $dataset "
            "and labels.label is distinct from consensus.label",
            {"dataset": dataset, "attribute": attribute},
        )
        for paths, n in rows:
            if n:
                todo = (
                    "Leave `label_by_majority=True` out: the view annotation_consensus has what "
                    "most annotators say."
                )
                what = f"labels of {attribute!r} than a majority of annotators made"
                raise OtherValuesError(f"Data set {dataset!r}", what, paths, todo, n=n)

    def label_by_majority(self, dataset: str, attribute: str) -> MajorityChanges:
        """Make the labels of an attribute those that most annotators say; a tie makes none."""
        names = {"dataset": dataset, "attribute": attribute}
        with self._database.writing() as con:
            con.execute(f"create or replace temp table consensus as {_CONSENSUS}", names)
            n_changed = _n(
                con.execute(
                    "delete from labels where attribute = $attribute and sample_id in "
                    "(select sample_id from samples where dataset = $dataset) "
                    "and (sample_id, label) not in (select (sample_id, label) from consensus)",
                    names,
                )
            )
            n_made = _n(
                con.execute(
                    "insert into labels select sample_id, $attribute, label, null from consensus "
                    "where sample_id not in "
                    "(select sample_id from labels where attribute = $attribute) "
                    "order by sample_id",
                    {"attribute": attribute},
                )
            )
            if n_changed or n_made:
                uncount_datasets(con, [dataset])
            ((n_ties,),) = con.execute(
                "select count(*) from annotation_consensus "
                "where dataset = $dataset and attribute = $attribute and is_tie",
                names,
            ).fetchall()
            con.execute("drop table consensus")
        return MajorityChanges(max(n_changed, n_made), int(n_ties))


def _n(result: duckdb.DuckDBPyConnection) -> int:
    row = result.fetchone()
    return int(row[0]) if row else 0
