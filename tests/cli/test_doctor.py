from __future__ import annotations

import csv
import io
import shutil

import duckdb
import pytest
from support.command import run_all
from support.pictures import write_labels

from facestore.config import CATALOG_FILE


@pytest.fixture(scope="module")
def made(new_store, tmp_path_factory):
    """Make a store with labels, similarities and predictions by commands, to be copied."""
    folder = tmp_path_factory.mktemp("doctor")
    shutil.copytree(new_store, folder / "store")
    labels = write_labels(
        folder / "l.csv",
        {f"{i}.jpg": ("20-29", "Male" if i % 2 else "Female", "White") for i in range(1, 6)},
    )
    scores = folder / "s.json"
    both = [
        f'"{i}.jpg": {{"a photo of a man": {20 + i}, "a photo of a woman": 22.5}}'
        for i in range(1, 6)
    ]
    scores.write_text(f"{{{', '.join(both)}}}")
    run_all(
        folder / "store",
        ("import", "labels", labels, "--dataset", "d", "--create-samples"),
        ("import", "similarities", scores, "--dataset", "d", "--model", "ViT-L-14,openai"),
        ("predict", "--prompt-set", "raw_gender_labels", "--attribute", "gender"),
    )
    return folder / "store"


@pytest.fixture
def faces(made, facestore, tmp_path):
    """Give the command line a store of its own with all of it."""
    shutil.copytree(made, tmp_path / "store")
    return facestore


def forge(tmp_path, statement):
    with duckdb.connect(tmp_path / "store" / CATALOG_FILE) as con:
        con.execute(statement)


def test_a_store_made_by_commands_passes(faces):
    ran = faces("doctor", "--format", "json")
    assert (ran.status, ran.err) == (0, "")
    assert {row["result"] for row in ran.rows} == {"ok"}
    assert all(row["n_bad"] == 0 and row["seconds"] >= 0 for row in ran.rows)
    assert list(ran.rows[0]) == ["audit", "about", "result", "n_bad", "seconds"]


def test_people_are_shown_what_was_found_and_a_count(faces):
    every = faces("doctor", "--format", "json").rows
    n = len(every)
    assert faces("doctor").out == f"{n} audits: {n} ok\n"
    shown = faces("doctor", "--all").out.splitlines()
    assert [line.split()[0] for line in shown if " ok " in line] == [row["audit"] for row in every]
    assert shown[-1] == f"{n} audits: {n} ok"
    faces("sql", "--write", "insert into samples (sample_id, dataset, path) values (99, 'd', 'x')")
    found = faces("doctor").out
    assert found.splitlines()[-1] == f"{n} audits: {n - 1} ok, 1 note"
    assert "labels_refer" not in found


def test_what_is_wrong_is_shown_with_examples_and_what_to_do(faces):
    faces(
        "sql",
        "--write",
        "insert into labels select i, 'gender', 'Male', null from range(50, 60) as t(i)",
    )
    ran = faces("doctor")
    assert ran.status == 1
    assert ran.err.startswith("Error: 1 of ")
    assert "audits failed (labels_refer)" in ran.err
    assert "`facestore doctor labels_refer`" in ran.err
    assert ran.err.count("\n") == 1
    assert "labels_refer (failed): every label belongs to a sample" in ran.out
    assert ran.out.count("unknown sample") == 5
    assert "To do: import the labels again" in ran.out


def test_one_audit_prints_its_bad_rows(faces):
    faces(
        "sql",
        "--write",
        "insert into labels select i, 'gender', 'Male', null from range(50, 60) as t(i)",
    )
    ran = faces("doctor", "labels_refer", "--format", "csv")
    assert ran.status == 1
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [int(row["sample_id"]) for row in rows] == list(range(50, 60))
    assert "To do: " in ran.err
    ran = faces("doctor", "samples_refer", "--format", "json")
    assert (ran.status, ran.rows) == (0, [])
    assert "samples_refer (ok): every sample belongs to a data set" in ran.err


def test_the_audits_of_a_view_are_run_by_its_name(faces):
    rows = faces("doctor", "label_cells", "--format", "json").rows
    assert [row["audit"] for row in rows] == ["views_are_those_of_this_version"]
    rows = faces("doctor", "zero_shot_decisions", "--format", "json").rows
    assert [row["audit"] for row in rows][1:] == ["zero_shot_decisions_hold"]


def test_a_forged_view_is_named_with_the_command_that_puts_it_back(faces, tmp_path):
    forge(tmp_path, "create or replace view judged_predictions as select 1 as accuracy")
    ran = faces("doctor")
    assert ran.status == 1
    assert "1 of 2 audits failed (views_are_those_of_this_version)" in ran.err
    assert "`facestore migrate --rebuild-views` has put them back" in ran.out
    for command in (("info",), ("migrate",), ("sql", "from judged_predictions"), ("report",)):
        ran = faces(*command)
        assert (ran.status, ran.out) == (1, "")
        assert "view 'judged_predictions': it is another one" in ran.err
        assert "`facestore migrate --rebuild-views`" in ran.err
        assert ran.err.count("\n") == 1
    assert "judged_predictions" in faces("migrate", "--rebuild-views").out
    assert faces("doctor").status == 0


def test_a_note_is_shown_and_no_failure(faces):
    faces("sql", "--write", "insert into samples (sample_id, dataset, path) values (99, 'd', 'x')")
    ran = faces("doctor")
    assert (ran.status, ran.err) == (0, "")
    assert "samples_say_something (note)" in ran.out


def test_repair_deletes_repeats_and_says_so(faces):
    faces("sql", "--write", "insert into predictions from predictions limit 2")
    assert faces("doctor").status == 1
    ran = faces("doctor", "--repair")
    assert ran.status == 0
    assert "repeated rows of predictions deleted: 2" in ran.err
    assert faces("doctor").status == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [((), "No store at"), (("--repair",), "No store at"), (("nonsense",), "No ")],
)
def test_a_mistake_gives_one_clear_line(facestore, tmp_path, arguments, says):
    ran = facestore("doctor", *arguments)
    assert ran.status == 1
    assert says in ran.err
    assert ran.err.count("\n") == 1
    assert not (tmp_path / "store").exists()
