"""DuckDB and LanceDB are opened in one place each, where they are shut."""

import ast
from pathlib import Path

import pytest

import facestore

ROOT = Path(facestore.__file__).parent
# Of both libraries; those of DuckDB that have no connection use one that is open to everything.
OPENERS = {"connect", "connect_async", "default_connection", "execute", "query", "sql"}


def openers(tree, library):
    """Yield what opens a database, under whatever name the library was imported."""
    nodes = [*ast.walk(tree)]
    names = {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == library
    }
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module == library:
            yield from {alias.name for alias in node.names} & OPENERS
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in names
            and node.attr in OPENERS
        ):
            yield node.attr


@pytest.mark.parametrize(
    ("library", "place"), [("duckdb", "connections.py"), ("lancedb", "vectors.py")]
)
def test_one_module_opens_it(library, place):
    callers = {
        str(file.relative_to(ROOT))
        for file in ROOT.rglob("*.py")
        if any(openers(ast.parse(file.read_text()), library))
    }
    assert callers == {place}
