"""Commands that train: train probe, train heads, train age."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from facestore.cli import options
from facestore.cli import training_options as given
from facestore.cli.console import print_summary
from facestore.cli.data import open_store
from facestore.config import DEFAULT_WORKERS

if TYPE_CHECKING:
    from facestore.training.gradients.loop_options import LoopOptions

train = typer.Typer(no_args_is_help=True, help="Train heads on images that are in the store.")


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(train, name="train")


@train.command("probe")
def train_probe(
    attribute: given.Attributes,
    dataset: options.RequiredDataset,
    store: options.StoreOption = options.DEFAULT,
    model: options.ModelOption = None,
    split: given.FittedSplit = "train",
    val_split: given.ValSplit = None,
    val_fraction: given.ValFraction = 0.1,
    class_weight: Annotated[
        str | None, typer.Option(help="balanced: every class weighs the same.", show_default=False)
    ] = None,
    few_shot: Annotated[
        int | None, typer.Option(help="Fit so many images a class.", show_default=False)
    ] = None,
    seeds: Annotated[int, typer.Option(help="With --few-shot: so many choices of images.")] = 1,
    seed: given.Seed = 0,
    l2: Annotated[str, typer.Option(help="Penalty, 1 / C of scikit-learn; auto: chosen.")] = "auto",
    drop_leaks: given.DropLeaks = False,
    force: given.Force = False,
    name: given.Name = None,
    out: given.Out = None,
    data_licence: given.DataLicence = None,
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
            print_summary(summary)


@train.command("heads")
def train_heads(
    attribute: given.Attributes,
    dataset: options.RequiredDataset,
    store: options.StoreOption = options.DEFAULT,
    model: options.ModelOption = None,
    split: given.FittedSplit = "train",
    val_split: given.ValSplit = None,
    val_fraction: given.ValFraction = 0.1,
    blocks: given.Blocks = 3,
    epochs: given.Epochs = None,
    batch_size: given.BatchSize = None,
    lr: given.BlockRate = 1e-5,
    head_lr: given.HeadRate = None,
    weight_decay: given.WeightDecay = 0.01,
    patience: given.Patience = None,
    precision: given.TrainingPrecision = "fp32",
    checkpoint_every: given.CheckpointEvery = 200,
    augment: given.Augment = True,
    seed: given.Seed = 0,
    device: options.DeviceOption = "auto",
    workers: given.Workers = DEFAULT_WORKERS,
    drop_leaks: given.DropLeaks = False,
    force: given.Force = False,
    name: given.Name = None,
    out: given.Out = None,
    data_licence: given.DataLicence = None,
    tensorboard: given.TensorBoard = None,
) -> None:
    """Train heads and the last blocks of an encoder together on the images, save, and predict.

    Run it again after an interruption: it goes on from its last checkpoint.
    """
    loop = _loop(
        on_vectors=False,
        epochs=epochs,
        batch_size=batch_size,
        lr=lr,
        head_lr=head_lr,
        weight_decay=weight_decay,
        patience=patience,
        precision=precision,
        checkpoint_every=checkpoint_every,
        seed=seed,
    )
    with open_store(store) as opened:
        summary = opened.train_heads(
            attributes=attribute,
            dataset=dataset,
            split=split,
            model=model,
            val_split=val_split,
            val_fraction=val_fraction,
            blocks=blocks,
            loop=loop,
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
        print_summary(summary)


@train.command("age")
def train_age(
    dataset: options.RequiredDataset,
    store: options.StoreOption = options.DEFAULT,
    model: options.ModelOption = None,
    vectors: Annotated[
        bool, typer.Option("--vectors", help="Linear heads on stored vectors; no image is read.")
    ] = False,
    loss: Annotated[str, typer.Option(help="Of the years: mse or huber.")] = "mse",
    huber_delta: Annotated[
        float, typer.Option(help="Years from which huber grows as the error, not its square.")
    ] = 5.0,
    loss_weight: Annotated[
        float, typer.Option(min=0, max=1, help="Of the years; gender has the rest.")
    ] = 0.5,
    age_divisor: Annotated[float, typer.Option(help="The years' loss is divided by it.")] = 10,
    gender_divisor: Annotated[float, typer.Option(help="Gender's loss is divided by it.")] = 0.8,
    split: given.FittedSplit = "train",
    val_split: given.ValSplit = None,
    val_fraction: given.ValFraction = 0.1,
    blocks: given.Blocks = 3,
    epochs: given.Epochs = None,
    batch_size: given.BatchSize = None,
    lr: given.BlockRate = 1e-5,
    head_lr: given.HeadRate = None,
    weight_decay: given.WeightDecay = 0.01,
    patience: given.Patience = None,
    precision: given.TrainingPrecision = "fp32",
    checkpoint_every: given.CheckpointEvery = 200,
    augment: given.Augment = True,
    seed: given.Seed = 0,
    device: options.DeviceOption = "auto",
    workers: given.Workers = DEFAULT_WORKERS,
    drop_leaks: given.DropLeaks = False,
    force: given.Force = False,
    name: given.Name = None,
    out: given.Out = None,
    data_licence: given.DataLicence = None,
    tensorboard: given.TensorBoard = None,
) -> None:
    """Train one model of age in years and gender, on the images or on stored vectors; predict.

    The labels have to have ages in years, as UTKFace's names and numbers in a label table do.
    """
    from facestore.training.gradients.plan import AgeOptions

    loop = _loop(
        on_vectors=vectors,
        epochs=epochs,
        batch_size=batch_size,
        lr=lr,
        head_lr=head_lr,
        weight_decay=weight_decay,
        patience=patience,
        precision=precision,
        checkpoint_every=checkpoint_every,
        seed=seed,
    )
    with open_store(store) as opened:
        summary = opened.train_age(
            dataset=dataset,
            split=split,
            model=model,
            on_vectors=vectors,
            age=AgeOptions(loss_weight, loss, huber_delta, age_divisor, gender_divisor),
            val_split=val_split,
            val_fraction=val_fraction,
            blocks=blocks,
            loop=loop,
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
        print_summary(summary)


def _loop(*, on_vectors: bool, **values: Any) -> LoopOptions:
    """Return the options of the loop; those that were not given have the defaults of their kind."""
    from facestore.training.gradients.loop_options import VECTOR_LOOP, LoopOptions

    known = {name: value for name, value in values.items() if value is not None}
    return replace(VECTOR_LOOP if on_vectors else LoopOptions(), **known)


def _penalty(text: str) -> float | None:
    if text == "auto":
        return None
    try:
        return float(text)
    except ValueError as error:
        message = f"{text!r} is neither a number nor auto"
        raise typer.BadParameter(message, param_hint="--l2") from error
