"""Files of heads: safetensors with a description in its metadata.

Tensors are `<attribute>.weight`, float32 (K, D), and `<attribute>.bias`, float32 (K,). The metadata
has one entry, `facestore`, a JSON object::

    {"format": "facestore-heads/1",
     "name": ..., "kind": "linear_probe",
     "input": "unit image vector",          what a head is applied to
     "encoder": {...},                      what identifies it, see EncoderRecord
     "heads": {attribute: {"type": "classification", "classes": [...], ...}
                       or {"type": "regression", "classes": [], ...}},
     "training": {...}}

The number of a regression is weight . vector + bias, in years for ages. Class names are stored in
the order of the rows, never indices. There may be more tensors and keys.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from facestore.errors import counted
from facestore.files import sha256_of
from facestore.records import EncoderRecord, Float32
from facestore.training.decisions import Decided, decide
from facestore.training.described import (
    FORMAT,
    read_description,
    refused,
    write_described,
)

UNIT_VECTOR = "unit image vector"
_CLASSIFICATION, _REGRESSION = "classification", "regression"


@dataclass(frozen=True)
class Head:
    """A linear head of one attribute.

    Attributes
    ----------
    attribute
        What it predicts.
    classes
        Names of its K classes, in the order of the rows; empty: it predicts a number, and K is 1.
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

    def decide(self, vectors: Float32) -> Decided:
        """Say what the head says of vectors, float32 (B, D)."""
        output = vectors @ self.weight.T + self.bias
        return decide(output if self.classes else output[:, 0], self.classes)


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

    @property
    def classes(self) -> dict[str, tuple[str, ...]]:
        """Classes by attribute, one head each; none where a number is predicted."""
        return {head.attribute: head.classes for head in self.heads}

    @property
    def classifier_names(self) -> list[str]:
        """Names of the classifiers, one a head."""
        return [f"{self.name} {attribute}" for attribute in self.classes]

    @property
    def steps(self) -> dict[str, list[Any]]:
        """Rows of `training_steps` by attribute."""
        return {head.attribute: head.details.get("steps", []) for head in self.heads}

    def details_of(self, attribute: str) -> dict[str, Any]:
        """Return what the store keeps of a head, beside file, classes and training."""
        (details,) = (head.details for head in self.heads if head.attribute == attribute)
        return {key: value for key, value in details.items() if key != "steps"}

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
                    "type": _CLASSIFICATION if head.classes else _REGRESSION,
                    "classes": list(head.classes),
                }
                for head in self.heads
            },
            "training": dict(self.training),
        }


def save_heads(path: Path, heads: HeadsFile) -> str:
    """Write heads to a file, whole or not at all; return its SHA-256 (hex)."""
    tensors = {}
    for head in heads.heads:
        tensors[f"{head.attribute}.weight"] = head.weight
        tensors[f"{head.attribute}.bias"] = head.bias
    return write_described(path, tensors, heads.description())


def load_heads(path: Path) -> HeadsFile:
    """Read heads.

    Raises
    ------
    InputError
        If the file is not there, is no file of heads, or contradicts itself.
    """
    described = read_description(path)
    if described.get("input") != UNIT_VECTOR:
        problem = f"its heads take {described.get('input')!r}, {UNIT_VECTOR!r} was expected"
        raise refused(path, problem)
    tensors = _tensors(path, described["heads"])
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
            sha256=sha256_of(path),
        )
    except (KeyError, TypeError) as error:
        raise refused(path, f"its description is not whole ({error})") from error


def _tensors(path: Path, attributes: Mapping[str, Any]) -> dict[str, Any]:
    from safetensors import safe_open

    with safe_open(path, framework="np") as file:
        names = set(file.keys())
        return {
            name: file.get_tensor(name)
            for attribute in attributes
            for name in (f"{attribute}.weight", f"{attribute}.bias")
            if name in names
        }


def _head(
    path: Path,
    attribute: str,
    facts: Mapping[str, Any],
    tensors: Mapping[str, Any],
    dim: int | None,
) -> Head:
    weight, bias = tensors[f"{attribute}.weight"], tensors[f"{attribute}.bias"]
    classes = tuple(facts["classes"])
    if facts["type"] != (_CLASSIFICATION if classes else _REGRESSION) or len(classes) == 1:
        n = counted(len(classes), "class")
        problem = f"head {attribute!r} is of type {facts['type']!r} and has {n}"
        raise refused(path, problem)
    expected = (max(1, len(classes)), dim or weight.shape[-1])
    if weight.shape != expected or bias.shape != expected[:1]:
        problem = (
            f"head {attribute!r} has weights of shape {weight.shape}, biases of {bias.shape} for "
            f"{counted(len(classes), 'class')} and vectors of {dim} values"
        )
        raise refused(path, problem)
    if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
        raise refused(path, f"head {attribute!r} has values that are no numbers")
    details = {key: value for key, value in facts.items() if key not in ("type", "classes")}
    return Head(attribute, classes, weight, bias, details)
