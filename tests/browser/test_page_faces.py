"""The page of faces in a browser: one click from a number, filters, keyboard, widths, no network."""

from __future__ import annotations

import functools
import http.server
import threading

import duckdb
import pytest
from support.once import made_once
from support.pictured import SURE, fill
from support.visits import CHROMIUM, Visit, serious, wait_until

from facestore.reporting.links import cell_section, group_section
from facestore.reporting.tables import BlockKey
from facestore.store import Store

pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="there is no chromium")

KEY = BlockKey("faces", None, "gender", SURE)
SHOWN = (
    "[...document.querySelectorAll('details.faces li img')].filter(each => each.checkVisibility())"
    ".map(each => each.alt)"
)


@pytest.fixture(scope="module")
def pictured(tmp_path_factory):
    def make(folder):
        with Store.open(fill(folder)) as store:
            store.report(folder / "out", images=True)
            store.report(folder / "plain")

    return made_once(tmp_path_factory, "pictured", make)


@pytest.fixture
def visit(browser, pictured):
    context = browser.new_context(viewport={"width": 1440, "height": 900})

    def go(name, folder="out"):
        return Visit(context, pictured / folder / name)

    yield go
    context.close()


def rows(pictured, query, *values):
    with duckdb.connect(pictured / "store" / "facestore.duckdb", read_only=True) as con:
        return [row[0] for row in con.execute(query, list(values)).fetchall()]


CELL = (
    "select path from judged_predictions where (classifier, label, predicted) = (?, ?, ?) "
    "order by md5(path) limit 24"
)


def test_a_number_leads_to_its_faces_in_one_click(visit, pictured):
    opened = visit("mistakes.html")
    page = opened.drawn()
    anchor = cell_section(KEY, "Male", "Female")
    page.locator(f"table.heat a[href='faces.html#{anchor}']").click()
    page.wait_for_selector("html[data-drawn]", state="attached")
    assert page.evaluate(SHOWN) == rows(pictured, CELL, SURE, "Male", "Female")
    assert page.evaluate("document.querySelectorAll('details.faces[open]').length") == 1
    assert page.locator(f"#{anchor}").is_visible()
    wait_until(
        page,
        "[...document.querySelectorAll('details[open] img')].some(each => each.naturalWidth > 9)",
    )
    assert opened.console == []
    folder = (pictured / "out").as_uri()
    assert all(url.startswith((folder, "data:")) for url in opened.requests)


def test_from_one_section_to_another_and_back_to_all(visit):
    page = visit("faces.html").drawn()
    n_sections = page.locator("details.faces").count()
    for anchor in (group_section(KEY, "age", "0-2"), cell_section(KEY, "Female", "Male")):
        page.evaluate("anchor => { location.hash = anchor; }", anchor)
        wait_until(page, "document.querySelectorAll('details.faces[open]').length === 1")
        assert page.locator("details.faces[open]").get_attribute("id") == anchor
    page.locator("#shown a").click()
    assert page.locator("details.faces:visible").count() == n_sections


def test_the_filters_show_what_sql_gives(visit, pictured):
    page = visit("faces.html").drawn()
    page.locator("select[name=l]").select_option("0 Male")
    page.locator("select[name=r]").select_option("wrong")
    assert page.evaluate(SHOWN) == rows(pictured, CELL, SURE, "Male", "Female")
    code = page.locator("#shown code").text_content()
    assert code == (
        f"facestore explore --classifier \"{SURE}\" --where \"gender = 'Male' and judged = 'wrong'\""
    )
    page.locator("select[name=g]").select_option("Ages 0-2 called wrong")
    young = rows(
        pictured, "select path from sample_labels where (attribute, label) = ('age', '0-2')"
    )
    drawn = rows(pictured, CELL, SURE, "Male", "Female")
    assert page.evaluate(SHOWN) == [path for path in drawn if path in young]
    page.locator("select[name=c]").select_option("surest tenth")
    assert set(page.evaluate(SHOWN)) <= set(young)
    page.locator("button[type=reset]").click()
    wait_until(page, "!document.querySelector('details.faces[hidden], .faces li[hidden]')")


def test_without_scripts_all_sections_can_be_read(browser, pictured):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((pictured / "plain" / "faces.html").as_uri())
    anchor = cell_section(KEY, "Male", "Female")
    assert not page.locator("#filters").is_visible()
    page.locator(f"#{anchor} > summary").click()
    text = page.locator(f"#{anchor} .paths").text_content()
    assert text.split(" · ") == rows(pictured, CELL, SURE, "Male", "Female")
    context.close()


def test_the_keyboard_reaches_a_section_and_its_sql(visit):
    page = visit("faces.html").drawn()
    page.locator("button[type=reset]").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.parentElement.className") == "faces"
    page.keyboard.press("Enter")
    assert page.locator("details.faces[open]").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "SQL of all of them"


@pytest.mark.parametrize("width", [1440, 900, 390])
@pytest.mark.parametrize("name", ["faces.html", "data.html"])
def test_nothing_is_cut_and_nothing_serious_is_found(name, width, visit):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    opened = visit(name)
    page = opened.drawn()
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.evaluate(
        "width => [...document.querySelectorAll('main .cards li, main .pairs li, main select, "
        "main figcaption, main h2, main summary')].filter(each => each.checkVisibility() && "
        "each.getBoundingClientRect().right > width + 1 && !each.closest('.scroll'))"
        ".map(each => each.textContent.slice(0, 60))",
        width,
    )
    assert outside == []
    if width == 1440:
        page.evaluate(
            "document.querySelectorAll('details').forEach(each => { each.open = false; })"
        )
        assert serious(axe.run(page).response) == []
    assert opened.console == []


def test_pictures_are_shown_over_http_too(browser, pictured):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=str(pictured / "out"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/data.html")
        wait_until(
            page,
            "[...document.querySelectorAll('.pairs img')].every(each => each.naturalWidth > 9)",
        )
        assert page.locator(".pairs img").count() == 2
        page.close()
        server.shutdown()
