"""A classifier that looks at one known patch: who finds it is faithful, who does not is at chance."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from support.invariants import violated
from support.planted import N_SIDE, NAME, planted_checkpoint, write_patches

from facestore.explaining.explainer import LimeOptions
from facestore.explaining.faithfulness import draw_weights
from facestore.store import Store

pytestmark = pytest.mark.portable

N, FEW = 24, 6
ROW, COL = 2, 6
GAINS = (
    "select method, measure, whose, against, n_samples, gain, ci_low, ci_high, rank "
    "from faithfulness_by_group where group_attribute = 'overall'"
)
CURVES = ("deletion", "insertion")


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Give a store with a probe on a planted model, whose maps by relevancy are measured."""
    folder = tmp_path_factory.mktemp("planted")
    model = f"timm:{NAME},{planted_checkpoint(folder, ROW, COL)}"
    labels = write_patches(folder, N, ROW, COL)
    asked = {"classifier": "probe gender", "models": [model], "dataset": "patches", "workers": 0}
    with Store.open(folder / "store") as store:
        store.ingest(folder / "patches", labels=labels, split="val", models=[model], workers=0)
        store.train_probe(
            attributes=["gender"], dataset="patches", split="val", name="probe", l2=1.0,
            val_fraction=0,
        )  # fmt: skip
        store.set("min_samples", 2)
        done = store.explain(**asked, faithfulness=True)
        assert (done.n_new, done.n_measured) == (N, N)
        yield store, asked


def gains(store, method):
    rows = store.sql(f"{GAINS} and method = '{method}'").fetchall()
    return {tuple(row[1:4]): row[4:] for row in rows}


def test_the_planted_patch_is_all_that_counts(asked):
    store, _ = asked
    assert store.sql("select distinct accuracy from classifier_summary").fetchall() == [(1.0,)]
    places = "select distinct list_position(relevance, list_max(relevance)) from explanations"
    assert store.sql(f"{places} where method = 'relevancy'").fetchall() == [
        (ROW * N_SIDE + COL + 1,)
    ]


@pytest.mark.parametrize("measure", CURVES)
def test_a_method_that_finds_the_patch_is_better_than_chance_and_than_the_centre(asked, measure):
    store, _ = asked
    found = gains(store, "relevancy")
    n, gain, low, high, rank = found[measure, "trained", "random"]
    assert (n, rank) == (N, 1)
    # the score falls at the first patches, and half way through a drawn order, on average
    assert gain == pytest.approx(0.5, abs=0.1)
    assert 0.3 < low < gain < high
    assert found[measure, "trained", "centre"][2] > 0


@pytest.mark.parametrize("measure", CURVES)
def test_with_random_weights_its_map_is_at_chance(asked, measure):
    store, _ = asked
    found = gains(store, "relevancy")
    n, gain, low, high, rank = found[measure, "randomised", "random"]
    assert (n, rank) == (N, None)
    assert low < 0 < high
    assert abs(gain) < 0.25
    _, likeness, low, high, _ = found["likeness", "trained", "randomised"]
    assert abs(likeness) < 0.15
    assert low < 0.05


def test_methods_that_do_not_find_it_rank_below(asked):
    store, few = asked
    few = {**few, "method": "lime", "limit": FEW, "lime": LimeOptions(40, 30, 0)}
    # The patch is of one colour, and LIME puts the mean colour of a superpixel in its place: it
    # changes nothing, and finds nothing.
    assert store.explain(**few, faithfulness=True).n_measured == FEW
    blind = gains(store, "lime")
    assert blind["deletion", "trained", "random"][0] == FEW
    assert blind["deletion", "trained", "random"][2] < 0 < blind["deletion", "trained", "random"][3]
    assert blind["deletion", "trained", "random"][4] == 2
    elsewhere = f"if(i = {ROW * N_SIDE + COL}, -1, 1 + i % 7)"
    with store.catalog.database.writing() as con:
        con.execute(
            f"update explanations set relevance = list_transform(range(100), lambda i: {elsewhere}) "
            "where method = 'lime'"
        )
    assert store.explain(**few, faithfulness=True).n_measured == 0
    again = store.explain(**few, faithfulness=True, seed=1)
    assert (again.n_new, again.n_measured) == (0, FEW)
    wrong = gains(store, "lime")
    for measure in CURVES:
        n, gain, _, high, rank = wrong[measure, "trained", "random"]
        assert (n, rank) == (FEW, 2)
        assert gain < high < 0
        assert wrong[measure, "trained", "centre"][3] < 0
    pairs = store.sql(
        "select measure, method_a, method_b, n_samples, ci_high from faithfulness_pairs order by 1"
    ).fetchall()
    assert [row[:4] for row in pairs] == [(each, "lime", "relevancy", FEW) for each in CURVES]
    assert all(row[4] < 0 for row in pairs)
    assert violated(store.catalog.database.reader().cursor()) == {}
    assert [each.name for each in store.doctor() if each.n_bad] == []


def test_the_same_is_measured_in_any_batch_and_nothing_twice(asked):
    store, question = asked
    query = (
        "select faithfulness.* from explanations where method = 'relevancy' "
        "and faithfulness.seed = {} order by explanation_id"
    )
    before = store.sql(query.format(0)).fetchall()
    assert store.explain(**question, faithfulness=True).n_measured == 0
    assert store.explain(**question).n_measured is None
    assert store.explain(**question, faithfulness=True, seed=3, limit=5).n_measured == 5
    other = store.sql(query.format(3)).fetchall()
    assert len(other) == 5
    assert store.explain(**question, faithfulness=True, batch_size=2).n_measured == 5
    after = store.sql(query.format(0)).fetchall()
    assert len(after) == len(before) == N
    for one, two in zip(before, after, strict=True):
        assert numbers(one) == pytest.approx(numbers(two), abs=1e-4)
    assert all(numbers(one) != pytest.approx(numbers(two), abs=1e-4)
               for one, two in zip(before, other, strict=False))  # fmt: skip


def numbers(row):
    seed, span, likeness, deletion, insertion = row
    assert seed in (0, 3)
    return [span, likeness or 0, *deletion.values(), *insertion.values()]


def test_drawn_weights_have_the_mean_and_deviation_of_the_trained_ones():
    torch.manual_seed(0)
    trained = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.LayerNorm(64))
    torch.nn.init.normal_(trained[0].weight, 3, 0.5)
    kept = copy.deepcopy(trained.state_dict())
    drawn, again, other = (copy.deepcopy(trained) for _ in range(3))
    draw_weights(drawn, trained, 1)
    draw_weights(again, trained, 1)
    draw_weights(other, trained, 2)
    for name, weights in trained.state_dict().items():
        assert torch.equal(weights, kept[name])
        assert torch.equal(drawn.state_dict()[name], again.state_dict()[name])
    weight = drawn[0].weight.detach()
    assert float(weight.mean()) == pytest.approx(3, abs=0.05)
    assert float(weight.std()) == pytest.approx(0.5, abs=0.05)
    assert not torch.equal(weight, other[0].weight)
    assert abs(np.corrcoef(weight.flatten(), kept["0.weight"].flatten())[0, 1]) < 0.1
    # what is the same everywhere stays so
    assert torch.equal(drawn[1].weight, trained[1].weight)
