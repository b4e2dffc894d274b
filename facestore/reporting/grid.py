"""Tables as HTML: written here and not by a template, because there are many thousand cells.

A cell that is rounded or shortened has its whole value in `data-v`: the scripts of the page sort by
it and write it to CSV, and a test reads it back.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from facestore.reporting.tables import Block, Column, Matrix, Table, raw
from facestore.reporting.visible import visible

_LONG = 48


def grid(
    part: Table | Block,
    caption: object,
    anchor: str,
    *,
    query: str,
    head: str = "",
    same: Mapping[str, Any] | None = None,
    addresses: Sequence[str] = (),
) -> Markup:
    """Write a table or a block.

    Parameters
    ----------
    part
        What is shown.
    caption
        What it is, for the reader.
    anchor
        The `id`, which charts link to.
    query
        Name of the query whose rows these are.
    head
        Column that says what a row is; else the first one.
    same
        Columns that all rows have alike and the table leaves out; its CSV has them.
    addresses
        Where what a row is leads to, row by row; empty: nowhere.
    """
    columns = part.columns
    first = next((i for i, column in enumerate(columns) if column.name == head), 0)
    heads = "".join(map(_heading, columns))
    leads = addresses or [""] * len(part.rows)
    body = "\n".join(
        _row(columns, row, first, address) for row, address in zip(part.rows, leads, strict=True)
    )
    key = part.key.values if isinstance(part, Block) else ()
    return _framed(
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody>",
        str(caption), anchor, query=query, key=key, kind="grid", same=same,
    )  # fmt: skip


def matrix_grid(matrix: Matrix, anchor: str, *, query: str) -> Markup:
    """Write a confusion matrix: labels in rows, predictions in columns, counts and fractions."""
    names = [escape(visible(name)) for name in matrix.classes]
    heads = "".join(f'<th scope="col" class="r">{name}</th>' for name in names)
    body = "\n".join(
        f'<tr><th scope="row">{name}</th>{"".join(map(_matrix_cell, cells))}</tr>'
        for name, cells in zip(names, matrix.rows, strict=True)
    )
    return _framed(
        f'<thead><tr><th scope="col">label</th>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody>',
        f"{matrix.key}: labels in rows, predictions in columns",
        anchor, query=query, key=matrix.key.values, kind="matrix",
    )  # fmt: skip


def _framed(
    content: str,
    caption: str,
    anchor: str,
    *,
    query: str,
    key: Sequence[Any],
    kind: str,
    same: Mapping[str, Any] | None = None,
) -> Markup:
    """Put a table into a box that scrolls by itself, where it is too wide for the page."""
    shown = escape(visible(caption))
    data = f' data-key="{escape(json.dumps(list(key), ensure_ascii=False))}"' if key else ""
    data += f' data-same="{escape(json.dumps(same, ensure_ascii=False))}"' if same else ""
    return Markup(  # noqa: S704 - every value was escaped
        f'<div class="scroll" tabindex="0" role="region" aria-label="{shown}">'
        f'<table id="{anchor}" class="{kind}" data-query="{escape(query)}"{data}>\n'
        f"<caption><span>{shown}</span></caption>\n{content}</table></div>"
    )


def _heading(column: Column) -> str:
    place = ' class="r"' if column.is_number else ""
    return f'<th scope="col"{place} data-c="{escape(column.name)}">{escape(column.heading)}</th>'


def _row(columns: Sequence[Column], row: Sequence[Any], first: int, address: str) -> str:
    return f"<tr>{''.join(_cells(columns, row, first, address))}</tr>"


def _cells(
    columns: Sequence[Column], row: Sequence[Any], first: int, address: str
) -> Iterator[str]:
    for i, (column, value) in enumerate(zip(columns, row, strict=True)):
        text = column.cell(value)
        place = ' class="r"' if column.is_number else ' class="long"' if len(text) > _LONG else ""
        tag, scope = ("th", ' scope="row"') if i == first else ("td", "")
        whole, shown = _whole(value, text), escape(visible(text))
        if i == first and address:
            shown = Markup('<a href="{}">{}</a>').format(address, shown)
        yield f"<{tag}{scope}{place}{whole}>{shown}</{tag}>"


def _matrix_cell(cell: Any) -> str:
    n, fraction = cell["n_samples"], cell["fraction_of_label"]
    share = Column("fraction_of_label", "fraction").cell(fraction)
    return (
        f'<td class="r" style="--f:{fraction or 0:.2f}"{_whole(n, f"{n:,}")}>{n:,}'
        f"<small{_whole(fraction, share)}>{share}</small></td>"
    )


def _whole(value: Any, text: str) -> str:
    """Give the attribute with the whole value, where the text does not have it."""
    value = raw(value)
    return "" if value == visible(text) else f' data-v="{escape(value)}"'
