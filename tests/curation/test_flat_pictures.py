"""Pictures of one colour have a perceptual hash that says nothing: they are no copies of each other."""

from __future__ import annotations

import pytest
from PIL import Image
from support.pictures import write_picture

from facestore.store import Store


@pytest.fixture
def store(store_is_there, tmp_path):
    folder = tmp_path / "f"
    for i in range(6):
        write_picture(folder / f"{i}.png", seed=i)
        Image.new("RGB", (64, 64), (30 * i, 150 - 30 * i, 15 * i)).save(folder / f"flat{i}.png")
    for name, size in (("black1", (64, 64)), ("black2", (48, 48)), ("dot", (1, 1))):
        Image.new("RGB", size).save(folder / f"{name}.png")
    Image.new("L", (80, 80), 77).save(folder / "flat.jpg")
    for name in ("flat0", "0"):  # the very same bytes
        (folder / f"copy of {name}.png").write_bytes((folder / f"{name}.png").read_bytes())
    Image.open(folder / "1.png").resize((96, 96)).save(folder / "larger 1.png")
    told: list[object] = []
    with Store.open(tmp_path / "store", notify=told.append) as opened:
        opened.told = told
        opened.ingest(folder, dataset="d")
        yield opened


def test_only_flat_pictures_of_the_same_bytes_are_copies(store):
    pairs = store.sql(
        "select one.path, two.path, is_same_content from duplicate_pairs "
        "inner join samples as one on sample_id_a = one.sample_id "
        "inner join samples as two on sample_id_b = two.sample_id order by all"
    ).fetchall()
    assert {frozenset(pair[:2]): pair[2] for pair in pairs} == {
        frozenset(("0.png", "copy of 0.png")): True,
        frozenset(("flat0.png", "copy of flat0.png")): True,
        frozenset(("1.png", "larger 1.png")): False,
    }
    groups = store.sql("select n_images, n_samples, diameter from duplicate_groups order by all")
    assert [row[:2] for row in groups.fetchall()] == [(1, 2), (1, 2), (2, 2), (2, 2)]


def test_they_are_kept_and_spread_and_that_is_said(store):
    store.dedup("keep-one")
    assert store.sql("select count(*) from excluded_samples").fetchall() == [(3,)]
    assert "10 pictures are of one colour" in str(store.told[0])
    store.split("d", "0.5,0.5")
    in_test = store.sql("select count(*) from samples where path like 'flat%' and split = 'test'")
    assert 0 < in_test.fetchall()[0][0] < 7
    assert "of one colour" in str(store.told[-1])
