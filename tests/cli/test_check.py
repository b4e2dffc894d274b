"""`facestore check`: a limit is broken only where the whole interval breaks it."""

from __future__ import annotations

import json
import shutil
from xml.etree import ElementTree

import duckdb
import pytest
from statsmodels.stats.proportion import proportion_confint
from support import rows

from facestore.catalog.checks import Figure
from facestore.cli.checked import CheckFormat, print_conditions
from facestore.errors import counted
from facestore.store import Store
from facestore.upkeep.check import Condition, Verdict

pytestmark = [pytest.mark.usefixtures("audited"), pytest.mark.xdist_group("audited")]


@pytest.fixture(scope="module")
def audited_store(tmp_path_factory):
    """Give a store: 380 of 400 right for White, 300 of 400 for Black, 18 of 20 for Indian."""
    folder = tmp_path_factory.mktemp("audited") / "store"
    with Store.open(folder) as store:
        store.migrate()
        store.set("min_samples", 1)
    parts = {"White": (380, 400), "Black": (300, 400), "Indian": (18, 20)}
    races = [race for race, (_, n) in parts.items() for _ in range(n)]
    said = [("Female", "Male")[i < right] for right, n in parts.values() for i in range(n)]
    with duckdb.connect(folder / "facestore.duckdb") as con:
        rows.load(con, samples=rows.samples(len(races)), predictions=rows.predictions(said))
        rows.load(con, labels=rows.labels("race", races))
        rows.load(con, labels=rows.labels("gender", ["Male"] * len(races)))
        rows.fill(con, classifiers=[rows.classifier(1, "clip")])
        rows.fill(con, images=[{"image_id": "a" * 64, "phash": 1}])
        rows.fill(con, samples=rows.samples(4, split="train", first=2000))
        con.execute("update samples set image_id = repeat('a', 64) where sample_id in (1, 2000)")
    return folder


@pytest.fixture
def audited(facestore, audited_store, monkeypatch):
    """Let commands read that store: none of them writes."""
    monkeypatch.setenv("FACESTORE_STORE", str(audited_store))


def gap_of(facestore):
    query = "select gap, ci_low, ci_high from accuracy_gaps where group_attribute = 'race'"
    return facestore("sql", query, "--format", "json").rows[0]


def test_a_gap_fails_only_below_the_lower_end_of_its_interval(facestore):
    gap = gap_of(facestore)
    assert gap["gap"] == pytest.approx(0.2)
    assert gap["ci_low"] < 0.2 < gap["ci_high"]
    for limit, status, result in [
        (0.05, 3, "failed"),
        (gap["ci_low"] - 1e-6, 3, "failed"),
        (gap["ci_low"] + 1e-6, 0, "unclear"),
        (0.199, 0, "unclear"),
        (0.201, 0, "ok"),
    ]:
        ran = facestore(
            "check", "--max-gap", limit, "--attribute", "gender", "--group", "race",
            "--format", "json",
        )  # fmt: skip
        (row,) = ran.rows
        assert (ran.status, row["result"]) == (status, result), limit
        assert (row["figure"], row["ci_low"], row["n"]) == (
            gap["gap"], gap["ci_low"], 800,
        )  # fmt: skip
        assert row["details"] == "White 0.9500, Black 0.7500"


def check(facestore, *words):
    ran = facestore("check", *words, "--attribute", "gender", "--group", "race", "--format", "json")
    return ran.status, [row["result"] for row in ran.rows], ran


def test_a_gap_is_certified_only_below_the_limit_with_its_whole_interval(facestore):
    gap = gap_of(facestore)
    for limit, status, result in [
        (gap["ci_high"] + 1e-6, 0, "certified"),
        (gap["ci_high"] - 1e-6, 3, "unclear"),
        (gap["ci_low"] + 1e-6, 3, "unclear"),
        (gap["ci_low"] - 1e-6, 3, "failed"),
    ]:
        assert check(facestore, "--certify-gap", limit)[:2] == (status, [result]), limit
    *_, ran = check(facestore, "--certify-gap", 0.9, "--max-gap", 0.199)
    assert [(row["condition"], row["result"], row["ci_low"]) for row in ran.rows] == [
        ("max-gap", "unclear", gap["ci_low"]),
        ("certify-gap", "certified", gap["ci_low"]),
    ]
    assert (ran.status, ran.err) == (0, "0 of 2 conditions failed, 1 unclear, 1 certified\n")


@pytest.fixture
def two_classifiers(audited, audited_store, tmp_path, monkeypatch):
    """Give the same store with a second classifier, that is right as often."""
    folder = tmp_path / "two"
    shutil.copytree(audited_store, folder)
    with duckdb.connect(folder / "facestore.duckdb") as con:
        rows.fill(con, classifiers=[rows.classifier(2, "clip 2")])
        con.execute(
            "insert into predictions by name select * replace (2 as classifier_id) from predictions"
        )
    monkeypatch.setenv("FACESTORE_STORE", str(folder))


@pytest.mark.usefixtures("two_classifiers")
def test_what_is_looked_at_together_holds_together(facestore):
    """Three pairs of races of two classifiers, and two accuracies: 0.05 in all."""
    one = gap_of(facestore)
    query = "select ci_low, ci_high from accuracy_gaps_among({}) where group_attribute = 'race'"
    for words, n_compared in [
        (("--classifier", "clip"), 3),
        ((), 6),
        (("--certify-gap", 0.5), 6),
        (("--min-accuracy", 0.5), 8),
    ]:
        ran = facestore(
            "check", "--max-gap", 0.01, *words, "--group", "race", "--attribute", "gender",
            "--format", "json",
        )  # fmt: skip
        wide = facestore("sql", query.format(n_compared), "--format", "json").rows[0]
        assert (ran.rows[0]["ci_low"], ran.rows[0]["ci_high"]) == (wide["ci_low"], wide["ci_high"])
    assert wide["ci_low"] < one["ci_low"]
    # the wider of two: so far from the middle Wilson's is too short where errors are few
    wilson = proportion_confint(698, 820, 0.05 / 8, method="wilson")
    binomial = proportion_confint(698, 820, 0.05 / 8, method="beta")
    expected = (min(wilson[0], binomial[0]), max(wilson[1], binomial[1]))
    of_accuracy = ran.rows[-1]
    assert of_accuracy["condition"] == "min-accuracy"
    assert (of_accuracy["ci_low"], of_accuracy["ci_high"]) == pytest.approx(expected, abs=1e-5)


def test_an_accuracy_fails_only_above_the_upper_end_of_its_interval(facestore):
    query = "select accuracy, ci_high from classifier_summary"
    (found,) = facestore("sql", query, "--format", "json").rows
    assert found["accuracy"] == pytest.approx(698 / 820)
    for limit, status in [(0.8, 0), (found["ci_high"] - 1e-6, 0), (found["ci_high"] + 1e-6, 3)]:
        assert facestore("check", "--min-accuracy", limit).status == status


def test_leakage_is_counted_and_has_no_interval(facestore):
    ran = facestore("check", "--max-leakage", 0.1, "--format", "json")
    assert ran.status == 3
    assert [(row["split"], row["result"], row["figure"]) for row in ran.rows] == [
        ("train", "failed", 0.25),
        ("val", "ok", 1 / 820),
    ]
    assert ran.rows[0]["details"] == "1 sample, 1 of them the same bytes"
    assert facestore("check", "--max-leakage", 0.25).status == 0
    assert facestore("check", "--max-leakage", 0.1, "--split", "val").status == 0


def test_each_condition_is_a_line_and_one_failure_is_enough(facestore):
    ran = facestore(
        "check", "--max-gap", 0.05, "--min-accuracy", 0.5, "--max-leakage", 1, "--classifier",
        "clip", "--dataset", "faces", "--format", "json",
    )  # fmt: skip
    assert ran.status == 3
    assert [(row["condition"], row["group"], row["result"]) for row in json.loads(ran.out)] == [
        ("max-gap", "race", "failed"),
        ("min-accuracy", None, "ok"),
        ("max-leakage", None, "ok"),
        ("max-leakage", None, "ok"),
    ]
    assert ran.err.startswith("1 of 4 conditions failed, 0 unclear: ")
    table = facestore("check", "--max-gap", 0.05)
    assert "failed" in table.out
    assert "race" in table.out


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ([], 2, "give a limit"),
        (["--group", "race", "--min-accuracy", 0.1], 2, "--group goes with --max-gap or --certify-gap"),
        (["--certify-gap", "1.5"], 1, "a share from 0 to 1"),
        (["--certify-gap", 0.1, "--split", "train"], 1, "Nothing to hold against --certify-gap"),
        (["--max-gap", "5"], 1, "a share from 0 to 1"),
        (["--max-gap", "nan"], 2, "a finite number"),
        (["--max-gap", 0.1, "--group", "rase"], 1, "Did you mean 'race'"),
        (["--max-gap", 0.1, "--attribute", "gendre"], 1, "Did you mean 'gender'"),
        (["--max-gap", 0.1, "--classifier", "clp"], 1, "Did you mean 'clip'"),
        (["--max-gap", 0.1, "--dataset", "face"], 1, "Did you mean 'faces'"),
        (["--max-gap", 0.1, "--split", "vall"], 1, "Did you mean 'val'"),
        (["--max-gap", 0.1, "--split", "test"], 1, "`facestore split --dataset DATASET"),
        (["--max-gap", 0.1, "--split", "train"], 1, "Nothing to hold against --max-gap"),
        (["--max-gap", 0.1, "--group", "gender"], 1, "Nothing to hold against --max-gap"),
    ],
)  # fmt: skip
def test_what_cannot_be_checked_never_passes(facestore, arguments, status, said):
    ran = facestore("check", *arguments)
    assert (ran.status, ran.out) == (status, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1


LIMITS = ("check", "--max-gap", 0.05, "--min-accuracy", 0.1, "--attribute", "gender")


def test_what_failed_stands_first_and_is_named_in_the_last_line(facestore):
    for_programs = facestore(*LIMITS, "--format", "json").rows
    shown = facestore(*LIMITS, "--format", "markdown")
    results = [line.split(" | ")[0].removeprefix("| ") for line in shown.out.splitlines()[2:]]
    assert sorted(results) == sorted(row["result"] for row in for_programs)
    assert results[0] == "failed"
    assert "failed" not in results[results.count("failed") :]
    last = shown.err.splitlines()[-1]
    assert last.startswith(
        f"{results.count('failed')} of {counted(len(results), 'condition')} failed"
    )
    assert "max-gap of 'clip' by race on " in last
    assert "min-accuracy" not in last


def test_ci_services_get_their_own_format(facestore):
    rows = facestore(*LIMITS, "--format", "json").rows
    ran = facestore(*LIMITS, "--format", "junit")
    assert ran.status == 3
    suite = ElementTree.fromstring(ran.out)
    n_failed = sum(row["result"] == "failed" for row in rows)
    assert (suite.get("tests"), suite.get("failures")) == (str(len(rows)), str(n_failed))
    assert len(suite.findall("testcase")) == len(rows)
    messages = [each.get("message") for each in suite.iter("failure")]
    assert len(messages) == n_failed > 0
    assert all(each.startswith("failed: 0.") and "limit 0.05" in each for each in messages)

    ran = facestore(*LIMITS, "--format", "github")
    assert ran.status == 3
    lines = ran.out.splitlines()
    unclear = sum(row["result"] == "unclear" for row in rows)
    assert [each.split()[0] for each in lines] == ["::error"] * n_failed + ["::warning"] * unclear
    assert lines[0].startswith("::error title=facestore check%3A max-gap of 'clip' by race on ")


def test_names_are_escaped_for_ci_services(capsys):
    figure = Figure('a::b,100%\nc<&"', "gender", "d", None, 0.5, 0.4, 0.6, 9, "race", "x\ny")
    failed = Condition("max-gap", figure, 0.1, Verdict.failed)
    print_conditions([failed], CheckFormat.junit)
    (case,) = ElementTree.fromstring(capsys.readouterr().out)
    assert case.get("name") == f"max-gap of {figure.classifier!r} by race on d"
    print_conditions([failed], CheckFormat.github)
    assert capsys.readouterr().out == (
        "::error title=facestore check%3A max-gap of 'a%3A%3Ab%2C100%25\\nc<&\"' by race on d"
        "::failed: 0.5 (0.4 to 0.6), limit 0.1; x%0Ay\n"
    )


def test_a_pattern_stands_for_all_classifiers_that_look_so(facestore):
    whole = facestore(*LIMITS, "--format", "json").rows
    assert facestore(*LIMITS, "--classifier", "c*p", "--format", "json").rows == whole
    ran = facestore(*LIMITS, "--classifier", "cl?")
    assert (ran.status, ran.out) == (1, "")
    assert "No classifier 'cl?'. Did you mean 'clip'?" in ran.err
