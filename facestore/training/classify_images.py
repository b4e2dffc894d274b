"""Classify images: fine-tuned models read the files again and decide, which gives predictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial

import polars as pl

from facestore.catalog.encoders import StoredEncoder
from facestore.encoders.encoder import Encoder
from facestore.images import ImageSource
from facestore.ingest.embedding import read_known_image
from facestore.records import AttributeClass, ClassifierRecord, ImageFile
from facestore.stores import Stores, recorded
from facestore.training.decisions import Decided
from facestore.training.gradients.finetuned import FINETUNED, FinetunedFile
from facestore.training.gradients.run import curves_of
from facestore.training.gradients.whole_tower import TowerOfFile
from facestore.training.inference import predict_batches
from facestore.training.inputs import Augmentation, ImageInputs
from facestore.training.predictions import (
    ClassifySummary,
    check_classes,
    prediction_rows,
    write_decided,
)


def image_files(store: Stores) -> dict[str, ImageFile]:
    """Return what reads every image of the data sets that were ingested; nothing is opened yet."""
    files: dict[str, ImageFile] = {}
    for dataset, (given, layout) in store.catalog.samples.sources().items():
        source = ImageSource(given, layout)
        samples = store.catalog.samples.of_dataset(dataset).drop_nulls("image_id").sort("path")
        for path, image_id in samples.select("path", "image_id").iter_rows():
            if image_id not in files:
                files[image_id] = source.file(path)
    return files


def image_inputs(
    files: Mapping[str, ImageFile],
    image_ids: Sequence[str],
    encoder: Encoder | TowerOfFile,
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
    store: Stores,
    heads: FinetunedFile,
    *,
    encoder: StoredEncoder | None,
    loaded: Encoder | TowerOfFile,
    dataset: str | None,
    split: str | None,
    batch_size: int,
    workers: int,
) -> ClassifySummary:
    """Write the predictions of a fine-tuned model that are not there yet.

    Parameters
    ----------
    store
        The store.
    heads
        The file of the model.
    encoder, loaded
        The encoder that it was trained from, and its model. A file that has its tower whole belongs
        to no encoder of the store: None, and that tower.
    dataset, split
        Only samples of these; None: of all.
    batch_size, workers
        Images a forward pass; threads that read and decode.

    Raises
    ------
    InputError
        If it predicts classes that the store does not know, or a file is not there any more.
    """
    classes = check_classes(
        store, heads.path, [(task.attribute, task.classes) for task in heads.tasks]
    )
    records = [_record(heads, number, encoder) for number in range(len(heads.tasks))]
    names = tuple(record.name for record in records)
    pending = store.catalog.training.pending(names, dataset, split)
    files = image_files(store)
    image_ids = sorted(set(pending["vector_key"].to_list()) & files.keys())
    arguments = {"classifier": str(heads.path), "dataset": dataset, "split": split}
    curves = curves_of(heads.training, [task.attribute for task in heads.tasks])
    frames: list[pl.DataFrame] = []
    with recorded(store, "predict", arguments) as counts:
        if image_ids:
            model = heads.model(loaded.visual, loaded.record, loaded.device)
            inputs = image_inputs(files, image_ids, loaded, workers=workers)
            with store.progress.task("Predicting", len(image_ids)) as task:
                for rows, decided in predict_batches(model, inputs, batch_size=batch_size):
                    keys = [image_ids[row] for row in rows.tolist()]
                    frames += _frames(records, keys, decided, pending, classes)
                    task.advance(len(keys))
        written, changes = write_decided(store, records, frames, curves)
        counts.update(changes)
    return ClassifySummary(
        names,
        changes["n_new"],
        pending["sample_id"].n_unique() - written["sample_id"].n_unique(),
        "no image in a folder that was ingested: ingest them",
    )


def _frames(
    records: Sequence[ClassifierRecord],
    keys: Sequence[str],
    decided: Mapping[str, Decided],
    pending: pl.DataFrame,
    classes: Mapping[str, Sequence[AttributeClass]],
) -> Iterator[pl.DataFrame]:
    """Yield the rows of each head for the samples which show some images."""
    places = pl.DataFrame({"vector_key": keys, "row": range(len(keys))})
    found = pending.join(places, on="vector_key", maintain_order="left")
    for record in records:
        wanted = found.filter(pl.col("classifier") == record.name)
        of_samples = decided[record.attribute].take(wanted["row"].to_list())
        yield prediction_rows(
            record.name, wanted["sample_id"], of_samples, classes[record.attribute]
        )


def _record(heads: FinetunedFile, number: int, encoder: StoredEncoder | None) -> ClassifierRecord:
    task = heads.tasks[number]
    # No row of `encoders` says what a whole tower is, so this one does.
    tower = {} if heads.tower is None else {"tower": asdict(heads.encoder)}
    return ClassifierRecord(
        name=f"{heads.name} {task.attribute}",
        kind=FINETUNED,
        attribute=task.attribute,
        encoder_id=None if encoder is None else encoder.encoder_id,
        details={
            "file": heads.path.name,
            "file_sha256": heads.sha256,
            "classes": task.classes,
            "blocks": heads.n_blocks,
            **tower,
            "training": dict(heads.training),
        },
    )
