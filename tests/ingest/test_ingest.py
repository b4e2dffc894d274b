from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
from support.pictures import picture, write_labels, write_picture

from facestore.cli.ingested import profile_of
from facestore.cli.summaries import lines_of
from facestore.encoders.encoder import LazyEncoder
from facestore.encoders.open_clip import load_encoder
from facestore.errors import EncoderMismatchError, InputError, TableError, VectorsDifferError
from facestore.key_index import KeyIndex
from facestore.model_names import ModelName
from facestore.store import Store
from facestore.unit_rows import UNIT_TOLERANCE

pytestmark = pytest.mark.usefixtures("store_is_there")


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store") as opened:
        yield opened


def catalogue(store):
    return store.sql(
        "select path, image_id is not null, error from samples order by path"
    ).fetchall()


def everything(store):
    """Return every row that an ingest writes, but for times and for `runs`."""
    encoders = "select encoder_id, name, dim, preprocessing, weights_sha256, vectors from encoders"
    queries = ("from samples", "from images", "from labels", encoders)
    return [store.sql(f"{query} order by all").fetchall() for query in queries]


def vectors_of(store, encoder="tiny fp32"):
    table = store.vectors.images(store.catalog.encoders.find(encoder).vectors)
    return {key: batch.vectors[i] for batch in table.batches() for i, key in enumerate(batch.keys)}


def counts(summary):
    changes = summary.changes
    return changes.n_new, changes.n_changed, sum(summary.n_encoded.values())


def test_every_file_is_a_sample_and_every_content_one_image(store, pictures):
    summary = store.ingest(pictures, models=["tiny"])
    assert counts(summary) == (6, 0, 5)
    assert catalogue(store) == [
        (name, True, None) for name in ("1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg", "copy.jpg")
    ]
    assert store.sql("select count(*) from images").fetchall() == [(5,)]
    assert len(vectors_of(store)) == 5
    duplicates = (
        "select list(path order by path) from samples group by image_id having count(*) > 1"
    )
    assert store.sql(duplicates).fetchall() == [(["1.jpg", "copy.jpg"],)]


def test_vectors_are_those_that_open_clip_makes(store, pictures):
    store.ingest(pictures, models=["tiny"], batch_size=2)
    encoder = load_encoder(ModelName("tiny"), device="cpu")
    found = vectors_of(store)
    rows = store.sql("select distinct on (image_id) path, image_id from samples").fetchall()
    from PIL import Image

    for path, image_id in rows:
        with Image.open(pictures / path) as image:
            expected = encoder.encode_images([encoder.preprocess(image)])[0]
        np.testing.assert_allclose(found[image_id], expected, atol=1e-5)


def test_again_nothing_is_encoded_and_the_file_is_not_touched(store, pictures):
    store.ingest(pictures, models=["tiny"])
    before = (store.path / "facestore.duckdb").read_bytes()
    summary = store.ingest(pictures, models=["tiny"])
    store.close()
    assert counts(summary) == (0, 0, 0)
    assert "as before: " in "\n".join(lines_of(summary))
    assert (store.path / "facestore.duckdb").read_bytes() == before


def test_again_the_model_is_not_even_loaded(store, pictures, monkeypatch):
    loaded = []
    load = LazyEncoder.load
    monkeypatch.setattr(LazyEncoder, "load", lambda self: loaded.append(self.name) or load(self))
    store.ingest(pictures, models=["tiny"])
    assert set(loaded) == {"tiny fp32"}
    loaded.clear()
    store.ingest(pictures, models=["tiny"])
    assert loaded == []


def test_one_file_changed_one_added_one_broken_and_nothing_else(store, pictures):
    store.ingest(pictures, models=["tiny"])
    old = dict(store.sql("select path, image_id from samples").fetchall())
    write_picture(pictures / "2.jpg", seed=22)
    write_picture(pictures / "6.jpg", seed=6)
    (pictures / "3.jpg").write_bytes(b"broken")
    summary = store.ingest(pictures, models=["tiny"])
    assert counts(summary) == (1, 2, 2)
    assert summary.changes.n_content_changed == 2
    assert [path for path, _ in summary.errors] == ["3.jpg"]
    new = dict(store.sql("select path, image_id from samples").fetchall())
    assert {path for path in new if new[path] != old.get(path)} == {"2.jpg", "3.jpg", "6.jpg"}
    assert new["3.jpg"] is None
    again = store.ingest(pictures, models=["tiny"])
    assert counts(again) == (0, 0, 0)


def test_scores_of_a_changed_file_are_removed_and_of_no_other(store, pictures):
    store.ingest(pictures, models=["tiny"])
    store.score("raw_gender_labels")
    store.predict(attribute="gender", prompt_set="raw_gender_labels")
    write_picture(pictures / "2.jpg", seed=22)
    store.ingest(pictures, models=["tiny"])
    left = "select path from {} inner join samples using (sample_id) group by path order by path"
    expected = [(f"{name}.jpg",) for name in ("1", "3", "4", "5", "copy")]
    assert store.sql(left.format("similarities")).fetchall() == expected
    assert store.sql(left.format("predictions")).fetchall() == expected
    assert store.score("raw_gender_labels").n_similarities == 2
    assert store.predict(attribute="gender", prompt_set="raw_gender_labels").changes.n_new == 1


def test_a_second_encoder_decodes_only_what_it_lacks(store, pictures):
    store.ingest(pictures)
    summary = store.ingest(pictures, models=["tiny"])
    assert counts(summary) == (0, 0, 5)
    assert summary.n_images_new == 0


def test_labels_meet_files_by_the_longest_tail_and_the_rest_is_counted(store, pictures, tmp_path):
    labels = write_labels(
        tmp_path / "labels.csv",
        {
            "val/1.jpg": ("20-29", "Male", "White"),
            "val/2.jpg": ("3-9", "Female", "Black"),
            "val/9.jpg": ("3-9", "Female", "Black"),
        },
    )
    summary = store.ingest(pictures, labels=labels, split="val", dataset="d")
    assert summary.plan.labels_without_file == ("val/9.jpg",)
    assert summary.plan.files_without_label == ("3.jpg", "4.jpg", "5.jpg", "copy.jpg")
    rows = store.sql(
        "select path, attribute, label from labels inner join samples using (sample_id) "
        "order by all"
    ).fetchall()
    assert rows == [
        ("val/1.jpg", "age", "20-29"),
        ("val/1.jpg", "gender", "Male"),
        ("val/1.jpg", "race", "White"),
        ("val/2.jpg", "age", "3-9"),
        ("val/2.jpg", "gender", "Female"),
        ("val/2.jpg", "race", "Black"),
    ]
    again = store.ingest(pictures, labels=labels, split="val", dataset="d")
    assert counts(again) == (0, 0, 0)
    assert again.changes.n_labels_new == again.changes.n_labels_changed == 0


def test_a_corrected_label_is_updated(store, pictures, tmp_path):
    path = tmp_path / "labels.csv"
    write_labels(path, {"1.jpg": ("20-29", "Male", "White")})
    store.ingest(pictures, labels=path)
    write_labels(path, {"1.jpg": ("30-39", "Male", "White")})
    assert store.ingest(pictures, labels=path).changes.n_labels_changed == 1
    found = store.sql("select label from labels where attribute = 'age'").fetchall()
    assert found == [("30-39",)]


def test_labels_given_later_meet_the_samples_that_are_there(store, pictures, tmp_path):
    store.ingest(pictures)
    labels = write_labels(tmp_path / "l.csv", {"val/1.jpg": ("20-29", "Male", "White")})
    summary = store.ingest(pictures, labels=labels)
    assert counts(summary) == (0, 0, 0)
    assert summary.changes.n_labels_new == 3
    assert store.sql("select count(*) from samples").fetchall() == [(6,)]


def test_images_given_later_meet_the_labels_that_are_there(store, pictures, tmp_path):
    labels = write_labels(tmp_path / "l.csv", {"pictures/1.jpg": ("20-29", "Male", "White")})
    store.import_labels(labels, dataset="d", create_samples=True)
    summary = store.ingest(pictures, dataset="d")
    assert counts(summary) == (5, 1, 0)
    found = store.sql("select image_id is not null from samples where path = 'pictures/1.jpg'")
    assert found.fetchall() == [(True,)]


def test_a_spreadsheet_table_changes_nothing(store, pictures, tmp_path):
    store.ingest(pictures)
    labels = write_labels(tmp_path / "l.csv", {"1.jpg": ("9-Mar", "Male", "White")})
    with pytest.raises(TableError, match="spreadsheet"):
        store.ingest(pictures, labels=labels)
    assert store.sql("select count(*) from labels").fetchall() == [(0,)]


def test_service_test_becomes_a_tag(store, pictures, tmp_path):
    path = tmp_path / "l.csv"
    path.write_text("file,gender,service_test\n1.jpg,Male,True\n2.jpg,Male,False\n")
    store.ingest(pictures, labels=path)
    tagged = "select path from samples where list_contains(tags, 'service_test')"
    assert store.sql(tagged).fetchall() == [("1.jpg",)]


def test_a_second_folder_with_the_same_names_is_refused(store, pictures, tmp_path):
    store.ingest(pictures, dataset="d")
    other = tmp_path / "other"
    for number in range(1, 6):
        write_picture(other / f"{number}.jpg", seed=100 + number)
    with pytest.raises(InputError, match="belong to other pictures"):
        store.ingest(other, dataset="d")
    assert store.sql("select count(*) from samples").fetchall() == [(6,)]


def test_a_folder_that_moved_is_known(store, pictures, tmp_path):
    store.ingest(pictures, dataset="d")
    moved = pictures.rename(tmp_path / "moved")
    assert counts(store.ingest(moved, dataset="d")) == (0, 0, 0)


def test_a_file_is_in_one_split(store, pictures):
    store.ingest(pictures, split="train")
    with pytest.raises(InputError, match="in another split"):
        store.ingest(pictures, split="val")


def test_a_split_that_a_sample_has_stays_whatever_the_folder_is_called(store, tmp_path):
    for i in range(4):
        write_picture(tmp_path / "f" / ("train", "val")[i % 2] / f"{i}.png", seed=i)
    store.ingest(tmp_path / "f", dataset="d")
    splits = "select path, split from samples order by path"
    assert {split for _, split in store.sql(splits).fetchall()} == {"train", "val"}
    store.split("d", "a=0.5,b=0.5", force=True)
    store.ingest(tmp_path / "f", dataset="d")
    assert {split for _, split in store.sql(splits).fetchall()} == {"a", "b"}


def test_utkface_names_are_recognised(store, tmp_path):
    folder = tmp_path / "utk"
    for i, name in enumerate(("26_1_2_20170116174525125", "61_1_20170109142408075")):
        write_picture(folder / f"{name}.jpg.chip.jpg", seed=i)
    summary = store.ingest(folder)
    assert summary.plan.layout == "utkface"
    assert summary.plan.malformed == ("61_1_20170109142408075.jpg.chip.jpg",)
    rows = store.sql("select attribute, label, value from labels order by all").fetchall()
    assert rows == [("age", "20-29", 26.0), ("gender", "Female", None), ("race", "Asian", None)]
    assert store.sql("select count(*) from samples").fetchall() == [(2,)]


@pytest.fixture(scope="module")
def plainly_made(new_store, tmp_path_factory):
    """Give a folder of nine pictures, and what a store has of them that was made in one thread."""
    folder = tmp_path_factory.mktemp("plainly")
    for number in range(9):
        write_picture(folder / "pictures" / f"{number}.jpg", seed=number)
    shutil.copytree(new_store, folder / "store")
    with Store.open(folder / "store") as store:
        store.ingest(folder / "pictures", models=["tiny"], workers=0)
        return folder / "pictures", everything(store), vectors_of(store)


@pytest.mark.parametrize(("workers", "batch_size"), [(0, 1), (1, 7), (3, 1), (3, 64)])
def test_workers_and_batches_change_nothing(store, plainly_made, workers, batch_size):
    pictures, rows, vectors = plainly_made
    store.ingest(pictures, models=["tiny"], workers=workers, batch_size=batch_size)
    assert everything(store) == rows
    found = vectors_of(store)
    assert found.keys() == vectors.keys()
    assert max(np.abs(found[key] - vectors[key]).max() for key in vectors) < 1e-5
    run = "select arguments ->> 'workers', arguments ->> 'batch_size' from runs"
    assert store.sql(run).fetchall() == [(str(workers), str(batch_size))]


@pytest.mark.parametrize("workers", [0, 2])
def test_a_profile_says_where_the_time_went(store, pictures, workers):
    summary = store.ingest(pictures, models=["tiny"], workers=workers)
    lines = profile_of(summary)
    assert all(summary.seconds[stage] > 0 for stage in ("read", "decode", "transform", "encode"))
    assert sum(summary.seconds[stage] for stage in ("encode", "plan")) < summary.seconds["total"]
    assert lines[-1].startswith("bottleneck: ")
    assert any(line.startswith("transform") for line in lines)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ({"waiting for images": 5, "decode": 9, "hash": 1, "encode": 2}, "decode"),
        ({"waiting for images": 1, "encode": 6, "write": 7}, "encode"),
        ({"waiting for the store": 6, "encode": 5}, "write"),
        ({"plan": 1, "load model": 3, "encode": 2}, "listing"),
    ],
)
def test_the_bottleneck_is_what_the_others_waited_for(store, pictures, seconds, expected):
    summary = store.ingest(pictures)
    lines = profile_of(replace(summary, seconds=seconds | {"total": 9}))
    assert lines[-1].startswith(f"bottleneck: {expected}")


def test_other_weights_under_a_known_name_are_refused(store, pictures):
    store.ingest(pictures, models=["tiny"])
    store.execute("update encoders set weights_sha256 = 'other'")
    write_picture(pictures / "new.jpg", seed=77)
    with pytest.raises(VectorsDifferError, match="other"):  # the table says so as well
        store.ingest(pictures, models=["tiny"])
    shutil.rmtree(store.path / "vectors")
    with pytest.raises(EncoderMismatchError, match="other"):
        store.ingest(pictures, models=["tiny"])


def test_a_run_is_recorded_only_if_it_changed_something(store, pictures):
    store.ingest(pictures, models=["tiny"])
    store.ingest(pictures, models=["tiny"])
    rows = store.sql("select command, counts ->> 'n_encoded', outcome from runs").fetchall()
    assert rows == [("ingest", "5", "done")]


def test_a_failed_run_is_not_recorded_as_done(store, pictures):
    store.ingest(pictures)
    with pytest.raises(InputError):
        store.ingest(pictures, layout="nonsense")
    assert store.sql("select count(*) from runs").fetchall() == [(1,)]


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "CMYK", "I;16"])
def test_pictures_of_every_mode_are_encoded(store, tmp_path, mode):
    folder = tmp_path / "modes"
    folder.mkdir()
    image = picture(1).convert("L").convert("I;16") if mode == "I;16" else picture(1).convert(mode)
    image.save(folder / ("a.tif" if mode in ("CMYK", "I;16") else "a.png"))
    summary = store.ingest(folder, models=["tiny"])
    assert summary.errors == ()
    assert counts(summary) == (1, 0, 1)


def test_hidden_and_other_files_are_no_samples(store, pictures):
    (pictures / "notes.txt").write_text("x")
    (pictures / ".hidden.jpg").write_bytes(b"x")
    summary = store.ingest(pictures)
    assert summary.n_files == 6
    assert summary.plan.n_other_files == 1


def test_pictures_resized_the_fast_way_are_of_an_encoder_of_their_own(store, pictures):
    from PIL import Image

    Image.effect_noise((250, 333), 80).save(pictures / "1.png")
    store.ingest(pictures, models=["tiny"])
    summary = store.ingest(pictures, models=["tiny"], fast_resize=True)
    assert summary.n_encoded == {"tiny fp32 fast-resize": 6}
    store.score("raw_gender_labels", model="tiny fp32 fast-resize")
    names = "select distinct name from similarities inner join encoders using (encoder_id)"
    assert store.sql(names).fetchall() == [("tiny fp32 fast-resize",)]
    plain, fast = vectors_of(store), vectors_of(store, "tiny fp32 fast-resize")
    assert plain.keys() == fast.keys()
    encoder = load_encoder(ModelName("tiny"), device="cpu", fast_resize=True)
    ((key,),) = store.sql("select image_id from samples where path = '1.png'").fetchall()
    with Image.open(pictures / "1.png") as image:
        expected = encoder.encode_images([encoder.pixels(image)])[0]
    np.testing.assert_allclose(fast[key], expected, atol=1e-5)
    assert not np.allclose(plain[key], fast[key], atol=1e-6)


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("known", [(), ("tiny",)])
def test_what_is_taken_for_known_and_is_not_is_read_again(
    store, pictures, monkeypatch, known, workers
):
    """A key is eight bytes in memory, so two may look alike."""
    first = pictures.parent / "first"
    first.mkdir()
    write_picture(first / "another.jpg", seed=99)
    store.ingest(first, models=known)
    with monkeypatch.context() as patched:
        patched.setattr(KeyIndex, "may_have_one", lambda _self, _key: True)
        summary = store.ingest(pictures, models=["tiny"], workers=workers)
        assert counts(summary) == (6, 0, 5)
        assert summary.n_images_new == 5
        found = everything(store), vectors_of(store)
        assert counts(store.ingest(pictures, models=["tiny"])) == (0, 0, 0)
        store.ingest(pictures, dataset="catalogue alone")
    assert len(found[0][0]) == 7
    assert len(found[1]) == 5 + len(known)
    assert everything(store)[1] == found[0][1]
    assert {each.status for each in store.doctor(deep=True)} == {"ok"}


def test_float16_is_another_encoder_whose_vectors_take_half_the_room(store, pictures):
    store.ingest(pictures, models=["tiny"])
    summary = store.ingest(pictures, models=["tiny"], precision="fp32/float16")
    assert summary.n_encoded == {"tiny fp32/float16": 5}
    assert counts(store.ingest(pictures, models=["tiny"], precision="fp32/float16")) == (0, 0, 0)
    plain, half = vectors_of(store), vectors_of(store, "tiny fp32/float16")
    assert plain.keys() == half.keys()
    for key, vector in half.items():
        assert vector.dtype == np.float32
        assert np.array_equal(vector, plain[key].astype(np.float16).astype(np.float32))
        assert abs(np.linalg.norm(vector) - 1) < UNIT_TOLERANCE
    tables = {
        each.name: store.vectors.images(each.vectors) for each in store.catalog.encoders.all()
    }
    sizes = {name: table.sizes().n_live for name, table in tables.items()}
    assert sizes["tiny fp32/float16"] < sizes["tiny fp32"]
    for model in tables:
        store.score("raw_gender_labels", model=model)
        store.predict(attribute="gender", prompt_set="raw_gender_labels", model=model)
        nearest = store.near("pictures/1.jpg", model=model)
        assert abs(nearest[0].cosine - 1) < 0.1
    apart = (
        "select max(abs(one.cosine - other.cosine)) from similarities as one "
        "inner join similarities as other using (prompt_id, sample_id) "
        "where one.encoder_id < other.encoder_id"
    )
    ((largest,),) = store.sql(apart).fetchall()
    assert 0 < largest < 5e-4
    assert {each.status for each in store.doctor(deep=True)} == {"ok"}
