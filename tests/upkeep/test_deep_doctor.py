"""What `doctor` says of vectors and figures that were changed, and of files that are damaged."""

from __future__ import annotations

import json
import shutil

import duckdb
import lancedb
import numpy as np
import pyarrow as pa
import pytest

from facestore import Store
from facestore.catalog.audit_files import Status
from facestore.config import CATALOG_FILE
from facestore.errors import VectorsDifferError
from facestore.importing.embeddings import TextSource
from facestore.records import EmbeddingBatch
from facestore.vector_table import VectorTable

pytestmark = pytest.mark.usefixtures("store_is_there")

_PROMPTS = "original_clip_labels_v2"


def make_store(folder, n=6, seed=1):
    """Make a store with imported vectors of some files, scored, predicted, with heads and pairs."""
    rng = np.random.default_rng(seed)
    with Store.open(folder / "store") as opened:
        texts = np.array([each.text for each in opened.prompt_set(_PROMPTS).prompts])
        vectors = rng.normal(size=(n + len(texts), 8)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        files = np.array([f"{i}.jpg" for i in range(n)])
        np.savez(folder / "v.npz", files=files, emb=vectors[:n], words=texts, text=vectors[n:])
        rows = [f"{i}.jpg,{('Male', 'Female')[i % 2]}" for i in range(n)]
        (folder / "l.csv").write_text("\n".join(["file,gender", *rows, ""]))
        load(opened, folder)
        opened.import_labels(folder / "l.csv", dataset="d")
        opened.score(_PROMPTS)
        for how in ("sum", "embedding_mean"):
            opened.predict(attribute="gender", prompt_set=_PROMPTS, aggregation=how)
        opened.predict(attribute="gender", prompt_set=_PROMPTS, aggregation="topk", k=3)
        opened.find_neighbours(min_cosine=0.01)
        opened.train_probe(dataset="d", attributes=["gender"], l2=1.0)
    return folder / "store"


def load(opened, folder, dataset="d"):
    return opened.import_embeddings(
        folder / "v.npz",
        dataset=dataset,
        split="train",
        model="RN50,openai",
        create_samples=True,
        names_key="files",
        vectors_key="emb",
        text=TextSource(folder / "v.npz", prompts_key="words", vectors_key="text"),
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("deep")
    make_store(folder)
    return folder


@pytest.fixture
def store(made, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    with Store.open(tmp_path / "store") as opened:
        yield opened


def bad(path, *, deep=True):
    with Store.open(path) as again:
        return {f.name: f for f in again.doctor(deep=deep) if f.status != Status.ok}


def table_name(store, kind="images"):
    (name,) = store.sql("select vectors from encoders").fetchone()
    return f"{name}.{kind}"


def rewrite(store, change, kind="images"):
    """Write a Lance table anew, with other rows or other metadata; another program would."""
    db = lancedb.connect(store.path / "vectors")
    name = table_name(store, kind)
    before = db.open_table(name).to_arrow()
    db.create_table(name, data=change(before), mode="overwrite")


def table_name_in(path):
    names = lancedb.connect(path / "vectors").list_tables().tables
    return next(name for name in names if name.endswith(".images"))


def vectors_of(table):
    return table["vector"].combine_chunks().flatten().to_numpy().reshape(len(table), -1).copy()


def with_vectors(table, vectors):
    width = vectors.shape[1]
    column = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), width)
    return pa.table([table.column(0), column], schema=table.schema)


def rotated(table):
    return with_vectors(table, np.roll(vectors_of(table), 1, axis=0))


def one_bit(table):
    vectors = vectors_of(table)
    vectors.view(np.uint32)[2, 5] ^= 1
    return with_vectors(table, vectors)


def swapped(table):
    return table.take(pa.array([1, 0, *range(2, len(table))]))


def one_key(table):
    keys = table.column(0).to_pylist()
    return pa.table([pa.array([f"{keys[0]}x", *keys[1:]]), table.column(1)], schema=table.schema)


@pytest.mark.parametrize(
    ("kind", "change", "n_bad"),
    [
        ("images", rotated, None), ("texts", rotated, None), ("images", one_bit, 1),
        ("images", swapped, 2), ("texts", one_key, 1),
    ],
)  # fmt: skip
def test_a_row_that_is_not_the_one_recorded_is_named(store, change, n_bad, kind):
    rewrite(store, change, kind)
    found = bad(store.path)["vectors_are_those_recorded"]
    n_rows = store.vectors.images(table_name(store).removesuffix(".images")).count()
    if kind == "texts":
        n_rows = store.vectors.texts(table_name(store).removesuffix(".images")).count()
    assert found.status == Status.failed
    assert found.n_bad == (n_rows if n_bad is None else n_bad)
    assert {row[0] for row in found.rows} == {table_name(store, kind)}
    if change is one_bit:
        assert found.rows[0][1] == 2  # the row


def test_rotated_vectors_do_not_give_the_similarities_either(store):
    store.execute("update vector_batches set sha256 = repeat('0', 64)")
    rewrite(store, rotated)
    assert "similarities_follow_from_vectors" in bad(store.path)


def without_metadata(table):
    return table.replace_schema_metadata({})


def without_a_name(table):
    identity = json.loads(table.schema.metadata[b"facestore"])
    identity.pop("pretrained")
    return table.replace_schema_metadata({"facestore": json.dumps(identity)})


def other(column, value):
    def change(table):
        identity = json.loads(table.schema.metadata[b"facestore"]) | {column: value}
        return table.replace_schema_metadata({"facestore": json.dumps(identity)})

    return change


@pytest.mark.parametrize(
    ("kind", "change", "says"),
    [
        ("images", without_metadata, "does not say which encoder made it"),
        ("texts", without_a_name, "does not say with which pretrained"),
        ("texts", other("weights_sha256", "ab" * 32), "weights_sha256 abab"),
        ("images", other("architecture", "RN101"), "architecture RN101"),
        ("images", other("pretrained", "yfcc15m"), "pretrained yfcc15m"),
        ("images", other("preprocessing", {"size": 9}), 'preprocessing {"size": 9}'),
        ("texts", other("logit_scale", 5.0), "logit_scale 5.0"),
        ("texts", other("precision", "fp16"), "precision fp16"),
        ("images", other("source", "open_clip"), "source open_clip"),
    ],
)  # fmt: skip
def test_a_table_of_another_encoder_is_named_and_not_measured_with(store, change, says, kind):
    rewrite(store, change, kind)
    found = bad(store.path, deep=False)["vectors_fit_their_encoders"]
    assert found.status == Status.failed
    assert says in found.rows[0][1]
    with Store.open(store.path) as again:
        for use in (
            lambda: again.score("raw_gender_labels"),
            lambda: again.train_probe(dataset="d", attributes=["gender"], name="n"),
            lambda: again.near("d/1.jpg"),
            lambda: again.find_neighbours(min_cosine=0.5),
        ):
            with pytest.raises(VectorsDifferError, match="delete this folder"):
                use()


def test_what_is_advised_where_a_table_is_of_another_encoder_works(store, tmp_path):
    rewrite(store, other("architecture", "RN101"))
    store.close()
    with Store.open(store.path) as again, pytest.raises(VectorsDifferError):
        load(again, tmp_path)
    shutil.rmtree(store.path / "vectors" / f"{table_name_in(store.path)}.lance")
    with Store.open(store.path) as again:
        load(again, tmp_path)
        again.score(_PROMPTS)
    assert bad(store.path) == {}


def test_rows_that_are_gone_are_named_and_made_again(store, tmp_path):
    table = lancedb.connect(store.path / "vectors").open_table(table_name(store))
    table.delete("image_id = 'sample:d/5.jpg'")
    store.close()
    found = bad(store.path)
    assert "it has 5 vectors, 6 were recorded" in found["vectors_fit_their_encoders"].rows[0][1]
    assert "1 row from here on is gone" in found["vectors_are_those_recorded"].rows[-1][3]
    with Store.open(store.path) as again:
        with pytest.raises(VectorsDifferError, match="5 vectors, 6 were recorded"):
            again.score(_PROMPTS)
        load(again, tmp_path)
        again.score(_PROMPTS)
    assert bad(store.path) == {}


def test_vectors_that_a_killed_command_left_are_recorded_by_the_next(store, tmp_path):
    before = store.sql("from vector_batches").fetchall()
    db = lancedb.connect(store.path / "vectors")
    table = db.open_table(table_name(store))
    table.add(pa.table({"image_id": ["f" * 64], "vector": [[1.0] + [0.0] * 7]}, table.schema))
    found = bad(store.path)
    assert set(found) == {
        "vectors_are_recorded",
        "vectors_have_samples",
        "neighbours_are_current",
    }
    assert found["vectors_are_recorded"].rows == ((table_name(store), 1),)
    store.score(_PROMPTS)
    assert set(bad(store.path)) == {"vectors_have_samples", "neighbours_are_current"}
    (row,) = store.sql(
        "select kind, first_row, n_rows, origin from vector_batches where origin = 'found'"
    ).fetchall()
    assert row == ("images", 6, 1, "found")
    assert len(store.sql("from vector_batches").fetchall()) == len(before) + 1


def test_an_old_store_is_told_how_many_have_none_and_repair_records_them(store):
    store.execute("delete from vector_batches")
    found = bad(store.path)
    n_rows = {row[0]: row[1] for row in found["vectors_are_recorded"].rows}
    assert set(found) == {"vectors_are_recorded"}
    assert found["vectors_are_recorded"].status == Status.note
    assert n_rows[table_name(store)] == 6
    assert store.repair()["vectors recorded as they are"] == sum(n_rows.values())
    assert bad(store.path) == {}
    assert store.sql("select distinct origin from vector_batches").fetchall() == [("found",)]
    rewrite(store, rotated)
    assert "vectors_are_those_recorded" in bad(store.path)


def test_checksums_are_of_what_was_to_be_written(store, tmp_path, monkeypatch):
    assert store.sql("select kind, first_row, n_rows, origin from vector_batches").fetchall() == [
        ("images", 0, 6, "written"),
        ("texts", 0, len(store.prompt_set(_PROMPTS).prompts), "written"),
    ]
    add = VectorTable.add

    def add_others(table, batch):
        return add(table, EmbeddingBatch(batch.keys, np.roll(batch.vectors, 1, axis=0)))

    monkeypatch.setattr(VectorTable, "add", add_others)
    with Store.open(tmp_path / "spoiled") as other:
        load(other, tmp_path)
    found = bad(tmp_path / "spoiled")["vectors_are_those_recorded"]
    assert found.n_bad == 6 + len(store.prompt_set(_PROMPTS).prompts)


@pytest.mark.parametrize(
    ("statement", "audit"),
    [
        ("update similarities set cosine = cosine + 0.05 where sample_id = 1 and prompt_id = "
         "(select min(prompt_id) from similarities)", "similarities_follow_from_vectors"),
        ("update similarities set cosine = 'nan' where sample_id = 1", "similarities_follow_from_vectors"),
        ("update class_text_norms set norm = norm * 0.99", "class_text_norms_follow_from_vectors"),
        ("update predictions set predicted = if(predicted = 'Male', 'Female', 'Male') "
         "where sample_id = 1 and classifier_id = 1", "predictions_follow_from_similarities"),
        ("update predictions set predicted = if(predicted = 'Male', 'Female', 'Male') "
         "where sample_id = 1 and classifier_id = 3", "predictions_follow_from_similarities"),
        ("update predictions set score = score + 0.01 where classifier_id = 2",
         "predictions_follow_from_similarities"),
        ("update predictions set margin = 0.5 where classifier_id = 1", "predictions_follow_from_similarities"),
        ("update neighbours set cosine = cosine * 0.99 where cosine > 0.02", "neighbours_follow_from_vectors"),
    ],
)  # fmt: skip
def test_a_figure_that_does_not_follow_any_more_is_named(store, statement, audit):
    store.execute(statement)
    found = bad(store.path)
    assert audit in found
    assert found[audit].status == Status.failed


def test_heads_that_were_changed_are_named(store):
    (file,) = (store.path / "heads").glob("*.safetensors")
    content = bytearray(file.read_bytes())
    content[-3] ^= 1
    file.write_bytes(content)
    found = bad(store.path)
    assert set(found) == {"heads_are_those_recorded"}
    assert found["heads_are_those_recorded"].rows[0][0] == file.name


def spoil(file, at=None):
    content = bytearray(file.read_bytes())
    at = len(content) // 2 if at is None else at
    content[at : at + 64] = b"\xff" * len(content[at : at + 64])
    file.write_bytes(content)


def one_file(store, pattern):
    folder = store.path / "vectors" / f"{table_name_in(store.path)}.lance"
    return sorted(folder.glob(pattern))[-1]


def spoil_manifest(store):
    for file in (store.path / "vectors" / f"{table_name(store)}.lance").glob("_versions/*"):
        spoil(file, len(file.read_bytes()) - 40)


def spoil_data(store):
    file = one_file(store, "data/*.lance")
    spoil(file, file.stat().st_size - 64)


def empty_data(store):
    one_file(store, "data/*.lance").write_bytes(b"")


def garbage_file(store):
    (store.path / "vectors" / "notes.txt").write_text("what is this")


def garbage_table(store):
    (store.path / "vectors" / "notes.lance").write_text("what is this")


def spoil_header(store):
    store.close()
    spoil(store.path / CATALOG_FILE, 8)


def empty_catalogue(store):
    store.close()
    (store.path / CATALOG_FILE).write_bytes(b"\0" * 20_000)


def spoil_wal(store):
    store.close()
    (store.path / f"{CATALOG_FILE}.wal").write_bytes(b"garbage in, garbage out" * 100)


def spoil_blocks(store):
    store.close()
    file = store.path / CATALOG_FILE
    for at in range(3 * 4096 + 100, file.stat().st_size - 64, 262_144):
        spoil(file, at)


@pytest.mark.parametrize(
    "illness",
    [spoil_manifest, spoil_data, empty_data, garbage_file, garbage_table, spoil_header,
     empty_catalogue, spoil_wal, spoil_blocks],
    ids=lambda each: each.__name__,
)  # fmt: skip
def test_doctor_survives_every_illness_and_names_it(store, illness, facestore):
    illness(store)
    path = store.path
    ran = facestore("doctor", "--deep", "--format", "json", "--store", path)
    assert ran.status == 1, ran
    failed = [each for each in json.loads(ran.out) if each["result"] == "failed"]
    assert failed
    assert ran.err.count("\n") <= 2
    assert "Traceback" not in ran.err


def test_a_table_that_is_whole_is_looked_at_where_the_catalogue_is_not(store):
    spoil_header(store)
    with Store.open(store.path) as again:
        findings = again.doctor(deep=True)
    assert [(each.name, each.status) for each in findings] == [
        ("catalogue_can_be_opened", Status.failed),
        ("vectors_can_be_read", Status.ok),
    ]
    spoil_data(store)
    with Store.open(store.path) as again:
        (_, found) = again.doctor(deep=True)
    assert found.status == Status.failed
    assert found.rows[0][0] == table_name_in(store.path)


def test_a_copy_of_the_whole_store_has_the_checksums_of_its_vectors(store, tmp_path):
    store.snapshot(tmp_path / "copy", vectors=True)
    assert bad(tmp_path / "copy") == {}
    with duckdb.connect(str(tmp_path / "copy" / CATALOG_FILE), read_only=True) as con:
        assert con.execute("select count(*) from vector_batches").fetchone() == (2,)
