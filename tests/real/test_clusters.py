"""FairFace has no persons: no interval knows of clusters, and people that are made up are found."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from facestore.mappings import LabelMapping
from facestore.store import Store

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

OPENAI = "ViT-L-14 openai imported raw_gender_labels gender topk 1"


def test_without_persons_every_interval_is_of_all_samples(published_store):
    with Store.open(published_store) as store:
        assert store.sql("from cluster_effects").fetchall() == []
        assert store.sql("from cluster_sizes").fetchall() == []
        assert store.sql("from kept_sample_clusters").fetchall() == []
        wrong = (
            "n_effective is distinct from n_samples or ci_low <> wilson_low(n_correct, n_samples) "
            "or ci_high <> wilson_high(n_correct, n_samples)"
        )
        assert store.sql(f"from accuracy_by_group where {wrong}").fetchall() == []
        assert store.sql("select count(*) from accuracy_by_group").fetchone()[0] > 10_000
        wrong = (
            "n_effective is distinct from n_samples "
            "or ci_low <> wilson_low(round(accuracy * n_samples), n_samples) "
            "or ci_high <> wilson_high(round(accuracy * n_samples), n_samples)"
        )
        assert store.sql(f"from leaderboard where {wrong}").fetchall() == []
        wrong = (
            "n_effective is distinct from n_samples "
            "or ci_low <> wilson_low(round(accuracy * n_samples), n_samples) "
            "or ci_high <> wilson_high(round(accuracy * n_samples), n_samples)"
        )
        for view in ("k_sweep", "wording_accuracy"):
            assert store.sql(f"from {view} where {wrong}").fetchall() == []
            assert store.sql(f"from {view} limit 1").fetchall() != []
        wrong = "ci_low <> wilson_low(n_predicted, n_samples) or n_effective <> n_samples"
        assert store.sql(f"from predicted_shares where {wrong}").fetchall() == []


def test_faces_that_are_told_to_be_of_people(published_store, tmp_path):
    """Four faces at random a person hang together by chance alone, as NumPy says, too."""
    shutil.copytree(published_store, tmp_path / "store")
    with Store.open(tmp_path / "store") as store:
        n = store.sql("select count(*) from samples").fetchone()[0]
        people = np.random.default_rng(0).permutation(n) // 4
        table = "file,person_id\n" + "".join(
            f"{path},{people[i]}\n"
            for i, (path,) in enumerate(
                store.sql("select path from samples order by path").fetchall()
            )
        )
        (tmp_path / "people.csv").write_text(table)
        store.import_labels(
            tmp_path / "people.csv",
            dataset="fairface",
            mapping=LabelMapping.of(columns=["person_id=person_id"]),
        )
        found = store.sql(
            "select icc, mean_cluster_size, n_clusters, n_samples from cluster_effects "
            f"where classifier = '{OPENAI}' and group_attribute = 'overall'"
        ).fetchone()
        icc, size, n_clusters, n_samples = found
        assert icc < 0.03
        assert size == pytest.approx(4, abs=0.01)
        assert n_clusters == pytest.approx(n_samples / 4, abs=2)
        rows = store.sql(
            "select samples.person_id, is_correct from judged_predictions "
            f"inner join samples using (sample_id) where classifier = '{OPENAI}'"
        ).fetchall()
        assert icc == pytest.approx(anova(rows), abs=1e-9)


def anova(rows):
    """Return the ICC of (cluster, is right) by mean squares, with NumPy."""
    clusters, right = zip(*rows, strict=True)
    _, place = np.unique(np.array(clusters), return_inverse=True)
    y = np.array(right, float)
    sizes = np.bincount(place)
    means = np.bincount(place, y) / sizes
    between = (sizes * (means - y.mean()) ** 2).sum() / (len(sizes) - 1)
    within = ((y - means[place]) ** 2).sum() / (len(y) - len(sizes))
    size = (len(y) - (sizes**2).sum() / len(y)) / (len(sizes) - 1)
    return max(0.0, float((between - within) / (between + (size - 1) * within)))
