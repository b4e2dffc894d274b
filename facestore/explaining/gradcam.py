"""Grad-CAM of convolutional towers, by captum.

Source: Selvaraju et al. 2017, "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
Localization". Channels of the last convolutions are weighted by the mean of their gradient and
summed; what is left above 0 is the map.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from facestore.errors import InputError
from facestore.explaining.maps import (
    Maps,
    Targets,
    attached,
    evaluating,
    image_vectors,
    scores_of,
    to_float32,
    tower_name,
    tower_of,
)

if TYPE_CHECKING:
    import torch


def gradcam_maps(
    model: torch.nn.Module, pixels: torch.Tensor, targets: Targets, *, unit: bool = True
) -> Maps:
    """Map where the scores of images come from, for a convolutional tower.

    Parameters
    ----------
    model
        Of open_clip, or its image tower: a ResNet, ConvNeXt, FastViT or Swin.
    pixels, targets, unit
        As `relevancy_maps` takes them.

    Returns
    -------
    Maps
        Scores, and values on the grid of the last stage: 7 x 7 for most at 224 px.

    Raises
    ------
    InputError
        If the tower does not end in convolutions, or shapes do not fit.
    """
    import torch
    from captum.attr import LayerGradCam

    tower = tower_of(model)
    layer = last_convolutions(tower)
    taken: list[torch.Tensor] = []

    def forward(inputs: torch.Tensor) -> torch.Tensor:
        vectors = image_vectors(tower, inputs, unit=unit)
        scores = scores_of(vectors, targets)
        taken.append(scores.detach())
        # A score that no image changes has no graph: 0 times the vectors gives it one, and no map.
        return scores + 0 * vectors.sum(1)

    with torch.inference_mode(False), torch.enable_grad(), evaluating(tower):
        inputs = attached(tower, pixels)
        with _channels_first(tower, layer) as first:
            found = LayerGradCam(forward, first).attribute(inputs, relu_attributions=True)
    if found.ndim != 4:
        raise _no_convolutions(tower)
    return Maps(to_float32(taken[0]), to_float32(found[:, 0]))


def last_convolutions(tower: Any) -> Any:
    """Return the last stage of convolutions, or of the windows of Swin, of an image tower.

    Raises
    ------
    InputError
        If there is none.
    """
    inner = getattr(tower, "trunk", tower)
    if hasattr(inner, "layer4"):
        return inner.layer4
    if hasattr(inner, "stages"):
        return inner.stages[-1]
    if hasattr(inner, "layers") and _is_channels_last(inner):
        return inner.layers[-1]
    raise _no_convolutions(tower)


def _is_channels_last(inner: Any) -> bool:
    return str(getattr(inner, "output_fmt", "")) == "NHWC"


@contextmanager
def _channels_first(tower: Any, layer: Any) -> Iterator[Any]:
    """Give a layer whose output is (N, C, rows, cols), as Grad-CAM takes it; Swin has C last."""
    import torch

    if not _is_channels_last(getattr(tower, "trunk", tower)):
        yield layer
        return
    turned = torch.nn.Identity()
    hook = layer.register_forward_hook(
        lambda _layer, _given, out: turned(out.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    )
    try:
        yield turned
    finally:
        hook.remove()


def _no_convolutions(tower: Any) -> InputError:
    message = (
        f"No Grad-CAM for image tower {tower_name(tower)}: it does not end in convolutions. Use "
        "`method=relevancy` for transformers, or `method=lime` for any."
    )
    return InputError(message)
