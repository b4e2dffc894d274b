"""Options that several commands share, each named once."""

import os
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from facestore.cli.completion import names_of
from facestore.cli.console import Format
from facestore.config import DEFAULT_STORE, STORE_VARIABLE

StoreOption = Annotated[
    Path,
    typer.Option("--store", envvar=STORE_VARIABLE, help="Folder of the store."),
]
DatasetOption = Annotated[
    str | None,
    typer.Option(
        "--dataset",
        help="Name of the data set.",
        show_default=False,
        autocompletion=names_of("datasets"),
    ),
]
RequiredDataset = Annotated[
    str,
    typer.Option("--dataset", help="Name of the data set.", autocompletion=names_of("datasets")),
]
SplitOption = Annotated[
    str | None,
    typer.Option(
        "--split",
        help="train, val, test ...",
        show_default=False,
        autocompletion=names_of("splits"),
    ),
]
CreateSamples = Annotated[
    bool, typer.Option("--create-samples", help="Make samples for files that are unknown.")
]
AttributeColumns = Annotated[
    list[str] | None,
    typer.Option("--attribute", help="A further column to read as labels (repeatable)."),
]
NewClasses = Annotated[
    bool, typer.Option("--new-classes", help="Take labels that no class has as new classes.")
]
ClassifiersOption = Annotated[
    list[str] | None,
    typer.Option(
        "--classifier",
        metavar="NAME",
        help="Only this classifier (repeatable).",
        autocompletion=names_of("classifiers"),
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="Encoder: ViT-L-14,openai or its name in `facestore info`; if there are several.",
        show_default=False,
        autocompletion=names_of("encoders"),
    ),
]
ModelsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        help="Encoder (repeatable): ViT-L-14,openai or its name in `facestore info`; all that "
        "have vectors if none is named.",
        show_default=False,
        autocompletion=names_of("encoders"),
    ),
]
PromptSets = Annotated[
    list[str] | None,
    typer.Option(
        "--prompt-set",
        help="Whose similarities decide (repeatable).",
        show_default=False,
        autocompletion=names_of("prompt_sets"),
    ),
]
ImportedModel = Annotated[
    str, typer.Option("--model", help="Model that was used: ARCHITECTURE,PRETRAINED.")
]
DeviceOption = Annotated[str, typer.Option("--device", help="auto, cpu, cuda or mps.")]
WorkersOption = Annotated[
    int, typer.Option("--workers", min=0, help="Threads that read and decode; 0: none.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="How rows are printed.")]
RawOption = Annotated[
    bool,
    typer.Option("--raw", help="CSV for programs: no ' before what a spreadsheet would compute."),
]

DEFAULT = DEFAULT_STORE


def typed_store(store: Path) -> str:
    """Return what the next command needs to find this store."""
    default = os.environ.get(STORE_VARIABLE) or str(DEFAULT)
    return "" if str(store) == default else f" --store {quote(str(store))}"
