from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import tstd
from statsmodels.stats.contingency_tables import cochrans_q
from statsmodels.stats.proportion import proportion_confint
from support.rows import encoder, fill, labels, load, read, samples, similarities

from facestore.catalog.prompt_rows import insert_prompt_set
from facestore.prompts import builtin_prompt_sets


def ask(con, *prompts, prompt_set="set", attribute="gender"):
    """Add prompts, (text, class), to a set of their own; ids count from 1."""
    fill(
        con,
        prompts=[{"prompt_id": i, "text": text} for i, (text, _) in enumerate(prompts, 1)],
        prompt_classes=[
            {"prompt_set": prompt_set, "attribute": attribute, "prompt_id": i, "class": class_}
            for i, (_, class_) in enumerate(prompts, 1)
        ],
    )


def test_prompts_that_differ_in_words_of_the_class_have_one_wording(con):
    ask(
        con,
        ("a photo of a man", "Male"),
        ("a photo of a woman", "Female"),
        ("a photo of an old man", "Male"),
        ("a photo of an old woman", "Female"),
    )
    assert read(con, "prompt_wordings", "wording, class, prompt_id") == [
        ("a photo of a man", "Female", 2),
        ("a photo of a man", "Male", 1),
        ("a photo of an old man", "Female", 4),
        ("a photo of an old man", "Male", 3),
    ]


def test_words_of_some_classes_and_articles_tell_no_wording_apart(con):
    races = [("White", "White"), ("East Asian", "East Asian"), ("Southeast Asian",) * 2]
    ask(con, *((f"an {text} face", class_) for text, class_ in races[1:]), attribute="race")
    fill(con, prompts=[{"prompt_id": 9, "text": "a white face"}])
    key = {"prompt_set": "set", "attribute": "race"}
    fill(con, prompt_classes=[key | {"prompt_id": 9, "class": "White"}])
    assert read(con, "prompt_wordings", "prompt_id, wording") == [
        (1, "a white face"),
        (2, "a white face"),
        (9, "a white face"),
    ]


def test_a_wording_that_lacks_a_class_is_left_out(con):
    ask(
        con,
        ("a man", "Male"),
        ("a woman", "Female"),
        ("a man with a beard", "Male"),
        ("a face", "Male"),
    )
    # 'face', 'with' and 'beard' are words of one class, so these say the same as 'a man'
    assert read(con, "prompt_wordings", "prompt_id, wording") == [
        (1, "a face"),
        (2, "a face"),
        (3, "a face"),
        (4, "a face"),
    ]
    ask_more = [
        {"prompt_id": 5, "text": "a man in red"},
        {"prompt_id": 6, "text": "a woman in blue red"},
        {"prompt_id": 7, "text": "a man in blue"},
    ]
    fill(con, prompts=ask_more)
    key = {"prompt_set": "set", "attribute": "gender"}
    fill(
        con,
        prompt_classes=[
            key | {"prompt_id": i, "class": c} for i, c in ((5, "Male"), (6, "Female"), (7, "Male"))
        ],
    )
    # now 'in', 'red' and 'blue' are said of both, and none of the three has a partner
    assert [i for i, _ in read(con, "prompt_wordings", "prompt_id, wording")] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("name", "attribute", "n_wordings", "n_prompts"),
    [
        ("age_race_gender_labels_v1", "gender", 32, 64),
        ("age_race_gender_labels_v2", "gender", 32, 64),
        ("age_race_gender_labels_v2", "race", 8, 56),
        ("original_clip_labels_v2", "race", 2, 14),
        ("original_clip_labels_v2", "gender", 7, 14),
        ("raw_gender_labels", "gender", 1, 2),
        ("raw_race_labels", "race", 1, 7),
    ],
)
def test_the_wordings_of_the_sets_that_come_with_facestore(
    con, name, attribute, n_wordings, n_prompts
):
    (chosen,) = [each for each in builtin_prompt_sets() if each.name == name]
    insert_prompt_set(con, chosen)
    rows = read(con, "prompt_wordings", "wording, prompt_id", f"attribute = '{attribute}'")
    assert len({wording for wording, _ in rows}) == n_wordings
    assert len(rows) == n_prompts


COSINES = {
    1: [0.30, 0.30, 0.10, 0.10],
    2: [0.20, 0.20, 0.20, 0.20],  # as labelled: all four right
    3: [0.20, 0.30, 0.30, 0.30],
    4: [0.20, 0.20, 0.20, None],  # the first is a tie, which goes to Male
}


@pytest.fixture
def worded(con):
    """Give four faces, two Male and two Female, and two wordings."""
    ask(
        con,
        ("a photo of a man", "Male"),
        ("a photo of a woman", "Female"),
        ("a drawing of a man", "Male"),
        ("a drawing of a woman", "Female"),
    )
    fill(con, samples=samples(4), labels=labels("gender", ["Male", "Male", "Female", "Female"]))
    fill(con, encoders=[encoder()])
    load(con, similarities=similarities(COSINES))
    return con


def test_each_wording_is_judged_by_itself(worded):
    columns = "wording, n_prompts, n_samples, n_correct, accuracy, ci_low, ci_high"
    first, second = (proportion_confint(k, n, method="wilson") for k, n in ((2, 3), (4, 4)))
    assert read(worded, "wording_accuracy", columns) == [
        ("a drawing of a man", 2, 3, 2, 2 / 3, *map(pytest.approx, first)),
        ("a photo of a man", 2, 4, 4, 1.0, *map(pytest.approx, second)),
    ]


def test_the_spread_over_wordings_stands_beside_that_of_chance(worded):
    columns = (
        "n_wordings, n_samples, accuracy_min, accuracy_max, accuracy_mean, accuracy_spread,"
        "accuracy_sd, n_paired, cochran_q, best_wording, worst_wording, ensemble_accuracy"
    )
    assert read(worded, "prompt_sensitivity", columns) == [
        (
            2,
            3,
            2 / 3,
            1.0,
            pytest.approx(5 / 6),
            pytest.approx(1 / 3),
            pytest.approx(tstd([2 / 3, 1])),
            3,
            # of the three samples of both, one is wrong in one wording alone: McNemar's 1
            pytest.approx(1),
            "a photo of a man",
            "a drawing of a man",
            # of the three samples with all prompts: (.3+.2 : .4), (.6 : .4), (.4 : .4, a tie)
            pytest.approx(2 / 3),
        )
    ]


FRAMES = ["a photo of a {}", "a drawing of a {}", "a picture of a {}", "a sketch of a {}"]


def word(con, right):
    """Give faces of men, (N, wordings) of them right; NaN: a wording has no cosine of it."""
    prompts = [
        (frame.format(word), class_)
        for frame in FRAMES[: right.shape[1]]
        for word, class_ in (("man", "Male"), ("woman", "Female"))
    ]
    ask(con, *prompts)
    n = len(right)
    load(con, samples=samples(n), labels=labels("gender", ["Male"] * n))
    fill(con, encoders=[encoder()])
    cosines = {}
    for column, of_wording in enumerate(right.T):
        cosines[2 * column + 1] = [None if np.isnan(x) else 0.2 + 0.1 * x for x in of_wording]
        cosines[2 * column + 2] = [0.25] * n
    load(con, similarities=similarities(cosines))


TEST = "n_paired, cochran_q, p_value, chance_spread"


@pytest.mark.parametrize("k", [2, 3, 4])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_wordings_are_tested_as_statsmodels_does(con, k, seed):
    rng = np.random.default_rng(seed)
    right = (rng.random((120, k)) < rng.uniform(0.6, 0.95, (120, 1)) + 0.05 * np.arange(k)) * 1.0
    right[rng.random(right.shape) < 0.02] = np.nan
    word(con, right)
    (found,) = read(con, "prompt_sensitivity", TEST)
    whole = right[~np.isnan(right).any(1)]
    expected = cochrans_q(whole.astype(int))
    assert found[:2] == (len(whole), pytest.approx(expected.statistic, rel=1e-9))
    assert found[2] == pytest.approx(expected.pvalue, rel=1e-9)


def test_the_spread_by_chance_is_that_of_right_ones_dealt_anew(con):
    rng = np.random.default_rng(4)
    right = (rng.random((300, 4)) < rng.choice([0.3, 0.9, 1.0], (300, 1))) * 1.0
    word(con, right)
    ((*_, found),) = read(con, "prompt_sensitivity", TEST)
    dealt = [np.ptp(rng.permuted(right, axis=1).mean(0)) for _ in range(4_000)]
    assert found == pytest.approx(np.mean(dealt), rel=0.03)


def test_wordings_that_never_disagree_are_equally_good(con):
    word(con, np.repeat(np.array([[1.0], [0.0], [1.0]]), 3, axis=1))
    assert read(con, "prompt_sensitivity", TEST) == [(3, 0, 1, 0)]


def test_wordings_without_a_sample_in_common_are_not_tested(con):
    word(con, np.array([[1, np.nan], [1, np.nan], [np.nan, 0.0]]))
    assert read(con, "prompt_sensitivity", TEST) == [(None, None, None, None)]


def test_a_set_of_which_no_face_has_all_prompts_has_a_spread_and_no_ensemble(worded):
    worded.execute("delete from similarities where prompt_id = 4")
    columns = "n_wordings, accuracy_spread, accuracy_sd, p_value, ensemble_accuracy"
    assert read(worded, "prompt_sensitivity", columns) == [(1, 0.0, None, None, None)]


def test_several_prompts_of_a_class_in_one_wording_count_by_their_mean(con):
    ask(con, ("a man", "Male"), ("a gentleman", "Male"), ("a woman", "Female"))
    fill(con, samples=samples(1), labels=labels("gender", ["Female"]), encoders=[encoder()])
    load(con, similarities=similarities({1: [0.5], 2: [0.1], 3: [0.4]}))
    rows = read(con, "wording_accuracy", "n_prompts, n_samples, n_correct")
    assert rows == [(3, 1, 1)]
