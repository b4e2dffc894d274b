"""Fine-tuned models on images: they read the files again and decide."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from facestore.catalog.encoders import StoredEncoder
from facestore.config import DEFAULT_BATCH_SIZE, DEFAULT_WORKERS
from facestore.encoders.encoder import Encoder
from facestore.errors import InputError
from facestore.ingest.embedding import read_known_image
from facestore.records import ImageFile
from facestore.stores import Stores, pictures_of
from facestore.training.decisions import Batches, Decided
from facestore.training.gradients.finetuned import FinetunedFile, load_finetuned
from facestore.training.gradients.whole_tower import TowerOfFile
from facestore.training.inference import predict_batches
from facestore.training.inputs import Augmentation, ImageInputs
from facestore.zero_shot.score import model_of


def image_files(
    store: Stores, folder: Path | None = None, wanted: Collection[str] | None = None
) -> dict[str, ImageFile]:
    """Return what reads every image that is where a data set was ingested from; none is opened.

    Parameters
    ----------
    folder
        One that the user names in this command; it is looked in first.
    wanted
        The image_id of those that are looked for; None: all.
    """
    files: dict[str, ImageFile] = {}
    for dataset, pictures in pictures_of(store, folder).items():
        samples = store.catalog.samples.of_dataset(dataset).drop_nulls("image_id").sort("path")
        for path, image_id in samples.select("path", "image_id").iter_rows():
            if image_id in files or (wanted is not None and image_id not in wanted):
                continue
            # the same content may lie elsewhere under another name
            if (file := pictures.find(path, image_id)) is not None:
                files[image_id] = file
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


@dataclass(frozen=True)
class ImageClassifier:
    """A fine-tuned model: heads, and the image tower below them.

    Attributes
    ----------
    path, heads
        The file and what is in it.
    encoder, loaded
        The encoder that it was trained from, and its model. A file that has its tower whole belongs
        to no encoder of the store: None, and that tower.
    batch_size, workers
        Images a forward pass; threads that read and decode.
    """

    path: Path
    heads: FinetunedFile
    encoder: StoredEncoder | None
    loaded: Encoder | TowerOfFile
    batch_size: int = DEFAULT_BATCH_SIZE
    workers: int = DEFAULT_WORKERS

    @property
    def vectors_of(self) -> None:
        """No encoder: it reads images."""

    def batches(self, store: Stores, image_ids: pl.Series) -> tuple[int, Batches]:
        """Return how many of the images can be read again, and decisions on batches of them."""
        files = image_files(store)
        found = sorted(each for each in image_ids if each in files)
        return len(found), self._batches(files, found) if found else iter(())

    def _batches(self, files: Mapping[str, ImageFile], image_ids: Sequence[str]) -> Batches:
        loaded = self.loaded
        model = self.heads.model(loaded.visual, loaded.record, loaded.device)
        inputs = image_inputs(files, image_ids, loaded, workers=self.workers)
        for rows, decided in predict_batches(model, inputs, batch_size=self.batch_size):
            yield [image_ids[row] for row in rows.tolist()], partial(_take, decided)


def open_image_classifier(
    store: Stores, path: Path, given: str | None, device: str
) -> ImageClassifier:
    """Read a fine-tuned model, and load the encoder that it was trained from or its own tower.

    Parameters
    ----------
    path
        The file.
    given
        The encoder that the user names; None: that of the file.
    device
        Where to compute.

    Raises
    ------
    InputError
        If an encoder is named beside a file that has its tower whole.
    """
    heads = load_finetuned(path)
    if heads.tower is None:
        encoder = store.catalog.encoders.find(given or heads.encoder.name)
        return ImageClassifier(path, heads, encoder, loaded_model(store, encoder, given, device))
    if given is not None:
        message = (
            f"`model={given}` beside '{path}', which has its whole tower and takes no encoder: "
            "leave `model=` out."
        )
        raise InputError(message)
    return ImageClassifier(path, heads, None, TowerOfFile(heads.tower, heads.encoder, device))


def loaded_model(store: Stores, encoder: StoredEncoder, given: str | None, device: str) -> Encoder:
    """Load the model of an encoder; its weights have to be those that the store knows."""
    lazy = model_of(encoder, given, device)
    if lazy is None:
        message = (
            f"Encoder {encoder.name!r} was imported, so there is no model to train or to run: "
            "ingest the images with `models=`, or use `train probe`."
        )
        raise InputError(message)
    loaded = lazy.load()
    store.catalog.encoders.register(loaded.record)
    return loaded


def _take(decided: Mapping[str, Decided], attribute: str, rows: Sequence[int]) -> Decided:
    return decided[attribute].take(rows)
