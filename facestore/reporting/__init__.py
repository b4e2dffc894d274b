"""Reporting: results of queries into tables, charts and HTML pages."""

from __future__ import annotations

from facestore.reporting.explanations import MapCard, MapPart, MapRow, render_explanations
from facestore.reporting.gallery import Card, render_gallery, thumbnail
from facestore.reporting.overlays import data_uri, overlay, picture_of
from facestore.reporting.page import Provenance, render_report
from facestore.reporting.queries import Query, read_queries
from facestore.reporting.tables import Result, Table

__all__ = [
    "Card",
    "MapCard",
    "MapPart",
    "MapRow",
    "Provenance",
    "Query",
    "Result",
    "Table",
    "data_uri",
    "overlay",
    "picture_of",
    "read_queries",
    "render_explanations",
    "render_gallery",
    "render_report",
    "thumbnail",
]
