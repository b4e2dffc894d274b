"""Write the tables, views and macros into docs/storage.md, from the comments in the SQL.

The page is prose with generated parts between markers; `render` replaces those. `make docs` runs
this, and a test fails when the page is not what it would write.
"""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import duckdb

from facestore import resources
from facestore.catalog import schema, views

PAGE = Path(__file__).resolve().parents[1] / "docs" / "storage.md"
_PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end of generated -->)", re.DOTALL)
_SHOWN = ("grain", "units", "note", "deprecated", "source", "reads")
# What a parameter may be while columns are asked for: a number, or a name. Only a scalar macro may
# give what it is given, and is given fractions.
_ARGUMENTS = {"table_macro": ("1", "'x'"), "macro": ("1::double", "'x'")}

_RELATIONS = """
select view_name, null as parameters, 'view' as kind
from duckdb_views()
where not internal
union all
select function_name, parameters, function_type
from duckdb_functions()
where not internal and function_type in ('macro', 'table_macro')
order by all
"""


def render(page: str) -> str:
    """Return the page with its generated parts as the SQL has them now."""
    with schema.empty_catalogue() as con:
        parts = {"tables": _tables(con), "views": _views(con)}
    return _PART.sub(lambda found: f"{found[1]}\n{parts[found[2]]}\n\n{found[3]}", page)


def _tables(con: duckdb.DuckDBPyConnection) -> str:
    blocks = []
    for table in schema.tables(con):
        rows = [
            f"| `{each.name}` | {each.type} | {each.rule} | {_cell(each.comment)} |"
            for each in table.columns
        ]
        head = ["| column | type | rule | meaning |", "| --- | --- | --- | --- |"]
        comment = _sentence(table.comment or "")
        blocks.append("\n".join([f"### `{table.name}`", "", comment, "", *head, *rows]))
    return "\n\n".join(blocks)


def _views(con: duckdb.DuckDBPyConnection) -> str:
    paths = views.view_paths(resources.folder("sql"))
    topics = {path.stem: path.parent.name for path in paths}
    files = {path.stem: views.parse_view_file(path) for path in paths}
    columns = schema.columns_by_relation(con)
    blocks: dict[str, list[str]] = {topic: [] for topic in sorted(set(topics.values()))}
    for name, parameters, kind in con.execute(_RELATIONS).fetchall():
        shown = name if parameters is None else f"{name}({', '.join(parameters)})"
        facts = files[name].facts
        lines = [f"#### `{shown}`", "", _sentence(facts["title"]), ""]
        lines += [f"- *{key}*: {facts[key]}" for key in _SHOWN if facts.get(key)]
        if kind == "view":
            described = [(each.name, each.type) for each in columns[name]]
        else:
            described = _describe(con, name, parameters, kind)
        if kind == "macro":
            lines.append(f"- *gives*: {described[0][1]}")
        else:
            listed = ", ".join(f"`{column}` {kind_of}" for column, kind_of in described)
            lines.append(f"- *columns*: {listed}")
        blocks[topics[name]].append("\n".join(lines))
    return "\n\n".join(
        part for topic, found in blocks.items() for part in (f"### sql/{topic}/", *found)
    )


def _describe(
    con: duckdb.DuckDBPyConnection, name: str, parameters: list[str], kind: str
) -> list[tuple[str, str]]:
    """Return names and types of a macro's columns, with the first arguments that it takes."""
    select = "select " if kind == "macro" else "from "
    problem = None
    for arguments in product(_ARGUMENTS[kind], repeat=len(parameters)):
        try:
            rows = con.execute(f"describe {select}{name}({', '.join(arguments)})").fetchall()
        except duckdb.Error as error:
            problem = error
            continue
        return [(row[0], row[1].lower()) for row in rows]
    raise ValueError(f"{name} takes none of the arguments {_ARGUMENTS[kind]}: {problem}")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
