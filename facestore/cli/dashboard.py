"""The overview of a store as one screen: `facestore info`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from facestore import __version__
from facestore.cli.console import (
    Column,
    one_line,
    print_plain_table,
    result_console,
    shortened,
)
from facestore.cli.wording import typed_command
from facestore.errors import counted

if TYPE_CHECKING:
    from rich.console import Console

    from facestore.upkeep.info import Advice, Overview

_N_CLASSIFIERS = 10
_INDENT = 2
# The end of a path that was cut to less says nothing.
_NARROWEST_PATH = _NARROWEST_NAME = 12


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
    if found.indexes:
        _lines(console, "Indexes", [_index(row) for row in found.indexes])
    _lines(console, "Prompts", [_prompts(found) + store_option])
    if found.classifiers:
        _classifiers(console, found, store_option, show_all=show_all)
        _small_groups(console, found, store_option)
    if found.state["n_images"]:
        _lines(console, "Copies", _copies(found, store_option))
    if found.warnings:
        console.print("\nLook at", style="bold yellow")
        for warning in found.warnings:
            _advise(console, warning, store_option)
    console.print("\nNext", style="bold")
    for step in found.steps:
        _advise(console, step, store_option)


def _header(console: Console, found: Overview) -> None:
    sizes = ", ".join(
        f"{kind} {_bytes(n)}" for kind, n in found.n_bytes.items() if n or kind != "other"
    )
    console.print(one_line(str(found.folder)), style="bold")
    console.print(f"{sizes}; facestore {__version__}")
    state = found.state
    if state["n_runs"]:
        outcome = "" if state["last_outcome"] == "done" else ", which did not end well"
        when = f"{state['last_at']:%Y-%m-%d %H:%M} UTC"
        console.print(
            f"{counted(state['n_runs'], 'run')}, the last: {state['last_command']}, {when}{outcome}"
        )
    else:
        console.print("no runs yet")


def _datasets(console: Console, found: Overview) -> None:
    rows = found.datasets
    _table(
        console,
        Column("Data set", [one_line(row["dataset"]) for row in rows]),
        _numbers("files", (row["n_files"] for row in rows)),
        _numbers("images", (row["n_images"] for row in rows)),
        _numbers("unreadable", (row["n_unreadable"] for row in rows)),
        Column("labels", [one_line(row["labels"]) or "none" for row in rows]),
    )
    for row in rows:
        name = f"{one_line(row['dataset'])}: " if len(rows) > 1 else ""
        splits = f"; splits {one_line(row['splits'])}" if row["splits"] else "; no splits"
        splits += _people(row)
        more = f" and {len(row['sources']) - 1} more" if len(row["sources"]) > 1 else ""
        facts = f"{more} ({row['layout']}){splits}"
        source = one_line(row["sources"][0]) if row["sources"] else "nowhere that is known"
        room = console.width - len(f"  {name}from {facts}")
        # the end of a path says more than its beginning
        console.print(
            f"  {name}from {shortened(source, max(room, _NARROWEST_PATH), at=0.0)}{facts}",
            style="dim", soft_wrap=True,
        )  # fmt: skip


def _people(row: dict[str, Any]) -> str:
    """Return whom the files show, where that is known: pictures of one count as fewer."""
    if not row["n_people"]:
        return ""
    who = counted(row["n_people"], "person", "people")
    return f"; {counted(row['n_of_people'], 'file')} of {who}"


def _encoders(console: Console, found: Overview) -> None:
    rows = found.encoders
    _table(
        console,
        Column("Encoder", [one_line(row["encoder"]) for row in rows]),
        _numbers("images", (row["n_images"] for row in rows)),
        _numbers("prompts", (row["n_prompts"] for row in rows)),
        Column("values", [str(row["dim"] or _unknown(row, "-")) for row in rows], is_number=True),
        Column("similarities", [_similarities(row) for row in rows], is_number=True),
        Column("precision", [row["precision"] or _unknown(row) for row in rows]),
        Column("device", [row["device"] or _unknown(row) for row in rows]),
    )
    for row in rows:
        images, prompts = row["sizes"]
        if images.n_disk or prompts.n_disk:
            sizes = (
                f": images {_bytes(images.n_live)} live ({_bytes(images.n_disk)} on disk), "
                f"prompts {_bytes(prompts.n_live)} ({_bytes(prompts.n_disk)})"
            )
            room = max(console.width - len(sizes) - 2, _NARROWEST_NAME)
            name = shortened(one_line(row["encoder"]), room)
            console.print(f"  {name}{sizes}", style="dim", soft_wrap=True)


def _similarities(row: dict[str, Any]) -> str:
    """Return how many are kept, and of how many samples none are, as they were streamed."""
    streamed = [f"{counted(row['n_streamed'], 'sample')} streamed"] if row["n_streamed"] else []
    kept = [f"{row['n_similarities']:,}"] if row["n_similarities"] or not streamed else []
    return " + ".join([*kept, *streamed])


def _unknown(row: dict[str, Any], imported: str = "imported") -> str:
    return imported if row["source"] == "imported" else "?"


def _index(row: dict[str, Any]) -> str:
    name = one_line(row["encoder"])
    return f"{row['kind']} over {counted(row['n_rows'], 'vector')} of {name}: {row['finds']}"


def _prompts(found: Overview) -> str:
    row = found.prompts
    streamed = f" ({counted(row['n_streamed'], 'set')} streamed)" if row["n_streamed"] else ""
    return (
        f"{counted(row['n_sets'], 'set')} with {counted(row['n_prompts'], 'prompt')}, "
        f"{counted(row['n_scored'], 'set')} scored{streamed}: facestore prompts list"
    )


def _classifiers(console: Console, found: Overview, store_option: str, *, show_all: bool) -> None:
    rows = found.classifiers if show_all else found.classifiers[:_N_CLASSIFIERS]
    columns = [
        Column("Classifier", [one_line(row["classifier"]) for row in rows]),
        Column("kind", [row["kind"].replace("_", "-") for row in rows]),
        Column("of", [one_line(row["attribute"]) for row in rows]),
        _numbers("n", (row["n_predicted"] for row in rows)),
        Column("accuracy and 95 %", [_accuracy(row) for row in rows]),
    ]
    if len({(row["dataset"], row["split"]) for row in found.classifiers}) > 1:
        on = [one_line(" ".join(filter(None, (row["dataset"], row["split"])))) for row in rows]
        columns.insert(3, Column("on", [shortened(each, 20) for each in on]))
    _table(console, *columns)
    if n_more := len(found.classifiers) - len(rows):
        console.print(f"  {n_more:,} more: facestore info --all{store_option}")


def _small_groups(console: Console, found: Overview, store_option: str) -> None:
    if found.min_samples > 1:
        console.print(
            f"  groups of fewer than {counted(found.min_samples, 'sample')} show no rates: "
            f"facestore settings min_samples 1{store_option} shows all",
            style="dim",
            soft_wrap=True,
        )


def _accuracy(row: dict[str, Any]) -> str:
    if row["accuracy"] is None:
        return "no labels" if not row["n_judged"] else "too few"
    return f"{row['accuracy']:.4f} {row['ci_low']:.3f}-{row['ci_high']:.3f}"


def _copies(found: Overview, store_option: str) -> list[str]:
    row = found.copies
    files = counted(row["n_exact_files"], "file")
    exact = f"{counted(row['n_exact'], 'image')} in several files ({files})"
    left_out = f"; {counted(row['n_left_out'], 'file')} left out" if row["n_left_out"] else ""
    if not found.has_near_copies:
        return [f"{exact}{left_out}; near ones: facestore dedup{store_option}"]
    return [
        f"{exact}, {counted(row['n_groups'], 'group')} with near ones{left_out}",
        f"pairs between splits {row['n_between_splits']:,}, between data sets "
        f"{row['n_between_datasets']:,}, with unlike labels {row['n_conflicts']:,}",
    ]


def _table(console: Console, *columns: Column) -> None:
    console.print()
    print_plain_table(columns)


def _numbers(title: str, numbers: Iterable[int]) -> Column:
    return Column(title, [f"{n:,}" for n in numbers], is_number=True)


def _lines(console: Console, title: str, lines: Sequence[str]) -> None:
    """Print lines behind a title, below each other."""
    from rich.text import Text

    console.print()
    for number, line in enumerate(lines):
        before = (f"{title}  ", "bold") if not number else " " * (len(title) + _INDENT)
        console.print(Text.assemble(before, line))


def _advise(console: Console, advice: Advice, store_option: str) -> None:
    """Print a reason and a command: in one line if they fit, and never broken in the command."""
    reason = one_line(advice.reason)
    command = one_line(typed_command(advice.verb, advice.arguments, advice.parameters))
    line = f"  {reason}: {command}{store_option}"
    if len(line) > console.width:
        console.print(f"  {reason}:")
        line = f"    {command}{store_option}"
    console.print(line, soft_wrap=True)


def _bytes(n: int) -> str:
    return f"{n / 2**30:,.1f} GiB" if n >= 2**30 else f"{n / 2**20:,.1f} MiB"
