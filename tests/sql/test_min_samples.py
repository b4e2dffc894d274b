"""Groups that are too small show how many they are, and no rates."""

from __future__ import annotations

import duckdb
import pytest
from support.rows import (
    classifier,
    encoder,
    fill,
    ingests,
    labels,
    load,
    predictions,
    prompt_set,
    rate_groups_from,
    read,
    samples,
)
from support.rows import similarities as cosines

from facestore import resources
from facestore.catalog import migrate

RATES = {
    "accuracy_by_group": "accuracy, ci_low, ci_high",
    "rates_by_group": "selection_rate, true_positive_rate, false_positive_rate, precision, f1",
    "age_errors": "mae, bias, within_8_years, ci_low, ci_high",
    "calibration": "accuracy, confidence, overconfidence, expected_calibration_error, "
    "maximum_calibration_error",
    "calibration_bins": "accuracy, confidence, ci_low, ci_high",
    "top_n_accuracy(1)": "accuracy, ci_low, ci_high",
}


@pytest.fixture
def uneven(con):
    """Give a catalogue of three Black faces and one White face."""
    fill(con, samples=samples(4), encoders=[encoder() | {"logit_scale": 10.0}])
    fill(con, labels=labels("race", ["Black", "Black", "Black", "White"]))
    fill(con, labels=labels("gender", ["Male", "Female", "Male", "Female"]))
    ages = [{"sample_id": i, "attribute": "age", "value": 20.0} for i in range(1, 5)]
    fill(con, labels=ages)
    fill(con, classifiers=[classifier(1, "g"), classifier(2, "a", "age")])
    fill(con, predictions=predictions(["Male", "Male", "Male", "Female"]))
    fill(con, predictions=[{"classifier_id": 2, "sample_id": i, "value": 21} for i in range(1, 5)])
    fill(con, **prompt_set("set", "gender", [(1, "Male"), (2, "Female")]))
    fill(con, similarities=cosines({1: [0.2, 0.3, 0.2, 0.1], 2: [0.1, 0.2, 0.1, 0.2]}))
    return con


@pytest.mark.parametrize("view", RATES)
def test_a_group_below_the_limit_has_its_count_and_no_rates(uneven, view):
    query = f"select n_samples, {RATES[view]} from {view} where group_name = ?"
    before = {name: uneven.execute(query, [name]).fetchall() for name in ("Black", "White")}
    rate_groups_from(uneven, 2)
    after = {name: uneven.execute(query, [name]).fetchall() for name in ("Black", "White")}
    assert after["Black"] == before["Black"]
    assert before["White"]
    assert all(row[0] == 1 and any(x is not None for x in row[1:]) for row in before["White"])
    assert [row[0] for row in after["White"]] == [row[0] for row in before["White"]]
    assert all(x is None for row in after["White"] for x in row[1:])


def test_a_group_of_just_the_limit_has_rates(uneven):
    rate_groups_from(uneven, 3)
    rows = read(uneven, "accuracy_by_group", "group_name, accuracy", "group_attribute = 'race'")
    assert rows == [("Black", 2 / 3), ("White", None)]


def test_small_groups_take_no_part_in_a_disparity(uneven):
    columns = "n_groups, n_groups_too_small, n_samples, n_samples_smallest, accuracy_min,"
    columns += "accuracy_max, worst_group, n_samples_worst"
    race = "group_attribute = 'race'"
    assert read(uneven, "accuracy_disparity", columns, race) == [
        (2, 0, 4, 1, 2 / 3, 1.0, "Black", 3)
    ]
    rate_groups_from(uneven, 2)
    assert read(uneven, "accuracy_disparity", columns, race) == [
        (1, 1, 3, 3, 2 / 3, 2 / 3, "Black", 3)
    ]
    rate_groups_from(uneven, 9)
    assert read(uneven, "accuracy_disparity", columns, race) == [
        (0, 2, None, None, None, None, None, None)
    ]
    worst = "worst_group, worst_group_accuracy, rank"
    assert read(uneven, "leaderboard", worst) == [(None, None, 1)]


def test_small_groups_have_no_rate_in_the_tables_of_the_clip_paper(uneven):
    rate_groups_from(uneven, 2)
    columns = "n_samples, accuracy, ci_low"
    assert read(uneven, "clip_table_3", columns) == [(1, None, None)]
    assert read(uneven, "clip_table_4", "n_samples, accuracy") == [(3, 2 / 3)]
    cells = read(uneven, "clip_table_5", "gender, race, n_samples, accuracy", "race <> 'Average'")
    assert cells == [
        ("All", "Black", 3, 2 / 3),
        ("All", "White", 1, None),
        ("Female", "Black", 1, None),
        ("Female", "White", 1, None),
        ("Male", "Black", 2, 1.0),
    ]


def test_the_mean_of_races_is_of_those_that_are_large_enough(con):
    """Women of the demo by a zero-shot model: 4 of 7 races have 50 and more."""
    right = {
        "Black": (43, 47), "East Asian": (47, 51), "Indian": (52, 56), "Latino_Hispanic": (42, 47),
        "Middle Eastern": (45, 46), "Southeast Asian": (60, 64), "White": (47, 53),
    }  # fmt: skip
    races = [race for race, (_, n) in right.items() for _ in range(n)]
    said = [("Male", "Female")[i < k] for k, n in right.values() for i in range(n)]
    load(con, samples=samples(len(races)), predictions=predictions(said))
    load(con, labels=labels("race", races) + labels("gender", ["Female"] * len(races)))
    fill(con, classifiers=[classifier()])
    columns = "n_races, n_races_too_small, n_samples, n_correct, accuracy, ci_low"
    where = "race = 'Average' and gender = 'Female'"
    mean = sum(k / n for k, n in right.values()) / 7
    assert read(con, "clip_table_5", columns, where) == [
        (7, 0, 364, 336, pytest.approx(mean), None)
    ]
    rate_groups_from(con, 50)
    ((*counts, accuracy, low),) = read(con, "clip_table_5", columns, where)
    assert (counts, round(accuracy, 4), low) == ([4, 3, 224, 206], 0.9186, None)
    small = read(con, "clip_table_5", f"race, {columns}", "race = 'Black' and gender = 'Female'")
    assert small == [("Black", 0, 1, 47, 43, None, None)]
    rate_groups_from(con, 500)
    assert read(con, "clip_table_5", columns, where) == [(0, 7, 0, 0, None, None)]


def limit(con):
    return dict(read(con, "settings", "setting, value"))["min_samples"]


@pytest.fixture
def old():
    """Give a store as the version before had it, with a limit of 1."""
    with duckdb.connect() as con:
        migrations = migrate.load_migrations(resources.folder("migrations"))
        migrate.migrate(con, migrations, stop_before=12)
        yield con, migrations


def test_a_new_store_hides_the_rates_of_groups_below_thirty(old):
    con, migrations = old
    assert limit(con) == "1"
    migrate.migrate(con, migrations)
    assert limit(con) == "30"


OF_A_USER = {
    "samples": {"samples": samples(1)},
    "a classifier": {"classifiers": [classifier()]},
    "a setting": {},
    "a run": {"runs": ingests("faces", "folder")["runs"]},
}


@pytest.mark.parametrize("what", OF_A_USER)
def test_a_store_that_was_used_keeps_its_limit(old, what):
    con, migrations = old
    fill(con, **OF_A_USER[what])
    if what == "a setting":
        rate_groups_from(con, 7)
    before = limit(con)
    migrate.migrate(con, migrations)
    assert limit(con) == before
