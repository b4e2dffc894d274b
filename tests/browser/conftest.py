"""One browser for all tests of a worker."""

from __future__ import annotations

import pytest
from support.visits import CHROMIUM


@pytest.fixture(scope="session")
def browser():
    from playwright import sync_api

    with sync_api.sync_playwright() as started:
        options = ["--no-sandbox", "--disable-gpu"]
        opened = started.chromium.launch(executable_path=CHROMIUM, args=options)
        yield opened
        opened.close()
