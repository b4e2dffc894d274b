"""What every backend does when it loads a model: precisions, silence, weights, and what failed."""

from __future__ import annotations

import hashlib
import logging
import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from facestore.errors import EncoderError, InputError, UnknownChoiceError, in_one_line
from facestore.precisions import KEPT_AS_HALF, arithmetic_of

if TYPE_CHECKING:
    import torch

PRECISIONS = (
    "fp32", "fp16", "bf16", "pure_fp16", "pure_bf16", "amp", "amp_bf16", "amp_bfloat16",
)  # fmt: skip
# What the hub's client says where there is no network, or none is to be used.
_OFFLINE = (
    "locate the file on the Hub",
    "outgoing traffic",
    "Name or service not known",
    "offline",
    "couldn't connect",
)


def check_precision(precision: str) -> str:
    """Return the arithmetic of a precision: `fp32` of `fp32/float16`.

    Raises
    ------
    UnknownChoiceError
        If it is none of `PRECISIONS`, with or without `/float16`.
    """
    arithmetic = arithmetic_of(precision)
    if arithmetic not in PRECISIONS:
        known = (*PRECISIONS, *(f"{each}{KEPT_AS_HALF}" for each in PRECISIONS))
        raise UnknownChoiceError("precision", precision, known)
    return arithmetic


def refuse_options(backend: str, **given: bool) -> None:
    """Refuse what only models of open_clip can be asked for.

    Raises
    ------
    InputError
        If something is given.
    """
    for name, is_given in given.items():
        if is_given:
            message = f"`{name}=True` is for models of open_clip; those of {backend} have no such."
            raise InputError(message)


def loading_errors() -> tuple[type[Exception], ...]:
    """Return what libraries raise where weights cannot be had, read or fitted."""
    from safetensors import SafetensorError

    return (
        RuntimeError, OSError, ValueError, KeyError, AttributeError, TypeError, ImportError,
        pickle.UnpicklingError, SafetensorError,
    )  # fmt: skip


@contextmanager
def silent_libraries() -> Iterator[None]:
    """Keep libraries from logging what fails: they raise it as well, and it is told once."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(before)


def not_loaded(model: str, error: Exception, todo: str, *, file: str | None = None) -> EncoderError:
    """Return that a model could not be loaded, and what helps: another network or other weights.

    Parameters
    ----------
    model
        Which, as a sentence begins: `Model 'ViT-L-14' with weights 'openai'`.
    error
        What the library raised.
    todo
        How to give weights that are here, as `give the file as ...`.
    file
        The checkpoint, if it is one.
    """
    reason = str(error)
    if "weights_only" in reason or isinstance(error, pickle.UnpicklingError):
        # torch's own words advise to load it all the same, which would run what is in it.
        message = (
            f"'{file or model}' is refused: it is a pickle of more than weights, which could run "
            "code. Give weights alone: .safetensors, or a state_dict saved by torch.save."
        )
    elif any(words in reason for words in _OFFLINE):
        message = (
            f"{model} is not on this machine, and could not be fetched: there is no connection. "
            f"Run it once with a network (the weights are kept), or fetch them elsewhere and {todo}"
            "; `models=tiny` needs neither."
        )
    else:
        message = (
            f"{model} could not be loaded: {in_one_line(reason)}. Check the network, or {todo}."
        )
    return EncoderError(message)


def weights_sha256(state: Mapping[str, torch.Tensor]) -> str:
    """Hash weights by name, type, shape and bytes, in order of their names."""
    import torch

    digest = hashlib.sha256()
    for name in sorted(state):
        tensor = state[name].detach().cpu().contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()
