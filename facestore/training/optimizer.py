"""AdamW in groups, and the learning rate by step."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def make_optimizer(
    trained: Mapping[str, torch.nn.Parameter], *, lr: float, head_lr: float, weight_decay: float
) -> torch.optim.AdamW:
    """Make AdamW with one rate for the tower and one for the heads.

    Norms and biases, which have one dimension, do not decay (as open_clip trains).

    Parameters
    ----------
    trained
        Parameters by name, `tower.…` or `heads.…`.
    lr, head_lr
        Highest learning rates.
    weight_decay
        Decoupled from the gradient, times the learning rate (Loshchilov and Hutter 2019).
    """
    import torch

    groups: dict[tuple[str, bool], list[torch.nn.Parameter]] = {}
    for name, parameter in trained.items():
        part = "heads" if name.startswith("heads.") else "tower"
        groups.setdefault((part, parameter.ndim >= 2), []).append(parameter)
    described: list[dict[str, Any]] = [
        {
            "params": parameters,
            "lr": head_lr if part == "heads" else lr,
            "highest_lr": head_lr if part == "heads" else lr,
            "weight_decay": weight_decay if has_decay else 0.0,
        }
        for (part, has_decay), parameters in groups.items()
    ]
    return torch.optim.AdamW(described)


def rate_factor(step: int, n_steps: int, n_warmup: int) -> float:
    """Return the share of the highest learning rate at a step from 0: linear up, cosine down.

    (step + 1) / n_warmup while warming up, then (1 + cos(pi * t)) / 2, where t goes from 0 to 1
    over the remaining steps (SGDR without restarts, Loshchilov and Hutter 2017; as open_clip).
    """
    if step < n_warmup:
        return (step + 1) / n_warmup
    done = (step - n_warmup) / max(1, n_steps - n_warmup)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def set_rates(optimizer: torch.optim.Optimizer, factor: float) -> None:
    """Give each group its share of its highest learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = factor * group["highest_lr"]
