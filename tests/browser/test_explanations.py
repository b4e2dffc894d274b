"""The grid of maps in a browser: models by prompts, on a wide screen, a phone and in both themes."""

from __future__ import annotations

import pytest
from faces import write_faces
from support.visits import CHROMIUM, Visit, serious

from facestore.store import Store

pytest.importorskip("playwright.sync_api")

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="there is no chromium"),
    pytest.mark.xdist_group("reported"),
]
TEXTS = [
    "a photo of a woman",
    "a photo of a man",
    "a photo of somebody with " + "very " * 9 + "long hair",
]
# Each map with the texts that tell what it is of: that of its row, and that of its column.
PLACES = """() => [...document.querySelectorAll(".maps td")].map((cell) => {
    const box = cell.querySelector("img").getBoundingClientRect();
    return {
        width: box.width, height: box.height, left: box.left, right: box.right,
        column: getComputedStyle(cell, "::before").content,
    };
})"""


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    """Give the page of two faces, asked about by two encoders with three texts."""
    folder = tmp_path_factory.mktemp("grid")
    write_faces(folder / "faces", 2, seed=4, size=96)
    with Store.open(folder / "store") as store:
        for precision in ("fp32", "bf16"):
            store.ingest(folder / "faces", models=["tiny"], precision=precision, workers=0)
        models = ["tiny fp32", "tiny bf16"]
        done = store.explain(prompts=TEXTS, models=models, dataset="faces", faithfulness=True)
        return store.write_explanations(done.explanation_ids, folder / "out")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 900, 390])
def test_maps_are_seen_whole_and_told_apart(browser, grid, width, theme):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, bypass_csp=True
    )
    visit = Visit(context, grid)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    places = visit.page.evaluate(PLACES)
    assert len(places) == 2 * 2 * len(TEXTS)
    for place in places:
        assert place["width"] == pytest.approx(place["height"], abs=1)
        assert place["width"] >= 80
        assert 0 <= place["left"] < place["right"] <= width
    heads = visit.page.locator(".maps thead").first.bounding_box()
    if width > 640:
        assert heads["x"] >= 0
        assert {place["column"] for place in places} == {"none"}
    else:
        assert heads["x"] < 0
        assert {place["column"] for place in places} == {
            '"tiny fp32, relevancy"', '"tiny bf16, relevancy"',
        }  # fmt: skip
    assert visit.console == []
    assert {each.split(":")[0] for each in visit.requests} <= {"file", "data"}
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    assert serious(axe.run(visit.page).response) == []
    context.close()
