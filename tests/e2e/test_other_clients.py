"""The file of a store in other clients: it opens without an extension, and the views answer."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.pictures import write_labels

from facestore.store import Store

QUERY = "select count(*) as n from accuracy_by_group"


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the DuckDB file of a store with two predictions."""
    folder = tmp_path_factory.mktemp("clients")
    labels = write_labels(
        folder / "l.csv",
        {"1.jpg": ("20-29", "Male", "White"), "2.jpg": ("3-9", "Female", "Black")},
    )
    predictions = folder / "p.csv"
    predictions.write_text("file,predicted\n1.jpg,Male\n2.jpg,Male\n")
    with Store.open(folder / "store") as store:
        store.import_labels(labels, dataset="d", create_samples=True)
        store.import_predictions(predictions, dataset="d", attribute="gender", classifier="c")
        n_groups = store.sql(QUERY).fetchall()
    # overall, and two groups for each of age, gender, race, their three pairs and their triple
    assert n_groups == [(15,)]
    return folder / "store" / "facestore.duckdb"


@pytest.fixture
def command_line(catalogue):
    """Ask with the `duckdb` program, as a person would; give the rows."""
    program = Path(sys.executable).with_name("duckdb")
    if not program.exists():
        pytest.skip("duckdb-cli is not installed")

    def ask(query: str) -> list[dict[str, object]]:
        options = ["-readonly", "-json", "-init", "/dev/null", str(catalogue)]
        ran = subprocess.run([program, *options, query], capture_output=True, text=True, check=True)
        return json.loads(ran.stdout)

    return ask


def test_the_duckdb_command_line_answers(command_line):
    assert command_line(QUERY) == [{"n": 15}]


@pytest.mark.parametrize(
    ("query", "comment"),
    [
        ("duckdb_tables() where table_name = 'samples'", "one file in one data set"),
        (
            "duckdb_columns() where table_name = 'samples' and column_name = 'tags'",
            "what to slice by besides labels",
        ),
        (
            "duckdb_views() where view_name = 'accuracy_by_group'",
            "share of right predictions within each group",
        ),
        ("duckdb_functions() where function_name = 'zero_shot_topk'", "the k largest cosines"),
        ("duckdb_functions() where function_name = 'wilson_low'", "lower limit of the 95 % Wilson"),
    ],
)
def test_the_duckdb_command_line_shows_comments(command_line, query, comment):
    (row,) = command_line(f"select comment from {query}")
    assert comment in str(row["comment"])


@pytest.mark.node
def test_node_answers(catalogue):
    node = shutil.which("node")
    script = f"""
const {{ DuckDBInstance }} = require('@duckdb/node-api');
(async () => {{
  const db = await DuckDBInstance.create(process.argv[1], {{ access_mode: 'READ_ONLY' }});
  const con = await db.connect();
  const rows = await con.runAndReadAll({json.dumps(QUERY)});
  console.log(String(rows.getRows()[0][0]));
}})();
"""
    if (
        node is None
        or subprocess.run(
            [node, "-e", "require('@duckdb/node-api')"], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("Node.js with @duckdb/node-api is not installed")
    ran = subprocess.run([node, "-e", script, str(catalogue)], capture_output=True, text=True)
    assert ran.stdout.strip() == "15", ran.stderr


def test_an_attached_file_answers_under_another_name(catalogue):
    import duckdb

    with duckdb.connect() as con:
        con.execute("set autoinstall_known_extensions = false")
        con.execute("set autoload_known_extensions = false")
        con.execute(f"attach '{catalogue}' as faces (read_only)")
        assert con.execute("select count(*) from faces.accuracy_by_group").fetchall() == [(15,)]
        con.execute("use faces")
        assert con.execute("select count(*) from zero_shot_topk(3)").fetchall() == [(0,)]
