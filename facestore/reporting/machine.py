"""The numbers of the report for machines: one JSON file, or a CSV file a table."""

import json
from collections.abc import Iterable
from typing import Any

from facestore.files import csv_text
from facestore.reporting.page import Provenance
from facestore.reporting.tables import Table, is_number
from facestore.reporting.tables import raw as plain

JSON_FILE = "report.json"


def as_json(tables: Iterable[Table], provenance: Provenance) -> str:
    """Write tables as one JSON document.

    Returns
    -------
    str
        `{"facestore", "made_at", "versions", "tables": {NAME: {"title", "text", "reads", "sql",
        "columns", "rows"}}}`: a row is an object by column, numbers are as precise as the store has
        them (NaN and infinity, which JSON does not know, are null), times are text in UTC.
    """
    document = {
        "facestore": provenance.versions["facestore"],
        "made_at": provenance.made_at.isoformat(),
        "versions": dict(provenance.versions),
        "tables": {
            table.query.name: {
                "title": table.query.title,
                "text": table.query.text,
                "reads": list(table.query.reads),
                "sql": table.query.sql,
                "columns": [column.name for column in table.columns],
                "rows": [
                    {name: value if is_number(value) else None for name, value in row.items()}
                    for row in table.records
                ],
            }
            for table in tables
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=1, default=_plain) + "\n"


def as_csv(table: Table, *, raw: bool = False) -> str:
    """Write a table as CSV: RFC 4180, UTF-8, all text in quotes, numbers as precise as they are.

    Parameters
    ----------
    table
        The table.
    raw
        As `csv_text` has it.
    """
    names = [column.name for column in table.columns]
    rows = ([_field(value) for value in row] for row in table.rows)
    return csv_text(names, rows, quote_text=True, end="\r\n", raw=raw)


def _field(value: Any) -> Any:
    is_plain = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_plain else plain(value)


def _plain(value: Any) -> Any:
    """Give what JSON does not know as a number or as text."""
    try:
        return float(value) if not hasattr(value, "isoformat") else plain(value)
    except (TypeError, ValueError):
        return str(value)
