"""Run the SQL of docs/cookbook and write the answers under the questions.

A question is a heading and a ```sql block; `make docs` writes the ```text block with its answer
under it, and the list of questions in the README. A test runs the same and compares.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from cookbook_store import build

from facestore import Store

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "cookbook"
INDEX = FOLDER / "README.md"
_BLOCK = re.compile(r"```sql\n(?P<sql>.+?)```\n(?:\n```text\n(?P<shown>.*?)```\n)?", re.DOTALL)
_LIST = re.compile(r"(<!-- generated: questions -->\n).*?(<!-- end of generated -->)", re.DOTALL)
_MOST_ROWS = 12
# Another CPU may flip the prediction of a sample; a share of the largest number of a column.
_TOLERANCE = 0.03


@dataclass(frozen=True)
class Answer:
    """What a query gives."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True)
class Question:
    """A block of SQL, and the answer that is shown under it, if one is."""

    heading: str
    sql: str
    shown: str | None


def pages() -> list[Path]:
    """Return the pages with questions, in the order of the index."""
    return sorted(path for path in FOLDER.glob("*.md") if path != INDEX)


def questions(text: str) -> Iterator[Question]:
    """Yield the SQL blocks of a page."""
    for block in _BLOCK.finditer(text):
        headings = re.findall(r"^## (.+)$", text[: block.start()], re.MULTILINE)
        yield Question(headings[-1] if headings else "", block["sql"], block["shown"])


def run(store: Store, sql: str) -> Answer:
    """Ask the store."""
    relation = store.sql(sql)
    return Answer(tuple(relation.columns), relation.fetchall())


def with_answers(text: str, ask: Callable[[str], Answer]) -> str:
    """Return a page with the answer under each of its blocks."""
    return _BLOCK.sub(
        lambda block: f"```sql\n{block['sql']}```\n\n```text\n{table(ask(block['sql']))}```\n", text
    )


def with_index(text: str) -> str:
    """Return the README with a list of all questions."""
    parts = []
    for page in pages():
        title, *lines = page.read_text(encoding="utf-8").splitlines()
        headings = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
        links = [f"- [{each}]({page.name}#{_anchor(each)})" for each in headings]
        parts.append("\n".join([f"**[{title.removeprefix('# ')}]({page.name})**", "", *links]))
    listed = "\n\n".join(parts)
    return _LIST.sub(lambda found: f"{found[1]}\n{listed}\n\n{found[2]}", text)


def table(answer: Answer) -> str:
    """Return an answer as an aligned table of its first rows, and how many there are."""
    numeric = [_is_numeric(answer, position) for position in range(len(answer.columns))]
    lines = [list(answer.columns), *([_cell(v) for v in row] for row in answer.rows[:_MOST_ROWS])]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = [
        " | ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    ]
    text.insert(1, "-+-".join("-" * width for width in widths))
    if len(answer.rows) > _MOST_ROWS:
        text.append(f"... ({len(answer.rows):,} rows)")
    return "\n".join(text) + "\n"


def differences(answer: Answer, shown: str) -> list[str]:
    """Say where an answer is another than the one shown; numbers may differ a little."""
    head, _, *lines = shown.splitlines()
    n_rows = len(lines)
    if lines and (more := re.fullmatch(r"\.\.\. \(([\d,]+) rows\)", lines[-1])):
        n_rows = int(more[1].replace(",", ""))
        del lines[-1]
    columns = tuple(cell.strip() for cell in head.split(" | "))
    if columns != answer.columns:
        return [f"columns {answer.columns}, not {columns}"]
    if n_rows != len(answer.rows):
        return [f"{len(answer.rows)} rows, not {n_rows}"]
    found = []
    for position, column in enumerate(columns):
        before = [[cell.strip() for cell in line.split(" | ")][position] for line in lines]
        now = [row[position] for row in answer.rows[:_MOST_ROWS]]
        if _is_numeric(answer, position):
            same = _close(now, before)
        else:
            same = [_cell(value) == cell for value, cell in zip(now, before, strict=True)]
        found += [
            f"row {number}, {column}: {_cell(now[number - 1])!r}, not {before[number - 1]!r}"
            for number, is_same in enumerate(same, start=1)
            if not is_same
        ]
    return found


def _close(now: list[Any], before: list[str]) -> list[bool]:
    """Say of each number whether it is near enough to the one shown."""
    known = [abs(float(cell)) for cell in before if cell != "NULL"]
    allowed = _TOLERANCE * max(known, default=0)
    if all(isinstance(value, int | None) for value in now):
        allowed = max(allowed, 1)
    return [
        (value is None) == (cell == "NULL")
        and (value is None or abs(float(value) - float(cell)) <= allowed)
        for value, cell in zip(now, before, strict=True)
    ]


def _is_numeric(answer: Answer, position: int) -> bool:
    values = [row[position] for row in answer.rows if row[position] is not None]
    return bool(values) and all(
        isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in values
    )


def _cell(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | Decimal):
        return f"{value:.4g}"
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    return str(value) or "''"


def _anchor(heading: str) -> str:
    """Return the anchor that Markdown gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def main() -> None:
    """Make the store in a temporary folder, and write all answers."""
    with tempfile.TemporaryDirectory() as folder, Store.open(build(Path(folder))) as store:
        for page in pages():
            text = page.read_text(encoding="utf-8")
            page.write_text(with_answers(text, lambda sql: run(store, sql)), encoding="utf-8")
    INDEX.write_text(with_index(INDEX.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
