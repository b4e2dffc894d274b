"""Checkpoints of a training: written whole or not at all, read by the same training only."""

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from facestore.errors import InputError
from facestore.files import replacing

_FORMAT = "facestore-training/1"
# What torch.load raises on files that are something else.
_UNREADABLE = (
    OSError, RuntimeError, EOFError, LookupError, TypeError, ValueError, AttributeError,
    pickle.UnpicklingError,
)  # fmt: skip


def checkpoint_path(heads: Path) -> Path:
    """Return where a training of a file of heads keeps its state in case of an interruption."""
    return heads.with_suffix(".checkpoint")


def save_checkpoint(path: Path, state: Mapping[str, Any], fingerprint: str) -> None:
    """Write a state of tensors, numbers, texts, lists and dictionaries, and make it durable."""
    import torch

    # Given a name, torch would write it into the file, and this one is made up.
    with replacing(path) as part, part.open("wb") as file:
        torch.save({"format": _FORMAT, "fingerprint": fingerprint, "state": dict(state)}, file)


def load_checkpoint(path: Path, fingerprint: str) -> dict[str, Any] | None:
    """Read the state; None if there is no file.

    Raises
    ------
    InputError
        If the file is no checkpoint, or is of a training with other samples or options.
    """
    import torch

    if not path.exists():
        return None
    try:
        # weights_only: a file of somebody else can run nothing.
        content = torch.load(path, map_location="cpu", weights_only=True)
        is_ours = content["format"] == _FORMAT
    except _UNREADABLE as error:
        is_ours, reason = False, " ".join(str(error).split())[:120]
        if "weights_only" in str(error):  # torch's own words advise to load it all the same
            reason = "a pickle of more than tensors, which could run code"
    else:
        reason = "another format"
    if not is_ours:
        message = (
            f"'{path}' is no checkpoint of a training ({reason}): remove it to begin anew, or give "
            "another `name=`."
        )
        raise InputError(message)
    if content["fingerprint"] != fingerprint:
        message = (
            f"'{path}' is a checkpoint of a training with other samples, labels or options: repeat "
            "those to resume, or remove it to begin anew."
        )
        raise InputError(message)
    state: dict[str, Any] = content["state"]
    return state
