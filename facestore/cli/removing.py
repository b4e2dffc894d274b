"""Commands that take out what is in a store: forget, remove, rename, merge."""

from pathlib import Path
from typing import Annotated, Any

import typer

from facestore.cli import options
from facestore.cli.completion import names_of
from facestore.cli.console import print_summary
from facestore.cli.data import open_store

remove = typer.Typer(
    no_args_is_help=True, help="Remove what is in a store, with what is its alone, and free space."
)
rename = typer.Typer(no_args_is_help=True, help="Rename: whatever refers to the name follows it.")
merge = typer.Typer(no_args_is_help=True, help="Bring two data sets together.")

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
WithClassifiers = Annotated[
    bool, typer.Option("--with-classifiers", help="And the classifiers that rely on it.")
]
NewName = Annotated[str, typer.Argument(help="What it is to be called.")]


def _argument(kind: str, what: str) -> Any:
    return typer.Argument(help=f"Name of the {what}.", autocompletion=names_of(kind))


DatasetName = Annotated[str, _argument("datasets", "data set")]
ClassifierName = Annotated[str, _argument("classifiers", "classifier")]
EncoderName = Annotated[str, _argument("encoders", "encoder")]
PromptSetName = Annotated[str, _argument("prompt_sets", "prompt set")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(forget)
    app.add_typer(remove, name="remove")
    app.add_typer(rename, name="rename")
    app.add_typer(merge, name="merge")


def forget(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Paths of samples, DATASET/PATH, SHA-256 of files, or files (all samples with "
            "that content). None: only end what a killed command began.",
            show_default=False,
        ),
    ] = None,
    store: options.StoreOption = options.DEFAULT,
    file: Annotated[
        Path | None, typer.Option(help="A list of names, one a line.", show_default=False)
    ] = None,
    dataset: options.DatasetOption = None,
    dry_run: DryRun = False,
) -> None:
    """Take samples out so that nothing of them is left in the store, not even in free pages.

    Labels, scores, predictions, maps, vectors and pages go; pictures outside the store stay where
    they are, and are not taken in again. The same command ends what a killed one began.
    """
    with open_store(store) as opened:
        print_summary(opened.forget(names or (), file=file, dataset=dataset, dry_run=dry_run))


@remove.command("dataset")
def remove_dataset(
    name: DatasetName, store: options.StoreOption = options.DEFAULT, dry_run: DryRun = False
) -> None:
    """Remove a data set: its samples with all that is known of them, and vectors of no other."""
    with open_store(store) as opened:
        print_summary(opened.remove_dataset(name, dry_run=dry_run))


@remove.command("classifier")
def remove_classifier(
    name: ClassifierName, store: options.StoreOption = options.DEFAULT, dry_run: DryRun = False
) -> None:
    """Remove a classifier: predictions, maps, curves, and its file where no other one has it."""
    with open_store(store) as opened:
        print_summary(opened.remove_classifier(name, dry_run=dry_run))


@remove.command("encoder")
def remove_encoder(
    name: EncoderName,
    store: options.StoreOption = options.DEFAULT,
    with_classifiers: WithClassifiers = False,
    dry_run: DryRun = False,
) -> None:
    """Remove an encoder: its vectors, and the similarities that were measured with them."""
    with open_store(store) as opened:
        print_summary(
            opened.remove_encoder(name, with_classifiers=with_classifiers, dry_run=dry_run)
        )


@remove.command("prompt-set")
def remove_prompt_set(
    name: PromptSetName,
    store: options.StoreOption = options.DEFAULT,
    with_classifiers: WithClassifiers = False,
    dry_run: DryRun = False,
) -> None:
    """Remove a prompt set, and the similarities to prompts that no other set has."""
    with open_store(store) as opened:
        print_summary(
            opened.remove_prompt_set(name, with_classifiers=with_classifiers, dry_run=dry_run)
        )


@rename.command("dataset")
def rename_dataset(
    name: DatasetName, new_name: NewName, store: options.StoreOption = options.DEFAULT
) -> None:
    """Give a data set another name."""
    with open_store(store) as opened:
        print_summary(opened.rename_dataset(name, new_name))


@rename.command("classifier")
def rename_classifier(
    name: ClassifierName, new_name: NewName, store: options.StoreOption = options.DEFAULT
) -> None:
    """Give a classifier another name; a file of heads keeps the name that is written in it."""
    with open_store(store) as opened:
        print_summary(opened.rename_classifier(name, new_name))


@rename.command("encoder")
def rename_encoder(
    name: EncoderName,
    new_name: Annotated[str, typer.Argument(help="ARCHITECTURE,PRETRAINED of the model.")],
    store: options.StoreOption = options.DEFAULT,
) -> None:
    """Say of an imported encoder which model it is; those loaded here keep their name."""
    with open_store(store) as opened:
        print_summary(opened.rename_encoder(name, new_name))


@rename.command("prompt-set")
def rename_prompt_set(
    name: PromptSetName, new_name: NewName, store: options.StoreOption = options.DEFAULT
) -> None:
    """Give a prompt set another name, and the classifiers that are called after it."""
    with open_store(store) as opened:
        print_summary(opened.rename_prompt_set(name, new_name))


@merge.command("dataset")
def merge_dataset(
    name: DatasetName,
    into: Annotated[
        str,
        typer.Argument(
            help="The data set that gets its samples.", autocompletion=names_of("datasets")
        ),
    ],
    store: options.StoreOption = options.DEFAULT,
) -> None:
    """Move all samples of a data set into another; the same path with the same content is one."""
    with open_store(store) as opened:
        print_summary(opened.merge_dataset(name, into))
