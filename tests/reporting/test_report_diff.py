"""What changed between two stores: the page of changes against counts and intervals made by hand."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter

import duckdb
import pytest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from support.newcombe import newcombe
from support.reported import Page, data_of
from support.two_stores import FACES, GENDERS, HOSTILE, RACES, make

from facestore.connections import connect
from facestore.reporting.pages import DIFF_PAGE
from facestore.reporting.tables import raw
from facestore.store import Store

# the tests share two stores
pytestmark = pytest.mark.xdist_group("report_diff")


@pytest.fixture(scope="module")
def compared(two_stores, tmp_path_factory):
    """Give the page, what was said, and the numbers for machines."""
    before, after = two_stores
    out = tmp_path_factory.mktemp("out")
    told: list[str] = []
    with Store.open(after, notify=told.append) as store:
        page = store.report(out, diff=before, only=["diff"])
        numbers = store.report(out, diff=before, only=["diff"], format="json")
    assert page == out / "diff.html"
    tables = json.loads(numbers.read_text(encoding="utf-8"))["tables"]
    return Page(page.read_text(encoding="utf-8")), told[: len(told) // 2], tables


def right(which, name, group=None):
    """Give who was judged right, of a group of a label, by file."""
    labels, classifiers = FACES[which]
    return {
        file: predicted == labels[file][0]
        for file, predicted in classifiers[name].items()
        if file in labels and (group is None or group in labels[file])
    }


def of_pairs(one, two):
    """Count pairs: both right, only after, only before, neither."""
    files = one.keys() & two.keys()
    pairs = Counter((two[file], one[file]) for file in files)
    return [pairs[each] for each in ((True, True), (True, False), (False, True), (False, False))]


def check_difference(row, one, two):
    """Hold a row against figures made from who was right before and after."""
    n, m = len(one), len(two)
    a, b = sum(one.values()), sum(two.values())
    assert (row["n_samples_before"], row["n_samples_after"]) == (n, m)
    assert row["accuracy_before"] == pytest.approx(a / n, abs=1e-12)
    assert row["accuracy_after"] == pytest.approx(b / m, abs=1e-12)
    for side, count, all_ in (("before", a, n), ("after", b, m)):
        wilson = proportion_confint(count, all_, method="wilson")
        assert (row[f"{side}_ci_low"], row[f"{side}_ci_high"]) == pytest.approx(wilson, abs=1e-9)
    assert row["difference"] == pytest.approx(b / m - a / n, abs=1e-12)
    is_paired = one.keys() == two.keys()
    assert row["is_paired"] == is_paired
    expected = (
        newcombe(*of_pairs(one, two))
        if is_paired
        else confint_proportions_2indep(b, m, a, n, method="newcomb")
    )
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(expected, abs=1e-9)


def test_accuracies_and_their_differences_are_those_of_independent_code(compared):
    rows = {row["classifier"]: row for row in compared[2]["diff_accuracy"]["rows"]}
    assert set(rows) == {"flips", HOSTILE, "steady"}
    for name, row in rows.items():
        check_difference(row, right("before", name), right("after", name))
    assert [rows[name]["is_paired"] for name in ("flips", HOSTILE)] == [True, False]


def test_pairs_are_those_that_both_judged_as_statsmodels_tests_them(compared):
    rows = {row["classifier"]: row for row in compared[2]["diff_paired"]["rows"]}
    tested = []
    for name in ("flips", HOSTILE, "steady"):
        row, counts = rows[name], of_pairs(right("before", name), right("after", name))
        both, only_after, only_before, neither = counts
        assert row["n_samples"] == sum(counts)
        assert (row["n_only_after"], row["n_only_before"]) == (only_after, only_before)
        assert row["difference"] == pytest.approx((only_after - only_before) / sum(counts))
        assert (row["ci_low"], row["ci_high"]) == pytest.approx(newcombe(*counts), abs=1e-9)
        exact = mcnemar([[both, only_after], [only_before, neither]], exact=True).pvalue
        assert row["p_value"] == pytest.approx(min(exact, 1), rel=1e-9)
        tested.append(row)
    assert rows[HOSTILE]["n_samples"] == 76
    holm = multipletests([row["p_value"] for row in tested], method="holm")[1]
    assert [row["p_value_holm"] for row in tested] == pytest.approx(holm.tolist(), rel=1e-9)


def test_groups_are_those_of_independent_code_and_unchanged_ones_are_left_out(compared):
    found = set()
    for row in compared[2]["diff_groups"]["rows"]:
        group = row["group_name"] if row["group_attribute"] in ("gender", "race") else None
        one, two = (right(which, row["classifier"], group) for which in ("before", "after"))
        check_difference(row, one, two)
        found.add((row["classifier"], row["group_name"]))
    expected = set()
    for name in ("flips", HOSTILE, "steady"):
        groups = [("overall", None), ("20-29", None), *((each, each) for each in GENDERS + RACES)]
        for shown, group in groups:
            one, two = (right(which, name, group) for which in ("before", "after"))
            if one != two:
                expected.add((name, shown))
    assert found == expected
    assert 0 < sum(name == "steady" for name, _ in found) < 7  # by the label that changed alone


def test_predictions_and_labels_that_changed_are_counted_from_and_to(compared):
    expected = Counter()
    for name in ("flips", HOSTILE, "steady"):
        one, two = (FACES[which][1][name] for which in ("before", "after"))
        shared = FACES["before"][0].keys() & FACES["after"][0].keys()
        for file in shared:
            if one.get(file) != two.get(file):
                expected[name, one.get(file), two.get(file)] += 1
    rows = compared[2]["diff_predictions"]["rows"]
    found = {(r["classifier"], r["predicted_before"], r["predicted_after"]): r for r in rows}
    assert {key: row["n_samples"] for key, row in found.items()} == expected
    for (name, was, now), row in found.items():
        files = [
            file for file in right("after", name).keys() & right("before", name).keys()
            if (FACES["before"][1][name][file], FACES["after"][1][name][file]) == (was, now)
        ]  # fmt: skip
        for which in ("before", "after"):
            judged = right(which, name)
            assert row[f"n_right_{which}"] == sum(judged[file] for file in files)
    (label,) = compared[2]["diff_labels"]["rows"]
    known = [FACES[which][0]["20.jpg"][0] for which in ("before", "after")]
    assert (label["attribute"], label["n_samples"]) == ("gender", 1)
    assert [label["label_before"], label["label_after"]] == known


def test_what_came_went_and_changed(compared):
    read, told, tables = compared
    found = {(r["kind"], r["name"]): r["change"] for r in tables["diff_contents"]["rows"]}
    assert found == {
        ("data set", "faces"): "changed",
        ("labels", "faces"): "changed",
        ("classifier", "flips"): "changed",
        ("classifier", HOSTILE): "changed",
        ("classifier", "gone"): "removed",
        ("classifier", "new"): "added",
    }
    (samples,) = tables["diff_samples"]["rows"]
    assert samples == {
        "dataset": "faces", "n_before": 80, "n_after": 86, "n_same": 76, "n_removed": 4,
        "n_added": 10, "n_same_path": 0, "n_other_split": 0,
    }  # fmt: skip
    assert told[0] == (
        f"Since 'it's before.duckdb': classifier changed: {HOSTILE}, flips; "
        "classifier removed: gone; classifier added: new; data set changed: faces; "
        "labels changed: faces."
    )
    assert any(HOSTILE in line and "n 80 and 86" in line for line in told)
    assert any("by flips" in line and "the same 50 samples" in line for line in told)
    assert "Both hold the same" not in read.text


def test_the_page_shows_the_numbers_and_the_sql_that_gives_them(compared, two_stores):
    read, _, tables = compared
    assert set(read.sql) == set(DIFF_PAGE.queries) == set(tables) - {"best_classifiers", "classifier_names", "fingerprint", "datasets"}  # fmt: skip
    before, after = two_stores
    quoted = str(before).replace("'", "''")
    with connect(after / "facestore.duckdb", read_only=True, beside=before) as con:
        con.execute(f"attach '{quoted}' as other (read_only)")
        for name, sql in read.sql.items():
            relation = con.sql(sql)
            rows = relation.fetchall()
            shown = [table for table in read.tables if table.query == name]
            cells = [[cell.value for cell in row] for table in shown for row in table.rows[1:]]
            assert len(cells) == len(rows) == len(tables[name]["rows"]), name
            width = len(cells[0]) if cells else 0
            expected = [list(map(raw, row[-width:] if width else row)) for row in rows]
            if name == "diff_groups":  # its blocks are in another order
                cells, expected = sorted(cells), sorted(expected)
            for found, wanted in zip(cells, expected, strict=True):
                for one, two in zip(found, wanted, strict=True):
                    try:
                        assert float(one) == pytest.approx(float(two), abs=1e-12)
                    except ValueError:
                        assert one == two
    assert "other.judged_predictions" in read.text
    links = [attrs.get("href") for tag, attrs in read.tags if tag == "a"]
    assert "diff.html" in links


def test_a_hostile_name_is_text_and_the_chart_has_it(compared):
    read, _, _ = compared
    assert not [tag for tag, _ in read.tags if tag in ("img", "b", "iframe")]
    assert HOSTILE in read.column("diff_accuracy", "classifier")
    assert "49" not in {text.strip() for tag, text in read.texts if tag == "th"}
    (chart,) = read.specs
    points = [row["label"] for row in data_of(chart)]
    assert set(points) == {"flips", HOSTILE, "steady"}


def test_stores_that_hold_the_same_are_said_to(two_stores, tmp_path):
    _, after = two_stores
    same = make(tmp_path / "again", "after", turned=True)
    told: list[str] = []
    with Store.open(after, notify=told.append) as store:
        out = tmp_path / "out"
        read = Page(store.report(out, diff=same, only=["diff"]).read_text(encoding="utf-8"))
        assert told == ["'store' holds the same as this store: nothing changed."]
        assert "Both hold the same: nothing changed." in read.text
        prints = read.column("diff_stores", "fingerprint")
        assert prints[0] == prints[1]
        assert store.sql("select digest from content_fingerprints where kind = 'store'").fetchall() == [(prints[0],)]  # fmt: skip
        assert read.specs == []
        # ids differ, so it is no copy
        first = "select name from classifiers where classifier_id = 1"
        known = store.sql(first).fetchall()
        with Store.open(same) as other:
            assert other.sql(first).fetchall() != known
        # the other store is let go of, and a report without it has no such page
        store.report(out, diff=same, only=["overview", "diff"])
        assert "diff.html" in (out / "index.html").read_text(encoding="utf-8")
        store.report(out)
        assert not (out / "diff.html").exists()
        assert "diff.html" not in (out / "index.html").read_text(encoding="utf-8")


def test_only_named_classifiers_are_compared(two_stores, tmp_path):
    before, after = two_stores
    with Store.open(after) as store:
        folder = store.report(
            tmp_path, diff=before, only=["groups", "diff"], classifiers=["flips"], format="csv"
        )
    with (folder / "diff_accuracy.csv").open(encoding="utf-8") as file:
        read = list(csv.DictReader(file))
    assert [row["classifier"] for row in read] == ["flips"]
    assert (folder / "groups.csv").is_file()


def test_samples_of_one_path_and_other_contents_are_two_samples(con, new_catalogue, tmp_path):
    from support.rows import classifier, fill, labels, predictions, samples

    from facestore.reporting.queries import read_queries
    from facestore.resources import folder

    queries = read_queries(folder("reports") / "queries" / "diff")
    shutil.copy(new_catalogue, tmp_path / "other.duckdb")
    with duckdb.connect(tmp_path / "other.duckdb") as other:
        for each, images in ((other, "abc-"), (con, "xb-d")):
            rows = samples(4)
            for row, image in zip(rows, images, strict=True):
                row["image_id"] = None if image == "-" else image
            fill(each, samples=rows, labels=labels("gender", ["Male"] * 4))
            fill(each, classifiers=[classifier()], predictions=predictions(["Male"] * 4))
    con.execute("update samples set split = 'test' where sample_id = 4")
    con.execute(f"attach '{tmp_path / 'other.duckdb'}' as other (read_only)")
    (row,) = con.sql(queries["diff_samples"].sql).fetchall()
    # 1 has another picture; of 3 and 4 only one store knows the picture
    assert row == ("faces", 4, 4, 3, 1, 1, 1, 1)
    (row,) = con.sql(queries["diff_paired"].sql).fetchall()
    assert row[4] == 2  # 2 and 3: 4 is in another split
    changed = con.sql(queries["diff_accuracy"].sql)
    assert changed.select("is_paired").fetchall() == [(False,)]
