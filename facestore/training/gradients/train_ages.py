"""Fit heads by gradients on vectors that are stored: ages in years together with gender."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from facestore.catalog.encoders import StoredEncoder
from facestore.stores import Stores
from facestore.training import Head, HeadsFile, load_heads, save_heads
from facestore.training.cards.write_card import write_card
from facestore.training.classify import classify
from facestore.training.gradients.plan import GradientOptions, TrainingPlan, plan_training
from facestore.training.gradients.run import (
    curves_of,
    parts_of,
    run_training,
    tasks_of,
    training_facts,
)
from facestore.training.gradients.tower import VectorTower
from facestore.training.gradients.train_heads import FinetuneSummary
from facestore.training.heads import MultiTaskModel
from facestore.training.inputs import VectorInputs
from facestore.training.probes.train_probes import PROBE, read_vectors
from facestore.training.samples import Choice
from facestore.vectors import VectorTable


def fit_on_vectors(
    store: Stores,
    folder: Path,
    *,
    encoder: StoredEncoder,
    choice: Choice,
    options: GradientOptions,
) -> FinetuneSummary:
    """Fit linear heads on stored vectors, save them, and predict the data set.

    Parameters
    ----------
    store
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
    images = store.vectors.images(encoder.vectors)
    plan = plan_training(
        store,
        folder,
        encoder,
        choice,
        options,
        keys=images.keys(),
        name=f"{encoder.name} age and gender {choice.dataset}",
    )
    if plan.is_new:
        with plan.recorded(store, "train age"):
            _fit(store, plan, images)
    heads = load_heads(plan.path)
    plan.check(heads)
    predictions = classify(store, plan.path, heads, encoder=encoder, dataset=choice.dataset)
    card = write_card(store, plan.path, heads)
    return FinetuneSummary(plan.path, card, heads, plan.is_new, predictions)


def _fit(store: Stores, plan: TrainingPlan, images: VectorTable) -> None:
    options = plan.options
    fit, held = parts_of(plan.sets, options.numbers)
    row_of = {key: row for row, key in enumerate((*fit.image_ids, *held.image_ids))}
    of_fit, of_held = np.split(read_vectors(images, row_of), [len(fit.image_ids)])
    model = MultiTaskModel(VectorTower.fitted_to(of_fit), tasks_of(plan.sets, options.age, fit))
    history = run_training(
        store, plan, model, (fit, VectorInputs(of_fit)), (held, VectorInputs(of_held))
    )
    facts = training_facts(plan, fit, held, history)
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
    save_heads(plan.path, HeadsFile(plan.name, PROBE, plan.encoder.record, heads, facts))
