"""New names in DuckDB, and whatever refers to the old ones."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from facestore.catalog.bootstraps import forget_bootstraps
from facestore.catalog.counts import uncount_datasets
from facestore.catalog.database import TableFamily
from facestore.catalog.explanations import explanation_id
from facestore.catalog.seen import rename_seen
from facestore.catalog.vector_indexes import forget_index
from facestore.records import EncoderRecord

_KEPT_MAPS = """
select
    explanation_id,
    encoders.vectors,
    classifiers.name,
    samples.image_id,
    samples.dataset || '/' || samples.path,
    method,
    target,
    parameters
from explanations
inner join encoders on explanations.encoder_id = encoders.encoder_id
inner join samples on explanations.sample_id = samples.sample_id
left join classifiers on explanations.classifier_id = classifiers.classifier_id
order by created_at, explanation_id
"""
# Where the other one has an image of the same path, that is what both are known by.
_NEW_KEYS = """
select
    'sample:' || samples.dataset || '/' || samples.path as old_key,
    coalesce(other.image_id, 'sample:' || $new || '/' || samples.path) as new_key
from samples
left join samples as other
    on samples.path = other.path
    and samples.dataset <> other.dataset
    and other.dataset in ($old, $new)
where samples.dataset in ($old, $new) and samples.image_id is null and old_key <> new_key
order by old_key
"""
_PARTS = ("encoder", "classifier", "image", "sample", "method", "target", "parameters")
# The name that `predict` gives a classifier that is given none.
_USUAL_NAME = (
    "concat_ws(' ', encoders.name, classifiers.prompt_set, classifiers.attribute, "
    "classifiers.aggregation, classifiers.k)"
)


class Renaming(TableFamily):
    """New names; each method joins the transaction that it is called in."""

    def dataset(self, old: str, new: str) -> None:
        """Give a data set another name."""
        with self._in_step() as con:
            uncount_datasets(con, [old, new])
            forget_bootstraps(con, "dataset", [old, new])  # weights hang on the name
            _update(con, "datasets", "dataset", old, new)
            con.execute(
                "insert or ignore into dataset_kinds "
                "select ?, kind from dataset_kinds where dataset = ?",
                [new, old],
            )
            con.execute("delete from dataset_kinds where dataset = ?", [old])
            _update(con, "samples", "dataset", old, new)
            _update(con, "dataset_splits", "dataset", old, new)
            _update(con, "published_figures", "dataset", old, new)
            _update(con, "vector_certificate_queries", "dataset", old, new)
            rename_seen(con, old, new)
            _replace_in_details(con, "dataset", old, new)

    def prompt_set(self, old: str, new: str) -> None:
        """Give a prompt set another name, and the classifiers that are called after it."""
        with self._in_step() as con:
            usual = _usually_named(con)
            for table in (
                "prompt_sets", "prompt_set_members", "prompt_classes", "class_text_norms",
                "classifiers", "published_figures", "streamed_scores",
            ):  # fmt: skip
                _update(con, table, "prompt_set", old, new)
            _replace_in_details(con, "prompt_set", old, new)
            rows = con.execute("select explanation_id, parameters from explanations").fetchall()
            for each, parameters in rows:
                content = json.loads(parameters)
                if content.get("prompt_set") == old:
                    text = json.dumps(content | {"prompt_set": new}, sort_keys=True)
                    con.execute(
                        "update explanations set parameters = ? where explanation_id = ?",
                        [text, each],
                    )
            _name_as_usual(con, usual)

    def classifier(self, old: str, new: str) -> None:
        """Give a classifier another name."""
        with self._in_step() as con:
            _update(con, "classifiers", "name", old, new)
            _update(con, "published_figures", "classifier", old, new)

    def encoder(self, encoder_id: int, record: EncoderRecord) -> None:
        """Say of an imported encoder which model it is, and name what is called after it."""
        with self._in_step() as con:
            usual = _usually_named(con)
            con.execute(
                "update encoders set name = ?, architecture = ?, pretrained = ?, vectors = ? "
                "where encoder_id = ?",
                [record.name, record.architecture, record.pretrained, record.vectors, encoder_id],
            )
            _name_as_usual(con, usual)
            forget_index(con, encoder_id)  # its vectors are copied into other tables, without one

    def new_keys(self, old: str, new: str) -> dict[str, str]:
        """Return the keys of vectors that are others once a data set is, or is part of, another.

        They are those of samples of which only the name is known.

        Parameters
        ----------
        old, new
            The data set, and the name that it gets; there may be one of that name.
        """
        rows = self._rows(_NEW_KEYS, {"old": old, "new": new})
        return dict(rows)

    def neighbours(self, new_of: Mapping[str, str]) -> None:
        """Give vectors of neighbours other keys; of a pair the first as text stays the first."""
        if not new_of:
            return
        with self._database.writing() as con:
            table = {"old": list(new_of), "new": list(new_of.values())}
            con.register("renamed", pa.table(table))
            con.execute(
                "create or replace temp table moved as "
                "select neighbours.rowid as place, coalesce(a.new, key_a) as a, "
                "coalesce(b.new, key_b) as b from neighbours "
                "left join renamed as a on key_a = a.old left join renamed as b on key_b = b.old "
                "where a.new is not null or b.new is not null"
            )
            con.execute(
                "update neighbours set key_a = least(a, b), key_b = greatest(a, b) "
                "from moved where neighbours.rowid = moved.place"
            )
            con.unregister("renamed")

    @contextmanager
    def _in_step(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a transaction, at whose end the ids of explanations follow from their names."""
        with self._database.writing() as con:
            yield con
            renumber_explanations(con)


def renumber_explanations(con: duckdb.DuckDBPyConnection) -> None:
    """Make the ids of explanations anew: they are digests of names. Of two alike one stays."""
    pairs: dict[str, str] = {}
    repeated: list[str] = []
    rows = con.execute(_KEPT_MAPS).fetchall()
    for old, *values in rows:
        parts = dict(zip(_PARTS, values, strict=True))
        parts["parameters"] = json.loads(parts["parameters"])
        new = explanation_id(**parts)
        if new in pairs:
            repeated.append(old)
        pairs.setdefault(new, old)
    changed = [(old, new) for new, old in pairs.items() if old != new]
    if repeated:
        con.execute("delete from explanations where list_contains(?, explanation_id)", [repeated])
    if changed:
        table = {"old": [old for old, _ in changed], "new": [new for _, new in changed]}
        con.register("renamed", pa.table(table))
        con.execute(
            "update explanations set explanation_id = new from renamed where explanation_id = old"
        )
        con.unregister("renamed")


def _update(con: duckdb.DuckDBPyConnection, table: str, column: str, old: str, new: str) -> None:
    con.execute(f"update {table} set {column} = ? where {column} = ?", [new, old])  # noqa: S608


def _replace_in_details(con: duckdb.DuckDBPyConnection, key: str, old: str, new: str) -> None:
    """Give what is known of classifiers the new name, wherever a key of it has the old one."""
    rows = con.execute("select classifier_id, details from classifiers").fetchall()
    for classifier_id, details in rows:
        content = json.loads(details) if details else None
        replaced = _replaced(content, lambda name, v: new if (name, v) == (key, old) else v)
        if replaced != content:
            con.execute(
                "update classifiers set details = ? where classifier_id = ?",
                [json.dumps(replaced), classifier_id],
            )


def _replaced(value: Any, change: Callable[[str, Any], Any], name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _replaced(each, change, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, change, name) for each in value]
    return change(name, value)


def _usually_named(con: duckdb.DuckDBPyConnection) -> list[int]:
    """Return the classifiers that have the name of their encoder, prompt set and so on."""
    rows = con.execute(
        "select classifier_id from classifiers inner join encoders using (encoder_id) "  # noqa: S608
        f"where classifiers.kind = 'zero_shot' and classifiers.name = {_USUAL_NAME}"
    ).fetchall()
    return [classifier_id for (classifier_id,) in rows]


def _name_as_usual(con: duckdb.DuckDBPyConnection, classifier_ids: Iterable[int]) -> None:
    for classifier_id in classifier_ids:
        ((old, new),) = con.execute(
            f"select classifiers.name, {_USUAL_NAME} from classifiers "  # noqa: S608
            "inner join encoders using (encoder_id) where classifier_id = ?",
            [classifier_id],
        ).fetchall()
        if old != new:
            _update(con, "classifiers", "name", old, new)
            _update(con, "published_figures", "classifier", old, new)
