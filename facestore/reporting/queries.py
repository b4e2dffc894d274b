"""The query files of the report: what a table is called, says and reads, and its SQL.

A file `reports/queries/<name>.sql` starts with a header and holds one select::

    -- title: Coverage
    -- text: How many samples each classifier could be judged on, in counts.
    -- A further line goes on with the text.
    select ...
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_FACT = re.compile(r"-- (?P<key>title|text): (?P<text>.+)")
_SOURCE = re.compile(r"(?<!distinct )\b(?:from|join)\s+([a-z_][a-z0-9_]*)")
_CTE = re.compile(r"\b([a-z_][a-z0-9_]*) as \(\s*select\b")
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
        The select, without the header.
    """

    name: str
    title: str
    text: str
    sql: str

    @property
    def reads(self) -> tuple[str, ...]:
        """The views and tables that the select names, in the order in which it does."""
        sql = _COMMENT.sub("", self.sql)
        own = set(_CTE.findall(sql))
        return tuple(dict.fromkeys(name for name in _SOURCE.findall(sql) if name not in own))


def parse_query(name: str, content: str) -> Query:
    """Read the content of one query file.

    Raises
    ------
    ValueError
        If it has no title, no text or no select.
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
    return Query(name, facts["title"], facts["text"], sql)


def read_queries(folder: Path) -> list[Query]:
    """Read all query files of a folder, by name."""
    return [
        parse_query(path.stem, path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.sql"))
    ]
