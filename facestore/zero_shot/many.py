"""Many at once: each combination of what `score` and `predict` take, one result after another."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from facestore.catalog.encoders import StoredEncoder
from facestore.encoders.encoder import LazyEncoder
from facestore.errors import (
    EncoderError,
    InputError,
    ParametersError,
    VectorsDifferError,
    VectorsUnreadableError,
)
from facestore.stores import Stores
from facestore.zero_shot.predict import PredictSummary, predict
from facestore.zero_shot.score import ScoreSummary, model_of, score_with

# What is about one combination. A full disk, or a store that is in use, is about all of them.
OF_ONE = (InputError, EncoderError, VectorsDifferError, VectorsUnreadableError)


@dataclass(frozen=True)
class Failure:
    """A combination that could not be done; the others are.

    Attributes
    ----------
    what
        Which one, in words.
    error
        Why not.
    """

    what: str
    error: Exception


def score_all(
    store: Stores,
    prompt_sets: Sequence[str],
    *,
    models: Sequence[str] = (),
    dataset: str | None = None,
    device: str = "auto",
) -> Iterator[ScoreSummary | Failure]:
    """Score several prompt sets with several encoders, as `score` does one with one.

    Parameters
    ----------
    prompt_sets
        Names of the sets.
    models
        The encoders, each as `score` takes it; none: all that have image vectors.
    dataset, device
        As `score` takes them.

    Yields
    ------
    ScoreSummary or Failure
        Of each encoder and set, as soon as it is done.
    """
    names = _each_once(prompt_sets, "prompt_sets")
    if dataset is not None:
        store.catalog.samples.require_dataset(dataset)
    for given, encoder in _encoders(store, models, lambda each: _has_vectors(store, each)):
        if isinstance(encoder, Failure):
            yield encoder
            continue
        lazy: LazyEncoder | None = None
        is_known = False
        for name in names:
            try:
                if not is_known:
                    lazy, is_known = model_of(encoder, given, device), True
                yield score_with(store, encoder, lazy, name, dataset)
            except OF_ONE as error:
                yield Failure(f"{name} with {encoder.name}", error)


def predict_all(
    store: Stores,
    *,
    attributes: Sequence[str],
    prompt_sets: Sequence[str],
    aggregations: Sequence[str] = ("sum",),
    k: Sequence[int] = (),
    models: Sequence[str] = (),
    dataset: str | None = None,
    name: str | None = None,
    ties: str | None = None,
) -> Iterator[PredictSummary | Failure]:
    """Write the predictions of all combinations, as `predict` does of one.

    Parameters
    ----------
    attributes, prompt_sets, aggregations
        What is predicted, by which prompts, and how.
    k
        For `topk`: each is a classifier of its own.
    models
        The encoders, each as `predict` takes it; none: all that have image vectors, or
        similarities to the prompts.
    dataset
        Only samples of this data set.
    name
        Name of the classifier, where it is one.
    ties
        As `predict` takes it.

    Yields
    ------
    PredictSummary or Failure
        Of each combination, as soon as it is done.

    Raises
    ------
    ParametersError
        If `k` and `aggregations` do not go together, or one name is given to several.
    """
    if dataset is not None:
        store.catalog.samples.require_dataset(dataset)
    decisions = _decisions(_each_once(aggregations, "aggregations"), list(dict.fromkeys(k)))
    chosen = [
        (encoder, prompt_set, attribute, *decision)
        for prompt_set in _each_once(prompt_sets, "prompt_sets")
        for _, encoder in _encoders(store, models, _may_decide(store, prompt_set))
        for attribute, decision in product(_each_once(attributes, "attributes"), decisions)
    ]
    told: set[str] = set()
    if name is not None and len(chosen) > 1:
        message = f"`name={name}` is the name of one classifier, and {len(chosen)} would be made."
        raise ParametersError(message)
    for encoder, prompt_set, attribute, aggregation, n_best in chosen:
        if isinstance(encoder, Failure):
            if encoder.what not in told:
                told.add(encoder.what)
                yield encoder
            continue
        try:
            yield predict(
                store,
                attribute=attribute,
                prompt_set=prompt_set,
                aggregation=aggregation,
                k=n_best,
                model=encoder.name,
                dataset=dataset,
                name=name,
                ties=ties,
            )
        except ParametersError:
            raise
        except OF_ONE as error:
            parts = (encoder.name, prompt_set, attribute, aggregation, n_best)
            yield Failure(" ".join(str(part) for part in parts if part is not None), error)


def _each_once(values: Sequence[str], parameter: str) -> list[str]:
    if not values:
        message = f"`{parameter}=` is empty: give one or more."
        raise ParametersError(message)
    return list(dict.fromkeys(values))


def _decisions(aggregations: Sequence[str], k: Sequence[int]) -> list[tuple[str, int | None]]:
    """Return each aggregation with each k that goes with it."""
    if k and "topk" not in aggregations:
        message = (
            f"`k={k[0]}` goes with `aggregation=topk` alone, not with {', '.join(aggregations)}."
        )
        raise ParametersError(message)
    if "topk" in aggregations and not k:
        message = "`aggregation=topk` needs the number of prompts a class: `k=11`, say."
        raise ParametersError(message)
    return [
        (aggregation, n_best)
        for aggregation in aggregations
        for n_best in (k if aggregation == "topk" else (None,))
    ]


def _encoders(
    store: Stores, models: Sequence[str], is_fit: Callable[[StoredEncoder], bool]
) -> Iterable[tuple[str | None, StoredEncoder | Failure]]:
    """Yield the encoders that are named, with the names; or those that are fit, or the only one."""
    if not models:
        everything = store.catalog.encoders.some()
        # Where none is fit, the error of each says what is missing.
        yield from ((None, each) for each in list(filter(is_fit, everything)) or everything)
        return
    seen = set()
    for given in models:
        try:
            encoder = store.catalog.encoders.find(given)
        except InputError as error:
            yield given, Failure(given, error)
            continue
        if encoder.encoder_id not in seen:
            seen.add(encoder.encoder_id)
            yield given, encoder


def _has_vectors(store: Stores, encoder: StoredEncoder) -> bool:
    try:
        return store.vectors.images(encoder.vectors).count() > 0
    except VectorsUnreadableError:  # scoring says why
        return True


def _may_decide(store: Stores, prompt_set: str) -> Callable[[StoredEncoder], bool]:
    """Return what tells whether an encoder has similarities to a set, or vectors to get them."""
    scored = store.catalog.encoders.scored_with(prompt_set) if store.catalog.encoders.all() else ()
    return lambda each: each.encoder_id in scored or _has_vectors(store, each)
