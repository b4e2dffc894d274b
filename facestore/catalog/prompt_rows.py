"""Rows of a prompt set in an open transaction; `database` needs them, so they are apart."""

from collections.abc import Mapping, Sequence

import duckdb
import polars as pl

from facestore.records import PromptSet

_SET_SCHEMA = {"prompt_set": pl.String, "description": pl.String}
_MEMBER_SCHEMA = {
    "position": pl.Int32, "prompt_set": pl.String, "text": pl.String, "key": pl.String
}  # fmt: skip
# Here the position is that of the set.
_CLASS_SCHEMA = {
    "position": pl.Int32, "prompt_set": pl.String, "text": pl.String,
    "attribute": pl.String, "class": pl.String,
}  # fmt: skip


def prompt_set_names(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the names of the prompt sets of a store."""
    return {name for (name,) in con.execute("select prompt_set from prompt_sets").fetchall()}


def insert_prompts(con: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    """Insert the texts that are not there yet, in the order given."""
    con.register("incoming", pl.DataFrame({"text": texts}).with_row_index().to_arrow())
    con.execute(
        "insert into prompts select (select coalesce(max(prompt_id), 0) from prompts) "
        "+ row_number() over (order by index), text "
        "from (select text, min(index) as index from incoming group by text) "
        "anti join prompts using (text)"
    )
    con.unregister("incoming")


def insert_prompt_set(con: duckdb.DuckDBPyConnection, prompt_set: PromptSet) -> None:
    """Insert a prompt set whose name is not taken, with its prompts and their classes."""
    insert_prompt_sets(con, [prompt_set])


def insert_prompt_sets(con: duckdb.DuckDBPyConnection, prompt_sets: Sequence[PromptSet]) -> None:
    """Insert prompt sets whose names are not taken; a new store gets all that are built in."""
    members = [(i, each.name, p) for i, each in enumerate(prompt_sets) for p in each.prompts]
    insert_prompts(con, [prompt.text for _, _, prompt in members])
    names = [(each.name, each.description or None) for each in prompt_sets]
    _insert(con, "insert into prompt_sets from incoming", names, _SET_SCHEMA)
    _insert(
        con,
        "insert into prompt_set_members select prompt_set, prompt_id, key "
        "from incoming inner join prompts using (text) order by position",
        [(i, name, p.text, p.key) for i, (_, name, p) in enumerate(members)],
        _MEMBER_SCHEMA,
    )
    _insert(
        con,
        "insert into prompt_classes select prompt_set, prompt_id, attribute, class "
        "from incoming inner join prompts using (text) order by position, prompt_id, attribute",
        [
            (i, name, prompt.text, attribute, class_)
            for i, name, prompt in members
            for attribute, class_ in prompt.classes.items()
        ],
        _CLASS_SCHEMA,
    )


def _insert(
    con: duckdb.DuckDBPyConnection,
    statement: str,
    rows: Sequence[tuple[object, ...]],
    schema: Mapping[str, type[pl.DataType]],
) -> None:
    """Run a statement that reads the rows as `incoming`."""
    con.register("incoming", pl.DataFrame(rows, schema, orient="row").to_arrow())
    con.execute(statement)
    con.unregister("incoming")
