"""`facestore explore` in a browser: cards, a condition, nothing asked from outside, a clean end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from threading import Timer
from urllib.request import urlopen

import pytest
from support.visits import CHROMIUM

from facestore.store import Store

pytest.importorskip("embedding_atlas", reason="the extra `explore` is not installed")
pytest.importorskip("playwright.sync_api")

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send"),
    pytest.mark.skipif(not CHROMIUM, reason="there is no chromium"),
    pytest.mark.xdist_group("explore"),
]
WHERE = "judged = 'wrong' and age = '0-2'"
N_ROWS = 720
SECONDS = 120_000


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explore") / "store"
    with Store.open(folder) as opened:
        opened.demo()
    return folder


@contextmanager
def serving(store, *arguments):
    """Run the command until it has told its address; give the process, the address, the lines."""
    command = [sys.executable, "-m", "facestore", "explore", "--store", store, *arguments]
    # A shell that started the tests in the background has Ctrl-C ignored, also by children.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(
            [*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
    finally:
        signal.signal(signal.SIGINT, before)
    lines = []
    try:
        for line in process.stdout:
            lines.append(line.strip())
            if line.startswith("http://127.0.0.1:"):
                break
        yield process, lines[-1], lines
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_cards_and_a_condition_and_nothing_from_outside(browser, store):
    with Store.open(store) as opened:
        ((expected,),) = opened.sql(
            "select count(*) from judged_predictions as judged "
            "inner join sample_labels as ages using (sample_id) "
            "where judged.classifier = 'tiny fp32 fairface_age_labels age topk 1' "
            "and not is_correct and ages.attribute = 'age' and ages.label = '0-2'"
        ).fetchall()
    with serving(store, "--attribute", "age", "--where", WHERE) as (_, url, lines):
        assert f"{expected} of {N_ROWS} samples where {WHERE}" in lines
        assert any("never who they are" in line for line in lines)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        requests, sockets = [], []
        context.on("request", lambda request: requests.append(request.url))
        page.on("websocket", lambda each: sockets.append(each.url))
        page.goto(url)
        counted = page.get_by_text(re.compile(rf"^\s*{expected} / {N_ROWS} points$"))
        counted.wait_for(timeout=SECONDS)
        pictures = page.locator("img[src^='data:image/']")
        pictures.nth(expected - 1).wait_for(state="attached", timeout=SECONDS)
        drawn = pictures.evaluate_all("all => all.filter(each => each.naturalWidth > 0).length")
        assert drawn >= expected
        assert page.get_by_text("images/000006.jpg").count() == 1
        # a card says what each column is, a table only once
        assert page.get_by_text("path", exact=True).count() >= expected
        # another click takes the condition back
        page.get_by_text(WHERE, exact=True).first.click()
        page.get_by_text(re.compile(rf"^\s*{N_ROWS} points$")).wait_for(timeout=SECONDS)
        context.close()
    asked = [each for each in requests if not each.startswith(("data:", "blob:"))]
    assert len(asked) > 10
    origin = re.match(r"http://127\.0\.0\.1:\d+/", url)[0]
    assert [each for each in asked if not each.startswith(origin)] == []
    assert sockets == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly_and_others_may_write_meanwhile(store, number):
    with serving(store, "--sql", "select sample_id from samples limit 20") as (process, url, lines):
        assert "20 samples" in lines
        with urlopen(url) as answer:
            assert answer.status == 200
        with Store.open(store) as writer:
            writer.set("min_samples", 1)
        process.send_signal(number)
        # one that heeds no signal is killed, and has another status
        killing = Timer(30, process.kill)
        killing.start()
        rest = process.stdout.read()
        process.wait()
        killing.cancel()
    assert process.returncode == 0
    assert rest.splitlines() == ["Ctrl-C ends it; the store is only read.", "Ended."]
