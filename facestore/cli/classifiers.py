"""The command that brings a classifier in: import classifier."""

from pathlib import Path
from typing import Annotated

import typer

from facestore.cli import options, training_options
from facestore.cli.console import print_summary
from facestore.cli.data import imports, open_store


def add_commands(_app: typer.Typer) -> None:
    """Add the command of this module, beside the other imports."""
    imports.command("classifier")(import_classifier)


def import_classifier(
    folder: Annotated[
        Path,
        typer.Argument(
            help="Has config.json and model.safetensors: a CLIP vision tower of transformers with "
            "age_head, gender_head and race_head.",
            show_default=False,
        ),
    ],
    store: options.StoreOption = options.DEFAULT,
    name: Annotated[
        str | None, typer.Option(help="Name of the classifier; else the folder's.")
    ] = None,
    out: training_options.Out = None,
) -> None:
    """Import published weights as a file for `predict --classifier`."""
    with open_store(store) as opened:
        print_summary(opened.import_classifier(folder, name=name, out=out))
