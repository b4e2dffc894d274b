"""Reporting: results of queries into tables, charts and HTML pages."""

from __future__ import annotations

from facestore.reporting.gallery import Card, render_gallery, thumbnail
from facestore.reporting.page import Provenance, render_report
from facestore.reporting.queries import Query, read_queries
from facestore.reporting.tables import Result, Table

__all__ = [
    "Card",
    "Provenance",
    "Query",
    "Result",
    "Table",
    "read_queries",
    "render_gallery",
    "render_report",
    "thumbnail",
]
