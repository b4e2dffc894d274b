"""Commands that compare vectors: near, search."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from facestore.cli import options
from facestore.cli.console import Format, print_rows, say
from facestore.cli.data import open_store

if TYPE_CHECKING:
    from facestore.catalog.lookup import Hit
    from facestore.store import Store

_COLUMNS = ("rank", "cosine", "dataset", "path", "split", "labels")

_HowMany = Annotated[int, typer.Option("-k", "--k", min=1, help="How many images.")]
_HtmlOption = Annotated[
    Path | None,
    typer.Option("--html", help="Also write a page with thumbnails.", show_default=False),
]
_ImagesOption = Annotated[
    Path | None,
    typer.Option(
        "--images",
        help="For --html: folder of the pictures; else the one that was ingested.",
        show_default=False,
    ),
]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (near, search):
        app.command()(command)


def near(
    image: Annotated[
        str,
        typer.Argument(
            help="A file, DATASET/PATH, a sample_id, or an image_id or its first digits.",
            show_default=False,
        ),
    ],
    store: options.StoreOption = options.DEFAULT,
    k: _HowMany = 10,
    model: options.ModelOption = None,
    dataset: options.DatasetOption = None,
    device: options.DeviceOption = "auto",
    index: options.IndexOption = False,
    format: options.FormatOption = Format.table,
    html: _HtmlOption = None,
    images: _ImagesOption = None,
) -> None:
    """Show the images that an encoder finds nearest to one, with their labels.

    For research on data and bias: duplicates, wrong labels. Never for finding or tracking people.
    """
    with open_store(store) as opened:
        _check(opened, html)
        hits = opened.near(image, k=k, model=model, dataset=dataset, device=device, index=index)
        _show(opened, f"Near to {image}", hits, format, html, images)


def search(
    text: Annotated[
        str, typer.Argument(help="A whole sentence, such as 'a photo of a smiling woman'.")
    ],
    store: options.StoreOption = options.DEFAULT,
    k: _HowMany = 10,
    model: options.ModelOption = None,
    dataset: options.DatasetOption = None,
    device: options.DeviceOption = "auto",
    index: options.IndexOption = False,
    format: options.FormatOption = Format.table,
    html: _HtmlOption = None,
    images: _ImagesOption = None,
) -> None:
    """Show the images that an encoder finds nearest to a text, with their labels.

    For research on what a model takes a text to mean. Never for finding or tracking people.
    """
    with open_store(store) as opened:
        _check(opened, html)
        hits = opened.search(text, k=k, model=model, dataset=dataset, device=device, index=index)
        _show(opened, f"Near to “{text}”", hits, format, html, images)


def _check(store: Store, html: Path | None) -> None:
    """Refuse a page that cannot be, before a model is loaded."""
    if html is not None:
        store.output(html)


def _show(
    store: Store,
    question: str,
    hits: list[Hit],
    style: Format,
    html: Path | None,
    images: Path | None,
) -> None:
    # The page first: one that cannot be written is said before the rows.
    if html is not None:
        say(f"page: {store.write_gallery(html, question, hits, images=images)}")
    rows = [(h.rank, h.cosine, h.dataset, h.path, h.split, _labels(h, style)) for h in hits]
    print_rows(_COLUMNS, rows, style)


def _labels(hit: Hit, style: Format) -> Any:
    if style is Format.json:
        return hit.labels
    return ", ".join(f"{attribute}: {label}" for attribute, label in hit.labels.items())
