"""A store whose scores were streamed: pages, checks and exports are those of a store that kept rows."""

from __future__ import annotations

import re
import shlex
import shutil

import polars as pl
import pytest
from support.command import run_all

from facestore.demo.demo import unpack_faces
from facestore.store import Store

SET = "age_race_gender_labels_v2"
NAME = f"tiny fp32 {SET} {{}}"
GENDER, RACE = NAME.format("gender topk 11"), NAME.format("race sum")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("streamed")
    labels = unpack_faces(folder / "faces", lambda _line: None)
    given = ("--dataset", "faces", "--split", "val", "--labels", labels)
    run_all(folder / "rows", ("ingest", folder / "faces" / "images", "--model", "tiny", *given))
    shutil.copytree(folder / "rows", folder / "stream")
    of_gender = ("--attribute", "gender", "--aggregation", "topk", "--k", "11")
    for name, keep in (("rows", "always"), ("stream", "never")):
        run_all(
            folder / name,
            ("settings", "keep_similarities", keep),
            ("score", SET),
            ("predict", "--prompt-set", SET, *of_gender),
            ("predict", "--prompt-set", SET, "--attribute", "race"),
            ("ingest", folder / "faces" / "images", *given),  # pictures are of this store, too
        )
    return folder


@pytest.fixture
def both(made, facestore, monkeypatch):
    """Give what runs a command on both stores: rows first."""

    def run(*words):
        ran = []
        for name in ("rows", "stream"):
            monkeypatch.setenv("FACESTORE_STORE", str(made / name))
            ran.append(facestore(*(str(each).replace("OUT", name) for each in words)))
        assert [each.status for each in ran] == [ran[0].status] * 2, ran[1].err
        return ran

    return run


def test_one_kept_cosines_and_the_other_none(made):
    for name, has in (("rows", True), ("stream", False)):
        with Store.open(made / name) as store:
            assert store.rows("select count(*) > 0 from similarities")[1] == [(has,)]


@pytest.mark.parametrize(
    "form", ["fairlearn out.csv", "fiftyone out.json", "clip-benchmark out.csv"]
)
def test_exports_are_the_same(both, tmp_path, monkeypatch, form):
    monkeypatch.chdir(tmp_path)
    kind, file = form.split()
    ran = both("export", kind, f"OUT {file}", "--classifier", GENDER)
    assert [each.status for each in ran] == [0, 0]
    assert (tmp_path / f"rows {file}").read_bytes() == (tmp_path / f"stream {file}").read_bytes()
    assert ran[1].err == ran[0].err


def test_the_atlas_is_the_same(both, tmp_path):
    both("export", "atlas", tmp_path / "OUT.parquet")
    rows, streamed = (pl.read_parquet(tmp_path / f"{name}.parquet") for name in ("rows", "stream"))
    assert streamed.columns == rows.columns
    assert streamed.height == rows.height == 720


def test_a_figure_that_needs_cosines_is_said_to_be_missing(both, tmp_path):
    rows, streamed = both("export", "clip-benchmark", tmp_path / "OUT.csv", "--classifier", RACE)
    found = [pl.read_csv(tmp_path / f"{name}.csv") for name in ("rows", "stream")]
    assert found[0]["acc1"].to_list() == found[1]["acc1"].to_list()
    assert [float(found[0]["acc5"][0]) > 0.9, found[1]["acc5"][0] or ""] == [True, ""]
    assert "acc5" not in rows.err
    assert "acc5 of 1 result is missing" in streamed.err


def test_what_that_says_brings_it_back(made, facestore, tmp_path, monkeypatch):
    shutil.copytree(made / "stream", tmp_path / "copy")
    monkeypatch.setenv("FACESTORE_STORE", str(tmp_path / "copy"))
    export = ("export", "clip-benchmark", tmp_path / "again.csv", "--classifier", RACE)
    (setting,) = re.findall(r"`facestore ([^`]+)`", facestore(*export).err)
    assert facestore(*shlex.split(setting)).status == 0
    assert facestore("score", SET).status == 0
    assert "acc5" not in facestore(*export).err
    assert float(pl.read_csv(tmp_path / "again.csv")["acc5"][0]) > 0.9


def test_checks_and_audits_are_the_same(both):
    limits = ("--max-gap", "0.05", "--min-accuracy", "0.99", "--format", "json")
    rows, streamed = both("check", *limits)
    assert streamed.rows == rows.rows
    assert len(rows.rows) > 3
    for deep in ((), ("--deep",)):
        for ran in both("doctor", *deep, "--format", "json"):
            assert ran.status == 0
            assert [each["audit"] for each in ran.rows if each["result"] == "failed"] == []


@pytest.mark.parametrize(
    "words",
    [("--prompt", "a photo of a man", "--limit", "2"), ("--classifier", GENDER, "--worst", "2")],
)
def test_explanations_are_the_same(both, made, words):
    for ran in both("explain", *words):
        assert "2 explanations (0 were there)" in ran.out
    query = "select sample_id, target, score from explanations order by all"
    found = [ran.rows for ran in both("sql", query, "--format", "json")]
    assert found[0] == found[1]
    pages = [
        (made / name / "explanations" / "index.html").read_text() for name in ("rows", "stream")
    ]
    assert [page.count("<img") for page in pages] == [pages[0].count("<img")] * 2
    assert pages[1].count("NaN") == pages[0].count("NaN")


def test_the_report_has_all_pages_and_says_what_cosines_would_add(both, tmp_path):
    both("report", "--out", tmp_path / "OUT")
    names = [
        sorted(each.name for each in (tmp_path / name).iterdir()) for name in ("rows", "stream")
    ]
    assert names[0] == names[1]
    pages = {
        name: (tmp_path / "stream" / name).read_text() for name in names[1] if name[-4:] == "html"
    }
    assert "cosines_not_kept" in pages["index.html"] + pages["provenance.html"]
    assert "has its cosines kept" in pages["prompts.html"]
    assert not any("nan%" in page or ">None<" in page for page in pages.values())
