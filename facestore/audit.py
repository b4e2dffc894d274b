"""Audit: from pictures and labels to the report, by verbs that can be called one by one as well."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any

from facestore.errors import InputError, UnknownNameError
from facestore.records import AnyPath, PromptSet
from facestore.reporting.report import report
from facestore.steps import Steps, named_in
from facestore.stores import Stores
from facestore.zero_shot.many import Failure, predict_all, score_all

# Whose prompts decide where no set is named: that of the experiments which facestore takes up.
_PROMPT_SETS = {
    "gender": "age_race_gender_labels_v2",
    "race": "age_race_gender_labels_v2",
    "age": "fairface_age_labels",
}
# The most similar prompt, as others decide, and the best k of those experiments.
_K = (1, 11)


@dataclass(frozen=True)
class AuditSummary:
    """What an audit made.

    Attributes
    ----------
    page
        First page of the report.
    dataset
        What was audited.
    n_results
        How many results were asked for.
    failures
        Those that could not be had; all others are there.
    """

    page: Path
    dataset: str
    n_results: int
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class _Question:
    """What one prompt set decides, and how."""

    prompt_set: str
    attribute: str
    aggregations: Sequence[str]
    k: Sequence[int]


def audit(
    store: Stores,
    source: AnyPath,
    *,
    models: Sequence[str],
    dataset: str | None = None,
    attributes: Sequence[str] = (),
    prompt_sets: Sequence[str] = (),
    aggregations: Sequence[str] = (),
    k: Sequence[int] = (),
    device: str = "auto",
    out: AnyPath | None = None,
    images: bool = False,
    **ingesting: Any,
) -> AuditSummary:
    """Ingest, score, predict and report; what is there already is not done again.

    `notify` is told a `Step` before each verb, and the summary after it.

    Parameters
    ----------
    source, models, dataset, device
        As `ingest` takes them; one model or more.
    attributes
        What is predicted; none: all that the data set has labels of and a prompt set names.
    prompt_sets
        By whose prompts; none: `age_race_gender_labels_v2` for gender and race,
        `fairface_age_labels` for age, and for another attribute each set that names its classes.
    aggregations, k
        As `predict_all` takes them; none: the sum, and the largest 1 and 11 of a class, as far
        as it has more prompts.
    out, images
        As `report` takes them.
    **ingesting
        What else `ingest` takes: `labels`, `split`, `layout` ...

    Raises
    ------
    InputError
        If there is no model, or nothing can be judged: no labels, or no prompts for them.
    EncoderError
        If no model can be loaded; of several, those that can be are audited.
    """
    if not models:
        message = "An audit needs a model: `models=ViT-B-32,openai`, or `models=tiny` to try it."
        raise InputError(message)
    for prompt_set in prompt_sets:  # before anything takes its time
        store.catalog.prompts.get(prompt_set)
    steps = Steps(store)
    place = None if device == "auto" else device
    given = {
        "dataset": dataset,
        "device": place,
        "attributes": [each for each in attributes if each not in _PROMPT_SETS],
        **ingesting,
    }
    name, had = steps.ingest(source, list(models), given)
    questions = _questions(store, name, attributes, prompt_sets, aggregations, k)
    of = {"models": named_in(store, had, ingesting), "dataset": name}
    sets = dict.fromkeys(each.prompt_set for each in questions)
    steps.each("score", score_all, *sets, **of, device=place)
    for each in questions:
        steps.each(
            "predict",
            predict_all,
            prompt_sets=[each.prompt_set],
            attributes=[each.attribute],
            aggregations=list(each.aggregations),
            k=list(each.k),
            **of,
        )
    page = steps("report", report, out=out, images=images)
    return AuditSummary(page, name, steps.n_results, tuple(steps.failures))


def _questions(
    store: Stores,
    dataset: str,
    attributes: Sequence[str],
    prompt_sets: Sequence[str],
    aggregations: Sequence[str],
    k: Sequence[int],
) -> list[_Question]:
    """Return what can be asked: prompt sets and attributes that fit each other and the labels."""
    prompts = store.catalog.prompts
    known = {name: prompts.get(name) for name in prompt_sets or prompts.names()}
    found = []
    for attribute in _labelled(store, dataset, attributes):
        fitting = [name for name, each in known.items() if _most_prompts(each, attribute)]
        if not prompt_sets and attribute in _PROMPT_SETS:
            fitting = [_PROMPT_SETS[attribute]]
        if not fitting:
            store.notify(
                f"{attribute} is not predicted: no prompt set names classes of it; "
                "`facestore prompts add FILE` adds one."
            )
        for name in fitting:
            how = _how(_most_prompts(known[name], attribute), aggregations, k)
            found.append(_Question(name, attribute, *how))
    if not found:
        message = (
            f"No prompt set names classes of what {dataset!r} has labels of: add one with "
            "`facestore prompts add FILE`, and run the same command again."
        )
        raise InputError(message)
    return found


def _labelled(store: Stores, dataset: str, attributes: Sequence[str]) -> Sequence[str]:
    """Return the attributes that are asked for; or those with labels, gender, race, age first."""
    labelled = store.catalog.samples.labelled_attributes(dataset)
    if not labelled:
        message = (
            f"Data set {dataset!r} has no labels, so nothing can be judged: give them as "
            f"`labels=FILE`, or `facestore import labels FILE dataset={quote(dataset)}`, and run "
            "the same command again."
        )
        raise InputError(message)
    for each in attributes:
        if each not in labelled:
            raise UnknownNameError("labelled attribute", each, labelled)
    return attributes or sorted(labelled, key=[*_PROMPT_SETS, *labelled].index)


def _most_prompts(prompt_set: PromptSet, attribute: str) -> int:
    """Return the most prompts that a class has; 0 where fewer than two classes are named."""
    named = Counter(p.classes[attribute] for p in prompt_set.prompts if attribute in p.classes)
    return max(named.values()) if len(named) > 1 else 0


def _how(
    n_prompts: int, aggregations: Sequence[str], k: Sequence[int]
) -> tuple[Sequence[str], Sequence[int]]:
    """Return aggregations, and each k for `topk`: the largest of all prompts are their sum."""
    n_best = k or [each for each in _K if each < n_prompts]
    chosen = aggregations or (["sum", "topk"] if n_best else ["sum"])
    return chosen, n_best if "topk" in chosen else ()
