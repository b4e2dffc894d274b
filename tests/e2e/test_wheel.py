"""The wheel carries all that the program reads, and works in an empty folder."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from support.places import ROOT


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and unpack it, as pip does."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as content:
        content.extractall(folder / "site")
    return folder / "site"


def test_every_sql_migration_and_report_file_is_in_the_wheel(unpacked):
    for name in ("sql", "migrations", "reports"):
        here = {p.relative_to(ROOT / name) for p in (ROOT / name).rglob("*") if p.is_file()}
        there = unpacked / "facestore" / "_resources" / name
        assert {p.relative_to(there) for p in there.rglob("*") if p.is_file()} == here != set()


def test_every_asset_is_in_the_wheel(unpacked):
    here, there = ROOT / "facestore" / "assets", unpacked / "facestore" / "assets"
    names = {p.relative_to(here).as_posix() for p in here.rglob("*") if p.is_file()}
    assert {p.relative_to(there).as_posix() for p in there.rglob("*") if p.is_file()} == names
    assert "faces.zip" in names


def test_it_works_where_there_is_no_checkout(unpacked, tmp_path):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import facestore; assert facestore.__file__.startswith(sys.argv[1])\n"
        "from facestore.store import Store\n"
        "from facestore.encoders.open_clip import load_encoder\n"
        "from facestore.model_names import ModelName\n"
        "with Store.open('s') as store:\n"
        "    store.migrate()\n"
        "    print(store.sql('select count(*) from classifier_summary').fetchall())\n"
        "print(load_encoder(ModelName('tiny'), device='cpu').record.dim)\n"
    )
    # -P: the folder this runs in is not searched, and so neither is the checkout.
    ran = subprocess.run(
        [sys.executable, "-P", "-c", code, str(unpacked)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.stderr == ""
    assert ran.stdout.splitlines() == ["[(0,)]", "128"]
