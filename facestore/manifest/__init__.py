"""Stage 1: what there is to ingest. Folders, containers and tables become plain values."""

from __future__ import annotations

from facestore.manifest.files import Folder, list_folder
from facestore.manifest.label_tables import (
    LabelRules,
    LabelTable,
    label_of_value,
    read_label_table,
)
from facestore.manifest.layouts import LAYOUTS, read_manifest
from facestore.manifest.manifest import Manifest
from facestore.manifest.utkface import UTKFACE_CLASSES, looks_like_utkface, utkface_labels

__all__ = [
    "LAYOUTS",
    "UTKFACE_CLASSES",
    "Folder",
    "LabelRules",
    "LabelTable",
    "Manifest",
    "label_of_value",
    "list_folder",
    "looks_like_utkface",
    "read_label_table",
    "read_manifest",
    "utkface_labels",
]
