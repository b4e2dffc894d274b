"""Audit: one command does what its commands do, says them, and goes on where it was."""

from __future__ import annotations

import shlex

import duckdb
import pytest
from support.pictures import write_picture

from facestore.cli.wording import typed_command
from facestore.errors import InputError, UnknownNameError
from facestore.store import Store

pytestmark = pytest.mark.portable

QUESTIONS = "select name, attribute, prompt_set, aggregation, k from classifiers order by all"


@pytest.fixture
def faces(tmp_path):
    """Give pictures with labels, in folders whose names a shell would take apart."""
    folder = tmp_path / "my faces; 'two'"
    rows = ["file,age,gender,race,shape"]
    for i in range(6):
        write_picture(folder / "pics" / f"{i}.png", seed=i)
        rows.append(f"{i}.png,20-29,{('Male', 'Female')[i % 2]},Black,{('round', 'long')[i % 2]}")
    (folder / "labels.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def commands(ran):
    return [line for line in ran.out.splitlines() if line.startswith("facestore ")]


def decided(store):
    with duckdb.connect(str(store / "facestore.duckdb"), read_only=True) as con:
        query = (
            "select name, dataset, path, predicted, score from predictions "
            "inner join classifiers using (classifier_id) inner join samples using (sample_id) "
            "order by all"
        )
        return con.execute(query).fetchall()


def test_the_commands_that_are_shown_do_the_same(facestore, faces, tmp_path):
    given = ("audit", faces / "pics", "--labels", faces / "labels.csv", "--model", "tiny")
    ran = facestore(*given, "--dataset", "my own", "--out", tmp_path / "a report")
    assert ran.status == 0, ran.err
    shown = commands(ran)
    assert [line.split()[1] for line in shown] == [
        "ingest", "score", "predict", "predict", "predict", "report",
    ]  # fmt: skip
    assert ran.out.splitlines()[-1] == f"Report: {tmp_path / 'a report' / 'index.html'}"
    assert (tmp_path / "a report" / "index.html").is_file()
    assert "tiny fp32 age_race_gender_labels_v2 gender topk 11" in ran.out
    for line in shown:
        words = shlex.split(line)[1:]
        typed = facestore(*words, "--store", tmp_path / "typed")
        assert typed.status == 0, typed.err
    assert decided(tmp_path / "typed") == decided(tmp_path / "store")
    assert len(decided(tmp_path / "store")) == 7 * 6

    again = facestore(*given, "--dataset", "my own", "--out", tmp_path / "a report")
    assert (again.status, commands(again)) == (0, shown)
    assert again.err.count("as before") == 1 + 2 + 7
    assert decided(tmp_path / "typed") == decided(tmp_path / "store")


def test_another_attribute_is_read_from_its_column_and_asked_of_added_prompts(faces, tmp_path):
    prompts = tmp_path / "shapes.yaml"
    prompts.write_text(
        "prompts:\n"
        "  - {text: 'a round face', classes: {shape: round}}\n"
        "  - {text: 'a long face', classes: {shape: long}}\n",
        encoding="utf-8",
    )
    asked = {"models": ["tiny"], "labels": faces / "labels.csv", "new_classes": True}
    with Store.open(tmp_path / "store") as store:
        with pytest.raises(InputError, match=r"No prompt set names classes .* prompts add FILE"):
            store.audit(faces / "pics", attributes=["shape"], **asked)
        store.add_prompts(prompts)
        done = store.audit(faces / "pics", attributes=["shape"], **asked)
        assert store.sql(QUESTIONS).fetchall() == [
            ("tiny fp32 shapes shape sum", "shape", "shapes", "sum", None)
        ]
        assert (done.failures, done.n_results, done.page.is_file()) == ((), 2, True)


def test_without_labels_models_or_the_attribute_one_line_says_what_to_add(faces, tmp_path):
    with Store.open(tmp_path / "store") as store:
        with pytest.raises(InputError, match="needs a model"):
            store.audit(faces / "pics", models=[])
        with pytest.raises(UnknownNameError, match="No prompt set 'nosuch'"):
            store.audit(faces / "pics", models=["tiny"], prompt_sets=["nosuch"])
        assert not (tmp_path / "store").exists()
        with pytest.raises(InputError, match=r"has no labels.*`labels=FILE`"):
            store.audit(faces / "pics", models=["tiny"])
        store.import_labels(faces / "labels.csv", dataset="pics")
        with pytest.raises(UnknownNameError, match="No labelled attribute 'smile'"):
            store.audit(faces / "pics", models=["tiny"], attributes=["smile"])


def test_the_same_architecture_in_two_precisions_is_told_apart(faces, tmp_path):
    told: list[object] = []
    with Store.open(tmp_path / "store", notify=told.append) as store:
        store.ingest(faces / "pics", models=["tiny"], labels=faces / "labels.csv")
        which = {"attributes": ["gender"], "aggregations": ["mean"]}
        store.audit(faces / "pics", models=["tiny"], precision="bf16", **which)
        assert [name for name, *_ in store.sql(QUESTIONS).fetchall()] == [
            "tiny bf16 age_race_gender_labels_v2 gender mean"
        ]
    steps = [each for each in told if hasattr(each, "verb")]
    assert "--model 'tiny bf16'" in typed_command("score", (), steps[1].parameters)


def test_a_model_that_cannot_be_had_hides_no_other(facestore, faces, tmp_path):
    broken = tmp_path / "broken.pt"
    broken.write_bytes(b"no weights")
    ran = facestore(
        "audit", faces / "pics", "--labels", faces / "labels.csv", "--attribute", "gender",
        "--model", f"ViT-S-32-alt,{broken}", "--model", "tiny", "--aggregation", "sum",
    )  # fmt: skip
    assert ran.status == 1
    failed, last = ran.err.splitlines()[-2:]
    assert failed.startswith(f"failed: ViT-S-32-alt,{broken}: '{broken}' is refused")
    assert "1 of 3 could not be done, as said above, and 2 are done" in last
    assert "tiny fp32 age_race_gender_labels_v2 gender sum" in ran.out
    assert f"Report: {tmp_path / 'store' / 'reports' / 'index.html'}" in ran.out


@pytest.mark.parametrize(
    ("arguments", "parameters", "typed"),
    [
        (("a b",), {"k": [1, 11], "models": ["x y"]}, "score 'a b' --k 1 --k 11 --model 'x y'"),
        (("-x",), {"dataset": "d"}, "score --dataset d --store s -- -x"),
        ((), {"new_classes": True, "split": "it's"}, "score --new-classes --split 'it'\"'\"'s'"),
    ],
)
def test_a_command_is_quoted_for_a_shell(arguments, parameters, typed):
    store = " --store s" if arguments == ("-x",) else ""
    line = typed_command("score", arguments, parameters, store)
    assert line == f"facestore {typed}"
    assert shlex.split(line)
