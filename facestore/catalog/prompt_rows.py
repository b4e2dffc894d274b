"""Rows of a prompt set in an open transaction; `database` needs them, so they are apart."""

from __future__ import annotations

import duckdb
import polars as pl

from facestore.records import PromptSet

_MEMBER_SCHEMA = {"position": pl.Int32, "text": pl.String, "key": pl.String}
_CLASS_SCHEMA = {"text": pl.String, "attribute": pl.String, "class": pl.String}


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
    insert_prompts(con, [prompt.text for prompt in prompt_set.prompts])
    con.execute(
        "insert into prompt_sets values (?, ?)", [prompt_set.name, prompt_set.description or None]
    )
    members = [(i, prompt.text, prompt.key) for i, prompt in enumerate(prompt_set.prompts)]
    con.register("incoming", pl.DataFrame(members, _MEMBER_SCHEMA, orient="row").to_arrow())
    con.execute(
        "insert into prompt_set_members select ?, prompt_id, key "
        "from incoming inner join prompts using (text) order by position",
        [prompt_set.name],
    )
    classes = [
        (prompt.text, attribute, name)
        for prompt in prompt_set.prompts
        for attribute, name in prompt.classes.items()
    ]
    con.register("incoming", pl.DataFrame(classes, _CLASS_SCHEMA, orient="row").to_arrow())
    con.execute(
        "insert into prompt_classes select ?, prompt_id, attribute, class "
        "from incoming inner join prompts using (text) order by prompt_id, attribute",
        [prompt_set.name],
    )
    con.unregister("incoming")
