"""Samples of one person or picture are fewer observations: how they hang together, and by how much."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm
from support.rows import classifier, fill, labels, load, predictions, read, samples

from facestore.catalog.counts import keep, uncount_datasets

Con = duckdb.DuckDBPyConnection
N = 240
PICTURE = "ab" * 32


def a_store_of_people(con: Con, seed: int = 3) -> list[dict[str, Any]]:
    """Fill a store with people of 1 to 5 pictures in two races; return a row a judged sample."""
    rng = random.Random(seed)
    rows: list[dict[str, Any]] = []
    person = 0
    while len(rows) < N:
        person += 1
        race = rng.choice(["White", "Black"])
        skill = rng.betavariate(2, 1) if race == "White" else rng.betavariate(1, 1)
        for _ in range(min(rng.randint(1, 5), N - len(rows))):
            # the last people are not named: each of their pictures is by itself
            named = f"p{person}" if person <= 60 else None
            right = rng.random() < skill
            age = rng.choice(["20-29", "30-39"])
            rows.append({"person": named, "race": race, "age": age, "right": right})
    fill(con, samples=samples(N))
    fill(con, labels=labels("race", [row["race"] for row in rows]))
    fill(con, labels=labels("age", [row["age"] for row in rows]))
    fill(con, labels=labels("gender", ["Male"] * N))
    for number, row in enumerate(rows, 1):
        row["sample_id"] = number
        con.execute("update samples set person_id = ? where sample_id = ?", [row["person"], number])
    fill(con, classifiers=[classifier()])
    said = ["Male" if row["right"] else "Female" for row in rows]
    load(con, predictions=predictions(said))
    keep(con)
    return rows


def clusters_of(rows: Iterable[dict[str, Any]]) -> list[list[bool]]:
    """Return the judgements of each person, and of each sample of nobody."""
    found: dict[Any, list[bool]] = defaultdict(list)
    for row in rows:
        found[row["person"] or row["sample_id"]].append(row["right"])
    return list(found.values())


def anova(groups: Sequence[Sequence[Sequence[bool]]]) -> float:
    """Return the ICC by the analysis of variance of clusters within groups, with NumPy."""
    n = sum(len(cluster) for group in groups for cluster in group)
    n_clusters = sum(len(group) for group in groups)
    between = within = taken = 0.0
    for group in groups:
        everything = np.concatenate([np.array(cluster, float) for cluster in group])
        for cluster in group:
            between += len(cluster) * (np.mean(cluster) - everything.mean()) ** 2
            within += np.sum((np.array(cluster, float) - np.mean(cluster)) ** 2)
        taken += sum(len(cluster) ** 2 for cluster in group) / len(everything)
    free = n_clusters - len(groups)
    mean_between, mean_within = between / free, within / (n - n_clusters)
    size = (n - taken) / free
    icc = (mean_between - mean_within) / (mean_between + (size - 1) * mean_within)
    return float(min(1, max(0, icc)))


def test_it_is_the_analysis_of_variance(con: Con) -> None:
    rows = a_store_of_people(con)
    found = {
        (attribute, name): values
        for attribute, name, *values in read(
            con,
            "cluster_effects",
            "group_attribute, group_name, n_samples, n_clusters, mean_cluster_size, icc, "
            "design_effect, n_effective",
        )
    }
    for attribute in ("overall", "race", "age"):
        names = {row.get(attribute, "overall") for row in rows}
        members = {
            name: clusters_of(row for row in rows if row.get(attribute, "overall") == name)
            for name in names
        }
        icc = anova(list(members.values()))
        for name, clusters in members.items():
            n = sum(map(len, clusters))
            size = sum(len(cluster) ** 2 for cluster in clusters) / n
            effect = 1 + (size - 1) * icc
            expected = [n, len(clusters), size, icc, effect, n / effect]
            assert found[attribute, name] == pytest.approx(expected, abs=1e-9, rel=1e-9)
            assert 0.05 < icc < 0.6, "a store in which people matter"


def test_it_is_that_of_statsmodels(con: Con) -> None:
    rows = a_store_of_people(con)
    frame = pd.DataFrame(
        {
            "right": [float(row["right"]) for row in rows],
            "cluster": [row["person"] or str(row["sample_id"]) for row in rows],
        }
    )
    table = anova_lm(ols("right ~ C(cluster)", frame).fit())
    between, within = table["mean_sq"].to_numpy()
    sizes = frame.groupby("cluster").size().to_numpy()
    size = (len(frame) - (sizes**2).sum() / len(frame)) / (len(sizes) - 1)
    expected = (between - within) / (between + (size - 1) * within)
    ((icc,),) = read(con, "cluster_effects", "icc", "group_attribute = 'overall'")
    assert icc == pytest.approx(expected, abs=1e-9)


def test_a_difference_between_groups_is_none_between_people(con: Con) -> None:
    """Each person has 2 pictures, right by a coin of the race: .95 and .3."""
    rng = np.random.default_rng(5)
    n = 4000
    fill(con, samples=samples(n))
    con.execute("update samples set person_id = (sample_id // 2)::varchar")
    races = ["White" if number // 2 % 2 else "Black" for number in range(1, n + 1)]
    load(con, labels=labels("race", races) + labels("gender", ["Male"] * n))
    right = [rng.random() < (0.95 if race == "White" else 0.3) for race in races]
    fill(con, classifiers=[classifier()])
    load(con, predictions=predictions(["Male" if each else "Female" for each in right]))
    keep(con)
    found = dict(read(con, "cluster_effects", "distinct group_attribute, icc"))
    assert found["race"] < 0.05
    assert found["overall"] == pytest.approx(0.325**2 / (0.625 * 0.375), abs=0.05)


def test_without_clusters_there_is_none(con: Con) -> None:
    a_store_of_people(con)
    for nobody in ("sample_id::varchar", "null"):
        con.execute(f"update samples set person_id = {nobody}")
        uncount_datasets(con)
        keep(con)
        assert read(con, "cluster_effects") == []
    assert con.execute("select count(*) from kept_cluster_counts").fetchone() == (0,)


def test_people_count_within_a_data_set_and_a_split(con: Con) -> None:
    fill(con, samples=samples(3) + samples(2, split="train", first=4))
    fill(con, samples=samples(2, dataset="other", first=6))
    con.execute("update samples set person_id = '7' where sample_id in (1, 2, 4, 6)")
    found = read(con, "sample_clusters", "sample_id, kind, cluster, n_samples")
    assert found == [
        (1, "person", "7", 2),
        (2, "person", "7", 2),
        (3, "sample", "3", 1),
        (4, "person", "7", 1),
        (5, "sample", "5", 1),
        (6, "person", "7", 1),
        (7, "sample", "7", 1),
    ]


def test_copies_hang_together_unless_people_are_known(con: Con) -> None:
    fill(con, samples=samples(6))
    con.execute(f"update samples set image_id = '{PICTURE}' where sample_id <= 3")
    con.execute("update samples set image_id = repeat('c', 64) where sample_id = 4")
    con.execute("update samples set person_id = 'ann' where sample_id in (3, 5)")
    # a near copy, which `dedup` has found
    out = {"sample_id": 4, "reason": "nearly the same", "policy": "keep-one", "max_distance": 5}
    fill(con, excluded_samples=[out | {"kept_sample_id": 1}])
    found = read(con, "sample_clusters", "sample_id, kind, cluster, n_samples")
    assert found == [
        (1, "picture", PICTURE, 3),
        (2, "picture", PICTURE, 3),
        (3, "person", "ann", 2),
        (4, "picture", PICTURE, 3),
        (5, "person", "ann", 2),
        (6, "sample", "6", 1),
    ]
    con.execute("update excluded_samples set kept_sample_id = 3")
    assert (4, "person", "ann", 3) in read(
        con, "sample_clusters", "sample_id, kind, cluster, n_samples"
    )


def test_where_it_cannot_be_told_a_cluster_is_one_sample(con: Con) -> None:
    fill(con, samples=samples(6), labels=labels("gender", ["Male"] * 6))
    con.execute("update samples set person_id = (sample_id // 2)::varchar")
    fill(con, classifiers=[classifier()], predictions=predictions(["Male"] * 6))
    keep(con)
    values = "n_samples, n_clusters, icc, n_effective"
    (overall,) = read(con, "cluster_effects", values, "group_attribute = 'overall'")
    assert overall == pytest.approx((6, 4, 1, 6 / (10 / 6)))


def test_what_is_kept_is_what_is_counted(con: Con) -> None:
    a_store_of_people(con)
    counted = read(con, "current_cluster_counts(true)")
    assert {row[5] for row in counted} == {True, False}
    assert read(con, "kept_cluster_counts") == counted
    assert read(con, "count_checks", "*", "not is_current") == []
    con.execute("update kept_cluster_counts set n_clusters = n_clusters + 1 where n_in_cluster = 2")
    assert read(con, "count_checks", "dataset", "not is_current") == [("faces",)]
    uncount_datasets(con, ["faces"])
    assert read(con, "kept_cluster_counts") == read(con, "cluster_effects") == []
    keep(con)
    assert read(con, "kept_cluster_counts") == counted
