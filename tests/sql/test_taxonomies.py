from __future__ import annotations

import pytest
from statsmodels.stats.proportion import proportion_confint
from support.rows import classifier, fill, labels, predictions, read, samples

FAIRFACE = [
    "White",
    "Black",
    "Indian",
    "Latino_Hispanic",
    "Southeast Asian",
    "East Asian",
    "Middle Eastern",
]


def judged(con, given, predicted, attribute="race"):
    """Fill a data set with labels and predictions of one classifier."""
    fill(
        con,
        samples=samples(len(given)),
        labels=labels(attribute, given),
        classifiers=[classifier(1, "c", attribute)],
        predictions=predictions(predicted),
    )


@pytest.mark.parametrize(
    ("given", "taxonomy"),
    [
        (FAIRFACE, "FairFace-7"),
        (["White", "Black"], "FairFace-7"),
        (["White", "Black", "Asian", "Indian", "Others"], "UTKFace-5"),
        (["Others"], "UTKFace-5"),
        (["White", "Non-White"], "CLIP-2"),
        (["White", "East Asian", "Others"], "as labelled"),
        (["Martian"], "as labelled"),
    ],
)
def test_the_taxonomy_of_labels_is_the_finest_that_has_them_all(con, given, taxonomy):
    fill(con, samples=samples(len(given)), labels=labels("race", given))
    rows = read(con, "label_taxonomies", "dataset, attribute, n_classes, taxonomy")
    assert rows == [("faces", "race", len(given), taxonomy)]


def test_data_sets_and_attributes_have_taxonomies_of_their_own(con):
    fill(con, samples=samples(2) + samples(2, dataset="utk", first=3))
    fill(con, labels=labels("race", ["White", "East Asian", "White", "Others"]))
    fill(con, labels=labels("gender", ["Male", "Female", None, None]))
    fill(con, labels=labels("age", [None, None, "0-2", "0-2"]))
    assert read(con, "label_taxonomies", "dataset, attribute, taxonomy") == [
        ("faces", "gender", "gender-2"),
        ("faces", "race", "FairFace-7"),
        ("utk", "age", "FairFace-9"),
        ("utk", "race", "UTKFace-5"),
    ]


def test_a_class_of_another_taxonomy_is_judged_as_what_it_is_in_that_of_the_labels(con):
    given = ["Asian", "Asian", "Others", "White", "Black", "Indian"]
    predicted = ["East Asian", "White", "Middle Eastern", "Latino_Hispanic", "Black", "Martian"]
    judged(con, given, predicted)
    rows = read(con, "judged_predictions", "sample_id, taxonomy, label, predicted, is_correct")
    assert rows == [
        (1, "UTKFace-5", "Asian", "Asian", True),
        (2, "UTKFace-5", "Asian", "White", False),
        (3, "UTKFace-5", "Others", "Others", True),
        (4, "UTKFace-5", "White", "Others", False),
        (5, "UTKFace-5", "Black", "Black", True),
        (6, "UTKFace-5", "Indian", "Martian", False),
    ]


def test_labels_of_no_taxonomy_are_compared_as_they_are(con):
    judged(con, ["Martian", "White"], ["Martian", "East Asian"])
    rows = read(con, "judged_predictions", "taxonomy, label, predicted, is_correct")
    assert rows == [
        ("as labelled", "Martian", "Martian", True),
        ("as labelled", "White", "East Asian", False),
    ]


def test_the_same_predictions_are_judged_in_a_coarser_taxonomy(con):
    judged(con, FAIRFACE, ["White", "Indian", "White", "Black", "East Asian", None, "Martian"])
    columns = "sample_id, taxonomy, label, predicted, is_correct, is_lossy"
    assert read(con, "judged_predictions_as('CLIP-2')", columns) == [
        (1, "CLIP-2", "White", "White", True, False),
        (2, "CLIP-2", "Non-White", "Non-White", True, True),
        (3, "CLIP-2", "Non-White", "White", False, True),
        (4, "CLIP-2", "Non-White", "Non-White", True, True),
        (5, "CLIP-2", "Non-White", "Non-White", True, True),
        (7, "CLIP-2", "Non-White", "Martian", False, True),
    ]
    assert read(con, "judged_predictions_as('4-group')", columns) == [
        (1, "4-group", "White", "White", True, False),
        (2, "4-group", "Black", "Indian", False, False),
        (3, "4-group", "Indian", "White", False, False),
        (5, "4-group", "Asian", "Asian", True, True),
    ]


def test_a_prediction_that_is_merged_is_lossy_too(con):
    judged(con, ["White", "White"], ["Black", "White"])
    rows = read(con, "judged_predictions_as('CLIP-2')", "label, predicted, is_lossy")
    assert rows == [("White", "Non-White", True), ("White", "White", False)]


def test_classes_of_the_same_name_belong_to_their_attributes(con):
    key = {"taxonomy": "FairFace-7", "class": "White", "is_lossy": False}
    fill(con, class_maps=[key | {"attribute": "hair", "to_class": "Grey"}])
    judged(con, ["White"], ["White"])
    assert read(con, "judged_predictions", "predicted, is_correct") == [("White", True)]


def test_a_taxonomy_says_nothing_of_other_attributes(con):
    judged(con, ["Male"], ["Male"], "gender")
    assert read(con, "judged_predictions_as('CLIP-2')") == []
    assert len(read(con, "judged_predictions_as('gender-2')")) == 1


def test_ages_fall_into_decades(con):
    judged(con, ["0-2", "3-9", "10-19"], ["3-9", "10-19", "10-19"], "age")
    rows = read(con, "judged_predictions_as('decades-8')", "label, predicted, is_correct, is_lossy")
    assert rows == [
        ("0-9", "0-9", True, True),
        ("0-9", "10-19", False, True),
        ("10-19", "10-19", True, False),
    ]


def test_every_class_of_a_taxonomy_is_itself_in_it(con):
    lost = con.sql(
        "select taxonomy, to_class from class_maps except "
        "select taxonomy, class from class_maps where class = to_class and not is_lossy"
    ).fetchall()
    assert lost == []


def test_a_class_is_lossy_where_it_is_renamed(con):
    wrong = con.sql("from class_maps where is_lossy <> (class <> to_class)").fetchall()
    assert wrong == []


def test_a_taxonomy_of_the_user_counts(con):
    judged(con, ["White", "Black"], ["Black", "Black"])
    fill(
        con,
        class_maps=[
            {
                "taxonomy": "one",
                "attribute": "race",
                "class": c,
                "to_class": "all",
                "is_lossy": True,
            }
            for c in FAIRFACE
        ],
    )
    rows = read(con, "judged_predictions_as('one')", "label, predicted, is_correct")
    assert rows == [("all", "all", True)] * 2


# ------------------------------------------------------------------ tables of the CLIP paper

GENDERS = ["Male", "Male", "Female", "Female", "Female", None]
RACES = ["White", "Black", "White", "East Asian", "Black", "White"]


def paper(con):
    fill(con, samples=samples(6), labels=labels("race", RACES) + labels("gender", GENDERS))
    fill(con, classifiers=[classifier(1, "g", "gender"), classifier(2, "r", "race")])
    fill(con, predictions=predictions(["Male", "Female", "Female", "Female", "Female", "Male"], 1))
    fill(con, predictions=predictions(["White", "Indian", "Black", "White", "Black", "White"], 2))


def wilson(n_right, n):
    return [pytest.approx(each) for each in proportion_confint(n_right, n, method="wilson")]


def test_tables_3_and_4_have_gender_and_binary_race_of_white_and_other_faces(con):
    paper(con)
    columns = "classifier, taxonomy, n_samples, n_correct, accuracy, ci_low, ci_high"
    assert read(con, "clip_table_3", columns) == [
        ("g", "gender-2", 2, 2, 1.0, *wilson(2, 2)),
        ("r", "CLIP-2", 3, 2, 2 / 3, *wilson(2, 3)),
    ]
    assert read(con, "clip_table_4", columns) == [
        ("g", "gender-2", 3, 2, 2 / 3, *wilson(2, 3)),
        ("r", "CLIP-2", 3, 2, 2 / 3, *wilson(2, 3)),
    ]


def test_faces_of_no_known_race_are_neither_white_nor_other(con):
    judged(con, ["Male", "Male"], ["Male", "Male"], "gender")
    fill(con, labels=labels("race", ["White", "Martian"]))
    assert read(con, "accuracy_by_white", "group_name, n_samples") == [("White", 1)]


def test_table_5_has_gender_by_race_and_the_plain_mean_over_races(con):
    paper(con)
    rows = read(con, "clip_table_5", "gender, race, n_samples, n_correct, accuracy")
    assert rows == [
        ("All", "Average", 5, 4, pytest.approx((1 / 2 + 1 + 1) / 3)),
        ("All", "Black", 2, 1, 0.5),
        ("All", "East Asian", 1, 1, 1.0),
        ("All", "White", 2, 2, 1.0),
        ("Female", "Average", 3, 3, 1.0),
        ("Female", "Black", 1, 1, 1.0),
        ("Female", "East Asian", 1, 1, 1.0),
        ("Female", "White", 1, 1, 1.0),
        ("Male", "Average", 2, 1, 0.5),
        ("Male", "Black", 1, 0, 0.0),
        ("Male", "White", 1, 1, 1.0),
    ]
    assert read(con, "clip_table_5", "ci_low", "race = 'Average'") == [(None,)] * 3
