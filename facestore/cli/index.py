"""Commands on the index over an encoder's image vectors: build, certify, drop."""

from pathlib import Path
from typing import Annotated

import typer

from facestore.cli import options
from facestore.cli.console import print_lines, print_summary
from facestore.cli.data import open_store

index = typer.Typer(
    no_args_is_help=True,
    help="Build, certify and drop an index over the image vectors of an encoder.",
)


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(index, name="index")


@index.command("build")
def build(
    store: options.StoreOption = options.DEFAULT,
    model: options.ModelOption = None,
    kind: Annotated[
        str, typer.Option(help="ivf_rq, or ivf_pq, which takes vectors of any width.")
    ] = "ivf_rq",
    partitions: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Parts that vectors are divided into; else one for 4,096 of them, 16 or more.",
            show_default=False,
        ),
    ] = None,
    bits: Annotated[
        int | None,
        typer.Option(
            min=1, max=8, help="ivf_rq: bits kept of each value; else 1.", show_default=False
        ),
    ] = None,
    sub_vectors: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="ivf_pq: bytes kept of each vector; else one for 8 values.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Build an index; nothing uses it before it is certified.

    Without one, near, search and dedup --cosine compare with every vector: exact, and quick up to
    some 100,000 images.
    """
    with open_store(store) as opened:
        summary = opened.build_index(
            model=model, kind=kind, partitions=partitions, bits=bits, sub_vectors=sub_vectors
        )
        print_summary(summary)


@index.command("certify")
def certify(
    store: options.StoreOption = options.DEFAULT,
    model: options.ModelOption = None,
    k: Annotated[int, typer.Option("-k", "--k", min=1, help="How many nearest are compared.")] = 10,
    n_queries: Annotated[
        int, typer.Option(min=1, help="Images that are asked, drawn from each data set.")
    ] = 765,
    queries: Annotated[
        Path | None,
        typer.Option(
            help="More queries: vectors (.npy), or texts, one a line.", show_default=False
        ),
    ] = None,
    probes: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Partitions that are looked through; else as few as find enough.",
            show_default=False,
        ),
    ] = None,
    refine: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="How many times k vectors are compared exactly; else as few as find enough.",
            show_default=False,
        ),
    ] = None,
    min_recall: Annotated[
        float, typer.Option(help="Lower bound that has to be reached for images.")
    ] = 0.99,
    max_growth: Annotated[
        float,
        typer.Option(help="Share by which the vectors may become more before it is void."),
    ] = 0.1,
    seed: Annotated[int, typer.Option(help="Of the draw of the queries.")] = 0,
    device: options.DeviceOption = "auto",
) -> None:
    """Compare answers of the index with exact ones, and keep how much it surely finds.

    Only with such a certificate do near, search and dedup --cosine take --index. It is void when
    the table has grown by more than --max-growth, or has vectors of a data set that was not asked.
    """
    with open_store(store) as opened:
        summary = opened.certify_index(
            model=model,
            k=k,
            n_queries=n_queries,
            queries=queries,
            probes=probes,
            refine=refine,
            min_recall=min_recall,
            max_growth=max_growth,
            seed=seed,
            device=device,
        )
        print_summary(summary)


@index.command("drop")
def drop(store: options.StoreOption = options.DEFAULT, model: options.ModelOption = None) -> None:
    """Drop the index of an encoder, with its certificate."""
    with open_store(store) as opened:
        was_there = opened.drop_index(model=model)
    print_lines(["the index is dropped" if was_there else "there was no index"])
