"""What `facestore check` prints: for people, for programs, and for CI services."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import typer

from facestore.cli.console import Format, print_rows, significant
from facestore.errors import counted, preview

if TYPE_CHECKING:
    from facestore.upkeep.check import Condition

_COLUMNS = (
    "result", "condition", "limit", "figure", "ci_low", "ci_high", "n", "classifier", "attribute",
    "group", "dataset", "split", "details",
)  # fmt: skip
# As they are shown: what a job fails by comes first.
_ORDER = ("failed", "unclear", "certified", "ok")
# Names of failures in the last line.
_NAMED = 3


class CheckFormat(StrEnum):
    """How conditions are printed."""

    table = "table"
    vertical = "vertical"
    markdown = "markdown"
    csv = "csv"
    json = "json"
    junit = "junit"
    github = "github"


def print_conditions(conditions: Sequence[Condition], style: CheckFormat) -> None:
    """Print conditions; those that fail a job first, but for programs in the order of the call."""
    if style is CheckFormat.junit:
        sys.stdout.write(_junit(conditions))
    elif style is CheckFormat.github:
        for each in _by_result(conditions):
            if (line := _annotation(each)) is not None:
                typer.echo(line)
    else:
        is_for_programs = style in (CheckFormat.csv, CheckFormat.json)
        shown = conditions if is_for_programs else _by_result(conditions)
        print_rows(_COLUMNS, [_row(each) for each in shown], Format(style.value))


def verdicts_of(conditions: Sequence[Condition], *, certifies: bool) -> str:
    """Return one line: how many failed, and which."""
    counts = {result: sum(each.verdict == result for each in conditions) for result in _ORDER}
    line = (
        f"{counts['failed']} of {counted(len(conditions), 'condition')} failed, "
        f"{counts['unclear']} unclear"
    )
    if certifies:
        line += f", {counts['certified']} certified"
    broken = [_about(each) for each in _by_result(conditions) if not each.is_passed]
    return f"{line}: {preview(broken, _NAMED)}" if broken else line


def _by_result(conditions: Sequence[Condition]) -> list[Condition]:
    return sorted(conditions, key=lambda each: (each.is_passed, _ORDER.index(each.verdict.value)))


def _row(condition: Condition) -> tuple[Any, ...]:
    figure = condition.figure
    return (
        condition.verdict.value, condition.name, condition.limit, figure.value, figure.low,
        figure.high, figure.n_samples, figure.classifier, figure.attribute,
        figure.group_attribute, figure.dataset, figure.split, figure.details,
    )  # fmt: skip


def _about(condition: Condition) -> str:
    """Return what a condition is about, in one line."""
    figure = condition.figure
    grouped = f" by {figure.group_attribute}" if figure.group_attribute else ""
    named = f" of {figure.classifier!r}" if figure.classifier else ""
    place = figure.dataset if figure.split is None else f"{figure.dataset}/{figure.split}"
    return f"{condition.name}{named}{grouped} on {place}"


def _said(condition: Condition) -> str:
    """Return the figure, its interval and the limit."""
    figure = condition.figure
    value, low, high = map(significant, (figure.value, figure.low, figure.high))
    said = f"{condition.verdict}: {value} ({low} to {high}), limit {significant(condition.limit)}"
    return f"{said}; {figure.details}" if figure.details else said


def _junit(conditions: Sequence[Condition]) -> str:
    """Return the XML that CI services read: a test case a condition."""
    broken = [each for each in conditions if not each.is_passed]
    suite = ET.Element(
        "testsuite", name="facestore check", tests=str(len(conditions)), failures=str(len(broken))
    )
    for each in conditions:
        case = ET.SubElement(
            suite, "testcase", classname=f"facestore.check.{each.name}", name=_about(each)
        )
        if each.is_passed:
            ET.SubElement(case, "system-out").text = _said(each)
        else:
            ET.SubElement(case, "failure", message=_said(each), type=each.verdict.value)
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _annotation(condition: Condition) -> str | None:
    """Return a workflow command of GitHub, which shows it as an error or a warning of the job."""
    if condition.is_passed and condition.verdict != "unclear":
        return None
    kind = "warning" if condition.is_passed else "error"
    title = _escaped(f"facestore check: {_about(condition)}")
    title = title.replace(":", "%3A").replace(",", "%2C")
    return f"::{kind} title={title}::{_escaped(_said(condition))}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
