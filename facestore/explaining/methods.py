"""Which methods there are, and which of them can explain a tower.

A method that computes maps from the tower itself is a module of this folder and its line in
`MAP_METHODS`; LIME, which asks the model about changed pictures, works for any.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from facestore.errors import InputError
from facestore.explaining.gradcam import gradcam_maps, last_convolutions
from facestore.explaining.maps import Maps, tower_of
from facestore.explaining.relevancy import layout_of, relevancy_maps

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class MapMethod:
    """A method that computes maps from a tower.

    Attributes
    ----------
    find
        Finds in a tower what the method reads; raises InputError where it has none.
    maps
        Explains a batch: tower, pixels (N, 3, H, W), weights (N, D) and `unit`.
    """

    find: Callable[[Any], Any]
    maps: Callable[..., Maps]


RELEVANCY, GRADCAM, LIME = "relevancy", "gradcam", "lime"
# The best first: relevancy for transformers, Grad-CAM for ResNet, ConvNeXt and their like.
MAP_METHODS = {
    RELEVANCY: MapMethod(layout_of, relevancy_maps),
    GRADCAM: MapMethod(last_convolutions, gradcam_maps),
}
METHODS = (*MAP_METHODS, LIME)


def supported_methods(model: torch.nn.Module) -> tuple[str, ...]:
    """Return which of `METHODS` work for a model, or an image tower; the best first."""
    tower = tower_of(model)
    found = []
    for name, method in MAP_METHODS.items():
        try:
            method.find(tower)
        except InputError:
            continue
        found.append(name)
    return (*found, LIME)
