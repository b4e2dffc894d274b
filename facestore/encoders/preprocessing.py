"""From an RGB picture to what a model takes, in two halves.

Threads that read resize and cut to uint8, a quarter of the bytes; scaling to floats is done for
whole batches, where the model is. Both halves together give what open_clip's own transform gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import torch
    from PIL import Image

# Key and value by which the record of an encoder says that its pictures are resized the fast way.
RESIZE_BY, TORCHVISION = "resize_by", "torchvision"


def resizes_fast(preprocessing: Mapping[str, Any]) -> bool:
    """Say whether an encoder was stored with pictures resized by torchvision."""
    return preprocessing.get(RESIZE_BY) == TORCHVISION


class Preprocessing:
    """What happens to a picture before it is encoded.

    Parameters
    ----------
    config
        As an encoder is stored with it: the fields of open_clip's `PreprocessCfg`; others do not
        matter. With `resize_by` = `torchvision` pictures are resized as uint8 tensors, several
        times as fast as by Pillow, with which open_clip resizes: values differ by a grey level
        here and there.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        from open_clip.transform import PreprocessCfg, image_transform_v2

        fields = PreprocessCfg.__dataclass_fields__
        plain = PreprocessCfg(**{key: value for key, value in config.items() if key in fields})
        # Resizing and cutting; RGB; to a tensor of floats; scaled by mean and standard deviation.
        transform = image_transform_v2(plain, is_train=False)
        *self._steps, _rgb, _to_tensor, self._normalize = transform.transforms
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
        from torchvision.transforms import Resize
        from torchvision.transforms.v2.functional import resize

        pixels = _tensor(image)
        for step in self._steps:
            if isinstance(step, ResizeKeepRatio):
                size = step.get_params(image, step.size, step.longest)
            elif isinstance(step, Resize):
                size = [step.size] if isinstance(step.size, int) else list(step.size)
            else:
                pixels = step(pixels)
                continue
            pixels = resize(pixels, size, interpolation=step.interpolation, antialias=True)
        return pixels


def _tensor(image: Image.Image) -> torch.Tensor:
    """Return uint8 (3, H, W), which looks at the picture's own order of values, (H, W, 3)."""
    import torch

    return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)
