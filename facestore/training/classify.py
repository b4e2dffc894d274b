"""Classify: heads from a file decide, and their decisions become predictions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import polars as pl

from facestore.catalog.encoders import StoredEncoder
from facestore.missing_vectors import todo_without_vectors
from facestore.records import AnyPath, AttributeClass, ClassifierRecord
from facestore.stores import Stores, recorded
from facestore.training.cards.write_card import write_card
from facestore.training.classify_images import open_image_classifier
from facestore.training.classify_vectors import open_vector_classifier
from facestore.training.decisions import Batches, Decided
from facestore.training.files import HeadsFile
from facestore.training.gradients.finetuned import FinetunedFile, is_finetuned
from facestore.training.predictions import (
    ClassifySummary,
    check_classes,
    prediction_rows,
    write_decided,
)
from facestore.training.seen import seen_in_training


class Classifier(Protocol):
    """A file of heads, with what they are applied to."""

    @property
    def path(self) -> Path:
        """The file."""

    @property
    def heads(self) -> HeadsFile | FinetunedFile:
        """What is in it."""

    @property
    def encoder(self) -> StoredEncoder | None:
        """The encoder of the store that it belongs to; None: none."""

    @property
    def vectors_of(self) -> str | None:
        """Name of the encoder whose vectors it reads; None: it reads images."""

    def batches(self, store: Stores, image_ids: pl.Series) -> tuple[int, Batches]:
        """Return how many of the images it can read, about, and decisions on batches of them.

        Parameters
        ----------
        image_ids
            Each once.
        """


def predict_with(
    store: Stores,
    classifier: AnyPath,
    *,
    dataset: str | None = None,
    split: str | None = None,
    model: str | None = None,
    device: str = "auto",
) -> ClassifySummary:
    """Write the predictions of a file of heads that are not there yet.

    Linear heads predict for samples that have a vector of their encoder; a fine-tuned model
    reads the images again, from the folders that were ingested.

    Parameters
    ----------
    classifier
        A file that `train_probe`, `train_heads` or `train_age` wrote, here or in another store, or
        `import_classifier`.
    dataset, split
        Only samples of these.
    model
        The encoder; it has to be the one that the heads were trained on.
    device
        Where a fine-tuned model computes.

    Raises
    ------
    HeadsMismatchError, EncoderMismatchError
        If the store knows the encoder of the heads as another one, or not at all.
    InputError
        If the file is none of heads, or predicts classes that the store does not know.
    """
    path = Path(classifier)
    if dataset is not None:
        store.catalog.samples.require_dataset(dataset)
    trained: Classifier = (
        open_image_classifier(store, path, model, device)
        if is_finetuned(path)
        else open_vector_classifier(store, path, model)
    )
    summary = classify(store, trained, dataset=dataset, split=split)
    # A card beside a file from elsewhere has figures of its own, and how a tower that others
    # trained came about is known from their card alone.
    is_own = path.resolve().parent == store.heads_folder().resolve()
    if is_own and trained.encoder is not None:
        write_card(store, path, trained.heads)
    return summary


def classify(
    store: Stores, trained: Classifier, *, dataset: str | None = None, split: str | None = None
) -> ClassifySummary:
    """Write the predictions of a classifier that are not there yet.

    Parameters
    ----------
    trained
        The heads, and what they are applied to.
    dataset, split
        Only samples of these; None: of all.

    Raises
    ------
    InputError
        If a classifier of the same name came from another file, or predicts unknown classes, or an
        image is not there any more.
    """
    path, heads = trained.path, trained.heads
    classes = check_classes(store, path, heads.classes)
    records = _records(trained)
    names = tuple(record.name for record in records)
    arguments = {"classifier": str(path), "dataset": dataset, "split": split}
    pending = store.catalog.training.pending(names, dataset, split)
    n_images, batches = trained.batches(store, pending["vector_key"].unique())
    frames: list[pl.DataFrame] = []
    with ExitStack() as last, recorded(store, "predict", arguments) as counts:
        with store.progress.task("Predicting", n_images) as task:
            for image_ids, decide in batches:
                frames += _frames(records, image_ids, decide, pending, classes)
                task.advance(len(image_ids))
        last.enter_context(store.catalog.transaction())  # the row of `runs` is written with them
        rows, changes = write_decided(store, records, frames, heads.steps)
        counts.update(changes)
        same_for_all = store.catalog.predictions.same_for_all(names)
    n_without_input = pending["sample_id"].n_unique() - rows["sample_id"].n_unique()
    todo = ""
    if n_without_input and trained.vectors_of is not None and trained.encoder is not None:
        todo = todo_without_vectors(store, trained.encoder, n_without_input, dataset)
    return ClassifySummary(
        names,
        changes["n_new"],
        n_without_input,
        trained.vectors_of,
        same_for_all,
        todo,
    )


def _frames(
    records: Sequence[ClassifierRecord],
    image_ids: Sequence[str],
    decide: Callable[[str, Sequence[int]], Decided],
    pending: pl.DataFrame,
    classes: Mapping[str, Sequence[AttributeClass]],
) -> Iterator[pl.DataFrame]:
    """Yield the predictions of each head for the samples that show some images."""
    places = pl.DataFrame({"vector_key": image_ids, "row": range(len(image_ids))})
    found = pending.join(places, on="vector_key", maintain_order="left")
    for record in records:
        wanted = found.filter(pl.col("classifier") == record.name)
        if not wanted.is_empty():
            decided = decide(record.attribute, wanted["row"].to_list())
            yield prediction_rows(
                record.name, wanted["sample_id"], decided, classes[record.attribute]
            )


def _records(trained: Classifier) -> list[ClassifierRecord]:
    heads = trained.heads
    return [
        ClassifierRecord(
            name=name,
            kind=heads.kind,
            attribute=attribute,
            encoder_id=None if trained.encoder is None else trained.encoder.encoder_id,
            details={
                "file": trained.path.name,
                "file_sha256": heads.sha256,
                "classes": classes,
                **heads.details_of(attribute),
                "training": dict(heads.training),
            },
            seen=seen_in_training(heads.training, heads.details_of(attribute)),
        )
        for name, (attribute, classes) in zip(
            heads.classifier_names, heads.classes.items(), strict=True
        )
    ]
