"""The report over the published predictions of FairFace in a browser: 10,954 images each."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from support.reported import Page
from support.visits import CHROMIUM, Visit, serious

from facestore.store import Store

pytest.importorskip("playwright.sync_api")

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not CHROMIUM, reason="there is no chromium"),
    pytest.mark.xdist_group("real"),
]

MOST_BYTES = 6_000_000


@pytest.fixture(scope="module")
def report(published_store, tmp_path_factory):
    """Give the folder of the report, and the names of the classifiers on it."""
    out = tmp_path_factory.mktemp("published") / "out"
    with Store.open(published_store) as store:
        store.report(out)
        names = store.sql("select classifier from classifier_summary where n_samples = 10954")
        return out, [name for (name,) in names.fetchall()]


@pytest.fixture(scope="module")
def context(browser):
    made = browser.new_context(viewport={"width": 1200, "height": 900})
    yield made
    made.close()


def test_every_page_opens_draws_and_asks_nobody(report, context):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    out, names = report
    assert len(names) >= 49
    pages = sorted(out.glob("*.html"))
    drawn = set()
    for path in pages:
        opened = Visit(context, path)
        page = opened.drawn()
        n_charts = len(Page(path.read_text("utf-8")).specs)
        assert page.locator(".chart .plot svg").count() == n_charts
        assert all(
            page.locator(".plot svg").nth(i).locator("path").count() > 5 for i in range(n_charts)
        )
        drawn |= {path.stem} if n_charts else set()
        assert opened.console == []
        folder = out.as_uri()
        assert all(url.startswith((folder, "data:")) for url in opened.requests)
        assert page.evaluate("document.documentElement.scrollWidth") <= 1200
        assert serious(axe.run(page).response) == [], path.name
        page.close()
    assert {path.stem for path in pages} >= {"index", "dataset", "prompts", "groups", "classes", "models", "errors", "provenance"}  # fmt: skip
    assert drawn >= {"index", "dataset", "groups", "models"}


@pytest.mark.parametrize("width", [1200, 400])
def test_names_of_classifiers_are_read_to_their_ends(report, context, width):
    out, names = report
    opened = Visit(context, out / "models.html")
    opened.page.set_viewport_size({"width": width, "height": 900})
    opened.page.reload()
    page = opened.drawn()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    chart = page.locator(".chart .plot svg").first
    labels = [
        "".join(text.locator("tspan").all_text_contents() or [text.text_content()])
        for text in chart.locator(".role-axis-label text").all()
    ]
    shown = {label.replace(" ", "") for label in labels if "ViT" in label}
    assert len(shown) == 40
    assert shown <= {name.replace(" ", "") for name in names}
    # a line takes no room from the next row
    boxes = [
        text.bounding_box() for text in chart.locator(".role-axis-label text").all()
        if "ViT" in text.text_content()
    ]  # fmt: skip
    boxes.sort(key=lambda box: box["y"])
    assert all(a["y"] + a["height"] <= b["y"] + 2 for a, b in pairwise(boxes))
    page.close()


def test_counts_of_groups_stay_whole_on_a_narrow_page(report, context):
    opened = Visit(context, report[0] / "groups.html")
    opened.page.set_viewport_size({"width": 400, "height": 900})
    opened.page.reload()
    page = opened.drawn()
    lines = page.locator(".chart .plot svg .role-axis-label tspan").all_text_contents()
    assert {"(n 1,550)", "(n 1,415)"} <= set(lines)
    assert [line for line in lines if re.search(r"\(n [\d,]*$", line)] == []
    page.close()


def test_the_report_is_small(report):
    out, _ = report
    assert 1_000_000 < sum(path.stat().st_size for path in out.iterdir()) < MOST_BYTES
