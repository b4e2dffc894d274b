"""A file of SQL with a header: what it is about, in facts that people and programs read.

The header is the comment lines at its top: a title, then facts, each of which may go on in the
next line::

    -- accuracy_by_group: share of right predictions within each group of samples
    -- grain: classifier, dataset, split, group_attribute, group_name
    -- reads: judged_predictions, sample_groups
    select ...
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

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
    lines = path.read_text(encoding="utf-8").splitlines()
    n_header = next((i for i, line in enumerate(lines) if not line.startswith("--")), len(lines))
    header = [m[1] for line in lines[:n_header] if (m := _HEADER_LINE.fullmatch(line))]
    title = _TITLE.fullmatch(header[0]) if header else None
    if title is None or title["name"] != path.stem:
        message = f"{path.name}: the first line has to be '-- {path.stem}: what it answers'"
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
