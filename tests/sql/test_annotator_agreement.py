"""Agreement of annotators: Krippendorff's alpha as the package has it, and a recount of the rest."""

from __future__ import annotations

import duckdb
import krippendorff
import numpy as np
import pytest
from support.rows import (
    classifier,
    fill,
    labels,
    load,
    predictions,
    rate_groups_from,
    read,
    samples,
)

from facestore import resources
from facestore.catalog import migrate

N = 120
GENDER = ["Male", "Female"]
RACES = ["White", "Black", "Indian"]
TONES = [str(i) for i in range(1, 11)]


def annotate(con, attribute, said, *, named):
    """Write what annotators say: a list of class names (or None) for each sample."""
    rows = []
    for sample_id, each in enumerate(said, 1):
        given = [(f"a{i}", label) for i, label in enumerate(each) if label is not None]
        if named:
            rows += [(sample_id, attribute, who, label, 1) for who, label in given]
        else:
            found = [label for _, label in given]
            rows += [(sample_id, attribute, None, x, found.count(x)) for x in sorted({*found})]
    keys = ("sample_id", "attribute", "annotator", "label", "n")
    load(con, annotations=[dict(zip(keys, row, strict=True)) for row in rows])


def tone_classes(con):
    fill(
        con,
        classes=[{"attribute": "tone", "class": t, "ordinal": i} for i, t in enumerate(TONES, 1)],
    )
    fill(con, ordered_attributes=[{"attribute": "tone"}])


def people(con, rng, n=N):
    """Write samples of two splits, with a gender each and a race but for some; return both."""
    half = n // 2
    fill(con, samples=samples(half) + samples(n - half, split=None, first=half + 1))
    genders = [GENDER[i] for i in rng.integers(2, size=n)]
    races = [[*RACES, None][i] for i in rng.integers(4, size=n)]
    fill(con, labels=labels("gender", genders) + labels("race", races))
    return genders, races


def drawn(rng, classes, n=N, most=5):
    """Return what up to `most` annotators say of each sample: near a truth, some of it missing."""
    found = []
    for _ in range(n):
        truth, m = rng.integers(len(classes)), rng.integers(most + 1)
        places = np.clip(truth + rng.integers(-2, 3, size=m), 0, len(classes) - 1)
        found.append([classes[i] if rng.random() < 0.9 else None for i in places])
    return found


def counts(said, classes):
    table = [[each.count(name) for name in classes] for each in said]
    return np.array(table).reshape(-1, len(classes))


def alpha(said, classes, level):
    """Return Krippendorff's alpha of the package; None where one class alone is said in pairs."""
    table = counts(said, classes)
    table = table[table.sum(1) > 1]
    if (table.sum(0) > 0).sum() < 2:
        return None
    domain = list(range(len(classes)))
    return krippendorff.alpha(value_counts=table, value_domain=domain, level_of_measurement=level)


def pairwise(said, classes):
    table = counts(said, classes)
    table = table[table.sum(1) > 1]
    m = table.sum(1)
    return float(np.mean((table * (table - 1)).sum(1) / (m * (m - 1)))) if len(table) else None


def groups_of(genders, races):
    """Yield split, group_attribute, group_name and the places of its samples."""
    n = len(genders)
    for split, half in (("val", range(n // 2)), (None, range(n // 2, n))):
        yield split, "overall", "overall", [*half]
        for name in GENDER:
            yield split, "gender", name, [i for i in half if genders[i] == name]
        for name in RACES:
            yield split, "race", name, [i for i in half if races[i] == name]
            for other in GENDER:
                both = [i for i in half if races[i] == name and genders[i] == other]
                yield split, "gender x race", f"{other} x {name}", both


def agreements(con, attribute):
    columns = (
        "split, group_attribute, group_name, n_samples, n_annotations, n_single, n_unanimous, "
        "pairwise_agreement, alpha_nominal, alpha_ordinal"
    )
    query = f"select {columns} from annotator_agreement where attribute = '{attribute}'"
    return {row[:3]: row[3:] for row in con.execute(query).fetchall()}


@pytest.mark.parametrize("named", [True, False], ids=["names", "counts"])
@pytest.mark.parametrize("seed", range(3))
def test_alpha_is_that_of_the_package_in_every_group(con, seed, named):
    rng = np.random.default_rng(seed)
    genders, races = people(con, rng)
    tone_classes(con)
    tones, moods = drawn(rng, TONES), drawn(rng, ["glad", "sad", "calm"])
    annotate(con, "tone", tones, named=named)
    annotate(con, "mood", moods, named=named)
    for attribute, said, classes in (
        ("tone", tones, TONES),
        ("mood", moods, ["calm", "glad", "sad"]),
    ):
        found = agreements(con, attribute)
        n_compared = 0
        for *key, places in groups_of(genders, races):
            of_group = [[x for x in said[i] if x is not None] for i in places]
            if not any(of_group):
                assert tuple(key) not in found
                continue
            n_samples, n_annotations, n_single, n_unanimous, agreed, nominal, ordinal = found[
                tuple(key)
            ]
            pairs = [each for each in of_group if len(each) > 1]
            assert n_samples == len(pairs)
            assert n_annotations == sum(map(len, pairs))
            assert n_single == sum(len(each) == 1 for each in of_group)
            assert n_unanimous == sum(len({*each}) == 1 for each in pairs)
            assert agreed == pytest.approx(pairwise(of_group, classes), abs=1e-12)
            assert nominal == pytest.approx(alpha(of_group, classes, "nominal"), abs=1e-9)
            if attribute == "tone":
                assert ordinal == pytest.approx(alpha(of_group, classes, "ordinal"), abs=1e-9)
                n_compared += ordinal is not None
            else:
                assert ordinal is None
        assert attribute != "tone" or n_compared > 15
        assert len(found) <= 24


def test_where_only_one_class_is_said_there_is_no_alpha(con):
    fill(con, samples=samples(4))
    tone_classes(con)
    annotate(con, "tone", [["3", "3"], ["3", "3", "3"], ["4"], []], named=True)
    (row,) = agreements(con, "tone").values()
    assert row == (2, 5, 1, 2, 1.0, None, None)


def test_single_annotations_alone_have_no_agreement(con):
    fill(con, samples=samples(2))
    tone_classes(con)
    annotate(con, "tone", [["3"], ["4"]], named=False)
    (row,) = agreements(con, "tone").values()
    assert row == (0, 0, 2, 0, None, None, None)


def test_a_small_group_has_its_counts_and_no_rates(con):
    fill(con, samples=samples(3))
    tone_classes(con)
    annotate(con, "tone", [["3", "4"], ["3", "3"], ["1"]], named=True)
    rate_groups_from(con, 3)
    (row,) = agreements(con, "tone").values()
    assert row == (2, 4, 1, 1, None, None, None)


def test_the_order_of_classes_counts_and_not_their_names(con):
    """The tones 1 and 2 are near, 1 and 10 are far, and 10 comes after 9."""
    fill(con, samples=samples(4))
    tone_classes(con)
    annotate(con, "tone", [["9", "10"], ["1", "2"], ["1", "1"], ["10", "10"]], named=True)
    ((*_, near),) = agreements(con, "tone").values()
    con.execute("update annotations set label = '10' where label = '2'")
    ((*_, far),) = agreements(con, "tone").values()
    assert near > 0.8 > 0.5 > far


# --- accuracy -------------------------------------------------------------------------------------


def test_accuracy_is_recounted_by_kind_and_group(con):
    rng = np.random.default_rng(7)
    genders, races = people(con, rng)
    said = drawn(rng, ["glad", "sad"], most=4)
    annotate(con, "mood", said, named=True)
    fill(con, classifiers=[classifier(1, "c", "mood")])
    predicted = [["glad", "sad", None][i] for i in rng.choice(3, size=N, p=[0.5, 0.4, 0.1])]
    fill(con, predictions=predictions(predicted))
    columns = (
        "split, group_attribute, group_name, agreement_kind, n_samples, n_ties, n_correct, accuracy, "
        "drawn_accuracy, drawn_accuracy_max"
    )
    found = {row[:4]: row[4:] for row in read(con, "accuracy_by_agreement", columns)}
    n_rows = 0
    for *key, places in groups_of(genders, races):
        told = [([x for x in said[i] if x], predicted[i]) for i in places if predicted[i]]
        kinds = {
            "all": lambda _: True,
            "single": lambda each: len(each) == 1,
            "unanimous": lambda each: len(each) > 1 and len({*each}) == 1,
            "divided": lambda each: len({*each}) > 1,
        }
        for kind, is_of in kinds.items():
            rows = [(each, what) for each, what in told if each and is_of(each)]
            if not rows:
                assert (*key, kind) not in found
                continue
            n_rows += 1
            ties = [each for each, _ in rows if each.count("glad") * 2 == len(each)]
            right = [max(each, key=each.count) == what for each, what in rows if each not in ties]
            shares = [each.count(what) / len(each) for each, what in rows]
            best = [max(map(each.count, each)) / len(each) for each, _ in rows]
            expected = (
                len(rows), len(ties), sum(right), np.mean(right) if right else None,
                np.mean(shares), np.mean(best),
            )  # fmt: skip
            assert found[*key, kind] == pytest.approx(expected, abs=1e-12)
    assert n_rows == len(found) > 60


def test_labels_of_another_taxonomy_are_judged_in_it(con):
    """UTKFace's Asian is both of FairFace's, so that two who differ in them agree there."""
    fill(con, samples=samples(3), labels=labels("race", ["Asian", "White", "Others"]))
    said = [
        ["East Asian", "Southeast Asian"],
        ["White", "Black"],
        ["Latino_Hispanic", "Middle Eastern"],
    ]
    annotate(con, "race", said, named=True)
    fill(con, classifiers=[classifier(1, "c", "race")])
    fill(con, predictions=predictions(["East Asian", "White", "White"]))
    where = "group_attribute = 'overall' and agreement_kind = 'all'"
    columns = "taxonomy, n_samples, n_ties, drawn_accuracy, drawn_accuracy_max"
    ((taxonomy, n, ties, share, most),) = read(con, "accuracy_by_agreement", columns, where)
    assert (taxonomy, n, ties) == ("UTKFace-5", 3, 3)
    assert (share, most) == (pytest.approx((1 + 0.5 + 0) / 3), pytest.approx((1 + 0.5 + 1) / 3))


def test_intervals_of_shares_cover_the_expected_accuracy():
    """Wilson's interval of as many samples covers the mean share at least as often as it says."""
    rng = np.random.default_rng(0)
    z = 1.959963984540054
    for n in (30, 100):
        truth = np.array([1, 1, 1, 2 / 3, 1 / 3, 0])
        weights = np.array([0.5, 0.2, 0.1, 0.1, 0.05, 0.05])
        expected = truth @ weights
        mean = rng.choice(truth, p=weights, size=(20_000, n)).mean(1)
        middle = (mean + z**2 / 2 / n) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(mean * (1 - mean) / n + z**2 / 4 / n**2)
        assert np.mean(abs(expected - middle) <= half) >= 0.95


def test_a_store_of_the_version_before_gets_the_tables_and_keeps_the_rest():
    migrations = migrate.load_migrations(resources.folder("migrations"))
    with duckdb.connect() as con:
        migrate.migrate(con, migrations, stop_before=15)
        fill(con, samples=samples(2), labels=labels("gender", GENDER))
        before = (
            con.execute("from labels order by all").fetchall(),
            con.execute("from classes order by all").fetchall(),
        )
        assert migrate.migrate(con, migrations, stop_before=16) == ["0015_add_annotations"]
        after = (
            con.execute("from labels order by all").fetchall(),
            con.execute("from classes order by all").fetchall(),
        )
        assert after == before
        assert con.execute("from annotations").fetchall() == []
        assert con.execute("from ordered_attributes").fetchall() == [("age",)]
        insert = "insert into annotations values (1, 'gender', {}, 'Male', {})"
        for wrong in (insert.format("null", 0), insert.format("'ann'", 2)):
            with pytest.raises(duckdb.ConstraintException):
                con.execute(wrong)
