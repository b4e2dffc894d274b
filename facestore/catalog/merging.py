"""Two data sets become one in DuckDB."""

from dataclasses import dataclass

import duckdb

from facestore.catalog.bootstraps import forget_bootstraps
from facestore.catalog.counts import uncount_datasets
from facestore.catalog.database import TableFamily
from facestore.catalog.renaming import renumber_explanations
from facestore.catalog.seen import mark_left, rename_seen
from facestore.catalog.vector_indexes import merge_queries

# A sample of the one, and the sample of the other with the same path.
_SAME_PATH = """
with said as (
    select
        sample_id,
        attribute,
        annotator,
        list((label, n) order by label) as labels
    from annotations
    group by all
)

select
    mine.sample_id as mine_id,
    theirs.sample_id as theirs_id,
    mine.path,
    mine.image_id is not null
        and theirs.image_id is not null
        and mine.image_id <> theirs.image_id as is_other_content,
    mine.split is not null
        and theirs.split is not null
        and mine.split <> theirs.split as is_other_split,
    mine.person_id is not null
        and theirs.person_id is not null
        and mine.person_id <> theirs.person_id as is_other_person,
    exists (
        select 1
        from labels as a
        inner join labels as b on a.attribute = b.attribute
        where a.sample_id = mine.sample_id
            and b.sample_id = theirs.sample_id
            and (a.label is distinct from b.label or a.value is distinct from b.value)
    ) as is_other_label,
    exists (
        select 1
        from said as a
        inner join said as b on a.attribute = b.attribute
        where a.sample_id = mine.sample_id
            and b.sample_id = theirs.sample_id
            and case
                when a.annotator is null and b.annotator is null then a.labels <> b.labels
                when a.annotator is null or b.annotator is null then true
                else a.annotator = b.annotator and a.labels <> b.labels
            end
    ) as is_other_annotation
from samples as mine
inner join samples as theirs on mine.path = theirs.path
where mine.dataset = $mine and theirs.dataset = $theirs
order by mine.path
"""
_DIFFERENCES = (
    "another content",
    "another split",
    "another person",
    "other labels",
    "other annotations",
)
# What makes a row of the one the same as a row of the other.
_KEYS = {
    "labels": ("attribute",),
    "annotations": ("attribute", "annotator"),
    "predictions": ("classifier_id",),
    "similarities": ("encoder_id", "prompt_id"),
    "streamed_winners": ("stream_id", "k_before"),
}


@dataclass(frozen=True)
class SamePath:
    """A path that both data sets have.

    Attributes
    ----------
    path
        It.
    problem
        What differs; None: the two are one sample.
    """

    path: str
    problem: str | None


class Merging(TableFamily):
    """Samples of one data set go into another."""

    def same_paths(self, mine: str, theirs: str) -> list[SamePath]:
        """Return the paths that two data sets have both."""
        rows = self._rows(_SAME_PATH, {"mine": mine, "theirs": theirs})
        return [SamePath(path, _problem(*differences)) for _, _, path, *differences in rows]

    def merge(self, mine: str, theirs: str) -> dict[str, int]:
        """Move the samples of a data set into another; what both have becomes one."""
        names = {"mine": mine, "theirs": theirs}
        with self._database.writing() as con:
            # What was left out in favour of one of theirs may be of any data set.
            uncount_datasets(con)
            forget_bootstraps(con, "dataset", [mine, theirs])
            con.execute(f"create or replace temp table one as {_SAME_PATH}", names)
            n_same = _n(con.execute("select count(*) from one"))
            for table, keys in _KEYS.items():
                _give_over(con, table, keys)
            con.execute(
                "update explanations set sample_id = one.theirs_id "
                "from one where sample_id = one.mine_id"
            )
            _exclusions(con)
            n_got_split = _n(
                con.execute(
                    "select count(*) from one "
                    "inner join samples as a on one.mine_id = a.sample_id "
                    "inner join samples as b on one.theirs_id = b.sample_id "
                    "where a.split is distinct from b.split"
                )
            )
            # What the other one knew less of.
            con.execute(
                "update samples set image_id = coalesce(samples.image_id, other.image_id), "
                "split = coalesce(samples.split, other.split), "
                "tags = coalesce(samples.tags, other.tags), "
                "person_id = coalesce(samples.person_id, other.person_id), "
                "error = if(samples.image_id is null and other.image_id is not null, null, "
                "samples.error) "
                "from one inner join (from samples) as other on one.mine_id = other.sample_id "
                "where samples.sample_id = one.theirs_id"
            )
            con.execute("delete from samples where sample_id in (select mine_id from one)")
            n_moved = _n(
                con.execute("update samples set dataset = $theirs where dataset = $mine", names)
            )
            con.execute("delete from dataset_splits where dataset in ($mine, $theirs)", names)
            con.execute(
                "update published_figures set dataset = $theirs where dataset = $mine", names
            )
            rename_seen(con, mine, theirs)
            if n_got_split:
                mark_left(con, theirs, [None])
            merge_queries(con, mine, theirs)
            con.execute("delete from datasets where dataset = $mine", {"mine": mine})
            renumber_explanations(con)
        return {"n_moved": n_moved, "n_same": n_same}


def _give_over(con: duckdb.DuckDBPyConnection, table: str, keys: tuple[str, ...]) -> None:
    """Give rows to the sample that stays, where it has none of the kind; delete the others."""
    same = " and ".join(f"theirs.{key} is not distinct from {table}.{key}" for key in keys)
    con.execute(
        f"delete from {table} using one where {table}.sample_id = one.mine_id and exists ("  # noqa: S608
        f"select 1 from {table} as theirs where theirs.sample_id = one.theirs_id and {same})"
    )
    con.execute(
        f"update {table} set sample_id = one.theirs_id from one "  # noqa: S608
        f"where {table}.sample_id = one.mine_id"
    )


def _exclusions(con: duckdb.DuckDBPyConnection) -> None:
    """Leave nothing out any more where the two data sets meet: duplicates are others now."""
    con.execute(
        "delete from excluded_samples where sample_id in (select mine_id from one) "
        "or sample_id in (select theirs_id from one) "
        "or kept_sample_id in (select mine_id from one)"
    )


def _problem(*differs: bool) -> str | None:
    """Return what differs first, in the order in which `_SAME_PATH` looks; None: nothing."""
    found = (what for what, is_other in zip(_DIFFERENCES, differs, strict=True) if is_other)
    return next(found, None)


def _n(result: duckdb.DuckDBPyConnection) -> int:
    row = result.fetchone()
    return int(row[0]) if row else 0
