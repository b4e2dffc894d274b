"""The page of data and trust: pairs with what differs, labels and population, what was not found."""

from __future__ import annotations

import duckdb
import pytest
from support.once import made_once
from support.pictured import fill
from support.pictures import write_labels, write_picture
from support.reported import Page

from facestore.store import Store


@pytest.fixture(scope="module")
def pictured(tmp_path_factory):
    def make(folder):
        with Store.open(fill(folder)) as store:
            store.report(folder / "out", images=True)
            store.report(folder / "plain")

    return made_once(tmp_path_factory, "pictured", make)


@pytest.fixture(scope="module")
def page(pictured):
    return Page((pictured / "out" / "data.html").read_text(encoding="utf-8"))


def rows(pictured, query):
    with duckdb.connect(pictured / "store" / "facestore.duckdb", read_only=True) as con:
        return con.execute(query).fetchall()


def of_charts(page, *fields):
    """Give the rows of the charts that have all of these fields, a set a chart."""
    drawn = []
    for spec in page.specs:
        values = [row for data in spec["datasets"].values() for row in data] if "datasets" in spec else spec["data"]["values"]  # fmt: skip
        if values and all(field in values[0] for field in fields):
            drawn.append({tuple(row[field] for field in fields) for row in values})
    return drawn


def test_a_pair_says_what_differs_beside_both_pictures(page):
    pairs = page.html[page.html.index('<ul class="pairs">') :]
    pairs = pairs[: pairs.index("</ul>")]
    assert pairs.count("<li>") == 1
    assert "<p>gender: Male or Female; same bytes</p>" in pairs
    assert pairs.count('<img src="faces/') == 2
    assert "1.jpg" in pairs
    assert "2.jpg" in pairs
    headings = [text for tag, text in page.texts if tag == "h2"]
    assert (
        "1 pair of samples has the same picture or nearly so, 1 with labels that differ" in headings
    )


def test_labels_have_a_panel_an_attribute_and_their_counts_are_those_of_sql(page, pictured):
    panels = of_charts(page, "attribute", "label", "n_samples")
    assert len(panels) == 3
    found = set(rows(pictured, "select attribute, label, n_samples from label_counts"))
    assert set().union(*panels) == found


def test_population_has_a_panel_a_gender_and_its_counts_are_those_of_sql(page, pictured):
    panels = of_charts(page, "gender", "race", "age", "n_samples")
    assert len(panels) == 2
    found = set(rows(pictured, "select gender, race, age, n_samples from age_pyramid"))
    assert set().union(*panels) == found
    sizes = [
        layer["mark"]["fontSize"]
        for spec in page.specs
        for layer in spec.get("layer", ())
        if layer["mark"]["type"] == "text"
    ]
    assert min(sizes) >= 9


def test_what_was_not_looked_for_says_so(page):
    text = " ".join(page.text.split())
    assert (
        "Not looked for: One picture in two splits (leakage: not checked, one split only)." in text
    )


def test_what_was_looked_for_and_not_found_is_one_line(tmp_path):
    files = {
        f"{split}/{i}.png": ("20-29", "Male", "White") for i, split in enumerate(("train", "val"))
    }
    for i, name in enumerate(files):
        write_picture(tmp_path / "pictures" / name, seed=i)
    write_labels(tmp_path / "labels.csv", files)
    with Store.open(tmp_path / "store") as store:
        store.ingest(tmp_path / "pictures", labels=tmp_path / "labels.csv", dataset="faces")
        store.report(tmp_path / "out", only=["data"], images=True)
    page = Page((tmp_path / "out" / "data.html").read_text(encoding="utf-8"))
    text = " ".join(page.text.split())
    assert "Looked for and not found: Pictures that are there twice." in text
    assert "Looked for and not found: Different labels for one picture." in text
    assert not (tmp_path / "out" / "faces").exists()
