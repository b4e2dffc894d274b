"""What files of heads say of themselves, for their model cards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facestore.errors import counted
from facestore.records import EncoderRecord
from facestore.training.files import Head, HeadsFile
from facestore.training.gradients.finetuned import FinetunedFile
from facestore.training.heads import HeadTask

Table = tuple[Sequence[str], Sequence[Sequence[str]]]

_TAKES_VECTORS = (
    "The heads take unit image vectors of exactly this encoder; facestore refuses others."
)
_TAKES_IMAGES = (
    "The file has the heads and the blocks that were trained; the rest is this encoder's, whose "
    "weights and preprocessing must be the same: facestore refuses others."
)
_TRAINED_ON = ("attribute", "classes", "n fitted", "n held back", "left out", "fingerprint")
_PROBE_HOW = (
    "attribute", "l2 (1 / C)", "class weight", "iterations", "loss of the fit",
    "right of those held back",
)  # fmt: skip


@dataclass(frozen=True)
class CardFacts:
    """What a card says besides figures.

    Attributes
    ----------
    name, what, takes
        Of the heads; what kind they are; what they are applied to.
    encoder, training
        As in the file.
    trained_on
        Columns and rows of a table.
    how
        Paragraphs.
    sha256
        Of the file.
    """

    name: str
    what: str
    takes: str
    encoder: EncoderRecord
    training: Mapping[str, Any]
    trained_on: Table
    how: Sequence[str]
    sha256: str | None


def facts_of(heads: HeadsFile | FinetunedFile) -> CardFacts:
    """Return what a file says of itself."""
    if isinstance(heads, FinetunedFile):
        what = (
            f"One linear head an attribute and the last {counted(heads.n_blocks, 'block')} of a "
            "CLIP model's image tower, trained together by facestore."
        )
        how = _gradient_how(heads.training, [_loss(task) for task in heads.tasks])
        return _facts(heads, what, _TAKES_IMAGES, _gradient_rows(heads), how)
    what = (
        f"Linear heads ({heads.kind}) on the image vectors of a CLIP model, trained by facestore."
    )
    if "epochs" in heads.training:
        losses = [_loss(_task(head.attribute, head.classes, head.details)) for head in heads.heads]
        how = _gradient_how(heads.training, losses)
        return _facts(heads, what, _TAKES_VECTORS, _gradient_rows(heads), how)
    rows = [_probe_row(head) for head in heads.heads]
    how = [
        table(_PROBE_HOW, [_probe_how(head, heads.training) for head in heads.heads]),
        _protocol(heads.training),
    ]
    return _facts(heads, what, _TAKES_VECTORS, rows, how)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in lines
    )


def number(value: float | None, style: str) -> str:
    """Return a number, or nothing where there is none."""
    return "" if value is None else format(value, style)


def _facts(
    heads: HeadsFile | FinetunedFile,
    what: str,
    takes: str,
    rows: Sequence[Sequence[str]],
    how: Sequence[str],
) -> CardFacts:
    return CardFacts(
        name=heads.name,
        what=what,
        takes=takes,
        encoder=heads.encoder,
        training=heads.training,
        trained_on=(_TRAINED_ON, rows),
        how=how,
        sha256=heads.sha256,
    )


def _task(attribute: str, classes: tuple[str, ...], details: Mapping[str, Any]) -> HeadTask:
    named = {key: details[key] for key in ("loss", "weight", "divisor", "delta") if key in details}
    return HeadTask(attribute, classes, **named)


def _loss(task: HeadTask) -> str:
    factor = "" if task.weight == task.divisor else f"{task.weight:.3g} / {task.divisor:.3g} x "
    delta = f" (from squares to lengths at {task.delta:.3g})" if task.loss == "huber" else ""
    return f"{factor}{task.loss.replace('_', ' ')} of {task.attribute}{delta}"


def _gradient_rows(heads: HeadsFile | FinetunedFile) -> list[tuple[str, ...]]:
    training = heads.training
    return [
        (
            attribute,
            ", ".join(classes) or "a number",
            f"{training.get('n_samples', 0):,}",
            f"{training.get('n_held_back', 0):,}",
            _reasons(training.get("left_out", {}).get(attribute, {})),
            f"`{str(training.get('samples_sha256', {}).get(attribute))[:16]}`",
        )
        for attribute, classes in heads.classes.items()
    ]


def _gradient_how(training: Mapping[str, Any], losses: Sequence[str]) -> list[str]:
    options = training.get("options", {})
    rows = [(name.replace("_", " "), str(value)) for name, value in options.items()]
    changes = training.get("augmentation")
    rows.append(
        (
            "changes of images",
            ", ".join(f"{key} {value}" for key, value in (changes or {}).items()) or "none",
        )
    )
    epochs = training.get("epochs", [])
    return [
        f"AdamW on {' + '.join(losses)}, with warm-up and a cosine; kept: epoch "
        f"{training.get('best_epoch')} of {len(epochs)}, the one with the lowest loss on what was "
        "held back.",
        table(("option", "value"), rows),
        table(("epoch", "loss", "held back: loss", "held back: figures"), _epochs(epochs)),
    ]


def _epochs(epochs: Sequence[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for each in epochs:
        held = each["validation"]
        figures = (held or {}).get("figures", {})
        rows.append(
            (
                str(each["epoch"]),
                number(each["train"]["loss"], ".4f"),
                number(held["loss"] if held else None, ".4f"),
                ", ".join(
                    f"{attribute} {name} {values[name]:.4g}"
                    for attribute, values in figures.items()
                    for name in ("accuracy", "mae")
                    if name in values
                ),
            )
        )
    return rows


def _probe_row(head: Head) -> tuple[str, ...]:
    facts = head.details
    return (
        head.attribute,
        ", ".join(head.classes),
        f"{facts.get('n_samples', 0):,}",
        f"{facts.get('n_held_back', 0):,}",
        _reasons(facts.get("left_out", {})),
        f"`{str(facts.get('samples_sha256'))[:16]}`",
    )


def _reasons(left_out: Mapping[str, int]) -> str:
    return ", ".join(f"{n:,} {why}" for why, n in left_out.items()) or "none"


def _probe_how(head: Head, training: Mapping[str, Any]) -> tuple[str, ...]:
    metrics = head.details.get("metrics", {})
    return (
        head.attribute,
        number(head.details.get("l2"), ".3g"),
        str(training.get("class_weight") or "none"),
        str(metrics.get("n_iterations", "")),
        number(metrics.get("fit_loss"), ".4f"),
        number(metrics.get("validation_accuracy"), ".4f"),
    )


def _protocol(training: Mapping[str, Any]) -> str:
    if training.get("few_shot") is not None:
        shots = f"{counted(training['few_shot'], 'image')} a class (seed {training['seed']})"
        part = f"{shots} fitted, up to 4 held back to choose the penalty"
    elif training.get("val_split") is not None:
        part = f"the penalty chosen on split `{training['val_split']}`, which was not fitted"
    else:
        part = (
            f"the penalty chosen on {training.get('val_fraction')} of the images, then all fitted, "
            "unless a penalty was given"
        )
    return (
        "Multinomial logistic regression on scikit-learn's objective, after Radford et al. 2021, "
        f"appendix A.3: {part}."
    )
