"""A person is forgotten: nothing in the folder of the store tells of them, and all else is as it was."""

from __future__ import annotations

import hashlib
import json

import duckdb
import lancedb
import numpy as np
import pytest
from removing.conftest import ANNA, NAMED, NEAR, TWIN, well

from facestore import Store
from facestore.catalog.refusals import Refusals
from facestore.config import REMOVING_FILE
from facestore.errors import InputError, TableError, UnknownNameError, VectorsDifferError
from facestore.recorded_vectors import VectorRecord
from facestore.removing import finish as finishing
from facestore.removing import plan


def image_of(store, path):
    ((image_id, phash),) = store.sql(f"select image_id, phash from samples inner join images using (image_id) where path = '{path}'").fetchall()  # fmt: skip
    return image_id, phash


def vectors_of(store, key):
    return [
        vector
        for name in store.vectors.names()
        if name.endswith(".images") and (vector := store.vectors.table(name).one(key)) is not None
    ]


def needles(store, path):
    """Return everything by which a sample could be found: name, content, hash, vectors."""
    image_id, phash = image_of(store, path)
    vectors = vectors_of(store, image_id)
    assert len(vectors) == 2
    return {
        "name": path.rsplit("/", 1)[-1].encode(),
        "content": image_id.encode(),
        "content, raw": bytes.fromhex(image_id),
        "pHash, text": str(phash).encode(),
        "pHash, hex": f"{phash:016x}".encode(),
        "pHash, little": phash.to_bytes(8, "little"),
        "pHash, big": phash.to_bytes(8, "big"),
        **{f"vector {i}": vector.tobytes() for i, vector in enumerate(vectors)},
    }


def found_in(folder, wanted):
    """Search every file, and every value of every table in every version, as text and as bytes."""
    found = set()
    for file in folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            found |= {(what, file.name) for what, needle in wanted.items() if needle in content}
            found |= {(what, "a name") for what, n in wanted.items() if n in file.name.encode()}
    with duckdb.connect(folder / "facestore.duckdb", read_only=True) as con:
        for (table,) in con.execute("select table_name from duckdb_tables()").fetchall():
            for row in con.execute(f'from "{table}"').fetchall():
                text = json.dumps(row, default=repr).encode()
                found |= {(what, table) for what, needle in wanted.items() if needle in text}
    db = lancedb.connect(folder / "vectors")
    for name in db.list_tables().tables:
        table = db.open_table(name)
        for version in table.list_versions():
            table.checkout(version["version"])
            for row in table.search().limit(None).to_list():
                values = (next(iter(row.values())).encode(), row["vector"])
                blob = values[0] + b"".join(_float32(values[1]))
                found |= {(what, name) for what, needle in wanted.items() if needle in blob}
    return found


def _float32(values):
    return [np.asarray(values, dtype=np.float32).tobytes()]


def other_rows(store, path):
    """Return what the store has of all other samples."""
    theirs = f"select sample_id from samples where path = '{path}'"
    rows = {
        table: store.sql(f"from {table} where sample_id not in ({theirs}) order by all").fetchall()
        for table in (
            "samples",
            "labels",
            "annotations",
            "predictions",
            "similarities",
            "explanations",
        )
    }
    image_id, _ = image_of(store, path)
    for name in store.vectors.names():
        rows[name] = [
            (key, batch.vectors[i].tobytes())
            for batch in store.vectors.table(name).batches()
            for i, key in enumerate(batch.keys)
            if key != image_id
        ]
    return rows


def test_nothing_in_the_folder_of_the_store_tells_of_them_and_all_others_are_as_they_were(store, folder):  # fmt: skip
    store.forget([TWIN])  # whose picture is the same
    store.execute(
        "insert into annotations select sample_id, 'gender', 'zq-ann', 'Male', 1 from samples"
    )
    wanted, before = needles(store, ANNA), other_rows(store, ANNA)
    store.close()
    (folder / "store" / "reports").mkdir(exist_ok=True)
    (folder / "store" / "reports" / "errors.html").write_text(f"<p>{ANNA}")
    seen = found_in(folder / "store", wanted)
    assert {what for what, _ in seen} >= set(wanted) - {"pHash, hex", "pHash, big", "pHash, little", "content, raw"}  # fmt: skip
    assert ("name", "facestore.duckdb") in seen
    assert any(place.endswith(".html") for _, place in seen)
    assert any(what == "vector 1" and place.startswith("tiny") for what, place in seen)
    summary = store.forget([f"faces/{ANNA}"])
    assert summary.n_samples == summary.n_images == 1
    assert summary.counts["n_labels"] == 1
    assert summary.counts["n_annotations"] == 1
    assert summary.counts["n_explanations"] == 1
    assert summary.freed.n_vectors == 2
    store.close()
    assert found_in(folder / "store", wanted) == set()
    after = other_rows_now(store)
    assert after == before
    assert well(store) == []


def other_rows_now(store):
    rows = {
        table: store.sql(f"from {table} order by all").fetchall()
        for table in (
            "samples",
            "labels",
            "annotations",
            "predictions",
            "similarities",
            "explanations",
        )
    }
    for name in store.vectors.names():
        rows[name] = [
            (key, batch.vectors[i].tobytes())
            for batch in store.vectors.table(name).batches()
            for i, key in enumerate(batch.keys)
        ]
    return rows


def test_an_image_that_another_sample_has_stays_until_all_are_named(store):
    image_id, _ = image_of(store, ANNA)
    summary = store.forget([ANNA])
    assert (summary.n_samples, summary.n_images, summary.n_shared) == (1, 0, 1)
    assert len(vectors_of(store, image_id)) == 2
    assert image_of(store, TWIN)[0] == image_id
    assert well(store) == []
    summary = store.forget([image_id])
    assert (summary.n_samples, summary.n_images) == (1, 1)
    assert vectors_of(store, image_id) == []


def test_a_hash_means_all_samples_with_that_content_and_so_does_a_file(store, folder):
    dry = store.forget([folder / "pictures" / ANNA], dry_run=True)
    assert sorted(path for _, path in dry.names) == sorted([ANNA, TWIN])
    assert ("faces", NEAR) in dry.near
    assert store.sql("select count(*) from samples").fetchone() == (13,)
    image_id, _ = image_of(store, ANNA)
    summary = store.forget([image_id.upper()])
    assert (summary.n_samples, summary.n_images) == (2, 1)
    assert summary.near == dry.near


def test_a_sample_of_which_only_the_name_is_known_goes_with_its_vector(store, folder):
    key = f"sample:faces/{NAMED}"
    assert len(vectors_of(store, key)) == 1
    assert store.sql(f"select count(*) from neighbours where '{key}' in (key_a, key_b)").fetchone() != (0,)  # fmt: skip
    assert store.forget([NAMED]).freed.n_vectors == 1
    assert vectors_of(store, key) == []
    assert well(store) == []
    store.close()
    assert found_in(folder / "store", {"name": NAMED.encode()}) == set()


def test_the_log_of_runs_does_not_name_them_and_the_receipt_says_what_was_counted(store, folder):
    store.catalog.runs.record(
        "ingest",
        arguments={"source": f"/data/{ANNA}", "selection": {"sample_ids": [1, 9], "n": 9}, "b": "p1.png"},
        counts={}, versions={}, started_at="2026-01-01", ended_at="2026-01-01",
        outcome=f"InputError: '{ANNA}' cannot be read, as zq-anna-7391.png.txt",
    )  # fmt: skip
    ((anna,),) = store.sql(f"select sample_id from samples where path = '{ANNA}'").fetchall()
    assert anna == 9
    receipt = store.forget([ANNA]).receipt
    rows = store.sql("select arguments, outcome from runs order by run_id desc limit 2").fetchall()
    (given, said), (redacted, outcome) = rows
    assert json.loads(given) == {"receipt": receipt}
    assert said == "done"
    assert json.loads(redacted) == {"source": "[forgotten]", "selection": {"sample_ids": [1], "n": 9}, "b": "p1.png"}  # fmt: skip
    assert outcome == "InputError: '[forgotten]' cannot be read, as zq-anna-7391.png.txt"


def test_what_a_forgotten_sample_stood_for_is_a_sample_again(store):
    ((kept, excluded),) = store.sql(f"select kept_sample_id, excluded_samples.sample_id from excluded_samples inner join samples on kept_sample_id = samples.sample_id where path = '{ANNA}' limit 1").fetchall()  # fmt: skip
    assert kept == 9
    summary = store.forget([ANNA])
    assert summary.counts["n_no_longer_excluded"] >= 1
    assert excluded not in {each for (each,) in store.sql("select sample_id from excluded_samples").fetchall()}  # fmt: skip
    assert well(store) == []


def test_names_that_are_none_change_nothing_and_one_line_says_which(few, few_folder):
    with pytest.raises(UnknownNameError, match=r"'zq-3\.jp'\. Did you mean .*1 of 2 names is none"):
        few.forget(["zq-3.jpg", "zq-3.jp"])
    (few_folder / "empty.txt").write_text("\n\n")
    with pytest.raises(InputError, match="no name in it"):
        few.forget(file=few_folder / "empty.txt")
    assert few.sql("select count(*) from samples").fetchone() == (8,)
    few.import_labels(few_folder / "few.csv", dataset="again", create_samples=True)
    with pytest.raises(InputError, match=r"several data sets \(faces/zq-3.*give `dataset=`"):
        few.forget(["zq-3.jpg"])
    assert few.forget(["zq-3.jpg"], dataset="again").n_samples == 1
    assert few.forget(["faces/zq-3.jpg"]).n_samples == 1


def test_a_list_may_come_from_a_spreadsheet_and_what_was_forgotten_before_is_counted(
    few, few_folder
):
    listed = few_folder / "list.txt"
    listed.write_bytes("\ufeffzq-1.jpg\r\n\r\nfaces/zq-2.jpg\r\n".encode())
    assert few.forget(file=listed).n_samples == 2
    again = few.forget(file=listed)
    assert (again.n_known, again.receipt) == (2, None)


def test_ended_at_any_step_it_is_all_there_or_forgotten_and_the_same_call_ends_it(few, few_folder, monkeypatch):  # fmt: skip
    """As a kill: what comes after a step is never done. Real kills are in tests/faults."""
    steps = [(plan, "write_text"), (finishing, "drop_vectors"), (finishing, "rewrite"), (finishing, "ended"), (VectorRecord, "save")]  # fmt: skip
    few.close()

    def die(*_):
        raise SystemError

    for i, step in enumerate(steps):
        name, folder = f"zq-{i}.jpg", few_folder / "store"
        with Store.open(folder) as store, monkeypatch.context() as patched:
            patched.setattr(*step, die)
            with pytest.raises(SystemError):
                store.forget([name])
        is_begun = (folder / REMOVING_FILE).exists()
        assert is_begun == (i > 0)
        with Store.open(folder) as again:
            n_left = len(again.sql(f"from samples where path = '{name}'").fetchall())
            assert n_left == (0 if is_begun else 1)
            assert ("nothing_is_half_taken_out" in well(again)) == is_begun
            summary = again.forget([name])
            assert (summary.n_known, summary.n_samples) == ((1, 0) if is_begun else (0, 1))
    assert not (folder / REMOVING_FILE).exists()
    with Store.open(folder) as again:
        assert well(again) == ["neighbours_are_current"]  # to be searched again, as it says
        assert again.sql(
            "select sum(n_rows) from vector_batches where kind = 'images'"
        ).fetchone() == (3,)
        assert [path for (path,) in again.sql("select path from samples").fetchall()] == [f"zq-{i}.jpg" for i in range(5, 8)]  # fmt: skip
    assert {what for what, _ in found_in(folder, {str(i): f"zq-{i}.jpg".encode() for i in range(8)})} == set("567")  # fmt: skip


def test_a_kill_before_the_first_row_is_told_from_one_after_it(few, few_folder, monkeypatch):
    def die(*_):
        raise SystemError

    few.close()
    for step, is_done in (((Refusals, "add"), False), ((finishing, "drop_vectors"), True)):
        with Store.open(few_folder / "store") as store, monkeypatch.context() as patched:
            patched.setattr(*step, die)
            with pytest.raises(SystemError):
                store.forget(["zq-1.jpg"])
        with Store.open(few_folder / "store") as again:
            if is_done:
                assert again.forget().receipt is None
            else:
                with pytest.raises(InputError, match=r"nobody was forgotten: give the names again"):
                    again.forget()
            n_left = again.sql("select count(*) from samples where path = 'zq-1.jpg'").fetchone()
            assert n_left == (0 if is_done else 1,)
            assert not (few_folder / "store" / REMOVING_FILE).exists()


def test_tables_of_ones_own_are_named_wherever_they_are(few):
    few.execute("create table aunt as select path from samples where path = 'zq-1.jpg'")
    few.execute("create table mine.tags as select ['x', 'zq-1.jpg'] as tags")
    few.execute("create table mine.others as select ['x', 'zq-2.jpg'] as tags, 'zq-11.jpg' as path")
    assert few.forget(["zq-1.jpg"], dry_run=True).still_named == (
        "table main.aunt",
        "table mine.tags",
    )
    assert few.forget(["zq-1.jpg"]).still_named == ("table main.aunt", "table mine.tags")


def test_a_name_is_met_in_every_form_of_its_letters(few, few_folder):
    composed, parted = "Zo\u00eb.jpg", "Zoe\u0308.jpg"
    (few_folder / "zoe.csv").write_text(f"file,gender\n{parted},Female\n")
    few.import_labels(few_folder / "zoe.csv", dataset="faces", create_samples=True)
    assert few.forget([f"faces/{composed}"], dry_run=True).names == (("faces", parted),)
    assert few.forget([composed]).n_samples == 1
    assert few.forget([composed]).n_known == 1
    (few_folder / "zoe.csv").write_text(f"file,gender\n{composed},Female\n")
    with pytest.raises(TableError, match="forgotten here"):
        few.import_labels(few_folder / "zoe.csv", dataset="faces", create_samples=True)


def test_a_row_that_was_damaged_is_not_recorded_as_it_is(few):
    few.execute("update vector_batches set row_checks = repeat('\\x00', 32)::blob where kind = 'images'")  # fmt: skip
    with pytest.raises(VectorsDifferError, match="not the one that was recorded"):
        few.forget(["zq-1.jpg"])
    assert few.sql("select count(*) from samples").fetchone() == (8,)


def test_what_only_others_can_delete_is_named(store, folder):
    store.snapshot(folder / "before.duckdb")
    store.snapshot(folder / "copy", vectors=True)
    (folder / "store" / "notes.txt").write_text(f"call {ANNA}\n")
    summary = store.forget([ANNA, TWIN])
    assert sorted(each.path.rsplit("/", 2)[-1] for each in summary.copies) == ["before.duckdb", "facestore.duckdb"]  # fmt: skip
    assert summary.still_named == ("notes.txt",)
    store.snapshot(folder / "after.duckdb")
    assert len(store.forget([NEAR]).copies) == 3


def test_the_command_says_what_it_did_and_asks_for_names(facestore, folder):
    at = ["--store", folder / "store"]
    dry = facestore("forget", ANNA, "--dry-run", *at)
    assert dry.out.startswith(f"would forget 1 sample (faces/{ANNA})\n")
    ran = facestore("forget", ANNA, *at)
    assert ran.status == 0
    assert ran.out.startswith("forgotten: 1 sample, 0 images, 1 label, ")
    assert ANNA not in ran.out + ran.err
    assert facestore("forget", ANNA, *at).out == "1 name was forgotten before\n"
    assert facestore("forget", *at).status == 2
    wrong = facestore("forget", "nobody", *at)
    assert (wrong.status, wrong.err.count("\n")) == (1, 1)
    content = hashlib.sha256((folder / "pictures" / ANNA).read_bytes()).hexdigest()
    assert facestore("forget", content, *at).status == 0
