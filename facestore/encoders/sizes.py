"""How large a model is, and what one picture costs: counted, not looked up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils.flop_counter import flop_registry

    counted: list[int] = []

    class Counter(TorchDispatchMode):  # type: ignore[no-untyped-call]
        """Counts as torch's `FlopCounterMode`, without its hooks, which fail on some towers."""

        def __torch_dispatch__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            kwargs = kwargs or {}
            formula = flop_registry.get(func._overloadpacket)
            if formula is None:
                with self:  # what is made of other functions is counted by them
                    made = func.decompose(*args, **kwargs)
                if made is not NotImplemented:
                    return made
            made = func(*args, **kwargs)
            if formula is not None:
                counted.append(formula(*args, **kwargs, out_val=made))
            return made

    try:
        with torch.inference_mode(), _by_matrices(), Counter():  # type: ignore[no-untyped-call]
            tower(pixels)
    except (RuntimeError, NotImplementedError, ValueError, TypeError, AttributeError):
        return None
    return sum(counted) / 1e9 if counted else None


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
