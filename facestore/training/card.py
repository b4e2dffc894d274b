"""Model cards: what heads are for, what they were trained on, and their figures by group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from facestore.training.files import HeadsFile

Rows = Sequence[Sequence[Any]]

# As in README.md, which a test compares.
INTENDED_USE = (
    "facestore measures models on *perceived* attributes, as annotators labelled them, for "
    "research on bias. They say nothing about how a person identifies. It is not made for "
    "surveillance, for finding or tracking people, or for decisions about anybody, and must not be "
    "used so. The gender labels of FairFace and UTKFace are binary and their race categories "
    "coarse: limits of these data sets that every figure inherits."
)
_ON_IMAGES = "The heads take unit image vectors of exactly this encoder; facestore refuses others."
_SUMMARY = (
    "attribute", "data set", "split", "n", "accuracy", "95 % interval", "balanced accuracy",
    "trained on",
)  # fmt: skip
_HOW = (
    "attribute", "l2 (1 / C)", "class weight", "iterations", "loss of the fit",
    "right of those held back",
)  # fmt: skip
_GROUPS = ("attribute", "data set", "split", "group", "n", "accuracy", "95 % interval")


def render_card(heads: HeadsFile, summary: Rows, groups: Rows) -> str:
    """Write a model card in Markdown.

    Parameters
    ----------
    heads
        The heads, once they are a file.
    summary
        Attribute, data set, split, n, accuracy, ci_low, ci_high, balanced accuracy, and whether the
        heads were trained on that split; from the view `classifier_summary`.
    groups
        Attribute, data set, split, group attribute, group, n, accuracy, ci_low, ci_high, of splits
        that are held out; from the view `accuracy_by_group`.
    """
    encoder, training = heads.encoder, heads.training
    licence = training.get("data_licence") or "not stated (give --data-licence)"
    parts = [
        f"# {heads.name}",
        f"Linear heads ({heads.kind}) on the image vectors of a CLIP model, trained by facestore.",
        "## Intended use, and what it must not be used for",
        INTENDED_USE,
        "## Encoder",
        f"`{encoder.name}`, {encoder.dim} values, weights SHA-256 "
        f"`{encoder.weights_sha256 or 'not known'}`. {_ON_IMAGES}",
        "## Training data",
        f"Data set `{training.get('dataset')}`, split `{training.get('split')}`. Licence of the "
        f"data, as stated by who trained: {licence}.",
        _table(
            ("attribute", "classes", "n fitted", "n held back", "left out", "fingerprint"),
            [_trained_on(heads, number) for number in range(len(heads.heads))],
        ),
        "## How it was trained",
        _table(
            _HOW,
            [_how(heads, number) for number in range(len(heads.heads))],
        ),
        _protocol(heads),
        "## Figures",
        _table(_SUMMARY, [_summary_cells(row) for row in summary])
        if summary
        else "None yet: `facestore predict --classifier FILE` on samples with labels gives some.",
        "Accuracy with its 95 % Wilson interval. On a split that it was trained on it says nothing "
        "about other faces. Held-out figures hold for faces like those of the data set.",
    ]
    if groups:
        parts += [
            "## Held-out figures by group",
            _table(_GROUPS, [_group_cells(r) for r in groups]),
        ]
    parts += [
        "## Limits",
        "A group's interval is wide where n is small; differences between groups are in the views "
        "`accuracy_disparity` and `classifier_comparison`. Labels are perceptions of annotators, "
        "with their errors. Where attributes go together in the training data (all women White, "
        "say), a head may have learned the one for the other.",
        f"File SHA-256 `{heads.sha256}`.",
    ]
    return "\n\n".join(parts) + "\n"


def _trained_on(heads: HeadsFile, number: int) -> tuple[str, ...]:
    head = heads.heads[number]
    facts = head.details
    left_out = ", ".join(f"{n:,} {why}" for why, n in facts.get("left_out", {}).items())
    return (
        head.attribute,
        ", ".join(head.classes),
        f"{facts.get('n_samples', 0):,}",
        f"{facts.get('n_held_back', 0):,}",
        left_out or "none",
        f"`{str(facts.get('samples_sha256'))[:16]}`",
    )


def _how(heads: HeadsFile, number: int) -> tuple[str, ...]:
    head = heads.heads[number]
    metrics = head.details.get("metrics", {})
    return (
        head.attribute,
        _number(head.details.get("l2"), ".3g"),
        str(heads.training.get("class_weight") or "none"),
        str(metrics.get("n_iterations", "")),
        _number(metrics.get("fit_loss"), ".4f"),
        _number(metrics.get("validation_accuracy"), ".4f"),
    )


def _protocol(heads: HeadsFile) -> str:
    training = heads.training
    if training.get("few_shot") is not None:
        shots = f"{training['few_shot']} images a class (seed {training['seed']})"
        part = f"{shots} fitted, up to 4 held back to choose the penalty"
    elif training.get("val_split") is not None:
        part = f"the penalty chosen on split `{training['val_split']}`, which was not fitted"
    else:
        part = (
            f"the penalty chosen on {training.get('val_fraction')} of the images, then all fitted, "
            "unless a penalty was given"
        )
    return (
        "Multinomial logistic regression, L-BFGS, at most 1,000 iterations, after Radford et al. "
        f"2021, appendix A.3: {part}. Images that other splits have, too: {training.get('leaks')}."
    )


def _summary_cells(row: Sequence[Any]) -> tuple[str, ...]:
    attribute, dataset, split, n, accuracy, low, high, balanced, trained = row
    return (
        attribute, dataset, split or "(none)", f"{n:,}", _number(accuracy, ".4f"),
        _interval(low, high), _number(balanced, ".4f"), "yes" if trained else "no",
    )  # fmt: skip


def _group_cells(row: Sequence[Any]) -> tuple[str, ...]:
    attribute, dataset, split, of, group, n, accuracy, low, high = row
    name = group if of == "overall" else f"{of}: {group}"
    return (
        attribute, dataset, split or "(none)", name, f"{n:,}", _number(accuracy, ".4f"),
        _interval(low, high),
    )  # fmt: skip


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{low:.4f} to {high:.4f}"


def _number(value: float | None, style: str) -> str:
    return "" if value is None else format(value, style)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in lines
    )
