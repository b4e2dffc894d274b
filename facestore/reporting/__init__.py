"""Reporting: results of queries into tables, charts and one HTML page."""

from __future__ import annotations

from facestore.reporting.page import Provenance, render_report
from facestore.reporting.queries import Query, read_queries
from facestore.reporting.tables import Result, Table

__all__ = ["Provenance", "Query", "Result", "Table", "read_queries", "render_report"]
