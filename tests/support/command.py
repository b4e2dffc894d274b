"""The command line, run in this process with its output caught."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from facestore.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, object]]:
        """The rows of a command with --format json."""
        parsed: list[dict[str, object]] = json.loads(self.out)
        return parsed


@pytest.fixture
def facestore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """Run a command on a store of the test's own."""
    monkeypatch.setenv("FACESTORE_STORE", str(tmp_path / "store"))

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["facestore", *map(str, arguments)])
        handler = signal.getsignal(signal.SIGINT)
        try:
            with pytest.raises(SystemExit) as ended:
                main()
        finally:  # a process would end here
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGINT, handler)
        captured = capsys.readouterr()
        return Ran(int(ended.value.code or 0), captured.out, captured.err)

    return run
