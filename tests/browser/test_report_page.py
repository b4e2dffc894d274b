"""The report in a browser: it opens from the disk without a word on the console."""

from __future__ import annotations

import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from facestore.store import Store

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="there is no chromium")


def browse(page: Path, profile: Path, *more: str) -> tuple[str, list[str]]:
    """Open a page; return what the browser made of it, and what it wrote on its console."""
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"]
    options = [f"--user-data-dir={profile}", "--dump-dom", *more, page.as_uri()]
    done = subprocess.run(command + options, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Give the report of a classifier whose name would run if it could."""
    folder = tmp_path_factory.mktemp("report")
    table = folder / "labels.csv"
    table.write_text("file,age,gender,race\n1.jpg,20-29,Male,White\n2.jpg,30-39,Female,Black\n")
    guesses = folder / "guesses.csv"
    guesses.write_text("file,predicted\n1.jpg,Male\n2.jpg,Male\n")
    with Store.open(folder / "store") as store:
        store.import_labels(table, dataset="faces", create_samples=True)
        name = "<img src=x onerror=console.error('ran')>"
        store.import_predictions(guesses, dataset="faces", attribute="gender", classifier=name)
        return store.report()


def test_the_page_opens_without_a_word_on_the_console(page, tmp_path):
    dom, console = browse(page, tmp_path)
    assert console == []
    tags: set[str] = set()
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, _attrs: tags.add(tag)  # type: ignore[method-assign]
    parser.feed(dom)
    assert {"svg", "table", "text"} <= tags
    assert not {"img", "script"} & tags


def test_a_page_that_fails_is_noticed(tmp_path):
    broken = tmp_path / "broken.html"
    broken.write_text("<script>undefined_name()</script>")
    _, console = browse(broken, tmp_path / "profile")
    assert len(console) == 1
    assert "undefined_name" in console[0]


def test_a_script_in_the_page_would_be_blocked(page, tmp_path):
    altered = tmp_path / "altered.html"
    html = page.read_text(encoding="utf-8")
    altered.write_text(
        html.replace("</main>", "<script>document.title = 'ran'</script></main>"), encoding="utf-8"
    )
    dom, console = browse(altered, tmp_path / "profile")
    assert "<title>ran" not in dom
    assert "Content Security Policy" in console[0]
