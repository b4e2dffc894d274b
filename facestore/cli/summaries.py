"""What commands say of what they did: the summary of each verb, one fact a line.

Summaries of an ingest and of what was taken out are in modules of their own.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from shlex import quote
from typing import Any

from facestore.certificates import bound_line
from facestore.cli import ingested, removed
from facestore.cli.lines import lines_of
from facestore.cli.wording import as_typed
from facestore.curation.dedup import DedupSummary
from facestore.curation.split import SplitSummary
from facestore.errors import by_number, counted, counted_of, preview
from facestore.explaining.explain import ExplainSummary
from facestore.importing.published import PublishedSummary
from facestore.importing.targets import ImportSummary
from facestore.neighbours.certify import CertifySummary
from facestore.neighbours.index import IndexSummary
from facestore.neighbours.neighbours import NeighbourSummary
from facestore.training.files import HeadsFile
from facestore.training.gradients.finetuned import FinetunedFile
from facestore.training.plan import TrainSummary
from facestore.training.predictions import ClassifySummary
from facestore.training.published.import_classifier import ClassifierSummary
from facestore.upkeep.bootstrap import BootstrapSummary
from facestore.upkeep.snapshot import SnapshotSummary
from facestore.zero_shot.predict import PredictedTogether, PredictSummary
from facestore.zero_shot.score import ScoreSummary

# Of an index: what its parameters count.
_PARTS = {
    "partitions": ("partition", "partitions"),
    "bits": ("bit a value", "bits a value"),
    "sub_vectors": ("byte a vector", "bytes a vector"),
}

__all__ = ["ingested", "lines_of", "removed"]


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
    if summary.n_streamed:
        samples = counted(summary.n_streamed, "sample")
        done = f"{samples} scored, what wins with every k kept, and no cosine: {to}"
    if n := summary.n_without_vector:
        samples = counted(n, "sample has", "samples have")
        done += f"; {samples} no vector: {as_typed(summary.todo_without_vector)}"
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
def _(summary: PredictedTogether) -> list[str]:
    classifiers = counted(len(summary.each), "classifier")
    done = f"as before: {classifiers} of {counted(len(summary.attributes), 'attribute')}"
    if summary.n_new:
        done = (
            f"{counted(summary.n_new, 'prediction')} of "
            f"{counted(len(summary.attributes), 'attribute')} by {classifiers}"
        )
    same = {name: text for each in summary.each for name, text in each.same_for_all.items()}
    return [done, *map(as_typed, summary.notes), *_same_for_all(same)]


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
            missing = f"no vector of {summary.vectors_of}: {as_typed(summary.todo_without_vector)}"
        samples = counted(summary.n_without_input, "sample has", "samples have")
        lines.append(f"{samples} {missing}")
    return [*lines, *_same_for_all(summary.same_for_all)]


def _same_for_all(found: Mapping[str, tuple[str, int]]) -> Iterator[str]:
    """Yield which classifiers say one class of everybody."""
    for name, (said, n) in found.items():
        yield f"{name!r} says {said!r} of all {counted(n, 'sample')}: it tells nothing apart"


@lines_of.register
def _(summary: BootstrapSummary) -> list[str]:
    how = f"{counted(summary.n_replicates, 'time')} each with seed {summary.seed}"
    figures = counted(summary.n_figures, "figure")
    whose = f"{figures} of {counted(summary.n_classifiers, 'classifier')}"
    if not summary.n_new:
        return [f"as before: {whose}, drawn {how}"]
    done = f"{summary.n_new:,} of {whose} drawn {how}"
    if summary.n_of_other_seed:
        done += f"; {summary.n_of_other_seed:,} of them had been drawn with another seed"
    return [done]


@lines_of.register
def _(summary: NeighbourSummary) -> list[str]:
    return [
        f"{counted(summary.n_pairs, 'pair')} with a cosine of {summary.min_cosine:g} or more among "
        f"{counted(summary.n_vectors, 'image')} with {summary.encoder}; "
        f"{counted(summary.n_images, 'image is', 'images are')} in one",
        *_missed(summary),
    ]


def _missed(summary: NeighbourSummary) -> Iterator[str]:
    """Yield what a search by an index may have missed."""
    if (found := summary.certificate) is None:
        return
    yield bound_line(found)
    yield (
        f"a pair is missed where neither image has the other among its {found.k} nearest, or the "
        f"index does not find it: {counted(summary.n_full, 'image has', 'images have')} "
        f"{found.k} that close and may have more; without --index all pairs are compared"
    )


@lines_of.register
def _(summary: IndexSummary) -> list[str]:
    told = ", ".join(counted(n, *_PARTS[name]) for name, n in summary.parameters.items())
    return [
        f"{summary.kind} over {counted(summary.n_vectors, 'vector')} of {summary.encoder}: {told}; "
        f"{summary.cpu_seconds:,.1f} s of CPU",
        as_typed(f"before it is asked: `facestore index certify model={quote(summary.encoder)}`"),
    ]


@lines_of.register
def _(summary: CertifySummary) -> list[str]:
    lines = []
    for each in summary.certificates:
        lines.append(
            f"{each.query_kind}: {each.recall:.4f} of the {each.k} nearest are found, with "
            f"{counted(each.probes, 'probe')} and refine {each.refine}"
        )
        lines.append(bound_line(each))
    first = summary.certificates[0]
    lines.append(
        f"images of {counted(summary.n_datasets, 'data set')} were asked; it holds up to "
        f"{counted(first.max_rows, 'vector')} of these data sets, and there are {first.n_rows:,}"
    )
    return lines


@lines_of.register
def _(summary: ExplainSummary) -> list[str]:
    n_known = len(summary.explanation_ids) - summary.n_new
    done = counted(summary.n_new, "explanation") if summary.n_new else "nothing new to explain"
    lines = [f"{done} ({n_known:,} {by_number(n_known, 'was', 'were')} there)"]
    if summary.n_measured is not None:
        measured = (
            f"{counted(summary.n_measured, 'map')} measured"
            if summary.n_measured
            else "no map is left to be measured"
        )
        lines.append(f"{measured}: see the view faithfulness_by_group")
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
        as_typed(
            "see the view accuracy_without_duplicates; take it back with "
            "`facestore dedup undo=True`"
        ),
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
