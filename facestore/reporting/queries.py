"""The query files of the report: what a table is called, says and reads, and its SQL.

A file `reports/queries/<name>.sql` starts with a header and holds one select::

    -- coverage: Coverage
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

The first line has the name of the file and the title; only that and the text have to be there.
`layout` is `table`, `blocks` (one table a classifier: the
select has the columns dataset, split, attribute and classifier), `matrix` or `cards` (a table, and
thumbnails with `--images`: the columns dataset, path and image_id, or those of a pair, which end in
`_a` and `_b`). `show: shown` keeps the rows of
the classifiers that the report shows unfolded; `head` names the column that says what a row is;
`fold: yes` folds the table however short it is. `with` names selects in `parts/<name>.sql` beside
the file, which several queries share: each goes before the select, as a common table expression.
A file `findings/<name>.sql` holds a select with the column `sentence`: what the rows say, which
stands above them instead of the title.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from facestore.catalog.sqlfiles import (
    SqlFile,
    parse_sql,
    parse_sql_file,
    read_parts,
    sources,
    with_parts,
)
from facestore.connections import quoted

LAYOUTS = ("table", "blocks", "matrix", "cards")
SHOWS = ("all", "shown")

FACTS = frozenset({"title", "text", "empty", "command", "layout", "show", "head", "fold", "with"})


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
    finding
        A select of sentences that the rows carry, the first of them the title; empty: none.
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
    finding: str = ""

    @property
    def reads(self) -> tuple[str, ...]:
        """The views and tables that the select names, in the order in which it does."""
        return sources(self.sql)

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
        listed = ", ".join(map(quoted, names)) or "null"
        where = " or ".join(f"{column} in ({listed})" for column in found)
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
    file = parse_sql(name, content, SqlFile)
    facts = dict(file.facts)
    if not (facts.get("text") and file.body):
        message = f"{name}.sql: '-- text: ...' and a select are expected"
        raise ValueError(message)
    if unknown := facts.keys() - FACTS:
        message = f"{name}.sql: '-- {min(unknown)}: ...' is none of {', '.join(sorted(FACTS))}"
        raise ValueError(message)
    is_folded = facts.pop("fold", "no") == "yes"
    named = facts.pop("with", "").split()
    if missing := set(named) - set(parts or {}):
        message = f"{name}.sql: there is no parts/{min(missing)}.sql"
        raise ValueError(message)
    sql = with_parts(file.body, {each: (parts or {})[each] for each in named})
    query = Query(name, sql=sql, is_folded=is_folded, **facts)
    if query.layout not in LAYOUTS or query.show not in SHOWS:
        message = f"{name}.sql: layout is one of {LAYOUTS}, show one of {SHOWS}"
        raise ValueError(message)
    return query


def read_queries(folder: Path) -> dict[str, Query]:
    """Read all query files of a folder, by name."""
    parts = read_parts(folder / "parts")
    found = {path.stem: parse_sql_file(path, SqlFile) for path in folder.glob("findings/*.sql")}
    queries = {
        path.stem: parse_query(path.stem, path.read_text(encoding="utf-8"), parts)
        for path in sorted(folder.glob("*.sql"))
    }
    if unknown := found.keys() - queries.keys():
        message = f"findings/{min(unknown)}.sql: there is no query of this name"
        raise ValueError(message)
    return queries | {
        name: replace(queries[name], finding=each.body) for name, each in found.items()
    }
