"""Fit heads by gradients on vectors that are stored: ages in years together with gender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from facestore.catalog.encoders import StoredEncoder
from facestore.pipeline.cards import write_card
from facestore.pipeline.classify import classify
from facestore.pipeline.context import Stores, recorded
from facestore.pipeline.finetune import FinetuneSummary, check_recipe, heads_path
from facestore.pipeline.train import PROBE, read_vectors
from facestore.pipeline.training_run import (
    GradientOptions,
    curves_of,
    parts_of,
    recipe_of,
    run_training,
    tasks_of,
    training_facts,
)
from facestore.pipeline.training_set import Choice, TrainingSet, choose, leaking_samples
from facestore.training import Head, HeadsFile, load_heads, save_heads
from facestore.training.heads import MultiTaskModel
from facestore.training.inputs import VectorInputs
from facestore.training.tower import VectorTower
from facestore.vectors import VectorTable


def fit_on_vectors(
    stores: Stores,
    folder: Path,
    *,
    encoder: StoredEncoder,
    choice: Choice,
    options: GradientOptions,
) -> FinetuneSummary:
    """Fit linear heads on stored vectors, save them, and predict the data set.

    Parameters
    ----------
    stores
        The store.
    folder
        Where files of heads are written.
    encoder
        Whose image vectors are fitted.
    choice
        Which samples.
    options
        How.

    Raises
    ------
    LeakageError
        If images of the split are held out elsewhere.
    InputError
        If there is nothing to fit, or the name belongs to heads that were trained otherwise.
    """
    stores.catalog.samples.require_dataset(choice.dataset)
    leaking = leaking_samples(
        stores, choice.dataset, choice.split, force=options.force, drop=options.drop_leaks
    )
    images = stores.vectors.images(encoder.vectors)
    sets = choose(
        stores,
        options.attributes,
        choice,
        with_vector=images.keys(),
        leaking=leaking,
        numbers=options.numbers,
    )
    recipe = recipe_of(encoder, choice, options, sets)
    name = options.name or f"{encoder.name} age and gender {choice.dataset}"
    path = heads_path(folder, name)
    is_new = not path.exists()
    if is_new:
        arguments = asdict(choice) | {"name": name, "encoder": encoder.name, "file": str(path)}
        with recorded(stores, "train age", arguments) as counts:
            heads = _fit(stores, path, name, encoder, images, choice, options, sets, recipe)
            counts["n_heads"] = len(heads.heads)
    heads = load_heads(path)
    check_recipe(path, heads, recipe)
    predictions = classify(stores, path, heads, encoder=encoder, dataset=choice.dataset)
    return FinetuneSummary(path, write_card(stores, path, heads), heads, is_new, predictions)


def _fit(
    stores: Stores,
    path: Path,
    name: str,
    encoder: StoredEncoder,
    images: VectorTable,
    choice: Choice,
    options: GradientOptions,
    sets: Sequence[TrainingSet],
    recipe: str,
) -> HeadsFile:
    fit, held = parts_of(sets, options.numbers)
    row_of = {key: row for row, key in enumerate((*fit.image_ids, *held.image_ids))}
    vectors = read_vectors(images, row_of)
    of_fit, of_held = np.split(vectors, [len(fit.image_ids)])
    model = MultiTaskModel(VectorTower.fitted_to(of_fit), tasks_of(sets, options.age, fit))
    checkpoint = path.with_suffix(".checkpoint")
    history = run_training(
        stores,
        model,
        fit,
        held,
        (VectorInputs(of_fit), VectorInputs(of_held)),
        options,
        checkpoint=checkpoint,
        recipe=recipe,
    )
    facts = training_facts(choice, options, sets, fit, held, history, recipe)
    curves = curves_of(facts, options.attributes)
    found = model.linear_heads()
    heads = tuple(
        Head(
            task.attribute,
            task.classes,
            *found[task.attribute],
            details={
                "loss": task.loss,
                "weight": task.weight,
                "divisor": task.divisor,
                "delta": task.delta,
                "steps": [list(row) for row in curves[task.attribute]],
            },
        )
        for task in model.tasks
    )
    made = HeadsFile(name, PROBE, encoder.record, heads, facts)
    made = replace(made, sha256=save_heads(path, made))
    checkpoint.unlink(missing_ok=True)
    return made
