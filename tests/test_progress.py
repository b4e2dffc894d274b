"""The bar on the terminal: what it says on the way, and in the end."""

from __future__ import annotations

import re
import time

from facestore.cli.progress_bar import TerminalProgress


def test_the_bar_ends_with_the_mean_rate_and_the_time_that_it_took(capsys, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with TerminalProgress().task("Counting", 40) as task:
        time.sleep(1.1)
        for _ in range(40):  # all at once: of late, thousands a second
            task.advance()
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert "40/40" in last
    assert int(re.search(r"(\d+)/s", last)[1]) <= 40 / 1.1
    assert not re.search(r"0:00:00", last)
