"""Scorers: what gives the score that is explained, as a line through the output of a tower.

Whatever facestore classifies with is linear in it: the cosine to a text, the pooled cosines to the
prompts of a class, the logit of a linear head, the years of a regression head.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.predictions import StoredClassifier
from facestore.encoders.encoder import Encoder, LazyEncoder
from facestore.errors import InputError, UnknownNameError
from facestore.records import Float32, PromptSet
from facestore.stores import Stores
from facestore.training.files import load_heads
from facestore.training.gradients.finetuned import is_finetuned, load_finetuned
from facestore.zero_shot.score import text_vectors

# Weight (D,) and bias of a name, given the vector (D,) of the image where it is needed.
Row = Callable[[str, Float32 | None], tuple[Float32, float]]


@dataclass(frozen=True)
class Scorer:
    """What gives a score to an image, for each of some names.

    Attributes
    ----------
    names
        What it can be asked for: texts, classes, or one attribute that is a number.
    row
        Weight and bias of a name.
    tower
        The image tower whose output is scored.
    unit
        Whether that output is scaled to unit length first.
    is_number
        Whether its only name is a number, such as years.
    needs_vector
        Whether the vector of the image decides the line, as it does which prompts topk takes.
    parameters
        What decides the score besides encoder, classifier and name.
    """

    names: tuple[str, ...]
    row: Row
    tower: Any
    unit: bool = True
    is_number: bool = False
    needs_vector: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def check(self, name: str) -> None:
        """Refuse a name that it cannot be asked for."""
        if name not in self.names:
            raise UnknownNameError("class", name, self.names)


def text_scorer(
    store: Stores, encoder: StoredEncoder, model: LazyEncoder, texts: Sequence[str]
) -> Scorer:
    """Return the scorer that gives the cosine to a text."""
    vectors = text_vectors(store, encoder, texts, model, must_keep=False)
    return Scorer(tuple(texts), lambda text, _: (vectors[text], 0.0), model.load().visual)


def prompt_scorer(
    store: Stores,
    encoder: StoredEncoder,
    model: LazyEncoder,
    *,
    prompt_set: str,
    attribute: str | None = None,
    aggregation: str = "mean",
    k: int | None = None,
) -> Scorer:
    """Return the scorer that pools the cosines to the prompts of a class, as the views do.

    Parameters
    ----------
    store, encoder, model
        The store, and the encoder with its model.
    prompt_set
        The prompts.
    attribute
        Whose classes are meant; None: of all attributes that the prompts name.
    aggregation, k
        As of a zero-shot classifier.
    """
    prompts = store.catalog.prompts.get(prompt_set)
    members = _members(prompts, attribute)
    texts = sorted({text for each in members.values() for text in each})
    vectors = text_vectors(store, encoder, texts, model, must_keep=False)
    stacked = {name: np.stack([vectors[t] for t in each]) for name, each in members.items()}

    def row(name: str, vector: Float32 | None) -> tuple[Float32, float]:
        return pooled(stacked[name], vector, aggregation, k), 0.0

    return Scorer(
        tuple(members),
        row,
        model.load().visual,
        needs_vector=aggregation == "topk",
        parameters={"prompt_set": prompt_set},
    )


def pooled(prompts: Float32, vector: Float32 | None, aggregation: str, k: int | None) -> Float32:
    """Return the weight whose product with a unit image vector is the score of a class.

    Parameters
    ----------
    prompts
        float32 (P, D): unit vectors of the prompts of the class.
    vector
        float32 (D,): of the image, for topk, where it decides which prompts are nearest.
    aggregation, k
        `sum`, `mean`, `embedding_mean`, or `topk` with the number of prompts that count.

    Returns
    -------
    float32 (D,)
    """
    exact = prompts.astype(np.float64)
    if aggregation == "topk" and vector is not None:
        nearest = np.argsort(-(exact @ vector.astype(np.float64)), kind="stable")[:k]
        exact = exact[nearest]
    total = exact.sum(axis=0)
    if aggregation == "mean":
        total /= len(exact)
    elif aggregation == "embedding_mean":
        total /= np.linalg.norm(total)
    return np.asarray(total, dtype=np.float32)


def classifier_scorer(
    store: Stores,
    classifier: StoredClassifier,
    encoder: StoredEncoder,
    model: LazyEncoder,
    folder: Path,
) -> Scorer:
    """Return the scorer that a classifier of the store is.

    Parameters
    ----------
    classifier, encoder, model
        It, its encoder, and the encoder's model.
    folder
        Where files of heads are.

    Raises
    ------
    InputError
        If it was imported, or its file is not there or is another one.
    """
    record = classifier.record
    if record.kind == "zero_shot":
        scorer = prompt_scorer(
            store, encoder, model, prompt_set=str(record.prompt_set),
            attribute=record.attribute, aggregation=str(record.aggregation), k=record.k,
        )  # fmt: skip
        # The classifier says which prompts, so they are no parameter of the question.
        return replace(scorer, parameters={})
    # the name alone: a store must not choose the folder
    file = folder / Path(str(record.details.get("file", ""))).name
    if record.kind not in ("linear_probe", "finetuned") or not file.is_file():
        message = (
            f"Classifier {record.name!r} ({record.kind}) has no heads in '{folder}', so its scores "
            "cannot be computed again: give the folder of its file as `heads=`, or take a "
            "classifier that facestore made."
        )
        raise InputError(message)
    read = _finetuned if is_finetuned(file) else _linear
    scorer, sha256 = read(file, record.attribute, model.load())
    if sha256 != record.details.get("file_sha256"):
        message = (
            f"'{file}' is another file than the one that {record.name!r} predicted with: give the "
            "folder of that one as `heads=`."
        )
        raise InputError(message)
    return scorer


def _linear(file: Path, attribute: str, loaded: Encoder) -> tuple[Scorer, str | None]:
    heads = load_heads(file)
    head = next(each for each in heads.heads if each.attribute == attribute)
    scorer = Scorer(head.classes, _rows(head.classes, head.weight, head.bias), loaded.visual)
    return scorer, heads.sha256


def _finetuned(file: Path, attribute: str, loaded: Encoder) -> tuple[Scorer, str | None]:
    heads = load_finetuned(file)
    trained = heads.model(loaded.visual, loaded.record, loaded.device)
    task = next(each for each in trained.tasks if each.attribute == attribute)
    names = (attribute,) if task.is_number else task.classes
    row = _rows(names, *trained.linear_heads()[attribute])
    scorer = Scorer(names, row, trained.tower.module, unit=False, is_number=task.is_number)
    return scorer, heads.sha256


def _rows(names: Sequence[str], weight: Float32, bias: Float32) -> Row:
    place = {name: number for number, name in enumerate(names)}
    return lambda name, _: (weight[place[name]], float(bias[place[name]]))


def _members(prompts: PromptSet, attribute: str | None) -> dict[str, list[str]]:
    """Return the texts of the prompts that name each class."""
    members: dict[str, list[str]] = {}
    for prompt in prompts.prompts:
        for of, name in prompt.classes.items():
            if attribute in (None, of):
                members.setdefault(name, []).append(prompt.text)
    return members
