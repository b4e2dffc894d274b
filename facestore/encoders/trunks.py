"""Image models that are no tower of open_clip, put into the form of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch  # noqa: TID253 - imported by backends alone, which are imported when they are asked for

from facestore.errors import EncoderError

_TYPES = {"fp16": torch.float16, "bf16": torch.bfloat16}


class TimmTower(torch.nn.Module):
    """A model of timm as open_clip has it: `trunk` with nothing behind it.

    Parameters
    ----------
    trunk
        The model, without its classifier.
    size
        Rows and columns of the pictures that it takes.
    """

    def __init__(self, trunk: torch.nn.Module, size: Sequence[int]) -> None:
        super().__init__()
        self.trunk = trunk
        self.head = torch.nn.Identity()
        self.image_size = tuple(size)

    def forward(self, pixels: torch.Tensor) -> Any:
        """Turn pixels (B, 3, H, W) into pooled features (B, D)."""
        return self.head(self.trunk(pixels))


def in_precision(model: Any, arithmetic: str, device: torch.device) -> Any:
    """Move a model to where it computes, with weights of the type that its precision says.

    Parameters
    ----------
    model
        The model, in float32.
    arithmetic
        One of `loading.PRECISIONS`; with `amp` weights stay float32.
    device
        Where it computes.
    """
    dtype = _TYPES.get(arithmetic.removeprefix("pure_"), torch.float32)
    return model.to(device=device, dtype=dtype)


def vectors_of(output: Any, model: str) -> torch.Tensor:
    """Return what a model gave for a batch, if it is a vector for each picture.

    Raises
    ------
    EncoderError
        If it is something else.
    """
    if isinstance(output, torch.Tensor) and output.ndim == 2:
        return output
    kind = type(output).__name__
    shape = f" of shape {tuple(output.shape)}" if isinstance(output, torch.Tensor) else ""
    message = (
        f"Model {model!r} gives no vector for a picture but a {kind}{shape}: use one that pools "
        "what it sees."
    )
    raise EncoderError(message)


class TransformersTower(torch.nn.Module):
    """The image side of a model of transformers.

    Parameters
    ----------
    model
        The model; its texts, if it has any, are left alone.
    name
        What it is called.
    size
        Rows and columns of the pictures that it takes.
    """

    def __init__(self, model: Any, name: str, size: Sequence[int]) -> None:
        super().__init__()
        is_of_both = hasattr(model, "get_image_features") and hasattr(model, "get_text_features")
        # In a tuple, so that its texts are no part of this tower.
        self._whole = (model,)
        self.trunk = getattr(model, "vision_model", model) if is_of_both else model
        self.projection = getattr(model, "visual_projection", None) if is_of_both else None
        self._is_of_both, self._name = is_of_both, name
        self.image_size = tuple(size)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Turn pixels (B, 3, H, W) into vectors (B, D)."""
        return self._read(pixels)[1]

    def reads(self, pixels: torch.Tensor) -> str:
        """Return what the vector is: `image features`, `pooler_output` or `class token`."""
        with torch.inference_mode():
            return self._read(pixels)[0]

    def without_projection(self) -> None:
        """Give the pooled output from now on, and not what lies in one space with texts."""
        self._is_of_both, self.projection = False, None

    def _read(self, pixels: torch.Tensor) -> tuple[str, torch.Tensor]:
        encode = self._whole[0].get_image_features if self._is_of_both else self.trunk
        output = encode(pixel_values=pixels)
        if self._is_of_both:
            return "image features", vectors_of(
                first_output(output, ("pooler_output", "image_embeds")), self._name
            )
        pooled = getattr(output, "pooler_output", None)
        if pooled is not None:
            # those of convolutions are (B, D, 1, 1)
            flat = pooled.flatten(1) if tuple(pooled.shape[2:]) == (1, 1) else pooled
            return "pooler_output", vectors_of(flat, self._name)
        tokens = getattr(output, "last_hidden_state", None)
        if isinstance(tokens, torch.Tensor) and tokens.ndim == 3:
            return "class token", tokens[:, 0]
        return "", vectors_of(output if tokens is None else tokens, self._name)


def first_output(output: Any, names: Sequence[str]) -> Any:
    """Return the tensor of an output that has one of some names; a tensor is returned as it is."""
    found = [getattr(output, name, None) for name in names]
    return next((each for each in found if each is not None), output)
