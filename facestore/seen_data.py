"""Data that classifiers have seen, and what for."""

from dataclasses import dataclass

TRAINED, TUNED = "trained", "tuned"


@dataclass(frozen=True)
class SeenData:
    """Data that a classifier was trained or tuned on.

    Attributes
    ----------
    purpose
        `TRAINED`: weights were fitted on it; `TUNED`: it chose the penalty or the number of epochs.
    dataset, split
        Which; the split None: samples without one.
    is_whole
        All of the data set, whatever its splits are; `split` is None.
    """

    purpose: str
    dataset: str
    split: str | None = None
    is_whole: bool = False
