"""The values that flow between stages and stores: frozen, with shapes and units stated."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from facestore.seen_data import SeenData

if TYPE_CHECKING:
    import pyarrow as pa

Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]
AnyPath = str | PathLike[str]


class ImageFile(Protocol):
    """Anything that holds the bytes of one image; its text says where that is."""

    def read_bytes(self) -> bytes:
        """Return the content; raise OSError with a reason if it cannot be had."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file that should be an image.

    Attributes
    ----------
    file
        What reads it: a path does, and so does a member of a tar.
    name
        Its path relative to the folder given, `/` between parts.
    """

    file: ImageFile
    name: str


@dataclass(frozen=True)
class ImageRecord:
    """What is known of the content of an image file.

    Attributes
    ----------
    image_id
        SHA-256 (hex) of the bytes.
    phash
        64-bit DCT perceptual hash, imagehash's default.
    width, height
        Pixels.
    format
        As Pillow names it: JPEG, PNG ...
    n_bytes
        Size of the file.
    """

    image_id: str
    phash: int | None
    width: int | None
    height: int | None
    format: str | None
    n_bytes: int


@dataclass(frozen=True)
class EncoderRecord:
    """What identifies an encoder: architecture, weights, precision and preprocessing.

    Attributes
    ----------
    source
        `open_clip`, loaded here by any library, or `imported`: only what others computed with it.
    architecture, pretrained
        open_clip's names, or `BACKEND:NAME`; `pretrained` is a tag or the name of a checkpoint
        file.
    precision
        open_clip's name of it; None where it is not known.
    dim
        Width of the vectors; None where only similarities or predictions were imported.
    logit_scale
        Factor from cosine to logit.
    preprocessing
        What happens to an image before it is encoded.
    weights_sha256
        SHA-256 over the loaded weights.
    versions
        Library versions; recorded, not part of the identity.
    logit_bias
        What is added to that logit where a model was trained with a sigmoid, as SigLIP; else None.
    n_parameters, n_parameters_image, gflops
        How large the model and its image tower are, and what a picture costs in 1e9 floating point
        operations; no part of the identity.
    """

    source: str
    architecture: str
    pretrained: str | None
    precision: str | None
    dim: int | None = None
    logit_scale: float | None = None
    preprocessing: Mapping[str, Any] = field(default_factory=dict)
    weights_sha256: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    logit_bias: float | None = None
    n_parameters: int | None = None
    n_parameters_image: int | None = None
    gflops: float | None = None

    @property
    def name(self) -> str:
        """One string for people: `ViT-L-14 openai fp32`, or `RN50 openai imported`."""
        last = "imported" if self.source == "imported" else self.precision
        # Nobody takes vectors of pictures that were resized in another way for the usual ones.
        resized = "fast-resize" if self.preprocessing.get("resize_by") else None
        parts = (self.architecture, self.pretrained, last, resized)
        return " ".join(part for part in parts if part)

    @property
    def preprocessing_json(self) -> str:
        """The preprocessing as canonical JSON, so that equal ones are equal strings."""
        return json.dumps(self.preprocessing, sort_keys=True, default=list)

    @property
    def vectors(self) -> str:
        """First part of the names of its Lance tables: readable, and unique by a digest."""
        readable = re.sub(r"[^A-Za-z0-9-]+", "_", self.name).strip("_")
        identity = f"{self.name}\0{self.weights_sha256}\0{self.preprocessing_json}"
        return f"{readable}-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class EmbeddingBatch:
    """Vectors by key: an image_id for images, the text itself for prompts.

    Attributes
    ----------
    keys
        B keys.
    vectors
        float32 (B, D), rows of unit length.
    """

    keys: tuple[str, ...]
    vectors: Float32


@dataclass(frozen=True)
class VectorBlock:
    """Vectors by the number of their row, for work that would be slow with keys.

    Attributes
    ----------
    rows
        int64 (B,) numbers of rows, which stay the same within one snapshot of a table.
    vectors
        float32 (B, D), rows of unit length.
    """

    rows: Int64
    vectors: Float32


@dataclass(frozen=True)
class KeyedRows:
    """The keys of a snapshot of a table of vectors.

    Attributes
    ----------
    rows
        int64 (N,) numbers of rows, ascending.
    keys : pyarrow.StringArray
        N keys.
    """

    rows: Int64
    keys: pa.Array


@dataclass(frozen=True)
class TwoClasses:
    """The two classes of an attribute.

    Attributes
    ----------
    positive, negative
        Their names.
    is_yes_no
        Whether they say that something is so, or is not.
    """

    positive: str
    negative: str
    is_yes_no: bool


@dataclass(frozen=True)
class Prompt:
    """A text and the classes that it names.

    Attributes
    ----------
    text
        What the text encoder reads.
    key
        Its name in the file that it came from, if it had one.
    classes
        Attribute -> class; an attribute that the prompt says nothing about is absent.
    """

    text: str
    key: str | None = None
    classes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PromptSet:
    """A named list of prompts.

    Attributes
    ----------
    new_classes
        Attribute -> the classes that come with the set, in their order; a set of a store has none.
    """

    name: str
    description: str
    prompts: tuple[Prompt, ...]
    new_classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class ClassifierRecord:
    """What makes predictions of one attribute.

    Attributes
    ----------
    seen
        What it was trained and tuned on, as far as this is known.
    """

    name: str
    kind: str
    attribute: str
    encoder_id: int | None = None
    prompt_set: str | None = None
    aggregation: str | None = None
    k: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    seen: tuple[SeenData, ...] = ()


@dataclass(frozen=True)
class AttributeClass:
    """A class of an attribute.

    Attributes
    ----------
    name
        As labels and predictions spell it.
    ordinal
        Rank in ties, from 1.
    low, high
        Ages in whole years, both included; None where they do not apply or have no limit.
    """

    name: str
    ordinal: int
    low: float | None = None
    high: float | None = None

    def holds(self, value: float) -> bool:
        """Whether a number (age in years) falls into this class."""
        if self.low is None:
            return False
        return self.low <= int(value) and (self.high is None or int(value) <= self.high)


def first_repeated(values: Iterable[str]) -> str | None:
    """Return the first value that occurs for a second time, or None."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None


@dataclass(frozen=True)
class SplitMember:
    """A sample that a split has to place.

    Attributes
    ----------
    sample_id
        The sample.
    content
        What it is known by in every store: the hash of its image, or its name.
    path
        Its path in the data set.
    group
        Group of duplicates which stays together; None: it has none.
    stratum
        Its labels of the attributes to stratify by.
    """

    sample_id: int
    content: str
    path: str
    group: str | None
    stratum: tuple[str | None, ...] = ()
