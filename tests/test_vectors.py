from __future__ import annotations

import errno
import json
import os
import time
from pathlib import Path

import lancedb
import numpy as np
import pytest
from support.vector_keys import keys_of

from facestore.errors import StoreWriteError, VectorsUnreadableError
from facestore.records import EmbeddingBatch
from facestore.stores import Stores
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
    assert keys_of(table) == set()
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
    assert keys_of(table) == set()
    assert table.add(batch(["a"])) == 1
    assert store.names() == ["model.images"]


def test_a_table_that_was_made_and_never_filled_takes_vectors(table, tmp_path):
    table.add(batch(["a"]))
    lancedb.connect(str(tmp_path)).open_table(table.name).delete("true")
    assert (table.count(), keys_of(table)) == (0, set())
    assert table.add(batch(["b", "c"])) == 2
    assert keys_of(table) == {"b", "c"}


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
    assert keys_of(store.texts("model")) == {"a", "b"}


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


def test_vectors_keep_their_order_and_stay_together_also_when_compacted(table):
    """Digests of batches rely on it: the rows of one `add` are neighbours, in the order given."""
    keys = [f"k{i:05}" for i in np.random.default_rng(3).permutation(20_000)]
    parts = [keys[:12_345], keys[12_345:12_346], keys[12_346:]]
    table.add(batch(parts[0]))
    # what is there already is left out, and leaves no gap
    table.add(batch([*parts[1], *parts[0][:500]]))
    for start in range(0, len(parts[2]), 1000):
        table.add(batch(parts[2][start : start + 1000], seed=start))

    def found():
        return [key for each in table.batches() for key in each.keys]

    assert found() == keys
    table.compact()
    assert found() == keys
    table.add(batch(["last"]))
    table.compact()
    assert found() == [*keys, "last"]


def test_keys_that_another_process_added_are_known(tmp_path):
    one, other = (VectorStore(str(tmp_path)).images("model") for _ in range(2))
    one.add(batch(["a", "b"]))
    other.add(batch(["c"]))
    assert one.add(batch(["c", "d"])) == 1
    assert other.add(batch(["d", "a", "e"])) == 1
    assert sorted(keys_of(one)) == ["a", "b", "c", "d", "e"]
    assert one.count() == 5


@pytest.fixture
def synced(monkeypatch):
    """Return the files and folders that the disk was waited for."""
    if not Path("/proc/self/fd").exists():
        pytest.skip("the system does not tell the name of an open file")
    paths = []
    real = os.fsync

    def fsync(descriptor):
        paths.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return paths


def test_what_is_written_is_on_the_disk_before_add_returns_and_is_synced_once(tmp_path, synced):
    """Lance syncs nothing: every file that it wrote, and each folder up to that of the store."""
    folder = tmp_path / "store" / "vectors" / "model.images.lance"
    table = VectorStore(str(folder.parent)).images("model")
    seen, way = set(), {folder, folder.parent, folder.parent.parent}
    for keys in (["a", "b"], ["c"]):
        synced.clear()
        table.add(batch(keys))
        files = {path for path in folder.rglob("*") if path.is_file() and path.suffix != ".json"}
        new, before, seen = files - seen, seen, files
        assert len(new) >= 3
        assert new <= set(synced)
        assert not before & set(synced)
        assert {path.parent for path in new} <= set(synced)
        assert [
            path for path in synced if path.suffix and synced.count(path) > 1 and path != folder
        ] == []
        assert synced[-1] == folder  # which has the name of the note
        assert json.loads((folder / "on_disk.json").read_text())["version"] == 2 + (keys == ["c"])
        assert keys == ["c"] or way <= set(synced)


@pytest.mark.usefixtures("synced")
def test_what_a_killed_process_left_is_synced_before_rows_rely_on_it(tmp_path, monkeypatch):
    with Stores.open(tmp_path) as stores:
        with stores.catalog.transaction():
            pass
        stores.vectors.images("model").add(batch(["a"]))
    theirs = lancedb.connect(str(tmp_path / "vectors")).open_table("model.images")
    rows = batch(["b"])
    theirs.add([{"image_id": "b", "vector": rows.vectors[0]}])
    folder = tmp_path / "vectors" / "model.images.lance"
    newest = min(folder.glob("_versions/*.manifest"))
    log = tmp_path / "facestore.duckdb.wal"
    # How many bytes the log had, which a commit writes to, when a file was first synced.
    n_logged = {}
    real = os.fsync

    def fsync(descriptor):
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        n_logged.setdefault(path, log.stat().st_size if log.exists() else 0)
        real(descriptor)

    with Stores.open(tmp_path) as stores:
        assert keys_of(stores.vectors.images("model")) == {"a", "b"}
        with monkeypatch.context() as patched, stores.catalog.transaction() as con:
            con.execute("create table mine.relies as select 1 as one")
            patched.setattr(os, "fsync", fsync)
            before = log.stat().st_size if log.exists() else 0
    assert n_logged[newest] == n_logged[folder.parent] == before


def test_a_disk_that_refuses_leaves_no_version_that_only_memory_has(table, monkeypatch, tmp_path):
    table.add(batch(["a"]))

    def fsync(_descriptor):
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fsync)
        with pytest.raises(StoreWriteError, match="Input/output error"):
            table.add(batch(["b"]))
    fresh = VectorStore(str(tmp_path)).images("model")
    assert keys_of(fresh) == {"a"}
    assert fresh.add(batch(["b"])) == 1


def newest(folder, pattern):
    """Return the newest manifest, or the file of data or of a transaction that came last."""
    if pattern.startswith("_versions"):
        return min(folder.glob(pattern))
    return max(folder.glob(pattern), key=lambda path: path.stat().st_mtime_ns)


DAMAGES = {
    "manifest of 0 bytes": ("_versions/*.manifest", lambda content: b""),
    "manifest of zeros": ("_versions/*.manifest", lambda content: bytes(len(content))),
    "manifest cut": ("_versions/*.manifest", lambda content: content[: len(content) // 2]),
    "manifest whose end is zeros": (
        "_versions/*.manifest",
        lambda content: content[: len(content) // 2] + bytes(len(content) - len(content) // 2),
    ),
    "manifest gone": ("_versions/*.manifest", lambda content: None),
    "data of 0 bytes": ("data/*", lambda content: b""),
    "data of zeros": ("data/*", lambda content: bytes(len(content))),
    "data cut": ("data/*", lambda content: content[:-10]),
    "data with a page of zeros": ("data/*", lambda content: bytes(4096) + content[4096:]),
    "data gone": ("data/*", lambda content: None),
}
HARMLESS = {
    "transaction of 0 bytes": ("_transactions/*", lambda content: b""),
    "transaction gone": ("_transactions/*", lambda content: None),
    "hint of 0 bytes": ("_versions/latest_version_hint.json", lambda content: b""),
    "hint gone": ("_versions/latest_version_hint.json", lambda content: None),
}


def spoil(path, change):
    content = change(path.read_bytes())
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)


def two_versions(folder, notes):
    """Make a table of two additions; the last may not have been noted as being on the disk."""
    table = VectorStore(str(folder)).images("model")
    table.add(batch([f"a{i}" for i in range(300)]))
    note = folder / "model.images.lance" / "on_disk.json"
    before = note.read_bytes()
    time.sleep(0.01)
    table.add(batch([f"b{i}" for i in range(300)]))
    if notes == "of the one before":
        note.write_bytes(before)
    elif notes == "of 0 bytes":
        note.write_bytes(b"")
    elif notes == "none":
        note.unlink()
    return folder / "model.images.lance"


@pytest.mark.parametrize("notes", ["of the one before", "of 0 bytes", "none"])
@pytest.mark.parametrize("damage", [*DAMAGES, *HARMLESS])
def test_a_version_that_a_power_cut_spoiled_gives_way_to_the_one_before(tmp_path, damage, notes):
    folder = two_versions(tmp_path, notes)
    pattern, change = (DAMAGES | HARMLESS)[damage]
    spoil(newest(folder, pattern), change)
    lines = []
    table = VectorStore(str(tmp_path), lines.append).images("model")
    table.mend()
    assert len(keys_of(table)) == (600 if damage in HARMLESS else 300)
    assert table.add(batch(["b1", "new"])) == (1 if damage in HARMLESS else 2)
    table.compact()
    if damage in HARMLESS or damage == "manifest gone":
        assert lines == []
    else:
        (line,) = lines
        assert line.startswith("vectors/model.images.lance: version 3 cannot be read (")
        assert line.endswith(
            "set_aside; 300 vectors of version 2 are kept. Ingest or import again what is missing."
        )
        assert [*folder.glob("set_aside/*.manifest")]
    again = VectorStore(str(tmp_path), lines.append).images("model")
    again.mend()
    assert again.count() == table.count() == (601 if damage in HARMLESS else 302)
    assert all(
        abs(np.linalg.norm(each.vectors, axis=1) - 1).max() < 1e-5 for each in again.batches()
    )


@pytest.mark.parametrize(
    "damage", [each for each in DAMAGES if each != "data with a page of zeros"]
)
def test_what_reads_says_in_one_line_what_cannot_be_read_and_what_mends_it(tmp_path, damage):
    folder = two_versions(tmp_path, "of the one before")
    pattern, change = DAMAGES[damage]
    spoil(newest(folder, pattern), change)
    table = VectorStore(str(tmp_path)).images("model")
    if damage == "manifest gone":
        assert len(keys_of(table)) == 300
        return
    for read in (
        lambda: keys_of(table),
        table.known,
        lambda: [*table.batches()],
        lambda: table.get(["a1"]),
        lambda: table.one("b1"),
        lambda: table.nearest(batch(["x"]).vectors[0], 3),
        lambda: table.snapshot().keys(),
        lambda: [*table.snapshot().blocks()],
    ):
        with pytest.raises(VectorsUnreadableError) as told:
            read()
        message = str(told.value)
        assert message.startswith("'vectors/model.images.lance' cannot be read (")
        assert "`facestore doctor repair=True`" in message
        assert "\n" not in message
    assert not (folder / "set_aside").exists()


def test_a_version_that_was_on_the_disk_is_put_aside_only_when_that_is_asked_for(tmp_path):
    folder = two_versions(tmp_path, "of this one")
    spoil(newest(folder, "data/*"), lambda content: b"")
    store = VectorStore(str(tmp_path))
    store.images("model").mend()
    with pytest.raises(VectorsUnreadableError):
        keys_of(store.images("model"))
    (line,) = store.mend()
    assert "300 vectors of version 2 are kept" in line
    assert len(keys_of(store.images("model"))) == 300


def test_an_error_that_is_not_of_the_files_puts_nothing_aside(tmp_path):
    folder = two_versions(tmp_path, "none")
    path = newest(folder, "_versions/*.manifest")
    spoil(path, lambda content: None)
    path.symlink_to(path)  # "Too many levels of symbolic links (os error 40)"
    with pytest.raises(VectorsUnreadableError, match="see that you may read it"):
        VectorStore(str(tmp_path)).images("model").add(batch(["c"]))
    assert not (folder / "set_aside").exists()


def test_a_table_of_which_nothing_can_be_read_is_made_anew(tmp_path):
    folder = two_versions(tmp_path, "none")
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_bytes(b"")
    lines = []
    table = VectorStore(str(tmp_path), lines.append).images("model")
    assert table.add(batch(["c"])) == 1
    assert "version 3, 2, 1 cannot be read" in lines[0]
    assert "none is left" in lines[0]
    assert keys_of(table) == {"c"}
