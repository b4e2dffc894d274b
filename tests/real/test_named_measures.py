"""The measures that reviewers ask for by name, on FairFace: women by race, of three classifiers."""

from __future__ import annotations

import duckdb
import pytest

from facestore.store import Store

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

OPENAI = "ViT-L-14 openai imported raw_gender_labels gender topk 1"
LAION = "ViT-L-14 laion400m_e31 imported raw_gender_labels gender topk 1"
DATACOMP = "ViT-L-14 datacomp_xl_s13b_b90k age_race_gender_labels topk 7"
WOMEN = "'a photo of a woman', 'a photo of a man', 'race'"


@pytest.fixture(scope="module")
def store(published_store):
    with Store.open(published_store) as opened:
        yield opened


def figures(store, view, columns, classifier, where="class = 'Female'"):
    query = (
        f"select {columns} from {view} where classifier = '{classifier}' "
        f"and group_attribute = 'race' and {where}"
    )
    (row,) = store.sql(query).fetchall()
    return row


def rounded(row, digits=4):
    return tuple(round(value, digits) for value in row)


@pytest.mark.parametrize(
    ("classifier", "expected"),
    [(OPENAI, (0.0567, 0.0567)), (LAION, (0.0472, 0.0544)), (DATACOMP, (0.0152, 0.0492))],
)
def test_equal_opportunity_and_equalized_odds(store, classifier, expected):
    columns = "equal_opportunity_difference, equalized_odds_difference"
    assert rounded(figures(store, "equalized_odds", columns, classifier)) == expected


@pytest.mark.parametrize(
    ("classifier", "difference", "ratio"),
    [(OPENAI, 0.1656, 0.665), (LAION, 0.1838, 0.651), (DATACOMP, 0.1947, 0.630)],
)
def test_disparate_impact_is_that_of_the_labels(store, classifier, difference, ratio):
    columns = (
        "demographic_parity_difference, demographic_parity_ratio, label_ratio, "
        "is_below_four_fifths, labels_are_below_four_fifths"
    )
    row = figures(store, "demographic_parity", columns, classifier)
    assert round(row[0], 4) == difference
    assert rounded(row[1:3], 3) == (ratio, 0.640)
    assert row[3:] == (True, True)


@pytest.mark.parametrize(
    ("classifier", "expected"),
    [(OPENAI, (0.0579, 0.0788)), (LAION, (0.0466, 0.0552)), (DATACOMP, (0.0360, 0.0194))],
)
def test_predictive_parity(store, classifier, expected):
    columns = "positive_predictive_value_difference, negative_predictive_value_difference"
    assert rounded(figures(store, "predictive_parity", columns, classifier)) == expected


def test_gaps_given_age_and_gender(store):
    columns = "difference, conditional_difference, p_value, odds_ratio"
    where = "given = 'age x gender' and group_a = '{}' and group_b = '{}'"
    asian = figures(
        store, "conditional_gaps", columns, OPENAI, where.format("East Asian", "Middle Eastern")
    )
    assert (rounded(asian[:2]), round(asian[2], 2)) == ((-0.0201, -0.0043), 0.63)
    black = figures(store, "conditional_gaps", columns, OPENAI, where.format("Black", "White"))
    assert (rounded(black[:2]), round(black[3], 2)) == ((-0.0469, -0.0422), 0.53)
    query = (
        "select count(*), count(*) filter (where is_reversed) from conditional_gaps "
        "where attribute = 'gender' and group_attribute = 'race' and given = 'age x gender'"
    )
    assert store.sql(query).fetchall() == [(1050, 58)]


def test_areas_by_race(store):
    query = (
        "select group_name, round(auc, 4) from auc_by_group('race') "
        f"where classifier = '{OPENAI}' and class = 'Female' order by auc"
    )
    rows = store.sql(query).fetchall()
    assert (rows[0], rows[-1]) == (("Black", 0.9505), ("Middle Eastern", 0.9890))


def test_four_fifths_of_the_faces_with_the_largest_margins(store):
    query = (
        "select group_name, accuracy, coverage from selective_accuracy "
        f"where classifier = '{OPENAI}' and coverage_asked = 0.8"
    )
    found = {name: (accuracy, coverage) for name, accuracy, coverage in store.sql(query).fetchall()}
    assert round(found["overall"][0], 4) == 0.9759
    assert rounded((found["Black"][1], found["Middle Eastern"][1]), 3) == (0.711, 0.865)


def test_whose_faces_come_first_for_woman_less_man(store):
    columns = "encoder, max_skew, max_skew_by_chance, ndkl, ndkl_by_chance"
    found = {
        k: {
            name: values
            for name, *values in store.sql(
                f"select {columns} from ranking_skew({WOMEN}, {k}, 0)"
            ).fetchall()
        }
        for k in (100, 1000)
    }
    openai, laion = "ViT-L-14 openai imported", "ViT-L-14 laion400m_e31 imported"
    assert (round(found[100][openai][0], 3), round(found[100][laion][0], 3)) == (1.330, 0.815)
    assert (round(found[1000][openai][2], 3), round(found[1000][laion][2], 3)) == (0.483, 0.337)
    # of 2,000 permutations by NumPy: 0.313 and 0.0572; means of 200 draws have errors of 0.007 and 0.0006
    assert found[100][openai][1] == pytest.approx(0.313, abs=0.03)
    assert found[1000][openai][3] == pytest.approx(0.0572, abs=0.003)


def test_calibration_errors_by_race_and_what_of_them_is_chance(store, tmp_path):
    store.snapshot(tmp_path / "copy.duckdb")
    with duckdb.connect(tmp_path / "copy.duckdb") as con:
        # CLIP's own, which similarities of others do not tell
        con.execute("update encoders set logit_scale = 100 where pretrained = 'openai'")
        rows = con.execute(
            "select expected_calibration_error, calibration_error_by_chance from calibration "
            "where aggregation = 'mean' and prompt_set = 'raw_gender_labels' and group_attribute = 'race'"
        ).fetchall()
    errors, by_chance = zip(*rows, strict=True)
    assert len(rows) == 7
    assert rounded((min(errors), max(errors)), 3) == (0.019, 0.055)
    assert rounded((min(by_chance), max(by_chance)), 3) == (0.011, 0.017)
