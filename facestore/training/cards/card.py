"""Model cards: what heads are for, what they were trained on, and their figures by group."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from facestore.training.cards.facts import CardFacts, number, table

Rows = Sequence[Sequence[Any]]

# As in README.md, which a test compares.
INTENDED_USE = (
    "facestore measures models on *perceived* attributes, as annotators labelled them, for "
    "research on bias. They say nothing about how a person identifies. It is not made for "
    "surveillance, for finding or tracking people, or for decisions about anybody, and must not be "
    "used so. The gender labels of FairFace and UTKFace are binary and their race categories "
    "coarse: limits of these data sets that every figure inherits."
)
_SUMMARY = (
    "attribute", "data set", "split", "n", "accuracy", "95 % interval", "balanced accuracy",
    "trained on",
)  # fmt: skip
_YEARS = (
    "data set", "split", "group", "n", "mean absolute error (years)", "bias (years)",
    "within 8 years", "95 % interval",
)  # fmt: skip
_GROUPS = ("attribute", "data set", "split", "group", "n", "accuracy", "95 % interval")


@dataclass(frozen=True)
class Figures:
    """What the views say of the classifiers of a card.

    Attributes
    ----------
    summary
        Attribute, data set, split, n, accuracy, ci_low, ci_high, balanced accuracy, and whether the
        heads were trained on that split; from `classifier_summary`.
    groups
        Attribute, data set, split, group attribute, group, n, accuracy, ci_low, ci_high, of splits
        that are held out; from `accuracy_by_group`.
    years
        Data set, split, group attribute, group, n, mae, bias, within 8 years, ci_low, ci_high of
        held-out splits; from `age_errors`.
    """

    summary: Rows = ()
    groups: Rows = ()
    years: Rows = ()


def render_card(facts: CardFacts, figures: Figures) -> str:
    """Write a model card in Markdown.

    Parameters
    ----------
    facts
        What the file says of itself.
    figures
        What the views say of its classifiers.
    """
    encoder, training = facts.encoder, facts.training
    licence = training.get("data_licence") or "not stated (it can be said when heads are trained)"
    parts = [
        f"# {facts.name}",
        facts.what,
        "## Intended use, and what it must not be used for",
        INTENDED_USE,
        "## Encoder",
        f"`{encoder.name}`, {encoder.dim} values, weights SHA-256 "
        f"`{encoder.weights_sha256 or 'not known'}`. {facts.takes}",
        "## Training data",
        f"Data set `{training.get('dataset')}`, split `{training.get('split')}`. Licence of the "
        f"data, as stated by who trained: {licence}.",
        table(*facts.trained_on),
        "## How it was trained",
        *facts.how,
        f"Images that other splits have, too: {training.get('leaks')}.",
        "## Figures",
        table(_SUMMARY, [_summary_cells(row) for row in figures.summary])
        if figures.summary
        else "None yet: `facestore predict` by this file on samples with labels gives some.",
        "Accuracy with its 95 % Wilson interval. On a split that it was trained on it says nothing "
        "about other faces. Held-out figures hold for faces like those of the data set.",
    ]
    if figures.groups:
        parts += [
            "## Held-out figures by group",
            table(_GROUPS, [_group_cells(r) for r in figures.groups]),
        ]
    if figures.years:
        parts += [
            "## Held-out errors of ages in years",
            table(_YEARS, [_years_cells(row) for row in figures.years]),
        ]
    parts += [
        "## Limits",
        "A group's interval is wide where n is small; differences between groups are in the views "
        "`accuracy_disparity` and `classifier_comparison`. Labels are perceptions of annotators, "
        "with their errors. Where attributes go together in the training data (all women White, "
        "say), a head may have learned the one for the other.",
        f"File SHA-256 `{facts.sha256}`.",
    ]
    return "\n\n".join(parts) + "\n"


def _summary_cells(row: Sequence[Any]) -> tuple[str, ...]:
    attribute, dataset, split, n, accuracy, low, high, balanced, trained = row
    return (
        attribute, dataset, split or "(none)", f"{n:,}", number(accuracy, ".4f"),
        _interval(low, high), number(balanced, ".4f"), "yes" if trained else "no",
    )  # fmt: skip


def _group_cells(row: Sequence[Any]) -> tuple[str, ...]:
    attribute, dataset, split, of, group, n, accuracy, low, high = row
    name = group if of == "overall" else f"{of}: {group}"
    return (
        attribute, dataset, split or "(none)", name, f"{n:,}", number(accuracy, ".4f"),
        _interval(low, high),
    )  # fmt: skip


def _years_cells(row: Sequence[Any]) -> tuple[str, ...]:
    dataset, split, of, group, n, mae, bias, within, low, high = row
    name = group if of == "overall" else f"{of}: {group}"
    return (
        dataset, split or "(none)", name, f"{n:,}", number(mae, ".2f"), number(bias, "+.2f"),
        number(within, ".4f"), _interval(low, high),
    )  # fmt: skip


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{low:.4f} to {high:.4f}"
