"""What is kept as counts is what counting would give, after whatever writes."""

from __future__ import annotations

import duckdb
import pytest
from removing.conftest import ANNA, PROMPTS, TWIN, import_few

from facestore.errors import InputError, UnknownNameError

USUAL = "RN50 theirs imported original_clip_labels_v2 gender sum"
OF_GROUPS = "from accuracy_by_group order by all"


def is_kept(store):
    """Say whether everything is counted, and as it would be counted now."""
    uncounted = ("datasets_to_count(false)", "predictions_to_count(false)")
    return not store.catalog.counts.stale() and not any(
        store.sql(f"from {each}").fetchall() for each in uncounted
    )


def test_names_and_whole_parts(few, few_folder):
    assert is_kept(few)
    paths = [path for (path,) in few.sql("select path from samples").fetchall()]

    def import_predictions(n):
        """Import the predictions of the first samples; those of before are known."""
        table = few_folder / "theirs.csv"
        table.write_text("file,predicted\n" + "".join(f"{path},Male\n" for path in paths[:n]))
        few.import_predictions(table, dataset="faces", classifier="theirs", attribute="gender")

    steps = [
        lambda: import_predictions(2),
        lambda: import_predictions(3),
        lambda: import_few(few, few_folder, "zz-more"),
        lambda: few.predict(
            attribute="gender", prompt_set=PROMPTS, aggregation="mean", name="mine"
        ),
        lambda: few.score(PROMPTS),
        # of samples that came since
        lambda: few.predict(
            attribute="gender", prompt_set=PROMPTS, aggregation="mean", name="mine"
        ),
        lambda: few.split("faces", {"train": 0.5, "test": 0.5}, stratify=[]),
        lambda: few.execute("update labels set label = 'Male' where sample_id = 2"),
        lambda: few.execute("delete from predictions where sample_id = 3"),
        lambda: few.set("group_attributes", "gender"),
        lambda: few.set("group_attributes", ""),
        lambda: few.rename_dataset("faces", "people"),
        lambda: few.rename_classifier("mine", "ours"),
        lambda: few.remove_classifier("ours"),
        lambda: few.forget("people/zq-1.jpg"),
        lambda: few.remove_dataset("zz-more"),
        lambda: import_few(few, few_folder, "zz-more"),
        lambda: few.merge_dataset("zz-more", "people"),
        lambda: import_few(few, few_folder, "zz-more"),
        lambda: few.forget([f"zz-more/{path}" for path in paths]),
        lambda: few.remove_dataset("zz-more"),
    ]
    before = few.sql(OF_GROUPS).fetchall()
    for number, step in enumerate(steps):
        step()
        assert is_kept(few), number
        gone = "select dataset from counted_datasets except select dataset from datasets"
        assert few.sql(gone).fetchall() == [], number
    assert few.sql(OF_GROUPS).fetchall() != before


def test_pictures_and_what_is_left_out(store, folder):
    assert is_kept(store)
    (n_left_out,) = store.sql("select sum(n_samples) from cell_counts where is_excluded").fetchone()
    assert n_left_out > 0
    store.undo_dedup()
    assert is_kept(store)
    assert store.sql("from cell_counts where is_excluded").fetchall() == []
    store.dedup("drop-all")
    assert is_kept(store)
    # the sample in whose favour the other one is left out
    store.dedup("keep-one")
    (folder / "pictures" / "people" / "p0.png").write_bytes(
        (folder / "pictures" / ANNA).read_bytes()
    )
    store.ingest(folder / "pictures", dataset="faces", models=["tiny"], device="cpu")
    assert is_kept(store)
    store.forget(f"faces/{TWIN}")
    assert is_kept(store)


def test_what_another_program_wrote_is_found_and_counted_again(few):
    few.close()
    with duckdb.connect(few.path / "facestore.duckdb") as con:
        con.execute("update predictions set predicted = 'Male'")
        con.execute("update labels set label = 'Female' where sample_id = 1")
    assert few.catalog.counts.stale() == [("faces", None), ("faces", USUAL)]
    (found,) = few.doctor("counts_are_current")
    assert (found.status, found.n_bad) == ("failed", 2)
    assert few.repair()["data sets and classifiers counted again"] == 2
    assert is_kept(few)
    assert few.sql("select distinct predicted from prediction_counts").fetchall() == [("Male",)]
    assert few.doctor("counts_are_current")[0].status == "ok"
    assert few.repair()["data sets and classifiers counted again"] == 0


def test_what_is_not_kept_is_counted_by_the_views(few):
    views = ("accuracy_by_group", "leaderboard", "confusion_matrix", "prediction_coverage",
             "label_counts", "label_cells", "classifier_comparison", "rates_by_group")  # fmt: skip
    kept = {view: few.sql(f"from {view} order by all").fetchall() for view in views}
    few.close()
    with duckdb.connect(few.path / "facestore.duckdb") as con:
        for table in ("counted_datasets", "counted_predictions", "kept_label_counts",
                      "kept_sample_cells", "kept_cell_counts", "kept_cell_groups",
                      "kept_sample_clusters", "kept_cluster_sizes",
                      "kept_prediction_counts", "kept_cluster_counts"):  # fmt: skip
            con.execute(f"delete from {table}")
    assert {view: few.sql(f"from {view} order by all").fetchall() for view in views} == kept
    few.migrate()
    assert is_kept(few)


@pytest.fixture
def many(few):
    """Give a store of seven attributes, as CelebA has forty."""
    values = ", ".join(f"('a{i}', 'yes', 1), ('a{i}', 'no', 2)" for i in range(6))
    few.execute(
        f"insert into classes (attribute, class, ordinal) values {values}; "
        "insert into labels select sample_id, 'a' || i, if((sample_id + i) % 3 = 0, 'yes', 'no'), "
        "null from samples cross join range(6) as numbers(i)"
    )
    return few


def groups_of(store):
    return {each for (each,) in store.sql("select distinct group_attribute from sample_groups").fetchall()}  # fmt: skip


def test_of_many_attributes_five_make_groups_or_those_that_are_named(many):
    assert is_kept(many)
    five = {"gender", "a0", "a1", "a2", "a3"}
    assert {each for each in groups_of(many) if " x " not in each} == five | {"overall"}
    many.set("group_attributes", "a5, gender ,a5")
    assert groups_of(many) == {"overall", "a5", "gender", "a5 x gender"}
    assert is_kept(many)
    assert {name: value for name, value, _ in many.settings()}["group_attributes"] == "a5,gender"
    with pytest.raises(UnknownNameError, match="'mood'"):
        many.set("group_attributes", "mood")
    many.execute(
        "insert into classes (attribute, class, ordinal) values ('b', 'x', 1), ('c', 'x', 1)"
    )
    with pytest.raises(InputError, match="at most 8"):
        many.set("group_attributes", "gender,a0,a1,a2,a3,a4,a5,b,c")


def test_a_classifier_of_an_attribute_that_makes_no_group_is_judged_by_its_own_labels(many):
    expected = many.sql(
        "select label, count(*) from labels where attribute = 'a4' group by all order by all"
    ).fetchall()
    many.execute(
        "insert into classifiers (classifier_id, name, kind, attribute) values (90, 'x', 'imported', "
        "'a4'), (91, 'y', 'imported', 'a4'); "
        "insert into predictions select 90, sample_id, 'yes', null, null, null from samples; "
        "insert into predictions select 91, sample_id, label, null, null, null from labels "
        "where attribute = 'a4'"
    )
    assert is_kept(many)
    assert (
        many.sql(
            "select label, sum(n_samples)::bigint from prediction_counts where classifier_id = 90 "
            "group by all order by all"
        ).fetchall()
        == expected
    )
    (pair,) = many.sql("select accuracy_a, accuracy_b from classifier_comparison where classifier_a = 'x'").fetchall()  # fmt: skip
    assert pair == (dict(expected)["yes"] / sum(dict(expected).values()), 1.0)


def test_info_says_which_attributes_make_no_groups(many):
    def told():
        return [(each.verb, each.arguments, each.reason) for each in many.overview().warnings]

    (found,) = [each for each in told() if "groups are made of" in each[2]]
    assert found[:2] == ("set", ("group_attributes", "a0,a1,a2,a3,gender"))
    assert found[2].endswith("and not of 2 other attributes")
    many.set("group_attributes", "a5")
    many.execute("delete from labels where attribute = 'a5'")
    (found,) = [each for each in told() if "group_attributes" in each[2]]
    assert found[1] == ("group_attributes", "")
    many.set(*found[1])
    assert "overall" in groups_of(many)
    many.execute("delete from labels")
    assert not [each for each in told() if "group" in each[2]]


def test_attributes_without_a_label_make_no_groups_and_are_told_of(many):
    told = []
    many.notify = told.append
    before = groups_of(many)
    with pytest.raises(InputError, match=r"'race'.*labels of a0, a1, a2, a3, a4, a5, gender alone"):
        many.set("group_attributes", "race")  # a class is known of it, and no label
    assert groups_of(many) == before
    assert told == []
    many.set("group_attributes", "gender,race")
    assert groups_of(many) == {"overall", "gender"}
    assert told == ["'race' has no label in the store: no group is made of that until labels come."]
    many.set("group_attributes", "gender")
    assert len(told) == 1
    many.execute("delete from labels")  # as in a store that has none yet
    many.set("group_attributes", "race,gender")
    assert len(told) == 2
    assert "'race', 'gender' have no label in the store" in told[1]


def test_a_setting_that_is_blank_is_quoted(few):
    with pytest.raises(InputError, match=r"min_samples cannot be '': expected a whole number"):
        few.set("min_samples", "")
