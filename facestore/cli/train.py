"""Commands that train: train probe, train heads, train age."""

from typing import Annotated

import typer

from facestore.cli import options
from facestore.cli import training_options as given
from facestore.cli.console import print_summary
from facestore.cli.data import open_store
from facestore.cli.groups import with_groups

train = typer.Typer(no_args_is_help=True, help="Train heads on images that are in the store.")


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(train, name="train")


@train.command("probe")
@with_groups
def train_probe(
    *,
    attribute: given.Attributes,
    samples: given.Samples,
    store: options.StoreOption = options.DEFAULT,
    class_weight: Annotated[
        str | None, typer.Option(help="balanced: every class weighs the same.", show_default=False)
    ] = None,
    few_shot: Annotated[
        int | None, typer.Option(help="Fit so many images a class.", show_default=False)
    ] = None,
    seeds: Annotated[int, typer.Option(help="With --few-shot: so many choices of images.")] = 1,
    seed: given.Seed = 0,
    l2: Annotated[str, typer.Option(help="Penalty, 1 / C of scikit-learn; auto: chosen.")] = "auto",
    outcome: given.Outcome,
) -> None:
    """Fit linear heads on the vectors in the store, save them, predict, and write a model card."""
    with open_store(store) as opened:
        summaries = opened.train_probe(
            attributes=attribute,
            class_weight=class_weight,
            few_shot=few_shot,
            seeds=seeds,
            seed=seed,
            l2=_penalty(l2),
            **vars(samples),
            **vars(outcome),
        )
        for summary in summaries:
            print_summary(summary)


@train.command("heads")
@with_groups
def train_heads(
    *,
    attribute: given.Attributes,
    samples: given.Samples,
    store: options.StoreOption = options.DEFAULT,
    loop: given.Loop,
    images: given.Images,
    outcome: given.Outcome,
) -> None:
    """Train heads and the last blocks of an encoder together on the images, save, and predict.

    Run it again after an interruption: it goes on from its last checkpoint.
    """
    with open_store(store) as opened:
        summary = opened.train_heads(
            attributes=attribute,
            loop=loop.options(on_vectors=False),
            **vars(samples),
            **vars(images),
            **vars(outcome),
        )
        print_summary(summary)


@train.command("age")
@with_groups
def train_age(
    *,
    samples: given.Samples,
    store: options.StoreOption = options.DEFAULT,
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
    loop: given.Loop,
    images: given.Images,
    outcome: given.Outcome,
) -> None:
    """Train one model of age in years and gender, on the images or on stored vectors; predict.

    The labels have to have ages in years, as UTKFace's names and numbers in a label table do.
    """
    from facestore.training.heads import AgeOptions

    with open_store(store) as opened:
        summary = opened.train_age(
            on_vectors=vectors,
            age=AgeOptions(loss_weight, loss, huber_delta, age_divisor, gender_divisor),
            loop=loop.options(on_vectors=vectors),
            **vars(samples),
            **vars(images),
            **vars(outcome),
        )
        print_summary(summary)


def _penalty(text: str) -> float | None:
    if text == "auto":
        return None
    try:
        return float(text)
    except ValueError as error:
        message = f"{text!r} is neither a number nor auto"
        raise typer.BadParameter(message, param_hint="--l2") from error
