"""Which methods can explain a tower."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facestore.errors import InputError
from facestore.explaining.gradcam import last_convolutions
from facestore.explaining.maps import tower_of
from facestore.explaining.relevancy import layout_of

if TYPE_CHECKING:
    import torch

RELEVANCY, GRADCAM, LIME = "relevancy", "gradcam", "lime"
METHODS = (RELEVANCY, GRADCAM, LIME)


def supported_methods(model: torch.nn.Module) -> tuple[str, ...]:
    """Return which of `METHODS` work for a model, or an image tower; the best first.

    Relevancy for transformers, Grad-CAM for ResNet, ConvNeXt and their like, LIME for all.
    """
    tower = tower_of(model)
    found = []
    for method, find in ((RELEVANCY, layout_of), (GRADCAM, last_convolutions)):
        try:
            find(tower)
        except InputError:
            continue
        found.append(method)
    return (*found, LIME)
