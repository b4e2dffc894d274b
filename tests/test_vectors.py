from __future__ import annotations

import json

import lancedb
import numpy as np
import pytest

from facestore.records import EmbeddingBatch
from facestore.unit_rows import unit_rows
from facestore.vectors import VectorStore


def batch(keys, seed=0, width=8):
    vectors = unit_rows(np.random.default_rng(seed).normal(size=(len(keys), width)))
    return EmbeddingBatch(tuple(keys), vectors)


@pytest.fixture
def table(tmp_path):
    return VectorStore(str(tmp_path)).images("model", {"architecture": "x"})


def test_vectors_come_back_bit_for_bit(table):
    given = batch(["a", "b", "c"])
    assert table.add(given) == 3
    (found,) = table.batches()
    assert found.keys == given.keys
    assert np.array_equal(found.vectors, given.vectors)


def test_a_table_that_is_not_there_is_empty(table):
    assert table.keys() == set()
    assert table.count() == 0
    assert list(table.batches()) == []
    assert table.get(["a"]) == {}
    table.compact()


def test_a_table_whose_making_was_killed_is_empty_and_made_again(tmp_path):
    for part in ("data", "_transactions", "_versions"):
        (tmp_path / "model.images.lance" / part).mkdir(parents=True)
    (tmp_path / "model.images.lance" / "data" / "half.lance").write_bytes(b"half")
    store = VectorStore(str(tmp_path))
    assert lancedb.connect(str(tmp_path)).list_tables().tables == ["model.images"]
    assert store.names() == []
    table = store.images("model")
    assert table.keys() == set()
    assert table.add(batch(["a"])) == 1
    assert store.names() == ["model.images"]


def test_a_table_that_was_made_and_never_filled_takes_vectors(table, tmp_path):
    table.add(batch(["a"]))
    lancedb.connect(str(tmp_path)).open_table(table.name).delete("true")
    assert (table.count(), table.keys()) == (0, set())
    assert table.add(batch(["b", "c"])) == 2
    assert table.keys() == {"b", "c"}


def test_known_keys_are_neither_stored_twice_nor_replaced(table):
    table.add(batch(["a", "b"], seed=1))
    assert table.add(batch(["b", "c"], seed=2)) == 1
    assert table.count() == 3
    assert np.array_equal(table.get(["b"])["b"], batch(["a", "b"], seed=1).vectors[1])


def test_a_key_twice_in_one_batch_is_refused_because_lance_would_store_both(table):
    with pytest.raises(ValueError, match="'a' occurs twice"):
        table.add(batch(["a", "a"]))
    assert table.count() == 0


@pytest.mark.parametrize("factor", [0.0, 2.0, np.nan])
def test_vectors_that_are_not_of_unit_length_are_refused(table, factor):
    given = batch(["a"])
    with pytest.raises(ValueError, match="length"):
        table.add(EmbeddingBatch(given.keys, given.vectors * np.float32(factor)))


def test_vectors_of_another_width_are_refused(table):
    table.add(batch(["a"]))
    with pytest.raises(ValueError, match="16 values do not fit"):
        table.add(batch(["b"], width=16))


def test_images_and_texts_of_an_encoder_are_apart(tmp_path):
    store = VectorStore(str(tmp_path))
    store.images("model").add(batch(["a"]))
    store.texts("model").add(batch(["a", "b"]))
    assert store.images("model").count() == 1
    assert store.texts("model").keys() == {"a", "b"}


def test_the_table_says_which_encoder_made_it(table, tmp_path):
    table.add(batch(["a"]))
    schema = lancedb.connect(str(tmp_path)).open_table("model.images").schema
    assert json.loads(schema.metadata[b"facestore"]) == {"architecture": "x"}


def test_compaction_leaves_one_fragment_and_every_vector(table, tmp_path):
    for start in range(0, 50, 10):
        table.add(batch([f"k{i}" for i in range(start, start + 10)], seed=start))
    before = {
        key: vector.tolist() for key, vector in table.get([f"k{i}" for i in range(50)]).items()
    }
    table.compact()
    stats = lancedb.connect(str(tmp_path)).open_table("model.images").stats()
    assert stats["fragment_stats"]["num_fragments"] == 1
    after = {
        key: vector.tolist() for key, vector in table.get([f"k{i}" for i in range(50)]).items()
    }
    assert after == before
    assert len(after) == 50
