"""Shares of predicted classes within groups, of attributes that nothing is labelled with."""

from __future__ import annotations

import numpy as np
import pytest
from fairlearn.metrics import demographic_parity_difference, demographic_parity_ratio
from statsmodels.stats.proportion import proportion_confint
from support.random_faces import RACES, fill_random
from support.rows import classifier, fill, labels, load, predictions, prompt_set, read, samples

HARM = ("criminal", "non-human", "person")

# ViT-L-14 laion400m_e31 on FairFace's validation faces, winners of 21 prompts, as published in
# Al Sahili, Patras and Purver, Data Matters Most, TMLR 2025.
WINNERS = {
    "Female": {"person": 4832 + 235, "non-human": 8 + 0 + 3 + 8, "criminal": 3 + 66 + 7},
    "Male": {"person": 375 + 5119, "non-human": 13 + 1 + 4 + 9, "criminal": 9 + 245 + 17},
}
PUBLISHED = {  # per cent
    ("Female", "criminal"): 1.5, ("Female", "non-human"): 0.4,
    ("Male", "criminal"): 4.7, ("Male", "non-human"): 0.5,
}  # fmt: skip


def harm_classes(con):
    fill(
        con,
        classes=[{"attribute": "harm", "class": c, "ordinal": i} for i, c in enumerate(HARM, 1)],
    )


def say(con, said, *, first=1, **of_classifier):
    """Let a classifier of harm say what it sees of samples."""
    harm_classes(con)
    fill(con, classifiers=[classifier(9, "harm", "harm", **of_classifier)])
    load(con, predictions=predictions(said, 9, first))


def test_it_is_the_published_table(con):
    people = [(g, c) for g, counts in WINNERS.items() for c, n in counts.items() for _ in range(n)]
    genders, said = zip(*people, strict=True)
    load(con, samples=samples(len(people)))
    load(con, labels=labels("gender", genders))
    say(con, said)
    rows = read(
        con, "predicted_shares", "group_name, predicted, share", "group_attribute = 'gender'"
    )
    found = {(group, name): round(100 * share, 1) for group, name, share in rows}
    assert {key: found[key] for key in PUBLISHED} == PUBLISHED
    assert found["Female", "person"] == pytest.approx(98.2)


@pytest.mark.parametrize("seed", range(3))
def test_it_is_a_recount(con, seed):
    faces = fill_random(con, seed)
    said = np.random.default_rng(seed).choice([*HARM, ""], len(faces.race), p=[0.1, 0.1, 0.7, 0.1])
    say(con, [each or None for each in said.tolist()])
    columns = (
        "group_attribute, group_name, predicted, n_samples, n_predicted, share, ci_low, ci_high"
    )
    rows = read(con, "predicted_shares", columns, "classifier = 'harm'")
    values = {"overall": np.full(len(said), "overall"), "race": faces.race, "gender": faces.gender}
    values["gender x race"] = np.strings.add(np.strings.add(faces.gender, " x "), faces.race)
    checked = 0
    for of, group, name, *figures in rows:
        if of not in values:
            continue
        within = (values[of] == group) & (said != "")
        n, n_said = int(within.sum()), int((within & (said == name)).sum())
        limits = proportion_confint(n_said, n, method="wilson")
        assert figures == pytest.approx([n, n_said, n_said / n, *limits], abs=1e-9)
        checked += 1
    assert checked == len(HARM) * (1 + len(RACES) + 2 + 2 * len(RACES))
    assert {of for of, *_ in rows} >= {*values, "age x gender x race"}


def test_its_gaps_are_demographic_parity(con):
    faces = fill_random(con, 5)
    said = np.random.default_rng(5).choice(HARM, len(faces.race), p=[0.2, 0.2, 0.6])
    say(con, said.tolist())
    columns = (
        "class, demographic_parity_difference, demographic_parity_ratio, ci_low, ci_high, "
        "taxonomy, label_ratio"
    )
    where = "classifier = 'harm' and group_attribute = 'race'"
    rows = read(con, "demographic_parity", columns, where)
    assert [name for name, *_ in rows] == list(HARM)
    for name, difference, ratio, low, high, *of_labels in rows:
        is_said = said == name
        of_race = {"y_true": is_said, "y_pred": is_said, "sensitive_features": faces.race}
        assert difference == pytest.approx(demographic_parity_difference(**of_race))
        assert ratio == pytest.approx(demographic_parity_ratio(**of_race))
        assert low < difference < high
        assert of_labels == [None, None]
    assert read(con, "rate_gaps", "distinct measure", "classifier = 'harm'") == [
        ("selection_rate",)
    ]


def test_of_what_is_labelled_they_are_the_selection_rates(con):
    fill_random(con, 6)
    columns = "group_attribute, group_name, {}, n_samples, n_predicted, {}"
    shares = read(con, "predicted_shares", columns.format("predicted", "share"))
    rates = read(con, "rates_by_group", columns.format("class", "selection_rate"))
    assert shares == rates != []
    by_taxonomy = read(con, "rate_gaps", "distinct taxonomy is null")
    assert by_taxonomy == [(False,)]


def test_samples_without_the_label_count_as_well(con):
    fill(con, samples=samples(4), classifiers=[classifier()])
    fill(con, labels=labels("gender", ["Male", "Female", None, None]))
    fill(con, predictions=predictions(["Male", "Male", "Male", "Female"]))
    rows = read(con, "predicted_shares", "predicted, n_samples, share", "group_name = 'overall'")
    assert rows == [("Female", 4, 0.25), ("Male", 4, 0.75)]


def test_ties_are_no_class_and_a_number_of_no_class_is_nothing(con):
    fill(con, samples=samples(5), labels=labels("race", ["White"] * 4 + ["Black"]))
    say(con, ["person", "person", "criminal"])
    tie = {"classifier_id": 9, "score": 0.5, "margin": 0.0}
    fill(con, predictions=[tie | {"sample_id": i} for i in (4, 5)])
    fill(con, classifiers=[classifier(8, "years", "age")])
    fill(con, predictions=[{"classifier_id": 8, "sample_id": 1, "value": 30.0}])
    columns = "classifier, group_name, predicted, n_samples, n_predicted, n_ties"
    assert read(con, "predicted_shares", columns) == [
        ("harm", "White", "criminal", 3, 1, 1),
        ("harm", "White", "person", 3, 2, 1),
        ("harm", "overall", "criminal", 3, 1, 2),
        ("harm", "overall", "person", 3, 2, 2),
    ]


def test_a_class_of_the_prompts_that_is_never_predicted_has_a_share_of_0(con):
    fill(con, samples=samples(4), labels=labels("race", ["White", "White", "Black", "Black"]))
    fill(con, **prompt_set("probe", "harm", list(enumerate(HARM, 1001))))
    say(con, ["person"] * 3 + ["criminal"], kind="zero_shot", prompt_set="probe")
    rows = read(con, "predicted_shares", "group_name, predicted, share, ci_low, ci_high > 0")
    assert ("White", "non-human", 0.0, 0.0, True) in rows
    assert ("White", "criminal", 0.0, 0.0, True) in rows
    assert len(rows) == 3 * 3


def test_no_split_is_a_split_and_small_groups_have_no_rates(con):
    fill(con, samples=samples(3) + samples(2, split=None, first=4))
    say(con, ["person"] * 4 + ["criminal"])
    con.execute("update settings set value = '3' where setting = 'min_samples'")
    columns = "split, predicted, n_samples, n_predicted, share, ci_low is null, ci_high is null"
    assert read(con, "predicted_shares", columns) == [
        ("val", "criminal", 3, 0, 0.0, False, False),
        ("val", "person", 3, 3, 1.0, False, False),
        (None, "criminal", 2, 1, None, True, True),
        (None, "person", 2, 1, None, True, True),
    ]


def test_without_samples_there_is_nothing(con):
    fill(con, datasets=[{"dataset": "empty", "layout": "import", "added_at": "2026-01-01"}])
    say(con, [])
    assert read(con, "predicted_shares") == []
    assert read(con, "demographic_parity") == []


def test_a_split_without_labels_has_its_gaps_of_shares_and_another_has_those_of_rates(con):
    fill(con, samples=samples(4) + samples(4, split="test", first=5))
    fill(con, labels=labels("race", ["White", "White", "Black", "Black"] * 2))
    fill(con, labels=labels("gender", ["Male"] * 4), classifiers=[classifier()])
    fill(con, predictions=predictions(["Male", "Male", "Male", "Female"] * 2))
    columns = "split, measure, taxonomy is null, gap"
    rows = read(con, "rate_gaps", columns, "class = 'Male' and measure = 'selection_rate'")
    assert rows == [("test", "selection_rate", True, 0.5), ("val", "selection_rate", False, 0.5)]
    assert read(con, "rate_gaps", "distinct measure", "split = 'test'") == [("selection_rate",)]
