"""The data that classifiers were trained and tuned on, in DuckDB."""

from collections.abc import Collection, Iterable

import duckdb
import pyarrow as pa

from facestore.catalog.database import TableFamily
from facestore.seen_data import SeenData

_SCHEMA = pa.schema(
    {
        "purpose": pa.string(),
        "dataset": pa.string(),
        "split": pa.string(),
        "is_whole": pa.bool_(),
    }
)
# An exact name before a name and a split: names may have a `/`.
_MEANT = """
select dataset, null from samples where dataset = $text
union
select dataset, split from samples where dataset || '/' || split = $text
order by all nulls first
limit 1
"""


class Seen(TableFamily):
    """What classifiers have seen."""

    def meant(self, purpose: str, text: str) -> SeenData:
        """Return the data that `DATASET` or `DATASET/SPLIT` names; it need not be in the store."""
        rows = self._rows(_MEANT, {"text": text}) if self._database.exists else []
        dataset, _, split = text.rpartition("/")
        if not rows:
            rows = [(dataset, split)] if dataset and split else [(text, None)]
        ((dataset, split),) = rows
        return SeenData(purpose, dataset, split, is_whole=split is None)

    def n_samples(self, seen: SeenData) -> int:
        """Return how many samples of some data are in the store."""
        ((n,),) = self._rows(
            "select count(*) from samples where dataset = $dataset "
            "and ($is_whole or split is not distinct from $split)",
            {"dataset": seen.dataset, "split": seen.split, "is_whole": seen.is_whole},
        )
        return int(n)


def add_seen(con: duckdb.DuckDBPyConnection, classifier_id: int, seen: Iterable[SeenData]) -> None:
    """Write what a classifier has seen, beside what is known of that already."""
    rows = [vars(each) for each in seen]
    if rows:
        con.register("incoming_seen", pa.Table.from_pylist(rows, schema=_SCHEMA))
        con.execute(
            "insert into classifier_data "
            "select $id, * from incoming_seen except select * from classifier_data",
            {"id": classifier_id},
        )
        con.unregister("incoming_seen")


def mark_left(con: duckdb.DuckDBPyConnection, dataset: str, splits: Collection[str | None]) -> None:
    """Say that what saw some splits may have seen any of the data set: samples have left them.

    Parameters
    ----------
    dataset, splits
        The data set, and what the splits were that samples left; None: none.
    """
    con.execute(
        "update classifier_data set split = null, is_whole = true where dataset = $dataset "
        "and not is_whole "
        "and (list_contains($splits, split) or ($has_none and split is null))",
        {
            "dataset": dataset,
            "splits": [each for each in splits if each is not None],
            "has_none": None in splits,
        },
    )
    _without_repeats(con)


def rename_seen(con: duckdb.DuckDBPyConnection, old: str, new: str) -> None:
    """Give a data set its new name."""
    con.execute("update classifier_data set dataset = ? where dataset = ?", [new, old])
    _without_repeats(con)


def _without_repeats(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "delete from classifier_data where rowid not in (select min(rowid) from classifier_data "
        "group by classifier_id, purpose, dataset, split, is_whole)"
    )
