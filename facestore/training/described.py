"""Safetensors files that say what they are: one JSON object, `facestore`, in the metadata."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from facestore.errors import InputError
from facestore.files import replacing, sha256_of

FORMAT = "facestore-heads/1"
_ENTRY = "facestore"


def write_described(
    path: Path, tensors: Mapping[str, np.ndarray[Any, Any]], description: Mapping[str, Any]
) -> str:
    """Write tensors as float32 with a description, whole or not at all; return the SHA-256 (hex).

    Parameters
    ----------
    path
        The file; its folder is made if it is not there.
    tensors
        By name, float of any shape.
    description
        What JSON can say.
    """
    from safetensors.numpy import save_file

    # safetensors writes the bytes of other layouts as if they were of this one.
    whole = {name: np.ascontiguousarray(each, dtype=np.float32) for name, each in tensors.items()}
    with replacing(path) as part:
        save_file(whole, part, metadata={_ENTRY: json.dumps(dict(description))})
    return sha256_of(path)


def read_description(path: Path) -> dict[str, Any]:
    """Read what a file says it is.

    Raises
    ------
    InputError
        If it is not there, is no safetensors file, or has no description of this format.
    """
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        message = f"There is no file '{path}': a file of `facestore train` was expected."
        raise InputError(message)
    try:
        with safe_open(path, framework="np") as file:
            described = json.loads((file.metadata() or {}).get(_ENTRY, "{}"))
    except SafetensorError as error:
        problem = f"it is no safetensors file ({' '.join(str(error).split())})"
        raise refused(path, problem) from error
    except json.JSONDecodeError as error:
        raise refused(path, f"its description cannot be read ({error})") from error
    if not isinstance(described, dict) or described.get("format") != FORMAT:
        found = described.get("format") if isinstance(described, dict) else described
        raise refused(path, f"its format is {found!r}, {FORMAT!r} was expected")
    if not isinstance(described.get("heads"), dict):
        raise refused(path, "its description has no heads")
    return described


def refused(path: Path, problem: str) -> InputError:
    """Return the error of a file that cannot be used."""
    message = f"'{path}' is no file of heads: {problem}. Give a file of `facestore train`."
    return InputError(message)
