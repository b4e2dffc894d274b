"""Commands that look after the data: dedup, split."""

from dataclasses import astuple, fields
from pathlib import Path
from typing import Annotated

import typer

from facestore.cli import options
from facestore.cli.console import Format, print_lines, print_rows, print_summary, say
from facestore.cli.data import open_store
from facestore.errors import counted


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (dedup, split):
        app.command()(command)


def dedup(
    store: options.StoreOption = options.DEFAULT,
    policy: Annotated[
        str | None,
        typer.Option(
            help="Leave out by keep-one, drop-conflicting or drop-all; without it only report.",
            show_default=False,
        ),
    ] = None,
    dataset: options.DatasetOption = None,
    max_distance: Annotated[
        int | None,
        typer.Option(
            help="Bits of the perceptual hash, 0 to 12; else the setting duplicate_distance.",
            show_default=False,
        ),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(help="Write the samples that are left out as CSV.", show_default=False),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --policy: change nothing in the store.")
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Leave nothing out any more.")] = False,
    cosine: Annotated[
        float | None,
        typer.Option(
            help="Instead find all pairs of images whose vectors have at least this cosine.",
            show_default=False,
        ),
    ] = None,
    model: options.ModelOption = None,
    max_pairs: Annotated[
        int | None,
        typer.Option(
            min=1, help="With --cosine: give up above; else 5 million.", show_default=False
        ),
    ] = None,
    index: Annotated[
        bool,
        typer.Option(
            "--index",
            help="With --cosine: look only among the nearest that the encoder's index finds.",
        ),
    ] = False,
    raw: options.RawOption = False,
    format: options.FormatOption = Format.table,
) -> None:
    """Report duplicates, and leave them out of figures without duplicates. No file is deleted.

    With --cosine: fill the table `neighbours` with pairs that an encoder finds close; they replace
    those of an earlier search.
    """
    if cosine is not None:
        _find_neighbours(store, cosine, model, max_pairs, index=index)
        return
    with open_store(store) as opened:
        if export is not None:
            opened.output(export)  # before samples are left out
        if undo:
            n_back = opened.undo_dedup(dataset=dataset)
            print_lines([f"{counted(n_back, 'sample is', 'samples are')} no longer left out"])
            return
        if policy is None or dry_run:
            effects = opened.duplicates(dataset=dataset, max_distance=max_distance)
            shown = [each for each in effects if policy in (None, each.policy)]
            columns = [field.name for field in fields(effects[0])] if effects else ["dataset"]
            print_rows(columns, [astuple(each) for each in shown], format)
        else:
            summary = opened.dedup(policy, dataset=dataset, max_distance=max_distance)
            print_summary(summary)
        if export is not None:
            n_rows = opened.export_excluded(
                export, policy=policy, dataset=dataset, max_distance=max_distance, raw=raw
            )
            say(f"{counted(n_rows, 'sample')} in {export}")


def _find_neighbours(
    store: Path, cosine: float, model: str | None, max_pairs: int | None, *, index: bool
) -> None:
    from facestore.neighbours.neighbours import MAX_PAIRS

    with open_store(store) as opened:
        summary = opened.find_neighbours(
            cosine, model=model, max_pairs=max_pairs or MAX_PAIRS, index=index
        )
        print_summary(summary)


def split(
    dataset: options.RequiredDataset,
    store: options.StoreOption = options.DEFAULT,
    fractions: Annotated[
        str, typer.Option(help="Such as 0.8,0.2 (train, test) or fit=0.7,judge=0.3.")
    ] = "0.8,0.1,0.1",
    seed: Annotated[int, typer.Option(help="The same seed gives the same split.")] = 0,
    stratify: Annotated[
        list[str] | None,
        typer.Option(help="Attribute whose labels all splits get alike (repeatable)."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over splits there are.")] = False,
) -> None:
    """Split a data set into train, val and test; duplicates are never apart."""
    with open_store(store) as opened:
        summary = opened.split(dataset, fractions, seed=seed, stratify=stratify or (), force=force)
        print_summary(summary)
