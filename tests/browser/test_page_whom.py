"""The pages For whom and Mistaken for what in a browser: nothing is cut at any width."""

from __future__ import annotations

import pytest
from support.visits import CHROMIUM, Visit

pytest.importorskip("playwright.sync_api")

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="there is no chromium"),
    pytest.mark.xdist_group("reported"),
]

# What of a chart lies outside of its drawing, and heat maps that are wider than the page.
OUTSIDE = """() => [...document.querySelectorAll(".plot svg")].flatMap((svg) => {
  const box = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("text")].filter((text) => {
    const each = text.getBoundingClientRect();
    return each.width && (each.left < box.left - 2 || each.right > box.right + 2);
  }).map((text) => text.textContent);
})"""
WIDE_HEATS = """() => [...document.querySelectorAll("table.heat")]
  .filter((table) => table.offsetWidth > table.parentElement.clientWidth + 1).length"""


@pytest.mark.parametrize("width", [1440, 900, 390])
@pytest.mark.parametrize("name", ["groups", "mistakes"])
def test_nothing_is_cut(browser, reported, name, width):
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = Visit(context, reported / "out" / f"{name}.html").drawn()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(OUTSIDE) == []
    assert page.locator("table.heat").count() > 0
    assert page.evaluate(WIDE_HEATS) == 0
    context.close()


def test_a_cell_of_the_matrix_leads_to_its_faces(browser, reported):
    context = browser.new_context()
    page = Visit(context, reported / "out" / "mistakes.html").drawn()
    links = page.locator("table.heat td a")
    assert links.count() > 4
    section = links.first.get_attribute("href").split("#")[1]
    links.first.click()
    page.wait_for_selector(f"#{section}", state="attached")
    assert page.url.endswith(f"faces.html#{section}")
    context.close()
