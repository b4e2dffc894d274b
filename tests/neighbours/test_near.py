from __future__ import annotations

import hashlib
import re

import numpy as np
import pytest
from support.pictures import picture, write_labels, write_picture
from support.vector_keys import keys_of

from facestore.encoders.open_clip import load_encoder
from facestore.errors import (
    InputError,
    NoVectorsError,
    TextVectorsMissingError,
    UnknownNameError,
)
from facestore.importing.embeddings import TextSource
from facestore.model_names import ModelName
from facestore.store import Store
from facestore.unit_rows import unit_rows

pytestmark = [pytest.mark.usefixtures("store_is_there"), pytest.mark.portable]

FACES = {"1.jpg": ("20-29", "Male", "White"), "2.jpg": ("3-9", "Female", "Black")}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("near")
    for number in range(1, 6):
        write_picture(folder / "pictures" / f"{number}.jpg", seed=number)
    (folder / "pictures" / "copy.jpg").write_bytes((folder / "pictures" / "1.jpg").read_bytes())
    (folder / "pictures" / "cut.jpg").write_bytes(b"\xff\xd8")
    write_labels(folder / "labels.csv", FACES)
    for number in range(6, 10):
        write_picture(folder / "more" / f"{number}.png", seed=number)
    (folder / "more" / "same.jpg").write_bytes((folder / "pictures" / "1.jpg").read_bytes())
    return folder


@pytest.fixture(scope="module")
def store(folders):
    with Store.open(folders / "store") as opened:
        opened.ingest(
            folders / "pictures", labels=folders / "labels.csv", split="val", models=["tiny"]
        )
        opened.ingest(folders / "more", models=["tiny"])
        yield opened


def image_id(folders, name="1.jpg"):
    return hashlib.sha256((folders / "pictures" / name).read_bytes()).hexdigest()


def products(store, vector):
    """Return the cosine of every sample's image to a vector, by NumPy."""
    (encoder,) = store.catalog.encoders.all()
    keys = dict(store.sql("select dataset || '/' || path, vector_key from vector_keys").fetchall())
    vectors = store.vectors.images(encoder.vectors).get(list(set(keys.values())))
    return {name: float(vectors[key] @ vector) for name, key in keys.items()}


def names(hits):
    return [f"{hit.dataset}/{hit.path}" for hit in hits]


def test_hits_are_the_highest_products(store, folders):
    encoder = load_encoder(ModelName("tiny"), device="cpu")
    vector = encoder.encode_texts(["a photo of a man"])[0]
    wanted = products(store, vector)
    hits = store.search("a photo of a man", k=20)
    assert {f"{h.dataset}/{h.path}": h.cosine for h in hits} == pytest.approx(wanted, abs=1e-5)
    best_first = sorted(wanted.values(), reverse=True)
    assert [h.cosine for h in hits] == pytest.approx(best_first, abs=1e-5)
    # the three samples with the same bytes share a rank
    assert max(h.rank for h in hits) == 9
    assert len({h.rank for h in hits if h.image_id == image_id(folders)}) == 1


def test_a_hit_tells_of_its_sample(store):
    (hit,) = [h for h in store.search("a photo of a man", k=20) if h.path == "2.jpg"]
    assert (hit.dataset, hit.split) == ("pictures", "val")
    assert hit.labels == {"age": "3-9", "gender": "Female", "race": "Black"}
    (other,) = [h for h in store.search("a photo of a man", k=20) if h.path == "6.png"]
    assert (other.split, other.labels) == (None, {})


def test_k_counts_images(store):
    hits = store.search("a photo of a man", k=3)
    assert {h.rank for h in hits} == {1, 2, 3}
    every = store.search("a photo of a man", k=20)
    assert hits == [h for h in every if h.rank <= 3]


def test_the_vector_of_a_text_is_kept(store):
    (encoder,) = store.catalog.encoders.all()
    text = "a photo of an old man"
    texts = store.vectors.texts(encoder.vectors)
    before = keys_of(texts)
    first = store.search(text)
    assert keys_of(texts) - before == {text}
    assert store.search(text) == first


@pytest.mark.parametrize(
    "name",
    ["pictures/1.jpg", "1.jpg", "1", 1],
    ids=["dataset/path", "path", "sample_id", "sample_id as a number"],
)
def test_a_sample_is_left_out_and_its_copies_are_not(store, name):
    (sample_id,) = store.sql("select sample_id from samples where path = '1.jpg'").fetchall()[0]
    assert sample_id == 1
    hits = store.near(name, k=9)
    assert names(hits[:2]) == ["more/same.jpg", "pictures/copy.jpg"]
    assert [h.rank for h in hits[:3]] == [1, 1, 2]
    assert hits[0].cosine == pytest.approx(1)
    assert len(hits) == 10


@pytest.mark.parametrize("length", [4, 12, 64])
def test_an_image_is_left_out_with_all_its_samples(store, folders, length):
    hits = store.near(image_id(folders)[:length].upper() if length < 64 else image_id(folders), k=9)
    assert len(hits) == 8
    assert image_id(folders) not in {h.image_id for h in hits}
    assert hits[0].rank == 1


def test_a_file_of_the_store_finds_itself(store, folders):
    hits = store.near(folders / "pictures" / "1.jpg", k=1)
    assert names(hits) == ["more/same.jpg", "pictures/1.jpg", "pictures/copy.jpg"]


def test_a_new_file_is_encoded_and_not_kept(store, folders, tmp_path):
    brighter = picture(2).point(lambda value: min(255, value + 9))
    brighter.save(tmp_path / "new.png")
    encoder = load_encoder(ModelName("tiny"), device="cpu")
    vector = encoder.encode_images([encoder.preprocess(brighter.convert("RGB"))])[0]
    n_before = store.vectors.images(store.catalog.encoders.only().vectors).count()
    hits = store.near(tmp_path / "new.png", k=20)
    wanted = products(store, vector)
    assert {f"{h.dataset}/{h.path}": h.cosine for h in hits} == pytest.approx(wanted, abs=1e-5)
    after = store.vectors.images(store.catalog.encoders.only().vectors).count()
    assert n_before == after


def test_the_end_of_a_path_will_do_where_it_is_the_only_one(store, tmp_path):
    write_picture(tmp_path / "deep" / "a" / "b" / "x7.png", seed=70)
    store.ingest(tmp_path / "deep", models=["tiny"])
    assert store.near("x7.png") == store.near("b/x7.png") == store.near("deep/a/b/x7.png")
    with pytest.raises(UnknownNameError):
        store.near("7.png2")
    store.execute("delete from samples where dataset = 'deep'")


def test_only_the_data_set_asked_for_is_shown(store):
    hits = store.near("pictures/2.jpg", k=2, dataset="more")
    assert {h.dataset for h in hits} == {"more"}
    assert [h.rank for h in hits] == [1, 2]
    with pytest.raises(UnknownNameError, match="Did you mean 'more'"):
        store.near("1.jpg", dataset="moore")


def test_a_rare_data_set_is_found_behind_many_others(tmp_path):
    vectors = unit_rows(np.random.default_rng(0).normal(size=(2000, 5)))
    order = np.argsort(-(vectors @ vectors[0]))
    np.savez(tmp_path / "near.npz", files=[f"{i}" for i in range(1990)], emb=vectors[order[:1990]])
    np.savez(tmp_path / "far.npz", files=[f"{i}" for i in range(10)], emb=vectors[order[1990:]])
    with Store.open(tmp_path / "store") as store:
        for name in ("near", "far"):
            store.import_embeddings(
                tmp_path / f"{name}.npz", dataset=name, model="m,x", create_samples=True
            )
        hits = store.near("near/0", k=3, dataset="far")
        assert names(hits) == ["far/0", "far/1", "far/2"]
        assert hits[0].image_id is None


def test_an_unknown_name_is_told_with_near_misses(store):
    with pytest.raises(
        UnknownNameError, match=r"No image 'pictures/11\.jpg'\. Did you mean 'pictures/1"
    ):
        store.near("pictures/11.jpg")
    with pytest.raises(UnknownNameError, match="Give a file, DATASET/PATH, a sample_id"):
        store.near("nothing like it")


def test_a_name_that_fits_several_images_is_refused(store, tmp_path):
    write_picture(tmp_path / "third" / "9.png", seed=99)
    store.ingest(tmp_path / "third", models=["tiny"])
    with pytest.raises(InputError, match=r"fits several images.*more/9\.png, third/9\.png"):
        store.near("9.png")
    store.near("third/9.png")
    store.execute("delete from samples where dataset = 'third'")


def test_a_file_that_is_no_picture_is_refused(store, tmp_path, folders):
    (tmp_path / "x.txt").write_text("no picture")
    with pytest.raises(InputError, match=r"x\.txt' cannot be read as an image \(not an image of"):
        store.near(tmp_path / "x.txt")
    with pytest.raises(InputError, match=r"'pictures/cut\.jpg' could not be read"):
        store.near("pictures/cut.jpg")


def test_a_sample_without_a_vector_of_the_encoder_says_so(store, tmp_path):
    write_picture(tmp_path / "bare" / "b.png", seed=50)
    store.ingest(tmp_path / "bare")
    with pytest.raises(
        InputError, match=r"'bare/b\.png' has no vector of tiny fp32: ingest its data"
    ):
        store.near("bare/b.png")
    store.execute("delete from samples where dataset = 'bare'")


@pytest.mark.parametrize("k", [0, -1])
def test_k_has_to_be_positive(store, k):
    with pytest.raises(InputError, match="k cannot be"):
        store.near("1.jpg", k=k)


def test_an_empty_text_is_refused(store):
    with pytest.raises(InputError, match="The text is empty"):
        store.search(" ")


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("imported")
    units = unit_rows(np.random.default_rng(0).normal(size=(20, 8)))
    words = np.array(["man", "woman"])
    np.savez(
        folder / "v.npz",
        files=[f"{i}.jpg" for i in range(18)],
        emb=units[:18],
        words=words,
        text=units[18:],
    )
    with Store.open(folder / "store") as store:
        store.import_embeddings(
            folder / "v.npz", dataset="d", model="RN50,openai", create_samples=True,
            names_key="files", vectors_key="emb",
            text=TextSource(folder / "v.npz", "words", "text", "a photo of a {}"),
        )  # fmt: skip
        yield store, units


def test_imported_vectors_are_searched_with_imported_texts(imported):
    store, units = imported
    hits = store.search("a photo of a woman", k=18)
    assert [h.cosine for h in hits] == pytest.approx(
        sorted(units[:18] @ units[19], reverse=True), abs=1e-6
    )
    assert (
        names(store.near("d/3.jpg", k=17))[0] == f"d/{np.argsort(-(units[:18] @ units[3]))[1]}.jpg"
    )


def test_an_imported_encoder_cannot_encode(imported, pictures):
    store, _ = imported
    with pytest.raises(
        TextVectorsMissingError, match=r"text.*a photo of a wman.*It has one for 'a photo of a"
    ):
        store.search("a photo of a wman")
    with pytest.raises(InputError, match="an imported encoder has no model to encode it"):
        store.near(pictures / "1.jpg")


def test_a_file_whose_content_is_known_needs_no_model(tmp_path, pictures):
    units = unit_rows(np.random.default_rng(0).normal(size=(5, 8)))
    np.savez(tmp_path / "v.npz", files=[f"{i}.jpg" for i in range(1, 6)], emb=units)
    (tmp_path / "elsewhere.jpg").write_bytes((pictures / "3.jpg").read_bytes())
    with Store.open(tmp_path / "store") as store:
        store.ingest(pictures)
        store.import_embeddings(tmp_path / "v.npz", dataset="pictures", model="RN50,openai")
        hits = store.near(tmp_path / "elsewhere.jpg", k=5)
        assert hits[0].path == "3.jpg"
        wanted = sorted(units @ units[2], reverse=True)
        assert sorted({h.rank: h.cosine for h in hits}.values(), reverse=True) == pytest.approx(
            wanted, abs=1e-6
        )


def test_an_encoder_without_vectors_is_refused(imported, tmp_path):
    store, _ = imported
    (tmp_path / "s.json").write_text('{"1.jpg": {"a photo of a man": 20}}')
    store.import_similarities(tmp_path / "s.json", dataset="d", model="ViT-L-14,openai")
    for ask in (store.near, store.search):
        with pytest.raises(NoVectorsError, match="ingest images with `models=ViT-L-14`"):
            ask("1", model="ViT-L-14,openai")
    # the other one has them, and need not be named
    assert store.near("1", k=1)


def sources(page):
    return re.findall(r'<img src="(.+?)"', page.read_text(encoding="utf-8"))


def test_the_page_shows_thumbnails_and_loads_nothing(store, folders, tmp_path):
    hits = store.near("pictures/2.jpg", k=9)
    page = store.write_gallery(tmp_path / "new" / "page.html", "Near to <2>", hits)
    text = page.read_text(encoding="utf-8")
    assert "<h1>Near to &lt;2&gt;</h1>" in text
    assert len(sources(page)) == len(hits) == 10
    assert all(each.startswith("data:image/jpeg;base64,") for each in sources(page))
    assert not re.search(r"https?://|<script|<link", text)
    assert "default-src 'none'" in text
    assert "Not for finding or tracking people" in text
    assert len(text) < 100_000


def test_pictures_are_found_in_another_folder_and_only_if_they_are_the_same(
    store, folders, tmp_path
):
    hits = store.near("pictures/2.jpg", k=9)
    moved = tmp_path / "moved"
    moved.mkdir()
    (moved / "1.jpg").write_bytes((folders / "pictures" / "1.jpg").read_bytes())
    write_picture(moved / "3.jpg", seed=333)  # other content under a known name
    (tmp_path / "away").mkdir()
    others = [each for each in folders.iterdir() if each != store.path]
    away = [each.rename(tmp_path / "away" / each.name) for each in others]
    try:
        page = store.write_gallery(tmp_path / "page.html", "q", hits, images=moved)
    finally:
        for each in away:
            each.rename(folders / each.name)
    assert len(sources(page)) == 1
    assert page.read_text().count("no picture at hand") == len(hits) - 1
    with pytest.raises(InputError, match="is no folder: give `images=`"):
        store.write_gallery(tmp_path / "page.html", "q", hits, images=moved / "1.jpg")


def test_a_name_from_a_table_cannot_leave_the_folder_or_break_the_page(tmp_path):
    write_picture(tmp_path / "secret.png", seed=1)
    (tmp_path / "images").mkdir()
    names_ = ["../secret.png", '"><script>alert(1)</script>.png']
    np.savez(tmp_path / "v.npz", files=names_, emb=unit_rows(np.eye(2)))
    with Store.open(tmp_path / "store") as store:
        store.import_embeddings(tmp_path / "v.npz", dataset="d", model="m", create_samples=True)
        hits = store.near("d/" + names_[1]) + store.near("d/" + names_[0])
        page = store.write_gallery(tmp_path / "p.html", "q", hits, images=tmp_path / "images")
    assert sources(page) == []
    assert "<script" not in page.read_text()
    assert "&lt;script&gt;" in page.read_text()
