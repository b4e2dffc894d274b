"""Measure the tiny CLIP on faces it has not seen, and write its model card."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import open_clip
import torch
from faces import AGES, GENDERS, RACES
from sklearn.linear_model import LogisticRegression

from facestore.prompts import builtin_prompt_sets
from facestore.records import PromptSet

Vectors = npt.NDArray[np.float32]
CLASSES = {"gender": GENDERS, "race": RACES, "age": AGES}
# attribute, prompt set: one prompt a class first, then an ensemble
MEASURED = (
    ("gender", "raw_gender_labels"),
    ("gender", "age_race_gender_labels_v2"),
    ("race", "raw_race_labels"),
    ("race", "age_race_gender_labels_v2"),
    ("age", "fairface_age_labels"),
)
AGE_RANGES = (
    "0 to 2",
    "3 to 9",
    *(f"{start} to {start + 9}" for start in range(10, 70, 10)),
    "70 to 90",
)
# One prompt a class without a set of its own.
SINGLE_AGES = {
    "age, bare labels": [[f"a photo of a {age}"] for age in AGES],
    "age, one wording": [[f"a photo of a person aged {span}"] for span in AGE_RANGES],
}
_N_PROBE = 3_000


def evaluate(
    folder: Path, pixels: npt.NDArray[np.uint8], labels: npt.NDArray[np.int64]
) -> dict[str, float]:
    """Return accuracies of the model in a folder.

    Parameters
    ----------
    folder
        Configuration, weights and byte pairs.
    pixels : uint8 (n, H, W, 3)
        Faces.
    labels : int64 (n, 3)
        Their gender, race and age.

    Returns
    -------
    dict of str to float
        Fractions in [0, 1].
    """
    model, _, preprocess = open_clip.create_model_and_transforms(f"local-dir:{folder}")
    tokenizer = open_clip.get_tokenizer(f"local-dir:{folder}", bpe_path=str(folder / "bpe.txt.gz"))
    images = _encode_images(model.eval(), preprocess, pixels)
    sets = {each.name: each for each in builtin_prompt_sets()}
    figures = {}
    for attribute, name in MEASURED:
        heads = _class_embeddings(model, tokenizer, sets[name], attribute)
        found = (images @ heads.T).argmax(axis=1)
        figures[f"{attribute}, {name}"] = _share(found, labels, attribute)
    figures["age within one group, fairface_age_labels"] = float(
        (np.abs(found - labels[:, 2]) <= 1).mean()
    )
    for name, texts in SINGLE_AGES.items():
        single = _class_embeddings_of(model, tokenizer, texts)
        figures[name] = _share((images @ single.T).argmax(axis=1), labels, "age")
    for attribute, name in MEASURED:
        if name.startswith("raw"):
            heads = _class_embeddings(model, tokenizer, sets[name], attribute)
            right = (images @ heads.T).argmax(axis=1) == labels[:, list(CLASSES).index(attribute)]
            figures |= _by_group(right, labels, f"{attribute}, {name}")
    for column, attribute in enumerate(CLASSES):
        probe = LogisticRegression(C=30, max_iter=2_000)
        probe.fit(images[:_N_PROBE], labels[:_N_PROBE, column])
        score = probe.score(images[_N_PROBE:], labels[_N_PROBE:, column])
        figures[f"{attribute}, linear probe of 3,000 faces on 1,000"] = float(score)
    return {name: round(value, 4) for name, value in figures.items()}


def write_card(file: Path, figures: dict[str, float], *, steps: int, minutes: float) -> None:
    """Write the model card."""
    rows = "\n".join(f"| {name} | {value:.3f} |" for name, value in figures.items())
    file.write_text(
        f"""# Tiny CLIP of synthetic faces

A real open_clip model (ViT of 4 layers, 96 x 96 pixels, 128 values; 1.2 million parameters) that
was trained on drawings of faces and their captions. It lets facestore's demo and tests run the
whole path of a CLIP model with no network.

- **Made by** `scripts/train_tiny_clip.py`: {steps:,} steps of 192 of 40,000 drawn faces,
  {minutes:.0f} minutes on two cores. Images and captions are matched by which captions are true
  of which face; besides, random class prompts of gender, race and age are classified.
- **Intended use**: testing and teaching. **Not for anything about people**: it has never seen one,
  and what it says of a photo of a person is meaningless.
- **Limits**: cartoons. Each group of the generator only shifts overlapping distributions of a few
  drawing parameters, so its errors by group show how the generator was made, and nothing else.
- **Licence**: MIT, as facestore.

Accuracy on 4,000 faces that it was not trained on (prompts: `facestore prompts show NAME`;
ensembles in embedding space; a colon introduces the faces of one label):

| what | accuracy |
|---|---|
{rows}
""",
        encoding="utf-8",
    )


def _encode_images(
    model: torch.nn.Module, preprocess: object, pixels: npt.NDArray[np.uint8]
) -> Vectors:
    from PIL import Image

    parts = []
    for start in range(0, len(pixels), 250):
        batch = [preprocess(Image.fromarray(each)) for each in pixels[start : start + 250]]  # type: ignore[operator]
        with torch.inference_mode():
            parts.append(model.encode_image(torch.stack(batch), normalize=True).numpy())
    return np.concatenate(parts)


def _class_embeddings(
    model: torch.nn.Module, tokenizer: object, prompt_set: PromptSet, attribute: str
) -> Vectors:
    texts = [
        [prompt.text for prompt in prompt_set.prompts if prompt.classes.get(attribute) == name]
        for name in CLASSES[attribute]
    ]
    return _class_embeddings_of(model, tokenizer, texts)


def _class_embeddings_of(
    model: torch.nn.Module, tokenizer: object, texts: list[list[str]]
) -> Vectors:
    means = []
    for each in texts:
        with torch.inference_mode():
            vectors = model.encode_text(tokenizer(each), normalize=True).numpy()  # type: ignore[operator]
        mean = vectors.mean(axis=0)
        means.append(mean / np.linalg.norm(mean))
    return np.stack(means)


def _by_group(
    right: npt.NDArray[np.bool_], labels: npt.NDArray[np.int64], what: str
) -> dict[str, float]:
    """Return the accuracy on the faces of each label."""
    return {
        f"{what}: {name}": float(right[labels[:, column] == position].mean())
        for column, names in enumerate(CLASSES.values())
        for position, name in enumerate(names)
    }


def _share(found: npt.NDArray[np.int64], labels: npt.NDArray[np.int64], attribute: str) -> float:
    return float((found == labels[:, list(CLASSES).index(attribute)]).mean())
