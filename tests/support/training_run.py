"""A small training of the bundled tiny CLIP on synthetic faces; as a program it can be killed.

PYTHONPATH=tests:scripts python -m support.training_run CHECKPOINT RESULT STEPS_BEFORE_IT_HANGS
"""

from __future__ import annotations

import sys
import time
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import open_clip
import torch
from faces import AGES, GENDERS, RACES, make_face, render
from PIL import Image

from facestore import resources
from facestore.training.gradients.loop import Training
from facestore.training.gradients.loop_options import LoopOptions
from facestore.training.gradients.tower import ImageTower
from facestore.training.heads import HeadTask, MultiTaskModel
from facestore.training.inputs import Augmentation, ImageInputs, Labelled
from facestore.training.records import EpochRecord, StepRecord

CLASSES = {"gender": GENDERS, "race": RACES, "age": AGES}
OPTIONS = LoopOptions(
    epochs=3, batch_size=16, lr=3e-4, head_lr=1e-2, checkpoint_every=2, patience=None
)
FIRST_SEED = 5_000_000


@lru_cache(maxsize=1)
def tiny() -> tuple[torch.nn.Module, object]:
    folder = resources.asset("tiny_clip")
    model, _, preprocess = open_clip.create_model_and_transforms(f"local-dir:{folder}")
    return model.eval(), preprocess


@lru_cache(maxsize=512)
def image(seed: int) -> Image.Image:
    return render(make_face(seed), size=96)


def faces(first: int, n: int, *, augmented: bool = True, workers: int = 0) -> Labelled:
    seeds = range(FIRST_SEED + first, FIRST_SEED + first + n)
    inputs = ImageInputs(
        [partial(image, seed) for seed in seeds],
        tiny()[1],
        augmentation=Augmentation() if augmented else None,
        workers=workers,
    )
    drawn = [make_face(seed) for seed in seeds]
    targets = {
        name: np.array([classes.index(getattr(face, name)) for face in drawn])
        for name, classes in CLASSES.items()
    }
    return Labelled(inputs, targets)


def new_model(n_blocks: int = 1) -> MultiTaskModel:
    tower = ImageTower(tiny()[0].visual, n_blocks)
    return MultiTaskModel(tower, [HeadTask(name, classes) for name, classes in CLASSES.items()])


def small_training(
    checkpoint: Path | None = None, *, options: LoopOptions = OPTIONS, workers: int = 0
) -> Training:
    return Training(
        new_model(),
        faces(0, 72, workers=workers),
        faces(1_000, 32),
        options,
        checkpoint=checkpoint,
    )


def losses(records: list[StepRecord | EpochRecord]) -> dict[int, float]:
    return {each.step: each.metrics.loss for each in records if isinstance(each, StepRecord)}


def main() -> None:
    checkpoint, result, hangs_after = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    training = small_training(checkpoint)
    for record in training.run():
        if isinstance(record, StepRecord) and record.step == hangs_after:
            result.write_text("hangs")
            time.sleep(600)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
