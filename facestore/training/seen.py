"""Which data heads have seen, as their file says: what they were fitted on, and what chose."""

from collections.abc import Mapping
from typing import Any

from facestore.seen_data import TRAINED, TUNED, SeenData


def seen_in_training(
    training: Mapping[str, Any], details: Mapping[str, Any]
) -> tuple[SeenData, ...]:
    """Return what a head was trained and tuned on.

    Parameters
    ----------
    training
        Of the file: `dataset`, `split`, `val_split`; weights of others say none of these.
    details
        Of the head. A probe has `metrics`, and among them `validation_accuracy` where its penalty
        was chosen and not given.

    Returns
    -------
    tuple of SeenData
        Nothing where the file does not say. What was held back of the split itself is part of it.
    """
    dataset = training.get("dataset")
    if dataset is None:
        return ()
    seen = [SeenData(TRAINED, dataset, training.get("split"))]
    has_chosen = "validation_accuracy" in details.get("metrics", {"validation_accuracy": None})
    if training.get("val_split") is not None and has_chosen:
        seen.append(SeenData(TUNED, dataset, training["val_split"]))
    return tuple(seen)
