"""Image processors of transformers, in two halves, and their configuration as a record has it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from facestore.errors import EncoderError, in_one_line

if TYPE_CHECKING:
    import torch
    from PIL import Image

# Value of the key `library` in a record's preprocessing.
OF_TRANSFORMERS = "transformers"
_TYPE, _PROCESSOR = "image_processor_type", "processor"


class Processor:
    """An image processor that gives every picture one size.

    Parameters
    ----------
    processor
        Of transformers, as `AutoImageProcessor` returns it.

    Raises
    ------
    EncoderError
        If it gives no picture of three channels.
    """

    def __init__(self, processor: Any) -> None:
        from PIL import Image
        from torchvision.transforms import Normalize

        self._processor = processor
        self._mean, self._std = _mean_and_std(processor)
        self._normalize = Normalize(self._mean, self._std)
        try:
            sizes = [self.pixels(Image.new("RGB", size)).shape for size in ((48, 96), (96, 48))]
        except (TypeError, ValueError, KeyError, IndexError, RuntimeError, AttributeError) as error:
            raise _no_picture(processor, in_one_line(str(error))) from error
        if sizes[0] != sizes[1] or len(sizes[0]) != 3 or sizes[0][0] != 3:
            raise _no_picture(
                processor, f"it makes {tuple(sizes[0])} of one, and {tuple(sizes[1])}"
            )
        self._size = tuple(sizes[0][1:])

    @property
    def config(self) -> dict[str, Any]:
        """What is recorded: the size, mean and deviation that pictures have, and all it is told."""
        told = json.loads(json.dumps(self._processor.to_dict(), default=str))
        told.pop("_processor_class", None)
        return {
            "library": OF_TRANSFORMERS,
            "size": list(self._size),
            "mean": list(self._mean),
            "std": list(self._std),
            _PROCESSOR: told,
        }

    def pixels(self, image: Image.Image) -> torch.Tensor:
        """Resize and cut an RGB picture: uint8 (3, H, W); called from several threads."""
        made = self._processor(
            image.convert("RGB"), do_rescale=False, do_normalize=False, return_tensors="pt"
        )
        pixels: torch.Tensor = made["pixel_values"][0]
        return pixels

    def normalize(self, pixels: torch.Tensor) -> torch.Tensor:
        """Scale floats in [0, 1], (..., 3, H, W), as the model takes them."""
        scaled: torch.Tensor = self._normalize(pixels)
        return scaled


def processor_of(config: Mapping[str, Any]) -> Processor:
    """Return the processor that a record's preprocessing is of; no file is read.

    Raises
    ------
    EncoderError
        If transformers is not installed, or has no such processor.
    """
    require_transformers()
    import transformers
    from transformers.image_processing_utils import BaseImageProcessor

    told = dict(config.get(_PROCESSOR) or {})
    kind: Any = getattr(transformers, str(told.get(_TYPE)), None)
    # A store is data: it names no class but one of these.
    if not isinstance(kind, type) or not issubclass(kind, BaseImageProcessor):
        message = (
            f"transformers has no image processor {told.get(_TYPE)!r}: the encoder was made with "
            "another version of it."
        )
        raise EncoderError(message)
    make: Any = kind
    return Processor(make.from_dict(told))


def has_transformers() -> bool:
    """Say whether the library is installed."""
    return find_spec("transformers") is not None


def cut_to_show(image: Image.Image, config: Mapping[str, Any]) -> Image.Image:
    """Resize and cut an RGB picture by Pillow, as a record's processor does, to be looked at.

    For where transformers is not installed: CLIP's, SigLIP's and ViT's processors give the same
    but for grey levels here and there; others may cut elsewhere.
    """
    from PIL.Image import Resampling

    told = dict(config.get(_PROCESSOR) or {})
    height, width = config["size"]
    size, crop = told.get("size") or {}, told.get("crop_size") or {}
    resample = Resampling(int(told.get("resample") or Resampling.BICUBIC))
    if "shortest_edge" in size:
        edge, shortest = int(size["shortest_edge"]), min(image.size)
        scaled = [each * edge // shortest for each in image.size]  # cut off, as torchvision does
        image = image.resize((scaled[0], scaled[1]), resample)
    if told.get("do_center_crop") and crop:
        # as torchvision has it, black where the picture is smaller
        left, top = (image.width - crop["width"]) // 2, (image.height - crop["height"]) // 2
        image = image.crop((left, top, left + crop["width"], top + crop["height"]))
    return image if image.size == (width, height) else image.resize((width, height), resample)


def require_transformers() -> None:
    """Refuse to go on without transformers.

    Raises
    ------
    EncoderError
        If it is not installed.
    """
    if not has_transformers():
        message = (
            "Models of transformers need the library, which is not installed: "
            "`pip install 'facestore[transformers]'` installs it."
        )
        raise EncoderError(message)


def _mean_and_std(processor: Any) -> tuple[list[float], list[float]]:
    """Return mean and deviation for values in [0, 1], whatever the processor scales first."""
    is_scaled = bool(getattr(processor, "do_rescale", True))
    factor = float(getattr(processor, "rescale_factor", 1 / 255)) if is_scaled else 1.0
    mean, std = [0.0] * 3, [1.0] * 3
    if getattr(processor, "do_normalize", False):
        mean, std = list(processor.image_mean), list(processor.image_std)
    # (x * factor - mean) / std, where x / 255 is what comes in
    unit = 1.0 if abs(factor * 255 - 1) < 1e-9 else factor * 255
    return [float(each) / unit for each in mean], [float(each) / unit for each in std]


def _no_picture(processor: Any, why: str) -> EncoderError:
    message = (
        f"{type(processor).__name__} of transformers gives no pictures of one size with three "
        f"channels, which an encoder here takes ({why}): use another model."
    )
    return EncoderError(message)
