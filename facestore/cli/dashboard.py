"""The overview of a store as one screen: `facestore info`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from facestore import __version__
from facestore.cli.console import one_line, result_console, shortened

if TYPE_CHECKING:
    from rich.console import Console

    from facestore.upkeep.info import Overview

_N_CLASSIFIERS = 10
_GAP = 2
# A name that was cut to less says nothing.
_NARROWEST = 12


@dataclass(frozen=True)
class _Column:
    """A column; the one that `gives` is made as narrow as the terminal wants."""

    title: str
    cells: list[str]
    is_number: bool = False
    gives: bool = False

    @property
    def width(self) -> int:
        return max(map(len, [self.title, *self.cells]))


def print_overview(found: Overview, *, store_option: str, show_all: bool) -> None:
    """Print what is in a store.

    Parameters
    ----------
    found
        What is in it.
    store_option
        What commands need to find the store: empty, or ` --store DIR`.
    show_all
        Show every classifier; else the first ones.
    """
    console = result_console()
    _header(console, found)
    if found.datasets:
        _datasets(console, found)
    if found.encoders:
        _encoders(console, found)
    _lines(console, "Prompts", [_prompts(found)])
    if found.classifiers:
        _classifiers(console, found, store_option, show_all=show_all)
    if found.state["n_images"]:
        _lines(console, "Copies", _copies(found))
    if found.warnings:
        console.print("\nLook at", style="bold yellow")
        for warning in found.warnings:
            _advice(console, warning.what, warning.command + store_option)
    console.print("\nNext", style="bold")
    for why, command in found.steps:
        _advice(console, why, command + store_option)


def _header(console: Console, found: Overview) -> None:
    sizes = ", ".join(
        f"{kind} {_bytes(n)}" for kind, n in found.n_bytes.items() if n or kind != "other"
    )
    console.print(one_line(str(found.folder)), style="bold", markup=False)
    _text(console, f"{sizes}; facestore {__version__}")
    state = found.state
    if state["n_runs"]:
        outcome = "" if state["last_outcome"] == "done" else ", which did not end well"
        when = f"{state['last_at']:%Y-%m-%d %H:%M} UTC"
        _text(
            console, f"{state['n_runs']:,} runs, the last: {state['last_command']}, {when}{outcome}"
        )
    else:
        _text(console, "no runs yet")


def _datasets(console: Console, found: Overview) -> None:
    rows = found.datasets
    _table(
        console,
        [
            _Column("Data set", [one_line(row["dataset"]) for row in rows], gives=True),
            _Column("files", [f"{row['n_files']:,}" for row in rows], is_number=True),
            _Column("images", [f"{row['n_images']:,}" for row in rows], is_number=True),
            _Column("unreadable", [f"{row['n_unreadable']:,}" for row in rows], is_number=True),
            _Column("labels", [one_line(row["labels"]) or "none" for row in rows]),
        ],
    )
    for row in rows:
        name = f"{one_line(row['dataset'])}: " if len(rows) > 1 else ""
        splits = f"; splits {one_line(row['splits'])}" if row["splits"] else "; no splits"
        more = f" and {len(row['sources']) - 1} more" if len(row["sources"]) > 1 else ""
        facts = f"{more} ({row['layout']}){splits}"
        source = one_line(row["sources"][0]) if row["sources"] else "nowhere that is known"
        room = console.width - len(f"  {name}from {facts}")
        # the end of a path says more than its beginning
        console.print(
            f"  {name}from {shortened(source, max(room, _NARROWEST), at=0.0)}{facts}",
            style="dim", markup=False, soft_wrap=True,
        )  # fmt: skip


def _encoders(console: Console, found: Overview) -> None:
    rows = found.encoders
    _table(
        console,
        [
            _Column("Encoder", [one_line(row["encoder"]) for row in rows], gives=True),
            _Column("images", [f"{row['n_images']:,}" for row in rows], is_number=True),
            _Column("prompts", [f"{row['n_prompts']:,}" for row in rows], is_number=True),
            _Column("values", [str(row["dim"] or "?") for row in rows], is_number=True),
            _Column("precision", [row["precision"] or "?" for row in rows]),
            _Column("device", [row["device"] or "?" for row in rows]),
        ],
    )


def _prompts(found: Overview) -> str:
    row = found.prompts
    return (
        f"{row['n_sets']:,} sets with {row['n_prompts']:,} prompts, {row['n_scored']:,} sets "
        "scored: facestore prompts list"
    )


def _classifiers(console: Console, found: Overview, store_option: str, *, show_all: bool) -> None:
    rows = found.classifiers if show_all else found.classifiers[:_N_CLASSIFIERS]
    columns = [
        _Column("Classifier", [one_line(row["classifier"]) for row in rows], gives=True),
        _Column("kind", [row["kind"].replace("_", "-") for row in rows]),
        _Column("of", [one_line(row["attribute"]) for row in rows]),
        _Column("n", [f"{row['n_predicted']:,}" for row in rows], is_number=True),
        _Column("accuracy and 95 %", [_accuracy(row) for row in rows]),
    ]
    if len({(row["dataset"], row["split"]) for row in found.classifiers}) > 1:
        on = [one_line(" ".join(filter(None, (row["dataset"], row["split"])))) for row in rows]
        columns.insert(3, _Column("on", [shortened(each, 20) for each in on]))
    _table(console, columns)
    if n_more := len(found.classifiers) - len(rows):
        _text(console, f"  {n_more:,} more: facestore info --all{store_option}")


def _accuracy(row: dict[str, Any]) -> str:
    if row["accuracy"] is None:
        return "no labels" if not row["n_judged"] else "too few"
    return f"{row['accuracy']:.4f} {row['ci_low']:.3f}-{row['ci_high']:.3f}"


def _copies(found: Overview) -> list[str]:
    row = found.copies
    exact = f"{row['n_exact']:,} images in several files ({row['n_exact_files']:,} files)"
    left_out = f"; {row['n_left_out']:,} files left out" if row["n_left_out"] else ""
    if not found.has_near_copies:
        return [f"{exact}{left_out}; near ones: facestore dedup"]
    return [
        f"{exact}, {row['n_groups']:,} groups with near ones{left_out}",
        f"pairs between splits {row['n_between_splits']:,}, between data sets "
        f"{row['n_between_datasets']:,}, with unlike labels {row['n_conflicts']:,}",
    ]


def _table(console: Console, columns: Sequence[_Column]) -> None:
    """Print columns; the one that gives is shortened in the middle until all fit."""
    others = sum(each.width + _GAP for each in columns if not each.gives)
    room = max(_NARROWEST, console.width - others)
    fitted = [
        _Column(each.title, [shortened(cell, room) for cell in each.cells], each.is_number)
        if each.gives
        else each
        for each in columns
    ]
    console.print()
    widths = [each.width for each in fitted]
    lines = zip(*([each.title, *each.cells] for each in fitted), strict=True)
    for number, line in enumerate(lines):
        cells = [
            cell.rjust(width) if column.is_number else cell.ljust(width)
            for cell, width, column in zip(line, widths, fitted, strict=True)
        ]
        text = (" " * _GAP).join(cells).rstrip()
        console.print(text, style="bold" if not number else "", markup=False, soft_wrap=True)


def _lines(console: Console, title: str, lines: Sequence[str]) -> None:
    """Print lines behind a title, below each other."""
    from rich.text import Text

    console.print()
    for number, line in enumerate(lines):
        before = (f"{title}  ", "bold") if not number else " " * (len(title) + _GAP)
        console.print(Text.assemble(before, line))


def _advice(console: Console, what: str, command: str) -> None:
    """Print a reason and a command: in one line if they fit, and never broken in the command."""
    line = f"  {one_line(what)}: {one_line(command)}"
    if len(line) > console.width:
        console.print(f"  {one_line(what)}:", markup=False)
        line = f"    {one_line(command)}"
    console.print(line, markup=False, soft_wrap=True)


def _text(console: Console, text: str) -> None:
    console.print(text, markup=False)


def _bytes(n: int) -> str:
    return f"{n / 2**30:,.1f} GiB" if n >= 2**30 else f"{n / 2**20:,.1f} MiB"
