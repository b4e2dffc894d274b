from __future__ import annotations

import re

import pytest
from support.pictures import write_labels

pytestmark = [pytest.mark.usefixtures("store_is_there"), pytest.mark.portable]

GENDER = "tiny fp32 raw_gender_labels gender sum"


@pytest.fixture
def judged(facestore, pictures, tmp_path):
    """Give the command line a store of labelled pictures that a classifier has judged."""
    people = {f"{n}.jpg": ("20-29", "Male" if n % 2 else "Female", "White") for n in range(1, 6)}
    labels = write_labels(tmp_path / "l.csv", people)
    facestore("ingest", pictures, "--labels", labels, "--model", "tiny", "--split", "val")
    facestore("score", "raw_gender_labels")
    facestore("predict", "--prompt-set", "raw_gender_labels", "--attribute", "gender")
    return facestore


def test_explain_writes_rows_overlays_and_a_page_once(judged, tmp_path):
    asked = ("explain", "--classifier", GENDER, "--group", "race=White", "--out", tmp_path / "out")
    ran = judged(*asked)
    assert (ran.status, ran.out) == (0, "5 explanations (0 were there)\n")
    assert ran.err.splitlines()[-1] == f"page: {tmp_path / 'out' / 'index.html'}"
    assert len(list((tmp_path / "out" / "overlays").iterdir())) == 5
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert f"<h1>Where it looks: {GENDER}</h1>" in page
    assert len(re.findall(r'<img src="data:', page)) == 10
    assert judged(*asked).out == "nothing new to explain (5 were there)\n"
    query = "select count(*) as n, min(grid_rows) as r from explanations"
    assert judged("sql", query, "--format", "json").rows == [{"n": 5, "r": 8}]


def test_explain_says_what_is_wrong(judged):
    ran = judged("explain", "2.jpg", "--prompt", "a photo of a man", "--method", "gradcam")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("Error: No gradcam for image tower VisionTransformer: use --method")
    assert judged("explain", "2.jpg", "--worst", "0").status == 2
