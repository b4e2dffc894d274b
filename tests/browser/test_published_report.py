"""The report over the published predictions of FairFace in a browser: 10,954 images each."""

from __future__ import annotations

import pytest
from support.reported import Page
from support.visits import CHROMIUM, Visit, serious

from facestore.reporting.pages import PAGES
from facestore.store import Store

pytest.importorskip("playwright.sync_api")

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not CHROMIUM, reason="there is no chromium"),
    pytest.mark.xdist_group("real"),
]

MOST_BYTES = 3_000_000
# Texts of a chart which reach out of it, and pairs of texts that lie on one another.
_BOXES = r"""
    const boxes = (chart) => [...chart.querySelectorAll("text")].filter((text) => upright(text))
        .map((text) => [text.textContent, text.getBoundingClientRect()])
        .filter(([told, box]) => told.trim() && box.width > 0);
    // labels that are hidden for want of room, and slanted ones, whose boxes are larger than they
    const upright = (text) => text.getAttribute("opacity") !== "0"
        && !/rotate\(-?[1-9]/.test(text.getAttribute("transform") ?? "");
"""
_CUT = f"""() => {{ {_BOXES}
    const cut = [];
    for (const chart of document.querySelectorAll(".chart .plot svg")) {{
        const frame = chart.getBoundingClientRect();
        for (const [told, box] of boxes(chart))
            if (box.left < frame.left - 1 || box.right > frame.right + 1) cut.push(told);
    }}
    return cut;
}}"""
_OVERLAPS = f"""() => {{ {_BOXES}
    const found = [];
    for (const chart of document.querySelectorAll(".chart .plot svg")) {{
        const all = boxes(chart);
        all.forEach(([a, one], i) => all.slice(i + 1).forEach(([b, two]) => {{
            const wide = Math.min(one.right, two.right) - Math.max(one.left, two.left);
            const high = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
            // boxes of letters have room above and below them
            if (wide > 2 && high > 5) found.push(`${{a}} / ${{b}}`);
        }}));
    }}
    return found;
}}"""


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
    assert {path.name for path in pages} == {page.file for page in PAGES}
    assert drawn >= {"index", "data", "groups", "mistakes", "prompts", "models"}


def test_page_1_answers_on_one_screen(report, browser):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = Visit(context, report[0] / "index.html")
    page = opened.drawn()
    for answer in (
        "76.4 % of ages 0-2",
        "22 points (14 to 33)",
        "White faces are called White in 27.1 %",
        "40.8 % are called Latino_Hispanic",
    ):
        place = page.get_by_text(answer).first.bounding_box()
        assert place["y"] + place["height"] <= 900, answer
    chart = page.locator(".chart .plot svg").first.bounding_box()
    assert chart["y"] + chart["height"] <= 900
    context.close()


@pytest.mark.parametrize("width", [1440, 900, 390])
@pytest.mark.parametrize("name", ["index", "groups", "prompts", "models", "data"])
def test_texts_of_charts_do_not_overlap(report, browser, name, width):
    context = browser.new_context(viewport={"width": width, "height": 900})
    opened = Visit(context, report[0] / f"{name}.html")
    page = opened.drawn()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(_CUT) == []
    assert page.evaluate(_OVERLAPS) == []
    context.close()


def test_a_cell_of_the_matrix_leads_to_its_faces(report, context):
    opened = Visit(context, report[0] / "mistakes.html")
    page = opened.drawn()
    page.locator("a[title^='White called Latino_Hispanic']").click()
    page.wait_for_url("**/faces.html#c-*")
    section = page.locator("details.faces[open]")
    assert section.count() == 1
    assert "Labelled White, called Latino_Hispanic" in section.locator("summary").first.inner_text()
    assert "851" in section.locator("summary").first.inner_text()
    page.close()


def test_the_report_is_small(report):
    out, _ = report
    assert 1_000_000 < sum(path.stat().st_size for path in out.iterdir()) < MOST_BYTES
