"""Scored in a stream, or by rows: the same is decided of the same vectors."""

from __future__ import annotations

import shutil

import pytest
from support.scorable import make_scorable

from facestore.records import Prompt, PromptSet
from facestore.store import Store

pytestmark = pytest.mark.portable

UNEQUAL, FULL = "unequal", "age_race_gender_labels_v2"
SETS = f"'{UNEQUAL}', '{FULL}'"
# Two prompts of different classes that a model cannot tell apart, and classes of 1, 3 and 12 prompts.
PROMPTS = [("m1", "Male"), ("f1", "Female"), ("f2", "Female"), ("f3", "Female")] + [
    (f"x{i}", "White") for i in range(12)
]
AGGREGATIONS = [("sum", None), ("mean", None), ("embedding_mean", None), *(("topk", k) for k in (1, 2, 5, 40))]  # fmt: skip


def unequal():
    attribute = {"Male": "gender", "Female": "gender", "White": "race"}
    prompts = [Prompt(text, None, {attribute[name]: name}) for text, name in PROMPTS]
    prompts += [Prompt("b", None, {"race": "Black"}), Prompt("nobody", None, {})]
    return PromptSet(UNEQUAL, "", tuple(prompts))


@pytest.fixture(scope="module")
def scored(new_store, tmp_path_factory):
    """Give two stores of the same vectors: one with rows, one that was streamed."""
    folder = tmp_path_factory.mktemp("streamed")
    shutil.copytree(new_store, folder / "new")
    with Store.open(folder / "new") as store:
        store.catalog.prompts.add(unequal())
    same = [("m1", "f1"), ("a photo of a man", "a photo of a woman")]
    make_scorable(folder / "new", folder / "rows", 3000, [UNEQUAL, FULL], same_texts=same)
    shutil.copytree(folder / "rows", folder / "stream")
    for name, keep in (("rows", "always"), ("stream", "never")):
        with Store.open(folder / name) as store:
            store.set("keep_similarities", keep)
            for prompt_set in (UNEQUAL, FULL):
                summary = store.score(prompt_set)
                assert (summary.n_similarities > 0, summary.n_streamed > 0) == (
                    name == "rows",
                    name == "stream",
                )
    return folder


def both(scored, query):
    found = []
    for name in ("rows", "stream"):
        with Store.open(scored / name) as store:
            found.append(store.rows(query)[1])
    return found


@pytest.mark.parametrize(
    "view", ["winners_every_k", "confusion_every_k", "k_sweep", "best_k", "k_sweep_without_duplicates"]
)  # fmt: skip
def test_what_follows_from_every_k_is_the_same(scored, view):
    # Rows of a set are those of each smaller set, too.
    rows, streamed = both(scored, f"from {view} where prompt_set in ({SETS}) order by all")
    assert rows
    assert streamed == rows


def test_no_cosine_is_kept(scored):
    rows, streamed = both(scored, "select count(*) > 0 from similarities")
    assert (rows, streamed) == ([(True,)], [(False,)])


@pytest.mark.parametrize("ties", ["none", "first"])
@pytest.mark.parametrize(("aggregation", "k"), AGGREGATIONS)
@pytest.mark.parametrize("prompt_set", [UNEQUAL, FULL])
@pytest.mark.parametrize("attribute", ["gender", "race"])
def test_predictions_are_the_same(scored, attribute, prompt_set, aggregation, k, ties):
    name = f"{attribute} {prompt_set} {aggregation} {k} {ties}"
    found = []
    for folder in ("rows", "stream"):
        with Store.open(scored / folder) as store:
            made = store.predict(
                attribute=attribute, prompt_set=prompt_set, aggregation=aggregation, k=k, ties=ties, name=name
            )  # fmt: skip
            rows = store.rows(
                "select predictions.* exclude (classifier_id) from predictions "
                f"inner join classifiers using (classifier_id) where name = '{name}' order by sample_id"
            )[1]
            found.append((made.changes, rows))
    assert found[0][0].n_new > 2900
    assert found[0] == found[1]
    if prompt_set == UNEQUAL and k == 1 and attribute == "gender" and ties == "none":
        assert found[0][0].n_ties > 100
