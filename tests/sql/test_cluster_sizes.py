"""cluster_sizes, halves and weights: whoever has several pictures counts once, and stays whole."""

from __future__ import annotations

import duckdb
import pytest
from support.people import N_PEOPLE, draw, fill_people
from support.rows import classifier, fill, labels, load, predictions, read, samples

from facestore import resources
from facestore.catalog import migrate, views
from facestore.catalog.counts import keep, uncount_datasets

Con = duckdb.DuckDBPyConnection
SIZES = "attribute, split, group_attribute, group_name, n_samples, n_clusters, mean_cluster_size"


def change_people(con: Con, person: str) -> None:
    """Tell other persons, as a command does."""
    con.execute(f"update samples set person_id = {person}")
    uncount_datasets(con, ["faces"])
    keep(con)


def test_sizes_by_hand(con: Con) -> None:
    """Of ann there are three, one without a label and one in another split; a picture is there twice."""
    fill(con, samples=samples(7) + samples(1, split="train", first=8))
    con.execute("update samples set person_id = 'ann' where sample_id in (1, 2, 3, 8)")
    con.execute("update samples set image_id = repeat('a', 64) where sample_id in (4, 5)")
    fill(
        con,
        labels=labels("gender", ["Male", "Male", None, "Male", "Female", "Male", "Male", "Male"]),
    )
    keep(con)
    rows = [row for row in read(con, "cluster_sizes", SIZES) if row[0] == "gender"]
    assert rows == [
        ("gender", "val", "gender", "Male", 5, 4, (4 + 3) / 5),
        ("gender", "val", "overall", "overall", 6, 4, (4 + 4 + 2) / 6),
    ]
    assert read(con, "kept_sample_clusters", "sample_id, split, cluster_number, first_path") == [
        (1, "val", 1, "1.jpg"),
        (2, "val", 1, "1.jpg"),
        (3, "val", 1, "1.jpg"),
        (4, "val", 4, "4.jpg"),
        (5, "val", 4, "4.jpg"),
    ]


def test_what_is_kept_is_what_is_counted(con: Con) -> None:
    fill_people(con, 1, 2)
    for table in ("sample_clusters", "cluster_sizes"):
        kept = read(con, f"kept_{table}")
        assert kept == read(con, f"current_{table}(true)") != []
        assert read(con, f"current_{table}(false)") == []
    assert read(con, "count_checks", "*", "not is_current") == []
    con.execute("update kept_sample_clusters set first_path = 'x' where sample_id = 1")
    assert read(con, "count_checks", "dataset, classifier_id", "not is_current") == [
        ("faces", None)
    ]
    uncount_datasets(con, ["faces"])
    assert read(con, "kept_sample_clusters") == read(con, "cluster_sizes") == []
    keep(con)
    assert read(con, "count_checks", "*", "not is_current") == []


@pytest.mark.parametrize(
    ("n_all", "size", "expected"),
    [(10, 2.5, 4), (10, None, 10), (10, 1, 10), (2, 5, 1), (1, 3, 1), (0, 3, 0), (None, 3, None)],
)
def test_a_cluster_counts_once_and_a_sample_at_least(con, n_all, size, expected) -> None:
    query = "select counted_by_cluster($n_all::bigint, $size::double)"
    assert con.execute(query, {"n_all": n_all, "size": size}).fetchone() == (expected,)


def test_a_person_is_in_one_half_and_is_drawn_whole(con: Con) -> None:
    fill_people(con, 2, 3)
    halves = read(con, "right_by_half", "n_judged, n_judged_first", "classifier_id = 1")
    (n_judged, n_first) = halves[0]
    assert n_judged == 3 * N_PEOPLE
    assert 0 < n_first < n_judged
    assert n_first % 3 == 0
    of_k = "sum(n_samples) filter (where is_first_half) // 3 * 3 = sum(n_samples) filter (where is_first_half)"
    assert con.sql(f"select bool_and(whole) from (select {of_k} as whole from confusion_every_k group by k)").fetchone() == (True,)  # fmt: skip
    units = "count(distinct unit), count(distinct person_id)"
    of_units = "weight_units inner join samples using (sample_id)"
    assert read(con, of_units, units) == [(N_PEOPLE, N_PEOPLE)]
    assert (
        read(con, f"(select person_id from {of_units} group by 1 having count(distinct unit) > 1)")
        == []
    )


def test_what_was_drawn_of_other_persons_is_not_shown(con: Con) -> None:
    fill_people(con, 3, 2)
    draw(con)
    assert len(read(con, "bootstrap_intervals")) == 6
    change_people(con, "null")
    assert read(con, "bootstrap_intervals") == []
    change_people(con, "(sample_id - 1) // 2")
    assert len(read(con, "bootstrap_intervals")) == 6


def test_intervals_of_scores_are_wilson_s_of_so_many_persons(con: Con) -> None:
    fill_people(con, 4, 1)
    for view in ("k_sweep", "wording_accuracy", "top_n_accuracy(1)"):
        right = "round(accuracy * n_samples)"
        of_all = (
            f"ci_low = wilson_low({right}, n_samples) and ci_high = wilson_high({right}, n_samples)"
        )
        assert read(con, view, "*", f"not ({of_all}) or n_effective <> n_samples") == []
        assert read(con, view) != []
    # pairs and single ones: 30 persons have two pictures
    change_people(con, "if(sample_id <= 60, sample_id // 2, sample_id)")
    (size,) = {row[0] for row in read(con, "cluster_sizes", "mean_cluster_size", "attribute = 'gender' and group_attribute = 'overall'")}  # fmt: skip
    n = N_PEOPLE / size
    for view in ("k_sweep", "wording_accuracy"):
        of_people = f"abs(ci_low - wilson_low(accuracy * {n}, {n})) < 1e-9 and abs(n_effective - {n}) < 1e-9"
        assert read(con, view, "*", f"not ({of_people})") == []


def noisy_people(con: Con) -> None:
    """Forty people of five pictures, of which a classifier gets any right, whoever it is."""
    n = 200
    truth = ["Male" if i % 10 < 5 else "Female" for i in range(n)]
    said = [
        who if (7 * i) % 11 else ("Female" if who == "Male" else "Male")
        for i, who in enumerate(truth)
    ]
    fill(con, samples=samples(n))
    con.execute("update samples set person_id = (sample_id - 1) // 5")
    load(con, labels=labels("gender", truth))
    fill(con, classifiers=[classifier(1, "one"), classifier(2, "two")])
    for number in (1, 2):
        load(con, predictions=[p | {"score": 0.99} for p in predictions(said, number)])
    keep(con)


def test_where_a_classifier_takes_pictures_one_by_one_only_its_own_figures_do(con: Con) -> None:
    noisy_people(con)
    assert read(con, "cluster_effects", "icc, n_effective", "classifier = 'one' and group_attribute = 'overall'") == [(0, 200)]  # fmt: skip
    overall = "classifier = 'one' and group_attribute = 'overall'"
    assert read(con, "class_averages_by_group", "n_effective", overall) == [(200,)]
    # a wrong label of a person is one of all pictures, whatever the classifier does
    assert read(con, "label_noise_by_group", "n_effective", overall) == [(40,)]


def test_agreement_counts_a_person_once_where_no_label_says_more(con: Con) -> None:
    fill(con, classes=[{"attribute": "harm", "class": c, "ordinal": i} for i, c in enumerate("ab")])
    fill(con, samples=samples(40), classifiers=[classifier(1, "c", "harm")])
    con.execute("update samples set person_id = (sample_id - 1) // 4 where sample_id <= 20")
    load(con, predictions=predictions(["a", "b"] * 20))
    keys = ("sample_id", "attribute", "annotator", "label", "n")
    said = [(i, "harm", who, "a", 1) for i in range(1, 41) for who in "xy"]
    load(con, annotations=[dict(zip(keys, row, strict=True)) for row in said])
    keep(con)
    columns = "agreement_kind, n_judged, n_effective"
    size = (5 * 16 + 20) / 40
    assert read(con, "accuracy_by_agreement", columns) == [
        ("all", 40, 40 / size),
        ("unanimous", 40, 40 / size),
    ]


def test_without_duplicates_persons_stay_together_and_copies_are_gone(con: Con) -> None:
    fill_people(con, 5, 2)
    con.execute(
        "insert into excluded_samples select sample_id, 'same content', 'keep-one', 5, sample_id - 1 "
        "from samples where sample_id % 2 = 0"
    )
    uncount_datasets(con)
    keep(con)
    wilson = "wilson_low(accuracy_dedup * {n}, {n})"
    half = f"abs(ci_low - {wilson.format(n='n_samples_dedup / 2')}) < 1e-9"
    assert read(con, "k_sweep_without_duplicates", "*", f"not {half}") == []
    # the same samples as copies of pictures: those that are left are all independent
    con.execute("update samples set image_id = md5(person_id) || md5(person_id)")
    change_people(con, "null")
    assert {size for (size,) in read(con, "cluster_sizes", "mean_cluster_size")} == {2}
    whole = f"abs(ci_low - {wilson.format(n='n_samples_dedup')}) < 1e-9"
    assert read(con, "k_sweep_without_duplicates", "*", f"not {whole}") == []
    assert read(con, "k_sweep_without_duplicates") != []


def test_a_store_of_before_is_counted_again_where_there_are_persons() -> None:
    migrations = migrate.load_migrations(resources.folder("migrations"))
    with duckdb.connect() as con:
        migrate.migrate(con, migrations, stop_before=17)
        con.execute("insert into datasets values ('faces', null, null, '2026-01-01')")
        con.execute("insert into datasets values ('alone', null, null, '2026-01-01')")
        fill(con, samples=samples(4) + samples(2, dataset="alone", first=5))
        fill(con, labels=labels("gender", ["Male"] * 6))
        con.execute("update samples set person_id = 'ann' where sample_id <= 2")
        con.execute(
            "insert into counted_datasets values ('faces', ['gender']), ('alone', ['gender'])"
        )
        con.execute(
            "insert into bootstraps values (1, 1, 'faces', 'val', 'overall', 'overall', 'macro_f1', "
            "0, 2, 4, 0.5, '2026-01-01')"
        )
        migrate.migrate(con, migrations)
        views.install_views(con, views.load_views(resources.folder("sql")))
        assert read(con, "counted_datasets", "dataset") == [("alone",)]
        assert read(con, "bootstraps", "n_effective") == [(4,)]
        keep(con)
        overall = "group_attribute = 'overall'"
        assert read(con, "cluster_sizes", "dataset, n_clusters", overall) == [("faces", 3)]


def test_chance_puts_pictures_of_a_person_together(con: Con, new_catalogue) -> None:
    """Ninety people three times each come by chance as ninety people do, and not as 270."""
    chance = "max_skew_by_chance, max_skew_chance_95"
    view = "ranking_skew('a face of a man', 'a face of a woman', 'race', {k}, 0)"
    fill_people(con, 7, 1)
    (alone,) = read(con, view.format(k=20), chance)
    with duckdb.connect() as copied:
        copied.execute(f"attach '{new_catalogue}' as new (read_only)")
        copied.execute("copy from database new to memory")
        fill_people(copied, 7, 3)
        (together,) = read(copied, view.format(k=60), chance)
        change_people(copied, "null")
        (apart,) = read(copied, view.format(k=60), chance)
    assert together == pytest.approx(alone, rel=0.2)
    assert apart[0] < 0.75 * min(alone[0], together[0])
    assert apart[1] < 0.75 * min(alone[1], together[1])
