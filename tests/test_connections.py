"""DuckDB and LanceDB are opened in one place each, where they are shut."""

import ast
from pathlib import Path

import pytest

import facestore

ROOT = Path(facestore.__file__).parent


@pytest.mark.parametrize(
    ("library", "place"), [("duckdb", "connections.py"), ("lancedb", "vectors.py")]
)
def test_one_module_opens_it(library, place):
    callers = {
        str(file.relative_to(ROOT))
        for file in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr)
        in {(library, "connect"), (library, "sql"), (library, "query")}
    }
    assert callers == {place}
