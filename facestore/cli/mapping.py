"""What options say of the columns and values of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from facestore.mappings import LabelMapping


def mapping_of(
    file_column: str | None,
    columns: list[str] | None,
    maps: list[str] | None,
    mapping: str | None,
    nulls: list[str] | None,
    encoding: str | None,
) -> LabelMapping | None:
    """Return what the options say of columns and values; None: nothing."""
    from facestore.mappings import LabelMapping

    if not any((file_column, columns, maps, mapping, nulls, encoding)):
        return None
    return LabelMapping.of(
        mapping=mapping,
        file_column=file_column,
        columns=columns or (),
        maps=maps or (),
        nulls=nulls or (),
        encoding=encoding,
    )
