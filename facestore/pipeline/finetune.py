"""Fine-tune: several heads and the last blocks of an encoder, trained together on the images."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from facestore.catalog.encoders import StoredEncoder
from facestore.encoder import OpenClipEncoder
from facestore.errors import InputError
from facestore.pipeline.cards import write_card
from facestore.pipeline.classify_images import classify_images, image_files, image_inputs
from facestore.pipeline.context import Stores, recorded
from facestore.pipeline.trained import ClassifySummary
from facestore.pipeline.training_run import (
    GradientOptions,
    parts_of,
    recipe_of,
    run_training,
    tasks_of,
    training_facts,
    without_file,
)
from facestore.pipeline.training_set import Choice, TrainingSet, choose, leaking_samples
from facestore.records import ImageFile
from facestore.training import HeadsFile
from facestore.training.finetuned import FinetunedFile, load_finetuned, save_finetuned
from facestore.training.heads import MultiTaskModel
from facestore.training.tower import ImageTower, n_parameters


@dataclass(frozen=True)
class FinetuneSummary:
    """What one training made.

    Attributes
    ----------
    path, card
        The file, and the model card beside it.
    heads
        What is in the file.
    is_new
        False: the file was there already, made in the same way.
    predictions
        What was predicted with it.
    """

    path: Path
    card: Path
    heads: FinetunedFile | HeadsFile
    is_new: bool
    predictions: ClassifySummary

    def lines(self) -> list[str]:
        """Return the summary for people, one fact a line."""
        facts = self.heads.training
        lines = []
        if self.is_new:
            lines.append(
                f"{facts['n_samples']:,} images, {facts['n_held_back']:,} held back; the weights "
                f"are those of epoch {facts['best_epoch']} of {len(facts['epochs'])}"
            )
            for attribute, reasons in facts["left_out"].items():
                why = ", ".join(f"{n:,} ({reason})" for reason, n in reasons.items())
                lines += [f"{attribute}: left out: {why}"] if reasons else []
        lines.append(f"{'heads' if self.is_new else 'heads are there already'}: {self.path}")
        return [*lines, *self.predictions.lines(), f"model card: {self.card}"]


def train_heads(
    stores: Stores,
    folder: Path,
    *,
    encoder: StoredEncoder,
    loaded: OpenClipEncoder,
    choice: Choice,
    options: GradientOptions,
) -> FinetuneSummary:
    """Train on images that are in the store, save what was trained, and predict the data set.

    A training that was interrupted goes on where its checkpoint, beside the file, ends.

    Parameters
    ----------
    stores
        The store.
    folder
        Where files of heads are written.
    encoder, loaded
        The model to begin from.
    choice
        Which samples.
    options
        How.

    Raises
    ------
    LeakageError
        If images of the split are held out elsewhere.
    InputError
        If there is nothing to train on, files are not there any more, or the name belongs to
        heads that were trained otherwise.
    """
    stores.catalog.samples.require_dataset(choice.dataset)
    leaking = leaking_samples(
        stores, choice.dataset, choice.split, force=options.force, drop=options.drop_leaks
    )
    files = image_files(stores)
    sets = without_file(
        choose(
            stores,
            options.attributes,
            choice,
            with_vector=files.keys(),
            leaking=leaking,
            numbers=options.numbers,
        )
    )
    recipe = recipe_of(encoder, choice, options, sets)
    name = options.name or f"{encoder.name} {options.n_blocks} blocks {choice.dataset}"
    path = heads_path(folder, name)
    is_new = not path.exists()
    if is_new:
        arguments = asdict(choice) | {"name": name, "encoder": encoder.name, "file": str(path)}
        with recorded(stores, "train heads", arguments) as counts:
            _train(stores, path, name, encoder, loaded, choice, options, sets, files, recipe)
            counts["n_heads"] = len(sets)
    heads = load_finetuned(path)
    check_recipe(path, heads, recipe)
    predictions = classify_images(
        stores,
        heads,
        encoder=encoder,
        loaded=loaded,
        dataset=choice.dataset,
        split=None,
        batch_size=options.loop.batch_size,
        workers=options.workers,
    )
    return FinetuneSummary(path, write_card(stores, path, heads), heads, is_new, predictions)


def heads_path(folder: Path, name: str) -> Path:
    """Return the file of heads of a name."""
    return folder / f"{re.sub(r'[^A-Za-z0-9.-]+', '_', name)}.safetensors"


def check_recipe(path: Path, heads: FinetunedFile | HeadsFile, recipe: str) -> None:
    """Refuse a file that was made in another way.

    Raises
    ------
    InputError
        If it was.
    """
    if heads.training.get("recipe_sha256") != recipe:
        message = (
            f"'{path}' holds heads that were trained on other samples or with other options: "
            "give these another --name."
        )
        raise InputError(message)


def _train(
    stores: Stores,
    path: Path,
    name: str,
    encoder: StoredEncoder,
    loaded: OpenClipEncoder,
    choice: Choice,
    options: GradientOptions,
    sets: Sequence[TrainingSet],
    files: dict[str, ImageFile],
    recipe: str,
) -> None:
    fit, held = parts_of(sets, options.numbers)
    tower = ImageTower(loaded.visual, options.n_blocks)
    model = MultiTaskModel(tower, tasks_of(sets, options.age, fit), loaded.device)
    checkpoint = path.with_suffix(".checkpoint")
    history = run_training(
        stores,
        model,
        fit,
        held,
        (
            image_inputs(
                files,
                fit.image_ids,
                loaded,
                augmentation=options.augmentation,
                workers=options.workers,
            ),
            image_inputs(files, held.image_ids, loaded, workers=options.workers),
        ),
        options,
        checkpoint=checkpoint,
        recipe=recipe,
    )
    facts = training_facts(choice, options, sets, fit, held, history, recipe)
    facts["n_trained"] = n_parameters(model.tower.module, trained_only=True)
    save_finetuned(
        path,
        model,
        name=name,
        encoder=encoder.record,
        n_blocks=options.n_blocks,
        training=facts,
    )
    checkpoint.unlink(missing_ok=True)
