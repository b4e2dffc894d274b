"""The command that benchmarks models on data sets: bench."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from facestore.cli import options
from facestore.cli.completion import names_of
from facestore.cli.console import Format, pass_on, print_exact, print_rows, say
from facestore.cli.data import open_store
from facestore.cli.pasting import typed_store
from facestore.cli.results import tell
from facestore.cli.wording import typed_command
from facestore.config import DEFAULT_BATCH_SIZE, DEFAULT_PRECISION, DEFAULT_WORKERS


def add_commands(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(bench)


def bench(
    source: Annotated[
        list[Path],
        typer.Argument(
            metavar="DATASET",
            help="Folders of classes, web data sets, Parquet, or data sets of the store.",
            show_default=False,
        ),
    ],
    model: Annotated[
        list[str],
        typer.Option(
            "--model",
            help="Model (repeatable): ViT-L-14,openai ...; tiny needs no download.",
            show_default=False,
        ),
    ],
    store: options.StoreOption = options.DEFAULT,
    template: Annotated[
        list[str] | None,
        typer.Option(
            help="Prompt with {c} for the class (repeatable); else those of the data set, or 'a "
            "photo of a {c}.'",
            show_default=False,
        ),
    ] = None,
    prompt_set: Annotated[
        str | None,
        typer.Option(
            help="A set of the store instead of templates, for the attributes that it names.",
            autocompletion=names_of("prompt_sets"),
            show_default=False,
        ),
    ] = None,
    precision: Annotated[str, typer.Option(help="As of ingest.")] = DEFAULT_PRECISION,
    device: options.DeviceOption = "auto",
    batch_size: Annotated[int, typer.Option(min=1, help="Images a forward pass.")] = (
        DEFAULT_BATCH_SIZE
    ),
    workers: options.WorkersOption = DEFAULT_WORKERS,
    format: options.FormatOption = Format.table,
) -> None:
    """Benchmark models on data sets for image classification, as CLIP_benchmark does.

    Each data set gets an attribute and a prompt set of its own name. Of a web data set
    classnames.txt and zeroshot_classification_templates.txt are read. Yes/no attributes, as of
    CelebA, are one row with their mean average precision. Run it again at any time:
    what is there already is as before.
    """
    from facestore.benchmark import FIGURES
    from facestore.errors import PartlyDoneError
    from facestore.steps import Step

    store_option = typed_store(store)

    def notify(notice: object) -> None:
        if not isinstance(notice, Step):
            pass_on(notice)
        elif format is Format.table:
            parameters = {
                name: each for name, each in notice.parameters.items() if name != "mapping"
            }
            print_exact(typed_command(notice.verb, notice.arguments, parameters, store_option))

    changed = {
        "precision": (precision, DEFAULT_PRECISION),
        "batch_size": (batch_size, DEFAULT_BATCH_SIZE),
        "workers": (workers, DEFAULT_WORKERS),
    }
    with open_store(store, notify) as opened:
        done = opened.bench(
            source,
            models=model,
            templates=template or (),
            prompt_set=prompt_set,
            device=device,
            **{name: given for name, (given, usual) in changed.items() if given != usual},
        )
    say("")
    print_rows(FIGURES, done.rows, format)
    for note in done.notes:
        say(note)
    if done.failures:
        tell(done.failures)
        raise PartlyDoneError(len(done.failures), done.n_results)
