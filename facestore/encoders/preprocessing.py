"""From an RGB picture to what a model takes, in two halves.

Threads that read resize and cut to uint8, a quarter of the bytes; scaling to floats is done for
whole batches, where the model is. Both halves together give what open_clip's own transform gives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from facestore.encoders.processors import OF_TRANSFORMERS, processor_of
from facestore.errors import EncoderError

if TYPE_CHECKING:
    import torch
    from PIL import Image

# Key and value by which the record of an encoder says that its pictures are resized the fast way.
RESIZE_BY, TORCHVISION = "resize_by", "torchvision"
# Key of the library whose transform it is; without it: open_clip's.
LIBRARY, OF_TIMM = "library", "timm"


def resizes_fast(preprocessing: Mapping[str, Any]) -> bool:
    """Say whether an encoder was stored with pictures resized by torchvision."""
    return preprocessing.get(RESIZE_BY) == TORCHVISION


class Preprocessing:
    """What happens to a picture before it is encoded.

    Parameters
    ----------
    config
        As an encoder is stored with it. Without a `library` these are the fields of open_clip's
        `PreprocessCfg`; of `timm` those of its data config; of `transformers` an image processor.
        What else is in it does not matter. With `resize_by` = `torchvision` pictures are resized
        as uint8 tensors, several times as fast as by Pillow, with which open_clip and timm resize:
        values differ by a grey level here and there.

    Raises
    ------
    EncoderError
        If it cannot be had, as of a library that is not installed.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        self._cut: Callable[[Image.Image], torch.Tensor]
        if config.get(LIBRARY) == OF_TRANSFORMERS:
            processor = processor_of(config)
            self._cut, self._normalize = processor.pixels, processor.normalize
            return
        # Resizing and cutting; scaled by mean and standard deviation.
        self._steps, self._normalize = (
            _of_timm(config) if config.get(LIBRARY) == OF_TIMM else _of_open_clip(config)
        )
        self._cut = self._cut_tensor if resizes_fast(config) else self._cut_picture

    def __call__(self, image: Image.Image) -> torch.Tensor:
        """Return what a model takes, float32 (3, H, W)."""
        return self.scale(self.pixels(image))

    def pixels(self, image: Image.Image) -> torch.Tensor:
        """Resize and cut an RGB picture: uint8 (3, H, W); called from several threads."""
        return self._cut(image)

    def scale(self, pixels: torch.Tensor) -> torch.Tensor:
        """Scale uint8 (..., 3, H, W) to the float32 that a model takes, on the same device."""
        scaled: torch.Tensor = self._normalize(pixels.float().div_(255))
        return scaled

    def _cut_picture(self, image: Image.Image) -> torch.Tensor:
        for step in self._steps:
            image = step(image)
        return _tensor(image)

    def _cut_tensor(self, image: Image.Image) -> torch.Tensor:
        from open_clip.transform import ResizeKeepRatio
        from torchvision.transforms import CenterCrop, Resize
        from torchvision.transforms.v2.functional import resize

        pixels = _tensor(image)
        for step in self._steps:
            if isinstance(step, ResizeKeepRatio):
                size = step.get_params(image, step.size, step.longest)
            elif isinstance(step, Resize):
                size = [step.size] if isinstance(step.size, int) else list(step.size)
            elif isinstance(step, CenterCrop) or type(step).__module__.startswith("open_clip"):
                pixels = step(pixels)
                continue
            else:
                message = (
                    f"`fast_resize=True` cannot do what this model wants ({type(step).__name__}): "
                    "leave it out."
                )
                raise EncoderError(message)
            pixels = resize(pixels, size, interpolation=step.interpolation, antialias=True)
        return pixels


def _of_open_clip(config: Mapping[str, Any]) -> tuple[list[Any], Any]:
    """Return what cuts a picture, and what scales it."""
    from open_clip.transform import PreprocessCfg, image_transform_v2

    fields = PreprocessCfg.__dataclass_fields__
    plain = PreprocessCfg(**{key: value for key, value in config.items() if key in fields})
    # Resizing and cutting; RGB; to a tensor of floats; scaled by mean and standard deviation.
    *steps, _rgb, _to_tensor, normalize = image_transform_v2(plain, is_train=False).transforms
    return steps, normalize


def _of_timm(config: Mapping[str, Any]) -> tuple[list[Any], Any]:
    """Return what cuts a picture, and what scales it."""
    from timm.data import create_transform

    fields = ("interpolation", "mean", "std", "crop_pct", "crop_mode")
    transform = create_transform(
        input_size=(3, *config["size"]),
        **{name: config[name] for name in fields},
        is_training=False,
    )
    *steps, _to_tensor, normalize = transform.transforms
    return steps, normalize


def _tensor(image: Image.Image) -> torch.Tensor:
    """Return uint8 (3, H, W), which looks at the picture's own order of values, (H, W, 3)."""
    import torch

    return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)
