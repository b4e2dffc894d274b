"""Questions: what is asked about samples, and one encoder that answers, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.explanations import EXPLANATION_SCHEMA, explanation_id, parameters_json
from facestore.config import DEFAULT_WORKERS
from facestore.encoders.encoder import LazyEncoder
from facestore.errors import InputError, ParametersError
from facestore.explaining.explainer import Explained, Explainer, LimeOptions
from facestore.explaining.methods import LIME
from facestore.explaining.targets import Scorer, classifier_scorer, prompt_scorer, text_scorer
from facestore.ingest.embedding import map_in_threads, read_known_image
from facestore.records import Float32, ImageFile
from facestore.stores import Stores

if TYPE_CHECKING:
    import torch

Sample = Mapping[str, Any]


@dataclass(frozen=True)
class TargetChoice:
    """What is asked about every sample: one of prompts, classifier and prompt set.

    Attributes
    ----------
    prompts
        Texts, each a question of its own.
    classifier
        Name of a classifier: without `class_name` its prediction is explained, and an error of
        `Selection.worst` against the label.
    prompt_set
        With `class_name`: the mean cosine to its prompts of that class. With `prompts`: they are
        prompts of this set.
    class_name, against
        A class, and the class, or text, whose score is taken off.
    """

    prompts: tuple[str, ...] = ()
    classifier: str | None = None
    prompt_set: str | None = None
    class_name: str | None = None
    against: str | None = None

    def __post_init__(self) -> None:
        by_set = self.prompt_set is not None and not self.prompts
        problem = None
        if sum([bool(self.prompts), self.classifier is not None, by_set]) != 1 or (
            self.classifier is not None and self.prompt_set is not None
        ):
            problem = "one of `prompts=`, `classifier=` and `prompt_set=` was expected"
        elif not all(each.strip() for each in (*self.prompts, self.against or "-")):
            problem = "a prompt is blank: give a text, as 'a photo of a man'"
        elif len(set(self.prompts)) < len(self.prompts):
            twice = next(each for each in self.prompts if self.prompts.count(each) > 1)
            problem = f"{twice!r} is given twice as `prompts=`: give each prompt once"
        elif self.against is not None and self.against in self.prompts:
            problem = f"{self.against!r} is one of `prompts=`, so `against=` needs another text"
        elif by_set and self.class_name is None:
            problem = "`prompt_set=` needs the `class_name=` that is asked about"
        elif self.prompts and self.class_name is not None:
            problem = "`class_name=` goes with `classifier=` or `prompt_set=`, not with `prompts=`"
        elif self.against is not None and self.classifier is not None and self.class_name is None:
            problem = "`against=` needs the `class_name=` that it is taken from"
        if problem:
            message = f"It is not clear what to explain: {problem}."
            raise ParametersError(message)


@dataclass(frozen=True)
class ExplainOptions:
    """How to explain.

    Attributes
    ----------
    method
        `relevancy`, `gradcam` or `lime`; None: the best that the tower supports.
    lime
        How LIME asks.
    batch_size
        Images a pass; so many explanations are written at a time.
    workers
        Threads that read and decode.
    images
        Folder of the pictures; None: those from which they were ingested.
    heads
        Folder of files of heads.
    seed
        Of what is drawn to measure faithfulness; None: it is not measured.
    """

    heads: Path
    method: str | None = None
    lime: LimeOptions = field(default_factory=LimeOptions)
    batch_size: int = 8
    workers: int = DEFAULT_WORKERS
    images: Path | None = None
    seed: int | None = None


@dataclass(frozen=True)
class Question:
    """A sample and what is asked about it.

    Attributes
    ----------
    sample
        A row of `Explanations.candidates`.
    plus, minus
        Names that the scorer knows; the score of `minus` is taken off.
    explanation_id
        Of the answer.
    """

    sample: Sample
    plus: str
    minus: str | None
    explanation_id: str

    @property
    def name(self) -> str:
        """The sample, for people."""
        return f"{self.sample['dataset']}/{self.sample['path']}"

    @property
    def target(self) -> str:
        """What is explained, in words."""
        return target_text(self.plus, self.minus)


def target_text(plus: str, minus: str | None) -> str:
    """Return what a target is called: `Female`, or `Female - Male`."""
    return plus if minus is None else f"{plus} - {minus}"


class Run:
    """One encoder that answers what is asked.

    Parameters
    ----------
    store
        The store; nothing is written.
    encoder, model
        The encoder.
    target, options
        What is asked, and how.
    against_label
        Whether a prediction is explained against the label, as errors are.

    Attributes
    ----------
    explainer
        What makes the maps.
    """

    def __init__(
        self,
        store: Stores,
        encoder: StoredEncoder,
        model: LazyEncoder,
        target: TargetChoice,
        options: ExplainOptions,
        against_label: bool,
    ) -> None:
        self._encoder, self._loaded = encoder, model.load()
        self._target, self._options, self._against_label = target, options, against_label
        self._classifier_id: int | None = None
        self._scorer = self._scorer_of(store, model)
        self.explainer = Explainer(
            self._scorer.tower,
            encoder.record.preprocessing,
            unit=self._scorer.unit,
            method=options.method,
            lime=options.lime,
        )
        self._parameters = {**self._scorer.parameters, **self.explainer.parameters}

    def questions(
        self, samples: Sequence[Sample], skipped: list[tuple[str, str]]
    ) -> list[Question]:
        """Return what is asked about each sample, each question once."""
        found: dict[str, Question] = {}
        for sample in samples:
            targets = self._targets(sample)
            if not targets:
                reason = f"no prediction by {self._target.classifier!r}"
                skipped.append((f"{sample['dataset']}/{sample['path']}", reason))
            for plus, minus in targets:
                key = self._id(sample, target_text(plus, minus))
                found.setdefault(key, Question(sample, plus, minus, key))
        return list(found.values())

    def batches(self, questions: Sequence[Question]) -> Iterator[Sequence[Question]]:
        """Yield what is done and written together; by LIME, which takes long, one at a time."""
        size = 1 if self.explainer.method == LIME else max(1, self._options.batch_size)
        for first in range(0, len(questions), size):
            yield questions[first : first + size]

    def rows(
        self,
        batch: Sequence[Question],
        files: Mapping[str, ImageFile],
        skipped: list[tuple[str, str]],
        failed: set[str],
    ) -> pl.DataFrame:
        """Explain a batch; pictures that cannot be read are added to `skipped` and `failed`."""
        good, inputs = self.read(batch, files, skipped, failed)
        if not good:
            return pl.DataFrame(schema=EXPLANATION_SCHEMA)
        weights, biases = self.lines(good, inputs)
        explained = self.explainer.explain(inputs, weights, biases)
        rows = [self._row(each, found) for each, found in zip(good, explained, strict=True)]
        return pl.DataFrame(rows, schema=EXPLANATION_SCHEMA, orient="row")

    def read(
        self,
        batch: Sequence[Question],
        files: Mapping[str, ImageFile],
        skipped: list[tuple[str, str]],
        failed: set[str],
    ) -> tuple[list[Question], list[torch.Tensor]]:
        """Return those of a batch whose pictures can be read, and the pictures, preprocessed.

        The others are added to `skipped` and `failed`.
        """

        def read_one(question: Question) -> torch.Tensor | str:
            image_id = question.sample["image_id"]
            try:
                return self._loaded.preprocess(read_known_image(files[image_id], image_id))
            except InputError as error:
                return str(error)

        good, inputs = [], []
        for question, given in zip(
            batch, map_in_threads(read_one, batch, self._options.workers, len(batch)), strict=True
        ):
            if isinstance(given, str):
                skipped.append((question.name, given))
                failed.add(question.explanation_id)
            else:
                good.append(question)
                inputs.append(given)
        return good, inputs

    def lines(
        self, batch: Sequence[Question], inputs: Sequence[torch.Tensor]
    ) -> tuple[Float32, Float32]:
        """Return weights (N, D) and biases (N,) of the targets of a batch."""
        vectors: Any = [None] * len(inputs)
        if self._scorer.needs_vector:
            vectors = self._loaded.encode_images(inputs)
        weights, biases = [], []
        for question, vector in zip(batch, vectors, strict=True):
            weight, bias = self._scorer.row(question.plus, vector)
            if question.minus is not None:
                less, less_bias = self._scorer.row(question.minus, vector)
                weight, bias = weight - less, bias - less_bias
            weights.append(weight)
            biases.append(bias)
        return np.stack(weights), np.asarray(biases, dtype=np.float32)

    def _row(self, question: Question, found: Explained) -> tuple[Any, ...]:
        n_rows, n_cols = found.values.shape
        return (
            question.explanation_id, self._encoder.encoder_id, self._classifier_id,
            question.sample["sample_id"], self.explainer.method, question.target,
            parameters_json(self._parameters), found.score, n_rows, n_cols,
            found.values.ravel().tolist(), found.r_squared, found.r_squared_left_out,
        )  # fmt: skip

    def _targets(self, sample: Sample) -> list[tuple[str, str | None]]:
        target = self._target
        if target.prompts:
            return [(prompt, target.against) for prompt in target.prompts]
        if target.class_name is not None:
            return [(target.class_name, target.against)]
        if self._scorer.is_number:
            return [(self._scorer.names[0], None)]
        if sample["predicted"] is None:
            return []
        label = sample["label"] if self._against_label else None
        return [(sample["predicted"], label if label in self._scorer.names else None)]

    def _id(self, sample: Sample, target: str) -> str:
        return explanation_id(
            encoder=self._encoder.vectors,
            classifier=self._target.classifier,
            image=sample["image_id"],
            sample=f"{sample['dataset']}/{sample['path']}",
            method=self.explainer.method,
            target=target,
            parameters=self._parameters,
        )

    def _scorer_of(self, store: Stores, model: LazyEncoder) -> Scorer:
        target = self._target
        if target.prompts:
            texts = [*target.prompts, *([target.against] if target.against else [])]
            return text_scorer(store, self._encoder, model, texts)
        if target.classifier is None:
            scorer = prompt_scorer(store, self._encoder, model, prompt_set=str(target.prompt_set))
        else:
            classifier = store.catalog.predictions.find(target.classifier)
            self._classifier_id = classifier.classifier_id
            scorer = classifier_scorer(store, classifier, self._encoder, model, self._options.heads)
        for name in (target.class_name, target.against):
            if name is not None:
                scorer.check(name)
        return scorer
