"""What commands say of what they did: the summary of each verb, one fact a line."""

from collections.abc import Iterator, Mapping
from functools import singledispatch
from pathlib import Path
from shlex import quote
from typing import Any

from facestore.cli.readings import labels_and_files, lines_of_preview, not_read, rivals_in_words
from facestore.cli.wording import as_typed
from facestore.curation.dedup import DedupSummary
from facestore.curation.split import SplitSummary
from facestore.errors import by_number, counted, counted_of, preview
from facestore.explaining.explain import ExplainSummary
from facestore.importing.labels import LabelPreview
from facestore.importing.published import PublishedSummary
from facestore.importing.targets import ImportSummary
from facestore.ingest.ingest import IngestSummary
from facestore.ingest.plan import IngestPlan
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
    encoded = [
        f"{counted(n, 'image')} encoded with {name}" for name, n in summary.n_encoded.items()
    ]
    n_other_changes = changes.n_changed - changes.n_pictured
    facts = [
        f"{counted(summary.n_files, 'file')} of data set {plan.dataset!r} ({plan.layout}): "
        f"{counted(changes.n_new, 'new sample')}, {n_other_changes:,} changed, "
        f"{counted(summary.n_images_new, 'new image')}",
        f"layout {plan.layout}: {as_typed(plan.reason)}",
        *(encoded or ["nothing encoded: no --model was given"]),
    ]
    if changes.n_pictured:
        n = counted(changes.n_pictured, "sample")
        facts.append(f"{n} that had only labels got their picture")
    if not changes.n_new and not changes.n_changed and not sum(summary.n_encoded.values()):
        facts.append("as before: everything was in the store already")
    if plan.labelled:
        labels = (
            f"{counted(changes.n_labels_new, 'label')} new, {changes.n_labels_changed:,} changed"
        )
        n_labelled = len(plan.labelled.difference(summary.refused))
        facts.append(f"{counted(n_labelled, 'file')} labelled ({labels})")
    if changes.n_content_changed:
        n = counted(changes.n_content_changed, "file has", "files have")
        facts.append(f"{n} other content than before: old scores of it are removed")
    if summary.errors:
        n = counted(len(summary.errors), "file")
        shown = preview([f"{path}: {reason}" for path, reason in summary.errors])
        facts.append(f"{n} could not be read as images, and the error is recorded ({shown})")
    facts += labels_and_files(plan)
    if summary.refused:
        n = counted(len(summary.refused), "file was", "files were")
        shown = preview(summary.refused)
        facts.append(f"{n} forgotten here and not taken in ({shown}); --again takes them in")
    if gone := summary.gone.paths:
        if summary.is_pruned:
            n = counted(len(gone), "sample was", "samples were")
            facts.append(f"{n} taken out, since the file is gone ({preview(gone)})")
        else:
            n = counted(len(gone), "sample has", "samples have")
            facts.append(f"{n} no file any more ({preview(gone)}); --prune takes out such samples")
    if unsure := summary.gone.unsure:
        n = counted(len(unsure), "sample is", "samples are")
        facts.append(
            f"{n} not in this source; another one of the data set is not there to look into "
            f"({preview(unsure)})"
        )
    facts += [_shared_with(summary, *each) for each in summary.shared]
    return facts


def _shared_with(summary: IngestSummary, other: str, n_images: int, n_labelled: int) -> str:
    """Say that another data set has the same images, and how to go on with it."""
    are = by_number(n_images, "is", "are")
    said = f"{n_images:,} of these images {are} in data set {other!r} already"
    if n_labelled and not summary.plan.labelled:
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
        + (f" in {counted(threads, 'thread')}" if stage in _READING and summary.workers else "")
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
def _(plan: IngestPlan) -> list[str]:
    return [
        f"dry run, nothing was written: {counted(len(plan.entries), 'file')} of data set "
        f"{plan.dataset!r}",
        f"layout {plan.layout}: {as_typed(plan.reason)}",
        *lines_of_preview(plan.readings),
        *labels_and_files(plan, with_readings=False),
    ]


@lines_of.register
def _(preview_: LabelPreview) -> list[str]:
    table = preview_.table
    lines = [
        f"dry run, nothing was written: {counted(len(table.labels), 'label')} of "
        f"{counted(len(table.names), 'file')} in '{preview_.path}'",
        *lines_of_preview(table.readings),
        *map(as_typed, table.facts),
        f"{counted(preview_.n_met, 'file meets', 'files meet')} a sample of data set "
        f"{preview_.dataset!r}",
    ]
    if preview_.unmet:
        lines.append(
            f"{counted(len(preview_.unmet), 'file meets', 'files meet')} none "
            f"({preview(preview_.unmet, 5)}): --create-samples makes samples of them"
        )
    lines += rivals_in_words(preview_.rivals)
    if table.ignored:
        lines.append(not_read(table.ignored))
    return lines


@lines_of.register
def _(summary: ImportSummary) -> list[str]:
    return [
        f"{counted_of(summary.n_rows, summary.what)}: {summary.n_new:,} new in data set "
        f"{summary.dataset!r}",
        f"{counted(summary.n_met, 'file')} met a sample, "
        f"{counted(summary.n_created, 'sample was', 'samples were')} made",
        *map(as_typed, summary.notes),
    ]


@lines_of.register
def _(summary: PublishedSummary) -> list[str]:
    facts = [
        f"{counted(summary.n_figures, 'published figure')}: {summary.n_new:,} new, "
        f"{summary.n_replaced:,} of the same source replaced",
        f"{summary.n_measured:,} of them are measured in this store: "
        "see the view published_comparison",
    ]
    if summary.ignored:
        facts.append(f"columns not read: {preview(summary.ignored)} (name them with --column)")
    return [*facts, *map(as_typed, summary.notes)]


@lines_of.register
def _(summary: ClassifierSummary) -> list[str]:
    facts, encoder = summary.heads.training, summary.heads.encoder
    lines = []
    if summary.is_new:
        lines.append(
            f"{encoder.architecture}, {counted(facts['n_parameters'], 'parameter')} of the tower; "
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
    to = f"{counted(summary.n_prompts, 'prompt')} of {summary.prompt_set!r} with {summary.encoder}"
    done = f"as before: {to}"
    if summary.n_similarities:
        samples = counted(summary.n_samples, "sample")
        done = f"{counted(summary.n_similarities, 'similarity')} of {samples} to {to}"
    if n := summary.n_without_vector:
        samples = counted(n, "sample has", "samples have")
        done += f"; {samples} no vector: ingest the images with --model"
    return [done, *summary.notes]


@lines_of.register
def _(summary: PredictSummary) -> list[str]:
    n_new, n_ties = summary.changes.n_new, summary.changes.n_ties
    done = f"as before: {summary.classifier!r}"
    if n_new:
        decided = counted(n_new - n_ties, "prediction")
        done = f"{decided} of {summary.attribute} by {summary.classifier!r}"
    return [done, *map(as_typed, summary.notes), *_same_for_all(summary.same_for_all)]


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
            f"{head.attribute}: {counted(len(head.classes), 'class')}, "
            f"{counted(facts['n_samples'], 'sample')}, l2 {facts['l2']:.3g}"
            + ("" if held is None else f", {held:.4f} right of those held back")
        )
        yield from _left_out(head.attribute, facts["left_out"])
        few_shot = heads.training.get("few_shot")
        if few_shot is not None and facts["n_samples"] < few_shot * len(head.classes):
            yield (
                f"{head.attribute}: some classes have fewer than {counted(few_shot, 'image')} to "
                "fit and one to hold back: of those all but one are fitted"
            )
        if not facts["metrics"]["has_converged"]:
            n_iterations = facts["metrics"]["n_iterations"]
            yield f"{head.attribute}: not converged after {counted(n_iterations, 'iteration')}"


def _trained(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield how a training by gradients went."""
    yield (
        f"{counted(facts['n_samples'], 'image')}, {facts['n_held_back']:,} held back; the weights "
        f"are those of epoch {facts['best_epoch']} of {len(facts['epochs'])}"
    )
    for attribute, reasons in facts["left_out"].items():
        yield from _left_out(attribute, reasons)
    for attribute, why in facts.get("untrained", {}).items():
        yield f"{attribute}: no head of it is written: {why}"


def _left_out(attribute: str, reasons: Mapping[str, int]) -> Iterator[str]:
    if reasons:
        why = ", ".join(f"{n:,} ({reason})" for reason, n in reasons.items())
        yield f"{attribute}: left out: {why}"


@lines_of.register
def _(summary: ClassifySummary) -> list[str]:
    done = f"{counted(summary.n_new, 'prediction')} by" if summary.n_new else "as before:"
    lines = [f"{done} {preview([repr(name) for name in summary.classifiers], 5)}"]
    if summary.n_without_input:
        missing = "no image in a folder that was ingested: ingest them"
        if summary.vectors_of is not None:
            missing = f"no vector of {summary.vectors_of}: ingest their images with --model"
        samples = counted(summary.n_without_input, "sample has", "samples have")
        lines.append(f"{samples} {missing}")
    return [*lines, *_same_for_all(summary.same_for_all)]


def _same_for_all(found: Mapping[str, tuple[str, int]]) -> Iterator[str]:
    """Yield which classifiers say one class of everybody."""
    for name, (said, n) in found.items():
        yield f"{name!r} says {said!r} of all {counted(n, 'sample')}: it tells nothing apart"


@lines_of.register
def _(summary: NeighbourSummary) -> list[str]:
    return [
        f"{counted(summary.n_pairs, 'pair')} with a cosine of {summary.min_cosine:g} or more among "
        f"{counted(summary.n_vectors, 'image')} with {summary.encoder}; "
        f"{counted(summary.n_images, 'image is', 'images are')} in one"
    ]


@lines_of.register
def _(summary: ExplainSummary) -> list[str]:
    n_known = len(summary.explanation_ids) - summary.n_new
    done = counted(summary.n_new, "explanation") if summary.n_new else "nothing new to explain"
    lines = [f"{done} ({n_known:,} {by_number(n_known, 'was', 'were')} there)"]
    if summary.skipped:
        shown = preview([f"{name}: {reason}" for name, reason in summary.skipped])
        samples = counted(len(summary.skipped), "sample")
        lines.append(f"{samples} could not be explained ({shown})")
    return lines


@lines_of.register
def _(summary: DedupSummary) -> list[str]:
    return [
        f"{counted(summary.n_excluded, 'sample is', 'samples are')} left out by "
        f"{summary.policy!r} within {counted(summary.max_distance, 'bit')} "
        f"({counted(summary.changes.n_new, 'row')} new, "
        f"{summary.changes.n_gone:,} gone); no file was touched",
        *_nothing_left(summary),
        "see the view accuracy_without_duplicates; take it back with `facestore dedup --undo`",
    ]


def _nothing_left(summary: DedupSummary) -> Iterator[str]:
    if summary.n_excluded == summary.n_samples > 0:
        yield "nothing is left: there are no figures without duplicates"


@lines_of.register
def _(summary: SplitSummary) -> list[str]:
    n_all = sum(summary.sizes.values())
    parts = ", ".join(f"{name} {n:,} ({n / n_all:.4f})" for name, n in summary.sizes.items())
    return [
        f"{counted(n_all, 'sample')} of {summary.dataset!r}: {parts}; "
        f"{summary.n_changed:,} changed",
        *(f"no sample went to {name!r}: {why}" for name, why in summary.empty.items()),
        f"{counted(summary.n_together, 'of them has', 'of them have')} duplicates, which are in "
        "the same split",
        "how near the groups came: see the views split_chi_square and split_balance",
    ]


@lines_of.register
def _(summary: SnapshotSummary) -> list[str]:
    facts = [
        f"'{summary.path}': {counted(summary.n_bytes, 'byte')} of tables and views",
        f"SHA-256 {summary.sha256}",
    ]
    if summary.n_vectors is not None:
        facts.append(counted(summary.n_vectors, "vector"))
    return facts


def _where(path: Path, is_new: bool) -> str:
    return f"{'heads' if is_new else 'heads are there already'}: {path}"
