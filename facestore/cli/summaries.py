"""What commands say of what they did: the summary of each verb, one fact a line."""

from collections.abc import Iterator, Mapping
from functools import singledispatch
from pathlib import Path
from shlex import quote
from typing import Any

from facestore.cli.wording import as_typed
from facestore.curation.dedup import DedupSummary
from facestore.curation.split import SplitSummary
from facestore.errors import preview
from facestore.explaining.explain import ExplainSummary
from facestore.importing.published import PublishedSummary
from facestore.importing.targets import ImportSummary
from facestore.ingest.ingest import IngestSummary
from facestore.neighbours.neighbours import NeighbourSummary
from facestore.training.files import HeadsFile
from facestore.training.gradients.finetuned import FinetunedFile
from facestore.training.plan import TrainSummary
from facestore.training.predictions import ClassifySummary
from facestore.training.published.import_classifier import ClassifierSummary
from facestore.upkeep.snapshot import SnapshotSummary
from facestore.zero_shot.predict import PredictSummary
from facestore.zero_shot.score import ScoreSummary

# What the threads that read do; the other stages are those of the threads that encode and write.
_READING = ("read", "hash", "decode", "transform")


@singledispatch
def lines_of(summary: object) -> list[str]:
    """Return a summary for people, one fact a line.

    Raises
    ------
    TypeError
        Of what is no summary.
    """
    message = f"no summary is known of a {type(summary).__name__}"
    raise TypeError(message)


@lines_of.register
def _(summary: IngestSummary) -> list[str]:
    plan, changes = summary.plan, summary.changes
    encoded = [f"{n:,} images encoded with {name}" for name, n in summary.n_encoded.items()]
    facts = [
        f"{summary.n_files:,} files of data set {plan.dataset!r} ({plan.layout}): "
        f"{changes.n_new:,} new samples, {changes.n_changed:,} changed, "
        f"{summary.n_images_new:,} new images",
        f"layout {plan.layout}: {as_typed(plan.reason)}",
        *(encoded or ["nothing encoded: no --model was given"]),
    ]
    if not changes.n_new and not changes.n_changed and not sum(summary.n_encoded.values()):
        facts.append("nothing new: everything was in the store already")
    if plan.n_labelled:
        labels = f"{changes.n_labels_new:,} labels new, {changes.n_labels_changed:,} changed"
        facts.append(f"{plan.n_labelled:,} files labelled ({labels})")
    if changes.n_content_changed:
        n = changes.n_content_changed
        facts.append(f"{n:,} files have other content than before: their old scores are removed")
    shown = [f"{path}: {reason}" for path, reason in summary.errors]
    for what, items in (
        ("files could not be read as images and are recorded with their error", shown),
        ("label rows have no file", plan.labels_without_file),
        ("files have no label", plan.files_without_label),
        ("names do not say their labels", plan.malformed),
        ("columns were not read (name them with --attribute)", plan.ignored_columns),
        (
            "files were forgotten here and are passed over; --again takes them in",
            summary.refused,
        ),
        (
            "samples had lost their file and are taken out"
            if summary.is_pruned
            else "samples have lost their file; --prune takes them out",
            summary.gone.paths,
        ),
        (
            "samples are not in this source; another one of the data set is not there to look into",
            summary.gone.unsure,
        ),
    ):
        if items:
            facts.append(f"{len(items):,} {what} ({preview(items)})")
    facts += [_shared_with(summary, *each) for each in summary.shared]
    facts += map(as_typed, plan.notes)
    if plan.n_other_files:
        facts.append(f"{plan.n_other_files:,} other files were passed over")
    return facts


def _shared_with(summary: IngestSummary, other: str, n_images: int, n_labelled: int) -> str:
    """Say that another data set has the same images, and how to go on with it."""
    said = f"{n_images:,} of these images are in data set {other!r} already"
    if n_labelled and not summary.plan.n_labelled:
        return (
            f"{said}, with labels, and have none here: to go on with that one, say "
            f"--dataset {quote(other)}"
        )
    return f"{said}: with --dataset {quote(other)} they would not be counted twice"


def profile_of(summary: IngestSummary) -> list[str]:
    """Return where the time went, one stage a line, and which one the others waited for."""
    total, threads = summary.seconds["total"], max(1, summary.workers)
    shown = {
        "plan": "list the files, read labels",
        "load model": "load the model",
        "read": "read files",
        "hash": "SHA-256 and pHash",
        "decode": "decode",
        "transform": "transform",
        "encode": "encode",
        "write": "write",
        "waiting for images": "encoder waits for images",
        "waiting for the store": "encoder waits for the store",
    }
    lines = [
        f"{title:<28}{summary.seconds.get(stage, 0.0):8.2f} s"
        + (f" in {threads} threads" if stage in _READING and summary.workers else "")
        for stage, title in shown.items()
    ]
    rate = summary.n_files / total if total else 0.0
    lines.append(f"{'total':<28}{total:8.2f} s, {rate:,.0f} files a second")
    return [*lines, f"bottleneck: {_bottleneck(summary)}"]


def _bottleneck(summary: IngestSummary) -> str:
    """Return the stage that the others waited for, and what to try."""
    get = summary.seconds.get
    reading = sum(get(stage, 0.0) for stage in _READING)
    parts = {
        "reading": get("waiting for images", 0.0) if summary.workers else reading,
        "encode": get("encode", 0.0),
        "write": get("waiting for the store", 0.0) if summary.workers else get("write", 0.0),
        "start": get("plan", 0.0) + get("load model", 0.0),
    }
    slowest = max(parts, key=lambda part: parts[part])
    if slowest == "reading":
        stage = max(_READING, key=lambda stage: get(stage, 0.0))
        return f"{stage} (more --workers may help)"
    return {
        "encode": "encode (a GPU, a smaller --model or a --precision of 16 bits may help)",
        "write": "write (a faster disk may help)",
        "start": "listing files and loading the model (nothing else took as long)",
    }[slowest]


@lines_of.register
def _(summary: ImportSummary) -> list[str]:
    return [
        f"{summary.n_rows:,} {summary.what}: {summary.n_new:,} new in data set {summary.dataset!r}",
        f"{summary.n_met:,} files met a sample, {summary.n_created:,} samples were made",
        *map(as_typed, summary.notes),
    ]


@lines_of.register
def _(summary: PublishedSummary) -> list[str]:
    facts = [
        f"{summary.n_figures:,} published figures: {summary.n_new:,} new, "
        f"{summary.n_replaced:,} of the same source replaced",
        f"{summary.n_measured:,} of them are measured in this store: "
        "see the view published_comparison",
    ]
    if summary.ignored:
        facts.append(f"columns not read: {preview(summary.ignored)} (name them with --column)")
    return facts


@lines_of.register
def _(summary: ClassifierSummary) -> list[str]:
    facts, encoder = summary.heads.training, summary.heads.encoder
    lines = []
    if summary.is_new:
        lines.append(
            f"{encoder.architecture}, {facts['n_parameters']:,} parameters of the tower; "
            f"preprocessing: {facts['preprocessing_from']}"
        )
        lines += [f"{task.attribute}: {', '.join(task.classes)}" for task in summary.heads.tasks]
        if facts["ignored"]:
            lines.append(f"not needed: {preview(facts['ignored'])}")
    lines.append(
        f"{'heads' if summary.is_new else 'heads are there already'}: {summary.heads.path}"
    )
    return lines


@lines_of.register
def _(summary: ScoreSummary) -> list[str]:
    done = (
        f"{summary.n_similarities:,} similarities of {summary.n_samples:,} samples to "
        f"{summary.n_prompts:,} prompts of {summary.prompt_set!r} with {summary.encoder}"
    )
    facts = [done if summary.n_similarities else f"nothing new to score for {summary.prompt_set!r}"]
    if summary.n_without_vector:
        facts.append(
            f"{summary.n_without_vector:,} samples have no vector of {summary.encoder}: "
            "ingest their images with --model"
        )
    return facts


@lines_of.register
def _(summary: PredictSummary) -> list[str]:
    n_new = summary.changes.n_new
    done = f"{n_new:,} predictions of {summary.attribute}" if n_new else "nothing new to predict"
    return [f"{done} by {summary.classifier!r}"]


@lines_of.register
def _(summary: TrainSummary) -> list[str]:
    heads = summary.heads
    lines: list[str] = []
    if not summary.is_new:
        pass
    elif isinstance(heads, FinetunedFile) or "epochs" in heads.training:
        lines = list(_trained(heads.training))
    else:
        lines = list(_fitted(heads))
    lines.append(_where(summary.path, summary.is_new))
    return [*lines, *lines_of(summary.predictions), f"model card: {summary.card}"]


def _fitted(heads: HeadsFile) -> Iterator[str]:
    """Yield what was found for each head of a probe."""
    for head in heads.heads:
        facts = head.details
        held = facts["metrics"].get("validation_accuracy")
        yield (
            f"{head.attribute}: {len(head.classes)} classes, {facts['n_samples']:,} samples, "
            f"l2 {facts['l2']:.3g}"
            + ("" if held is None else f", {held:.4f} right of those held back")
        )
        yield from _left_out(head.attribute, facts["left_out"])
        if not facts["metrics"]["has_converged"]:
            n_iterations = facts["metrics"]["n_iterations"]
            yield f"{head.attribute}: not converged after {n_iterations:,} iterations"


def _trained(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield how a training by gradients went."""
    yield (
        f"{facts['n_samples']:,} images, {facts['n_held_back']:,} held back; the weights "
        f"are those of epoch {facts['best_epoch']} of {len(facts['epochs'])}"
    )
    for attribute, reasons in facts["left_out"].items():
        yield from _left_out(attribute, reasons)


def _left_out(attribute: str, reasons: Mapping[str, int]) -> Iterator[str]:
    if reasons:
        why = ", ".join(f"{n:,} ({reason})" for reason, n in reasons.items())
        yield f"{attribute}: left out: {why}"


@lines_of.register
def _(summary: ClassifySummary) -> list[str]:
    done = f"{summary.n_new:,} predictions" if summary.n_new else "nothing new to predict"
    lines = [f"{done} by {preview([repr(name) for name in summary.classifiers], 5)}"]
    if summary.n_without_input:
        missing = "no image in a folder that was ingested: ingest them"
        if summary.vectors_of is not None:
            missing = f"no vector of {summary.vectors_of}: ingest their images with --model"
        lines.append(f"{summary.n_without_input:,} samples have {missing}")
    return lines


@lines_of.register
def _(summary: NeighbourSummary) -> list[str]:
    return [
        f"{summary.n_pairs:,} pairs among {summary.n_vectors:,} images have a cosine of "
        f"{summary.min_cosine:g} or more with {summary.encoder}; {summary.n_images:,} images are "
        "in one"
    ]


@lines_of.register
def _(summary: ExplainSummary) -> list[str]:
    n_known = len(summary.explanation_ids) - summary.n_new
    done = f"{summary.n_new:,} explanations" if summary.n_new else "nothing new to explain"
    lines = [f"{done} ({n_known:,} were there)"]
    if summary.skipped:
        shown = preview([f"{name}: {reason}" for name, reason in summary.skipped])
        lines.append(f"{len(summary.skipped):,} samples could not be explained ({shown})")
    return lines


@lines_of.register
def _(summary: DedupSummary) -> list[str]:
    return [
        f"{summary.n_excluded:,} samples are left out by {summary.policy!r} within "
        f"{summary.max_distance} bits ({summary.changes.n_new:,} rows new, "
        f"{summary.changes.n_gone:,} gone); no file was touched",
        "see the view accuracy_without_duplicates; take it back with `facestore dedup --undo`",
    ]


@lines_of.register
def _(summary: SplitSummary) -> list[str]:
    n_all = sum(summary.sizes.values())
    parts = ", ".join(f"{name} {n:,} ({n / n_all:.4f})" for name, n in summary.sizes.items())
    return [
        f"{n_all:,} samples of {summary.dataset!r}: {parts}; {summary.n_changed:,} changed",
        f"{summary.n_together:,} of them have duplicates, which are in the same split",
        "how near the groups came: see the views split_chi_square and split_balance",
    ]


@lines_of.register
def _(summary: SnapshotSummary) -> list[str]:
    facts = [
        f"'{summary.path}': {summary.n_bytes:,} bytes of tables and views",
        f"SHA-256 {summary.sha256}",
    ]
    if summary.n_vectors is not None:
        facts.append(f"{summary.n_vectors:,} vectors")
    return facts


def _where(path: Path, is_new: bool) -> str:
    return f"{'heads' if is_new else 'heads are there already'}: {path}"
