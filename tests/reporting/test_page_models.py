"""The pages of prompts and of models: their figures are those of the views, whatever the names are."""

from __future__ import annotations

from datetime import UTC, datetime
from html import unescape

import pytest
from support import rows

from facestore import resources
from facestore.catalog.counts import keep
from facestore.progress import SilentProgress
from facestore.reporting.page import Provenance, render_report
from facestore.reporting.queries import read_queries
from facestore.reporting.report import ReportOptions, gather

OWN = resources.folder("reports")
QUERIES = read_queries(OWN / "queries")
PROVENANCE = Provenance(datetime(2026, 1, 1, tzinfo=UTC), {"facestore": "0"})
HOSTILE = '"><img src=x onerror=alert(1)>'
N = 24


def fill(con, names, *, datasets=("faces",), classes=("Male", "Female")):
    """Fill a catalogue with classifiers of gender that are wrong for one sample more than the last."""
    rows.rate_groups_from(con, 1)
    for place, dataset in enumerate(datasets):
        first = place * N + 1
        rows.fill(con, samples=rows.samples(N, dataset=dataset, first=first))
        truth = [classes[i % len(classes)] for i in range(N)]
        rows.fill(con, labels=rows.labels("gender", truth, first=first))
    rows.load(con, classifiers=[rows.classifier(i, name) for i, name in enumerate(names, 1)])
    said = []
    for number in range(1, len(names) + 1):
        for i in range(N * len(datasets)):
            # worse on each further data set, so that no mean is one of its parts
            is_right = i % N >= (number + 3 * (i // N)) % N
            label = classes[(i + (not is_right)) % len(classes)]
            said.append({"classifier_id": number, "sample_id": i + 1, "predicted": label})
    rows.load(con, predictions=said)
    keep(con)


def html_of(con, name):
    """Render one page; it is empty where the report has no such page."""
    with con.cursor() as cursor:
        contents = gather(cursor, QUERIES, ReportOptions(only=[name]), SilentProgress())
    file = "index" if name == "summary" else name
    return render_report(contents, PROVENANCE, OWN).get(f"{file}.html", "")


def test_figures_of_models_are_those_of_the_view(con):
    fill(con, ["one", "two"])
    html = html_of(con, "models").split('aria-labelledby="frontier"')[1].split("</section>")[0]
    figures = rows.read(con, "model_figures", "classifier, accuracy")
    assert len(figures) == 2
    for name, accuracy in figures:
        assert name in html
        assert f"{accuracy:.4f}" in html


def test_means_over_data_sets_are_those_of_the_view(con):
    fill(con, ["one", "two"], datasets=("faces", "more"))
    html = html_of(con, "models")
    means = rows.read(con, "model_means", "distinct mean_accuracy")
    assert len(means) == 2
    assert all(f"{mean:.4f}" in html for (mean,) in means)


def test_hostile_names_are_text(con):
    fill(con, [HOSTILE, "two"], datasets=(f"{HOSTILE}1", "more"))
    html = html_of(con, "models")
    assert "<img src=x" not in html
    assert HOSTILE in unescape(html)


@pytest.mark.parametrize("page", ["prompts", "models"])
def test_without_predictions_there_is_no_such_page(con, page):
    assert html_of(con, page) == ""


def test_one_class_and_one_classifier_are_a_page(con):
    fill(con, ["only"], classes=("Male",))
    assert "<h1" in html_of(con, "models")
    assert html_of(con, "prompts") == ""


def test_of_300_classifiers_the_first_are_drawn(con):
    fill(con, [f"number {i}" for i in range(300)])
    html = html_of(con, "models")
    assert "(the first 150 of 300)" in html


def test_charts_of_several_data_sets_name_theirs(con):
    fill(con, ["one", "two"], datasets=("faces", "others"))
    for name in ("models", "summary"):
        html = html_of(con, name)
        captions = [part.split("<a")[0] for part in html.split("<figcaption>")[1:]]
        assert any("faces, " in each for each in captions)
        assert any("others, " in each for each in captions)
