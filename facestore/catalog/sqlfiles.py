"""A file of SQL with a header: what it is about, in facts that people and programs read.

The header is the comment lines at its top: a title, then facts, each of which may go on in the
next line::

    -- accuracy_by_group: share of right predictions within each group of samples
    -- grain: classifier, dataset, split, group_attribute, group_name
    -- reads: judged_predictions, sample_groups
    select ...

Views, audits and the queries of the report are such files; each kind has facts of its own.
"""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from facestore.connections import connect, quoted

_HEADER_LINE = re.compile(r"-- ?(.*)")
_TITLE = re.compile(
    r"(?P<name>[a-z_][a-z0-9_]*)(?:\((?P<parameters>[a-z0-9_, ]*)\))?: (?P<text>.+)"
)
_FACT = re.compile(r"(?P<key>[a-z]+):(?: (?P<text>.*))?")


@dataclass(frozen=True)
class SqlFile:
    """One file of SQL.

    Attributes
    ----------
    name
        What the title names, the same as the file.
    parameters
        Parameters that the title gives the name; None where it has no parentheses.
    comment
        The header without its comment marks.
    facts
        The facts of the header by key, each in one line; `title` is what the title says.
    body
        The statement.
    """

    name: str
    parameters: tuple[str, ...] | None
    comment: str
    facts: Mapping[str, str]
    body: str

    @property
    def reads(self) -> tuple[str, ...]:
        """Tables, views and macros that the header says it reads."""
        return self.names_of("reads")

    def names_of(self, fact: str) -> tuple[str, ...]:
        """Return the names that a fact lists; none where the header lacks it."""
        return tuple(re.findall(r"\w+", self.facts.get(fact, "")))


File = TypeVar("File", bound=SqlFile)


def parse_sql_file(path: Path, kind: type[File]) -> File:
    """Read one file.

    Parameters
    ----------
    path
        The file.
    kind
        The class to make of it.

    Raises
    ------
    ValueError
        If the header is not as the module's docstring shows, or names another file.
    """
    return parse_sql(path.stem, path.read_text(encoding="utf-8"), kind)


def parse_sql(stem: str, content: str, kind: type[File]) -> File:
    """Read the content of one file; as `parse_sql_file`, of which `stem` is the name."""
    lines = content.splitlines()
    n_header = next((i for i, line in enumerate(lines) if not line.startswith("--")), len(lines))
    header = [m[1] for line in lines[:n_header] if (m := _HEADER_LINE.fullmatch(line))]
    title = _TITLE.fullmatch(header[0]) if header else None
    if title is None or title["name"] != stem:
        message = f"{stem}.sql: the first line has to be '-- {stem}: what it answers'"
        raise ValueError(message)
    parameters = title["parameters"]
    return kind(
        name=title["name"],
        parameters=None if parameters is None else tuple(re.findall(r"\w+", parameters)),
        comment="\n".join(header),
        facts=_facts(title["text"], header[1:]),
        body="\n".join(lines[n_header:]).strip().removesuffix(";"),
    )


def _facts(title: str, lines: list[str]) -> dict[str, str]:
    facts = {"title": title}
    key = "title"
    for line in lines:
        found = _FACT.fullmatch(line)
        if found is None:
            facts[key] = f"{facts[key]} {line.strip()}".strip()
        else:
            key = found["key"]
            facts[key] = found["text"] or ""
    return facts


def read_parts(folder: Path) -> dict[str, str]:
    """Read the selects of a folder that others name, each with its title above it, by name."""
    files = [parse_sql_file(path, SqlFile) for path in sorted(folder.glob("*.sql"))]
    return {file.name: f"-- {file.facts['title']}\n{file.body}" for file in files}


def with_parts(sql: str, parts: Mapping[str, str]) -> str:
    """Put selects before another one, which may have common table expressions of its own."""
    if not parts:
        return sql
    shared = ",\n\n".join(
        f"{name} as materialized (\n{textwrap.indent(part, '    ')}\n)"
        for name, part in parts.items()
    )
    own = sql.removeprefix("with ")
    return f"with {shared}{',' if own != sql else ''}\n\n{own}"


def names_in(con: duckdb.DuckDBPyConnection, sql: str) -> set[str]:
    """Return every table, view, macro and function that a select names, its own CTEs too.

    Parameters
    ----------
    con
        Does the parsing; what its database holds does not matter.
    sql
        One select.

    Raises
    ------
    ValueError
        If it does not parse.
    """
    found = set()
    for node in _nodes(_tree(con, sql)):
        if node.get("type") == "BASE_TABLE":
            found.add(node["table_name"])
        if node.get("class") == "FUNCTION":
            found.add(node["function_name"])
    return found


@lru_cache(maxsize=256)
def sources(sql: str) -> tuple[str, ...]:
    """Return the tables, views and table macros that a select reads, in the order of its text.

    Its own common table expressions are none of them. What lies in another schema or attached
    database has that name before it: `other.samples`.
    """
    own: set[str] = set()
    found: list[tuple[int, str]] = []
    for node in _nodes(_tree(_parser().cursor(), sql)):
        if "cte_map" in node:
            own.update(each["key"] for each in node["cte_map"]["map"])
        if node.get("type") == "BASE_TABLE":
            parts = (node["catalog_name"], node["schema_name"], node["table_name"])
            found.append((node["query_location"], ".".join(filter(None, parts))))
        if node.get("type") == "TABLE_FUNCTION":
            found.append((node["query_location"], node["function"]["function_name"]))
    return tuple(dict.fromkeys(name for _, name in sorted(found) if name not in own))


@lru_cache(maxsize=1)
def _parser() -> duckdb.DuckDBPyConnection:
    """Connect to an empty database for parsing, once: to connect takes longer than to parse."""
    return connect()


def _tree(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    # as a literal: for a parameter DuckDB imports pandas, where it is installed
    row = con.execute(f"select json_serialize_sql({quoted(sql)}::varchar)").fetchone()
    assert row is not None
    tree = json.loads(row[0])
    if tree["error"]:
        raise ValueError(tree["error_message"])
    return tree


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a parsed JSON tree."""
    if isinstance(tree, dict):
        yield tree
        for child in tree.values():
            yield from _nodes(child)
    elif isinstance(tree, list):
        for child in tree:
            yield from _nodes(child)
