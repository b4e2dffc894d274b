"""The report of a real store: its numbers are those of the views, and the store is left as it was."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import defaultdict
from datetime import datetime
from decimal import Decimal

import altair as alt
import jsonschema
import pytest
from support.pictures import write_labels, write_picture
from support.reported import CLASSIFIER, Page, data_of, read_pages

from facestore.connections import connect
from facestore.errors import StoreNotFoundError, StoreWriteError, UnknownNameError
from facestore.reporting.output import replace_file
from facestore.reporting.pages import PAGES
from facestore.reporting.tables import BLOCK_KEY, Column, raw
from facestore.store import Store

pytestmark = pytest.mark.xdist_group("reported")

DRAWN = {
    "age_decades", "age_error_histogram", "age_errors", "age_pyramid", "age_scatter", "board",
    "classification_report", "gap_forest", "gaps", "group_rates", "groups", "frontier", "k_sweep",
    "label_counts", "leaderboard", "model_means", "published", "reliability",
    "training_epochs", "training_sweep", "wording_accuracy",
}  # fmt: skip


@pytest.fixture(scope="module")
def pages(reported):
    return read_pages(reported / "out")


@pytest.fixture(scope="module")
def answers(reported):
    """Give what the SQL on the pages returns when a reader runs it: each query once."""
    known = {}
    with connect(reported / "store" / "facestore.duckdb", read_only=True) as con:

        def ask(sql):
            if sql not in known:
                relation = con.sql(sql)
                columns = list(map(Column.of, relation.columns, map(str, relation.types)))
                known[sql] = columns, relation.fetchall()
            return known[sql]

        yield ask


def same(found: str, value: object) -> bool:
    """Whether a cell has a value; sums of fractions may differ in the last digits."""
    if isinstance(value, float) and found:
        return float(found) == pytest.approx(value, rel=1e-9, abs=1e-12)
    return found == raw(value)


def reads_as(text: str, value: object) -> bool:
    """Whether what a reader sees is the value, rounded to the digits that are shown."""
    if value is None or value == "":
        return text == "–"
    if isinstance(value, dict):
        return text == "; ".join(f"{name}: {each}" for name, each in value.items())
    if isinstance(value, bool):
        return text == ("yes" if value else "no")
    if isinstance(value, int | float | Decimal):
        shown = Decimal(text.replace(",", ""))
        return abs(float(shown) - float(value)) <= 0.5001 * 10.0 ** shown.as_tuple().exponent
    return text == str(value)[:19] if isinstance(value, datetime) else text == str(value)


def test_every_page_is_there_and_nothing_else(reported):
    names = sorted(path.name for path in (reported / "out").iterdir())
    assert names == sorted([*(page.file for page in PAGES), "charts.js"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_number_of_a_page_is_that_of_its_sql(page, pages, answers):
    read = pages[page.file]
    assert set(read.sql) == set(page.queries)
    for name in page.queries:
        columns, rows = answers(read.sql[name])
        tables = [table for table in read.tables if table.query == name]
        if name == "faces":  # sections, which tests of their own look at
            continue
        assert bool(tables) == bool(rows), name
        if tables and not tables[0].columns:
            assert matrices_of(tables) == expected_matrices(rows)
            continue
        n_key = len(tables[0].key) if tables else 0
        names = [column.name for column in columns]
        kept = [i for i, column in enumerate(names) if not n_key or column not in BLOCK_KEY]
        expected = defaultdict(list)
        for row in rows:
            key = [row[names.index(column)] for column in BLOCK_KEY] if n_key else []
            expected[json.dumps(key)].append([row[i] for i in kept])
        assert {json.dumps(table.key) for table in tables} == set(expected)
        assert len(tables) == len(expected), name
        for table in tables:
            assert table.columns == [names[i] for i in kept]
            found = table.rows[1:]
            wanted = expected[json.dumps(table.key)]
            assert len(found) == len(wanted)
            for cells, row in zip(found, wanted, strict=True):
                for cell, value, i in zip(cells, row, kept, strict=True):
                    assert same(cell.value, value), (name, names[i])
                    assert reads_as(cell.text, value), (name, names[i])


def matrices_of(tables):
    """Read confusion matrices as (key, label, predicted): count and fraction."""
    return {
        (*table.key, cells[0].text, head.text): (cell.value, cell.small[1])
        for table in tables
        for cells in table.rows[1:]
        for head, cell in zip(table.rows[0][1:], cells[1:], strict=True)
    }


def expected_matrices(rows):
    return {row[:6]: (str(row[6]), raw(row[7])) for row in rows}


def test_the_first_page_begins_with_the_sentences_of_its_sql(pages, answers):
    read = pages["index.html"]
    columns, rows = answers(read.sql["answers"])
    names = [column.name for column in columns]
    assert len(rows) > 2
    classes = [attrs.get("class") for tag, attrs in read.tags if tag in ("h1", "p")]
    assert classes[: len(rows)] == ["answer"] * len(rows)
    for row in rows:
        said = dict(zip(names, row, strict=True))
        for part in ("claim", "emphasis", "detail"):
            assert said[part].strip() in read.text


def test_charts_draw_rows_of_their_tables(pages, answers):
    drawn = set()
    for page in PAGES:
        read = pages[page.file]
        charts = [
            attrs for tag, attrs in read.tags if tag == "div" and attrs.get("class") == "chart"
        ]
        assert len(charts) == len(read.specs)
        targets = [
            (attrs["href"] or "")[1:] for tag, attrs in read.tags
            if tag == "a" and (attrs.get("href") or "").startswith("#t-")
        ]  # fmt: skip
        by_anchor = {table.anchor: table for table in read.tables}
        assert len(targets) == len(read.specs)
        for spec, target in zip(read.specs, targets, strict=True):
            table = by_anchor[target]
            drawn.add(table.query)
            _, rows = answers(read.sql[table.query])
            known = [shares_of(row) for row in rows]
            points = [point for point in data_of(spec) if set(point) != {"key"}]  # no headings
            assert points
            for point in points:
                shares = shares_of(point.values())
                assert any(shares <= row for row in known), (table.query, point)
    assert drawn == DRAWN


def shares_of(values):
    """Give the numbers with a point, rounded as far as sums may differ."""
    return {round(each, 6) for each in values if isinstance(each, float)}


def test_every_chart_is_valid_vega_lite(pages):
    schema = alt.load_schema()
    validator = jsonschema.validators.validator_for(schema)(schema)
    specs = [spec for page in pages.values() for spec in page.specs]
    assert len(specs) > 10
    for spec in specs:
        found = jsonschema.exceptions.best_match(validator.iter_errors(spec))
        assert found is None, f"{found.json_path}: {found.message[:300]}"


def test_every_query_is_in_the_provenance(pages):
    listed = [text for tag, text in pages["provenance.html"].texts if tag == "code"]
    for page in PAGES:
        for sql in pages[page.file].sql.values():
            assert sql in listed


def test_the_best_classifiers_are_open_and_the_others_folded(pages):
    read = pages["groups.html"]
    keys = [table.key[3] for table in read.tables if table.query == "groups"]
    shown = [CLASSIFIER, "race guess", "years"]  # in train, and in val
    assert keys == [*shown, *shown, "bad", "bad"]
    assert {t.key[3] for t in read.tables if t.query == "group_cells"} == {*keys} - {"bad"}
    assert "The other 2 classifiers" in read.text


def test_a_chosen_classifier_is_the_only_one(reported, tmp_path):
    with Store.open(reported / "store") as store:
        page = store.report(tmp_path, only=["groups"], classifiers=["bad"])
        with pytest.raises(UnknownNameError, match="Did you mean 'bad'"):
            store.report(tmp_path, classifiers=["bat"])
        with pytest.raises(UnknownNameError, match=r"No page 'group'\. Did you mean 'groups'"):
            store.report(tmp_path, only=["group"])
        with pytest.raises(UnknownNameError, match="No format 'pdf'"):
            store.report(tmp_path, format="pdf")
        expected = store.sql(
            "select n_samples from accuracy_by_group where classifier = 'bad' and split = 'val' "
            "and group_name = 'overall'"
        ).fetchall()
    assert page == tmp_path / "groups.html"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["charts.js", "groups.html"]
    read = Page(page.read_text(encoding="utf-8"))
    assert {t.key[3] for t in read.tables if t.query == "groups"} == {"bad"}
    assert {(t.key[3], t.key[1]) for t in read.tables if t.query == "group_cells"} == {
        ("bad", "train"),
        ("bad", "val"),
    }
    assert len(read.specs) == 2
    assert expected == [(180,)]
    overall = next(t for t in read.tables if t.query == "groups" and t.key[1] == "val").rows[1]
    assert [cell.text for cell in overall[:3]] == ["overall", "overall", "180"]
    assert "where classifier in ('bad')" in read.sql["groups"]


def test_the_same_numbers_for_machines(reported, pages, answers, tmp_path):
    with Store.open(reported / "store") as store:
        document = json.loads(store.report(tmp_path, format="json").read_text(encoding="utf-8"))
        folder = store.report(tmp_path, format="csv")
    assert folder == tmp_path / "csv"
    assert set(document["tables"]) == {name for page in PAGES for name in page.queries}
    for page in PAGES:
        for name, sql in pages[page.file].sql.items():
            table = document["tables"][name]
            columns, rows = answers(sql)
            assert table["sql"] == sql
            assert table["columns"] == [column.name for column in columns]
            read = list(csv.reader(io.StringIO((folder / f"{name}.csv").read_text("utf-8"))))
            assert read[0] == table["columns"]
            assert len(read) - 1 == len(table["rows"]) == len(rows)
            for cells, record, row in zip(read[1:], table["rows"], rows, strict=True):
                assert all(map(same, cells, row)), name
                for value, known in zip(record.values(), row, strict=True):
                    if isinstance(known, int | float):
                        assert value == pytest.approx(known, rel=1e-9, abs=1e-12)
    text = (folder / "label_counts.csv").read_text("utf-8")
    assert '"age","10-19",' in text


def test_the_store_is_only_read(reported, tmp_path):
    store = reported / "store"
    file = store / "facestore.duckdb"
    before = hashlib.sha256(file.read_bytes()).hexdigest(), sorted(store.rglob("*"))
    with Store.open(store) as opened:
        opened.report(tmp_path / "out", only=["provenance"])
        # the tables of the report's connection are not seen by queries that follow
        assert opened.sql("select count(*) from duckdb_tables() where temporary").fetchall() == [
            (0,)
        ]
    assert (hashlib.sha256(file.read_bytes()).hexdigest(), sorted(store.rglob("*"))) == before


def test_pages_without_data_are_left_out_and_old_ones_deleted(tmp_path):
    table = tmp_path / "labels.csv"
    write_labels(table, {f"{i}.jpg": ("20-29", "Male", "White") for i in range(4)})
    out = tmp_path / "deep" / "out"
    out.mkdir(parents=True)
    (out / "ages.html").write_text("of yesterday")
    (out / "groups.html").write_text("of yesterday")
    (out / "mine.html").write_text("not of the report")
    with Store.open(tmp_path / "store") as store:
        store.import_labels(table, dataset="synthetic-faces", create_samples=True)
        first = store.report(out)
    kept = ["charts.js", "data.html", "index.html", "mine.html", "provenance.html"]
    assert sorted(path.name for path in out.iterdir()) == kept
    assert first.stat().st_mode & 0o777 == 0o644
    read = Page(first.read_text(encoding="utf-8"))
    links = [attrs["href"] for tag, attrs in read.tags if tag == "a"]
    assert {"index.html", "data.html", "provenance.html"} == {
        link for link in links if link.endswith(".html")
    }
    for page in PAGES:
        if page.file not in kept:
            assert page.why in read.text
            assert page.command in read.text
    assert "facestore import predictions FILE --dataset NAME" in read.text
    assert "Drawings, not people." in read.text


def test_thumbnails_are_shown_only_where_they_are_asked_for(tmp_path):
    files = {f"val/{i}.png": ("20-29", "Male", "White") for i in (1, 2)}
    for name in files:
        write_picture(tmp_path / name, seed=1)
    write_labels(tmp_path / "labels.csv", files)
    with Store.open(tmp_path / "store") as store:
        store.ingest(tmp_path / "val", labels=tmp_path / "labels.csv", dataset="faces")
        plain = store.report(tmp_path / "plain", only=["duplicates"])
        shown = store.report(tmp_path / "shown", only=["duplicates"], images=True)
        write_picture(tmp_path / "val" / "2.png", seed=2)  # another picture than was ingested
        again = store.report(tmp_path / "again", only=["duplicates"], images=True)
    pictures = [
        [attrs["src"] or "" for tag, attrs in Page(path.read_text("utf-8")).tags if tag == "img"]
        for path in (plain, shown, again)
    ]
    assert list(map(len, pictures)) == [0, 2, 1]
    assert set(pictures[1]) == {f"faces/{(next((tmp_path / 'shown' / 'faces').iterdir())).name}"}


def test_a_file_that_cannot_be_put_in_place_leaves_nothing_behind(tmp_path):
    (tmp_path / "index.html").mkdir()
    with pytest.raises(StoreWriteError, match=r"Is a directory.*another place with `out=`"):
        replace_file(tmp_path / "index.html", "text")
    assert [each.name for each in tmp_path.iterdir()] == ["index.html"]


def test_no_store_makes_no_folder(tmp_path):
    with pytest.raises(StoreNotFoundError):
        Store.open(tmp_path / "none").report(tmp_path / "out")
    assert not (tmp_path / "out").exists()
