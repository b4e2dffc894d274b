"""Commands that look after a store: info, doctor, settings, kinds, migrate, snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from facestore.cli import options
from facestore.cli.console import (
    Format,
    print_lines,
    print_rows,
    print_summary,
    say,
)
from facestore.cli.data import open_room, open_store
from facestore.cli.pasting import typed_store
from facestore.cli.wording import as_typed
from facestore.errors import AuditsFailedError, counted, preview

if TYPE_CHECKING:
    from facestore.catalog.audit_files import Finding

_EXAMPLES = 5
# Of the one audit that was asked for.
_ROWS = 1000


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (info, doctor, settings, kinds, migrate, snapshot):
        app.command()(command)


def info(
    store: options.StoreOption = options.DEFAULT,
    every: Annotated[bool, typer.Option("--all", help="Show all classifiers.")] = False,
    format: options.FormatOption = Format.table,
) -> None:
    """Show what is in the store, how big it is, what to look at, and what to do next.

    csv and json have a row for each part.
    """
    from facestore.upkeep import info as room

    with open_room(store) as opened:
        if format is Format.table:
            from facestore.cli.dashboard import print_overview

            print_overview(room.overview(opened), store_option=typed_store(store), show_all=every)
        else:
            print_rows(("what", "name", "n", "details"), room.info(opened), format)


def doctor(
    name: Annotated[
        str | None,
        typer.Argument(
            help="One audit: its bad rows are the result. Or a table or view: the audits of it.",
            show_default=False,
        ),
    ] = None,
    store: options.StoreOption = options.DEFAULT,
    repair: Annotated[
        bool,
        typer.Option(
            "--repair",
            help="First delete exact repeats and rows that nothing can read, put versions of "
            "vectors aside that cannot be read, and record vectors without a checksum.",
        ),
    ] = False,
    deep: Annotated[
        bool,
        typer.Option("--deep", help="Read every vector, and compute again what follows from them."),
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Show the audits that found nothing as well.")
    ] = False,
    format: options.FormatOption = Format.table,
) -> None:
    """Check that the store is as it must be: keys, ranges, views, vectors. Status 1 if not."""
    with open_store(store) as opened:
        if repair:
            for what, n_rows in opened.repair().items():
                say(f"{what}: {n_rows:,}")
        findings = opened.doctor(name, deep=deep, n_examples=_EXAMPLES if name is None else _ROWS)
    if [each.name for each in findings] == [name]:
        _print_bad_rows(findings[0], format)
    else:
        _print_overview(findings, format, show_all=every)
    failed = [each.name for each in findings if each.status == "failed"]
    if failed:
        raise AuditsFailedError(failed, len(findings))


def settings(
    name: Annotated[
        str | None,
        typer.Argument(
            help="min_samples, duplicate_distance, group_attributes or keep_similarities; "
            "all are shown without."
        ),
    ] = None,
    value: Annotated[
        str | None,
        typer.Argument(
            help="Its new value: a number, attributes with commas between ('': all up to five), or "
            "auto, always, never.",
            show_default=False,
        ),
    ] = None,
    store: options.StoreOption = options.DEFAULT,
    format: options.FormatOption = Format.table,
) -> None:
    """Show or change what holds for the whole store, in views and reports alike."""
    with open_store(store) as opened:
        if name is not None and value is None:
            raise typer.BadParameter("give its new value as well", param_hint="VALUE")
        if name is not None and value is not None:
            opened.set(name, value)
        rows = opened.settings()
    print_rows(("setting", "value", "meaning"), rows, format)


def kinds(
    dataset: Annotated[
        str | None, typer.Argument(help="The data set; without, all are shown.", show_default=False)
    ] = None,
    kind: Annotated[
        str | None,
        typer.Argument(help="Its kind: medical, faces ... ('': none).", show_default=False),
    ] = None,
    store: options.StoreOption = options.DEFAULT,
    format: options.FormatOption = Format.table,
) -> None:
    """Show or change of what kind data sets are: models are compared by kind on the board."""
    with open_store(store) as opened:
        if dataset is not None and kind is None:
            raise typer.BadParameter("give its kind as well", param_hint="KIND")
        if dataset is not None and kind is not None:
            opened.set_kind(dataset, kind)
        rows = opened.kinds()
    print_rows(("dataset", "kind"), rows, format)


def migrate(
    store: options.StoreOption = options.DEFAULT,
    rebuild_views: Annotated[
        bool,
        typer.Option(
            "--rebuild-views",
            help="Make all views and macros anew, whatever another program put in their place.",
        ),
    ] = False,
) -> None:
    """Bring the tables and views of a store up to date with this program."""
    with open_store(store) as opened:
        applied = opened.migrate(rebuild_views=rebuild_views)
    print_lines(applied or ["nothing to do"])


def snapshot(
    target: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="DuckDB file to publish; with --vectors, a new folder."
        ),
    ],
    store: options.StoreOption = options.DEFAULT,
    vectors: Annotated[
        bool, typer.Option("--vectors", help="Copy the vectors, too: FILE is a store then.")
    ] = False,
) -> None:
    """Publish a whole copy, with its SHA-256 beside it, while others read and write."""
    with open_store(store) as opened:
        print_summary(opened.snapshot(target, vectors=vectors))


def _print_overview(findings: Sequence[Finding], style: Format, *, show_all: bool) -> None:
    """Print one row an audit; for people those that found something, and examples of it below."""
    columns = ("audit", "about", "result", "n_bad", "seconds")
    is_for_people = style not in (Format.csv, Format.json)
    told = [each for each in findings if each.n_bad]
    rows = [
        (
            each.name,
            # views_are_those_of_this_version is about all of them
            preview(each.about, 5) if is_for_people else ", ".join(each.about),
            each.status.value,
            each.n_bad,
            round(each.seconds, 3),
        )
        for each in (told if is_for_people and not show_all else findings)
    ]
    if rows or not is_for_people:
        print_rows(columns, rows, style)
    if not is_for_people:
        return
    for each in told:
        print_lines([f"{each.name} ({each.status}): {each.title}"])
        print_rows(each.columns, each.rows[:_EXAMPLES], style)
        print_lines([f"To do: {as_typed(each.todo)}.", ""])
    print_lines([_count_of(findings)])


def _count_of(findings: Sequence[Finding]) -> str:
    counts = Counter(each.status.value for each in findings)
    found = ", ".join(f"{n} {status}" for status, n in sorted(counts.items(), reverse=True))
    return f"{counted(len(findings), 'audit')}: {found}"


def _print_bad_rows(finding: Finding, style: Format) -> None:
    print_rows(finding.columns, finding.rows, style)
    say(f"{finding.name} ({finding.status}): {finding.title}")
    if finding.n_bad > len(finding.rows):
        say(f"{counted(finding.n_bad, 'row')} in all, the first {len(finding.rows):,} shown")
    if finding.n_bad:
        say(f"To do: {as_typed(finding.todo)}.")
