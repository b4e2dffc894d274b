"""What trained heads say about samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from facestore.training.heads import HeadTask, MultiTaskModel
from facestore.training.inputs import Inputs, Rows, loaded

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Decided:
    """What one head says about B samples.

    Attributes
    ----------
    shares
        float64 (B, K), softmax over classes; None for a number.
    predicted
        Classes; of equal ones the first wins; None for a number.
    score, margin
        float64 (B,): the largest share, and how much it is above the second.
    value
        float64 (B,), for a number.
    """

    shares: Float64 | None = None
    predicted: list[str] | None = None
    score: Float64 | None = None
    margin: Float64 | None = None
    value: Float64 | None = None


def predict_batches(
    model: MultiTaskModel, inputs: Inputs, *, batch_size: int = 64, bf16: bool = False
) -> Iterator[tuple[Rows, dict[str, Decided]]]:
    """Yield what each head says, batch by batch.

    Parameters
    ----------
    model
        A trained model.
    inputs
        Of N samples.
    batch_size
        Samples a forward pass.
    bf16
        Whether the tower computes in bfloat16.

    Yields
    ------
    int64 (B,), dict of str to Decided
        Rows of `inputs`, and by attribute what was decided.
    """
    import torch

    model.tower.eval()
    n = len(inputs)
    batches = [np.arange(first, min(n, first + batch_size)) for first in range(0, n, batch_size)]
    for rows, batch in loaded(inputs, batches):
        with (
            torch.inference_mode(),
            torch.autocast(model.device.type, dtype=torch.bfloat16, enabled=bf16),
        ):
            outputs = model.outputs(batch)
        yield (
            rows,
            {
                task.attribute: _decided(task, outputs[task.attribute].cpu().numpy())
                for task in model.tasks
            },
        )


def _decided(task: HeadTask, output: npt.NDArray[Any]) -> Decided:
    exact = output.astype(np.float64)
    if task.is_number:
        return Decided(value=exact)
    powers = np.exp(exact - exact.max(axis=1, keepdims=True))
    shares = powers / powers.sum(axis=1, keepdims=True)
    best = shares.argmax(axis=1)
    two = np.partition(shares, -2, axis=1)[:, -2:]
    return Decided(
        shares=shares,
        predicted=[task.classes[i] for i in best.tolist()],
        score=two[:, 1],
        margin=two[:, 1] - two[:, 0],
    )
