"""Explain: which part of each picture moved a score, kept as rows; what is there is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.explanations import Selection
from facestore.encoders.open_clip import LazyEncoder
from facestore.errors import InputError, preview
from facestore.explaining.questions import Asked, ExplainOptions, Run, Sample
from facestore.images import ImageSource
from facestore.records import ImageFile
from facestore.stores import Stores, recorded
from facestore.training.classify_images import image_files


@dataclass(frozen=True)
class ExplainSummary:
    """What explaining did.

    Attributes
    ----------
    explanation_ids
        Of all that was asked, also what was there before, in the order of the samples.
    n_new
        Explanations that were made.
    skipped
        (sample, reason) of those that could not be explained.
    """

    explanation_ids: tuple[str, ...]
    n_new: int
    skipped: tuple[tuple[str, str], ...]


def explain(
    store: Stores,
    asked: Asked,
    selection: Selection,
    options: ExplainOptions,
    models: Sequence[tuple[StoredEncoder, LazyEncoder]],
) -> ExplainSummary:
    """Make and keep the explanations that are not there yet.

    Parameters
    ----------
    store
        The store.
    asked
        What is asked about each sample.
    selection
        Which samples; `worst` needs a classifier.
    options
        How.
    models
        The encoders to ask, each with its model; for a classifier its own.

    Raises
    ------
    InputError
        If no sample fits, no picture of them is at hand, or the question does not fit.
    """
    if selection.worst is not None and asked.classifier is None:
        message = (
            f"--worst {selection.worst}: errors of a classifier, which --classifier has to name."
        )
        raise InputError(message)
    samples, files, missing = _samples(store, asked, selection, options)
    arguments = {"asked": asdict(asked), "selection": asdict(selection), "method": options.method}
    ids: list[str] = []
    n_new, skipped = 0, list(missing)
    with recorded(store, "explain", arguments) as counts:
        for encoder, model in models:
            store.catalog.encoders.register(model.load().record)
            run = Run(store, encoder, model, asked, options, selection.worst is not None)
            questions = run.questions(samples, skipped)
            known = store.catalog.explanations.known([each.explanation_id for each in questions])
            pending = [each for each in questions if each.explanation_id not in known]
            failed: set[str] = set()
            title = f"Explaining ({run.explainer.method})"
            with store.progress.task(title, len(pending)) as task:
                for batch in run.batches(pending):
                    rows = run.rows(batch, files, skipped, failed)
                    n_new += store.catalog.explanations.add(rows)
                    counts["n_explanations"] = n_new
                    counts["n_skipped"] = len(skipped)
                    task.advance(len(batch))
            ids += [each.explanation_id for each in questions if each.explanation_id not in failed]
    if not ids:
        name, reason = skipped[0]
        message = f"None of {len(samples):,} samples could be explained ({name}: {reason})."
        raise InputError(message)
    return ExplainSummary(tuple(ids), n_new, tuple(dict.fromkeys(skipped)))


def _samples(
    store: Stores, asked: Asked, selection: Selection, options: ExplainOptions
) -> tuple[list[Sample], dict[str, ImageFile], list[tuple[str, str]]]:
    """Return samples that have a picture, files by image_id, and samples that have none."""
    if selection.dataset is not None:
        store.catalog.samples.require_dataset(selection.dataset)
    found = store.catalog.explanations.candidates(selection, asked.classifier)
    if found.is_empty():
        what = f"error of {asked.classifier!r}" if selection.worst is not None else "sample"
        message = f"No {what} with a readable picture fits: choose others, or ingest them first."
        raise InputError(message)
    files = picture_files(store, found, options.images)
    samples: list[Sample] = []
    missing: list[tuple[str, str]] = []
    for sample in found.iter_rows(named=True):
        if not _can_be_read(files.get(sample["image_id"])):
            missing.append((f"{sample['dataset']}/{sample['path']}", "no picture at hand"))
        else:
            samples.append(sample)
    if missing and (selection.sample_ids is not None or not samples):
        message = (
            f"The pictures of {len(missing):,} of {len(found):,} samples are not where they were "
            f"ingested from ({preview([name for name, _ in missing])}): bring them back, or give "
            "their folder with --images."
        )
        raise InputError(message)
    return samples, files, missing


def picture_files(
    store: Stores, samples: pl.DataFrame, images: Path | None
) -> dict[str, ImageFile]:
    """Return what reads the picture of each image_id.

    Parameters
    ----------
    store
        The store.
    samples
        `path` and `image_id`.
    images
        The folder that the paths start in; None: those that were ingested.
    """
    if images is None:
        return image_files(store)
    if not images.is_dir():
        message = f"'{images}' is no folder: give --images the folder that the paths start in."
        raise InputError(message)
    rows = samples.select("path", "image_id").iter_rows()
    source = ImageSource(images)
    return {image_id: source.file(path) for path, image_id in rows}


def _can_be_read(file: ImageFile | None) -> bool:
    if file is None:
        return False
    try:
        file.read_bytes()
    except OSError:
        return False
    return True
