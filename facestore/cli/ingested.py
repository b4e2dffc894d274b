"""What is said of an ingest, of how labels would be read, and of where the time went."""

from collections.abc import Sequence
from shlex import quote

from facestore.cli.lines import lines_of
from facestore.cli.readings import labels_and_files, lines_of_preview, not_read, rivals_in_words
from facestore.cli.wording import as_typed
from facestore.errors import by_number, counted, preview
from facestore.importing.annotations import AnnotationPreview
from facestore.importing.labels import LabelPreview
from facestore.ingest.ingest import IngestSummary
from facestore.ingest.plan import IngestPlan

__all__ = ["lines_of", "profile_of"]

# What the threads that read do; the other stages are those of the threads that encode and write.
_READING = ("read", "hash", "decode", "transform")


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
    lines += _unmet(preview_.unmet)
    lines += rivals_in_words(preview_.rivals)
    if table.ignored:
        lines.append(not_read(table.ignored))
    return lines


@lines_of.register
def _(preview_: AnnotationPreview) -> list[str]:
    table = preview_.table
    lines = [
        f"dry run, nothing was written: {counted(table.n_annotations, 'annotation')} of "
        f"{counted(len(table.names), 'file')} in '{preview_.path}'",
        *lines_of_preview(table.readings),
        *map(as_typed, table.notes),
        f"{counted(preview_.n_met, 'file meets', 'files meet')} a sample of data set "
        f"{preview_.dataset!r}",
    ]
    lines += _unmet(preview_.unmet)
    if table.ignored:
        lines.append(not_read(table.ignored))
    return lines


def _unmet(names: Sequence[str]) -> list[str]:
    if not names:
        return []
    n = counted(len(names), "file meets", "files meet")
    return [f"{n} none ({preview(names, 5)}): --create-samples makes samples of them"]
