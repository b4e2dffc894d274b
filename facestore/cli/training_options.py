"""Options that the commands which train share, each written once."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from facestore.cli import options
from facestore.config import DEFAULT_WORKERS

if TYPE_CHECKING:
    from facestore.training.gradients.loop_options import LoopOptions

Attributes = Annotated[
    list[str], typer.Option("--attribute", help="gender, race, age ... (repeatable).")
]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="Folder to write to; else STORE/heads.", show_default=False),
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Of the order and of all that is drawn.")]


@dataclass(frozen=True, kw_only=True)
class Samples:
    """Which samples are trained on, and with which encoder."""

    dataset: options.RequiredDataset
    model: options.ModelOption = None
    split: Annotated[str, typer.Option(help="The split that is fitted.")] = "train"
    val_split: Annotated[
        str | None,
        typer.Option(help="Choose on this split; it is not fitted.", show_default=False),
    ] = None
    val_fraction: Annotated[
        float, typer.Option(help="Without --val-split: share of the images to choose on.")
    ] = 0.1


@dataclass(frozen=True, kw_only=True)
class Loop:
    """How heads are trained by gradients; what is None has the default of its kind."""

    epochs: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Passes over the images, at most; default 5, on vectors 60.",
            show_default=False,
        ),
    ] = None
    batch_size: Annotated[
        int | None,
        typer.Option(min=1, help="Images a step; default 64, on vectors 256.", show_default=False),
    ] = None
    lr: Annotated[float, typer.Option(help="Highest learning rate of the blocks.")] = 1e-5
    head_lr: Annotated[
        float | None,
        typer.Option(
            help="Highest learning rate of the heads; default 0.001, on vectors 0.01.",
            show_default=False,
        ),
    ] = None
    weight_decay: Annotated[float, typer.Option(min=0, help="Of weight matrices.")] = 0.01
    patience: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Stop after so many epochs without a better one; default 2, on vectors 8.",
            show_default=False,
        ),
    ] = None
    precision: Annotated[str, typer.Option(help="fp32, or amp_bf16 on CUDA.")] = "fp32"
    checkpoint_every: Annotated[int, typer.Option(min=1, help="Steps between checkpoints.")] = 200
    seed: Seed = 0

    def options(self, *, on_vectors: bool) -> LoopOptions:
        """Return the options of the loop."""
        from facestore.training.gradients.loop_options import VECTOR_LOOP, LoopOptions

        given = {each.name: getattr(self, each.name) for each in fields(self)}
        known = {name: value for name, value in given.items() if value is not None}
        return replace(VECTOR_LOOP if on_vectors else LoopOptions(), **known)


@dataclass(frozen=True, kw_only=True)
class Images:
    """How an encoder is trained on images."""

    blocks: Annotated[int, typer.Option(min=0, help="Train so many blocks, from the last.")] = 3
    augment: Annotated[
        bool,
        typer.Option(
            "--augment/--no-augment", help="Mirror, crop and colour images a little in training."
        ),
    ] = True
    device: options.DeviceOption = "auto"
    workers: Annotated[int, typer.Option(min=0, help="Threads that read and decode; 0: none.")] = (
        DEFAULT_WORKERS
    )
    tensorboard: Annotated[
        Path | None,
        typer.Option(help="Write TensorBoard event files to this folder.", show_default=False),
    ] = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What to do about leaks, and where the heads go."""

    drop_leaks: Annotated[
        bool,
        typer.Option("--drop-leaks", help="Leave out images that other splits have, or nearly so."),
    ] = False
    force: Annotated[
        bool, typer.Option("--force", help="Train on images that other splits have.")
    ] = False
    name: Annotated[
        str | None,
        typer.Option(help="Name of the heads; made up if left out.", show_default=False),
    ] = None
    out: Out = None
    data_licence: Annotated[
        str | None,
        typer.Option(help="Licence of the training data, for the model card.", show_default=False),
    ] = None
