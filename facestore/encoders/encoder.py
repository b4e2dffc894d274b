"""What an encoder is, the backends that load one, and one that is loaded when it is needed.

A backend is a module of this folder and its line in `BACKENDS`. The module has these functions:

- ``load_encoder(name, *, precision, device, force_quick_gelu, fast_resize, notify)`` returns an
  `Encoder`, whose record has `name.without_folder().whole_architecture` and the whole `precision`:
  of `fp32/float16` the first part is the model's (`precisions.arithmetic_of`), the second that of
  the vectors;
- ``available_models()`` lists the pairs of architecture and weights that can be had;
- ``load_tokenizer(name)``, if it has one, returns what `reading.read_texts` takes.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from facestore.config import DEFAULT_PRECISION, MODELS_ADDRESS_SPACE
from facestore.encoders.devices import check_device
from facestore.encoders.names import with_tag
from facestore.encoders.preprocessing import RESIZE_BY, TORCHVISION
from facestore.encoders.reading import SURELY_READ, TextReading, read_texts
from facestore.errors import FacestoreError, UnknownChoiceError
from facestore.faults import require_address_space
from facestore.model_names import ModelName
from facestore.records import EncoderRecord, Float32

if TYPE_CHECKING:
    import torch
    from PIL import Image

# Name, as in `open_clip:ViT-L-14/openai`, and module: it is imported when one of its models is
# asked for.
BACKENDS = {
    "open_clip": "facestore.encoders.open_clip",
    "timm": "facestore.encoders.timm",
    "transformers": "facestore.encoders.transformers",
}


class Encoder(Protocol):
    """A model that turns images and texts into unit vectors of one space."""

    @property
    def record(self) -> EncoderRecord:
        """What identifies it; the weights are hashed at the first call."""

    @property
    def visual(self) -> torch.nn.Module:
        """The image tower; who trains it takes a copy."""

    @property
    def device(self) -> torch.device:
        """Where the model is."""

    def preprocess(self, image: Image.Image) -> torch.Tensor:
        """Turn an RGB image into what the tower takes: float32 (3, H, W)."""

    def pixels(self, image: Image.Image) -> torch.Tensor:
        """Resize and cut an RGB image, uint8 (3, H, W); called from several threads."""

    def start_images(self, inputs: Sequence[torch.Tensor]) -> Callable[[], Float32]:
        """Start to turn B images into vectors; what it returns waits for float32 (B, D)."""

    def encode_images(self, inputs: Sequence[torch.Tensor]) -> Float32:
        """Turn B images, from `preprocess` or `pixels`, into float32 (B, D) unit vectors."""

    def encode_texts(self, texts: Sequence[str]) -> Float32:
        """Turn T texts into float32 (T, D) unit vectors.

        Raises
        ------
        EncoderError
            If the model has no text side.
        """


def backend(name: str) -> Any:
    """Return the module of a backend.

    Raises
    ------
    UnknownChoiceError
        If there is none of that name.
    AddressSpaceError
        If a limit allows too little for PyTorch.
    """
    if name not in BACKENDS:
        todo = "`facestore models` lists what there is."
        raise UnknownChoiceError("encoder backend", name, BACKENDS, todo)
    require_address_space(MODELS_ADDRESS_SPACE, "a model")
    return import_module(BACKENDS[name])


def available_models() -> list[ModelName]:
    """Return the models that the backends offer."""
    return [
        ModelName(architecture, pretrained, name)
        for name in BACKENDS
        for architecture, pretrained in backend(name).available_models()
    ]


class LazyEncoder:
    """A model that is loaded when it is first needed.

    Parameters
    ----------
    name
        Which model.
    precision, device, force_quick_gelu, fast_resize
        As the backend's `load_encoder` takes them.
    notify
        Called with a line for the user where loading corrects something.
    """

    def __init__(
        self,
        name: ModelName,
        *,
        precision: str = DEFAULT_PRECISION,
        device: str = "auto",
        force_quick_gelu: bool = False,
        fast_resize: bool = False,
        notify: Callable[[str], None] = warnings.warn,
    ) -> None:
        check_device(device)  # also where nothing is left to be encoded
        self._options: dict[str, Any] = {
            "precision": precision,
            "device": device,
            "force_quick_gelu": force_quick_gelu,
            "fast_resize": fast_resize,
            "notify": notify,
        }
        self._lock = threading.Lock()
        self._loaded: Encoder | None = None
        self._failed: Exception | None = None
        self.model = name = with_tag(name)
        self._device = device
        self.name = EncoderRecord(
            "open_clip",
            name.without_folder().whole_architecture,
            name.without_folder().pretrained,
            precision,
            preprocessing={RESIZE_BY: TORCHVISION} if fast_resize else {},
        ).name

    @property
    def device(self) -> str:
        """Where the model runs; `auto` stays so until it is loaded."""
        return self._device if self._loaded is None else str(self._loaded.device)

    def reading(self, texts: Sequence[str]) -> TextReading | None:
        """Say what the model reads of texts; None where its tokenizer cannot be had.

        The weights are not needed. Texts that are short enough for any model are not looked at
        unless it is loaded anyhow.
        """
        asked = list(texts)
        if self._loaded is None:
            asked = [text for text in asked if len(text.encode()) > SURELY_READ]
        if not asked:
            return None
        load = getattr(backend(self.model.backend), "load_tokenizer", None)
        with suppress(OSError, ValueError, KeyError, RuntimeError, ImportError):  # what `load` says
            return None if load is None else read_texts(load(self.model), asked)
        return None

    def load(self) -> Encoder:
        """Return the model; the first call loads it, from whichever thread it comes."""
        with self._lock:
            if self._failed is not None:  # each thread would try again, for minutes offline
                raise self._failed
            if self._loaded is None:
                try:
                    self._loaded = backend(self.model.backend).load_encoder(
                        self.model, **self._options
                    )
                except FacestoreError as error:
                    self._failed = error
                    raise
            return self._loaded
