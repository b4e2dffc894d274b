"""How large a model is, and what one picture costs: counted, not looked up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class ModelSize:
    """The size of a model.

    Attributes
    ----------
    n_parameters, n_parameters_image
        Of all of it, and of its image tower.
    gflops
        1e9 floating point operations of the image tower for one picture; a multiplication and an
        addition are two. None where the tower cannot be run to count them.
    """

    n_parameters: int
    n_parameters_image: int
    gflops: float | None


def size_of(model: torch.nn.Module, tower: torch.nn.Module, pixels: torch.Tensor) -> ModelSize:
    """Count the parameters of a model, and the operations of its image tower.

    Parameters
    ----------
    model, tower
        The model, and the part of it that runs on pictures.
    pixels
        One picture as the tower takes it, (1, 3, H, W), where it is and of its type.
    """
    return ModelSize(
        n_parameters=sum(each.numel() for each in model.parameters()),
        n_parameters_image=sum(each.numel() for each in tower.parameters()),
        gflops=_gflops(tower, pixels),
    )


def _gflops(tower: torch.nn.Module, pixels: torch.Tensor) -> float | None:
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    counter = FlopCounterMode(display=False)
    try:
        with torch.inference_mode(), _by_matrices(), counter:
            tower(pixels)
    except (RuntimeError, NotImplementedError, ValueError, TypeError):
        return None
    n_operations: int = counter.get_total_flops()
    return n_operations / 1e9 if n_operations else None


@contextmanager
def _by_matrices() -> Iterator[None]:
    """Have attention computed by products of matrices: fused kernels of a CPU are not counted."""
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    was_fused = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(was_fused)
