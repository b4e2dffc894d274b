"""`facestore info`: one screen that says what is there, what to look at and what to do next."""

from __future__ import annotations

import contextlib
import re
import shutil

import pytest
from support.command import run_all
from support.moved import copy_moved
from support.pictures import write_labels, write_picture, write_pictures

from facestore import Store

pytestmark = pytest.mark.usefixtures("store_is_there")


@pytest.fixture(scope="module")
def made(new_store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("info")
    shutil.copytree(new_store, folder / "store")
    write_pictures(folder / "pictures")
    names = {f"{i}.jpg": ("20-29", "Male" if i % 2 else "Female", "White") for i in range(1, 6)}
    labels = write_labels(folder / "l.csv", names | {"copy.jpg": ("20-29", "Male", "White")})
    with contextlib.chdir(folder):
        run_all(
            folder / "store",
            ("ingest", "pictures", "--labels", labels, "--model", "tiny", "--split", "val"),
            ("score", "raw_gender_labels"),
            ("predict", "--prompt-set", "raw_gender_labels", "--attribute", "gender"),
        )
    return folder


@pytest.fixture
def judged(made, tmp_path, monkeypatch):
    """Give a store with labels, an encoder, scores and one classifier."""
    copy_moved(made, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_it_says_what_is_there(facestore, judged):
    out = facestore("info").out
    assert re.search(r"^pictures +6 +5 +0 +age, gender, race$", out, re.MULTILINE)
    assert "from pictures (csv); splits val 6" in out
    assert re.search(r"^tiny fp32 +5 +2 +128 +12 +fp32 +(cpu|cuda|mps)", out, re.MULTILINE)
    size = r"[\d.]+ MiB"
    of_images, of_prompts = rf"images {size} live \({size} on disk\)", rf"prompts {size} \({size}\)"
    assert re.search(rf"^  tiny fp32: {of_images}, {of_prompts}$", out, re.MULTILINE)
    assert "7 sets with 151 prompts, 1 set scored: facestore prompts list" in out
    assert "1 image in several files (2 files), 1 group " in out
    assert re.search(r"the last: predict, \d{4}-\d\d-\d\d \d\d:\d\d UTC", out)
    assert "Look at" not in out
    assert "facestore report --open\n" in out


def test_its_accuracies_are_those_of_the_view(facestore, judged):
    query = "select n_samples, accuracy, ci_low, ci_high from classifier_summary"
    (row,) = facestore("sql", query, "--format", "json").rows
    interval = f"{row['accuracy']:.4f} {row['ci_low']:.3f}-{row['ci_high']:.3f}"
    line = next(each for each in facestore("info").out.splitlines() if "raw_gender_labels" in each)
    assert line == f"tiny fp32 raw_gender_labels gender sum  zero-shot  gender  6  {interval}"


def test_it_fits_one_screen_of_80_columns_whatever_the_names(facestore, judged, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    with Store.open(judged / "store") as store:
        for number in range(14):
            store.predict(
                attribute="gender",
                prompt_set="raw_gender_labels",
                name=f"a name that is so long that no terminal has room for it, {number:>02}",
            )
    lines = plain(facestore("info").out).splitlines()
    assert len(lines) <= 40
    table = lines[lines.index("") :]
    assert max(len(line) for line in table if "facestore sql" not in line) <= 80
    shown = [line for line in lines if "a name that" in line]
    assert 9 <= len(shown) <= 10
    assert all(re.search(r"…\S* \S*.*, \d\d +zero-shot", line) for line in shown)
    assert "  5 more: facestore info --all" in lines
    monkeypatch.setenv("COLUMNS", "160")
    whole = plain(facestore("info", "--all").out)
    assert len(re.findall("no terminal has room for it, ", whole)) == 14


def test_a_pipe_gets_whole_names(facestore, judged):
    name = "n" * 200
    predict = ("predict", "--prompt-set", "raw_gender_labels", "--attribute", "gender")
    facestore(*predict, "--name", name)
    assert name in facestore("info").out


def test_it_names_what_is_wrong_and_the_command_that_helps(facestore, judged):
    write_picture(judged / "pictures" / "later.jpg", seed=77)
    (judged / "pictures" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut off")
    facestore("ingest", "pictures")
    facestore("sql", "insert into labels values (999, 'gender', 'Male', null)", "--write")
    facestore("ingest", "pictures", "--dataset", "bare")
    out = facestore("info").out
    query = "select path, error from samples where error is not null"
    assert f"1 file of 'pictures' could not be read: facestore sql \"{query}\"\n" in out
    assert "1 of 6 images of 'pictures' has no vector of tiny fp32" in out
    assert "facestore ingest pictures --dataset pictures --model tiny\n" in out
    assert "audit" not in out
    assert "see that nothing is damaged: facestore doctor\n" in out
    assert "facestore import labels FILE --dataset bare\n" in out
    facestore("ingest", "pictures", "--dataset", "pictures", "--model", "tiny")
    assert "no vector" not in facestore("info").out


def test_it_warns_of_figures_below_chance_and_of_classes_that_only_differ_in_spelling(
    facestore, tmp_path
):
    table = tmp_path / "p.csv"
    pairs = [("Male", "Female"), ("Female", "Male")] * 8
    table.write_text("file,gender\n" + "".join(f"{i},{a}\n" for i, (a, _) in enumerate(pairs)))
    facestore("import", "labels", table, "--dataset", "d", "--create-samples")
    table.write_text("file,predicted\n" + "".join(f"{i},{b}\n" for i, (_, b) in enumerate(pairs)))
    given = ("import", "predictions", table, "--dataset", "d", "--attribute", "gender")
    facestore(*given, "--classifier", "it's swapped")
    said = " ".join(facestore("info").out.split())
    assert "is right on 0.0000 of 'd', surely less than chance (0.5000)" in said
    assert "where classifier = 'it''s swapped'" in said
    assert "differ in spelling alone" not in said
    insert = "insert into classes values ('gender', 'fe_MALE', 3, null, null), ('gender', 'fe male', 4, null, null)"
    facestore("sql", insert, "--write")
    said = " ".join(facestore("info").out.split())
    assert "'fe_MALE' and 'fe male' of 'gender' differ in spelling alone" in said


def test_it_says_the_next_command_at_every_stage(facestore, pictures, tmp_path):
    assert "facestore ingest FOLDER" in facestore("info").out
    facestore("ingest", pictures)
    assert "encode the images: facestore ingest" in facestore("info").out
    facestore("ingest", pictures, "--model", "tiny")
    assert "facestore score raw_gender_labels" in facestore("info").out
    facestore("score", "raw_gender_labels")
    assert "facestore predict --prompt-set" in facestore("info").out


def test_commands_name_the_store_that_was_named(facestore, pictures, tmp_path):
    other = tmp_path / "an other"
    facestore("ingest", pictures, "--store", other)
    said = facestore("info", "--store", other).out
    assert f"facestore import labels FILE --dataset pictures --store '{other}'\n" in said


def test_every_folder_of_a_data_set_is_told(facestore, pictures, tmp_path):
    write_picture(tmp_path / "more" / "m.jpg", seed=5)
    facestore("ingest", pictures, "--dataset", "d")
    facestore("ingest", tmp_path / "more", "--dataset", "d")
    facestore("ingest", tmp_path / "more", "--dataset", "d")
    assert f"from {pictures} and 1 more (folder)" in facestore("info").out
    query = "select source, is_first, n_runs from dataset_sources order by is_first desc"
    assert facestore("sql", query, "--format", "json").rows == [
        {"source": str(pictures), "is_first": True, "n_runs": 1},
        {"source": str(tmp_path / "more"), "is_first": False, "n_runs": 1},
    ]


def test_a_large_store_is_not_searched_for_near_copies(facestore, judged, monkeypatch):
    monkeypatch.setattr("facestore.upkeep.info._MAX_IMAGES", 3)
    out = facestore("info").out
    assert "1 image in several files (2 files); near ones: facestore dedup" in out


def test_an_overview_writes_nothing(judged):
    file = judged / "store" / "facestore.duckdb"
    before = file.read_bytes()
    with Store.open(judged / "store") as store:
        found = store.overview()
    assert file.read_bytes() == before
    assert found.n_bytes["catalogue"] == len(before)
    assert found.n_bytes["vectors"] > 0


def test_an_imported_encoder_shows_the_similarities_that_it_has(facestore, tmp_path):
    scores = tmp_path / "scores.json"
    scores.write_text('{"1.jpg": {"a photo of a man": 21.0, "a photo of a woman": 20.0}}')
    words = ("--dataset", "d", "--model", "RN50,openai", "--create-samples")
    assert facestore("import", "similarities", scores, *words).status == 0
    out = facestore("info").out
    (line,) = [each for each in out.splitlines() if each.startswith("RN50 openai")]
    assert line.split() == [
        "RN50",
        "openai",
        "imported",
        "0",
        "0",
        "-",
        "2",
        "imported",
        "imported",
    ]
    assert "1 run, the last: import similarities" in out


def test_it_says_from_how_many_samples_on_groups_have_rates(facestore, tmp_path):
    labels, theirs = tmp_path / "labels.csv", tmp_path / "theirs.csv"
    labels.write_text("file,gender\n1.jpg,Male\n2.jpg,Male\n")
    facestore("import", "labels", labels, "--dataset", "d", "--create-samples")
    theirs.write_text("file,predicted\n1.jpg,Male\n2.jpg,Female\n")
    words = ("--dataset", "d", "--attribute", "gender")
    facestore("import", "predictions", theirs, *words, "--classifier", "half")
    facestore("settings", "min_samples", 30)
    said = (
        "groups of fewer than 30 samples show no rates: facestore settings min_samples 1 shows all"
    )
    assert said in facestore("info").out
    settings = [
        row for row in facestore("info", "--format", "json").rows if row["what"] == "setting"
    ]
    assert [(row["name"], row["n"]) for row in settings] == [("min_samples", 30)]
    facestore("settings", "min_samples", 1)
    assert "show no rates" not in facestore("info").out


def test_it_says_whom_files_show_where_that_is_known(facestore, tmp_path):
    labels = tmp_path / "labels.csv"
    labels.write_text("file,gender\n1.jpg,Male\n2.jpg,Male\n3.jpg,Male\n")
    facestore("import", "labels", labels, "--dataset", "d", "--create-samples")
    assert "people" not in facestore("info").out
    labels.write_text("file,gender,person_id\n1.jpg,Male,a\n2.jpg,Male,a\n3.jpg,Male,b\n")
    facestore("import", "labels", labels, "--dataset", "d")
    assert "no splits; 3 files of 2 people\n" in facestore("info").out
    (row,) = (r for r in facestore("info", "--format", "json").rows if r["what"] == "dataset")
    assert row["details"].endswith("0 unreadable files, 3 samples of 2 people")


def test_no_gap_is_looked_for_where_nothing_is_right(facestore, tmp_path):
    labels, theirs = tmp_path / "labels.csv", tmp_path / "theirs.csv"
    labels.write_text("file,gender\n1.jpg,Male\n2.jpg,Male\n")
    facestore("import", "labels", labels, "--dataset", "d", "--create-samples")
    theirs.write_text("file,predicted\n1.jpg,Female\n2.jpg,Female\n")
    words = ("--dataset", "d", "--attribute", "gender")
    facestore("import", "predictions", theirs, *words, "--classifier", "wrong")
    assert "--max-gap" not in facestore("info").out
    theirs.write_text("file,predicted\n1.jpg,Male\n2.jpg,Female\n")
    facestore("import", "predictions", theirs, *words, "--classifier", "half")
    assert "--max-gap" in facestore("info").out
