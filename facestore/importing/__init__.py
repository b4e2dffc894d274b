"""Stage for what others computed: files of similarities, predictions and vectors, read whole."""

from __future__ import annotations

from facestore.importing.embeddings import ImportedVectors, read_image_vectors, read_text_vectors
from facestore.importing.predictions import ImportedPredictions, read_predictions
from facestore.importing.published import read_published
from facestore.importing.similarities import read_similarities

__all__ = [
    "ImportedPredictions",
    "ImportedVectors",
    "read_image_vectors",
    "read_predictions",
    "read_published",
    "read_similarities",
    "read_text_vectors",
]
