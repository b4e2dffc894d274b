"""Fine-tune: several heads and the last blocks of an encoder, trained together on the images."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from facestore.catalog.encoders import StoredEncoder
from facestore.encoders.encoder import Encoder
from facestore.records import ImageFile
from facestore.stores import Stores
from facestore.training import HeadsFile
from facestore.training.cards.write_card import write_card
from facestore.training.classify_images import classify_images, image_files, image_inputs
from facestore.training.gradients.finetuned import FinetunedFile, load_finetuned, save_finetuned
from facestore.training.gradients.plan import GradientOptions, TrainingPlan, plan_training
from facestore.training.gradients.run import parts_of, run_training, tasks_of, training_facts
from facestore.training.gradients.tower import ImageTower, n_parameters
from facestore.training.heads import MultiTaskModel
from facestore.training.predictions import ClassifySummary
from facestore.training.samples import Choice


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


def train_heads(
    store: Stores,
    folder: Path,
    *,
    encoder: StoredEncoder,
    loaded: Encoder,
    choice: Choice,
    options: GradientOptions,
) -> FinetuneSummary:
    """Train on images that are in the store, save what was trained, and predict the data set.

    A training that was interrupted goes on where its checkpoint, beside the file, ends.

    Parameters
    ----------
    store
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
    files = image_files(store)
    plan = plan_training(
        store,
        folder,
        encoder,
        choice,
        options,
        keys=files.keys(),
        name=f"{encoder.name} {options.n_blocks} blocks {choice.dataset}",
        without_key="no image in a folder that was ingested",
    )
    if plan.is_new:
        with plan.recorded(store, "train heads"):
            _train(store, plan, loaded, files)
    heads = load_finetuned(plan.path)
    plan.check(heads)
    predictions = classify_images(
        store,
        heads,
        encoder=encoder,
        loaded=loaded,
        dataset=choice.dataset,
        split=None,
        batch_size=options.loop.batch_size,
        workers=options.workers,
    )
    card = write_card(store, plan.path, heads)
    return FinetuneSummary(plan.path, card, heads, plan.is_new, predictions)


def _train(
    store: Stores,
    plan: TrainingPlan,
    loaded: Encoder,
    files: dict[str, ImageFile],
) -> None:
    options = plan.options
    fit, held = parts_of(plan.sets, options.numbers)
    tower = ImageTower(loaded.visual, options.n_blocks)
    model = MultiTaskModel(tower, tasks_of(plan.sets, options.age, fit), loaded.device)
    read = partial(image_inputs, files, encoder=loaded, workers=options.workers)
    history = run_training(
        store,
        plan,
        model,
        (fit, read(image_ids=fit.image_ids, augmentation=options.augmentation)),
        (held, read(image_ids=held.image_ids)),
    )
    facts = training_facts(plan, fit, held, history)
    facts["n_trained"] = n_parameters(model.tower.module, trained_only=True)
    save_finetuned(
        plan.path,
        model,
        name=plan.name,
        encoder=plan.encoder.record,
        n_blocks=options.n_blocks,
        training=facts,
    )
