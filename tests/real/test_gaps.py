"""Gaps between groups of FairFace, their intervals and spreads, as computed apart from facestore."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from statsmodels.stats.contingency_tables import cochrans_q
from support import rows

from facestore.store import Store

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

OPENAI = "ViT-L-14 openai imported raw_gender_labels gender topk 1"
DATACOMP = "ViT-L-14 datacomp_xl_s13b_b90k age_race_gender_labels topk 7"
RACES_BY_RAW_PROMPTS = "ViT-B-16 openai raw_race_labels topk 1"
TRIPLE = "age x gender x race"


@pytest.fixture(scope="module")
def store(published_store):
    """Give the store with rates of groups of any size, as the figures below have them."""
    with Store.open(published_store) as opened:
        before = {name: value for name, value, _ in opened.settings()}["min_samples"]
        opened.set("min_samples", 1)
        yield opened
        opened.set("min_samples", before)


def figures(store, view, columns, classifier, groups):
    query = (
        f"select {columns} from {view} where classifier = $${classifier}$$ "
        f"and group_attribute = '{groups}'"
    )
    ((*found,),) = store.sql(query).fetchall()
    return found


@pytest.mark.parametrize(
    ("classifier", "groups", "gap", "shrunken", "tau", "interval", "detectable"),
    [
        (OPENAI, "race", 0.0533, 0.0470, 0.0175, (0.023, 0.083), 0.034),
        (OPENAI, "gender x race", 0.0963, 0.0869, 0.0270, (0.051, 0.146), 0.053),
        (DATACOMP, "race", 0.0280, 0.0215, 0.0091, (0.008, 0.049), 0.025),
        (DATACOMP, "gender x race", 0.0507, 0.0437, 0.0163, (0.017, 0.090), 0.040),
        (DATACOMP, TRIPLE, 0.556, 0.342, 0.042, (0.190, 0.953), 0.160),
    ],
)
def test_what_stands_beside_a_gap(
    store, classifier, groups, gap, shrunken, tau, interval, detectable
):
    columns = "gap, shrunken_gap, tau, ci_low, ci_high, detectable_gap"
    found = figures(store, "accuracy_gaps", columns, classifier, groups)
    digits = 3 if groups == TRIPLE else 4
    assert [round(each, digits) for each in found[:3]] == [gap, shrunken, tau]
    assert [round(each, 3) for each in found[3:]] == [*interval, detectable]
    columns = "gap, shrunken_gap, tau, detectable_gap"
    spread = figures(store, "group_spread", columns, classifier, groups)
    assert spread == pytest.approx([*found[:3], found[5]], abs=1e-12)


@pytest.mark.parametrize(
    ("classifier", "groups", "limit", "low", "pair"),
    [
        (DATACOMP, TRIPLE, 0.10, 0.190, ("30-39 x Male x Latino_Hispanic", "0-2 x Male x White")),
        (RACES_BY_RAW_PROMPTS, "age", 0.03, 0.046, ("10-19", "50-59")),
    ],
)
def test_check_fails_where_some_pair_is_surely_farther_apart(
    store, classifier, groups, limit, low, pair
):
    (found,) = store.check(max_gap=limit, classifiers=[classifier], groups=[groups])
    assert (found.verdict, round(found.figure.low, 3)) == ("failed", low)
    assert found.figure.details.endswith(f"; surest: {pair[0]} against {pair[1]}")


def test_a_gap_is_certified_only_of_all_that_is_looked_at(store):
    asked = {"classifiers": [DATACOMP], "groups": ["race"]}
    (found,) = store.check(certify_gap=0.05, **asked)
    assert (found.verdict, found.is_passed) == ("certified", True)
    (found,) = store.check(certify_gap=0.04, **asked)
    assert (found.verdict, found.is_passed) == ("unclear", False)
    every = store.check(certify_gap=0.05, groups=["race"], attribute="gender")
    assert len(every) == 50
    (again,) = [each for each in every if each.figure.classifier == DATACOMP]
    # 21 pairs of races of each of 50 classifiers
    assert again.figure.high > found.figure.high
    assert again.verdict == "unclear"


def test_no_pair_of_many_is_called_sure_without_a_true_gap(store):
    """Faces dealt to groups anew: of 50 classifiers and three attributes, one family of 5 %."""
    query = "select classifier, sample_id, is_correct from judged_predictions where attribute = 'gender'"
    judged = store.sql(query).pl().pivot(on="classifier", index="sample_id", values="is_correct")
    right = judged.sort("sample_id").drop("sample_id").to_numpy().astype(float)
    wide = store.sql(
        "select sample_id, attribute, label from labels where attribute in ('age', 'gender', 'race')"
    ).pl().pivot(on="attribute", index="sample_id", values="label").sort("sample_id")  # fmt: skip
    codes = [wide[name].cast(pl.Categorical).to_physical().to_numpy() for name in ("age", "gender", "race")]  # fmt: skip
    n_pairs = sum(len(np.unique(code)) * (len(np.unique(code)) - 1) // 2 for code in codes)
    ((z,),) = store.sql(f"select z_of_pairs({n_pairs * right.shape[1]})").fetchall()
    rng = np.random.default_rng(0)
    n_sure = 0
    for _ in range(200):
        dealt = right[rng.permutation(len(right))]
        n_sure += any(some_pair_is_sure(dealt, code, z) for code in codes)
    assert n_sure <= 12


def some_pair_is_sure(right, code, z):
    n = np.bincount(code)[:, None]
    k = np.stack([right[code == value].sum(0) for value in range(len(n))])
    share = k / n
    middle = (k + z**2 / 2) / (n + z**2)
    half = z * np.sqrt(k * (1 - share) + z**2 / 4) / (n + z**2)
    below, above = (share - middle + half) ** 2, (middle + half - share) ** 2
    low = share[:, None] - share[None] - np.sqrt(below[:, None] + above[None])
    return (low > 0).any()


def test_the_difference_of_two_gaps_is_paired_within_groups(store):
    query = (
        "select difference, ci_low, ci_high from gap_comparison where classifier_a = $${}$$ "
        "and classifier_b = $${}$$ and group_attribute = 'race'"
    )
    ((found, low, high),) = store.sql(query.format(DATACOMP, OPENAI)).fetchall()
    assert round(-found, 4) == 0.0253
    # a bootstrap of the faces of each race has 0.0055 to 0.0436
    assert -high == pytest.approx(0.0055, abs=0.003)
    assert -low == pytest.approx(0.0436, abs=0.003)
    joint = store.sql(
        "select group_name, one.is_correct, other.is_correct from judged_predictions as one "
        "inner join judged_predictions as other using (sample_id) "
        "inner join sample_groups using (sample_id) "
        f"where one.classifier = $${OPENAI}$$ and other.classifier = $${DATACOMP}$$ "
        "and group_attribute = 'race'"
    ).fetchall()
    rng = np.random.default_rng(0)
    tables = {}
    for race, one, other in joint:
        tables.setdefault(race, np.zeros(4))[2 * (not one) + (not other)] += 1
    drawn = [rng.multinomial(int(t.sum()), t / t.sum(), 4_000) for t in tables.values()]
    gaps = [
        np.ptp([(d[:, 0] + d[:, column]) / d[0].sum() for d in drawn], axis=0) for column in (1, 2)
    ]
    ends = np.quantile(gaps[0] - gaps[1], [0.025, 0.975]).tolist()
    assert [-high, -low] == pytest.approx(ends, abs=0.006)


def test_three_pairs_of_words_differ_by_more_than_chance(con, real_data):
    """RN50 on 2,000 faces: a spread below the width of the intervals, and yet sure."""
    fairface = real_data / "fairface"
    with np.load(fairface / "rn50_openai_fairface_train2000.npz") as content:
        images, texts = (
            content[name].astype(np.float64)
            / np.linalg.norm(content[name].astype(np.float64), axis=1, keepdims=True)
            for name in ("emb", "text")
        )
        files, words = list(content["files"]), list(content["words"])
    known = dict(pl.read_csv(fairface / "labels_train.csv").select("file", "gender").iter_rows())
    pairs = [("man", "woman"), ("male", "female"), ("boy", "girl")]
    n = len(files)
    rows.load(con, samples=rows.samples(n, split="train"))
    rows.load(con, labels=rows.labels("gender", [known[name] for name in files]))
    rows.fill(con, encoders=[rows.encoder()])
    cosines, prompts = {}, []
    for frame, pair in enumerate(pairs):
        for word, class_ in zip(pair, ("Male", "Female"), strict=True):
            # a frame of its own: by it the wordings of a set are told apart
            prompts.append((f"frame {frame} {word}", class_))
            cosines[len(prompts)] = (images @ texts[words.index(word)]).tolist()
    rows.fill(con, prompts=[{"prompt_id": i, "text": t} for i, (t, _) in enumerate(prompts, 1)])
    rows.fill(
        con,
        prompt_classes=[
            {"prompt_set": "set", "attribute": "gender", "prompt_id": i, "class": class_}
            for i, (_, class_) in enumerate(prompts, 1)
        ],
    )
    rows.load(con, similarities=rows.similarities(cosines))
    columns = "n_wordings, n_paired, accuracy_spread, p_value, cochran_q, chance_spread"
    ((n_wordings, n_paired, spread, p_value, q, by_chance),) = rows.read(
        con, "prompt_sensitivity", columns
    )
    assert (n_wordings, n_paired, round(spread, 4), round(p_value, 4)) == (3, 2000, 0.0165, 0.0096)
    widths = rows.read(con, "wording_accuracy", "ci_high - ci_low")
    assert round(np.mean(widths), 4) == 0.0257
    assert by_chance < spread
    is_man = np.array([known[name] == "Male" for name in files])
    right = np.stack(
        [
            (images @ texts[words.index(a)] >= images @ texts[words.index(b)]) == is_man
            for a, b in pairs
        ],
        axis=1,
    )
    expected = cochrans_q(right.astype(int))
    assert (q, p_value) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-9)


def test_suspect_labels_are_more_frequent_in_some_races_and_half_of_a_gap_hangs_on_them(store):
    columns = "gap, gap_relabelled, suspect_share_min, suspect_share_max"
    found = figures(store, "gaps_if_relabelled", columns, DATACOMP, "race")
    assert [round(each, 4) for each in found] == [0.0280, 0.0144, 0.0108, 0.0341]
    columns = "worst_group, worst_group_relabelled, most_suspect_group, n_suspects"
    found = figures(store, "gaps_if_relabelled", columns, DATACOMP, "race")
    assert found == ["East Asian", "White", "Black", 255]
