"""Options that the commands which train share, each named once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Attributes = Annotated[
    list[str], typer.Option("--attribute", help="gender, race, age ... (repeatable).")
]
FittedSplit = Annotated[str, typer.Option("--split", help="The split that is fitted.")]
ValSplit = Annotated[
    str | None,
    typer.Option("--val-split", help="Choose on this split; it is not fitted.", show_default=False),
]
ValFraction = Annotated[
    float,
    typer.Option("--val-fraction", help="Without --val-split: share of the images to choose on."),
]
DropLeaks = Annotated[
    bool,
    typer.Option("--drop-leaks", help="Leave out images that other splits have, or nearly so."),
]
Force = Annotated[bool, typer.Option("--force", help="Train on images that other splits have.")]
Name = Annotated[
    str | None,
    typer.Option("--name", help="Name of the heads; made up if left out.", show_default=False),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="Folder to write to; else STORE/heads.", show_default=False),
]
DataLicence = Annotated[
    str | None,
    typer.Option(
        "--data-licence",
        help="Licence of the training data, for the model card.",
        show_default=False,
    ),
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Of the order and of all that is drawn.")]
Blocks = Annotated[
    int, typer.Option("--blocks", min=0, help="Train so many blocks, from the last.")
]
Epochs = Annotated[
    int | None,
    typer.Option(
        "--epochs",
        min=1,
        help="Passes over the images, at most; default 5, on vectors 60.",
        show_default=False,
    ),
]
BatchSize = Annotated[
    int | None,
    typer.Option(
        "--batch-size", min=1, help="Images a step; default 64, on vectors 256.", show_default=False
    ),
]
BlockRate = Annotated[float, typer.Option("--lr", help="Highest learning rate of the blocks.")]
HeadRate = Annotated[
    float | None,
    typer.Option(
        "--head-lr",
        help="Highest learning rate of the heads; default 0.001, on vectors 0.01.",
        show_default=False,
    ),
]
WeightDecay = Annotated[float, typer.Option("--weight-decay", min=0, help="Of weight matrices.")]
Patience = Annotated[
    int | None,
    typer.Option(
        "--patience",
        min=1,
        help="Stop after so many epochs without a better one; default 2, on vectors 8.",
        show_default=False,
    ),
]
TrainingPrecision = Annotated[str, typer.Option("--precision", help="fp32, or amp_bf16 on CUDA.")]
CheckpointEvery = Annotated[
    int, typer.Option("--checkpoint-every", min=1, help="Steps between checkpoints.")
]
Augment = Annotated[
    bool,
    typer.Option(
        "--augment/--no-augment", help="Mirror, crop and colour images a little in training."
    ),
]
Workers = Annotated[
    int, typer.Option("--workers", min=0, help="Threads that read and decode; 0: none.")
]
TensorBoard = Annotated[
    Path | None,
    typer.Option(
        "--tensorboard",
        help="Write TensorBoard event files to this folder.",
        show_default=False,
    ),
]
