"""Classify images: fine-tuned models read the files again and decide, which gives predictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import polars as pl

from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.predictions import PREDICTION_SCHEMA
from facestore.catalog.training import STEP_SCHEMA
from facestore.embedding import read_known_image
from facestore.encoder import OpenClipEncoder
from facestore.errors import InputError, preview
from facestore.pipeline.classify import ClassifySummary
from facestore.pipeline.context import Stores, recorded
from facestore.records import ClassifierRecord, ImageFile
from facestore.sources import ImageSource
from facestore.training.finetuned import FINETUNED, FinetunedFile
from facestore.training.inference import predict_batches
from facestore.training.inputs import Augmentation, ImageInputs


def image_files(stores: Stores) -> dict[str, ImageFile]:
    """Return what reads every image of the data sets that were ingested; nothing is opened yet."""
    files: dict[str, ImageFile] = {}
    for dataset, (given, layout) in stores.catalog.samples.sources().items():
        source = ImageSource(given, layout)
        samples = stores.catalog.samples.of_dataset(dataset).drop_nulls("image_id").sort("path")
        for path, image_id in samples.select("path", "image_id").iter_rows():
            if image_id not in files:
                files[image_id] = source.file(path)
    return files


def image_inputs(
    files: Mapping[str, ImageFile],
    image_ids: Sequence[str],
    encoder: OpenClipEncoder,
    *,
    augmentation: Augmentation | None = None,
    workers: int,
) -> ImageInputs:
    """Return inputs that read images when they are needed, decoded as they were at ingest."""
    return ImageInputs(
        [partial(read_known_image, files[each], each) for each in image_ids],
        encoder.preprocess,
        augmentation=augmentation,
        workers=workers,
    )


def classify_images(
    stores: Stores,
    heads: FinetunedFile,
    *,
    encoder: StoredEncoder,
    loaded: OpenClipEncoder,
    dataset: str | None,
    split: str | None,
    batch_size: int,
    workers: int,
    steps: Mapping[str, Sequence[Any]] | None = None,
) -> ClassifySummary:
    """Write the predictions of a fine-tuned model that are not there yet.

    Parameters
    ----------
    stores
        The store.
    heads
        The file of the model.
    encoder, loaded
        The encoder that it was trained from.
    dataset, split
        Only samples of these; None: of all.
    batch_size, workers
        Images a forward pass; threads that read and decode.
    steps
        Rows of `training_steps` by attribute, to be written with the first predictions.

    Raises
    ------
    InputError
        If it predicts classes that the store does not know, or a file is not there any more.
    """
    _check_classes(stores, heads)
    records = [_record(heads, number, encoder) for number in range(len(heads.tasks))]
    names = [record.name for record in records]
    pending = stores.catalog.training.pending(names, dataset, split)
    files = image_files(stores)
    image_ids = sorted(set(pending["vector_key"].to_list()) & files.keys())
    arguments = {"classifier": str(heads.path), "dataset": dataset, "split": split}
    with recorded(stores, "predict", arguments) as counts:
        frames = [pl.DataFrame(schema=PREDICTION_SCHEMA)]
        if image_ids:
            model = heads.model(loaded.visual, loaded.record, loaded.device)
            inputs = image_inputs(files, image_ids, loaded, workers=workers)
            with stores.progress.task("Predicting", len(image_ids)) as task:
                for rows, decided in predict_batches(model, inputs, batch_size=batch_size):
                    keys = [image_ids[row] for row in rows.tolist()]
                    frames += _frames(records, keys, decided, pending)
                    task.advance(len(keys))
        predictions = pl.concat(frames)
        with stores.catalog.transaction():
            changes = stores.catalog.predictions.add(records, predictions)
            n_steps = sum(
                stores.catalog.training.add_steps(
                    record.name,
                    pl.DataFrame(
                        list((steps or {}).get(record.attribute, ())),
                        schema=STEP_SCHEMA,
                        orient="row",
                    ),
                )
                for record in records
            )
        counts.update(asdict(changes) | {"n_steps": n_steps})
    n_without = pending["sample_id"].n_unique() - predictions["sample_id"].n_unique()
    return ClassifySummary(tuple(names), encoder.name, changes.n_new, n_without)


def _frames(
    records: Sequence[ClassifierRecord],
    keys: Sequence[str],
    decided: Mapping[str, Any],
    pending: pl.DataFrame,
) -> Iterator[pl.DataFrame]:
    """Yield the rows of each head for the samples which show some images."""
    for record in records:
        found = decided[record.attribute]
        columns = {"predicted": found.predicted, "score": found.score, "margin": found.margin}
        table = pl.DataFrame(
            {"vector_key": keys, **columns, "value": found.value},
            schema_overrides=dict(PREDICTION_SCHEMA),
        )
        wanted = pending.filter(pl.col("classifier") == record.name)
        yield (
            wanted.join(table, on="vector_key", maintain_order="left")
            .select(list(PREDICTION_SCHEMA))
            .cast(PREDICTION_SCHEMA)
        )


def _record(heads: FinetunedFile, number: int, encoder: StoredEncoder) -> ClassifierRecord:
    task = heads.tasks[number]
    return ClassifierRecord(
        name=f"{heads.name} {task.attribute}",
        kind=FINETUNED,
        attribute=task.attribute,
        encoder_id=encoder.encoder_id,
        details={
            "file": heads.path.name,
            "file_sha256": heads.sha256,
            "classes": task.classes,
            "blocks": heads.n_blocks,
            "training": dict(heads.training),
        },
    )


def _check_classes(stores: Stores, heads: FinetunedFile) -> None:
    known = stores.catalog.samples.classes()
    for task in heads.tasks:
        names = {each.name for each in known.get(task.attribute, ())}
        unknown = [repr(each) for each in task.classes if each not in names]
        if unknown:
            message = (
                f"'{heads.path}' predicts classes of {task.attribute!r} which the store does not "
                f"know: {preview(unknown)}. Import labels that have them, with --new-classes."
            )
            raise InputError(message)
