"""The verbs of a store that train heads and classify with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from facestore.catalog.encoders import StoredEncoder
from facestore.config import DEFAULT_BATCH_SIZE, DEFAULT_WORKERS, HEADS_FOLDER
from facestore.encoders.encoder import Encoder
from facestore.errors import InputError
from facestore.records import AnyPath
from facestore.store_finetuning import check_attributes, check_fraction, loaded_model
from facestore.stores import Stores
from facestore.training import HeadsFile, load_heads
from facestore.training.cards.write_card import write_card
from facestore.training.classify import classify, encoder_of
from facestore.training.classify_images import classify_images
from facestore.training.gradients.finetuned import FinetunedFile, is_finetuned, load_finetuned
from facestore.training.gradients.whole_tower import TowerOfFile
from facestore.training.predictions import ClassifySummary
from facestore.training.probes.train_probes import ProbeOptions, TrainSummary, train_probes
from facestore.training.samples import Choice


class TrainingVerbs:
    """Heads on vectors: training them, and predicting with them."""

    path: Path
    _stores: Stores

    def train_probe(
        self,
        *,
        attributes: Sequence[str],
        dataset: str,
        split: str | None = "train",
        model: str | None = None,
        val_split: str | None = None,
        val_fraction: float = 0.1,
        class_weight: str | None = None,
        few_shot: int | None = None,
        seeds: int = 1,
        seed: int = 0,
        l2: float | None = None,
        force: bool = False,
        drop_leaks: bool = False,
        name: str | None = None,
        out: AnyPath | None = None,
        data_licence: str | None = None,
    ) -> list[TrainSummary]:
        """Fit a linear head for each attribute on vectors that are there; predict with them.

        The penalty is chosen as in the CLIP paper (see `docs/training.md`). The same call again
        changes nothing.

        Parameters
        ----------
        attributes
            `gender`, `race`, `age` ...
        dataset, split
            What is fitted; split None: the samples without one.
        model
            The encoder; not needed where there is only one.
        val_split
            A split to choose the penalty on. It is not fitted.
        val_fraction
            Share of the images of `split` to choose the penalty on where there is no `val_split`;
            they are fitted in the end.
        class_weight
            `balanced`: every class weighs the same.
        few_shot, seeds
            Fit so many images a class, chosen anew for each of so many seeds.
        seed
            The first seed.
        l2
            Strength of the penalty, 1 / C of scikit-learn; None: chosen.
        force, drop_leaks
            Train on images that other splits hold, too, or leave them out.
        name
            Name of the heads; the classifiers are called name and attribute.
        out
            Folder of the files; that of the store, `heads`, by default.
        data_licence
            Licence of the training data, for the model card.

        Returns
        -------
        list of TrainSummary
            One, or one a seed.
        """
        check_attributes(attributes)
        if class_weight not in (None, "balanced"):
            message = f"--class-weight {class_weight}: 'balanced' was expected, or leave it out."
            raise InputError(message)
        check_fraction(val_fraction)
        _check_numbers(few_shot, seeds, l2)
        encoders = self._stores.catalog.encoders
        return train_probes(
            self._stores,
            self.path / HEADS_FOLDER if out is None else Path(out),
            encoder=encoders.find(model) if model else encoders.only(),
            choice=Choice(dataset, split, val_split, val_fraction, few_shot, seed),
            options=ProbeOptions(
                attributes=tuple(attributes),
                l2=l2,
                balanced=class_weight == "balanced",
                n_seeds=seeds,
                force=force,
                drop_leaks=drop_leaks,
                name=name,
                data_licence=data_licence,
            ),
        )

    def predict_with(
        self,
        classifier: AnyPath,
        *,
        dataset: str | None = None,
        split: str | None = None,
        model: str | None = None,
        device: str = "auto",
    ) -> ClassifySummary:
        """Write the predictions of a file of heads.

        Linear heads predict for samples that have a vector of their encoder; a fine-tuned model
        reads the images again, from the folders that were ingested.

        Parameters
        ----------
        classifier
            A file that `train_probe` wrote, here or in another store.
        dataset, split
            Only samples of these.
        model
            The encoder; it has to be the one that the heads were trained on.
        device
            Where a fine-tuned model computes.
        """
        path = Path(classifier)
        if dataset is not None:
            self._stores.catalog.samples.require_dataset(dataset)
        if is_finetuned(path):
            return self._predict_with_finetuned(path, dataset, split, model, device)
        heads = load_heads(path)
        given = self._stores.catalog.encoders.find(model) if model else None
        encoder = encoder_of(self._stores, path, heads, given)
        summary = classify(self._stores, path, heads, encoder=encoder, dataset=dataset, split=split)
        self._update_card(path, heads)
        return summary

    def _predict_with_finetuned(
        self, path: Path, dataset: str | None, split: str | None, model: str | None, device: str
    ) -> ClassifySummary:
        heads = load_finetuned(path)
        encoder, loaded = _model_of_file(self._stores, heads, model, device)
        summary = classify_images(
            self._stores,
            heads,
            encoder=encoder,
            loaded=loaded,
            dataset=dataset,
            split=split,
            batch_size=DEFAULT_BATCH_SIZE,
            workers=DEFAULT_WORKERS,
        )
        # How a tower that others trained came about is known from their card alone.
        if heads.tower is None:
            self._update_card(path, heads)
        return summary

    def _update_card(self, path: Path, heads: HeadsFile | FinetunedFile) -> None:
        """Write the new figures; a card beside a file from elsewhere has figures of its own."""
        if path.resolve().parent == (self.path / HEADS_FOLDER).resolve():
            write_card(self._stores, path, heads)


def _model_of_file(
    stores: Stores, heads: FinetunedFile, given: str | None, device: str
) -> tuple[StoredEncoder | None, Encoder | TowerOfFile]:
    """Return the encoder that a file was trained from, and its model; or the file's own tower."""
    if heads.tower is None:
        encoder = stores.catalog.encoders.find(given or heads.encoder.name)
        return encoder, loaded_model(stores, encoder, given, device)
    if given is not None:
        message = (
            f"--model {given} beside '{heads.path}', which has its whole tower and takes no "
            "encoder: leave --model out."
        )
        raise InputError(message)
    return None, TowerOfFile(heads.tower, heads.encoder, device)


def _check_numbers(few_shot: int | None, seeds: int, l2: float | None) -> None:
    wrong = None
    if few_shot is not None and few_shot < 1:
        wrong = f"--few-shot {few_shot}: 1 image a class or more was expected."
    elif seeds < 1 or (seeds > 1 and few_shot is None):
        wrong = f"--seeds {seeds}: 1 or more was expected, and more than 1 only with --few-shot K."
    elif l2 is not None and not 0 < l2 < float("inf"):
        wrong = f"--l2 {l2}: a number above 0 was expected, or auto."
    if wrong:
        raise InputError(wrong)
