"""Muon: momentum whose matrices are orthogonalised by Newton-Schulz iterations, in float32.

After Jordan et al. 2024. `torch.optim.Muon` iterates in bfloat16, which CPUs without it emulate,
three times slower here.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch

# Coefficients of the quintic iteration of Jordan et al.
_QUINTIC = (3.4445, -4.7750, 2.0315)
_N_ITERATIONS = 5


class Muon(torch.optim.Optimizer):
    """Optimiser for the weight matrices of transformer blocks.

    Parameters
    ----------
    parameters
        Matrices only; a matrix with three times as many rows as columns is taken as the joint
        projection to queries, keys and values.
    lr
        Learning rate.
    weight_decay
        Decoupled from the gradient.
    momentum
        Share of the old direction that is kept.
    """

    def __init__(
        self,
        parameters: Iterable[torch.nn.Parameter],
        lr: float,
        weight_decay: float = 0.0,
        momentum: float = 0.95,
    ) -> None:
        super().__init__(parameters, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Take one step."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                buffer = state.setdefault("momentum", torch.zeros_like(parameter))
                buffer.lerp_(parameter.grad, 1 - group["momentum"])
                direction = parameter.grad.lerp(buffer, group["momentum"])
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                parameter.add_(_orthogonal_parts(direction), alpha=-group["lr"])


def _orthogonal_parts(direction: torch.Tensor) -> torch.Tensor:
    is_joint = direction.shape[0] == 3 * direction.shape[1]
    parts = direction.chunk(3) if is_joint else (direction,)
    return torch.cat([_orthogonal(part) for part in parts])


def _orthogonal(matrix: torch.Tensor) -> torch.Tensor:
    """Return the nearest matrix with equal singular values, scaled to the step size of Adam."""
    is_tall = matrix.shape[0] > matrix.shape[1]
    step = matrix.T if is_tall else matrix
    step = step / (step.norm() + 1e-7)
    first, second, third = _QUINTIC
    for _ in range(_N_ITERATIONS):
        square = step @ step.T
        step = first * step + (second * square + third * square @ square) @ step
    scaled = step * (0.2 * max(matrix.shape) ** 0.5)
    return scaled.T if is_tall else scaled
