"""Train ages in years together with gender, on the images or on vectors that are stored."""

from functools import partial

import numpy as np

from facestore.config import DEFAULT_WORKERS, HEADS_FOLDER
from facestore.recorded_vectors import checked_images
from facestore.records import AnyPath
from facestore.stores import Stores
from facestore.training.classify_vectors import VectorClassifier
from facestore.training.files import Head, HeadsFile, load_heads, save_heads
from facestore.training.gradients.checkpoint import checkpoint_path
from facestore.training.gradients.loop_options import VECTOR_LOOP, LoopOptions
from facestore.training.gradients.options import GradientOptions
from facestore.training.gradients.run import parts_of, run_training, tasks_of
from facestore.training.gradients.tower import VectorTower
from facestore.training.gradients.train_heads import fit_on_images
from facestore.training.heads import AGE, GENDER, AgeOptions, MultiTaskModel
from facestore.training.inputs import Augmentation, VectorInputs
from facestore.training.plan import TrainingPlan, TrainSummary, carry_out, plan_trainings
from facestore.training.probes.train_probes import PROBE, read_vectors
from facestore.training.records import curves_of
from facestore.training.samples import Choice
from facestore.vector_table import VectorTable


def train_age(
    store: Stores,
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
) -> TrainSummary:
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

    Raises
    ------
    LeakageError
        If images of the split are held out elsewhere.
    InputError
        If there is nothing to train on, files are not there any more, or the name belongs to
        heads that were trained otherwise.
    """
    loop = loop or (VECTOR_LOOP if on_vectors else LoopOptions())
    store.output(out, HEADS_FOLDER)  # before a model is loaded
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
        tensorboard=None if tensorboard is None else store.output(tensorboard),
    )
    choice = Choice(dataset, split, val_split, val_fraction, None, loop.seed)
    if on_vectors:
        return _fit_on_vectors(store, choice, options, model=model, out=out)
    return fit_on_images(store, choice, options, model=model, device=device, out=out)


def _fit_on_vectors(
    store: Stores,
    choice: Choice,
    options: GradientOptions,
    *,
    model: str | None,
    out: AnyPath | None,
) -> TrainSummary:
    encoder = store.catalog.encoders.chosen(model)
    images = checked_images(store, encoder)
    (plan,) = plan_trainings(
        store,
        encoder,
        choice,
        options,
        has_input=images.has,
        name=f"{encoder.name} age and gender {choice.dataset}",
        out=out,
    )
    return carry_out(
        store,
        plan,
        "train age",
        arguments={"classifier": plan.name},
        fit=partial(_fit, store, plan, images),
        classifier=lambda: VectorClassifier(plan.path, load_heads(plan.path), encoder),
    )


def _fit(store: Stores, plan: TrainingPlan[GradientOptions], images: VectorTable) -> int:
    options = plan.options
    fit, held = parts_of(plan.sets, options.numbers)
    row_of = {key: row for row, key in enumerate((*fit.image_ids, *held.image_ids))}
    of_fit, of_held = np.split(read_vectors(images, row_of), [len(fit.image_ids)])
    model = MultiTaskModel(VectorTower.fitted_to(of_fit), tasks_of(plan.sets, options.age, fit))
    facts = run_training(
        store, plan, model, (fit, VectorInputs(of_fit)), (held, VectorInputs(of_held))
    )
    curves = curves_of(facts["epochs"], options.attributes)
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
    checkpoint_path(plan.path).unlink(missing_ok=True)
    return len(heads)
