"""Commands that hand results on: check (to a CI job), export (to other tools)."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from facestore.cli import options
from facestore.cli.checked import CheckFormat, print_conditions, verdicts_of
from facestore.cli.completion import names_of
from facestore.cli.console import print_lines, say
from facestore.cli.data import open_store
from facestore.errors import counted
from facestore.exporting import FORMATS, PROJECTIONS

# The exit status of `check` where a limit is broken; 1 is an error, 2 wrong usage.
BROKEN_LIMIT = 3


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(check)
    app.command()(export)


def check(
    store: options.StoreOption = options.DEFAULT,
    max_gap: Annotated[
        float | None,
        typer.Option(help="Largest gap between the best and the worst group, such as 0.05."),
    ] = None,
    certify_gap: Annotated[
        float | None,
        typer.Option(help="Pass only if it is shown that no two groups are this far apart."),
    ] = None,
    min_accuracy: Annotated[
        float | None,
        typer.Option(
            help="Smallest accuracy over all groups, such as 0.9; a sample without a prediction "
            "counts as wrong."
        ),
    ] = None,
    max_drop: Annotated[
        float | None,
        typer.Option(
            help="Largest accuracy lost since --against, such as 0.01, on samples both judged."
        ),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(metavar="OTHER", help="For --max-drop: another store, or a snapshot."),
    ] = None,
    max_leakage: Annotated[
        float | None,
        typer.Option(help="Largest share of a split whose pictures another split has, too."),
    ] = None,
    classifier: options.ClassifiersOption = None,
    attribute: Annotated[
        str | None,
        typer.Option(
            help="Only classifiers of this attribute: gender, race, age ...",
            autocompletion=names_of("attributes"),
        ),
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(help="Groups to compare: race, 'gender x race' ... (repeatable)."),
    ] = None,
    dataset: options.DatasetOption = None,
    split: options.SplitOption = None,
    include_trained: Annotated[
        bool,
        typer.Option(
            "--include-trained",
            help="Also classifiers on splits that they were trained or tuned on.",
        ),
    ] = False,
    format: Annotated[
        CheckFormat,
        typer.Option(
            "--format", help="How conditions are printed; junit and github are for CI services."
        ),
    ] = CheckFormat.table,
) -> None:
    """Fail a CI job when figures break limits: status 3, if the whole 95 % interval does.

    The intervals hold for all pairs of groups, attributes and classifiers of the call at once.
    """
    with open_store(store) as opened:
        conditions = opened.check(
            max_gap=max_gap,
            certify_gap=certify_gap,
            min_accuracy=min_accuracy,
            max_drop=max_drop,
            against=against,
            max_leakage=max_leakage,
            classifiers=classifier or (),
            attribute=attribute,
            groups=group or (),
            dataset=dataset,
            split=split,
            include_trained=include_trained,
        )
    print_conditions(conditions, format)
    say(verdicts_of(conditions, certifies=certify_gap is not None))
    if not all(each.is_passed for each in conditions):
        raise typer.Exit(BROKEN_LIMIT)


_FORMS = [f"{name} ({file})" for name, file in FORMATS.items()]
# Made of tables, so that a new format or projection is named in its table alone.
ExportForm = StrEnum("ExportForm", {name: name for name in FORMATS})  # type: ignore[misc]
Projection = StrEnum("Projection", {name: name for name in PROJECTIONS})  # type: ignore[misc]
DEFAULT_PROJECTION = Projection(PROJECTIONS[0])


def export(
    form: Annotated[
        ExportForm,
        typer.Argument(help=f"{', '.join(_FORMS[:-1])} or {_FORMS[-1]}.", show_default=False),
    ],
    out: Annotated[Path, typer.Argument(help="File to write, or folder.", show_default=False)],
    store: options.StoreOption = options.DEFAULT,
    dataset: options.DatasetOption = None,
    split: options.SplitOption = None,
    classifier: options.ClassifiersOption = None,
    model: options.ModelOption = None,
    projection: Annotated[
        Projection, typer.Option(help="For atlas; umap needs facestore[umap].")
    ] = DEFAULT_PROJECTION,
    neighbours: Annotated[
        int, typer.Option(min=0, help="For atlas: nearest images of each; 0: none.")
    ] = 10,
    raw: options.RawOption = False,
) -> None:
    """Write labels, predictions, vectors or figures for another tool."""
    with open_store(store) as opened:
        n_rows = opened.export(
            form.value,
            out,
            dataset=dataset,
            split=split,
            classifiers=classifier or (),
            model=model,
            projection=projection.value,
            n_neighbours=neighbours,
            raw=raw,
        )
    print_lines([f"{counted(n_rows, 'row')} in {out}"])
