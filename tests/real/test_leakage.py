"""Copies of FairFace images in another data set: found by pHash, and by the tiny CLIP's vectors.

The recall that docs/neighbours.md states; the model is trained on drawings, so it is no more than
what the method does with a poor encoder.
"""

from __future__ import annotations

import shutil

import pytest
from PIL import Image, ImageEnhance

from facestore.importing.embeddings import TextSource
from facestore.store import Store

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

CHANGES = {
    "quality60": lambda image: (image, 60),
    "resized180": lambda image: (image.resize((180, 180), Image.Resampling.BICUBIC), 95),
    "brightened": lambda image: (ImageEnhance.Brightness(image).enhance(1.3), 95),
}
N_COPIES = 200


@pytest.fixture(scope="module")
def store(real_data, faces_store, tmp_path_factory):
    """Give a store of 5,000 originals and of 200 of them changed in three ways."""
    originals = real_data / "fairface" / "images" / "val"
    folder = tmp_path_factory.mktemp("leakage")
    for number in range(25, 5001, 25):
        with Image.open(originals / f"{number}.jpg") as opened:
            image = opened.convert("RGB")
        for name, change in CHANGES.items():
            changed, quality = change(image)
            (folder / "copies" / name).mkdir(parents=True, exist_ok=True)
            changed.save(folder / "copies" / name / f"{number}.jpg", quality=quality)
    shutil.copytree(faces_store[1], folder / "store")
    with Store.open(folder / "store") as opened:
        opened.ingest(folder / "copies", dataset="copies", split="test", models=["tiny"])
        opened.find_neighbours(0.95)
        yield opened


PHASH = """
create temp table pairs as
select
    parse_filename(a.path) as original, split_part(b.path, '/', 1) as change, parse_filename(b.path) as copy,
    a.dataset = b.dataset as is_among_originals, a.image_id = b.image_id as is_same,
    bit_count(xor(x.phash, y.phash)) as distance
from samples as a
inner join images as x on a.image_id = x.image_id
cross join samples as b
inner join images as y on b.image_id = y.image_id
where
    a.dataset = 'fairface' and (b.dataset = 'copies' or a.sample_id < b.sample_id)
    and bit_count(xor(x.phash, y.phash)) <= 10
"""


@pytest.fixture(scope="module")
def by_phash(store):
    con = store.catalog.database.reader().cursor()
    con.execute(PHASH)
    return con


def recall_by_phash(con, distance):
    rows = con.execute(
        "select change, count(*) from pairs where original = copy and distance <= ? "
        "and not is_among_originals group by change",
        [distance],
    ).fetchall()
    return {change: n / N_COPIES for change, n in rows}


def false_by_phash(con, distance):
    query = "select count(*) from pairs where is_among_originals and not is_same and distance <= ?"
    return con.execute(query, [distance]).fetchone()[0]


def recall_by_cosine(store, cosine):
    rows = store.sql(
        "select split_part(path_b, '/', 1), count(*) from embedding_leakage "
        f"where parse_filename(path_b) = parse_filename(path_a) and cosine >= {cosine}::float group by 1"
    ).fetchall()
    return {change: n / N_COPIES for change, n in rows}


def false_by_cosine(store, cosine):
    pairs = f"select count(*) from neighbour_pairs where dataset_a = dataset_b and dataset_a = 'fairface' and cosine >= {cosine}::float"
    return store.sql(pairs).fetchone()[0]


def test_the_exact_pair_is_found_by_its_bytes_and_its_labels_are_compared(store):
    rows = store.sql(
        "select list(path order by path) from samples where dataset = 'fairface' "
        "group by image_id having count(*) > 1"
    ).fetchall()
    assert rows == [(["val/4209.jpg", "val/567.jpg"],)]
    hits = store.near("567.jpg", k=1, model="tiny")
    assert [(hit.path, hit.rank) for hit in hits] == [("val/4209.jpg", 1)]
    assert hits[0].cosine == pytest.approx(1)
    assert set(hits[0].labels) == {"age", "gender", "race"}


@pytest.mark.parametrize(
    ("distance", "recall", "n_false"),
    [(5, (1.0, 1.0, 0.93), 2), (10, (1.0, 1.0, 1.0), None)],
)
def test_recall_by_phash(by_phash, distance, recall, n_false):
    found = recall_by_phash(by_phash, distance)
    # JPEG encoders differ a little between versions
    assert found == pytest.approx(dict(zip(CHANGES, recall, strict=True)), abs=0.02)
    n = false_by_phash(by_phash, distance)
    assert n == n_false if n_false is not None else n > 100


@pytest.mark.parametrize(
    ("cosine", "recall", "n_false"),
    [
        (0.95, (1.0, 1.0, 0.745), 14_505),
        (0.98, (1.0, 1.0, 0.305), 104),
        (0.99, (0.995, 1.0, 0.07), 2),
    ],
)
def test_recall_by_the_tiny_clip(store, cosine, recall, n_false):
    assert recall_by_cosine(store, cosine) == pytest.approx(
        dict(zip(CHANGES, recall, strict=True)), abs=0.03
    )
    assert false_by_cosine(store, cosine) == pytest.approx(n_false, rel=0.1, abs=2)


def test_real_vectors_have_few_close_pairs(real_data, tmp_path):
    vectors = real_data / "fairface" / "rn50_openai_fairface_train2000.npz"
    with Store.open(tmp_path / "store") as store:
        store.import_embeddings(
            vectors, dataset="train", model="RN50,openai", create_samples=True,
            names_key="files", vectors_key="emb",
            text=TextSource(vectors, "words", "text", "a photo of a {}"),
        )  # fmt: skip
        assert store.find_neighbours(0.95).n_pairs == 18
        assert store.find_neighbours(0.97).n_pairs == 3
        store.import_labels(
            real_data / "fairface" / "labels_train.csv", dataset="train", create_samples=True
        )
        women = [hit.labels["gender"] for hit in store.search("a photo of a woman", k=100)]
        assert women.count("Female") >= 95
