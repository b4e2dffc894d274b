"""Benchmark: any models on any data sets for image classification, one table at the end."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any

from facestore.errors import InputError, UnknownNameError, counted, preview
from facestore.ingest.layouts.after_dataset import label_column
from facestore.ingest.layouts.manifest import split_called
from facestore.mappings import LabelMapping
from facestore.records import AnyPath, Prompt, PromptSet
from facestore.steps import Steps, named_in
from facestore.stores import Stores
from facestore.zero_shot.many import OF_ONE, Failure, predict_all, score_all
from facestore.zero_shot.predict import PredictSummary

# As CLIP_benchmark has it where a data set says nothing.
DEFAULT_TEMPLATE = "a photo of a {c}."
_SLOTS = ("{c}", "{}", "{classname}")
_CLASS_NAMES = "classnames.txt"
_TEMPLATES = "zeroshot_classification_templates.txt"
_MAX_BYTES = 1 << 20
_MAX_NAME = 100
_DESCRIPTION = "Class names of a data set in templates, made by `facestore bench`."
FIGURES = (
    "dataset", "split", "attribute", "model", "n_samples", "n_classes", "acc1", "ci_low", "ci_high",
    "acc5", "mean_per_class_recall", "chance_adjusted",
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
    """

    rows: tuple[tuple[Any, ...], ...]
    n_results: int
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class _Source:
    """A data set to be benchmarked.

    Attributes
    ----------
    path
        Where its pictures are; None: it is in the store.
    name
        Of the data set.
    split
        Told by the folder that was given, as `cars/test`.
    class_names, templates
        What files beside its archives say, as data sets of CLIP_benchmark have them.
    """

    path: Path | None
    name: str
    split: str | None = None
    class_names: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()


def bench(
    store: Stores,
    sources: Sequence[AnyPath],
    *,
    models: Sequence[str],
    templates: Sequence[str] = (),
    device: str = "auto",
    **ingesting: Any,
) -> BenchSummary:
    """Tell how well models name what is in the pictures of data sets; what is there is kept.

    Each data set gets an attribute and a prompt set of its own name. All templates of a class are
    pooled to one vector, as in the CLIP paper (Radford 2021, section 3.1.4) and CLIP_benchmark.
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
        `a photo of a {c}.`
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
    _check_templates(templates)
    steps = Steps(store)
    place = None if device == "auto" else device
    made: list[str] = []
    for each in _each_once(_source(store, source) for source in sources):
        try:
            made += _one(store, steps, each, models, templates, place, ingesting)
        except OF_ONE as error:  # the other data sets are none the worse
            if len(sources) == 1:
                raise
            steps.n_results += 1
            steps.failures.append(Failure(each.name, error))
    if not made:
        raise steps.failures[0].error
    rows = store.catalog.exports.benchmarked(list(dict.fromkeys(made)))
    return BenchSummary(tuple(rows), steps.n_results, tuple(steps.failures))


def _one(
    store: Stores,
    steps: Steps,
    source: _Source,
    models: Sequence[str],
    templates: Sequence[str],
    device: str | None,
    ingesting: Mapping[str, Any],
) -> list[str]:
    """Benchmark all models on one data set; return the classifiers that are there now."""
    chosen = tuple(templates) or source.templates or (DEFAULT_TEMPLATE,)
    _check_templates(chosen)
    names: Sequence[str] = models
    if source.path is not None:
        if source.class_names:  # the order of the classes, and those that no picture is of
            _add(store, _set_name(source.name, templates), source.name, source.class_names, chosen)
        given = {
            "dataset": source.name,
            "split": source.split,
            "device": device,
            "attributes": [source.name],
            "new_classes": True,
            "mapping": _mapping(source),
            **ingesting,
        }
        _, had = steps.ingest(source.path, list(models), given)
        names = named_in(store, had, ingesting)
    made = []
    for attribute in _attributes(store, source):
        classes = source.class_names or tuple(store.catalog.samples.class_names()[attribute])
        of_set = source.name if attribute == source.name else f"{source.name} {attribute}"
        prompt_set = _set_name(of_set, templates)
        _add(store, prompt_set, attribute, classes, chosen)
        of = {"models": list(names), "dataset": source.name}
        steps.each("score", score_all, prompt_set, **of, device=device)
        made += steps.each(
            "predict",
            predict_all,
            prompt_sets=[prompt_set],
            attributes=[attribute],
            aggregations=["embedding_mean"],
            **of,
        )
    return [each.classifier for each in made if isinstance(each, PredictSummary)]


def _set_name(name: str, templates: Sequence[str]) -> str:
    """Name the prompt set of a data set, which has other ones by templates of the user."""
    if not templates:
        return name
    whole = f"{name} [{'; '.join(templates)}]"
    if len(whole) <= _MAX_NAME:
        return whole
    return f"{whole[:_MAX_NAME]}... {hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def _each_once(sources: Any) -> list[_Source]:
    found: dict[tuple[str, str | None], _Source] = {}
    for each in sources:
        other = found.setdefault((each.name, each.split), each)
        if other.path != each.path:
            message = (
                f"'{other.path}' and '{each.path}' would both be data set {each.name!r}: rename "
                "one of the folders, or benchmark one after the other with a store of its own."
            )
            raise InputError(message)
    return list(found.values())


def _source(store: Stores, given: AnyPath) -> _Source:
    """Tell what a data set is called, and what lies beside its archives."""
    path = Path(given)
    if not path.exists():
        known = list(store.catalog.samples.datasets())
        if str(given) in known:
            return _Source(None, str(given))
        raise UnknownNameError("folder or data set", str(given), known)
    path = path.resolve()
    is_shard = path.is_file() and path.stem.isdigit()  # a number is no name of a data set
    folder = path.parent if is_shard else path
    split = split_called(folder.name) if folder.is_dir() else None
    named = folder.parent if split else folder
    name = named.name if named.is_dir() else named.name.partition(".")[0]
    beside = [path, path.parent] if path.is_dir() else [path.parent, path.parent.parent]
    return _Source(path, name, split, _lines(beside, _CLASS_NAMES), _lines(beside, _TEMPLATES))


def _lines(folders: Sequence[Path], name: str) -> tuple[str, ...]:
    """Return the lines of the first such file; none where there is none."""
    for file in (folder / name for folder in folders):
        if file.is_file() and file.stat().st_size <= _MAX_BYTES:
            try:
                lines = file.read_text(encoding="utf-8-sig").splitlines()
            except (OSError, ValueError) as error:
                message = f"'{file}' cannot be read ({error}): expected a text in UTF-8."
                raise InputError(message) from error
            told = [line.strip() for line in lines]
            while told and not told[-1]:
                told.pop()
            if "" in told:  # the number of a line is that of its class
                n = told.index("") + 1
                message = f"line {n} of '{file}' is empty: expected one name or template a line."
                raise InputError(message)
            return tuple(told)
    return ()


def _mapping(source: _Source) -> LabelMapping | None:
    """Say in which column of a Parquet file the classes are."""
    path = source.path
    if path is None:
        return None
    files = [path] if path.suffix == ".parquet" else sorted(path.rglob("*.parquet"))[:1]
    if not files:
        return None
    import pyarrow.parquet as pq

    try:
        columns = pq.read_schema(files[0]).names
    except (OSError, ValueError):
        return None  # ingest says what is wrong with it
    found = label_column(columns)
    return LabelMapping.of(columns=[f"{source.name}={found}"]) if found else None


def _attributes(store: Stores, source: _Source) -> list[str]:
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


def _check_templates(templates: Sequence[str]) -> None:
    for each in templates:
        if not any(slot in each for slot in _SLOTS):
            message = f"Template {each!r} names no class: put {{c}} where its name belongs."
            raise InputError(message)


def _add(
    store: Stores, name: str, attribute: str, classes: Sequence[str], templates: Sequence[str]
) -> None:
    """Add a prompt set: each class in each template."""
    if len(classes) < 2:
        message = (
            f"{attribute!r} has one class alone ({preview(map(repr, classes))}): two are needed to "
            "tell pictures apart."
        )
        raise InputError(message)
    if len(set(classes)) < len(classes):
        twice = next(each for each in classes if list(classes).count(each) > 1)
        message = f"{_CLASS_NAMES} of {name!r} names {twice!r} twice: give each class its own name."
        raise InputError(message)
    prompts = tuple(
        Prompt(_filled(template, class_), None, {attribute: class_})
        for class_ in classes
        for template in dict.fromkeys(templates)
    )
    known = store.catalog.samples.class_names().get(attribute, [])
    new = tuple(each for each in classes if each not in known)
    made = PromptSet(name, _DESCRIPTION, prompts, {attribute: new} if new else {})
    if len(known) > len(classes):
        other = next(each for each in known if each not in classes)
        message = (
            f"{_CLASS_NAMES} of {name!r} has {counted(len(classes), 'name')}, and the labels have "
            f"{counted(len(known), 'class', 'classes')}, such as {other!r}: give it a line a class."
        )
        raise InputError(message)
    if name in store.catalog.prompts.names():
        before = {
            (each.text, *each.classes.items()) for each in store.catalog.prompts.get(name).prompts
        }
        if before != {(each.text, *each.classes.items()) for each in prompts}:
            message = (
                f"Data set {name!r} had other classes or templates when it was benchmarked before: "
                "give its folder another name, or take the old one out first with "
                f"`facestore remove prompt-set {quote(name)}`."
            )
            raise InputError(message)
    store.catalog.prompts.add(made)


def _filled(template: str, class_: str) -> str:
    name = class_.replace("_", " ")
    for slot in _SLOTS:
        template = template.replace(slot, name)
    return template
