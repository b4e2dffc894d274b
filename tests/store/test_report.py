"""The report of a real store: made whole or not at all, and the store is left as it was."""

from __future__ import annotations

import hashlib
import re
from html import unescape
from pathlib import Path

import pytest

from facestore.errors import StoreNotFoundError
from facestore.store import Store

NASTY = "<img src=x onerror=alert(1)>"


@pytest.fixture
def store(tmp_path):
    """Give a store with labels only."""
    table = tmp_path / "labels.csv"
    people = [("Female", "Black"), ("Male", "White")] * 20
    lines = [f"{i}.jpg,20-29,{gender},{race}" for i, (gender, race) in enumerate(people)]
    table.write_text("\n".join(["file,age,gender,race", *lines]))
    with Store.open(tmp_path / "store") as opened:
        opened.import_labels(table, dataset="faces", split="val", create_samples=True)
        yield opened


def predict(store: Store, tmp_path: Path, name: str, predicted: list[str]) -> None:
    table = tmp_path / "predictions.csv"
    lines = [f"{i}.jpg,{gender}" for i, gender in enumerate(predicted)]
    table.write_text("\n".join(["file,predicted", *lines]))
    store.import_predictions(table, dataset="faces", attribute="gender", classifier=name)


def cells(page: str, heading: str) -> list[list[str]]:
    """Give the rows of the first table below a heading."""
    table = page.split(f'<h3 id="{heading}">')[1].split("</table>")[0]
    rows = re.findall(r"<tr>(.+?)</tr>", table.split("<tbody>")[1], flags=re.DOTALL)
    return [
        [unescape(each) for each in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)] for row in rows
    ]


def test_a_report_has_the_figures_of_the_store(store, tmp_path):
    predict(store, tmp_path, "guess", ["Female"] * 30 + ["Male"] * 10)
    path = store.report()
    assert path == store.path / "reports" / "index.html"
    expected = store.sql(
        "select group_name, n_samples::varchar, format('{:.4f}', accuracy), "
        "format('{:.4f}', ci_low), format('{:.4f}', ci_high) from accuracy_by_group "
        "where group_attribute in ('overall', 'gender', 'race', 'age')"
    ).fetchall()
    found = cells(path.read_text(encoding="utf-8"), "groups")
    assert {(row[1], row[2], *row[4:]) for row in found} == set(expected)
    assert len(found) == len(expected) == 6
    # 15 of 20 women are called Female, and 5 of 20 men Male
    assert [row[1:5] for row in found[:3]] == [
        ["overall", "40", "20", "0.5000"],
        ["Male", "20", "5", "0.2500"],
        ["Female", "20", "15", "0.7500"],
    ]


def test_labels_alone_name_the_next_command(store):
    page = store.report().read_text(encoding="utf-8")
    assert "<code>facestore import predictions FILE --dataset NAME</code>" in page
    assert [row[3:5] for row in cells(page, "label_counts")][:2] == [
        ["Male", "20"],
        ["Female", "20"],
    ]


def test_an_empty_store_names_the_first_command(tmp_path):
    with Store.open(tmp_path / "store") as opened:
        opened.migrate()
        page = opened.report().read_text(encoding="utf-8")
    assert "<code>facestore ingest FOLDER --labels FILE" in page
    assert '<h3 id="datasets">' not in page


def test_the_store_is_only_read(store, tmp_path):
    predict(store, tmp_path, "guess", ["Female"] * 40)
    file = store.path / "facestore.duckdb"
    before = hashlib.sha256(file.read_bytes()).hexdigest(), sorted(store.path.rglob("*"))
    store.report(tmp_path / "out")
    assert (hashlib.sha256(file.read_bytes()).hexdigest(), sorted(store.path.rglob("*"))) == before


def test_a_report_is_replaced_whole_and_can_be_read_by_others(store, tmp_path):
    out = tmp_path / "deep" / "out"
    out.mkdir(parents=True)
    (out / "index.html").write_text("old")
    path = store.report(out)
    assert path.read_text(encoding="utf-8").endswith("</html>\n")
    assert [each.name for each in out.iterdir()] == ["index.html"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_report_that_cannot_be_put_in_place_leaves_nothing_behind(store, tmp_path):
    (tmp_path / "out" / "index.html").mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        store.report(tmp_path / "out")
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["index.html"]


def test_no_store_makes_no_folder(tmp_path):
    with pytest.raises(StoreNotFoundError):
        Store.open(tmp_path / "none").report(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_names_of_files_and_classifiers_are_only_text(tmp_path):
    table = tmp_path / f"{NASTY}.csv"
    table.write_text(f"file,gender\n{NASTY}.jpg,Male\n1.jpg,Female")
    with Store.open(tmp_path / "store") as store:
        store.import_labels(table, dataset="faces", create_samples=True)
        table.write_text(f"file,predicted\n{NASTY}.jpg,Male\n1.jpg,Male")
        store.import_predictions(table, dataset="faces", attribute="gender", classifier=NASTY)
        page = store.report().read_text(encoding="utf-8")
    assert "<img" not in page
    assert cells(page, "best_classifiers")[0][3] == NASTY
    assert cells(page, "datasets")[0][6] == f"{NASTY}.csv"


def test_the_demo_data_set_is_called_drawings(tmp_path):
    table = tmp_path / "labels.csv"
    table.write_text("file,gender\n0.jpg,Male")
    with Store.open(tmp_path / "store") as store:
        store.import_labels(table, dataset="synthetic-faces", create_samples=True)
        assert "Drawings, not people." in store.report().read_text(encoding="utf-8")
