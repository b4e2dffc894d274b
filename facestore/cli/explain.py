"""The command that explains scores: explain."""

from pathlib import Path
from typing import Annotated

import typer

from facestore.cli import options
from facestore.cli.completion import names_of
from facestore.cli.console import print_summary, say
from facestore.cli.data import open_store
from facestore.cli.results import tell
from facestore.config import DEFAULT_WORKERS, EXPLANATIONS_FOLDER


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(explain)


def explain(
    samples: Annotated[
        list[str] | None,
        typer.Argument(
            help="DATASET/PATH, a sample_id, or an image_id or its first digits; none: all that "
            "the options leave.",
            show_default=False,
        ),
    ] = None,
    store: options.StoreOption = options.DEFAULT,
    prompt: Annotated[
        list[str] | None,
        typer.Option(help="Explain the cosine to this text (repeatable).", show_default=False),
    ] = None,
    classifier: Annotated[
        str | None,
        typer.Option(
            help="Explain what this classifier says.",
            show_default=False,
            autocompletion=names_of("classifiers"),
        ),
    ] = None,
    prompt_set: Annotated[
        str | None,
        typer.Option(
            help="With --class: the mean of its prompts of it; with --prompt: its prompts alone.",
            autocompletion=names_of("prompt_sets"),
        ),
    ] = None,
    class_name: Annotated[
        str | None,
        typer.Option("--class", help="This class; without it, the prediction.", show_default=False),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(help="Minus this class, or this text.", show_default=False),
    ] = None,
    worst: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="So many errors, the most confident first, against the label.",
            show_default=False,
        ),
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(help="Only race=Black, say (repeatable: in all of them).", show_default=False),
    ] = None,
    dataset: options.DatasetOption = None,
    split: options.SplitOption = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="At most so many samples, whatever their labels."),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="relevancy, gradcam or lime; else the best that the model supports.",
            show_default=False,
        ),
    ] = None,
    lime_samples: Annotated[
        int, typer.Option(help="With lime: changed pictures to ask about, for each picture.")
    ] = 256,
    lime_segments: Annotated[int, typer.Option(help="With lime: superpixels.")] = 50,
    faithfulness: Annotated[
        bool,
        typer.Option(
            "--faithfulness",
            help="Measure the maps, too: deletion, insertion, random weights; slow.",
        ),
    ] = False,
    seed: Annotated[
        int, typer.Option(min=0, help="With lime or --faithfulness: what is drawn.")
    ] = 0,
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            help="Encoder, if there are several (repeatable, side by side).",
            show_default=False,
            autocompletion=names_of("encoders"),
        ),
    ] = None,
    device: options.DeviceOption = "auto",
    batch_size: Annotated[int, typer.Option(min=1, help="Images a pass.")] = 8,
    workers: options.WorkersOption = DEFAULT_WORKERS,
    images: Annotated[
        Path | None,
        typer.Option(help="Folder of the pictures; else the one that was ingested."),
    ] = None,
    heads: Annotated[
        Path | None, typer.Option(help="Folder of files of heads; else STORE/heads.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of overlays and page; else STORE/explanations.")
    ] = None,
) -> None:
    """Show which part of pictures a score comes from, and keep the maps as rows.

    For research on what a model looks at. A map shows where, not why, and proves nothing about a
    person. Run it again after an interruption: what is there is not made again.
    """
    from facestore.errors import PartlyDoneError
    from facestore.explaining.explainer import LimeOptions

    with open_store(store) as opened:
        opened.output(out, EXPLANATIONS_FOLDER)  # before a model is loaded
        summary = opened.explain(
            samples or [],
            prompts=prompt or [],
            classifier=classifier,
            prompt_set=prompt_set,
            class_name=class_name,
            against=against,
            worst=worst,
            dataset=dataset,
            split=split,
            groups=group or [],
            limit=limit,
            method=method,
            lime=LimeOptions(lime_samples, lime_segments, seed),
            faithfulness=faithfulness,
            seed=seed,
            models=model or [],
            device=device,
            batch_size=batch_size,
            workers=workers,
            images=images,
            heads=heads,
        )
        if summary.explanation_ids:
            title = " · ".join(prompt or [classifier or prompt_set or ""])
            page = opened.write_explanations(
                summary.explanation_ids, out, title=f"Where it looks: {title}", images=images
            )
            print_summary(summary)
            say(f"page: {page}")
    if summary.failures:
        tell(summary.failures)
        raise PartlyDoneError(len(summary.failures), summary.n_models)
