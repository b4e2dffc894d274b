"""The training loop: batches, steps, validation, early stop, checkpoints, resuming."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from facestore.errors import InputError
from facestore.training.decisions import Decided, decide, together
from facestore.training.gradients.checkpoint import load_checkpoint, save_checkpoint
from facestore.training.gradients.loop_options import BF16, LoopOptions
from facestore.training.heads import MultiTaskModel, TaskSums
from facestore.training.inputs import Labelled, Rows, epoch_batches, in_order, loaded
from facestore.training.optimizer import make_optimizer, rate_factor, set_rates
from facestore.training.records import EpochRecord, Metrics, MetricSums, StepRecord

if TYPE_CHECKING:
    import torch

ComputeMetrics = Callable[[Mapping[str, Decided]], Mapping[str, Mapping[str, float]]]


@dataclass
class _Position:
    """How far a training is: all that is not in model or optimizer."""

    epoch: int = 0
    step_in_epoch: int = 0
    sums: dict[str, list[float]] = field(default_factory=dict)
    history: list[EpochRecord] = field(default_factory=list)
    is_finished: bool = False


class Training:
    """Trains a model; begins where its checkpoint ends.

    Parameters
    ----------
    model
        Trained in place.
    train, validation
        Samples with labels; None: nothing is held back, so all epochs are run.
    options
        How.
    checkpoint
        Where its state is kept; None: nowhere.
    identity
        What else decides the result, such as hashes of the tower's weights and of the samples:
        a checkpoint with another one is refused.
    compute_metrics
        Says after every epoch how good the decisions on all validation samples are, in their order:
        figures by attribute. None: only accuracy and mean absolute error are known.

    Raises
    ------
    InputError
        If there are no samples, or the checkpoint is of another training.
    """

    def __init__(
        self,
        model: MultiTaskModel,
        train: Labelled,
        validation: Labelled | None,
        options: LoopOptions,
        *,
        checkpoint: Path | None = None,
        identity: Mapping[str, Any] | None = None,
        compute_metrics: ComputeMetrics | None = None,
    ) -> None:
        if not len(train.inputs):
            message = "There are no samples to train on: give a split with labels and images."
            raise InputError(message)
        self.model = model
        self._train = train
        self._validation = validation
        self._compute_metrics = compute_metrics
        self._options = options
        self._checkpoint = checkpoint
        self._fingerprint = _fingerprint(model, train, validation, options, identity or {})
        self._parameters = model.trained()
        self._optimizer = make_optimizer(
            self._parameters,
            lr=options.lr,
            head_lr=options.head_lr,
            weight_decay=options.weight_decay,
        )
        self._best: dict[str, torch.Tensor] = {}
        self._at = _Position()
        self._resume()

    @property
    def history(self) -> tuple[EpochRecord, ...]:
        """The epochs that are done, with those before a restart."""
        return tuple(self._at.history)

    @property
    def n_steps(self) -> int:
        """How many steps there are at most."""
        return self._options.epochs * self._steps_per_epoch

    @property
    def n_done(self) -> int:
        """How many steps are done."""
        return self._at.epoch * self._steps_per_epoch + self._at.step_in_epoch

    def run(self) -> Iterator[StepRecord | EpochRecord]:
        """Train, and say so after every step and epoch; the best epoch's weights remain at the end.

        Best is the lowest validation loss; without validation it is the last epoch.
        """
        while not self._at.is_finished:
            yield from self._steps()
            yield self._end_epoch()
        self._restore(self._best)
        self.model.tower.eval()

    def evaluate(self, samples: Labelled) -> Metrics:
        """Return how the model does on samples as they are."""
        import torch

        self.model.tower.eval()
        sums = MetricSums()
        decided: dict[str, list[Decided]] = {task.attribute: [] for task in self.model.tasks}
        with torch.inference_mode():
            for rows, inputs in loaded(
                samples.inputs, in_order(len(samples.inputs), self._options.batch_size)
            ):
                outputs = self._outputs(inputs)
                sums = sums.plus(_numbers(self.model.sums(outputs, _rows(samples, rows))))
                for task in self.model.tasks:
                    output = outputs[task.attribute].cpu().numpy()
                    decided[task.attribute].append(decide(output, task.classes))
        metrics = self._means(sums)
        if self._compute_metrics is None:
            return metrics
        whole = {attribute: together(parts) for attribute, parts in decided.items()}
        return replace(metrics, figures=self._compute_metrics(whole))

    @property
    def _steps_per_epoch(self) -> int:
        return -(-len(self._train.inputs) // self._options.batch_size)

    def _steps(self) -> Iterator[StepRecord]:
        """Do what remains of an epoch."""
        options, epoch = self._options, self._at.epoch
        batches = epoch_batches(len(self._train.inputs), options.batch_size, options.seed, epoch)
        todo = batches[self._at.step_in_epoch :]
        for rows, inputs in loaded(self._train.inputs, todo, draw=(options.seed, epoch)):
            record = self._step(rows, inputs)
            self._at.step_in_epoch += 1
            is_last = self._at.step_in_epoch == len(batches)
            if record.step % options.checkpoint_every == 0 and not is_last:
                self._save()
            yield record

    def _step(self, rows: Rows, inputs: torch.Tensor) -> StepRecord:
        import torch

        step = self.n_done
        factor = rate_factor(step, self.n_steps, round(self._options.warmup * self.n_steps))
        set_rates(self._optimizer, factor)
        self.model.tower.train()
        devices = [self.model.device] if self.model.device.type == "cuda" else []
        # Dropout is drawn from (seed, step), so a restart draws the same and there is no state.
        with torch.random.fork_rng(devices):
            torch.manual_seed(self._options.seed * 1_000_003 + step)
            sums = self.model.sums(self._outputs(inputs), _rows(self._train, rows))
        loss = self.model.loss(sums)
        self._optimizer.zero_grad(set_to_none=True)
        norm = 0.0
        if loss.requires_grad:  # not where no sample of the batch has a label
            loss.backward()  # type: ignore[no-untyped-call]
            parameters = list(self._parameters.values())
            norm = float(torch.nn.utils.clip_grad_norm_(parameters, self._options.clip_norm))
            self._optimizer.step()
        found = _numbers(sums)
        self._at.sums = MetricSums(self._at.sums).plus(found).sums
        metrics = self._means(MetricSums().plus(found))
        _check_finite(metrics.loss, step + 1)
        return StepRecord(
            step=step + 1,
            n_steps=self.n_steps,
            epoch=self._at.epoch + 1,
            lr=factor * self._options.head_lr,
            grad_norm=norm,
            metrics=metrics,
        )

    def _end_epoch(self) -> EpochRecord:
        at, options = self._at, self._options
        train = self._means(MetricSums(at.sums))
        validation = None if self._validation is None else self.evaluate(self._validation)
        before = [r.validation.loss for r in at.history if r.validation is not None]
        is_best = validation is None or all(validation.loss < loss for loss in before)
        record = EpochRecord(at.epoch + 1, train, validation, is_best)
        at.history.append(record)
        at.epoch, at.step_in_epoch, at.sums = at.epoch + 1, 0, {}
        if is_best:
            self._best = self._weights()
        best = max(each.epoch for each in at.history if each.is_best)
        has_stalled = options.patience is not None and record.epoch - best >= options.patience
        at.is_finished = has_stalled or at.epoch == options.epochs
        self._save()
        return record

    def _outputs(self, inputs: torch.Tensor) -> dict[str, torch.Tensor]:
        import torch

        is_bf16 = self._options.precision == BF16
        with torch.autocast(self.model.device.type, dtype=torch.bfloat16, enabled=is_bf16):
            return self.model.outputs(inputs)

    def _means(self, sums: MetricSums) -> Metrics:
        tasks = self.model.tasks
        return sums.metrics(
            {task.attribute: task.weight / task.divisor for task in tasks},
            frozenset(task.attribute for task in tasks if task.is_number),
        )

    def _weights(self) -> dict[str, torch.Tensor]:
        return {name: p.detach().cpu().clone() for name, p in self._parameters.items()}

    def _restore(self, weights: Mapping[str, torch.Tensor]) -> None:
        import torch

        with torch.no_grad():
            for name, values in weights.items():
                self._parameters[name].copy_(values)

    def _save(self) -> None:
        if self._checkpoint is None:
            return
        state = {
            "position": json.dumps(asdict(self._at)),
            "weights": self._weights(),
            "optimizer": self._optimizer.state_dict(),
            "best": self._best,
        }
        save_checkpoint(self._checkpoint, state, self._fingerprint)

    def _resume(self) -> None:
        path = self._checkpoint
        state = None if path is None else load_checkpoint(path, self._fingerprint)
        if state is None:
            return
        position = json.loads(state["position"])
        history = [EpochRecord.from_json(each) for each in position.pop("history")]
        self._at = _Position(**position, history=history)
        self._restore(state["weights"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._best = state["best"]


def _rows(samples: Labelled, rows: Rows) -> dict[str, Any]:
    return {attribute: values[rows] for attribute, values in samples.targets.items()}


def _numbers(sums: Mapping[str, TaskSums]) -> dict[str, tuple[float, float, int]]:
    """Return sums as numbers, with one wait for the device and not two a task."""
    import torch

    scalars = [scalar for each in sums.values() for scalar in (each.loss.detach(), each.n_right)]
    values = torch.stack([scalar.double() for scalar in scalars]).tolist()
    return {
        attribute: (values[2 * i], values[2 * i + 1], each.n)
        for i, (attribute, each) in enumerate(sums.items())
    }


def _check_finite(loss: float, step: int) -> None:
    if not np.isfinite(loss):
        message = (
            f"The loss at step {step} is {loss}, a number was expected: train again with a lower "
            "`lr=` and `head_lr=`."
        )
        raise InputError(message)


def _fingerprint(
    model: MultiTaskModel,
    train: Labelled,
    validation: Labelled | None,
    options: LoopOptions,
    identity: Mapping[str, Any],
) -> str:
    """Hash all that decides the result; how often it is saved does not."""
    decisive = asdict(options)
    del decisive["checkpoint_every"]
    described = {
        "options": decisive,
        "tasks": [asdict(task) for task in model.tasks],
        "trained": {name: list(p.shape) for name, p in model.trained().items()},
        "identity": dict(identity),
    }
    digest = hashlib.sha256(json.dumps(described, sort_keys=True).encode())
    for part in (train, validation):
        for attribute in sorted(part.targets if part is not None else ()):
            assert part is not None
            digest.update(f"{attribute} {len(part.inputs)}\n".encode())
            digest.update(np.ascontiguousarray(part.targets[attribute]).tobytes())
    return digest.hexdigest()
