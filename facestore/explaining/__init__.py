"""Stage 6: where in an image a score comes from.

Nothing here opens a database: models, pixels and targets go in, maps come out.
"""

from __future__ import annotations

from facestore.explaining.explainer import Explained, Explainer, LimeOptions, seen_by
from facestore.explaining.gradcam import gradcam_maps
from facestore.explaining.lime import LimeExplanation, lime_map, on_grid
from facestore.explaining.maps import Maps
from facestore.explaining.methods import GRADCAM, LIME, METHODS, RELEVANCY, supported_methods
from facestore.explaining.pixels import to_images, to_pixels
from facestore.explaining.relevancy import relevancy_maps

__all__ = [
    "GRADCAM",
    "LIME",
    "METHODS",
    "RELEVANCY",
    "Explained",
    "Explainer",
    "LimeExplanation",
    "LimeOptions",
    "Maps",
    "gradcam_maps",
    "lime_map",
    "on_grid",
    "relevancy_maps",
    "seen_by",
    "supported_methods",
    "to_images",
    "to_pixels",
]
