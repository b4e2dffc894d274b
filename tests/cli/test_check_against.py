"""`facestore check --against`: a classifier that became worse than it may, on the same samples."""

from __future__ import annotations

import shutil
from functools import partial
from xml.etree import ElementTree

import duckdb
import pytest
from statsmodels.stats.proportion import proportion_confint
from support import rows
from support.newcombe import newcombe, wider

from facestore.store import Store

pytestmark = pytest.mark.xdist_group("against")

# Of 400 samples: right by both, now alone, before alone, by neither.
WORSE, SAME = (335, 5, 45, 15), (300, 20, 20, 60)
NAMES = ("worse", "same", "gone", "new", "apart", "taught")


def said(counts, when):
    """Give what a classifier says of Male faces, before (2) or now (1)."""
    right = {"both": (1, 1), "now": (1, 0), "before": (0, 1), "neither": (0, 0)}
    kinds = [kind for kind, n in zip(right, counts, strict=True) for _ in range(n)]
    return [("Female", "Male")[right[kind][when]] for kind in kinds]


def make(folder, when, *, taught=False, persons=False):
    """Make a store of before or of now."""
    with Store.open(folder) as store:
        store.migrate()
        store.set("min_samples", 1)
    missing = [None] * 200
    of = {
        "worse": said(WORSE, when), "same": said(SAME, when), "taught": said(SAME, when),
        "apart": ["Male"] * 200 + missing if when else [*missing, *["Male"] * 200],
        ("gone" if when else "new"): ["Male"] * 400,
    }  # fmt: skip
    with duckdb.connect(folder / "facestore.duckdb") as con:
        rows.load(con, samples=rows.samples(400))
        rows.load(con, labels=rows.labels("gender", ["Male"] * 400))
        for number, name in enumerate(NAMES, 1):
            if name in of:
                rows.fill(con, classifiers=[rows.classifier(number, name)])
                rows.load(con, predictions=rows.predictions(of[name], number))
        if taught:
            con.execute("insert into classifier_data values (6, 'trained', 'faces', 'val', false)")
        if persons:  # two pictures of each, one after the other: their errors go together
            con.execute("update samples set person_id = (sample_id - 1) // 2")
    with Store.open(folder) as store:
        store.migrate()  # counts what was written by hand
    return folder


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    folder = tmp_path_factory.mktemp("before")
    with Store.open(make(folder / "store", 1, taught=True)) as store:
        store.snapshot(folder / "before.duckdb")
    return folder / "before.duckdb"


@pytest.fixture(scope="module")
def after(tmp_path_factory):
    return make(tmp_path_factory.mktemp("after") / "store", 0)


@pytest.fixture
def check(facestore, before, after, monkeypatch):
    """Run the check of that store against what was before."""
    monkeypatch.setenv("FACESTORE_STORE", str(after))
    return partial(facestore, "check", "--against", before)


def interval(counts, limits_of):
    """Give the interval of what was lost: now comes second."""
    both, now, earlier, neither = counts
    return newcombe(both, earlier, now, neither, limits_of)


def test_alone_the_interval_is_that_of_the_report(check, facestore):
    (row,) = check("--max-drop", 0.01, "--classifier", "worse", "--format", "json").rows
    wilson = partial(proportion_confint, method="wilson")
    assert (row["condition"], row["result"], row["n"]) == ("max-drop", "failed", 400)
    assert row["figure"] == pytest.approx(0.1, abs=1e-12)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(interval(WORSE, wilson), abs=1e-9)
    assert row["details"] == "0.9500 before, 0.8500 now; 45 became wrong, 5 right"


def test_it_fails_only_below_the_lower_end_of_the_interval(check):
    one = ("--classifier", "worse", "--format", "json")
    low = check("--max-drop", 0, *one).rows[0]["ci_low"]
    assert 0.05 < low < 0.1
    for limit, status, result in [
        (low - 1e-6, 3, "failed"),
        (low + 1e-6, 0, "unclear"),
        (0.0999, 0, "unclear"),
        (0.1001, 0, "ok"),
    ]:
        ran = check("--max-drop", limit, *one)
        assert (ran.status, ran.rows[0]["result"]) == (status, result), limit
    (same,) = check("--max-drop", 0, "--classifier", "same", "--format", "json").rows
    assert (same["result"], same["figure"]) == ("ok", 0)


def test_a_classifier_that_became_better_is_ok(facestore, before, after, tmp_path, monkeypatch):
    monkeypatch.setenv("FACESTORE_STORE", str(before.parent / "store"))
    ran = facestore(
        "check", "--against", after, "--max-drop", 0, "--classifier", "worse", "--format", "json"
    )
    (row,) = ran.rows
    assert (row["result"], row["figure"]) == ("ok", pytest.approx(-0.1))
    assert row["ci_low"] < -0.1 < row["ci_high"] < 0


def test_what_is_looked_at_together_holds_together(check):
    """Two drops; then with two accuracies, four figures."""
    together = ("--classifier", "worse", "--classifier", "same", "--format", "json")
    for words, n_compared in [((), 2), (("--min-accuracy", 0.5), 4)]:
        found = check("--max-drop", 0.01, *words, *together).rows
        drops = {row["classifier"]: row for row in found if row["condition"] == "max-drop"}
        among = partial(wider, alpha=0.05 / n_compared)
        for name, counts in (("worse", WORSE), ("same", SAME)):
            limits = (drops[name]["ci_low"], drops[name]["ci_high"])
            assert limits == pytest.approx(interval(counts, among), abs=3e-5), name
    accuracy = next(row for row in found if row["condition"] == "min-accuracy")
    assert accuracy["classifier"] == "same"
    limits = (accuracy["ci_low"], accuracy["ci_high"])
    assert limits == pytest.approx(wider(320, 400, 0.05 / 4), abs=3e-5)


def test_pictures_of_one_person_are_worth_less(facestore, tmp_path, monkeypatch):
    stores = [make(tmp_path / name, when, persons=True) for when, name in ((1, "a"), (0, "b"))]
    worth = []
    query = "select n_effective / n_samples from classifier_summary where classifier = 'worse'"
    for store in stores:
        with Store.open(store) as opened:
            worth.append(opened.sql(query).fetchone()[0])
    assert max(worth) < 0.6
    monkeypatch.setenv("FACESTORE_STORE", str(stores[1]))
    (row,) = facestore(
        "check", "--against", stores[0], "--max-drop", 0.01, "--classifier", "worse", "--format",
        "json",
    ).rows  # fmt: skip
    fewer = [each * min(worth) for each in WORSE]
    wilson = partial(proportion_confint, method="wilson")
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(interval(fewer, wilson), abs=1e-9)
    assert row["figure"] == pytest.approx(0.1)


def test_what_only_one_of_them_judged_is_named(check, before):
    ran = check("--max-drop", 0.5, "--format", "json")
    assert {row["classifier"] for row in ran.rows} == {"worse", "same"}
    told, left_out, _ = ran.err.splitlines()
    assert told == (
        "Not compared, as judged by this store alone: 'new' on faces/val; "
        f"by '{before}' alone: 'gone' on faces/val; "
        "by both on no sample in common: 'apart' on faces/val."
    )
    assert left_out.startswith("Left out: 1 classifier where judged on what was used to train")
    assert "'taught' (faces/val, trained)" in left_out
    whole = check("--max-drop", 0.5, "--include-trained", "--format", "json")
    assert {row["classifier"] for row in whole.rows} == {"worse", "same", "taught"}
    assert "Left out" not in whole.err
    # of a pattern, those of the other store that look so; of another name, none
    assert "'gone'" in check("--max-drop", 0.5, "--classifier", "*[no]*").err
    assert "'gone'" not in check("--max-drop", 0.5, "--classifier", "worse").err


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--against", "BEFORE"], 2, "--against goes with --max-drop: give the largest drop as well"),
        (["--max-drop", 0.1], 2, "--max-drop goes with --against: give a store or a snapshot"),
        (["--against", "BEFORE", "--max-gap", 0.1], 2, "--against goes with --max-drop"),
        (["--against", "AFTER", "--max-drop", 0.1], 1, "is the store itself"),
        (["--against", "nothing", "--max-drop", 0.1], 1, "there is no such file or folder"),
        (["--against", "BEFORE", "--max-drop", 1.5], 1, "a share from 0 to 1"),
        (["--against", "BEFORE", "--max-drop", 0.1, "--classifier", "wors"], 1, "Did you mean 'worse'"),
        (["--against", "BEFORE", "--max-drop", 0.1, "--classifier", "apart"], 1, "Nothing to hold against --max-drop"),
        (["--against", "BEFORE", "--max-drop", 0.1, "--classifier", "taught"], 1, "--include-trained"),
        (["--against", "BEFORE", "--max-drop", 0.1, "--classifier", "new"], 1, "it needs a classifier that both stores judged on the same samples"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_never_passes(
    facestore, before, after, monkeypatch, words, status, said
):
    monkeypatch.setenv("FACESTORE_STORE", str(after))
    places = {"BEFORE": before, "AFTER": after}
    ran = facestore("check", *(places.get(word, word) for word in words))
    assert (ran.status, ran.out) == (status, "")
    assert said in ran.err.splitlines()[-1]


def test_an_older_version_is_told_to_migrate(facestore, before, after, tmp_path, monkeypatch):
    monkeypatch.setenv("FACESTORE_STORE", str(after))
    old = shutil.copy(before, tmp_path / "old.duckdb")
    with duckdb.connect(old) as con:
        con.execute("delete from schema_migrations where version > 3")
    ran = facestore("check", "--against", old, "--max-drop", 0.1)
    assert (ran.status, ran.out) == (1, "")
    assert "it has schema version 3" in ran.err


def test_every_format_has_it(check):
    words = ("--max-drop", 0.01, "--classifier", "worse", "--format")
    for style in ("table", "vertical", "markdown", "csv"):
        ran = check(*words, style)
        assert ran.status == 3
        assert "max-drop" in ran.out
        assert ran.err.endswith(
            "1 of 1 condition failed, 0 unclear: max-drop of 'worse' on faces/val\n"
        )
    (case,) = ElementTree.fromstring(check(*words, "junit").out)
    assert case.get("classname") == "facestore.check.max-drop"
    assert case.find("failure").get("message").startswith("failed: 0.1 (0.06")
    assert check(*words, "github").out.startswith(
        "::error title=facestore check%3A max-drop of 'worse' on faces/val::failed: 0.1"
    )
