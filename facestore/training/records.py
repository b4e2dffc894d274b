"""What a training says while it runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = tuple[str, int, str, str, float]


@dataclass(frozen=True)
class Metrics:
    """How a model does on some samples.

    Attributes
    ----------
    loss
        What is minimised: the weighted sum over tasks.
    task_losses
        Mean cross-entropy (nats), squared error (years squared) or Huber loss by attribute.
    figures
        By attribute what is neither a loss nor minimised: accuracy in [0, 1], mae (mean absolute
        error) of numbers ...
    n
        Labelled samples by attribute.
    """

    loss: float
    task_losses: Mapping[str, float] = field(default_factory=dict)
    figures: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    n: Mapping[str, int] = field(default_factory=dict)

    def of(self, attribute: str) -> Iterator[tuple[str, float]]:
        """Yield metric and value of one attribute, and the loss of all together."""
        yield "total_loss", self.loss
        if attribute in self.task_losses:
            yield "loss", self.task_losses[attribute]
        yield from self.figures.get(attribute, {}).items()


@dataclass(frozen=True)
class StepRecord:
    """One step of the optimizer.

    Attributes
    ----------
    step, n_steps
        Number of this step from 1, and how many there will be at most.
    epoch
        From 1.
    lr
        Learning rate of the heads.
    grad_norm
        Length of the gradient before clipping.
    metrics
        Of the batch, before the step.
    """

    step: int
    n_steps: int
    epoch: int
    lr: float
    grad_norm: float
    metrics: Metrics


@dataclass(frozen=True)
class EpochRecord:
    """One pass over all training samples.

    Attributes
    ----------
    epoch
        From 1.
    train
        Mean over the epoch's steps, each before its step and on changed images.
    validation
        After the epoch; None: nothing is held back.
    is_best
        Whether no epoch before had a validation loss as low.
    """

    epoch: int
    train: Metrics
    validation: Metrics | None
    is_best: bool

    def rows(self, attribute: str) -> Iterator[Row]:
        """Yield rows of `training_steps`: unit, step, split, metric, value."""
        for split, metrics in (("fit", self.train), ("validation", self.validation)):
            if metrics is not None:
                for metric, value in metrics.of(attribute):
                    yield ("epoch", self.epoch, split, metric, value)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> EpochRecord:
        """Read what `dataclasses.asdict` gave."""
        validation = values["validation"]
        return cls(
            epoch=values["epoch"],
            train=Metrics(**values["train"]),
            validation=None if validation is None else Metrics(**validation),
            is_best=values["is_best"],
        )


def curves_of(
    epochs: Iterable[Mapping[str, Any]], attributes: Sequence[str]
) -> dict[str, list[Row]]:
    """Return rows of `training_steps` by attribute, from the epochs that a file tells of."""
    records = [EpochRecord.from_json(each) for each in epochs]
    return {
        attribute: [row for record in records for row in record.rows(attribute)]
        for attribute in attributes
    }


class MetricSums:
    """Adds up what batches say, so that a mean is over samples and not over batches.

    Sums are Python floats: they go into a checkpoint and come back exactly.
    """

    def __init__(self, sums: Mapping[str, list[float]] | None = None) -> None:
        self.sums = {key: list(values) for key, values in (sums or {}).items()}

    def plus(self, found: Mapping[str, tuple[float, float, int]]) -> MetricSums:
        """Return these and those of a batch: by task the sums of loss and hits, and n."""
        total = MetricSums(self.sums)
        for attribute, values in found.items():
            into = total.sums.setdefault(attribute, [0.0, 0.0, 0.0])
            for place, value in enumerate(values):
                into[place] += value
        return total

    def metrics(self, factors: Mapping[str, float], numbers: frozenset[str]) -> Metrics:
        """Return means.

        Parameters
        ----------
        factors
            What each task's loss counts in the sum: weight / divisor.
        numbers
            Attributes that are numbers and not classes.
        """
        seen = {key: values for key, values in self.sums.items() if values[2] > 0}
        losses = {key: loss / n for key, (loss, _, n) in seen.items()}
        rates = {key: right / n for key, (_, right, n) in seen.items()}
        return Metrics(
            loss=sum(factors[key] * loss for key, loss in losses.items()),
            task_losses=losses,
            figures={
                key: {"mae" if key in numbers else "accuracy": rate} for key, rate in rates.items()
            },
            n={key: int(values[2]) for key, values in seen.items()},
        )
