"""Several heads on one tower: their outputs, their losses, and what they decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from facestore.errors import InputError, UnknownChoiceError, counted
from facestore.numbers import POSITIVE, SHARE, check_number
from facestore.records import Float32
from facestore.training.gradients.tower import Tower, VectorTower

if TYPE_CHECKING:
    import torch

CROSS_ENTROPY = "cross_entropy"
MSE = "mse"
HUBER = "huber"
LOSSES = (CROSS_ENTROPY, MSE, HUBER)
NO_CLASS = -1

AGE, GENDER = "age", "gender"

Targets = Mapping[str, npt.NDArray[Any]]
# Heads begin at zero, and a step of any rate that learns moves some weight by far more than this.
_UNTRAINED = 1e-9


@dataclass(frozen=True)
class HeadTask:
    """What one head learns.

    Attributes
    ----------
    attribute
        What it predicts.
    classes
        Names of its classes, in the order of its rows; empty: it predicts a number.
    loss
        One of `LOSSES`.
    weight, divisor
        The sum of losses has weight / divisor times this one.
    delta
        Where the Huber loss goes from squares to lengths, in the unit of the number.
    center, spread
        The number is center + spread * output: mean and standard deviation of the training
        labels, so that an untrained head says the mean and not 0 years.
    """

    attribute: str
    classes: tuple[str, ...] = ()
    loss: str = CROSS_ENTROPY
    weight: float = 1.0
    divisor: float = 1.0
    delta: float = 1.0
    center: float = 0.0
    spread: float = 1.0

    def __post_init__(self) -> None:
        if self.loss not in LOSSES:
            raise UnknownChoiceError("loss", self.loss, LOSSES)
        is_right = len(self.classes) > 1 if self.loss == CROSS_ENTROPY else not self.classes
        if not is_right:
            message = (
                f"Head {self.attribute!r} has loss {self.loss!r} and "
                f"{counted(len(self.classes), 'class')}: "
                f"{CROSS_ENTROPY} needs at least 2, {MSE} and {HUBER} none."
            )
            raise InputError(message)
        if self.weight < 0 or self.divisor <= 0 or self.delta <= 0 or self.spread <= 0:
            message = (
                f"Head {self.attribute!r} has weight {self.weight}, divisor {self.divisor}, delta "
                f"{self.delta} and spread {self.spread}: the weight must be 0 or more, the others "
                "above 0."
            )
            raise InputError(message)

    @property
    def is_number(self) -> bool:
        """Whether it predicts a number and not a class."""
        return not self.classes

    @property
    def width(self) -> int:
        """Number of outputs."""
        return max(1, len(self.classes))

    def fitted_to(self, labels: npt.NDArray[Any]) -> HeadTask:
        """Return the task with center and spread of training labels, float (N,), NaN: none."""
        known = labels[~np.isnan(labels)] if self.is_number else labels[:0]
        if not known.size:
            return self
        return replace(self, center=float(known.mean()), spread=float(known.std()) or 1.0)


@dataclass(frozen=True)
class AgeOptions:
    """How age in years and gender are weighed against each other.

    By default as a published notebook on UTKFace weighs them: mean squared error of years / 10,
    cross-entropy / 0.8, and half of each.

    Attributes
    ----------
    share
        Of the age in the sum of losses, in [0, 1]; gender has the rest.
    loss
        `mse`, or `huber`.
    delta
        Years from which the Huber loss grows as the error and not as its square.
    divisor, gender_divisor
        What the two losses are divided by, so that they are of one size.
    """

    share: float = 0.5
    loss: str = MSE
    delta: float = 5.0
    divisor: float = 10.0
    gender_divisor: float = 0.8

    def __post_init__(self) -> None:
        if self.loss not in (MSE, HUBER):
            raise UnknownChoiceError("loss", self.loss, (MSE, HUBER))
        check_number("share", self.share, SHARE)
        for name in ("delta", "divisor", "gender_divisor"):
            check_number(name, getattr(self, name), POSITIVE)


def age_gender_tasks(
    genders: tuple[str, ...], age: AgeOptions | None = None
) -> tuple[HeadTask, HeadTask]:
    """Return age and gender: w * MSE(age) / 10 + (1 - w) * CE(gender) / 0.8, w = 1/2 by default."""
    age = age or AgeOptions()
    return (
        HeadTask(AGE, loss=age.loss, weight=age.share, divisor=age.divisor, delta=age.delta),
        HeadTask(GENDER, genders, weight=1 - age.share, divisor=age.gender_divisor),
    )


@dataclass(frozen=True)
class TaskSums:
    """A head on a batch, summed over the samples that have a label.

    Attributes
    ----------
    loss
        Scalar tensor: the sum of the samples' losses, before weight and divisor.
    n
        How many samples have a label.
    n_right
        Scalar tensor: how many classes are right; of a number, the sum of absolute errors.
    """

    loss: torch.Tensor
    n: int
    n_right: torch.Tensor


class MultiTaskModel:
    """A tower with one linear head a task.

    Heads start at zero: every class is as likely as any other, a number is its mean, and nothing
    is drawn.

    Parameters
    ----------
    tower
        Where features come from.
    tasks
        At least one; no two of one attribute.
    device
        Where to compute.
    """

    def __init__(
        self, tower: Tower, tasks: Sequence[HeadTask], device: torch.device | str = "cpu"
    ) -> None:
        import torch

        names = [task.attribute for task in tasks]
        if not names or len(set(names)) < len(names):
            message = f"Heads for {names or 'no attribute'}: one each, and at least one, expected."
            raise InputError(message)
        self.tower = tower
        self.tasks = tuple(tasks)
        self.device = torch.device(device)
        layers = [torch.nn.Linear(tower.width, task.width) for task in tasks]
        for layer in layers:
            torch.nn.init.zeros_(layer.weight)
            torch.nn.init.zeros_(layer.bias)
        # By position: an attribute may have a name that a module cannot, such as one with a dot.
        self.heads = torch.nn.ModuleList(layers).to(self.device)
        tower.module.to(self.device)

    def outputs(self, inputs: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return logits, float32 (B, K), or numbers, float32 (B,), by attribute."""
        import torch

        features = self.tower.features(inputs.to(self.device, non_blocking=True))
        # Heads are small, and half precision is too coarse for years.
        with torch.autocast(self.device.type, enabled=False):
            return {
                task.attribute: self._head(head, task, features.float())
                for task, head in zip(self.tasks, self.heads, strict=True)
            }

    def sums(self, outputs: Mapping[str, torch.Tensor], targets: Targets) -> dict[str, TaskSums]:
        """Compare outputs with labels.

        Parameters
        ----------
        outputs
            As `outputs` gives them.
        targets
            By attribute: int64 (B,) numbers of classes, `NO_CLASS` where there is no label; or
            float (B,), NaN where there is none.
        """
        return {
            task.attribute: _task_sums(task, outputs[task.attribute], targets[task.attribute])
            for task in self.tasks
        }

    def loss(self, sums: Mapping[str, TaskSums]) -> torch.Tensor:
        """Return the sum over tasks of weight / divisor * mean loss of the labelled samples."""
        import torch

        total = torch.zeros((), device=self.device)
        for task in self.tasks:
            found = sums[task.attribute]
            if found.n:
                total = total + task.weight / task.divisor * found.loss / found.n
        return total

    def trained(self) -> dict[str, torch.nn.Parameter]:
        """Return the parameters that are trained, by name: `tower.…` and `heads.…`."""
        parts = {"tower": self.tower.module, "heads": self.heads}
        return {
            f"{part}.{name}": parameter
            for part, module in parts.items()
            for name, parameter in module.named_parameters()
            if parameter.requires_grad
        }

    def drop_untrained(self) -> dict[str, str]:
        """Drop heads that are as they began, at zero; return why, by attribute.

        Their decisions would look like those of the others, and be made of nothing.

        Raises
        ------
        InputError
            If no head has learnt anything.
        """
        kept, why = [], {}
        for task, head in zip(self.tasks, self.heads, strict=True):
            if max(float(each.detach().abs().max()) for each in head.parameters()) > _UNTRAINED:
                kept.append((task, head))
            elif task.weight == 0:
                why[task.attribute] = "it has no share of the loss"
            else:
                why[task.attribute] = "nothing was learnt of it: its rate or its loss is too low"
        if not kept:
            message = (
                "No head has learnt anything, so none is written: give a higher `head_lr=`, more "
                "`epochs=`, or smaller divisors of the losses."
            )
            raise InputError(message)
        import torch

        self.tasks = tuple(task for task, _ in kept)
        self.heads = torch.nn.ModuleList([head for _, head in kept])
        return why

    def linear_heads(self) -> dict[str, tuple[Float32, Float32]]:
        """Return what each head does to the tower's input as weight (K, D) and bias (K,).

        Center and spread of numbers are folded in, and the standardisation of stored vectors;
        for images the input is the features.
        """
        folded = {}
        for task, head in zip(self.tasks, self.heads, strict=True):
            layer: Any = head
            weight = layer.weight.detach().double().cpu().numpy()
            bias = layer.bias.detach().double().cpu().numpy()
            if task.is_number:
                weight, bias = task.spread * weight, task.center + task.spread * bias
            if isinstance(self.tower, VectorTower):
                module: Any = self.tower.module
                weight = weight / module.std.double().cpu().numpy()
                bias = bias - weight @ module.mean.double().cpu().numpy()
            folded[task.attribute] = (weight.astype(np.float32), bias.astype(np.float32))
        return folded

    @staticmethod
    def _head(head: torch.nn.Module, task: HeadTask, features: torch.Tensor) -> torch.Tensor:
        output: torch.Tensor = head(features)
        return task.center + task.spread * output[:, 0] if task.is_number else output


def _task_sums(task: HeadTask, output: torch.Tensor, target: npt.NDArray[Any]) -> TaskSums:
    import torch
    from torch.nn import functional

    is_known = ~np.isnan(target) if task.is_number else target != NO_CLASS
    rows = torch.from_numpy(np.flatnonzero(is_known)).to(output.device)
    found = output[rows]
    if task.is_number:
        truth = torch.from_numpy(target[is_known].astype(np.float32)).to(output.device)
        right = (found.detach() - truth).abs().sum()
        if task.loss == MSE:
            loss = functional.mse_loss(found, truth, reduction="sum")
        else:
            loss = functional.huber_loss(found, truth, reduction="sum", delta=task.delta)
    else:
        truth = torch.from_numpy(target[is_known].astype(np.int64)).to(output.device)
        right = (found.detach().argmax(1) == truth).sum()
        loss = functional.cross_entropy(found, truth, reduction="sum")
    return TaskSums(loss, int(is_known.sum()), right)
