"""The query files of the report: what a table is called, says and reads, and its SQL.

A file `reports/queries/<name>.sql` starts with a header and holds one select::

    -- title: Coverage
    -- text: How many samples each classifier could be judged on, in counts.
    -- A further line goes on with the text.
    -- empty: What is said where there are no rows.
    -- command: facestore predict
    -- layout: blocks
    -- show: shown
    -- head: classifier
    -- fold: yes
    -- with: pairs
    select ...

Only title and text have to be there. `layout` is `table`, `blocks` (one table a classifier: the
select has the columns dataset, split, attribute and classifier), `matrix` or `cards` (a table, and
thumbnails with `--images`: the columns dataset, path and image_id). `show: shown` keeps the rows of
the classifiers that the report shows unfolded; `head` names the column that says what a row is;
`fold: yes` folds the table however short it is. `with` names selects in `parts/<name>.sql` beside
the file, which several queries share: each goes before the select, as a common table expression.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

LAYOUTS = ("table", "blocks", "matrix", "cards")
SHOWS = ("all", "shown")

_FACT = re.compile(r"-- (?P<key>title|text|empty|command|layout|show|head|fold|with): (?P<text>.+)")
_SOURCE = re.compile(r"(?<!distinct )\b(?:from|join)\s+((?:other\.)?[a-z_][a-z0-9_]*)")
_CTE = re.compile(r"\b([a-z_][a-z0-9_]*) as (?:materialized )?\(\s*(?:select|with)\b")
_COMMENT = re.compile(r"--.*")


@dataclass(frozen=True)
class Query:
    """One table of the report, before it is run.

    Attributes
    ----------
    name
        Stem of its file; templates find it by this name.
    title, text
        What a reader sees above the table.
    sql
        The select, without the header, with the parts that it names.
    empty, command
        What is said where there are no rows, and what would fill the table; may be empty.
    layout
        One of `LAYOUTS`.
    show
        One of `SHOWS`.
    head
        Column that says what a row is; empty: the first one.
    is_folded
        Whether the table is folded however short it is.
    """

    name: str
    title: str
    text: str
    sql: str
    empty: str = "There is nothing to show."
    command: str = ""
    layout: str = "table"
    show: str = "all"
    head: str = ""
    is_folded: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        """The views and tables that the select names, in the order in which it does."""
        sql = _COMMENT.sub("", self.sql)
        own = set(_CTE.findall(sql))
        return tuple(dict.fromkeys(name for name in _SOURCE.findall(sql) if name not in own))

    def limited_to(self, columns: Sequence[str], names: Sequence[str]) -> Query:
        """Keep rows of some classifiers only; the order of the rows stays.

        Parameters
        ----------
        columns
            Those of the result; one without a column of classifiers is not limited.
        names
            Classifiers whose rows are kept.
        """
        found = [name for name in columns if name in ("classifier", "classifier_a", "classifier_b")]
        if not found:
            return self
        quoted = ", ".join("'" + name.replace("'", "''") + "'" for name in names) or "null"
        where = " or ".join(f"{column} in ({quoted})" for column in found)
        # every name is quoted
        return replace(self, sql=f"select * from (\n{self.sql}\n)\nwhere {where}")  # noqa: S608


def parse_query(name: str, content: str, parts: Mapping[str, str] | None = None) -> Query:
    """Read the content of one query file.

    Parameters
    ----------
    name, content
        Of the file.
    parts
        Selects that it may name, by name.

    Raises
    ------
    ValueError
        If it has no title, no text or no select, or says something that is not known.
    """
    lines = content.splitlines()
    n_header = next((i for i, line in enumerate(lines) if not line.startswith("--")), len(lines))
    facts: dict[str, str] = {}
    key = ""
    for line in lines[:n_header]:
        found = _FACT.fullmatch(line)
        key = found["key"] if found else key
        text = found["text"] if found else line.removeprefix("--").strip()
        facts[key] = f"{facts.get(key, '')} {text}".strip()
    sql = "\n".join(lines[n_header:]).strip()
    if not (facts.get("title") and facts.get("text") and sql):
        message = f"{name}.sql: '-- title: ...', '-- text: ...' and a select are expected"
        raise ValueError(message)
    is_folded = facts.pop("fold", "no") == "yes"
    named = facts.pop("with", "").split()
    if unknown := set(named) - set(parts or {}):
        message = f"{name}.sql: there is no parts/{min(unknown)}.sql"
        raise ValueError(message)
    sql = _with_parts(sql, {each: (parts or {})[each] for each in named})
    query = Query(name, sql=sql, is_folded=is_folded, **facts)
    if query.layout not in LAYOUTS or query.show not in SHOWS:
        message = f"{name}.sql: layout is one of {LAYOUTS}, show one of {SHOWS}"
        raise ValueError(message)
    return query


def _with_parts(sql: str, parts: Mapping[str, str]) -> str:
    """Put selects before another one, which may have common table expressions of its own."""
    if not parts:
        return sql
    shared = ",\n\n".join(
        f"{name} as materialized (\n{textwrap.indent(part, '    ')}\n)"
        for name, part in parts.items()
    )
    own = sql.removeprefix("with ")
    return f"with {shared}{',' if own != sql else ''}\n\n{own}"


def read_queries(folder: Path) -> dict[str, Query]:
    """Read all query files of a folder, by name."""
    shared = folder.glob("parts/*.sql")
    parts = {path.stem: path.read_text(encoding="utf-8").strip() for path in shared}
    return {
        path.stem: parse_query(path.stem, path.read_text(encoding="utf-8"), parts)
        for path in sorted(folder.glob("*.sql"))
    }
