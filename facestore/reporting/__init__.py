"""Reporting: results of queries into tables, charts and HTML pages."""
