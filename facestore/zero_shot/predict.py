"""Predict: the views decide, and their decisions become a classifier's predictions."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field

from facestore.catalog.predictions import TIES, TIES_NONE, PredictionChanges
from facestore.errors import InputError, ParametersError, counted, preview
from facestore.prompts import check_attribute
from facestore.records import ClassifierRecord, Float32, PromptSet
from facestore.stores import Stores, recorded
from facestore.zero_shot.score import text_vectors
from facestore.zero_shot.streamed import stream_decisions

# That of zero_shot_topk, which takes memory for k numbers of every sample and class.
MAX_K = 1000


@dataclass(frozen=True)
class PredictSummary:
    """What predicting changed.

    Attributes
    ----------
    notes
        What there is to know of the classifier: ties, prompts that do not balance.
    same_for_all
        As `ClassifySummary` has it.
    """

    classifier: str
    attribute: str
    changes: PredictionChanges
    notes: tuple[str, ...] = ()
    same_for_all: Mapping[str, tuple[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class PredictedTogether:
    """What predicting of many attributes changed, told at once.

    Attributes
    ----------
    each
        Of each attribute and model.
    """

    each: tuple[PredictSummary, ...]

    @property
    def n_new(self) -> int:
        """Number of new rows of all."""
        return sum(each.changes.n_new for each in self.each)

    @property
    def attributes(self) -> tuple[str, ...]:
        """What was predicted, each once."""
        return tuple(dict.fromkeys(each.attribute for each in self.each))

    @property
    def notes(self) -> tuple[str, ...]:
        """What there is to know, each once, with the attributes that it is about."""
        about: dict[str, dict[str, None]] = {}
        for each in self.each:
            for note in each.notes:
                about.setdefault(note, {})[each.attribute] = None
        return tuple(f"{preview(names)}: {note}" for note, names in about.items())


def predict(
    store: Stores,
    *,
    attribute: str,
    prompt_set: str,
    aggregation: str = "sum",
    k: int | None = None,
    model: str | None = None,
    dataset: str | None = None,
    name: str | None = None,
    ties: str | None = None,
) -> PredictSummary:
    """Write the predictions of a zero-shot classifier that are not there yet.

    Parameters
    ----------
    attribute
        What is predicted.
    prompt_set
        Whose similarities are aggregated; `score` writes them.
    aggregation
        `sum`, `mean`, `topk` or `embedding_mean`.
    k
        For `topk`: how many prompts of a class count.
    model
        The encoder, as `score` takes it.
    dataset
        Only samples of this data set.
    name
        Name of the classifier; by default encoder, prompt set, attribute and aggregation.
    ties
        `none`: where several classes have the same highest score none is predicted, and the view
        `prediction_coverage` counts the sample; `first`: the class with the lowest ordinal, as the
        views zero_shot_* have it. By default that of the classifier if it is there, or else `none`.

    Raises
    ------
    InputError
        If the prompts do not name classes of the attribute, `k` does not fit the aggregation,
        there are no similarities to decide by, or the classifier treats ties in another way.
    """
    encoder = store.catalog.encoders.chosen(model)
    prompts = store.catalog.prompts.get(prompt_set)
    check_attribute(prompts, attribute)
    if dataset is not None:
        store.catalog.samples.require_dataset(dataset)
    if aggregation == "topk" and k is None:
        message = "`aggregation=topk` needs the number of prompts a class: `k=11`, say."
        raise ParametersError(message)
    if aggregation != "topk" and k is not None:
        message = f"`k={k}` goes with `aggregation=topk` alone, not with {aggregation}."
        raise ParametersError(message)
    if k is not None and not 1 <= k <= MAX_K:
        message = f"`k={k}`: a k from 1 to {MAX_K} was expected."
        raise InputError(message)
    if ties not in (None, *TIES):
        message = f"`ties={ties}`: {' or '.join(TIES)} was expected."
        raise InputError(message)
    parts = (encoder.name, prompt_set, attribute, aggregation, k)
    name = name or " ".join(str(part) for part in parts if part is not None)
    known = store.catalog.predictions.ties_of(name)
    if None not in (ties, known) and ties != known:
        message = (
            f"Classifier {name!r} is there with `ties={known}`, not {ties!r}: give the new one "
            "another `name=`."
        )
        raise InputError(message)
    classifier = ClassifierRecord(
        name=name,
        kind="zero_shot",
        attribute=attribute,
        encoder_id=encoder.encoder_id,
        prompt_set=prompt_set,
        aggregation=aggregation,
        k=k,
        details={"ties": ties or known or TIES_NONE},
    )
    given = asdict(classifier) | {"dataset": dataset}
    # As views call it; `name` is the column of the table of classifiers alone.
    given["classifier"] = given.pop("name")
    texts: Mapping[str, Float32] = {}
    if store.catalog.streams.of(encoder.encoder_id, prompt_set):
        texts = text_vectors(
            store, encoder, [each.text for each in prompts.prompts], None, must_keep=False
        )
    with (
        ExitStack() as last,
        recorded(store, "predict", given) as counts,
        stream_decisions(store, encoder, classifier, texts, dataset) as (streamed, n_without),
    ):
        last.enter_context(store.catalog.transaction())  # the row of `runs` is written with them
        changes = store.catalog.predictions.predict_zero_shot(classifier, dataset, streamed)
        counts.update(asdict(changes))
        same_for_all = store.catalog.predictions.same_for_all([classifier.name])
    notes = [
        *_lost(n_without),
        *_tied(changes.n_ties),
        *_unbalanced(prompts, attribute, aggregation, k),
    ]
    return PredictSummary(classifier.name, attribute, changes, tuple(notes), same_for_all)


def _lost(n_without: int) -> Iterator[str]:
    if n_without:
        samples = counted(n_without, "sample was", "samples were")
        yield (
            f"{samples} scored without keeping similarities, and the vectors are gone: ingest the "
            "images with `models=`"
        )


def _tied(n_ties: int) -> Iterator[str]:
    if n_ties:
        yield (
            f"ties: of {counted(n_ties, 'sample')} several classes have the same highest score, "
            "and none is predicted (`ties=first` would take the first)"
        )


def _unbalanced(
    prompts: PromptSet, attribute: str, aggregation: str, k: int | None
) -> Iterator[str]:
    """Say where k has no meaning, or where a class has more prompts that count than another."""
    counts = Counter(
        each.classes[attribute] for each in prompts.prompts if attribute in each.classes
    )
    (most, n_most), (fewest, n_fewest) = counts.most_common()[0], counts.most_common()[-1]
    if k is not None and k > n_most:
        n = counted(n_most, "prompt")
        yield f"`k={k}`: no class has more than {n}, so it is the same as the sum"
    adds_up = aggregation == "sum" or (k is not None and k > n_fewest)
    if adds_up and n_most > n_fewest:
        n_counting = n_most if k is None else min(k, n_most)
        yield (
            f"{most!r} has {counted(n_counting, 'prompt')} to add up, {fewest!r} {n_fewest:,}: a "
            "sum favours the first (`aggregation=mean` does not)"
        )
