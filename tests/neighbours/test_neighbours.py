from __future__ import annotations

import re
import shutil

import numpy as np
import pytest
from support.moved import copy_moved
from support.pictures import picture, write_picture, write_pictures

from facestore.cli.summaries import lines_of
from facestore.errors import InputError, NoVectorsError
from facestore.records import EmbeddingBatch
from facestore.store import Store
from facestore.unit_rows import unit_rows

pytestmark = [pytest.mark.usefixtures("store_is_there"), pytest.mark.portable]


@pytest.fixture(scope="module")
def made(new_store, tmp_path_factory):
    """Give a store of two data sets: pictures, and two of them brighter in the other one."""
    folder = tmp_path_factory.mktemp("neighbours")
    shutil.copytree(new_store, folder / "store")
    for number in (1, 2):
        brighter = picture(number).point(lambda value: min(255, value + 9))
        (folder / "more").mkdir(exist_ok=True)
        brighter.save(folder / "more" / f"{number}.png")
    with Store.open(folder / "store") as opened:
        opened.ingest(write_pictures(folder / "pictures"), models=["tiny"], split="train")
        opened.ingest(folder / "more", models=["tiny"], split="test")
    return folder


@pytest.fixture
def store(made, tmp_path):
    copy_moved(made, tmp_path)
    with Store.open(tmp_path / "store") as opened:
        yield opened


def vectors_of(store):
    (encoder,) = store.catalog.encoders.all()
    return {
        key: batch.vectors[i]
        for batch in store.vectors.images(encoder.vectors).batches()
        for i, key in enumerate(batch.keys)
    }


def expected(store, min_cosine):
    vectors = vectors_of(store)
    keys = sorted(vectors)
    values = np.array([vectors[key] for key in keys])
    cosines = np.triu(values @ values.T, 1)
    return {(keys[i], keys[j]): float(cosines[i, j]) for i, j in np.argwhere(cosines >= min_cosine)}


def test_the_table_has_every_pair_above_the_threshold(store):
    summary = store.find_neighbours(0.5)
    rows = store.sql("select key_a, key_b, cosine from neighbours").fetchall()
    wanted = expected(store, 0.5)
    assert {(a, b): cosine for a, b, cosine in rows} == pytest.approx(wanted, abs=1e-6)
    assert [row[:2] for row in rows] == sorted(wanted)
    assert (summary.n_vectors, summary.n_pairs) == (7, len(wanted))
    assert summary.n_images == len({key for pair in wanted for key in pair})
    assert re.match(
        rf"{len(wanted)} pairs with a cosine of 0.5 or more among 7 images", lines_of(summary)[0]
    )


def test_a_search_replaces_the_one_before_and_is_recorded(store):
    store.find_neighbours(0.5)
    n_before = len(store.sql("from neighbours").fetchall())
    store.find_neighbours(0.97)
    assert 0 < len(store.sql("from neighbours").fetchall()) < n_before
    searched = "select min_cosine, n_vectors from neighbour_searches"
    assert store.sql(searched).fetchall() == [(0.97, 7)]
    runs = (
        "select arguments ->> 'min_cosine' from runs where command = 'neighbours' order by run_id"
    )
    assert store.sql(runs).fetchall() == [("0.5",), ("0.97",)]
    assert [each.name for each in store.doctor() if each.status == "failed"] == []


def test_nearly_the_same_picture_in_another_split_is_leakage(store):
    store.find_neighbours(0.9)
    rows = store.sql(
        "select path_a, path_b, is_across_datasets, split_a, split_b from embedding_leakage "
        "order by path_b, path_a"
    ).fetchall()
    # copy.jpg has the bytes of 1.jpg, so it is near to the brighter one as well
    assert {row[:2] for row in rows} >= {
        ("1.jpg", "1.png"),
        ("copy.jpg", "1.png"),
        ("2.jpg", "2.png"),
    }
    assert {row[2:] for row in rows} == {(True, "train", "test")}


def test_vectors_of_other_encoders_are_not_mixed(store, pictures, tmp_path):
    store.ingest(pictures, models=["tiny"], precision="bf16", split="train")
    store.find_neighbours(0.9, model="tiny fp32")
    of_first = store.sql("from neighbours order by all").fetchall()
    store.find_neighbours(0.9, model="tiny bf16")
    kept = "from neighbours where encoder_id = 1 order by all"
    assert store.sql(kept).fetchall() == of_first
    assert {i for (i,) in store.sql("select encoder_id from neighbours").fetchall()} == {1, 2}


def test_too_many_pairs_change_nothing(store):
    store.find_neighbours(0.97)
    before = store.sql("from neighbours order by all").fetchall()
    with pytest.raises(InputError, match=r"More than 3 pairs have a cosine of 0.1 or more"):
        store.find_neighbours(0.1, max_pairs=3)
    assert store.sql("from neighbours order by all").fetchall() == before


@pytest.mark.parametrize("threshold", [0, 1.01, float("nan")])
def test_a_threshold_out_of_range_is_refused(store, threshold):
    with pytest.raises(InputError, match="expected a number in"):
        store.find_neighbours(threshold)


def test_an_encoder_without_vectors_is_refused(tmp_path, pictures):
    with Store.open(tmp_path / "store") as store:
        store.ingest(pictures)
        with pytest.raises(InputError, match="no encoder yet"):
            store.find_neighbours()
        (tmp_path / "s.json").write_text('{"1.jpg": {"a photo of a man": 20}}')
        store.import_similarities(tmp_path / "s.json", dataset="pictures", model="RN50,openai")
        with pytest.raises(
            NoVectorsError, match="has no image vectors: ingest images with `models=RN50"
        ):
            store.find_neighbours()


def test_vectors_that_came_later_are_noted(store, pictures):
    store.find_neighbours(0.9)
    assert [each.n_bad for each in store.doctor("neighbours_are_current")] == [0]
    write_picture(pictures / "late.jpg", seed=77)
    store.ingest(pictures, models=["tiny"], split="train")
    (finding,) = store.doctor("neighbours_are_current")
    assert (finding.status, finding.rows) == ("note", (("tiny fp32", 7, 8),))


def test_many_vectors_in_several_fragments(tmp_path):
    with Store.open(tmp_path / "store") as store:
        np.savez(
            tmp_path / "v.npz",
            files=[f"{i}.jpg" for i in range(3000)],
            emb=unit_rows(np.random.default_rng(0).normal(size=(3000, 6))),
        )
        store.import_embeddings(tmp_path / "v.npz", dataset="d", model="m,x", create_samples=True)
        (encoder,) = store.catalog.encoders.all()
        table = store.vectors.images(encoder.vectors)
        more = unit_rows(np.random.default_rng(1).normal(size=(500, 6)))
        table.add(EmbeddingBatch(tuple(f"k{i}" for i in range(500)), more))
        # A limit that no cosine comes near: two processors do not agree on the last digit.
        values = np.array(list(vectors_of(store).values()), dtype=np.float64)
        near = np.sort((values @ values.T)[np.triu_indices(len(values), 1)])
        near = near[(near > 0.9865) & (near < 0.9875)]
        widest = np.argmax(np.diff(near))
        limit = float(near[widest] + near[widest + 1]) / 2
        assert near[widest + 1] - near[widest] > 1e-6
        wanted = expected(store, limit)
        assert store.find_neighbours(limit).n_pairs == len(wanted) > 100
        rows = store.sql("select key_a, key_b from neighbours").fetchall()
        assert set(rows) == set(wanted)
