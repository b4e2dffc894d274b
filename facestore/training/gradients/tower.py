"""Image towers: their last blocks are trained, and the features before the heads are theirs.

A tower is the visual part of a model without its projection, so that the features are the *pooled*
output: what transformers calls `pooler_output` of a CLIP vision model, and what published heads on
it take. A ModifiedResNet has no projection to take off (the last layer of its attention pooling is
one); there the features are what `encode_image` gives, before it is scaled to unit length.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from facestore.errors import InputError, counted
from facestore.records import Float32
from facestore.training.gradients.tower_parts import tower_parts, without_projection

if TYPE_CHECKING:
    import torch


class Tower(Protocol):
    """Turns a batch of inputs into features."""

    @property
    def module(self) -> torch.nn.Module:
        """What has its parameters."""

    @property
    def width(self) -> int:
        """Number of features."""

    def features(self, inputs: torch.Tensor) -> torch.Tensor:
        """Turn inputs (B, ...) into features (B, D)."""

    def train(self) -> None:
        """Let dropout act where parameters are trained, and nowhere else."""

    def eval(self) -> None:
        """Let no dropout act."""


class ImageTower:
    """An image tower whose last blocks are trained and whose rest is frozen.

    Parameters
    ----------
    visual
        The visual part of a model, as `Encoder.visual` is; it is copied, so the model itself stays
        as it is.
    n_blocks
        How many blocks to train, from the last, together with the final norm and the pooling;
        0: nothing, only heads are trained.

    Raises
    ------
    InputError
        If the tower has no sequence of blocks, or not so many.
    """

    def __init__(self, visual: torch.nn.Module, n_blocks: int) -> None:
        # float32: small steps are lost in weights of half precision; autocast makes it fast.
        self._visual = copy.deepcopy(visual).float()
        parts = tower_parts(self._visual)
        if not 0 <= n_blocks <= len(parts.blocks):
            message = (
                f"{counted(n_blocks, 'block')} to train, but {type(visual).__name__} has "
                f"{len(parts.blocks)}: give `blocks=` a number from 0 to {len(parts.blocks)}."
            )
            raise InputError(message)
        last = parts.blocks[len(parts.blocks) - n_blocks :]
        self._trained = [*(each for block in last for each in block), *parts.tail]
        if n_blocks == 0:
            self._trained = []
        without_projection(self._visual)
        self._visual.requires_grad_(False)
        for part in self._trained:
            part.requires_grad_(True)
        self.eval()
        self._width = self._probe_width()

    @property
    def module(self) -> torch.nn.Module:
        """The copy of the visual part, without its projection."""
        return self._visual

    @property
    def width(self) -> int:
        """Number of features."""
        return self._width

    def features(self, inputs: torch.Tensor) -> torch.Tensor:
        """Turn preprocessed images, float (B, 3, H, W), into features, float (B, D)."""
        features: torch.Tensor = self._visual(inputs)
        return features

    def train(self) -> None:
        """Put the trained parts into training mode, except batch norms.

        Frozen parts stay as they are when the model is used. So do the running statistics of all
        batch norms: those of a few faces a batch would be worse than those of the pretraining.
        """
        import torch

        self._visual.eval()
        for part in self._trained:
            for module in part.modules():
                if not isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
                    module.training = True

    def eval(self) -> None:
        """Put everything into evaluation mode."""
        self._visual.eval()

    def _probe_width(self) -> int:
        import torch

        size: Any = self._visual.image_size
        height, width = (size, size) if isinstance(size, int) else size
        with torch.inference_mode():
            device = next(self._visual.parameters()).device
            return int(self._visual(torch.zeros(1, 3, height, width, device=device)).shape[1])


class VectorTower:
    """The identity, standardised: for heads on vectors that are stored.

    Parameters
    ----------
    mean, std
        float32 (D,), of the training vectors; unit vectors of one model lie in a narrow cone, and
        steps of one size for all heads need features of one size.
    """

    def __init__(self, mean: Float32, std: Float32) -> None:
        import torch

        self._module = torch.nn.Module()
        self._module.register_buffer("mean", torch.from_numpy(mean.astype(np.float32)))
        self._module.register_buffer("std", torch.from_numpy(std.astype(np.float32)))
        self._width = len(mean)

    @classmethod
    def fitted_to(cls, vectors: Float32) -> VectorTower:
        """Make the tower of training vectors, float32 (N, D)."""
        std = vectors.std(axis=0, dtype=np.float64)
        # A constant feature stays constant, at 0.
        std[std < 1e-8] = 1.0
        mean = vectors.mean(axis=0, dtype=np.float64)
        return cls(mean.astype(np.float32), std.astype(np.float32))

    @property
    def module(self) -> torch.nn.Module:
        """Mean and standard deviation as buffers; there are no parameters."""
        return self._module

    @property
    def width(self) -> int:
        """Number of features."""
        return self._width

    def features(self, inputs: torch.Tensor) -> torch.Tensor:
        """Standardise vectors, float32 (B, D)."""
        module: Any = self._module
        features: torch.Tensor = (inputs - module.mean) / module.std
        return features

    def train(self) -> None:
        """Do nothing."""

    def eval(self) -> None:
        """Do nothing."""


def n_parameters(module: torch.nn.Module, *, trained_only: bool = False) -> int:
    """Count the parameters of a module; those that are trained, or all."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad or not trained_only)
