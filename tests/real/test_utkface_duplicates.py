"""The duplicates of UTKFace that the UTKFace notebook found, from names and hashes alone."""

from __future__ import annotations

import polars as pl
import pytest

from facestore.catalog import Catalog
from facestore.ingest.layouts.utkface import UTKFACE_CLASSES, utkface_labels
from facestore.records import ImageRecord
from facestore.store import Store

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("utkface")]

SIDE = 200  # of the aligned and cropped faces, in pixels


def load_utkface(folder, manifest):
    """Fill a store with the samples, labels and images of the manifest; return unreadable names."""
    rows = pl.read_parquet(manifest) if not isinstance(manifest, pl.DataFrame) else manifest
    catalog = Catalog(folder / "facestore.duckdb")
    table = utkface_labels(rows["file"], catalog.samples.classes()["age"])
    images = [
        ImageRecord(
            image_id=row["sha256"],
            phash=None if row["phash"] is None else int(row["phash"], 16),
            width=SIDE,
            height=SIDE,
            format="JPEG",
            n_bytes=row["n_bytes"],
        )
        for row in rows.unique("sha256", maintain_order=True).iter_rows(named=True)
    ]
    catalog.samples.save(
        "utkface",
        source="manifest.parquet",
        layout="utkface",
        samples=rows.select(
            path="file",
            image_id="sha256",
            split=pl.lit(None, pl.String),
            tags=pl.lit(None, pl.List(pl.String)),
            error=pl.lit(None, pl.String),
            person_id=pl.lit(None, pl.String),
        ),
        labels=table.labels.rename({"name": "path"}),
        images=images,
        new_classes=UTKFACE_CLASSES,
    )
    catalog.close()
    return table.malformed


@pytest.fixture(scope="module")
def manifest(real_data):
    return pl.read_parquet(real_data / "utkface" / "manifest.parquet")


@pytest.fixture(scope="module")
def store(manifest, tmp_path_factory):
    folder = tmp_path_factory.mktemp("utkface") / "store"
    assert len(load_utkface(folder, manifest)) == 3
    with Store.open(folder) as opened:
        yield opened


def test_distinct_images_and_samples_without_labels(store):
    counts = "select count(*), count(distinct image_id) from samples"
    assert store.sql(counts).fetchall() == [(23_708, 23_318)]
    bare = "from samples where sample_id not in (select sample_id from labels)"
    assert len(store.sql(bare)) == 3


@pytest.mark.parametrize(
    ("distance", "n_pairs", "n_flagged"), [(0, 237, 450), (5, 829, 1470), (6, 3040, 3266)]
)
def test_pairs_and_flagged_images(store, distance, n_pairs, n_flagged):
    found = (
        "with pairs as (select image_id_a, image_id_b from "
        f"near_duplicates({distance})) select (select count(*) from pairs), (select count(*) from "
        "(select image_id_a from pairs union select image_id_b from pairs))"
    )
    assert store.sql(found).fetchall() == [(n_pairs, n_flagged)]


def test_dropping_all_as_the_notebook_does(store):
    kept = {each.policy: each.n_kept for each in store.duplicates()}
    assert kept == {"keep-one": 22_534, "drop-conflicting": 21_718, "drop-all": 21_848}
    n_images = "select sum(n_images), count(*) from (select distinct group_id, n_images from duplicate_groups where n_images > 1)"
    assert store.sql(n_images).fetchall() == [(1470, 686)]


def test_labels_in_conflict(store):
    query = "select attribute, is_same_content, count(*), max(years_apart) from label_conflicts group by all order by all"
    assert store.sql(query).fetchall() == [
        ("age", False, 709, 65),
        ("age", True, 220, 48),
        ("gender", False, 84, None),
        ("gender", True, 42, None),
        ("race", False, 207, None),
        ("race", True, 74, None),
    ]
    conflicts = (
        "select count(*), count(*) filter (where n_label_conflicts > 0) from exact_duplicates"
    )
    assert store.sql(conflicts).fetchall() == [(375, 259)]


def test_the_spike_at_26_and_the_babies(store):
    query = "select age_from, n_samples from age_histogram(1) order by n_samples desc limit 2"
    assert store.sql(query).fetchall() == [(26, 2197), (1, 1123)]


def test_a_split_is_the_same_in_another_order_and_leaks_nothing(store, manifest, tmp_path):
    strata = ("gender", "race", "age")
    store.split("utkface", stratify=strata, force=True)
    load_utkface(tmp_path / "other", manifest.sample(fraction=1, shuffle=True, seed=1))
    query = "select path, split from samples order by path"
    with Store.open(tmp_path / "other") as other:
        other.split("utkface", stratify=strata)
        assert other.sql(query).fetchall() == store.sql(query).fetchall()
    assert len(store.sql("from split_leakage")) == 0
    assert store.doctor("splits_keep_duplicates_together")[0].n_bad == 0
    sizes = store.sql(
        "select split, count(*) from samples group by split order by split"
    ).fetchall()
    assert sizes == [("test", 2371), ("train", 18_966), ("val", 2371)]
    assert store.sql("select min(p_value) > 0.9 from split_chi_square").fetchall() == [(True,)]
