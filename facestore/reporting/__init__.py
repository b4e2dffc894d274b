"""Reporting: results of queries into tables, charts and HTML pages."""

from __future__ import annotations

from facestore.reporting.explanations import MapCard, MapPart, MapRow, render_explanations
from facestore.reporting.gallery import Card, render_gallery, thumbnail
from facestore.reporting.machine import JSON_FILE, as_csv, as_json
from facestore.reporting.overlays import data_uri, overlay, picture_of
from facestore.reporting.page import CHARTS_FILE, Contents, Provenance, render_report
from facestore.reporting.pages import DIFF_PAGE, PAGES, Page, page_names, queries_of
from facestore.reporting.queries import Query, read_queries
from facestore.reporting.tables import BlockKey, Result, Table, best_keys

__all__ = [
    "CHARTS_FILE",
    "DIFF_PAGE",
    "JSON_FILE",
    "PAGES",
    "BlockKey",
    "Card",
    "Contents",
    "MapCard",
    "MapPart",
    "MapRow",
    "Page",
    "Provenance",
    "Query",
    "Result",
    "Table",
    "as_csv",
    "as_json",
    "best_keys",
    "data_uri",
    "overlay",
    "page_names",
    "picture_of",
    "queries_of",
    "read_queries",
    "render_explanations",
    "render_gallery",
    "render_report",
    "thumbnail",
]
