"""The short form of the campaign: a process of its own, because it forks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def test_killed_commands_lose_nothing(tmp_path):
    script = Path(__file__).with_name("campaign.py")
    out = tmp_path / "out.json"
    ran = subprocess.run(
        [sys.executable, script, "--kills", "8", "--rounds", "1", "--images", "40", "--out", out],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = json.loads(out.read_text())
    assert found["problems"] == []
    # A command that ends before its moment comes is not killed.
    assert sum(found["by_command"].values()) == found["clean"] + found["repaired"] >= 4
