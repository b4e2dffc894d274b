"""Train heads: several of them and the last blocks of an encoder, together, on the images."""

from collections.abc import Mapping, Sequence
from functools import partial

from facestore.config import DEFAULT_WORKERS, HEADS_FOLDER
from facestore.encoders.encoder import Encoder
from facestore.records import AnyPath, ImageFile
from facestore.stores import Stores
from facestore.training.classify_images import (
    ImageClassifier,
    image_files,
    image_inputs,
    loaded_model,
)
from facestore.training.gradients.checkpoint import checkpoint_path
from facestore.training.gradients.finetuned import load_finetuned, save_finetuned
from facestore.training.gradients.loop_options import LoopOptions
from facestore.training.gradients.options import GradientOptions
from facestore.training.gradients.run import parts_of, run_training, tasks_of
from facestore.training.gradients.tower import ImageTower, n_parameters
from facestore.training.heads import MultiTaskModel
from facestore.training.inputs import Augmentation
from facestore.training.plan import TrainingPlan, TrainSummary, carry_out, plan_trainings
from facestore.training.samples import Choice


def train_heads(
    store: Stores,
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
) -> TrainSummary:
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

    Raises
    ------
    LeakageError
        If images of the split are held out elsewhere.
    InputError
        If there is nothing to train on, files are not there any more, or the name belongs to
        heads that were trained otherwise.
    """
    store.output(out, HEADS_FOLDER)  # before a model is loaded
    loop = loop or LoopOptions()
    options = GradientOptions(
        attributes=tuple(attributes),
        loop=loop,
        n_blocks=blocks,
        augmentation=Augmentation() if augment else None,
        workers=workers,
        force=force,
        drop_leaks=drop_leaks,
        name=name,
        data_licence=data_licence,
        tensorboard=None if tensorboard is None else store.output(tensorboard),
    )
    choice = Choice(dataset, split, val_split, val_fraction, None, loop.seed)
    return fit_on_images(store, choice, options, model=model, device=device, out=out)


def fit_on_images(
    store: Stores,
    choice: Choice,
    options: GradientOptions,
    *,
    model: str | None,
    device: str,
    out: AnyPath | None,
) -> TrainSummary:
    """Train heads, of classes or of years, and the last blocks of an encoder; predict.

    Parameters
    ----------
    choice, options
        Which samples, and how.
    model, device, out
        As in `train_heads`.
    """
    encoder = store.catalog.encoders.chosen(model)
    loaded = loaded_model(store, encoder, model, device)
    files = image_files(store)
    (plan,) = plan_trainings(
        store,
        encoder,
        choice,
        options,
        has_input=lambda keys: keys.is_in(list(files)).fill_null(value=False).to_numpy(),
        name=f"{encoder.name} {options.n_blocks} blocks {choice.dataset}",
        out=out,
        without_input="no image in a folder that was ingested",
    )
    return carry_out(
        store,
        plan,
        "train heads",
        arguments={"classifier": plan.name},
        fit=partial(_fit, store, plan, loaded, files),
        classifier=lambda: ImageClassifier(
            plan.path,
            load_finetuned(plan.path),
            encoder,
            loaded,
            options.loop.batch_size,
            options.workers,
        ),
    )


def _fit(
    store: Stores,
    plan: TrainingPlan[GradientOptions],
    loaded: Encoder,
    files: Mapping[str, ImageFile],
) -> int:
    options = plan.options
    fit, held = parts_of(plan.sets, options.numbers)
    tower = ImageTower(loaded.visual, options.n_blocks)
    model = MultiTaskModel(tower, tasks_of(plan.sets, options.age, fit), loaded.device)
    read = partial(image_inputs, files, encoder=loaded, workers=options.workers)
    facts = run_training(
        store,
        plan,
        model,
        (fit, read(image_ids=fit.image_ids, augmentation=options.augmentation)),
        (held, read(image_ids=held.image_ids)),
    )
    facts["n_trained"] = n_parameters(model.tower.module, trained_only=True)
    save_finetuned(
        plan.path,
        model,
        name=plan.name,
        encoder=plan.encoder.record,
        n_blocks=options.n_blocks,
        training=facts,
    )
    checkpoint_path(plan.path).unlink(missing_ok=True)
    return len(model.tasks)
