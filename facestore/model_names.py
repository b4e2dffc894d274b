"""Names of models as users type them, and as a store knows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from facestore.records import EncoderRecord

_BACKEND = re.compile(r"([a-z][a-z0-9_]*):")
_TRANSFORMERS = "transformers"
_LOCAL = "local-dir:"
_PATHS = ("/", "./", "../", "~/")
# What the name of a model begins with that is a place.
_PLACES = ("hf-hub:", _LOCAL, *_PATHS)
# OpenAI writes the size of patches behind a slash: `ViT-B/32`, `ViT-L/14@336px`.
_WITH_PATCHES = re.compile(r"([^/,]+/\d+(?:@\d+px)?)(?:/(.*))?")


@dataclass(frozen=True)
class ModelName:
    """Which model is meant: an architecture and the name, tag or file of its weights.

    Attributes
    ----------
    architecture
        The backend's name of it; of open_clip also `hf-hub:org/name`, `local-dir:FOLDER`, `tiny`;
        of timm also `hf-hub:org/name` or a folder; of transformers `org/name` or a folder.
    pretrained
        A tag of `open_clip.list_pretrained()` or a checkpoint file; None where the architecture
        says it already.
    backend
        A key of `facestore.encoders.encoder.BACKENDS`.
    """

    architecture: str
    pretrained: str | None = None
    backend: str = "open_clip"

    @classmethod
    def parse(cls, text: str, pretrained: str | None = None) -> ModelName:
        """Read `ViT-L-14,openai`, `open_clip:ViT-L-14/openai`, or a name beside `pretrained`.

        Of timm `resnet18.a1_in1k` is read as well, and all of a name of transformers is a name.
        """
        if text == "tiny" or text.startswith(("hf-hub:", "local-dir:")):
            return cls(text)
        named = _BACKEND.match(text)
        backend = named[1] if named else cls.backend
        plain = text[named.end() :] if named else text
        if named and (backend == _TRANSFORMERS or plain.startswith(_PLACES)):
            return cls(plain.strip(), None, backend)
        if backend == "timm" and not set(plain) & {",", "/"}:
            plain = plain.replace(".", ",", 1)
        if "," in plain:
            architecture, _, tag = plain.partition(",")
        elif patches := _WITH_PATCHES.fullmatch(plain):
            architecture, tag = patches[1], patches[2] or ""
        else:
            architecture, _, tag = plain.partition("/") if named else (plain, "", "")
        return cls(architecture.strip(), tag.strip() or pretrained, backend)

    @classmethod
    def of(cls, record: EncoderRecord) -> ModelName:
        """Return the model of an encoder that was loaded here."""
        named = _BACKEND.match(record.architecture)
        if named is None:
            return cls(record.architecture, record.pretrained)
        return cls(record.architecture[named.end() :], record.pretrained, named[1])

    @property
    def whole_architecture(self) -> str:
        """The architecture as `EncoderRecord` has it: behind its backend, if that is another."""
        is_usual = self.backend == ModelName.backend
        return self.architecture if is_usual else f"{self.backend}:{self.architecture}"

    def __str__(self) -> str:
        """Return the name as `parse` reads it, and as it is typed: `ViT-L-14,openai`."""
        return ",".join(filter(None, (self.whole_architecture, self.pretrained)))

    @property
    def is_place(self) -> bool:
        """Whether the name says where a model lies, with its weights, and not which one it is."""
        return self.backend == _TRANSFORMERS or self.architecture.startswith(_PLACES)

    @property
    def folder(self) -> Path | None:
        """The folder that a model of another backend than open_clip is read from; None: of none."""
        if self.backend == ModelName.backend or not self.is_place:
            return None
        place = Path(self.architecture.removeprefix(_LOCAL)).expanduser()
        is_told = self.architecture.startswith((_LOCAL, *_PATHS))
        return place if is_told or place.is_dir() else None

    def without_folder(self) -> ModelName:
        """Return the name as a store knows it: a file, or a folder, without where it lies."""
        folder, file = self.folder, self.pretrained
        return replace(
            self,
            architecture=folder.resolve().name if folder else self.architecture,
            pretrained=file and Path(file).name,
        )
