"""Classify: heads from a file decide, and their decisions become predictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from facestore.catalog.encoders import StoredEncoder
from facestore.errors import HeadsMismatchError, preview
from facestore.records import AttributeClass, ClassifierRecord, EmbeddingBatch, EncoderRecord
from facestore.stores import Stores, recorded
from facestore.training import Head, HeadsFile
from facestore.training.predictions import (
    ClassifySummary,
    check_classes,
    prediction_rows,
    write_decided,
)


def encoder_of(
    store: Stores, path: Path, heads: HeadsFile, given: StoredEncoder | None
) -> StoredEncoder:
    """Return the encoder of the store whose vectors heads were trained on.

    Parameters
    ----------
    store
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
    known = [given] if given is not None else store.catalog.encoders.all()
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
    store: Stores,
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
    store
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
    classes = check_classes(store, path, [(head.attribute, head.classes) for head in heads.heads])
    records = [_record(path, heads, head, encoder) for head in heads.heads]
    names = tuple(record.name for record in records)
    arguments = {"classifier": str(path), "dataset": dataset, "split": split}
    pending = store.catalog.training.pending(names, dataset, split)
    batches = store.vectors.images(encoder.vectors).batches() if len(pending) else iter(())
    frames: list[pl.DataFrame] = []
    with recorded(store, "predict", arguments) as counts:
        with store.progress.task("Predicting", pending["vector_key"].n_unique()) as task:
            for batch in batches:
                frames += _decide(heads, batch, pending, classes)
                task.advance(len(batch.keys))
        steps = {head.attribute: head.details.get("steps", []) for head in heads.heads}
        rows, changes = write_decided(store, records, frames, steps)
        counts.update(changes)
    return ClassifySummary(
        names,
        changes["n_new"],
        pending["sample_id"].n_unique() - rows["sample_id"].n_unique(),
        f"no vector of {encoder.name}: ingest their images with --model",
    )


def _decide(
    heads: HeadsFile,
    batch: EmbeddingBatch,
    pending: pl.DataFrame,
    classes: Mapping[str, Sequence[AttributeClass]],
) -> Iterator[pl.DataFrame]:
    """Yield the predictions of each head for the samples whose vectors are in a batch."""
    places = pl.DataFrame({"vector_key": batch.keys, "row": range(len(batch.keys))})
    found = pending.join(places, on="vector_key", maintain_order="left")
    for head in heads.heads:
        name = heads.classifier_name(head)
        wanted = found.filter(pl.col("classifier") == name)
        if not wanted.is_empty():
            decided = head.decide(batch.vectors[wanted["row"].to_numpy()])
            yield prediction_rows(name, wanted["sample_id"], decided, classes[head.attribute])


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
