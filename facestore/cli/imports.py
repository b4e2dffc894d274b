"""Commands that bring in what others computed: import."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Annotated, Any

import typer

from facestore.arguments import told_once
from facestore.cli import options
from facestore.cli.console import print_summary
from facestore.cli.data import open_store
from facestore.cli.mapping import mapping_of

imports = typer.Typer(no_args_is_help=True, help="Import what others computed; all rows or none.")


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(imports, name="import")


@imports.command("labels")
def import_labels(
    file: Annotated[Path, typer.Argument(help="CSV, text, JSON or Parquet with a column `file`.")],
    dataset: options.RequiredDataset,
    store: options.StoreOption = options.DEFAULT,
    split: options.SplitOption = None,
    create_samples: options.CreateSamples = False,
    attribute: options.AttributeColumns = None,
    new_classes: options.NewClasses = False,
    file_column: options.FileColumn = None,
    column: options.LabelColumns = None,
    map: options.ValueMaps = None,
    mapping: options.MappingFile = None,
    null: options.NullTexts = None,
    encoding: options.EncodingOption = None,
    dry_run: options.DryRun = False,
) -> None:
    """Import labels: columns file,age,gender,race[,service_test]."""
    said: dict[str, Any] = {
        "dataset": dataset,
        "attributes": attribute or (),
        "new_classes": new_classes,
        "mapping": mapping_of(file_column, column, map, mapping, null, encoding),
    }
    with open_store(store) as opened:
        if dry_run:
            print_summary(opened.preview_labels(file, **said))
            return
        summary = opened.import_labels(file, split=split, create_samples=create_samples, **said)
        print_summary(summary)


@imports.command("annotations")
def import_annotations(
    file: Annotated[Path, typer.Argument(help="CSV, text, JSON or Parquet with a column `file`.")],
    dataset: options.RequiredDataset,
    store: options.StoreOption = options.DEFAULT,
    split: options.SplitOption = None,
    create_samples: options.CreateSamples = False,
    attribute: Annotated[
        list[str] | None,
        typer.Option(
            help="What is annotated, in columns of this name, or in NAME_CLASS ... with counts "
            "(repeatable); of one alone also in a column `label`."
        ),
    ] = None,
    annotator_column: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Column of the annotators, if not `annotator`."),
    ] = None,
    count_column: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help="Column of how many say the label of a row, if not `count`."
        ),
    ] = None,
    new_classes: options.NewClasses = False,
    order: Annotated[
        str | None,
        typer.Option(
            metavar="CLASS,CLASS", help="Classes of the attribute, which have this order."
        ),
    ] = None,
    label_by_majority: Annotated[
        bool,
        typer.Option(
            "--label-by-majority",
            help="Make labels of what most annotators say, where the data set has none.",
        ),
    ] = False,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Take out first what the data set has of these attributes."),
    ] = False,
    file_column: options.FileColumn = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="ATTRIBUTE=COLUMN",
            help="Column of an attribute, or 'n_{class}' for columns of counts; with none after "
            "the = it is not read (repeatable).",
        ),
    ] = None,
    map: options.ValueMaps = None,
    mapping: options.MappingFile = None,
    null: options.NullTexts = None,
    encoding: options.EncodingOption = None,
    dry_run: options.DryRun = False,
) -> None:
    """Import what several annotators say: file,annotator,gender ..., or counts of annotators."""
    said: dict[str, Any] = {
        "dataset": dataset,
        "attributes": attribute or (),
        "annotator_column": annotator_column,
        "count_column": count_column,
        "new_classes": new_classes,
        "order": [each.strip() for each in (order or "").split(",") if each.strip()],
        "mapping": mapping_of(file_column, column, map, mapping, null, encoding),
    }
    with open_store(store) as opened:
        if dry_run:
            print_summary(opened.preview_annotations(file, **said))
            return
        summary = opened.import_annotations(
            file,
            split=split,
            create_samples=create_samples,
            label_by_majority=label_by_majority,
            replace=replace,
            **said,
        )
        print_summary(summary)


@imports.command("similarities")
def import_similarities(
    file: Annotated[Path, typer.Argument(help="JSON, {file: {prompt: 100 x cosine}}.")],
    dataset: options.RequiredDataset,
    model: options.ImportedModel,
    store: options.StoreOption = options.DEFAULT,
    split: options.SplitOption = None,
    create_samples: options.CreateSamples = False,
    scale: Annotated[float, typer.Option(min=1e-9, help="What cosines were multiplied by.")] = 100,
) -> None:
    """Import similarities of images to prompts."""
    with open_store(store) as opened:
        summary = opened.import_similarities(
            file,
            dataset=dataset,
            model=model,
            split=split,
            create_samples=create_samples,
            scale=scale,
        )
        print_summary(summary)


@imports.command("predictions")
def import_predictions(
    file: Annotated[Path, typer.Argument(help="CSV or Parquet with a column `file`.")],
    dataset: options.RequiredDataset,
    store: options.StoreOption = options.DEFAULT,
    split: options.SplitOption = None,
    create_samples: options.CreateSamples = False,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="COLUMN",
            help="Column of predicted classes, by default predicted; or ATTRIBUTE=COLUMN, for each "
            "attribute that has a column of its own (repeatable).",
        ),
    ] = None,
    attribute: Annotated[
        str | None, typer.Option(help="What is predicted, if no column says it.")
    ] = None,
    classifier: Annotated[
        str | None, typer.Option(help="Name of the classifier, if no column says it.")
    ] = None,
    file_column: options.FileColumn = None,
    map: options.ValueMaps = None,
    mapping: options.MappingFile = None,
    null: options.NullTexts = None,
    encoding: options.EncodingOption = None,
    trained_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DATASET[/SPLIT]",
            help="What the classifiers were trained on; their figures there are marked, and have "
            "no rank (repeatable).",
        ),
    ] = None,
    tuned_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DATASET[/SPLIT]",
            help="What chose their penalty, epoch or prompt (repeatable).",
        ),
    ] = None,
) -> None:
    """Import predictions of one classifier, or of many in one file."""
    plain = [each for each in column or () if "=" not in each]
    of_attributes = [each for each in column or () if "=" in each]
    if len(plain) > 1 or (plain and of_attributes):
        message = (
            f"--column {quote(plain[0])} and --column {quote([*plain[1:], *of_attributes][0])} "
            "contradict each other: give one COLUMN, or ATTRIBUTE=COLUMN for each attribute."
        )
        raise typer.BadParameter(message)
    with open_store(store) as opened:
        summary = opened.import_predictions(
            file,
            dataset=dataset,
            split=split,
            create_samples=create_samples,
            column=plain[0] if plain else "predicted",
            attribute=attribute,
            classifier=classifier,
            mapping=mapping_of(file_column, of_attributes, map, mapping, null, encoding),
            trained_on=trained_on or (),
            tuned_on=tuned_on or (),
        )
        print_summary(summary)


@imports.command("embeddings")
def import_embeddings(
    file: Annotated[Path, typer.Argument(help=".npz, .npy with --metadata, or .parquet.")],
    dataset: options.RequiredDataset,
    model: options.ImportedModel,
    store: options.StoreOption = options.DEFAULT,
    split: options.SplitOption = None,
    create_samples: options.CreateSamples = False,
    names_key: Annotated[str | None, typer.Option(help="Key or column of file names.")] = None,
    vectors_key: Annotated[str | None, typer.Option(help="Key or column of vectors.")] = None,
    metadata: Annotated[
        Path | None, typer.Option(help="Parquet with the file names of a .npy (clip-retrieval).")
    ] = None,
    text: Annotated[Path | None, typer.Option(help="File of text vectors.")] = None,
    text_prompts_key: Annotated[str | None, typer.Option(help="Its key of prompts.")] = None,
    text_vectors_key: Annotated[str | None, typer.Option(help="Its key of vectors.")] = None,
    text_template: Annotated[
        str, typer.Option(help="Makes a prompt of a word: 'a photo of a {}'.")
    ] = "{}",
    logit_scale: Annotated[float | None, typer.Option(help="The model's; 100 for most.")] = None,
) -> None:
    """Import image vectors of a model, and text vectors beside them."""
    from facestore.importing.embeddings import TextSource

    with open_store(store) as opened:
        summary = opened.import_embeddings(
            file,
            dataset=dataset,
            model=model,
            split=split,
            create_samples=create_samples,
            names_key=names_key,
            vectors_key=vectors_key,
            metadata=metadata,
            text=TextSource(text, text_prompts_key, text_vectors_key, text_template)
            if text
            else None,
            logit_scale=logit_scale,
        )
        print_summary(summary)


@imports.command("published")
def import_published(
    file: Annotated[Path, typer.Argument(help="CSV or Parquet: see above for its forms.")],
    store: options.StoreOption = options.DEFAULT,
    dataset: options.DatasetOption = None,
    split: options.SplitOption = None,
    attribute: Annotated[
        str | None, typer.Option(help="What was predicted, if no column says it.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="ARCHITECTURE[,PRETRAINED], if no column says it.")
    ] = None,
    metric: Annotated[
        str | None,
        typer.Option(help="accuracy (acc1), balanced_accuracy ...; if no column says it."),
    ] = None,
    prompt_set: Annotated[str | None, typer.Option(help="If no column says it.")] = None,
    aggregation: Annotated[str | None, typer.Option(help="If no column says it.")] = None,
    k: Annotated[int | None, typer.Option("--k", help="If no column says it.")] = None,
    source: Annotated[
        str | None, typer.Option(help="Paper or table; else the name of the file.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="TABLE_COLUMN=NAME, such as Network=architecture (repeatable)."),
    ] = None,
) -> None:
    """Import figures that others published, for the views published_comparison and benchmark.

    They replace what the store has of the same source. Columns: source, classifier, architecture,
    pretrained, prompt_set, aggregation, k, dataset, split, attribute, taxonomy, group_attribute,
    group_name, metric, value; or, instead of the last four, `accuracy` and the names of classes; or
    `dataset` and a column for each model, or `model` and one for each data set (--metric says of
    what); or CLIP_benchmark's CSV. Model, datasource, Prompt, Mode, acc1 and
    mean_per_class_recall are read as architecture, pretrained, prompt_set, aggregation, accuracy
    and balanced_accuracy.
    """
    with open_store(store) as opened:
        summary = opened.import_published(
            file,
            dataset=dataset,
            attribute=attribute,
            model=model,
            metric=metric,
            columns=told_once("columns", ((each, *_pair(each)) for each in column or ())),
            split=split,
            prompt_set=prompt_set,
            aggregation=aggregation,
            k=k,
            source=source,
        )
        print_summary(summary)


def _pair(text: str) -> tuple[str, str]:
    old, sign, new = text.partition("=")
    if not sign:
        message = f"'{text}' is not TABLE_COLUMN=NAME"
        raise typer.BadParameter(message, param_hint="--column")
    return old, new
