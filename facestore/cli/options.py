"""Options that several commands share, each named once."""

from pathlib import Path
from typing import Annotated

import typer

from facestore.cli.completion import names_of
from facestore.cli.console import Format
from facestore.cli.pasting import note_store
from facestore.config import DEFAULT_STORE, STORE_VARIABLE

StoreOption = Annotated[
    Path,
    typer.Option(
        "--store", envvar=STORE_VARIABLE, callback=note_store, help="Folder of the store."
    ),
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
    typer.Option(
        "--attribute", help="A further column to read as labels (repeatable); all: every one."
    ),
]
NewClasses = Annotated[
    bool, typer.Option("--new-classes", help="Take labels that no class has as new classes.")
]
FileColumn = Annotated[
    str | None,
    typer.Option(
        "--file-column",
        metavar="COLUMN",
        help="Column of the file names, or a pattern: '{person}/{number:4}.jpg'.",
    ),
]
LabelColumns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="ATTRIBUTE=COLUMN",
        help="Column of an attribute; with none after the = it is not read (repeatable).",
    ),
]
ValueMaps = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="ATTRIBUTE:VALUE=CLASS",
        help="What a value means: gender:1=Male, age:>99=; with none it is no label (repeatable).",
    ),
]
MappingFile = Annotated[
    str | None,
    typer.Option(
        "--mapping",
        metavar="FILE",
        help="YAML of columns and values, or a known source: adience, afad, agedb, celeba, "
        "diveface, fairface-hf, imdb-wiki, lfw-attributes, maad-face, morph, utkface.",
    ),
]
NullTexts = Annotated[
    list[str] | None,
    typer.Option("--null", metavar="TEXT", help="A value that is no label (repeatable)."),
]
EncodingOption = Annotated[
    str | None,
    typer.Option("--encoding", help="Of the table; by default UTF-8, UTF-16 and Latin-1 are told."),
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Show how columns and values would be read; write nothing."),
]
ClassifiersOption = Annotated[
    list[str] | None,
    typer.Option(
        "--classifier",
        metavar="NAME",
        help="Only this classifier, or all of a pattern such as '*topk*' (repeatable).",
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
IndexOption = Annotated[
    bool,
    typer.Option("--index", help="Ask the encoder's index, and say how much it surely finds."),
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
