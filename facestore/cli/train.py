"""Commands that train: train probe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from facestore.cli import options
from facestore.cli.console import print_lines
from facestore.cli.data import open_store

train = typer.Typer(no_args_is_help=True, help="Train heads on images that are in the store.")


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(train, name="train")


@train.command("probe")
def train_probe(
    attribute: Annotated[
        list[str], typer.Option("--attribute", help="gender, race, age ... (repeatable).")
    ],
    dataset: options.RequiredDataset,
    store: options.StoreOption = options.DEFAULT,
    model: options.ModelOption = None,
    split: Annotated[str, typer.Option(help="The split that is fitted.")] = "train",
    val_split: Annotated[
        str | None,
        typer.Option(
            help="Choose the penalty on this split; it is not fitted.", show_default=False
        ),
    ] = None,
    val_fraction: Annotated[
        float,
        typer.Option(help="Without --val-split: share of the images to choose the penalty on."),
    ] = 0.1,
    class_weight: Annotated[
        str | None, typer.Option(help="balanced: every class weighs the same.", show_default=False)
    ] = None,
    few_shot: Annotated[
        int | None, typer.Option(help="Fit so many images a class.", show_default=False)
    ] = None,
    seeds: Annotated[int, typer.Option(help="With --few-shot: so many choices of images.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="The first seed.")] = 0,
    l2: Annotated[str, typer.Option(help="Penalty, 1 / C of scikit-learn; auto: chosen.")] = "auto",
    drop_leaks: Annotated[
        bool,
        typer.Option("--drop-leaks", help="Leave out images that other splits have, or nearly so."),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Train on images that other splits have.")
    ] = False,
    name: Annotated[
        str | None, typer.Option(help="Name of the heads; made up if left out.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write to; else STORE/heads.")] = None,
    data_licence: Annotated[
        str | None, typer.Option(help="Licence of the training data, for the model card.")
    ] = None,
) -> None:
    """Fit linear heads on the vectors in the store, save them, predict, and write a model card."""
    with open_store(store) as opened:
        summaries = opened.train_probe(
            attributes=attribute,
            dataset=dataset,
            split=split,
            model=model,
            val_split=val_split,
            val_fraction=val_fraction,
            class_weight=class_weight,
            few_shot=few_shot,
            seeds=seeds,
            seed=seed,
            l2=_penalty(l2),
            force=force,
            drop_leaks=drop_leaks,
            name=name,
            out=out,
            data_licence=data_licence,
        )
        for summary in summaries:
            print_lines(summary.lines())


def _penalty(text: str) -> float | None:
    if text == "auto":
        return None
    try:
        return float(text)
    except ValueError as error:
        message = f"{text!r} is neither a number nor auto"
        raise typer.BadParameter(message, param_hint="--l2") from error
