"""The commands dedup and split."""

from __future__ import annotations

import csv

import pytest

pytestmark = pytest.mark.usefixtures("store_is_there")


@pytest.fixture
def faces(facestore, pictures):
    """Give the command line a store of six pictures, two of them with the same bytes."""
    facestore("ingest", pictures, "--dataset", "d")
    return facestore


def test_dedup_reports_and_changes_nothing(faces):
    ran = faces("dedup", "--format", "json")
    assert (ran.status, ran.err) == (0, "")
    assert [(row["policy"], row["n_samples"], row["n_excluded"]) for row in ran.rows] == [
        ("keep-one", 6, 1),
        ("drop-conflicting", 6, 1),
        ("drop-all", 6, 1),
    ]
    count = "select count(*) as n from excluded_samples"
    assert faces("sql", count, "--format", "json").rows == [{"n": 0}]
    ran = faces("dedup", "--policy", "drop-all", "--dry-run", "--format", "json")
    assert [row["policy"] for row in ran.rows] == ["drop-all"]
    assert faces("sql", count, "--format", "json").rows == [{"n": 0}]


def test_dedup_leaves_out_exports_and_takes_back(faces, tmp_path):
    ran = faces("dedup", "--policy", "keep-one", "--export", tmp_path / "l.csv")
    assert (ran.status, ran.err) == (0, f"1 sample in {tmp_path / 'l.csv'}\n")
    assert "1 sample is left out by 'keep-one' within 5 bits" in ran.out
    with (tmp_path / "l.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert (row["path"], row["kept_path"], row["reason"]) == ("copy.jpg", "1.jpg", "same content")
    assert faces("dedup", "--undo").out == "1 sample is no longer left out\n"
    assert faces("dedup", "--undo").out == "0 samples are no longer left out\n"


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("dedup", "--policy", "drop"), 2, "No policy 'drop'. Did you mean 'drop-all'"),
        (("dedup", "--max-distance", "13"), 1, "13 bits: expected 0 to 12"),
        (("dedup", "--undo", "--policy", "keep-one"), 2, "--undo goes with --dataset alone"),
        (("dedup", "--dataset", "x"), 1, "No data set 'x'"),
        (("split", "--dataset", "d", "--fractions", "0.8,0.3"), 1, "Fractions '0.8,0.3': expected"),
        (("split", "--dataset", "d", "--stratify", "gender"), 1, "No labelled attribute 'gender'"),
        (("split",), 2, "Missing option '--dataset'"),
    ],
)
def test_what_does_not_go_is_said_in_one_line(faces, arguments, status, message):
    ran = faces(*arguments)
    assert ran.status == status
    assert message in ran.err
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err


def test_split_says_what_it_came_to_and_refuses_to_write_over_it(faces):
    ran = faces("split", "--dataset", "d", "--fractions", "fit=0.5,judge=0.5", "--seed", "3")
    assert (ran.status, ran.err) == (0, "")
    assert "6 samples of 'd': fit 3 (0.5000), judge 3 (0.5000); 6 changed" in ran.out
    assert "2 of them have duplicates" in ran.out
    ran = faces("split", "--dataset", "d")
    assert ran.status == 1
    assert "Data set 'd' is split already (fit 3, judge 3): add --force" in ran.err
    assert faces("split", "--dataset", "d", "--force").status == 0
    assert faces("doctor", "dataset_splits").status == 0
