"""The command that serves a store to one's own browser: explore."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from facestore.cli import options
from facestore.cli.completion import names_of
from facestore.cli.console import print_lines, say
from facestore.cli.data import open_store
from facestore.cli.handoff import DEFAULT_PROJECTION, Projection
from facestore.errors import counted

_ETHICS = (
    "Labels and predictions are how people look to others, never who they are; do not use them to "
    "decide about a person."
)


def add_commands(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(explore)


def explore(
    store: options.StoreOption = options.DEFAULT,
    classifier: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Whose predictions are shown; else those of the most accurate.",
            autocompletion=names_of("classifiers"),
        ),
    ] = None,
    attribute: Annotated[
        str | None,
        typer.Option(
            help="Without --classifier: of what it is. gender, race, age ...",
            autocompletion=names_of("attributes"),
        ),
    ] = None,
    where: Annotated[
        str | None,
        typer.Option(
            metavar="SQL", help="Open with these alone: \"judged = 'wrong' and age = '0-2'\"."
        ),
    ] = None,
    sql: Annotated[
        str | None,
        typer.Option(metavar="SELECT", help="Serve these alone: a SELECT with sample_id."),
    ] = None,
    model: options.ModelOption = None,
    projection: Annotated[Projection, typer.Option(help="Of the vectors.")] = DEFAULT_PROJECTION,
    source: Annotated[
        Path | None,
        typer.Option(help="Folder of the pictures; else those that were ingested here."),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of 127.0.0.1; 0: a free one.")] = 0,
    open_: Annotated[
        bool, typer.Option("--open/--no-open", help="Open it in the browser.")
    ] = False,
) -> None:
    """Look at faces, labels and predictions in the browser; needs facestore[explore].

    A copy of the rows is served on 127.0.0.1 until Ctrl-C.
    """
    with (
        open_store(store) as opened,
        opened.explore(
            classifier=classifier,
            attribute=attribute,
            where=where,
            sql=sql,
            model=model,
            projection=projection.value,
            source=source,
            port=port,
        ) as served,
        _until_stopped() as is_stopped,
    ):
        say(_ETHICS)
        if where is not None:
            say(f"{served.n_chosen:,} of {counted(served.n_rows, 'sample')} where {where}")
        else:
            say(counted(served.n_rows, "sample"))
        print_lines([served.url])
        say("Ctrl-C ends it; the store is only read.")
        if open_:
            typer.launch(served.url)
        served.wait(is_stopped)
    say("Ended.")


@contextmanager
def _until_stopped() -> Iterator[Callable[[], bool]]:
    """Have Ctrl-C and SIGTERM end the serving, which is its usual end and no error."""
    told: list[int] = []

    def stop(number: int, _frame: Any) -> None:
        told.append(number)

    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        for each in before:
            signal.signal(each, stop)
        yield lambda: bool(told)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
