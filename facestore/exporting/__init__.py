"""Exporting: rows and vectors in the forms of other tools. It opens no database."""

from __future__ import annotations

from facestore.exporting.clip_benchmark import CSV_COLUMNS, file_name, result_json, result_row
from facestore.exporting.fiftyone import fiftyone_dataset
from facestore.exporting.projection import PROJECTIONS, nearest_rows, project

__all__ = [
    "CSV_COLUMNS",
    "PROJECTIONS",
    "fiftyone_dataset",
    "file_name",
    "nearest_rows",
    "project",
    "result_json",
    "result_row",
]
