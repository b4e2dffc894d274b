"""Stage 1: what there is to ingest. Folders, containers and tables become plain values."""

from __future__ import annotations

from facestore.ingest.layouts.files import Folder, folder_of
from facestore.ingest.layouts.label_tables import (
    LabelRules,
    LabelTable,
    label_of_value,
    read_label_table,
)
from facestore.ingest.layouts.layouts import LAYOUTS, SourceRequest, read_manifest
from facestore.ingest.layouts.manifest import Manifest
from facestore.ingest.layouts.utkface import UTKFACE_CLASSES, looks_like_utkface, utkface_labels

__all__ = [
    "LAYOUTS",
    "UTKFACE_CLASSES",
    "Folder",
    "LabelRules",
    "LabelTable",
    "Manifest",
    "SourceRequest",
    "folder_of",
    "label_of_value",
    "looks_like_utkface",
    "read_label_table",
    "read_manifest",
    "utkface_labels",
]
