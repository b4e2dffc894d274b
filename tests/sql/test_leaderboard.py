from __future__ import annotations

from support.rows import classifier, encoder, fill, labels, predictions, samples

N = 40


def ranked(con, **n_right):
    """Fill a catalogue of 40 samples labelled Male; each classifier is right on the first n."""
    fill(
        con,
        samples=samples(N),
        labels=[
            *labels("gender", ["Male"] * N),
            *labels("race", ["White"] * 30 + ["Black"] * 10),
        ],
        encoders=[encoder(7, "ViT-L-14")],
        classifiers=[
            classifier(i, name, encoder_id=7, prompt_set="s", aggregation="topk", k=3)
            for i, name in enumerate(n_right, 1)
        ],
        predictions=[
            row
            for i, n in enumerate(n_right.values(), 1)
            for row in predictions(["Male"] * n + ["Female"] * (N - n), i)
        ],
    )


def test_the_most_accurate_is_first_and_equals_share_a_rank(con):
    ranked(con, low=10, high=38, same=38, middle=30)
    rows = con.sql("select classifier, rank from leaderboard order by rank, classifier").fetchall()
    assert rows == [("high", 1), ("same", 1), ("middle", 3), ("low", 4)]


def test_intervals_say_which_ranks_are_possible(con):
    # 95 % Wilson: 38 of 40 is .835-.986, 36 of 40 is .769-.960, 10 of 40 is .142-.402
    ranked(con, first=38, second=36, last=10)
    rows = con.sql("select classifier, rank_best, rank_worst from leaderboard order by rank")
    assert rows.fetchall() == [("first", 1, 2), ("second", 1, 2), ("last", 3, 3)]


def test_it_says_what_a_classifier_is_and_for_whom_it_is_worst(con):
    ranked(con, only=35)
    # young and Black together is worse than either, but groups of one attribute are compared
    young = [*range(1, 11), *range(36, 41)]
    ages = ["3-9" if i in young else "20-29" for i in range(1, N + 1)]
    fill(con, labels=labels("age", ages))
    query = (
        "select architecture, kind, prompt_set, aggregation, k, worst_group, n_samples_worst, "
        "worst_group_accuracy from leaderboard"
    )
    assert con.sql(query).fetchall() == [("ViT-L-14", "imported", "s", "topk", 3, "Black", 10, 0.5)]


def test_a_classifier_without_an_encoder_is_there_too(con):
    ranked(con, known=30)
    fill(
        con,
        classifiers=[classifier(9, "unknown")],
        predictions=predictions(["Male"] * N, 9),
    )
    rows = con.sql(
        "select classifier, architecture, rank from leaderboard order by rank"
    ).fetchall()
    assert rows == [("unknown", None, 1), ("known", "ViT-L-14", 2)]


def test_attributes_and_splits_have_leaderboards_of_their_own(con):
    ranked(con, one=30)
    fill(
        con,
        samples=samples(2, split=None, first=100),
        labels=labels("gender", ["Male", "Male"], first=100),
        classifiers=[classifier(8, "race", "race"), classifier(9, "two")],
        predictions=[
            *predictions(["White"] * N, 8),
            *predictions(["Male"] * 2, 9, first=100),
            *predictions(["Female"] * 2, 1, first=100),
        ],
    )
    rows = con.sql("select classifier, split, rank from leaderboard order by all").fetchall()
    assert rows == [("one", "val", 1), ("one", None, 2), ("race", "val", 1), ("two", None, 1)]


def test_a_classifier_that_leaves_out_what_is_difficult_gains_no_rank(con):
    ranked(con, honest=30, worse=8)
    fill(con, classifiers=[classifier(9, "picky")], predictions=predictions(["Male"] * 16, 9))
    rows = con.sql(
        "select classifier, accuracy, coverage, accuracy_at_least, rank, rank_best, rank_worst "
        "from leaderboard order by rank"
    ).fetchall()
    # 95 % Wilson: 30 of 40 is .598-.858, 16 of 40 is .264-.554, 8 of 40 is .105-.348
    assert rows == [
        ("honest", 0.75, 1.0, 0.75, 1, 1, 1),
        ("picky", 1.0, 0.4, 0.4, 2, 2, 3),
        ("worse", 0.2, 1.0, 0.2, 3, 2, 3),
    ]
