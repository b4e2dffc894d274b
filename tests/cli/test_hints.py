"""What needs another command first: the error names it, and following it helps."""

from __future__ import annotations

import re
import shlex

import pytest

pytestmark = [pytest.mark.usefixtures("store_is_there"), pytest.mark.portable]


def advised(text: str) -> list[list[str]]:
    return [shlex.split(each)[1:] for each in re.findall(r"`(facestore [^`]+)`", text)]


def test_each_command_that_lacks_one_before_it_names_it(facestore, pictures, tmp_path):
    facestore("ingest", pictures, "--dataset", "my faces")
    for words in (
        ("score", "raw_gender_labels"),
        ("predict", "--prompt-set", "raw_gender_labels", "--attribute", "gender"),
        ("near", pictures / "0.jpg"),
        ("train", "probe", "--attribute", "gender", "--dataset", "my faces"),
        ("dedup", "--cosine", "0.9"),
    ):
        ran = facestore(*words)
        assert (ran.status, advised(ran.err)) == (
            1, [["ingest", "FOLDER", "--model", "ViT-B-32,openai"]]
        ), words  # fmt: skip
    assert facestore("ingest", pictures, "--dataset", "my faces", "--model", "tiny").status == 0

    explain = ("explain", "--classifier", "tiny fp32 raw_gender_labels gender sum", "--limit", "1")
    predict = ("predict", "--prompt-set", "raw_gender_labels", "--attribute", "gender")
    for words in (("check", "--max-gap", "0.1"), ("report", "--only", "dataset")):
        assert list(predict) in advised(facestore(*words).err), words
    assert advised(facestore(*predict).err) == [["score", "raw_gender_labels"]]
    by_explain = advised(facestore(*explain).err)
    assert sorted(by_explain) == sorted([list(predict), ["score", "raw_gender_labels"]])
    for command in reversed(by_explain):
        assert facestore(*command).status == 0
    assert facestore(*explain, "--device", "cpu").status == 0

    probe = ("train", "probe", "--attribute", "gender", "--dataset", "my faces")
    (split,) = advised(facestore(*probe).err)
    assert facestore(*split).status == 0
    (labels,) = advised(facestore(*probe).err)
    assert labels == ["import", "labels", "FILE", "--dataset", "my faces"]


def test_labels_and_splits_of_a_new_store_name_what_makes_a_data_set(facestore, tmp_path):
    table = tmp_path / "labels.csv"
    table.write_text("file,gender\n1.jpg,Male\n", encoding="utf-8")
    ran = facestore("import", "labels", table, "--dataset", "new")
    assert advised(ran.err) == [["ingest", "FOLDER", "--dataset", "new"]]
    assert "--create-samples" in ran.err
    assert facestore("import", "labels", table, "--dataset", "new", "--create-samples").status == 0
    ran = facestore("train", "probe", "--attribute", "gender", "--dataset", "old")
    assert ran.status == 1


def test_a_table_of_labels_as_source_is_told_where_it_belongs(facestore, pictures, tmp_path):
    table = tmp_path / "tables" / "my labels.csv"
    table.parent.mkdir()
    names = sorted(each.name for each in pictures.iterdir())
    table.write_text("file,gender\n" + "".join(f"{n},Male\n" for n in names), encoding="utf-8")
    ran = facestore("ingest", table)
    assert (ran.status, "none of its 6 files is there" in ran.err) == (1, True)
    (command,) = advised(ran.err)
    assert command == ["ingest", "FOLDER", "--labels", str(table)]
    given = [str(pictures) if word == "FOLDER" else word for word in command]
    assert "6 files labelled (6 labels new" in facestore(*given).out


def test_a_near_miss_is_named_once(facestore, pictures):
    facestore("ingest", pictures, "--dataset", "a", "--model", "tiny")
    facestore("ingest", pictures, "--dataset", "b")
    name = sorted(each.name for each in pictures.iterdir())[0]
    err = facestore("near", f"{name}x").err
    assert err.count(f"'{name}'") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("ingest", "{pictures}", "--layout", "folders"),
        ("ingest", "{pictures}", "--model", "tiny", "--device", "gpu"),
        ("ingest", "{pictures}", "--model", "tiny", "--precision", "fp8"),
        ("predict", "--prompt-set", "raw_gender_labels", "--attribute", "gender", "--aggregation", "max"),
        ("dedup", "--policy", "keep-all"),
        ("report", "--only", "page"),
        ("doctor", "nosuch"),
        ("settings", "nosuch", "3"),
        ("export", "nosuch", "x"),
        ("info", "--format", "xml"),
    ],
)  # fmt: skip
def test_a_name_that_the_program_does_not_offer_is_wrong_usage(facestore, pictures, words):
    facestore("ingest", pictures, "--model", "tiny")
    ran = facestore(*(word.format(pictures=pictures) for word in words))
    assert (ran.status, ran.err.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("select classifier from classifiers", "The table 'classifiers' calls it `name`"),
        ("select c.classifier from classifiers as c", "the views 'classifier'"),
        ("select encoder from encoders", "The table 'encoders' calls it `name`"),
        ("select classifier from samples", None),
        ("select nothing from classifiers", None),
    ],
)
def test_a_name_that_views_call_otherwise_is_told(facestore, store_is_there, query, says):
    ran = facestore("sql", query)
    assert ran.status == 1
    assert len(ran.err.splitlines()) == 1
    assert ("calls it" in ran.err) == (says is not None)
    assert (says or "") in ran.err
