"""What encoders of all backends do alike: pictures, batch by batch, and what identifies them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from facestore.encoders.loading import weights_sha256
from facestore.encoders.preprocessing import Preprocessing
from facestore.encoders.sizes import ModelSize, size_of
from facestore.errors import EncoderError
from facestore.model_names import ModelName
from facestore.precisions import arithmetic_of
from facestore.records import EncoderRecord, Float32
from facestore.unit_rows import unit_rows

if TYPE_CHECKING:
    import torch
    from PIL import Image

_TEXTS_AT_ONCE = 256
_LIBRARIES = ("torch", "torchvision", "pillow", "numpy")


class ImageEncoder:
    """A model whose image tower turns pictures into vectors; backends add what else theirs can do.

    Parameters
    ----------
    model, visual
        The model, and its image tower, which is called with float (B, 3, H, W) and gives (B, D).
    name
        Which model it is.
    precision
        As `load_encoder` of a backend takes it.
    device
        Where the model is.
    config
        What happens to a picture first, as `Preprocessing` takes it.
    """

    # The distributions whose versions are recorded beside torch's.
    libraries: tuple[str, ...] = ()

    def __init__(
        self,
        model: Any,
        visual: Any,
        *,
        name: ModelName,
        precision: str,
        device: torch.device,
        config: Mapping[str, Any],
    ) -> None:
        import open_clip
        from open_clip_train.precision import get_autocast

        self._model, self._visual = model.eval(), visual
        self._name = name
        self._precision = precision
        self._device = device
        arithmetic = arithmetic_of(precision)
        self._dtype = open_clip.get_input_dtype(arithmetic)
        self._autocast = get_autocast(arithmetic, device_type=device.type)
        self._config = dict(config)
        self._preprocessing = Preprocessing(self._config)

    @cached_property
    def record(self) -> EncoderRecord:
        """What identifies this encoder; the weights are hashed at the first call."""
        name = self._name.without_folder()
        scale, bias = self._logit("logit_scale"), self._logit("logit_bias")
        return EncoderRecord(
            source="open_clip",
            architecture=name.whole_architecture,
            pretrained=name.pretrained,
            precision=self._precision,
            dim=self._dim(),
            preprocessing=self._config | self._facts(),
            weights_sha256=weights_sha256(self._model.state_dict()),
            versions={library: version(library) for library in (*_LIBRARIES, *self.libraries)},
            logit_scale=None if scale is None else float(scale.exp()),
            logit_bias=None if bias is None else float(bias),
            **vars(self._size()),
        )

    @property
    def visual(self) -> torch.nn.Module:
        """The image tower; who trains it takes a copy."""
        tower: torch.nn.Module = self._visual
        return tower

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        return self._device

    def preprocess(self, image: Image.Image) -> torch.Tensor:
        """Turn an RGB image into what the model takes: float32 (3, H, W)."""
        return self._preprocessing(image)

    def pixels(self, image: Image.Image) -> torch.Tensor:
        """Do the half of `preprocess` that is done for one image at a time: uint8 (3, H, W)."""
        return self._preprocessing.pixels(image)

    def encode_images(self, inputs: Sequence[torch.Tensor]) -> Float32:
        """Encode B images, from `preprocess` or `pixels`, to float32 (B, D) unit vectors."""
        return self.start_images(inputs)()

    def start_images(self, inputs: Sequence[torch.Tensor]) -> Callable[[], Float32]:
        """Start to encode B images; what it returns waits for float32 (B, D) unit vectors.

        A GPU works on while this thread puts the next batch together.
        """
        import torch

        batch = torch.stack(list(inputs))
        if self._device.type == "cuda":
            batch = batch.pin_memory()  # else the copy waits for all work under way
        with torch.inference_mode(), self._autocast():
            batch = batch.to(self._device, non_blocking=True)
            if batch.dtype == torch.uint8:
                batch = self._preprocessing.scale(batch)
            vectors = self._encode(batch.to(self._dtype))
        return lambda: self._unit_rows(vectors)

    def encode_texts(self, texts: Sequence[str]) -> Float32:
        """Encode T texts to float32 (T, D) unit vectors."""
        import torch

        parts = []
        for first in range(0, len(texts), _TEXTS_AT_ONCE):
            with torch.inference_mode(), self._autocast():
                vectors = self._encode_texts(list(texts[first : first + _TEXTS_AT_ONCE]))
                parts.append(self._unit_rows(vectors))
        return np.concatenate(parts)

    def _unit_rows(self, vectors: torch.Tensor) -> Float32:
        try:
            return unit_rows(vectors.float().cpu().numpy())
        except ValueError as error:
            message = (
                f"Model '{self._name.whole_architecture}' gives vectors that have no direction: "
                f"{error}. Are its weights trained, and does `precision={self._precision}` suit it?"
            )
            raise EncoderError(message) from error

    def _encode(self, batch: torch.Tensor) -> torch.Tensor:
        """Turn scaled pixels (B, 3, H, W) into vectors (B, D) of any length."""
        vectors: torch.Tensor = self._visual(batch)
        return vectors

    def _encode_texts(self, texts: list[str]) -> torch.Tensor:
        """Turn a batch of texts into vectors (T, D) of any length; refused where there is no way.

        Raises
        ------
        EncoderError
            If the model has no text side.
        """
        raise no_texts(self._name.whole_architecture)

    def _facts(self) -> dict[str, Any]:
        """Return what else decides the vectors, and is kept with the preprocessing."""
        return {}

    def _dim(self) -> int:
        import torch

        # a model may see nothing in it, and its vector has no direction then
        with torch.inference_mode(), self._autocast():
            return int(self._encode(self._blank()[None].to(self._device, self._dtype)).shape[1])

    def _logit(self, name: str) -> torch.Tensor | None:
        """Return a number of the model by which cosines become logits, as it is trained."""
        value = getattr(self._model, name, None)
        return None if value is None else value.detach().float()

    def _size(self) -> ModelSize:
        with self._autocast():
            pixels = self._blank()[None].to(self._device, self._dtype)
            return size_of(self._model, self._visual, pixels)

    def _blank(self) -> torch.Tensor:
        """Return a picture as the tower takes it, float32 (3, H, W): grey."""
        from PIL import Image

        return self._preprocessing(Image.new("RGB", (256, 256), (127, 127, 127)))


def no_texts(model: str, why: str = "it was trained on images alone") -> EncoderError:
    """Return that a model cannot be asked about prompts, and what it can be used for."""
    message = (
        f"Model {model!r} has no text side ({why}), so no prompt can be scored or searched with "
        "it: what works are `facestore train probe`, `facestore train heads`, `facestore near` and "
        "`facestore dedup`."
    )
    return EncoderError(message)
