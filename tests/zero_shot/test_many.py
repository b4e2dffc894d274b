"""Many at once: every combination is done or told, and one that fails hides none of the others."""

from __future__ import annotations

import pytest

from facestore.errors import ParametersError, UnknownChoiceError, UnknownNameError
from facestore.store import Store
from facestore.zero_shot.many import Failure

pytestmark = [pytest.mark.usefixtures("store_is_there"), pytest.mark.portable]

TWO = ("tiny fp32", "tiny bf16")


@pytest.fixture
def store(tmp_path, pictures):
    with Store.open(tmp_path / "store") as opened:
        opened.ingest(pictures, models=["tiny"])
        opened.ingest(pictures, models=["tiny"], precision="bf16")
        yield opened


def test_all_encoders_score_all_sets_and_decide_in_all_ways(store):
    scored = list(store.score_all(["raw_gender_labels", "original_clip_labels_v2"]))
    assert [(each.encoder, each.prompt_set) for each in scored] == [
        (encoder, name)
        for encoder in TWO
        for name in ("raw_gender_labels", "original_clip_labels_v2")
    ]
    done = list(
        store.predict_all(
            attributes=["gender", "race"],
            prompt_sets=["original_clip_labels_v2"],
            aggregations=["sum", "topk"],
            k=[1, 3],
        )
    )
    assert {each.classifier for each in done} == {
        f"{encoder} original_clip_labels_v2 {attribute} {how}"
        for encoder in TWO
        for attribute in ("gender", "race")
        for how in ("sum", "topk 1", "topk 3")
    }
    assert {each.changes.n_new for each in done} == {6}
    again = store.score_all(["raw_gender_labels"], models=["tiny fp32", "tiny,tiny"])
    assert [getattr(each, "n_similarities", "failed") for each in again] == [0, "failed"]


def test_what_fails_hides_nothing(store):
    scored = list(store.score_all(["nosuch", "raw_gender_labels"], models=["tiny fp32", "ViT"]))
    assert [type(each).__name__ for each in scored] == ["Failure", "ScoreSummary", "Failure"]
    assert [each.what for each in scored if isinstance(each, Failure)] == [
        "nosuch with tiny fp32",
        "ViT",
    ]
    done = list(store.predict_all(attributes=["gender"], prompt_sets=["raw_gender_labels"]))
    failed = [each for each in done if isinstance(each, Failure)]
    assert len(done) == 2
    assert [each.what for each in failed] == ["tiny bf16 raw_gender_labels gender sum"]
    assert "facestore score raw_gender_labels" in str(failed[0].error)


def test_what_is_wrong_with_all_is_said_at_once(store):
    which = {"attributes": ["gender"], "prompt_sets": ["raw_gender_labels"]}
    for wrong, error in (
        ({"aggregations": ["sum"], "k": [3]}, ParametersError),
        ({"aggregations": ["topk"]}, ParametersError),
        ({"aggregations": ["most"]}, UnknownChoiceError),
        ({"dataset": "nosuch"}, UnknownNameError),
        ({"name": "mine"}, ParametersError),
    ):
        with pytest.raises(error):
            list(store.predict_all(**which, **wrong))
    assert store.sql("select count(*) from classifiers").fetchall() == [(0,)]


def test_the_command_tells_each_result_and_in_the_end_what_failed(facestore, pictures):
    facestore("ingest", pictures, "--model", "tiny", "--dataset", "d")
    ran = facestore("score", "raw_gender_labels", "--prompt-set", "nosuch", "-q")
    assert ran.status == 2  # options before the command stand before it
    ran = facestore("-q", "score", "raw_gender_labels", "--prompt-set", "nosuch")
    assert (ran.status, ran.out.count("\n")) == (1, 1)
    first, last = ran.err.splitlines()
    assert first.startswith("failed: nosuch with tiny fp32: No prompt set 'nosuch'.")
    assert last.startswith("Error: 1 of 2 could not be done, as said above, and 1 is done: mend")
    one = facestore("predict", "--prompt-set", "raw_gender_labels", "--attribute", "race")
    assert (one.status, one.err.count("\n")) == (1, 1)  # the only one: its own error
    twice = ("predict", "--prompt-set", "raw_gender_labels", "--attribute", "gender")
    assert "6 predictions of gender by" in facestore(*twice).out
    ran = facestore(*twice, "--aggregation", "sum", "--aggregation", "mean")
    assert ran.out.splitlines() == [
        "as before: 'tiny fp32 raw_gender_labels gender sum'",
        "6 predictions of gender by 'tiny fp32 raw_gender_labels gender mean'",
    ]
    assert facestore("score").status == 2
