"""Mappings in YAML: read and checked, in the form that `mappings` shows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from facestore.documents import texts_of
from facestore.errors import TableError, preview
from facestore.mapping_texts import check_encoding
from facestore.tables import refusing

_KEYS = {"file", "columns", "values", "null", "encoding"}


def load(path: Path) -> dict[str, Any]:
    """Read what a file says, as texts.

    Raises
    ------
    TableError
        If it is no mapping in YAML.
    """
    with refusing(path, "a mapping in YAML"):
        content = texts_of(path.read_text(encoding="utf-8-sig"))
    if not isinstance(content, dict):
        raise TableError(path, "it is no mapping", f"Expected {', '.join(sorted(_KEYS))}.")
    return content


def parts_of(path: Path, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a mapping, by what `LabelMapping` calls them.

    Parameters
    ----------
    path
        Where it is from, for messages.
    content
        What it says.

    Raises
    ------
    TableError
        If it is not of the form of a mapping.
    """
    if unknown := sorted(set(content) - _KEYS):
        expected = f"Expected {', '.join(sorted(_KEYS))}."
        raise TableError(path, f"{preview(map(repr, unknown))} is no part of a mapping", expected)
    columns, values = content.get("columns") or {}, content.get("values") or {}
    nulls, encoding = content.get("null") or [], content.get("encoding") or None
    good = (
        _is_table(columns)
        and isinstance(values, dict)
        and all(map(_is_table, values.values()))
        and isinstance(nulls, str | list)
        and all(isinstance(each, str) for each in nulls)
        and isinstance(content.get("file", ""), str)
        and isinstance(encoding, str | None)
    )
    if not good:
        todo = "Expected columns: {ATTRIBUTE: COLUMN}, values: {ATTRIBUTE: {VALUE: CLASS}}."
        raise TableError(path, "it is of another form", todo)
    check_encoding(encoding)
    return {
        "file": content.get("file") or None,
        "columns": {attribute: _none(column) for attribute, column in columns.items()},
        "values": {a: {v: _none(c) for v, c in each.items()} for a, each in values.items()},
        "nulls": (nulls,) if isinstance(nulls, str) else tuple(nulls),
        "encoding": encoding,
    }


def _is_table(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


def _none(text: str) -> str:
    """Return '' for what YAML calls nothing."""
    return "" if text in ("~", "null", "Null", "NULL") else text
