"""The command that does the whole job on somebody's own pictures: audit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from facestore.cli import options
from facestore.cli.console import Format, pass_on, print_exact, print_lines, print_rows, say
from facestore.cli.data import open_store
from facestore.cli.mapping import mapping_of
from facestore.cli.pasting import typed_store
from facestore.cli.results import tell
from facestore.cli.wording import typed_command
from facestore.config import DEFAULT_BATCH_SIZE, DEFAULT_PRECISION, DEFAULT_WORKERS


def add_commands(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(audit)


def audit(
    source: Annotated[
        Path,
        typer.Argument(help="Pictures, as `facestore ingest` takes them.", show_default=False),
    ],
    model: Annotated[
        list[str],
        typer.Option(
            "--model",
            help="Model (repeatable): ViT-L-14,openai ...; tiny needs no download.",
            show_default=False,
        ),
    ],
    labels: Annotated[
        Path | None,
        typer.Option(help="Table of labels, as `facestore ingest` takes it.", show_default=False),
    ] = None,
    store: options.StoreOption = options.DEFAULT,
    dataset: options.DatasetOption = None,
    split: options.SplitOption = None,
    attribute: Annotated[
        list[str] | None,
        typer.Option(
            help="What is predicted (repeatable); all that has labels and prompts if none is "
            "named. Beside gender, race and age it is read from the column of its name.",
            show_default=False,
        ),
    ] = None,
    new_classes: options.NewClasses = False,
    file_column: options.FileColumn = None,
    column: options.LabelColumns = None,
    map: options.ValueMaps = None,
    mapping: options.MappingFile = None,
    null: options.NullTexts = None,
    encoding: options.EncodingOption = None,
    prompt_set: Annotated[
        list[str] | None,
        typer.Option(
            "--prompt-set",
            help="By whose prompts (repeatable); age_race_gender_labels_v2 and "
            "fairface_age_labels if none is named.",
            show_default=False,
        ),
    ] = None,
    aggregation: Annotated[
        list[str] | None,
        typer.Option(help="As of predict (repeatable); else sum and topk.", show_default=False),
    ] = None,
    k: Annotated[
        list[int] | None,
        typer.Option("--k", help="For topk (repeatable); else 1 and 11.", show_default=False),
    ] = None,
    layout: Annotated[str, typer.Option(help="As of ingest.")] = "auto",
    pretrained: Annotated[str | None, typer.Option(help="As of ingest.")] = None,
    precision: Annotated[str, typer.Option(help="As of ingest.")] = DEFAULT_PRECISION,
    device: options.DeviceOption = "auto",
    batch_size: Annotated[int, typer.Option(min=1, help="Images a forward pass.")] = (
        DEFAULT_BATCH_SIZE
    ),
    workers: options.WorkersOption = DEFAULT_WORKERS,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the report; else STORE/reports.")
    ] = None,
    images: Annotated[
        bool, typer.Option("--images", help="The report shows thumbnails of mistakes.")
    ] = False,
) -> None:
    """Do the whole job: ingest, score, predict, report; and show each command that does it.

    Run it again at any time: what is there already is as before.
    """
    from facestore.errors import PartlyDoneError
    from facestore.steps import Step

    store_option = typed_store(store)
    # As they are typed; the verb takes them as one thing.
    of_table = {
        "file_column": file_column, "columns": column, "map": map, "mapping": mapping,
        "null": null, "encoding": encoding,
    }  # fmt: skip

    def notify(notice: object) -> None:
        if isinstance(notice, Step):
            parameters = dict(notice.parameters)
            if parameters.pop("mapping", None) is not None:
                parameters |= {name: given for name, given in of_table.items() if given}
            print_exact(typed_command(notice.verb, notice.arguments, parameters, store_option))
        else:
            pass_on(notice)

    changed = {
        "layout": (layout, "auto"),
        "precision": (precision, DEFAULT_PRECISION),
        "batch_size": (batch_size, DEFAULT_BATCH_SIZE),
        "workers": (workers, DEFAULT_WORKERS),
    }
    with open_store(store, notify) as opened:
        done = opened.audit(
            source,
            models=model,
            dataset=dataset,
            attributes=attribute or (),
            prompt_sets=prompt_set or (),
            aggregations=aggregation or (),
            k=k or (),
            device=device,
            out=out,
            images=images,
            labels=labels,
            split=split,
            pretrained=pretrained,
            new_classes=new_classes,
            mapping=mapping_of(file_column, column, map, mapping, null, encoding),
            # A command that says what holds anyway is long to read.
            **{name: given for name, (given, usual) in changed.items() if given != usual},
        )
        say("")
        print_rows(*opened.headlines(done.dataset), Format.table)
    print_lines([f"Report: {done.page}"])
    if done.failures:
        tell(done.failures)
        raise PartlyDoneError(len(done.failures), done.n_results)
