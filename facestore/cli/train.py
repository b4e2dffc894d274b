"""Commands that train: train probe, train heads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from facestore.cli import options
from facestore.cli.console import print_lines
from facestore.cli.data import open_store
from facestore.config import DEFAULT_WORKERS

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


@train.command("heads")
def train_heads(
    attribute: Annotated[
        list[str], typer.Option("--attribute", help="gender, race, age ... (repeatable).")
    ],
    dataset: options.RequiredDataset,
    store: options.StoreOption = options.DEFAULT,
    model: options.ModelOption = None,
    split: Annotated[str, typer.Option(help="The split that is fitted.")] = "train",
    val_split: Annotated[
        str | None,
        typer.Option(help="Choose the epoch on this split; it is not fitted.", show_default=False),
    ] = None,
    val_fraction: Annotated[
        float,
        typer.Option(help="Without --val-split: share of the images to choose the epoch on."),
    ] = 0.1,
    blocks: Annotated[int, typer.Option(min=0, help="Train so many blocks, from the last.")] = 3,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the images, at most.")] = 5,
    batch_size: Annotated[int, typer.Option(min=1, help="Images a step.")] = 64,
    lr: Annotated[float, typer.Option(help="Highest learning rate of the blocks.")] = 1e-5,
    head_lr: Annotated[float, typer.Option(help="Highest learning rate of the heads.")] = 1e-3,
    weight_decay: Annotated[float, typer.Option(min=0, help="Of weight matrices.")] = 0.01,
    patience: Annotated[
        int, typer.Option(min=1, help="Stop after so many epochs without a better one.")
    ] = 2,
    precision: Annotated[str, typer.Option(help="fp32, or amp_bf16 on CUDA.")] = "fp32",
    checkpoint_every: Annotated[int, typer.Option(min=1, help="Steps between checkpoints.")] = 200,
    augment: Annotated[
        bool, typer.Option(help="Mirror, crop and colour images a little in training.")
    ] = True,
    seed: Annotated[int, typer.Option(min=0, help="Of the order and of all that is drawn.")] = 0,
    device: options.DeviceOption = "auto",
    workers: Annotated[
        int, typer.Option(min=0, help="Threads that read and decode; 0: none.")
    ] = DEFAULT_WORKERS,
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
        str | None, typer.Option(help="Licence of the training data, kept in the file.")
    ] = None,
    tensorboard: Annotated[
        Path | None, typer.Option(help="Write TensorBoard event files to this folder.")
    ] = None,
) -> None:
    """Train heads and the last blocks of an encoder together on the images, save, and predict.

    Run it again after an interruption: it goes on from its last checkpoint.
    """
    from facestore.training.loop import LoopOptions

    with open_store(store) as opened:
        summary = opened.train_heads(
            attributes=attribute,
            dataset=dataset,
            split=split,
            model=model,
            val_split=val_split,
            val_fraction=val_fraction,
            blocks=blocks,
            loop=LoopOptions(
                epochs=epochs,
                batch_size=batch_size,
                lr=lr,
                head_lr=head_lr,
                weight_decay=weight_decay,
                patience=patience,
                precision=precision,
                checkpoint_every=checkpoint_every,
                seed=seed,
            ),
            augment=augment,
            device=device,
            workers=workers,
            force=force,
            drop_leaks=drop_leaks,
            name=name,
            out=out,
            data_licence=data_licence,
            tensorboard=tensorboard,
        )
        print_lines(summary.lines())


def _penalty(text: str) -> float | None:
    if text == "auto":
        return None
    try:
        return float(text)
    except ValueError as error:
        message = f"{text!r} is neither a number nor auto"
        raise typer.BadParameter(message, param_hint="--l2") from error
