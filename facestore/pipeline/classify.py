"""Classify: heads from a file decide, and their decisions become predictions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.predictions import PREDICTION_SCHEMA
from facestore.catalog.training import STEP_SCHEMA
from facestore.errors import HeadsMismatchError, InputError, preview
from facestore.pipeline.context import Stores, recorded
from facestore.records import ClassifierRecord, EmbeddingBatch, EncoderRecord
from facestore.training import Head, HeadsFile


@dataclass(frozen=True)
class ClassifySummary:
    """What classifying changed.

    Attributes
    ----------
    classifiers
        Names, one a head.
    n_new
        Predictions written.
    n_without_vector
        Samples that have no vector of the encoder, or no image to read, and so no prediction.
    reads_images
        Whether images were read, and not vectors.
    """

    classifiers: tuple[str, ...]
    encoder: str
    n_new: int
    n_without_vector: int
    reads_images: bool = False

    def lines(self) -> list[str]:
        """Return the summary for people, one fact a line."""
        done = f"{self.n_new:,} predictions" if self.n_new else "nothing new to predict"
        lines = [f"{done} by {preview([repr(name) for name in self.classifiers], 5)}"]
        if self.n_without_vector and self.reads_images:
            lines.append(
                f"{self.n_without_vector:,} samples have no image in a folder that was ingested"
            )
        elif self.n_without_vector:
            lines.append(
                f"{self.n_without_vector:,} samples have no vector of {self.encoder}: "
                "ingest their images with --model"
            )
        return lines


def encoder_of(
    stores: Stores, path: Path, heads: HeadsFile, given: StoredEncoder | None
) -> StoredEncoder:
    """Return the encoder of the store whose vectors heads were trained on.

    Parameters
    ----------
    stores
        The store.
    path, heads
        The file and what is in it.
    given
        The encoder that the user names; None: whichever it is.

    Raises
    ------
    HeadsMismatchError
        If it is another one, or is not in the store.
    """
    known = [given] if given is not None else stores.catalog.encoders.all()
    for encoder in known:
        if _difference(heads.encoder, encoder.record) is None:
            return encoder
    same_name = next((each for each in known if each.name == heads.encoder.name), None)
    if same_name is not None:
        problem = f"that of the store has {_difference(heads.encoder, same_name.record)}"
    elif given is not None:
        problem = f"{given.name!r} was given"
    else:
        problem = f"the store has {preview([repr(each.name) for each in known]) or 'none'}"
    raise HeadsMismatchError(path, heads.encoder.name, problem)


def classify(
    stores: Stores,
    path: Path,
    heads: HeadsFile,
    *,
    encoder: StoredEncoder,
    dataset: str | None = None,
    split: str | None = None,
) -> ClassifySummary:
    """Write the predictions of heads that are not there yet.

    Parameters
    ----------
    stores
        The store.
    path, heads
        The file and what is in it.
    encoder
        Whose vectors the heads take.
    dataset, split
        Only samples of these; None: of all.

    Raises
    ------
    InputError
        If a classifier of the same name came from another file, or predicts unknown classes.
    """
    _check_classes(stores, path, heads)
    records = [_record(path, heads, head, encoder) for head in heads.heads]
    names = [record.name for record in records]
    arguments = {"classifier": str(path), "dataset": dataset, "split": split}
    pending = stores.catalog.training.pending(names, dataset, split)
    batches = stores.vectors.images(encoder.vectors).batches() if len(pending) else iter(())
    n_images = pending["vector_key"].n_unique()
    with recorded(stores, "predict", arguments) as counts:
        frames = [pl.DataFrame(schema=PREDICTION_SCHEMA)]
        with stores.progress.task("Predicting", n_images) as task:
            for batch in batches:
                frames += _decide(heads, batch, pending)
                task.advance(len(batch.keys))
        rows = pl.concat(frames)
        with stores.catalog.transaction():
            changes = stores.catalog.predictions.add(records, rows)
            n_steps = sum(
                stores.catalog.training.add_steps(heads.classifier_name(head), _steps(head))
                for head in heads.heads
            )
        counts.update(asdict(changes) | {"n_steps": n_steps})
    n_without = pending["sample_id"].n_unique() - rows["sample_id"].n_unique()
    return ClassifySummary(tuple(names), encoder.name, changes.n_new, n_without)


def _decide(
    heads: HeadsFile, batch: EmbeddingBatch, pending: pl.DataFrame
) -> Iterator[pl.DataFrame]:
    """Yield the predictions of each head for the samples whose vectors are in a batch."""
    places = pl.DataFrame({"vector_key": batch.keys, "row": range(len(batch.keys))})
    found = pending.join(places, on="vector_key", maintain_order="left")
    for head in heads.heads:
        name = heads.classifier_name(head)
        wanted = found.filter(pl.col("classifier") == name)
        if wanted.is_empty():
            continue
        predicted, score, margin = head.decide(batch.vectors[wanted["row"].to_numpy()])
        columns: dict[str, Any] = {"predicted": predicted, "score": score, "margin": margin}
        yield (
            wanted.select("classifier", "sample_id")
            .with_columns(
                **{key: pl.Series(values) for key, values in columns.items()},
                value=pl.lit(None, pl.Float64),
            )
            .cast(PREDICTION_SCHEMA)
        )


def _record(path: Path, heads: HeadsFile, head: Head, encoder: StoredEncoder) -> ClassifierRecord:
    kept = {key: value for key, value in head.details.items() if key != "steps"}
    return ClassifierRecord(
        name=heads.classifier_name(head),
        kind=heads.kind,
        attribute=head.attribute,
        encoder_id=encoder.encoder_id,
        details={
            "file": path.name,
            "file_sha256": heads.sha256,
            "classes": head.classes,
            **kept,
            "training": dict(heads.training),
        },
    )


def _steps(head: Head) -> pl.DataFrame:
    return pl.DataFrame(head.details.get("steps", []), schema=STEP_SCHEMA, orient="row")


def _check_classes(stores: Stores, path: Path, heads: HeadsFile) -> None:
    known = stores.catalog.samples.classes()
    for head in heads.heads:
        names = {each.name for each in known.get(head.attribute, ())}
        unknown = [repr(each) for each in head.classes if each not in names]
        if unknown:
            message = (
                f"'{path}' predicts classes of {head.attribute!r} which the store does not know: "
                f"{preview(unknown)}. Import labels that have them first, with --new-classes."
            )
            raise InputError(message)


def _difference(trained: EncoderRecord, known: EncoderRecord) -> str | None:
    """Say in what an encoder differs from that of the heads; None: it is the same.

    The weights decide, whatever they are called; where they are not known, the name does.
    """
    if trained.weights_sha256 is None or known.weights_sha256 is None:
        if trained.name != known.name or trained.weights_sha256 != known.weights_sha256:
            return f"the name {known.name!r}"
    elif trained.weights_sha256 != known.weights_sha256:
        return f"other weights ({known.weights_sha256[:8]}, not {trained.weights_sha256[:8]})"
    if trained.dim != known.dim:
        return f"vectors of {known.dim} values, not {trained.dim}"
    if trained.precision != known.precision:
        return f"precision {known.precision!r}, not {trained.precision!r}"
    if trained.preprocessing_json != known.preprocessing_json:
        return "other preprocessing"
    return None
