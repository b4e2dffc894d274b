"""The pages For whom and Mistaken for what: their figures are those of the views, and lead to faces."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from support import rows
from support.reported import Page

from facestore import resources
from facestore.catalog.counts import keep
from facestore.progress import SilentProgress
from facestore.reporting.links import Links, cell_section, group_section
from facestore.reporting.page import Provenance, render_report
from facestore.reporting.queries import read_queries
from facestore.reporting.report import ReportOptions, gather
from facestore.reporting.tables import BlockKey

OWN = resources.folder("reports")
QUERIES = read_queries(OWN / "queries")
PROVENANCE = Provenance(datetime(2026, 1, 1, tzinfo=UTC), {"facestore": "0"})
KEY = BlockKey("faces", "val", "race", "guess")
LONG = "x" * 200
FROM_THE_RIGHT = "שחור"
HOSTILE = '"><img src=x onerror=alert(1)>'


def fill(con, races, *, n=120, least=5):
    """Fill a catalogue with one classifier of race that is wrong for each seventh sample."""
    rows.rate_groups_from(con, least)
    truth = [races[i % len(races)] for i in range(n)]
    said = [races[(i + (i % 7 == 0)) % len(races)] for i in range(n)]
    ages = [("0-2", "40-49", "10-19")[i % 5 % 3] for i in range(n)]
    genders = [("Male", "Female")[i % 11 == 0] for i in range(n)]
    rows.fill(
        con,
        samples=rows.samples(n, dataset="faces"),
        classifiers=[rows.classifier(1, "guess", "race")],
        labels=rows.labels("race", truth)
        + rows.labels("age", ages)
        + rows.labels("gender", genders),
        predictions=rows.predictions(said),
    )
    keep(con)


def html_of(con, name, sections=()):
    """Render one page."""
    with con.cursor() as cursor:
        contents = gather(cursor, QUERIES, ReportOptions(only=[name]), SilentProgress())
    files = render_report(replace(contents, links=Links(sections)), PROVENANCE, OWN)
    return files[f"{name}.html"]


def heat_cells(html):
    """Give title, text and address of each cell of the heat maps."""
    found = []
    for table in re.findall(r'<table class="heat">.*?</table>', html, re.DOTALL):
        for attributes, inside in re.findall(r"<td([^>]*)>(.*?)</td>", table):
            title = re.search(r'title="([^"]*)"', attributes + inside)
            address = re.search(r'href="([^"]*)"', inside)
            text = re.sub(r"<[^>]*>", " ", inside).strip()
            found.append((unescape(title[1]), text, address and address[1]))
    return found


def test_the_matrix_is_in_percent_of_its_rows_and_each_cell_leads_to_its_faces(con):
    fill(con, ["White", "Black", "Indian"])
    cells = con.execute(
        "select label, predicted, n_samples, fraction_of_label from confusion_matrix order by all"
    ).fetchall()
    sections = {cell_section(KEY, label, said) for label, said, _, _ in cells}
    found = heat_cells(html_of(con, "mistakes", sections))
    expected = [
        (
            f"{label} called {said}: {n}, {100 * share:.1f} % of {label}",
            f"{100 * share:.1f}",
            f"faces.html#{cell_section(KEY, label, said)}" if n else None,
        )
        for label, said, n, share in cells
    ]
    assert sorted(found, key=str) == sorted(expected, key=str)
    assert len(found) == 9


def test_errors_are_shown_with_their_n_and_only_where_there_are_enough(con):
    fill(con, ["White", "Black", "Indian"])
    groups = con.execute(
        "select group_name, n_samples, n_correct, 1 - accuracy from accuracy_by_group "
        "where group_attribute = 'age x gender x race'"
    ).fetchall()
    found = {title.split(":")[0]: text for title, text, _ in heat_cells(html_of(con, "groups"))}
    expected = {}
    for name, n, _, error in groups:
        age, gender, race = name.split(" x ")
        figure = "" if error is None else f"{100 * error:.1f} "
        expected[f"{gender}, {age}, {race}"] = f"{figure}n {n}"
    found.pop("no sample", None)
    assert {key: " ".join(text.split()) for key, text in found.items()} == expected
    assert any(error is None for *_, error in groups)


def test_groups_are_drawn_in_their_order_with_their_intervals_and_links(con):
    fill(con, ["White", "Black", "Indian"], least=12)
    sections = {group_section(KEY, "age", "0-2")}
    spec = Page(html_of(con, "groups", sections)).specs[0]
    drawn = [row for row in spec["data"]["values"] if "name" in row]
    assert [r["name"] for r in drawn if r["grouped_by"] == "age"] == ["0-2", "10-19", "40-49"]
    expected = con.execute(
        "select group_attribute, group_name, accuracy, ci_low, ci_high from accuracy_by_group "
        "where group_attribute in ('age', 'gender', 'race')"
    ).fetchall()
    found = {
        (row["grouped_by"], row["name"]): tuple(map(row.get, ("value", "low", "high")))
        for row in drawn
    }
    assert found == {tuple(row[:2]): row[2:] for row in expected}
    assert [row["name"] for row in drawn if row.get("note") == "too few"] == ["Female"]
    linked = {row["name"] for row in drawn if row["link"]}
    assert linked == {"0-2"}


def test_precision_recall_and_rates_have_the_intervals_of_their_views(con):
    fill(con, ["White", "Black", "Indian"])
    classes, rates = Page(html_of(con, "mistakes")).specs[:2]
    pairs = {
        (row["name"], row["series"]): (row["value"], row["low"], row["high"])
        for row in classes["data"]["values"]
    }
    for name, *figures in con.execute(
        "select class, recall, ci_low_recall, ci_high_recall, precision, ci_low_precision, "
        "ci_high_precision from classification_report"
    ).fetchall():
        assert pairs[name, "recall"] == tuple(figures[:3])
        assert pairs[name, "precision"] == tuple(figures[3:])
    ((drawn,),) = con.execute(
        "select class from rate_gaps where measure in ('true_positive_rate', 'false_positive_rate') "
        "and not contains(group_attribute, ' x ') order by ci_low desc, gap desc, class limit 1"
    ).fetchall()
    found = {
        row["name"]: (row["value"], row["low"], row["high"])
        for row in rates["data"]["values"]
        if row.get("series") == "false positive rate"
    }
    expected = con.execute(
        "select group_name, false_positive_rate, ci_low_false_positive_rate, "
        "ci_high_false_positive_rate from rates_by_group "
        "where class = ? and group_attribute in ('age', 'gender')",
        [drawn],
    ).fetchall()
    assert found == {name: tuple(figures) for name, *figures in expected}


@pytest.mark.parametrize("page", ["groups", "mistakes"])
def test_names_of_any_kind_are_text(con, page):
    fill(con, [LONG, FROM_THE_RIGHT, HOSTILE])
    html = html_of(con, page)
    read = Page(html)  # every tag is closed by its own
    assert HOSTILE in read.text
    assert "<img" not in html
    for name in (LONG, FROM_THE_RIGHT):
        assert f'<span dir="auto" title="{name}">' in html


def test_one_class_and_one_group_are_a_page_that_says_so(con):
    rows.fill(
        con,
        samples=rows.samples(3, dataset="faces"),
        classifiers=[rows.classifier(1, "guess", "race")],
        labels=rows.labels("race", ["White"] * 3),
        predictions=rows.predictions(["White"] * 3),
    )
    rows.rate_groups_from(con, 1)
    keep(con)
    said = Page(html_of(con, "groups")).text
    assert "No classifier is judged on two groups of one kind." in said
    assert "No judged sample has labels of age, gender and race." in said
    found = heat_cells(html_of(con, "mistakes"))
    assert [text for _, text, _ in found] == ["100.0"]


def test_of_many_classifiers_a_page_has_the_main_ones_and_the_sql(con):
    fill(con, ["White", "Black"])
    others = [rows.classifier(i, f"c{i}", "race") for i in range(2, 20)]
    rows.fill(con, classifiers=others)
    for i in range(2, 20):
        rows.load(con, predictions=rows.predictions(["White"] * 120, classifier_id=i))
    keep(con)
    read = Page(html_of(con, "groups"))
    assert {table.key[3] for table in read.tables if table.query == "groups"} == {"guess"}
    assert "Of the other 18 classifiers the SQL below has the rows" in read.text
