"""Samples taken out of DuckDB, with all that is known of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from facestore.catalog.counts import uncount_datasets
from facestore.catalog.database import TableFamily
from facestore.catalog.shipped import definitions_of_this_version
from facestore.connections import quoted_name

# Tables with a row for each sample, or for several.
_OF_SAMPLES = (
    "labels", "annotations", "predictions", "similarities", "streamed_winners", "explanations",
)  # fmt: skip
_KEY = "coalesce(image_id, 'sample:' || dataset || '/' || path)"

_NEAR = """
select distinct samples.dataset, samples.path
from images
inner join samples on images.image_id = samples.image_id
inner join (from images where image_id in (select image_id from leaving)) as gone
    on bit_count(xor(images.phash, gone.phash)) <= $distance
where images.image_id not in (select image_id from leaving)
order by all
limit $limit
"""

# Data sets of which a sample goes, or is no longer left out because the one kept in its place goes.
_TOUCHED = """
select distinct samples.dataset
from samples
left join excluded_samples using (sample_id)
where sample_id in (select sample_id from going)
    or kept_sample_id in (select sample_id from going)
"""

# Tables alone: a view would be run that somebody else wrote.
_OWN_COLUMNS = """
select columns.schema_name, columns.table_name, column_name, data_type = 'VARCHAR[]' as is_list
from duckdb_columns() as columns
inner join duckdb_tables() as tables using (database_name, schema_name, table_name)
where data_type in ('VARCHAR', 'VARCHAR[]') and not tables.temporary
    and not (columns.schema_name = 'main' and list_contains($ours, columns.table_name))
"""


# Of a text, and of a list of texts.
_HAS_ANY = ("{} in (from given)", "list_has_any({}, (select list(name) from given))")


@dataclass(frozen=True)
class Leaving:
    """What is to be taken out.

    Attributes
    ----------
    sample_ids
        The samples.
    names
        Data set and path of each.
    images
        Contents that no other sample has, and those that no sample has any more.
    keys
        Under which their vectors lie, unless another sample has the same.
    n_shared
        Samples whose image stays, because another sample has it.
    """

    sample_ids: tuple[int, ...]
    names: tuple[tuple[str, str], ...]
    images: tuple[str, ...]
    keys: tuple[str, ...]
    n_shared: int


class TakingOut(TableFamily):
    """What goes with a sample."""

    def named(
        self, names: Sequence[str], dataset: str | None = None
    ) -> dict[str, list[tuple[int, str, str]]]:
        """Return sample_id, data set and path of what each name means; a name of none is left out.

        Parameters
        ----------
        names
            Of a content (its image_id), `DATASET/PATH`, or a path.
        dataset
            Only samples of it.
        """
        con = self._database.reader()
        con.register("given", pa.table({"name": pa.array(list(names), pa.string())}))
        rows = con.execute(
            "with of as (from samples where $dataset is null or dataset = $dataset), "
            "met as ("
            "select name, 1 as way, of.* from given inner join of on image_id = name "
            "union all "
            "select name, 2, of.* from given inner join of on dataset || '/' || path = name "
            "union all select name, 3, of.* from given inner join of on path = name "
            # as another file system writes it
            "union all select name, 4, of.* from given inner join of "
            "on nfc_normalize(dataset || '/' || path) = nfc_normalize(name) "
            "union all select name, 5, of.* from given inner join of "
            "on nfc_normalize(path) = nfc_normalize(name)) "
            "select name, sample_id, dataset, path from met "
            "qualify way = min(way) over (partition by name) order by all",
            {"dataset": dataset},
        ).fetchall()
        con.unregister("given")
        found: dict[str, list[tuple[int, str, str]]] = {}
        for name, *sample in rows:
            found.setdefault(name, []).append((sample[0], sample[1], sample[2]))
        return found

    def has_image(self, image_id: str) -> bool:
        """Whether a content is known, also one that no sample has any more."""
        return bool(self._rows("select 1 from images where image_id = ?", [image_id]))

    def contents_of(self, sample_ids: Iterable[int]) -> set[str]:
        """Return the contents of samples."""
        con = self._database.reader()
        _give(con, sample_ids)
        rows = con.execute(
            "select distinct image_id from samples semi join going using (sample_id) "
            "where image_id is not null"
        ).fetchall()
        con.unregister("going")
        return {image_id for (image_id,) in rows}

    def of_dataset(self, dataset: str) -> list[int]:
        """Return the ids of all samples of a data set."""
        rows = self._rows("select sample_id from samples where dataset = ?", [dataset])
        return [sample_id for (sample_id,) in rows]

    def leaving(self, sample_ids: Iterable[int]) -> Leaving:
        """Return what goes with samples."""
        con = self._database.reader()
        _give(con, sample_ids)
        samples = con.execute(
            "select sample_id, dataset, path from samples semi join going using (sample_id) "
            "order by sample_id"
        ).fetchall()
        staying = "from samples anti join going using (sample_id)"
        images = con.execute(
            "select image_id from images "  # noqa: S608
            f"where image_id not in (select image_id {staying} where image_id is not null) "
            "order by all"
        ).fetchall()
        keys = con.execute(
            f"select {_KEY} from samples semi join going using (sample_id) "  # noqa: S608
            "union select image_id from images "
            f"except select {_KEY} {staying} order by all"
        ).fetchall()
        ((n_shared,),) = con.execute(
            "select count(*) from samples semi join going using (sample_id) "  # noqa: S608
            f"where image_id in (select image_id {staying})"
        ).fetchall()
        con.unregister("going")
        return Leaving(
            tuple(sample_id for sample_id, *_ in samples),
            tuple((dataset, path) for _, dataset, path in samples),
            tuple(each for (each,) in images),
            tuple(each for (each,) in keys),
            n_shared,
        )

    def near(self, images: Sequence[str], distance: int, limit: int) -> list[tuple[str, str]]:
        """Return samples whose perceptual hash is near to that of images, but is another image."""
        con = self._database.reader()
        con.register("leaving", pa.table({"image_id": pa.array(list(images), pa.string())}))
        rows = con.execute(_NEAR, {"distance": distance, "limit": limit}).fetchall()
        con.unregister("leaving")
        return rows

    def own_tables_with(self, names: Iterable[str]) -> list[str]:
        """Return the tables that are not ours and have one of the names, also in lists of texts."""
        con = self._database.reader()
        con.register("given", pa.table({"name": pa.array(sorted(names), pa.string())}))
        ours = [name for kind, name in definitions_of_this_version() if kind == "table"]
        columns = con.execute(_OWN_COLUMNS, {"ours": ours}).fetchall()
        found = [
            f"{schema}.{table}"
            for schema, table, column, is_list in columns
            if con.execute(
                f"select exists (select 1 from {quoted_name(schema)}.{quoted_name(table)} "  # noqa: S608
                f"where {_HAS_ANY[is_list].format(quoted_name(column))})"
            ).fetchone()
            == (True,)
        ]
        con.unregister("given")
        return sorted(set(found))

    def delete(self, leaving: Leaving) -> dict[str, int]:
        """Delete samples and all that is known of them, in one transaction; return the rows."""
        counts: dict[str, int] = {}
        with self._database.writing() as con:
            _give(con, leaving.sample_ids)
            uncount_datasets(con, [each for (each,) in con.execute(_TOUCHED).fetchall()])
            for table in _OF_SAMPLES:
                counts[f"n_{table}"] = _deleted(
                    con,
                    f"delete from {table} where sample_id in (select sample_id from going)",  # noqa: S608
                )
            counts["n_excluded"] = _deleted(
                con,
                "delete from excluded_samples where sample_id in (select sample_id from going)",
            )
            # What was left out in favour of a sample that goes is a sample again.
            counts["n_no_longer_excluded"] = _deleted(
                con,
                "delete from excluded_samples "
                "where kept_sample_id in (select sample_id from going)",
            )
            counts["n_samples"] = _deleted(
                con, "delete from samples where sample_id in (select sample_id from going)"
            )
            con.unregister("going")
            con.register("leaving", pa.table({"key": pa.array(leaving.images, pa.string())}))
            counts["n_images"] = _deleted(
                con,
                "delete from images where image_id in (select key from leaving) "
                "and image_id not in (select image_id from samples where image_id is not null)",
            )
            con.register("leaving", pa.table({"key": pa.array(leaving.keys, pa.string())}))
            counts["n_neighbours"] = _deleted(
                con,
                "delete from neighbours where key_a in (select key from leaving) "
                "or key_b in (select key from leaving)",
            )
            con.unregister("leaving")
        return counts

    def unused(self, keys: Sequence[str], prompts: Sequence[str]) -> tuple[set[str], set[str]]:
        """Return those of some keys that no sample has, and those of some texts no set has."""
        con = self._database.reader()
        con.register("given", pa.table({"key": pa.array(list(keys), pa.string())}))
        rows = con.execute(f"from given except select {_KEY} from samples").fetchall()  # noqa: S608
        con.register("given", pa.table({"key": pa.array(list(prompts), pa.string())}))
        texts = con.execute("from given except select text from prompts").fetchall()
        con.unregister("given")
        return {key for (key,) in rows}, {text for (text,) in texts}


def _give(con: duckdb.DuckDBPyConnection, sample_ids: Iterable[int]) -> None:
    con.register("going", pa.table({"sample_id": pa.array(list(sample_ids), pa.int32())}))


def _deleted(con: duckdb.DuckDBPyConnection, statement: str) -> int:
    row = con.execute(statement).fetchone()
    return int(row[0]) if row else 0
