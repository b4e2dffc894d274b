"""Predict: the views decide, and their decisions become a classifier's predictions."""

from dataclasses import asdict, dataclass

from facestore.catalog.predictions import PredictionChanges
from facestore.errors import InputError, ParametersError
from facestore.prompts import check_attribute
from facestore.records import ClassifierRecord
from facestore.stores import Stores, recorded

# That of zero_shot_topk, which takes memory for k numbers of every sample and class.
MAX_K = 1000


@dataclass(frozen=True)
class PredictSummary:
    """What predicting changed."""

    classifier: str
    attribute: str
    changes: PredictionChanges


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

    Raises
    ------
    InputError
        If the prompts do not name classes of the attribute, `k` does not fit the aggregation, or
        there are no similarities to decide by.
    """
    encoder = store.catalog.encoders.chosen(model)
    check_attribute(store.catalog.prompts.get(prompt_set), attribute)
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
    parts = (encoder.name, prompt_set, attribute, aggregation, k)
    classifier = ClassifierRecord(
        name=name or " ".join(str(part) for part in parts if part is not None),
        kind="zero_shot",
        attribute=attribute,
        encoder_id=encoder.encoder_id,
        prompt_set=prompt_set,
        aggregation=aggregation,
        k=k,
    )
    given = asdict(classifier) | {"dataset": dataset}
    # As views call it; `name` is the column of the table of classifiers alone.
    given["classifier"] = given.pop("name")
    with recorded(store, "predict", given) as counts:
        changes = store.catalog.predictions.predict_zero_shot(classifier, dataset)
        counts.update(asdict(changes))
    return PredictSummary(classifier.name, attribute, changes)
