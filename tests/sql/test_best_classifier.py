"""The best of many classifiers or wordings, judged on the half that did not choose it."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint
from support.rows import (
    classifier,
    encoder,
    fill,
    labels,
    load,
    predictions,
    prompt_set,
    read,
    samples,
)
from support.rows import similarities as similarity_rows

N = 80


def first_half(n, dataset="faces"):
    digests = [hashlib.md5(f"{dataset}/{i}.jpg".encode()).hexdigest() for i in range(1, n + 1)]
    return np.array([digest[0] < "8" for digest in digests])


def draw(seed, m=9, n=N):
    return np.random.default_rng(seed).random((m, n)) < 0.8


def fill_right(con, right, answered=None):
    """Fill a catalogue with classifiers; bool (M, N): which samples each is right on, and answers."""
    m, n = right.shape
    load(con, samples=samples(n), labels=labels("gender", ["Male"] * n))
    for i in range(m):
        said = ["Male" if each else "Female" for each in right[i]]
        if answered is not None:
            said = [each if has else None for each, has in zip(said, answered[i], strict=True)]
        load(con, predictions=predictions(said, i + 1))
    fill(con, classifiers=[classifier(i + 1, f"c{i + 1}") for i in range(m)])


def choice(n_right):
    """Return the place of the most; of equally good ones the first."""
    return int(np.argmax(n_right))


@pytest.mark.parametrize("seed", range(4))
def test_each_half_is_judged_with_the_classifier_of_the_other(con, seed):
    right = draw(seed)
    fill_right(con, right)
    first = first_half(N)
    of_first, of_second = choice(right[:, first].sum(1)), choice(right[:, ~first].sum(1))
    n_held_out = int(right[of_second][first].sum() + right[of_first][~first].sum())
    columns = (
        "n_compared, classifier, accuracy, classifier_of_first_half, classifier_of_second_half, "
        "held_out_accuracy, ci_low_held_out, ci_high_held_out"
    )
    ((*row, low, high),) = read(con, "best_classifier", columns)
    best = choice(right.sum(1))
    names = [f"c{each + 1}" for each in (best, of_first, of_second)]
    assert row == [9, names[0], right[best].mean(), *names[1:], n_held_out / N]
    assert (low, high) == pytest.approx(
        proportion_confint(n_held_out, N, method="wilson"), abs=1e-9
    )


def test_missing_predictions_count_as_wrong_in_the_choice_and_in_both_halves(con):
    right = draw(5)
    right[0] = True
    answered = np.ones_like(right)
    answered[0, N // 4 :] = False
    fill_right(con, right, answered)
    held_out = read(con, "best_classifier", "held_out_accuracy, coverage")
    con.execute("delete from predictions where classifier_id = 1")
    con.execute("delete from classifiers where classifier_id = 1")
    assert read(con, "best_classifier", "held_out_accuracy, coverage") == held_out


def test_what_was_trained_on_the_split_is_not_chosen(con):
    right = draw(6)
    right[3] = True
    fill_right(con, right)
    assert read(con, "best_classifier", "classifier, held_out_accuracy") == [("c4", 1.0)]
    row = {"classifier_id": 4, "purpose": "tuned", "dataset": "faces", "split": None}
    fill(con, classifier_data=[row | {"is_whole": True}])
    ((name, held_out, n),) = read(
        con, "best_classifier", "classifier, held_out_accuracy, n_compared"
    )
    assert (name != "c4", held_out < 1, n) == (True, True, 8)


def test_a_single_sample_has_no_halves(con):
    fill_right(con, draw(7, n=1))
    columns = "held_out_accuracy, ci_low_held_out, ci_high_held_out"
    assert read(con, "best_classifier", columns) == [(None, None, None)]


def fill_wordings(con, right):
    """Fill a catalogue with wordings; bool (M, N): which samples each is right on."""
    m, n = right.shape
    pairs = [(i, ("Male", "Female")[i % 2]) for i in range(2 * m)]
    fill(con, samples=samples(n), labels=labels("gender", ["Male"] * n), encoders=[encoder()])
    fill(con, **prompt_set("s", "gender", pairs))
    for i in range(m):
        for prompt_id, who in ((2 * i, "man"), (2 * i + 1, "woman")):
            con.execute(f"update prompts set text = 'w{i} {who}' where prompt_id = {prompt_id}")
    cosines = {}
    for i in range(m):
        cosines[2 * i] = np.where(right[i], 0.25, 0.125).tolist()
        cosines[2 * i + 1] = np.where(right[i], 0.125, 0.25).tolist()
    load(con, similarities=similarity_rows(cosines))


@pytest.mark.parametrize("seed", range(3))
def test_each_half_is_judged_with_the_wording_of_the_other(con, seed):
    right = draw(seed, m=5)
    fill_wordings(con, right)
    first = first_half(N)

    def last(n_right):  # of equally good ones the last by name
        return int(len(n_right) - 1 - np.argmax(n_right[::-1]))

    of_first, of_second = last(right[:, first].sum(1)), last(right[:, ~first].sum(1))
    best = last(right.sum(1))
    n_held_out = int(right[of_second][first].sum() + right[of_first][~first].sum())
    columns = (
        "n_wordings, n_samples, wording, accuracy, wording_of_first_half, wording_of_second_half, "
        "held_out_accuracy, ci_low, ci_high"
    )
    ((*row, low, high),) = read(con, "best_wording", columns)
    names = [f"w{each} man" for each in (best, of_first, of_second)]
    assert row == [5, N, names[0], right[best].mean(), *names[1:], n_held_out / N]
    assert (low, high) == pytest.approx(
        proportion_confint(n_held_out, N, method="wilson"), abs=1e-9
    )
    assert read(con, "prompt_sensitivity", "best_wording") == [(names[0],)]
