"""Every row of the table "Bad input" in docs/reliability.md, against what really comes out."""

from __future__ import annotations

import io
import os
import re
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from support.bad_files import NAMES, write_bad_files
from support.bad_inputs import CASES
from support.containers import CLASSES
from support.places import ROOT

from facestore.cli.summaries import lines_of
from facestore.cli.wording import as_typed
from facestore.errors import FacestoreError
from facestore.images.walk import walk
from facestore.ingest.layouts.label_tables import LabelRules
from facestore.ingest.layouts.layouts import SourceRequest, read_manifest
from facestore.store import Store

# As facestore sets it for its users; pytest has filters of its own.
pytestmark = [
    pytest.mark.usefixtures("store_is_there"),
    pytest.mark.filterwarnings("ignore:Corrupt EXIF data:UserWarning"),
    pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning"),
]
PAGE = ROOT / "docs" / "reliability.md"
ROWS = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", PAGE.read_text(encoding="utf-8"), re.M))
ROWS = {name.strip(): gives for name, gives in ROWS.items() if "`" in gives}
OF_THE_STORE = {
    "link to a folder above": "links were not followed (circle, ",
    "link out of the folder": "out.jpg): --follow-links follows them",
    "data set called with SQL": "",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Ingest all bad files at once, which nothing may stop."""
    folder = write_bad_files(tmp_path_factory.mktemp("bad") / "files")
    with Store.open(folder.parent / "store") as opened:
        summary = opened.ingest(folder, dataset="'); drop table samples; --", workers=2)
        samples = "select path, coalesce(error, 'an image') from samples"
        yield opened, dict(opened.sql(samples).fetchall()), summary


def said(row):
    """Return what the page says between backticks: parts of what comes out, in their order."""
    return re.findall(r"`([^`]+)`", ROWS[row])


def test_the_page_and_the_tests_speak_of_the_same_inputs():
    assert set(ROWS) == {*NAMES, *CASES, *OF_THE_STORE}
    assert len(ROWS) >= 60


@pytest.mark.parametrize("row", NAMES)
def test_a_bad_file(store, row):
    _, outcomes, _ = store
    for part in said(row):
        assert part in outcomes[NAMES[row]]


@pytest.mark.parametrize("row", CASES)
def test_a_bad_table_container_or_checkpoint(tmp_path, row):
    try:
        outcome = CASES[row](tmp_path)
    except FacestoreError as error:
        outcome = as_typed(str(error))
    for part in said(row):
        assert part in outcome
    assert len(outcome.splitlines()) == 1
    assert not (tmp_path / "executed").exists()
    assert not os.path.lexists("/tmp/facestore-executed")


def test_links_are_not_followed_and_said(store):
    _, outcomes, summary = store
    lines = as_typed("\n".join(lines_of(summary)))
    for row in ("link to a folder above", "link out of the folder"):
        for part in said(row):
            assert part in lines
    assert "out.jpg" not in outcomes
    assert set(outcomes) == set(NAMES.values())


def test_links_are_followed_when_asked_for_and_circles_end(store, tmp_path):
    _, _, summary = store
    folder = Path(summary.plan.source)
    lists = partial(walk, outside=True)
    found = read_manifest(SourceRequest(folder, LabelRules(CLASSES), lists=lists))
    names = [entry.name for entry in found.entries]
    assert set(names) == {*NAMES.values(), "out.jpg"}
    assert len(names) == len(set(names))
    assert found.notes == ()


def test_names_are_bound_and_never_run_as_sql(store):
    opened, _, summary = store
    assert said("data set called with SQL") == ["a data set of that name"]
    assert opened.sql("select dataset from datasets").fetchall() == [
        ("'); drop table samples; --",)
    ]
    again = opened.ingest(
        Path(summary.plan.source), dataset=summary.plan.dataset, split="'; drop table samples"
    )
    assert again.changes.n_new == 0
    found = opened.sql("select split, count(*) from samples group by split").fetchall()
    assert found == [("'; drop table samples", len(NAMES))]


def test_nothing_was_executed_on_the_way(store):
    assert not os.path.lexists("/tmp/facestore-postscript")


def test_every_image_of_the_store_is_read_again_by_its_path(store):
    from facestore.training.classify_images import image_files

    opened, _, _ = store
    files = image_files(opened)
    import hashlib

    assert {hashlib.sha256(file.read_bytes()).hexdigest() for file in files.values()} == set(files)


def test_no_name_reaches_the_terminal_as_a_command():
    from facestore.cli.console import one_line

    assert one_line("a\x1b[31m\nb\udcff") == r"a\x1b[31m\nb\udcff"


def test_values_of_16_bits_lose_their_lower_8(store):
    from PIL import Image

    from facestore.images.decoding import open_picture, to_rgb

    values = np.linspace(0, 65535, 64, dtype=np.uint16).reshape(8, 8)
    out = io.BytesIO()
    Image.fromarray(values).save(out, "PNG")
    with open_picture(out.getvalue()) as image:
        np.testing.assert_array_equal(np.asarray(to_rgb(image))[..., 1], values >> 8)


def test_a_table_of_polars_that_panics_is_refused(tmp_path):
    from facestore.errors import TableError
    from facestore.tables import refusing

    with pytest.raises(TableError, match=r"not readable as a table \(boom\)"), refusing(tmp_path):
        raise pl.exceptions.PanicException("boom")
