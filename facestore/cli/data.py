"""The command that brings pictures in: ingest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from facestore.cli import options
from facestore.cli.console import (
    pass_on,
    print_lines,
    print_summary,
)
from facestore.cli.mapping import mapping_of
from facestore.cli.progress_bar import terminal_progress
from facestore.config import DEFAULT_BATCH_SIZE, DEFAULT_PRECISION, DEFAULT_WORKERS

if TYPE_CHECKING:
    from facestore.store import Store
    from facestore.stores import Stores


def add_commands(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(ingest)


def open_store(path: Path, notify: Callable[[object], None] = pass_on) -> Store:
    """Open a store that talks to the terminal."""
    from facestore.store import Store

    return Store(path, progress=terminal_progress(), notify=notify)


def open_room(path: Path) -> Stores:
    """Open a store for the verbs of one room: the facade imports all rooms, which takes long."""
    from facestore.stores import Stores

    return Stores(path, progress=terminal_progress(), notify=pass_on)


def ingest(
    source: Annotated[
        Path,
        typer.Argument(
            help="Folder of images; .tar or .parquet with images, or a folder or pattern of such "
            "('shard-{0000..0003}.tar'); a .csv, .jsonl or .parquet that lists paths or URIs.",
            show_default=False,
        ),
    ],
    store: options.StoreOption = options.DEFAULT,
    dataset: options.DatasetOption = None,
    split: options.SplitOption = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Table with columns file,age,gender,race[,service_test]: CSV, text, JSON or "
            "Parquet. A file in it meets an image by the longest common tail of their paths.",
            show_default=False,
        ),
    ] = None,
    layout: Annotated[
        str,
        typer.Option(
            help="auto, folder, csv (with --labels), utkface or names (names of files say labels), "
            "imagefolder (metadata.csv, .jsonl, or a folder a class), sidecars (a .json for each "
            "picture), parquet, webdataset or list."
        ),
    ] = "auto",
    follow_links: Annotated[
        bool, typer.Option("--follow-links", help="Follow links that lead out of the folder.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Take in again what `facestore forget` took out.")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Take out samples whose file is gone.")
    ] = False,
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            help="Encoder, repeatable: tiny, ViT-L-14,openai, open_clip:ViT-L-14/openai, "
            "hf-hub:org/name, timm:resnet18,a1_in1k, transformers:FOLDER. None: only the "
            "catalogue.",
            show_default=False,
        ),
    ] = None,
    pretrained: Annotated[
        str | None,
        typer.Option(help="Weights of a --model without any: a tag or a checkpoint file."),
    ] = None,
    precision: Annotated[
        str,
        typer.Option(
            help="fp32, fp16, bf16, pure_fp16, pure_bf16, amp or amp_bf16; with /float16 behind it "
            "(fp32/float16) image vectors take half the room."
        ),
    ] = DEFAULT_PRECISION,
    device: options.DeviceOption = "auto",
    batch_size: Annotated[int, typer.Option(min=1, help="Images a forward pass.")] = (
        DEFAULT_BATCH_SIZE
    ),
    workers: options.WorkersOption = DEFAULT_WORKERS,
    force_quick_gelu: Annotated[
        bool, typer.Option("--force-quick-gelu", help="For a checkpoint trained with QuickGELU.")
    ] = False,
    fast_resize: Annotated[
        bool,
        typer.Option(
            "--fast-resize",
            help="Resize by torchvision, faster than by Pillow as open_clip does; values differ "
            "by a grey level here and there, so it is an encoder of its own.",
        ),
    ] = False,
    attribute: options.AttributeColumns = None,
    new_classes: options.NewClasses = False,
    file_column: options.FileColumn = None,
    column: options.LabelColumns = None,
    map: options.ValueMaps = None,
    mapping: options.MappingFile = None,
    null: options.NullTexts = None,
    encoding: options.EncodingOption = None,
    dry_run: options.DryRun = False,
    profile: Annotated[
        bool, typer.Option("--profile", help="Show where the time went, and the bottleneck.")
    ] = False,
) -> None:
    """Bring images into the store and encode what is not encoded yet.

    Run it again at any time: only new and changed files cost anything.
    """
    said: dict[str, Any] = {
        "dataset": dataset,
        "split": split,
        "labels": labels,
        "layout": layout,
        "attributes": attribute or (),
        "new_classes": new_classes,
        "mapping": mapping_of(file_column, column, map, mapping, null, encoding),
        "follow_links": follow_links,
    }
    with open_store(store) as opened:
        if dry_run:
            print_summary(opened.preview_ingest(source, **said))
            return
        summary = opened.ingest(
            source,
            models=model or (),
            pretrained=pretrained,
            precision=precision,
            device=device,
            batch_size=batch_size,
            workers=workers,
            force_quick_gelu=force_quick_gelu,
            fast_resize=fast_resize,
            again=again,
            prune=prune,
            **said,
        )
        print_summary(summary)
        if profile:
            from facestore.cli.ingested import profile_of

            print_lines(profile_of(summary))
