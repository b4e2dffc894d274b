"""The short forms of the campaigns: processes of their own, because they fork."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

# They take their time; others that write tables are killed.
LEFT_OUT = (
    "report", "import labels", "import predictions", "import similarities", "predict", "dedup",
    "snapshot",
)  # fmt: skip


def test_killed_commands_lose_nothing(tmp_path):
    script = Path(__file__).with_name("campaign.py")
    out = tmp_path / "out.json"
    ran = subprocess.run(
        [
            sys.executable,
            script,
            "--kills",
            "7",
            "--rounds",
            "1",
            "--images",
            "40",
            "--out",
            out,
            *(f"--without={name}" for name in LEFT_OUT),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = json.loads(out.read_text())
    assert found["problems"] == []
    # A command that ends before its moment comes is not killed.
    assert sum(found["by_command"].values()) == found["clean"] + found["repaired"] >= 4


def test_a_byte_that_changes_is_named_or_changes_nothing(tmp_path):
    script = Path(__file__).with_name("flips.py")
    out = tmp_path / "out.json"
    ran = subprocess.run(
        [sys.executable, script, "--flips", "30", "--images", "6", "--whole", "30", "--out", out],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = json.loads(out.read_text())
    assert (found["problems"], found["flips"]) == ([], 30)
    assert found["outcomes"]["named"] >= 8
