"""Files of heads: safetensors with a description in its metadata.

Tensors are `<attribute>.weight`, float32 (K, D), and `<attribute>.bias`, float32 (K,). The metadata
has one entry, `facestore`, a JSON object::

    {"format": "facestore-heads/1",
     "name": ..., "kind": "linear_probe",
     "input": "unit image vector",          what a head is applied to
     "encoder": {...},                      what identifies it, see EncoderRecord
     "heads": {attribute: {"type": "classification", "classes": [...], ...}},
     "training": {...}}

Class names are stored in the order of the rows, never indices. There may be more tensors and keys.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from facestore.errors import InputError
from facestore.records import EncoderRecord, Float32
from facestore.training.probe import softmax

FORMAT = "facestore-heads/1"
UNIT_VECTOR = "unit image vector"
_CLASSIFICATION = "classification"
_ENTRY = "facestore"


@dataclass(frozen=True)
class Head:
    """A linear head of one attribute.

    Attributes
    ----------
    attribute
        What it predicts.
    classes
        Names of its K classes, in the order of the rows.
    weight
        float32 (K, D).
    bias
        float32 (K,).
    details
        What is known of its training: n_samples, samples_sha256, l2, steps ...
    """

    attribute: str
    classes: tuple[str, ...]
    weight: Float32
    bias: Float32
    details: Mapping[str, Any] = field(default_factory=dict)

    def decide(
        self, vectors: Float32
    ) -> tuple[list[str], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Classify vectors; of equal classes the first wins.

        Parameters
        ----------
        vectors : float32 (B, D)

        Returns
        -------
        list of str, float64 (B,), float64 (B,)
            Class, softmax of it, and how much that is above the second.
        """
        shares = softmax(vectors @ self.weight.T + self.bias)
        best = shares.argmax(axis=1)
        two = np.partition(shares, -2, axis=1)[:, -2:]
        return [self.classes[i] for i in best.tolist()], two[:, 1], two[:, 1] - two[:, 0]


@dataclass(frozen=True)
class HeadsFile:
    """Heads of one encoder that were trained together.

    Attributes
    ----------
    name
        Classifiers are called after it: name and attribute.
    kind
        As in the table `classifiers`: linear_probe ...
    encoder
        Whose vectors the heads take.
    heads
        One an attribute.
    training
        Data set, split, options, what was left out, licence of the data ...
    sha256
        Of the file, once it is one.
    """

    name: str
    kind: str
    encoder: EncoderRecord
    heads: tuple[Head, ...]
    training: Mapping[str, Any] = field(default_factory=dict)
    sha256: str | None = None

    def classifier_name(self, head: Head) -> str:
        """Return the name of the classifier of a head."""
        return f"{self.name} {head.attribute}"

    def description(self) -> dict[str, Any]:
        """Return what the metadata says."""
        return {
            "format": FORMAT,
            "name": self.name,
            "kind": self.kind,
            "input": UNIT_VECTOR,
            "encoder": asdict(self.encoder),
            "heads": {
                head.attribute: {
                    **head.details,
                    "type": _CLASSIFICATION,
                    "classes": list(head.classes),
                }
                for head in self.heads
            },
            "training": dict(self.training),
        }


def save_heads(path: Path, heads: HeadsFile) -> str:
    """Write heads to a file, whole or not at all; return its SHA-256 (hex)."""
    from safetensors.numpy import save_file

    tensors = {}
    for head in heads.heads:
        # safetensors writes the bytes of other layouts as if they were of this one.
        tensors[f"{head.attribute}.weight"] = np.ascontiguousarray(head.weight, dtype=np.float32)
        tensors[f"{head.attribute}.bias"] = np.ascontiguousarray(head.bias, dtype=np.float32)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    metadata = {_ENTRY: json.dumps(heads.description(), sort_keys=True)}
    try:
        save_file(tensors, unfinished, metadata=metadata)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return _sha256(path)


def load_heads(path: Path) -> HeadsFile:
    """Read heads.

    Raises
    ------
    InputError
        If the file is not there, is no file of heads, or contradicts itself.
    """
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        message = f"There is no file '{path}': a file of `facestore train` was expected."
        raise InputError(message)
    try:
        with safe_open(path, framework="np") as file:
            described = _description(path, (file.metadata() or {}).get(_ENTRY))
            names = set(file.keys())
            tensors = {
                name: file.get_tensor(name)
                for attribute in described["heads"]
                for name in (f"{attribute}.weight", f"{attribute}.bias")
                if name in names
            }
    except SafetensorError as error:
        problem = f"it is no safetensors file ({' '.join(str(error).split())})"
        raise _refused(path, problem) from error
    try:
        encoder = EncoderRecord(**described["encoder"])
        heads = tuple(
            _head(path, attribute, facts, tensors, encoder.dim)
            for attribute, facts in described["heads"].items()
        )
        return HeadsFile(
            name=described["name"],
            kind=described["kind"],
            encoder=encoder,
            heads=heads,
            training=described["training"],
            sha256=_sha256(path),
        )
    except (KeyError, TypeError) as error:
        raise _refused(path, f"its description is not whole ({error})") from error


def _description(path: Path, text: str | None) -> dict[str, Any]:
    try:
        described = json.loads(text or "{}")
    except json.JSONDecodeError as error:
        raise _refused(path, f"its description cannot be read ({error})") from error
    if described.get("format") != FORMAT:
        problem = f"its format is {described.get('format')!r}, {FORMAT!r} was expected"
        raise _refused(path, problem)
    if described.get("input") != UNIT_VECTOR or "heads" not in described:
        problem = f"its heads take {described.get('input')!r}, {UNIT_VECTOR!r} was expected"
        raise _refused(path, problem)
    whole: dict[str, Any] = described
    return whole


def _head(
    path: Path,
    attribute: str,
    facts: Mapping[str, Any],
    tensors: Mapping[str, Any],
    dim: int | None,
) -> Head:
    if facts["type"] != _CLASSIFICATION:
        problem = f"head {attribute!r} is of type {facts['type']!r}, which this facestore lacks"
        raise _refused(path, problem)
    weight, bias = tensors[f"{attribute}.weight"], tensors[f"{attribute}.bias"]
    classes = tuple(facts["classes"])
    expected = (len(classes), dim or weight.shape[-1])
    if weight.shape != expected or bias.shape != expected[:1] or len(classes) < 2:
        problem = (
            f"head {attribute!r} has weights of shape {weight.shape}, biases of {bias.shape} for "
            f"{len(classes)} classes and vectors of {dim} values"
        )
        raise _refused(path, problem)
    if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
        raise _refused(path, f"head {attribute!r} has values that are no numbers")
    details = {key: value for key, value in facts.items() if key not in ("type", "classes")}
    return Head(attribute, classes, weight, bias, details)


def _refused(path: Path, problem: str) -> InputError:
    message = f"'{path}' is no file of heads: {problem}. Give a file of `facestore train`."
    return InputError(message)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
