"""Benchmark: any models on any data sets for image classification, one table at the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facestore.benchmark_prompts import (
    DEFAULT_TEMPLATE,
    add_classes,
    add_yes_no,
    check_templates,
    set_name,
)
from facestore.benchmark_sources import Source, each_once, mapping_of, source_of
from facestore.errors import InputError, ParametersError, counted, preview
from facestore.ingest.layouts.after_dataset import called_as_data_sets
from facestore.ingest.layouts.label_rules import PERSON, SPLIT, TAG_COLUMNS
from facestore.prompts import check_attribute
from facestore.records import AnyPath
from facestore.steps import Steps, named_in
from facestore.stores import Stores
from facestore.zero_shot.many import OF_ONE, Failure, predict_all, score_all
from facestore.zero_shot.predict import PredictSummary

FIGURES = (
    "dataset", "split", "attribute", "model", "n_samples", "n_classes", "acc1", "ci_low", "ci_high",
    "acc5", "mean_per_class_recall", "chance_adjusted", "mean_average_precision", "mean_auc",
)  # fmt: skip


@dataclass(frozen=True)
class BenchSummary:
    """What a benchmark made.

    Attributes
    ----------
    rows
        Values of `FIGURES`, a row a data set and model, the best model of a data set first.
    n_results
        How many results were asked for.
    failures
        Those that could not be had; all others are there.
    notes
        What there is to know of the figures.
    """

    rows: tuple[tuple[Any, ...], ...]
    n_results: int
    failures: tuple[Failure, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Task:
    """What is told of a data set by one prompt set: one attribute, or yes/no attributes."""

    prompt_set: str
    attributes: tuple[str, ...]


def bench(
    store: Stores,
    sources: Sequence[AnyPath],
    *,
    models: Sequence[str],
    templates: Sequence[str] = (),
    prompt_set: str | None = None,
    device: str = "auto",
    **ingesting: Any,
) -> BenchSummary:
    """Tell how well models name what is in the pictures of data sets; what is there is kept.

    Each data set gets an attribute and a prompt set of its own name. All templates of a class are
    pooled to one vector, as in the CLIP paper (Radford 2021, section 3.1.4) and CLIP_benchmark.
    The yes/no attributes of a data set have one prompt set together, and one row.
    `notify` is told a `Step` before each verb, and the summary after it.

    Parameters
    ----------
    sources
        Each a folder, .tar or .parquet as `ingest` takes it (web data sets, a folder for each
        class, Hugging Face's Parquet), or the name of a data set of the store.
    models, device
        As `ingest` takes them.
    templates
        Prompts with `{c}` for the name of a class; none: those of the data set, or
        `a photo of a {c}.` Of yes/no attributes `{c}` is `a person wearing a hat` and `a person
        not wearing a hat`.
    prompt_set
        A set of the store for all attributes whose classes it names, instead of templates.
    **ingesting
        What else `ingest` takes: `batch_size`, `workers`, `precision` ...

    Raises
    ------
    InputError
        If there is no model, no data set, or a template names no class; of several data sets, those
        that can be had are benchmarked.
    EncoderError
        If no model can be loaded.
    """
    if not models or not sources:
        what = "a model: `models=ViT-B-32,openai`" if not models else "a data set: a folder or name"
        message = f"A benchmark needs {what}."
        raise InputError(message)
    if prompt_set is not None and templates:
        message = (
            f"`prompt_set={prompt_set}` and templates of your own exclude each other: give one."
        )
        raise ParametersError(message)
    check_templates(templates)
    steps = Steps(store)
    place = None if device == "auto" else device
    made: list[str] = []
    for each in each_once(source_of(store, source) for source in sources):
        try:
            made += _one(store, steps, each, models, templates, prompt_set, place, ingesting)
        except OF_ONE as error:  # the other data sets are none the worse
            if len(sources) == 1:
                raise
            steps.n_results += 1
            steps.failures.append(Failure(each.name, error))
    if not made:
        raise steps.failures[0].error
    rows, undefined = store.catalog.exports.benchmarked(list(dict.fromkeys(made)))
    notes = [
        f"mean_average_precision and mean_auc of {dataset!r} are of {n_attributes - len(names):,} "
        f"of {counted(n_attributes, 'attribute')}: samples of {preview(names)} have one label "
        "alone, or are too few"
        for dataset, n_attributes, names in undefined
    ]
    return BenchSummary(tuple(rows), steps.n_results, tuple(steps.failures), tuple(notes))


def _one(
    store: Stores,
    steps: Steps,
    source: Source,
    models: Sequence[str],
    templates: Sequence[str],
    prompt_set: str | None,
    device: str | None,
    ingesting: Mapping[str, Any],
) -> list[str]:
    """Benchmark all models on one data set; return the classifiers that are there now."""
    chosen = tuple(templates) or source.templates or (DEFAULT_TEMPLATE,)
    check_templates(chosen)
    names: Sequence[str] = models
    if source.path is not None:
        _check_name(store, source.name)
        if source.class_names:  # the order of the classes, and those that no picture is of
            called = set_name(source.name, templates)
            add_classes(store, called, source.name, source.class_names, chosen)
        given = {
            "dataset": source.name,
            "split": source.split,
            "device": device,
            "attributes": [source.name],
            "new_classes": True,
            "mapping": mapping_of(source),
            **ingesting,
        }
        _, had = steps.ingest(source.path, list(models), given)
        names = named_in(store, had, ingesting)
    made: list[Any] = []
    of = {"models": list(names), "dataset": source.name}
    for task in _tasks(store, steps, source, templates, chosen, prompt_set):
        steps.each("score", score_all, task.prompt_set, **of, device=device)
        each = steps.each if len(task.attributes) == 1 else steps.together
        made += each(
            "predict",
            predict_all,
            prompt_sets=[task.prompt_set],
            attributes=list(task.attributes),
            aggregations=["embedding_mean"],
            **of,
        )
    return [each.classifier for each in made if isinstance(each, PredictSummary)]


def _check_name(store: Stores, name: str) -> None:
    """Refuse a folder that is called as an attribute of other samples: its classes would be mixed.

    Raises
    ------
    InputError
        If it is.
    """
    attributes = {*store.catalog.samples.classes(), *TAG_COLUMNS, SPLIT, PERSON}
    called = called_as_data_sets(store.catalog.samples.datasets(), attributes)
    if name in attributes and name not in called:
        message = (
            f"A data set gets an attribute of its own name, and {name!r} is the name of another "
            "one: rename the folder."
        )
        raise InputError(message)


def _tasks(
    store: Stores,
    steps: Steps,
    source: Source,
    templates: Sequence[str],
    chosen: Sequence[str],
    prompt_set: str | None,
) -> list[_Task]:
    """Return what is told of a data set, with prompts that are there; what cannot be is kept."""
    attributes = _attributes(store, source)
    if prompt_set is not None:
        return [_Task(prompt_set, _named_by(store, prompt_set, source.name, attributes))]
    two = store.catalog.samples.two_class_attributes()
    several = {name: two[name] for name in attributes if name in two}
    if not any(each.is_yes_no for each in several.values()):
        several = {}
    tasks = []
    if several:
        together = set_name(source.name, templates)
        add_yes_no(store, together, several, chosen)
        tasks.append(_Task(together, tuple(several)))
    for attribute in attributes:
        if attribute in several:
            continue
        of_set = source.name if attribute == source.name else f"{source.name} {attribute}"
        alone = set_name(of_set, templates)
        classes = source.class_names or tuple(store.catalog.samples.class_names()[attribute])
        try:
            add_classes(store, alone, attribute, classes, chosen)
        except InputError as error:  # the other attributes are none the worse
            if len(attributes) == 1:
                raise
            steps.n_results += 1
            steps.failures.append(Failure(f"{source.name} {attribute}", error))
        else:
            tasks.append(_Task(alone, (attribute,)))
    return tasks


def _named_by(store: Stores, name: str, dataset: str, attributes: Sequence[str]) -> tuple[str, ...]:
    """Return the attributes of a data set that a prompt set names, all with two classes."""
    prompts = store.catalog.prompts.get(name)
    named = {attribute for each in prompts.prompts for attribute in each.classes}
    found = tuple(attribute for attribute in attributes if attribute in named)
    if not found:
        message = (
            f"Prompt set {name!r} names classes of {preview(sorted(named)) or 'nothing'}, and data "
            f"set {dataset!r} is labelled with {preview(attributes)}: one of them was expected."
        )
        raise InputError(message)
    for attribute in found:
        check_attribute(prompts, attribute)
    return found


def _attributes(store: Stores, source: Source) -> list[str]:
    """Return what is told of a data set: the attribute of its name, or all that are labelled."""
    labelled = store.catalog.samples.labelled_attributes(source.name)
    if source.name in labelled:
        return [source.name]
    if source.path is None and labelled:
        return labelled
    message = (
        f"Data set {source.name!r} has no labels, so nothing can be judged: expected a folder for "
        "each class, .cls files in tars, or a column of classes."
    )
    raise InputError(message)
