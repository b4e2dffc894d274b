"""The report in a browser: from the disk, without a word on the console, without a network."""

from __future__ import annotations

import csv
import io
import re
import shutil

import duckdb
import pytest
from support.reported import CLASSIFIER, Page
from support.visits import CHROMIUM, SERIOUS, Visit, serious, wait_until

from facestore.catalog.counts import keep, uncount_datasets
from facestore.reporting.pages import PAGES
from facestore.store import Store

pytest.importorskip("playwright.sync_api")

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="there is no chromium"),
    pytest.mark.xdist_group("reported"),
]


@pytest.fixture(scope="module")
def context(browser):
    made = browser.new_context(viewport={"width": 1200, "height": 900}, accept_downloads=True)
    yield made
    made.close()


@pytest.fixture
def visit(context, reported):
    """Open a page of the report; it is closed after the test."""
    opened = []

    def go(name):
        opened.append(Visit(context, reported / "out" / name))
        return opened[-1]

    yield go
    for each in opened:
        each.page.close()


@pytest.mark.parametrize("each", PAGES, ids=lambda page: page.name)
def test_a_page_opens_draws_and_asks_nobody(each, visit, reported):
    opened = visit(each.file)
    page = opened.drawn()
    n_charts = page.locator(".chart").count()
    assert n_charts == len(Page((reported / "out" / each.file).read_text("utf-8")).specs)
    assert page.locator(".chart .plot svg").count() == n_charts
    # marks were drawn, not only axes
    assert all(
        page.locator(".plot svg").nth(i).locator("path").count() > 5 for i in range(n_charts)
    )
    assert opened.console == []
    folder = (reported / "out").as_uri()
    assert all(url.startswith((folder, "data:")) for url in opened.requests)
    assert page.locator("img, b, iframe").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1200
    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_a_board_shows_the_differences_to_the_model_that_is_chosen(visit):
    opened = visit("models.html")
    page = opened.drawn()
    figure = page.locator("figure:has(label.chooser)").first
    numbers = (
        "figure => [...figure.querySelectorAll('.plot svg text')].map(each => each.textContent)"
    )
    before = [text for text in figure.evaluate(numbers) if re.fullmatch(r"\d+\.\d", text)]
    assert before
    select = figure.get_by_label("Difference to")
    name = select.locator("option").nth(1).text_content()
    select.select_option(name)
    wait_until(
        page,
        "[...document.querySelectorAll('.plot svg text')].some(each => each.textContent === '+0.0')",
    )
    told = figure.evaluate(numbers)
    assert not [text for text in told if re.fullmatch(r"\d+\.\d", text)]
    select.select_option("")
    wait_until(
        page,
        "[...document.querySelectorAll('.plot svg text')].every(each => each.textContent !== '+0.0')",
    )
    after = [text for text in figure.evaluate(numbers) if re.fullmatch(r"\d+\.\d", text)]
    assert after == before
    assert opened.console == []


@pytest.mark.parametrize("each", PAGES, ids=lambda page: page.name)
def test_axe_finds_nothing_serious(each, visit):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = visit(each.file).drawn()
    found = axe.run(page).response["violations"]
    page.emulate_media(color_scheme="dark")
    found += axe.run(page, options={"runOnly": ["color-contrast"]}).response["violations"]
    serious = [
        (rule["id"], rule["nodes"][0]["html"][:200]) for rule in found if rule["impact"] in SERIOUS
    ]
    assert serious == []


def test_the_page_of_changes_opens_draws_and_is_accessible(context, reported, tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    before = tmp_path / "before.duckdb"
    shutil.copy(reported / "store" / "facestore.duckdb", before)
    with duckdb.connect(before) as con:
        con.execute("delete from predictions where sample_id > 200")
        uncount_datasets(con)
        keep(con)
    with Store.open(reported / "store") as store:
        opened = Visit(context, store.report(tmp_path / "out", diff=before, only=["diff"]))
    page = opened.drawn()
    assert page.locator(".chart .plot svg").count() == 3  # gender, race and age
    # a mark for each of the two classifiers of gender
    assert page.locator(".plot svg").first.locator(".mark-symbol path").count() == 2
    assert opened.console == []
    assert page.locator("img, b, iframe").count() == 0
    assert serious(axe.run(page).response) == []
    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.close()


def test_a_page_whose_scripts_do_not_run_has_static_charts(browser, reported):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((reported / "out" / "groups.html").as_uri())
    assert page.locator(".chart svg").count() == page.locator(".chart").count() > 3
    page.locator(".tail summary").first.click()
    assert page.locator("table").first.is_visible()
    context.close()


def test_a_page_that_was_sent_alone_has_static_charts(context, reported, tmp_path):
    alone = tmp_path / "groups.html"
    alone.write_bytes((reported / "out" / "groups.html").read_bytes())
    page = Visit(context, alone).drawn()
    assert page.locator(".chart svg").count() == page.locator(".chart").count() > 3
    page.close()


def test_a_script_in_the_page_would_be_blocked(context, reported, tmp_path):
    html = (reported / "out" / "index.html").read_text(encoding="utf-8")
    altered = tmp_path / "index.html"
    script = "<script>document.title = 'ran'</script></main>"
    altered.write_text(html.replace("</main>", script), encoding="utf-8")
    opened = Visit(context, altered)
    assert opened.page.title() != "ran"
    assert "Content Security Policy" in " ".join(opened.console)
    opened.page.close()


def unfolded(page):
    """Open everything that is folded."""
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    return page


def test_a_column_is_sorted_by_its_numbers_and_back_by_keyboard(visit):
    page = unfolded(visit("groups.html").drawn())
    table = page.locator("table[data-query=groups]").first
    column = 1 + [th.get_attribute("data-c") for th in table.locator("thead th").all()].index(
        "accuracy"
    )
    heading = table.locator(f"thead th:nth-child({column})")
    numbers = []
    for direction in ("ascending", "descending"):
        heading.locator("button").focus()
        page.keyboard.press("Enter")
        assert heading.get_attribute("aria-sort") == direction
        cells = table.locator(f"tbody tr td:nth-child({column})").all_text_contents()
        numbers.append([float(cell) for cell in cells])
    assert numbers[0] == sorted(numbers[0])
    assert numbers[1] == numbers[0][::-1]
    assert numbers[0][0] < numbers[0][-1]


def test_csv_has_whole_numbers_and_text_that_spreadsheets_keep(visit, reported):
    page = unfolded(visit("groups.html").drawn())
    with page.expect_download() as download:
        page.locator("table[data-query=groups]").first.locator("xpath=../preceding-sibling::button[1]").click()  # fmt: skip
    text = download.value.path().read_text(encoding="utf-8-sig")
    read = list(csv.reader(io.StringIO(text)))
    known = Page((reported / "out" / "groups.html").read_text("utf-8")).table("groups")
    assert download.value.suggested_filename == f"{known.anchor[2:]}.csv"
    assert read[0] == ["dataset", "split", "attribute", "classifier", *known.columns]
    assert [row[:4] for row in read[1:]] == [known.key] * (len(known.rows) - 1)
    assert known.key[3] == CLASSIFIER
    for row, cells in zip(read[1:], known.rows[1:], strict=True):
        for found, cell in zip(row[4:], cells, strict=True):
            kept = f'="{cell.value}"' if cell.value in ("10-19", "20-29") else cell.value
            assert found == kept
    assert '"=""10-19"""' in text


def test_csv_of_a_confusion_matrix_is_long(visit):
    page = unfolded(visit("mistakes.html").drawn())
    with page.expect_download() as download:
        of_matrix = page.locator("table.matrix").first
        of_matrix.locator("xpath=../preceding-sibling::button[1]").click()
    read = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    assert read[0][4:] == ["label", "predicted", "n_samples", "fraction_of_label"]
    assert [row[4:6] for row in read[1:]] == [
        ["Male", "Male"], ["Male", "Female"], ["Female", "Male"], ["Female", "Female"],
    ]  # fmt: skip
    assert sum(int(row[6]) for row in read[1:]) == 60
    assert sum(float(row[7]) for row in read[1:]) == pytest.approx(2)


def test_a_chart_leads_to_its_table_in_a_fold(visit):
    page = visit("mistakes.html").drawn()
    link = page.locator("figcaption a[href^='#t-age_scatter']").first
    table = page.locator(link.get_attribute("href"))
    assert not table.is_visible()
    link.focus()
    page.keyboard.press("Enter")
    table.wait_for(state="visible")
    assert page.evaluate("document.activeElement.querySelector('table').id") == table.get_attribute("id")  # fmt: skip


def test_the_sql_of_a_table_unfolds_by_keyboard(visit):
    page = visit("data.html").drawn()
    summary = page.locator("details.sql > summary").first
    code = page.locator("details.sql pre").first
    assert not code.is_visible()
    summary.focus()
    page.keyboard.press("Enter")
    assert code.is_visible()
    assert "select" in code.inner_text()


def test_pages_are_reached_by_keyboard_and_the_figures_first(visit):
    page = visit("index.html").drawn()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    for each in PAGES[:3]:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == each.title
    page.keyboard.press("Enter")
    page.wait_for_url("**/mistakes.html")
    assert page.locator("h1").inner_text() == "Mistaken for what"


def test_a_tooltip_shows_names_as_text(visit):
    page = visit("groups.html").drawn()
    mark = page.locator(".plot").first.locator("svg .mark-symbol path").last
    mark.scroll_into_view_if_needed()
    mark.hover(force=True)
    shown = page.locator("#vg-tooltip-element.visible")
    shown.wait_for()
    assert "accuracy" in shown.inner_text()
    assert shown.locator("img").count() == 0
