"""Commands about models of others: models, import classifier."""

from pathlib import Path
from typing import Annotated

import typer

from facestore.cli import options, training_options
from facestore.cli.console import Format, print_rows, print_summary
from facestore.cli.data import open_store
from facestore.cli.imports import imports


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module, one of them beside the other imports."""
    imports.command("classifier")(import_classifier)
    app.command()(models)


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


def models(
    search: Annotated[str, typer.Argument(help="Only names with this in them.")] = "",
    format: options.FormatOption = Format.table,
) -> None:
    """List the models that open_clip and timm offer, and the bundled one."""
    from facestore.encoders.encoder import available_models
    from facestore.encoders.names import TINY

    rows = [(TINY, "", TINY)]
    rows += [(each.architecture, each.pretrained or "", str(each)) for each in available_models()]
    wanted = search.lower()
    fitting = [row for row in rows if wanted in row[2].lower()]
    print_rows(("architecture", "pretrained", "--model"), fitting, format)
