"""What every method gives: scores and maps of a batch, and what it may be asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from facestore.errors import InputError, counted
from facestore.records import Float32

if TYPE_CHECKING:
    import torch

Head: TypeAlias = "Callable[[torch.Tensor], torch.Tensor]"
Targets: TypeAlias = "np.ndarray | torch.Tensor | Head"


@dataclass(frozen=True)
class Maps:
    """Where the scores of N images come from.

    Attributes
    ----------
    scores
        float32 (N,): image vector . target, or what the head gives.
    values
        float32 (N, rows, cols) >= 0, on the patch grid (relevancy) or the grid of the last
        convolutions (Grad-CAM), from the upper left. In the unit of the score times a number that
        depends on the tower: maps of one tower compare, those of two do only after scaling.
    """

    scores: Float32
    values: Float32


def tower_of(model: torch.nn.Module) -> Any:
    """Return the image tower of an open_clip model; a tower is returned as it is."""
    return getattr(model, "visual", model)


def tower_name(tower: Any) -> str:
    """Return the classes of a tower and of the timm model in it, for messages."""
    inner = f" of {type(tower.trunk).__name__}" if hasattr(tower, "trunk") else ""
    return f"{type(tower).__name__}{inner}"


def image_vectors(tower: Any, pixels: torch.Tensor, *, unit: bool) -> torch.Tensor:
    """Encode pixels (N, 3, H, W), keeping the graph; return float32 (N, D).

    Parameters
    ----------
    tower
        Of an open_clip model.
    pixels
        As the tower takes them.
    unit
        Whether to scale the vectors to unit length, as they are stored.
    """
    import torch

    vectors = tower(pixels)
    # Towers of CoCa give their tokens as well.
    vectors = vectors[0] if isinstance(vectors, tuple) else vectors
    return torch.nn.functional.normalize(vectors.float(), dim=-1) if unit else vectors.float()


def scores_of(vectors: torch.Tensor, targets: Targets) -> torch.Tensor:
    """Return the score (N,) of each vector (N, D).

    Raises
    ------
    InputError
        If the shapes do not fit.
    """
    import torch

    n, dim = vectors.shape
    if callable(targets) and not isinstance(targets, torch.Tensor):
        scores = targets(vectors)
        if tuple(scores.shape) != (n,):
            message = (
                f"The head gave shape {tuple(scores.shape)} for {counted(n, 'vector')}, not ({n},)."
            )
            raise InputError(message)
        return scores
    # A copy, since gradients cannot pass what was made in inference mode.
    wanted = torch.as_tensor(targets, dtype=vectors.dtype, device=vectors.device).clone()
    if tuple(wanted.shape) not in {(dim,), (n, dim)}:
        message = (
            f"Targets of shape {tuple(wanted.shape)} for {counted(n, 'image vector')} of "
            f"{counted(dim, 'value')}: give "
            f"({dim},), or ({n}, {dim}) for a target of its own for each image."
        )
        raise InputError(message)
    return (vectors * wanted).sum(-1)


def attached(tower: Any, pixels: torch.Tensor) -> torch.Tensor:
    """Copy pixels to where the tower is, in its type, with a gradient.

    The gradient of the pixels makes the graph whole where all weights are frozen.
    """
    weight = next(tower.parameters())
    return pixels.detach().to(weight.device, weight.dtype, copy=True).requires_grad_(True)


@contextmanager
def evaluating(module: torch.nn.Module) -> Iterator[None]:
    """Put a module into evaluation mode for a while; dropout would make maps random."""
    training = [part for part in module.modules() if part.training]
    module.eval()
    try:
        yield
    finally:
        for part in training:
            part.training = True


def to_float32(tensor: torch.Tensor) -> Float32:
    """Return a tensor as a NumPy array."""
    array: Float32 = np.asarray(tensor.detach().float().cpu().numpy(), dtype=np.float32)
    return array
