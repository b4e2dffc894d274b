"""What keeps tables of vectors quick and small: fragments, versions, and the index of keys."""

from __future__ import annotations

import shutil
import subprocess
import sys

import lancedb
import numpy as np
import pytest
from support.vector_keys import keys_of

from facestore import lance_sizes
from facestore.errors import VectorsUnreadableError
from facestore.key_index import KeyIndex
from facestore.records import EmbeddingBatch
from facestore.unit_rows import unit_rows
from facestore.vectors import VectorStore

WIDTH = 64


def batch(keys, width=WIDTH):
    rngs = [np.random.default_rng([*key.encode()]) for key in keys]
    return EmbeddingBatch(
        tuple(keys), unit_rows(np.stack([each.normal(size=width) for each in rngs]))
    )


def named(start, end):
    return [f"k{i:05}" for i in range(start, end)]


def opened(folder):
    return VectorStore(str(folder / "vectors")).images("model")


def in_lance(folder):
    return lancedb.connect(str(folder / "vectors")).open_table("model.images")


def order_of(table):
    return [key for each in table.key_batches() for key in each]


@pytest.fixture
def few_fragments(monkeypatch):
    monkeypatch.setattr(lance_sizes, "MOST_FRAGMENTS", 5)
    monkeypatch.setattr(lance_sizes, "SMALL_TABLE", 0)


@pytest.fixture
def no_spare_room(monkeypatch):
    monkeypatch.setattr(lance_sizes, "_SPARE_BYTES", 0)


@pytest.fixture
def crowded(monkeypatch):
    """Leave six bits of each hash, so that most keys look like others."""
    real = KeyIndex.of
    monkeypatch.setattr(KeyIndex, "of", lambda batches, n_rows: real(batches, n_rows, 58))


@pytest.mark.usefixtures("few_fragments")
@pytest.mark.parametrize("is_one_run", [True, False])
def test_fragments_are_merged_by_their_number_in_however_many_runs_they_came(tmp_path, is_one_run):
    table = opened(tmp_path)
    for start in range(0, 130, 10):
        table = table if is_one_run else opened(tmp_path)
        assert table.add(batch(named(start, start + 10))) == 10
        assert in_lance(tmp_path).stats()["fragment_stats"]["num_fragments"] <= 6
        assert table.add(batch(named(start - 5, start + 10))) == (5 if start == 0 else 0)
    assert sorted(order_of(table)) == sorted([*named(0, 130), *named(-5, 0)])
    assert all(
        np.array_equal(table.get([key])[key], batch([key]).vectors[0])
        for key in named(
            0,
            130,
        )
    )


@pytest.mark.usefixtures("no_spare_room")
def test_at_the_end_older_versions_take_no_room_and_rows_are_as_before(tmp_path):
    table = opened(tmp_path)
    for start in range(0, 4000, 500):
        table.add(batch(named(start, start + 500)))
    table.tidy()
    sizes = table.sizes()
    assert sizes.n_live <= sizes.n_disk <= 1.1 * sizes.n_live
    assert sizes.n_live > 4000 * WIDTH * 4
    assert len(in_lance(tmp_path).list_versions()) == 1
    assert order_of(table) == named(0, 4000)
    assert table.add(batch(named(3999, 4001))) == 1
    assert order_of(opened(tmp_path)) == named(0, 4001)


@pytest.mark.usefixtures("no_spare_room")
def test_what_a_run_left_that_was_killed_before_it_could_clean_goes_with_the_next(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(lance_sizes, "SMALL_TABLE", 0)
    table = opened(tmp_path)
    for start in range(0, 4000, 500):
        table.add(batch(named(start, start + 500)))
    table.compact()
    assert table.sizes().n_disk > 1.9 * table.sizes().n_live
    table = opened(tmp_path)
    table.add(batch(named(4000, 4010)))
    table.tidy()
    assert table.sizes().n_disk <= 1.1 * table.sizes().n_live
    n_before = in_lance(tmp_path).version
    table.add(batch(named(4010, 4020)))
    table.tidy()
    assert in_lance(tmp_path).version == n_before + 1
    assert order_of(table) == named(0, 4020)


def test_a_small_table_keeps_what_can_be_gone_back_to(tmp_path):
    table = opened(tmp_path)
    for start in (0, 500):
        table.add(batch(named(start, start + 500)))
    table.tidy()
    assert in_lance(tmp_path).stats()["fragment_stats"]["num_fragments"] == 1
    assert len(in_lance(tmp_path).list_versions()) > 2


@pytest.mark.usefixtures("crowded")
def test_keys_that_look_alike_are_told_apart_by_their_rows(tmp_path):
    table = opened(tmp_path)
    table.add(batch(named(0, 500)))
    table = opened(tmp_path)
    assert table.known().may_have(named(500, 600)).all()
    assert not table.has(named(500, 600)).any()
    assert (
        table.has([*named(490, 510), *named(0, 3)]).tolist()
        == [True] * 10 + [False] * 10 + [True] * 3
    )
    assert [table.has([key]).item() for key in ("k00000", "k00499", "k00500")] == [
        True,
        True,
        False,
    ]
    assert table.has(named(0, 1000)[::-1]).tolist() == [False] * 500 + [True] * 500
    assert table.add(batch(named(450, 600))) == 100
    assert table.get(named(550, 700)).keys() == set(named(550, 600))
    assert order_of(table) == named(0, 600)


def test_vectors_are_got_by_their_rows_also_where_another_program_deleted_some(tmp_path):
    table = opened(tmp_path)
    for start in range(0, 3000, 300):
        table.add(batch(named(start, start + 300)))
    in_lance(tmp_path).delete("image_id in ('k00003', 'k01500')")
    asked = [*named(2, 5), *named(1400, 1600), "k02999", "unknown", "k00002"]
    for each in (table, opened(tmp_path)):
        found = each.get(asked)
        assert found.keys() == {*asked} - {"k00003", "k01500", "unknown"}
        assert all(np.array_equal(found[key], batch([key]).vectors[0]) for key in found)
        assert each.has(["k00003", "k00004"]).tolist() == [False, True]
    assert table.add(batch(["k00003", "k00004"])) == 1


def test_what_another_program_appended_since_is_seen_by_who_had_the_table_open(tmp_path):
    table = opened(tmp_path)
    table.add(batch(named(0, 10)))
    theirs = batch(named(10, 12))
    rows = [
        {"image_id": key, "vector": vector}
        for key, vector in zip(theirs.keys, theirs.vectors, strict=True)
    ]
    in_lance(tmp_path).add(rows)
    assert table.add(batch(named(9, 14))) == 2
    assert order_of(table) == named(0, 14)


def test_a_table_that_another_process_made_anew_is_not_taken_for_the_old_one(tmp_path):
    table = opened(tmp_path)
    table.add(batch(named(0, 10)))
    version = in_lance(tmp_path).version
    other = VectorStore(str(tmp_path / "vectors"))
    other.remove("model.images")
    other.images("model").add(batch(named(20, 30)))
    assert in_lance(tmp_path).version == version
    assert table.add(batch(named(5, 25))) == 15
    assert sorted(order_of(table)) == named(5, 30)


def test_a_kill_between_the_vectors_and_the_catalogue_doubles_nothing(tmp_path):
    script = (
        "import os, sys; sys.path.insert(0, sys.argv[2])\n"
        "from pathlib import Path\n"
        "from test_vector_upkeep import batch, named, opened\n"
        "table = opened(Path(sys.argv[1]))\n"
        "table.add(batch(named(0, 20)))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    tests = str((tmp_path / __file__).parent)
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path), tests], check=False)
    assert done.returncode == -9
    table = opened(tmp_path)
    table.mend()
    assert table.add(batch(named(0, 30))) == 10
    assert order_of(table) == named(0, 30)


def many(folder, n_parts=40, n_rows=9000, width=8):
    """Make a table of which Lance does not read all before it is asked for."""
    table = opened(folder)
    for start in range(0, n_parts * n_rows, n_rows):
        keys = named(start, start + n_rows)
        rows = np.random.default_rng(start).normal(size=(n_rows, width))
        table.add(EmbeddingBatch(tuple(keys), unit_rows(rows)))
    return table, named(0, n_parts * n_rows)


def clean_thoroughly(folder, table):
    """Merge and remove older versions, as at the end of a command."""
    table.compact()
    table.clean()
    assert len(in_lance(folder).list_versions()) == 1


def test_who_reads_goes_on_where_fragments_were_merged_and_older_ones_removed(tmp_path):
    table, keys = many(tmp_path)
    steps = opened(tmp_path).batches_from(5)
    found = [*next(steps).keys]
    clean_thoroughly(tmp_path, table)
    table.add(batch(["new"], width=8))
    for each in steps:
        found += each.keys
    assert found == keys[5:]


def test_a_snapshot_is_read_on_in_the_same_way(tmp_path):
    table, keys = many(tmp_path)
    snapshot, other = opened(tmp_path).snapshot(), opened(tmp_path).snapshot()
    blocks = snapshot.blocks()
    first = next(blocks)
    clean_thoroughly(tmp_path, table)
    rows = [first, *blocks]
    assert np.concatenate([each.rows for each in rows]).tolist() == [*range(len(keys))]
    expected = np.concatenate([each.vectors for each in table.batches()])
    assert np.array_equal(np.concatenate([each.vectors for each in rows]), expected)
    assert snapshot.keys().keys.to_pylist() == other.keys().keys.to_pylist() == keys


def test_who_reads_is_told_where_rows_were_taken_out_meanwhile(tmp_path):
    table, keys = many(tmp_path)
    steps = opened(tmp_path).batches()
    next(steps)
    table.drop([keys[3]])
    table.clean()
    with pytest.raises(VectorsUnreadableError):
        list(steps)


def test_files_that_are_gone_for_another_reason_are_told(tmp_path):
    table, _ = many(tmp_path)
    steps = table.batches()
    next(steps)
    shutil.rmtree(tmp_path / "vectors" / "model.images.lance" / "data")
    with pytest.raises(VectorsUnreadableError):
        list(steps)
    assert keys_of(opened(tmp_path / "nothing")) == set()
