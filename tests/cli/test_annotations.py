"""`facestore import annotations`: what is said on the way, and advice that works when it is followed."""

from __future__ import annotations

import shlex

import pytest

LONG = "file,rater,gender\na.jpg,ann,f\na.jpg,bob,M\nb.jpg,ann,F\n"
TONES = "person_id,filename,skin_tone_1,skin_tone_2,skin_tone_na\n1,a.jpg,0,3,0\n2,a.jpg,1,1,1\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "said.csv"
    path.write_text(LONG)
    return path


def annotations(facestore, file, *more):
    return facestore("import", "annotations", file, "--dataset", "d", *more)


def test_a_table_is_shown_then_imported_and_told(facestore, table):
    ran = annotations(facestore, table, "--dry-run")
    assert "dry run, nothing was written: 3 annotations of 2 files" in ran.out
    assert "gender: 'f' as Female (1)" in ran.out
    assert "2 files meet none (a.jpg, b.jpg): --create-samples makes samples of them" in ran.out
    ran = annotations(facestore, table, "--create-samples", "--label-by-majority")
    assert ran.status == 0, ran.err
    assert "3 annotations: 3 new in data set 'd'" in ran.out
    assert "3 labels were given of gender, by 2 annotators" in ran.out
    assert "1 label of gender made by the majority; 1 tie has none" in ran.out


def test_counts_of_persons_with_columns_of_their_names(facestore, tmp_path):
    path = tmp_path / "tones.csv"
    path.write_text(TONES)
    ran = annotations(facestore, path, "--create-samples")
    assert ran.status == 1
    assert "1 file has several rows (a.jpg)" in ran.err
    ran = annotations(facestore, path, "--create-samples", "--file-column", "{person_id}.jpg")
    assert ran.status == 0, ran.err
    assert "5 labels were given of skin_tone, counted" in ran.out
    assert "'na' as no label" in ran.out


def options_in(message):
    """Return the options that a message says to add."""
    words = shlex.split(message.partition("add ")[2].rstrip("."))
    start = next(i for i, word in enumerate(words) if word.startswith("--"))
    return words[start : start + 2]


def test_advice_about_a_column_of_labels_works(facestore, tmp_path):
    path = tmp_path / "label.csv"
    path.write_text(LONG.replace("gender", "label"))
    ran = annotations(facestore, path, "--create-samples")
    assert ran.status == 1
    assert "--column gender=label" in ran.err
    assert annotations(facestore, path, "--create-samples", *options_in(ran.err)).status == 0


def test_advice_about_who_would_be_counted_twice_works(facestore, table, tmp_path):
    annotations(facestore, table, "--create-samples")
    plain = tmp_path / "plain.csv"
    plain.write_text("file,gender\na.jpg,F\n")
    ran = annotations(facestore, plain)
    assert ran.status == 1
    assert "Add --replace" in ran.err
    assert annotations(facestore, plain, "--replace").status == 0


def test_an_order_of_classes_is_given_with_commas(facestore, tmp_path):
    path = tmp_path / "light.csv"
    path.write_text("file,annotator,light\na.jpg,ann,low\na.jpg,bob,high\n")
    ran = annotations(facestore, path, "--create-samples", "--order", "low,medium,high")
    assert (ran.status, "--order low,medium,high is of one attribute" in ran.err) == (2, True)
    said = ("--create-samples", "--attribute", "light", "--order", "low, medium,high")
    assert annotations(facestore, path, *said).status == 0
    ran = facestore("sql", "from annotator_agreement", "--format", "csv")
    assert "light" in ran.out
