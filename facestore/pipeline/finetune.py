"""Fine-tune: several heads and the last blocks of an encoder, trained together on the images."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from facestore.catalog.encoders import StoredEncoder
from facestore.encoder import OpenClipEncoder
from facestore.errors import InputError
from facestore.pipeline.classify import ClassifySummary
from facestore.pipeline.classify_images import classify_images, image_files, image_inputs
from facestore.pipeline.context import Stores, recorded, versions
from facestore.pipeline.training_set import NO_VECTOR, Choice, TrainingSet, choose, leaking_samples
from facestore.records import ImageFile
from facestore.training.events import EventFiles
from facestore.training.finetuned import FinetunedFile, load_finetuned, save_finetuned
from facestore.training.heads import NO_CLASS, HeadTask, MultiTaskModel
from facestore.training.inputs import Augmentation, Labelled
from facestore.training.loop import LoopOptions, Training
from facestore.training.records import EpochRecord, StepRecord
from facestore.training.tower import ImageTower, n_parameters


@dataclass(frozen=True)
class FinetuneOptions:
    """How heads are trained together with the last blocks.

    Attributes
    ----------
    attributes
        One head each.
    n_blocks
        How many blocks are trained, from the last; 0: only the heads.
    loop
        Epochs, rates, seed ...
    augmentation
        How images are changed; None: not at all.
    workers
        Threads that read and decode.
    force, drop_leaks
        Train on images that are held out elsewhere; or leave them out.
    name
        Of the heads; made up if None.
    data_licence
        Of the training data, as the user states it.
    tensorboard
        Folder for event files; None: none are written.
    """

    attributes: tuple[str, ...]
    n_blocks: int
    loop: LoopOptions
    augmentation: Augmentation | None
    workers: int
    force: bool = False
    drop_leaks: bool = False
    name: str | None = None
    data_licence: str | None = None
    tensorboard: Path | None = None


@dataclass(frozen=True)
class FinetuneSummary:
    """What one training made.

    Attributes
    ----------
    heads
        The file.
    is_new
        False: the file was there already, made in the same way.
    predictions
        What was predicted with it.
    """

    heads: FinetunedFile
    is_new: bool
    predictions: ClassifySummary

    def lines(self) -> list[str]:
        """Return the summary for people, one fact a line."""
        facts = self.heads.training
        lines = []
        if self.is_new:
            lines.append(
                f"{facts['n_samples']:,} images, {facts['n_held_back']:,} held back; "
                f"{facts['n_trained']:,} parameters of the tower trained; the weights are those "
                f"of epoch {facts['best_epoch']} of {len(facts['epochs'])}"
            )
            for attribute, reasons in facts["left_out"].items():
                why = ", ".join(f"{n:,} ({reason})" for reason, n in reasons.items())
                lines += [f"{attribute}: left out: {why}"] if reasons else []
        lines.append(f"{'heads' if self.is_new else 'heads are there already'}: {self.heads.path}")
        return [*lines, *self.predictions.lines()]


@dataclass(frozen=True)
class _Part:
    """Images, each once, and the number of each one's class by attribute."""

    image_ids: tuple[str, ...]
    targets: dict[str, np.ndarray[Any, np.dtype[np.int64]]]


def train_heads(
    stores: Stores,
    folder: Path,
    *,
    encoder: StoredEncoder,
    loaded: OpenClipEncoder,
    choice: Choice,
    options: FinetuneOptions,
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
    sets = choose(stores, options.attributes, choice, with_vector=files.keys(), leaking=leaking)
    recipe = _recipe(encoder, choice, options, sets)
    name = options.name or f"{encoder.name} {options.n_blocks} blocks {choice.dataset}"
    path = folder / f"{re.sub(r'[^A-Za-z0-9.-]+', '_', name)}.safetensors"
    is_new = not path.exists()
    if is_new:
        arguments = asdict(choice) | {"name": name, "encoder": encoder.name, "file": str(path)}
        with recorded(stores, "train heads", arguments) as counts:
            _train(stores, path, name, encoder, loaded, choice, options, sets, files, recipe)
            counts["n_heads"] = len(sets)
    heads = load_finetuned(path)
    if heads.training.get("recipe_sha256") != recipe:
        message = (
            f"'{path}' holds heads that were trained on other samples or with other options: "
            "give these another --name."
        )
        raise InputError(message)
    predictions = classify_images(
        stores,
        heads,
        encoder=encoder,
        loaded=loaded,
        dataset=choice.dataset,
        split=None,
        batch_size=options.loop.batch_size,
        workers=options.workers,
        steps=_steps(heads),
    )
    return FinetuneSummary(heads, is_new, predictions)


def _train(
    stores: Stores,
    path: Path,
    name: str,
    encoder: StoredEncoder,
    loaded: OpenClipEncoder,
    choice: Choice,
    options: FinetuneOptions,
    sets: Sequence[TrainingSet],
    files: dict[str, ImageFile],
    recipe: str,
) -> None:
    fit = _part(sets, [each.fit for each in sets], without=())
    held = _part(sets, [each.validation for each in sets], without=fit.image_ids)
    model = MultiTaskModel(
        ImageTower(loaded.visual, options.n_blocks),
        [HeadTask(each.attribute, each.classes) for each in sets],
        loaded.device,
    )
    checkpoint = path.with_suffix(".checkpoint")

    def labelled(part: _Part, augmentation: Augmentation | None) -> Labelled:
        inputs = image_inputs(
            files, part.image_ids, loaded, augmentation=augmentation, workers=options.workers
        )
        return Labelled(inputs, part.targets)

    training = Training(
        model,
        labelled(fit, options.augmentation),
        labelled(held, None) if held.image_ids else None,
        options.loop,
        checkpoint=checkpoint,
        identity={"recipe": recipe},
    )
    _run(stores, training, options)
    history = training.history
    facts = {
        **asdict(choice),
        "options": asdict(options.loop),
        "augmentation": asdict(options.augmentation) if options.augmentation else None,
        "n_samples": len(fit.image_ids),
        "n_held_back": len(held.image_ids),
        "n_trained": n_parameters(model.tower.module, trained_only=True),
        "left_out": {each.attribute: _left_out(each) for each in sets},
        "samples_sha256": {each.attribute: each.fit.sha256 for each in sets},
        "best_epoch": max(each.epoch for each in history if each.is_best),
        "epochs": [asdict(each) for each in history],
        "leaks": "kept by --force" if options.force else "none",
        "data_licence": options.data_licence,
        "recipe_sha256": recipe,
        "versions": versions(),
    }
    save_finetuned(
        path, model, name=name, encoder=encoder.record, n_blocks=options.n_blocks, training=facts
    )
    checkpoint.unlink(missing_ok=True)


def _run(stores: Stores, training: Training, options: FinetuneOptions) -> None:
    events = None
    if options.tensorboard is not None:
        events = EventFiles(options.tensorboard, stores.notify)
    if training.n_done:
        stores.notify(f"resumed after step {training.n_done:,} of {training.n_steps:,}")
    with stores.progress.task("Training", training.n_steps) as task:
        task.advance(training.n_done)
        for record in training.run():
            if events is not None:
                events.write(record)
            if isinstance(record, StepRecord):
                task.advance()
            else:
                stores.notify(_epoch_line(record, options.loop.epochs))
    if events is not None:
        events.close()


def _epoch_line(record: EpochRecord, n_epochs: int) -> str:
    parts = [f"epoch {record.epoch} of {n_epochs}: loss {record.train.loss:.4f}"]
    if record.validation is not None:
        parts.append(f"held back {record.validation.loss:.4f}")
        accuracies = record.validation.accuracies.items()
        parts += [f"{attribute} {accuracy:.4f}" for attribute, accuracy in accuracies]
    return ", ".join(parts)


def _part(sets: Sequence[TrainingSet], chosen: Sequence[Any], without: Sequence[str]) -> _Part:
    """Join what was chosen for each attribute: an image is read once for all heads.

    Of samples that show the same image with different labels the first one's label is taken.
    """
    excluded = set(without)
    image_ids = tuple(sorted({key for each in chosen for key in each.keys} - excluded))
    row_of = {key: row for row, key in enumerate(image_ids)}
    targets = {}
    for of_attribute, samples in zip(sets, chosen, strict=True):
        number_of = {name: number for number, name in enumerate(of_attribute.classes)}
        values = np.full(len(image_ids), NO_CLASS, dtype=np.int64)
        for key, label in zip(reversed(samples.keys), reversed(samples.labels), strict=True):
            if key in row_of:
                values[row_of[key]] = number_of[label]
        targets[of_attribute.attribute] = values
    return _Part(image_ids, targets)


def _left_out(samples: TrainingSet) -> dict[str, int]:
    """Return why samples were left out; what is needed here is a file and not a vector."""
    names = {NO_VECTOR: "no image in a folder that was ingested"}
    return {names.get(reason, reason): n for reason, n in samples.left_out.items()}


def _recipe(
    encoder: StoredEncoder,
    choice: Choice,
    options: FinetuneOptions,
    sets: Sequence[TrainingSet],
) -> str:
    """Return a digest of all that decides the heads, so that nothing is trained twice."""
    loop = asdict(options.loop)
    del loop["checkpoint_every"]
    decisive = {
        "encoder": encoder.vectors,
        "samples": {each.attribute: [each.fit.sha256, each.validation.sha256] for each in sets},
        "choice": asdict(choice),
        "blocks": options.n_blocks,
        "loop": loop,
        "augmentation": asdict(options.augmentation) if options.augmentation else None,
        "data_licence": options.data_licence,
    }
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def _steps(heads: FinetunedFile) -> dict[str, list[Any]]:
    epochs = [EpochRecord.from_json(each) for each in heads.training["epochs"]]
    return {
        task.attribute: [row for epoch in epochs for row in epoch.rows(task.attribute)]
        for task in heads.tasks
    }
