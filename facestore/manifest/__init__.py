"""Stage 1: what there is to ingest. Files of a folder, and label tables, become plain values."""

from __future__ import annotations

from facestore.manifest.files import Folder, list_folder
from facestore.manifest.label_tables import LabelTable, label_of_value, read_label_table
from facestore.manifest.utkface import UTKFACE_CLASSES, looks_like_utkface, utkface_labels

__all__ = [
    "UTKFACE_CLASSES",
    "Folder",
    "LabelTable",
    "label_of_value",
    "list_folder",
    "looks_like_utkface",
    "read_label_table",
    "utkface_labels",
]
