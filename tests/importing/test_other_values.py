"""What contradicts the store is refused by every importer; the same again, to rounding, is not."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from support.pictures import write_picture

from facestore.errors import OtherValuesError, TableError
from facestore.importing.embeddings import TextSource
from facestore.store import Store

pytestmark = pytest.mark.usefixtures("store_is_there")

FILES = ("a.jpg", "b.jpg")
MODEL = "RN50,openai"


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store") as opened:
        yield opened


def vectors(tmp_path, seed=0, *, factor=1.0, files=FILES, dtype=np.float32):
    made = np.random.default_rng(seed).normal(size=(len(files), 8))
    path = tmp_path / f"v{seed}.npz"
    np.savez(path, files=np.array(files), emb=(factor * made).astype(dtype))
    return path


def similarities(tmp_path, man=20.0, woman=21.0, files=FILES):
    path = tmp_path / "s.json"
    scores = {"a photo of a man": man, "a photo of a woman": woman}
    path.write_text(json.dumps(dict.fromkeys(files, scores)))
    return path


def predictions(tmp_path, **columns):
    path = tmp_path / "p.parquet"
    said = {"predicted": ["Male", "Male"], "score": [0.75, 0.5], "margin": [0.5, 0.25]}
    pl.DataFrame({"file": FILES} | said | columns).write_parquet(path)
    return path


def import_vectors(store, path, **options):
    return store.import_embeddings(path, dataset="d", model=MODEL, create_samples=True, **options)


def import_similarities(store, path, **options):
    return store.import_similarities(path, dataset="d", model=MODEL, create_samples=True)


def import_predictions(store, path):
    return store.import_predictions(
        path, dataset="d", attribute="gender", classifier="c", create_samples=True
    )


def test_other_vectors_are_refused_and_the_old_ones_stay(store, tmp_path):
    import_vectors(store, vectors(tmp_path))
    before = store.near("d/a.jpg", k=1)
    with pytest.raises(
        OtherValuesError, match=r"other vectors for 2 of these samples \('a.jpg', 'b.jpg'\)"
    ):
        import_vectors(store, vectors(tmp_path, 1))
    assert store.near("d/a.jpg", k=1) == before
    # the advice works
    done = store.import_embeddings(vectors(tmp_path, 1), dataset="d", model="RN50,corrected")
    assert done.n_new == 2


@pytest.mark.parametrize("again", [{}, {"factor": 7.0}, {"dtype": np.float16}])
def test_equal_vectors_pass_whatever_their_length_and_precision(store, tmp_path, again):
    # of float16 the first import is, too: the precision is a part of the encoder
    kind = {"dtype": again["dtype"]} if "dtype" in again else {}
    import_vectors(store, vectors(tmp_path, **kind))
    assert import_vectors(store, vectors(tmp_path, **(kind | again))).n_new == 0


def test_one_new_file_does_not_bring_in_another_that_differs(store, tmp_path):
    import_vectors(store, vectors(tmp_path))
    more = vectors(tmp_path, 1, files=("b.jpg", "c.jpg"))
    with pytest.raises(OtherValuesError, match=r"for 1 of these samples \('b.jpg'\)"):
        import_vectors(store, more)
    assert store.sql("select path from samples order by path").fetchall() == [
        ("a.jpg",),
        ("b.jpg",),
    ]


def test_other_text_vectors_are_refused_before_any_image_is_added(store, tmp_path):
    words = tmp_path / "t.npz"
    np.savez(words, words=np.array(["man", "woman"]), text=np.eye(2, 8, dtype=np.float32))
    import_vectors(store, vectors(tmp_path), text=TextSource(words))
    np.savez(words, words=np.array(["man", "woman"]), text=-np.eye(2, 8, dtype=np.float32))
    with pytest.raises(OtherValuesError, match=r"text vectors for 2 of these prompts \('man'"):
        import_vectors(store, vectors(tmp_path, 2, files=("c.jpg",)), text=TextSource(words))
    assert store.sql("select count(*) from samples").fetchone() == (2,)


@pytest.mark.parametrize(("man", "n_new"), [(20.0, 0), (20.009, 0), (20.0000001, 0)])
def test_equal_similarities_pass(store, tmp_path, man, n_new):
    import_similarities(store, similarities(tmp_path))
    assert import_similarities(store, similarities(tmp_path, man)).n_new == n_new


def test_other_similarities_are_refused(store, tmp_path):
    import_similarities(store, similarities(tmp_path))
    with pytest.raises(OtherValuesError, match=r"other similarities for 2 of these .*'a.jpg'"):
        import_similarities(store, similarities(tmp_path, 20.05, files=(*FILES, "c.jpg")))
    assert store.sql("select count(distinct cosine), count(*) from similarities").fetchone() == (
        2,
        4,
    )


@pytest.mark.parametrize(
    "columns",
    [
        {"score": [0.75, 0.6]},
        {"margin": [0.5, None], "score": [0.8, 0.5]},
        {"value": [1.0, None]},
        {"predicted": ["Female", "Male"]},
        {"predicted": [None, "Male"]},
    ],
)
def test_other_predictions_are_refused(store, tmp_path, columns):
    import_predictions(store, predictions(tmp_path))
    with pytest.raises(OtherValuesError, match="'c' has other predictions for 1 of these"):
        import_predictions(store, predictions(tmp_path, **columns))


@pytest.mark.parametrize(
    "columns", [{}, {"score": [0.75004, 0.49996]}, {"score": [None, None], "margin": [None, 0.25]}]
)
def test_equal_predictions_pass_with_fewer_digits_and_without_scores(store, tmp_path, columns):
    import_predictions(store, predictions(tmp_path))
    table = predictions(tmp_path, **columns)
    assert import_predictions(store, table).n_new == 0


def test_copies_of_one_picture_have_one_vector(store, tmp_path):
    folder = tmp_path / "f"
    for name in FILES:
        write_picture(folder / name, seed=1)
    store.ingest(folder, dataset="d")
    with pytest.raises(TableError, match=r"'a\.jpg' and 'b\.jpg' are one image"):
        import_vectors(store, vectors(tmp_path))


def test_the_fault_as_it_was_seen(facestore, tmp_path):
    common = ("--dataset", "d", "--model", MODEL)
    assert (
        facestore("import", "embeddings", vectors(tmp_path), *common, "--create-samples").status
        == 0
    )
    ran = facestore("import", "embeddings", vectors(tmp_path, 1), *common)
    assert (ran.status, ran.err.count("\n")) == (1, 1)
    assert "other vectors for 2 of these samples ('a.jpg', 'b.jpg')" in ran.err
    assert "--model name" in ran.err
    facestore("import", "similarities", similarities(tmp_path), *common)
    ran = facestore("import", "similarities", similarities(tmp_path, 31, 11), *common)
    assert ran.status == 1
    assert "other similarities for 2 of these samples" in ran.err
