"""The verbs of a store that train by gradients: heads on images, ages in years."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from facestore.catalog.encoders import StoredEncoder
from facestore.config import DEFAULT_WORKERS, HEADS_FOLDER
from facestore.encoders.encoder import Encoder
from facestore.errors import InputError
from facestore.records import AnyPath
from facestore.stores import Stores
from facestore.training.gradients.loop_options import VECTOR_LOOP, LoopOptions
from facestore.training.gradients.plan import AGE, GENDER, AgeOptions, GradientOptions
from facestore.training.gradients.train_ages import fit_on_vectors
from facestore.training.gradients.train_heads import FinetuneSummary, train_heads
from facestore.training.inputs import Augmentation
from facestore.training.samples import Choice
from facestore.zero_shot.score import model_of


class FinetuningVerbs:
    """Heads that are trained by gradients, on images or on stored vectors."""

    path: Path
    _stores: Stores

    def train_heads(
        self,
        *,
        attributes: Sequence[str],
        dataset: str,
        split: str | None = "train",
        model: str | None = None,
        val_split: str | None = None,
        val_fraction: float = 0.1,
        blocks: int = 3,
        loop: LoopOptions | None = None,
        augment: bool = True,
        device: str = "auto",
        workers: int = DEFAULT_WORKERS,
        force: bool = False,
        drop_leaks: bool = False,
        name: str | None = None,
        out: AnyPath | None = None,
        data_licence: str | None = None,
        tensorboard: AnyPath | None = None,
    ) -> FinetuneSummary:
        """Train a head for each attribute and the last blocks of an encoder together; predict.

        The images are read again from the folders that were ingested. The same call again changes
        nothing; after a kill it goes on from its checkpoint.

        Parameters
        ----------
        attributes
            `gender`, `race`, `age` ...
        dataset, split
            What is fitted; split None: the samples without one.
        model
            The encoder to begin from; not needed where there is only one.
        val_split
            A split to choose the best epoch on. It is not fitted.
        val_fraction
            Share of the images of `split` to choose the best epoch on where there is no
            `val_split`; 0: none, and the last epoch is kept.
        blocks
            How many blocks are trained, from the last, with the final norm; 0: only the heads.
        loop
            Epochs, batch size, rates, seed ...
        augment
            Whether images are mirrored, cropped and coloured a little in training.
        device, workers
            Where to compute; threads that read and decode.
        force, drop_leaks
            Train on images that other splits hold, too, or leave them out.
        name
            Name of the heads; the classifiers are called name and attribute.
        out
            Folder of the file; that of the store, `heads`, by default.
        data_licence
            Licence of the training data, as it will be stated.
        tensorboard
            Folder for TensorBoard's event files; None: none are written.
        """
        check_attributes(attributes)
        check_fraction(val_fraction)
        encoders = self._stores.catalog.encoders
        encoder = encoders.find(model) if model else encoders.only()
        loop = loop or LoopOptions()
        return train_heads(
            self._stores,
            self.path / HEADS_FOLDER if out is None else Path(out),
            encoder=encoder,
            loaded=loaded_model(self._stores, encoder, model, device),
            choice=Choice(dataset, split, val_split, val_fraction, None, loop.seed),
            options=GradientOptions(
                attributes=tuple(attributes),
                n_blocks=blocks,
                loop=loop,
                augmentation=Augmentation() if augment else None,
                workers=workers,
                force=force,
                drop_leaks=drop_leaks,
                name=name,
                data_licence=data_licence,
                tensorboard=None if tensorboard is None else Path(tensorboard),
            ),
        )

    def train_age(
        self,
        *,
        dataset: str,
        split: str | None = "train",
        model: str | None = None,
        on_vectors: bool = False,
        age: AgeOptions | None = None,
        val_split: str | None = None,
        val_fraction: float = 0.1,
        blocks: int = 3,
        loop: LoopOptions | None = None,
        augment: bool = True,
        device: str = "auto",
        workers: int = DEFAULT_WORKERS,
        force: bool = False,
        drop_leaks: bool = False,
        name: str | None = None,
        out: AnyPath | None = None,
        data_licence: str | None = None,
        tensorboard: AnyPath | None = None,
    ) -> FinetuneSummary:
        """Train one model of age in years and gender, on images or on stored vectors; predict.

        Its ages are judged by the view `age_errors`, and as classes by all others.

        Parameters
        ----------
        dataset, split, model, val_split, val_fraction, loop, force, drop_leaks, name, out
            As in `train_heads`.
        on_vectors
            Only linear heads, on vectors that are in the store: nothing of the encoder is trained
            and no image is read.
        age
            How the two losses are weighed.
        blocks, augment, device, workers
            As in `train_heads`; for images only.
        data_licence, tensorboard
            As in `train_heads`.
        """
        check_fraction(val_fraction)
        encoders = self._stores.catalog.encoders
        encoder = encoders.find(model) if model else encoders.only()
        loop = loop or (VECTOR_LOOP if on_vectors else LoopOptions())
        folder = self.path / HEADS_FOLDER if out is None else Path(out)
        choice = Choice(dataset, split, val_split, val_fraction, None, loop.seed)
        options = GradientOptions(
            attributes=(AGE, GENDER),
            loop=loop,
            age=age or AgeOptions(),
            n_blocks=0 if on_vectors else blocks,
            augmentation=Augmentation() if augment and not on_vectors else None,
            workers=workers,
            force=force,
            drop_leaks=drop_leaks,
            name=name,
            data_licence=data_licence,
            tensorboard=None if tensorboard is None else Path(tensorboard),
        )
        if on_vectors:
            return fit_on_vectors(
                self._stores, folder, encoder=encoder, choice=choice, options=options
            )
        return train_heads(
            self._stores,
            folder,
            encoder=encoder,
            loaded=loaded_model(self._stores, encoder, model, device),
            choice=choice,
            options=options,
        )


def loaded_model(stores: Stores, encoder: StoredEncoder, given: str | None, device: str) -> Encoder:
    """Load the model of an encoder; its weights have to be those that the store knows."""
    lazy = model_of(encoder, given, device)
    if lazy is None:
        message = (
            f"Encoder {encoder.name!r} was imported, so there is no model to train or to run: "
            "ingest the images with --model, or use `train probe`."
        )
        raise InputError(message)
    loaded = lazy.load()
    stores.catalog.encoders.register(loaded.record)
    return loaded


def check_attributes(attributes: Sequence[str]) -> None:
    """Refuse no attribute, and one that is given twice."""
    if not attributes or len(set(attributes)) < len(attributes):
        message = (
            f"--attribute {', '.join(attributes) or '(none)'}: one or more were expected, "
            "each once. Give --attribute gender, say."
        )
        raise InputError(message)


def check_fraction(val_fraction: float) -> None:
    """Refuse a share that is none."""
    if not 0 <= val_fraction < 1:
        message = f"--val-fraction {val_fraction}: a share of at least 0 and below 1 was expected."
        raise InputError(message)
