"""The command line, run in this process with its output caught."""

from __future__ import annotations

import io
import json
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
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
        status = _status(monkeypatch, arguments)
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return run


def run_all(store: Path, *commands: tuple[object, ...]) -> None:
    """Run commands on a store, for fixtures that make one for several tests; each succeeds."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(said), redirect_stderr(said):
        patched.setenv("FACESTORE_STORE", str(store))
        for each in commands:
            assert _status(patched, each) == 0, said.getvalue()


def _status(patched: pytest.MonkeyPatch, arguments: Sequence[object]) -> int:
    """Run a command and return its exit status."""
    patched.setattr(sys, "argv", ["facestore", *map(str, arguments)])
    handler = signal.getsignal(signal.SIGINT)
    try:
        with pytest.raises(SystemExit) as ended:
            main()
    finally:  # a process would end here
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGINT, handler)
    return int(ended.value.code or 0)
