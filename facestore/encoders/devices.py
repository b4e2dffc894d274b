"""Where models run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facestore.errors import InputError, UnknownChoiceError

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cpu", "cuda", "mps")


def check_device(wanted: str) -> None:
    """Check the name of a device, without PyTorch.

    Raises
    ------
    UnknownChoiceError
        If it is none of `DEVICES`.
    """
    if wanted not in DEVICES:
        raise UnknownChoiceError("device", wanted, DEVICES)


def choose_device(wanted: str) -> torch.device:
    """Return one of `DEVICES`; `auto` takes CUDA, then MPS, then the CPU."""
    import torch

    check_device(wanted)
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if wanted == "auto":
        wanted = next(device for device, there in available.items() if there)
    if not available[wanted]:
        message = f"Device {wanted!r} is not available on this machine: use `device=auto`."
        raise InputError(message)
    return torch.device(wanted)
