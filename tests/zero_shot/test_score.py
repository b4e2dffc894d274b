from __future__ import annotations

import shutil

import numpy as np
import open_clip
import pytest
import torch
from support.moved import copy_moved
from support.pictures import write_picture, write_pictures

from facestore.cli.summaries import lines_of
from facestore.encoders.open_clip import load_encoder
from facestore.errors import InputError, UnknownNameError
from facestore.importing.embeddings import TextSource
from facestore.model_names import ModelName
from facestore.store import Store

# The smallest architecture of open_clip's own.

pytestmark = pytest.mark.portable

ARCHITECTURE = "ViT-S-32-alt"


@pytest.fixture(scope="module")
def made(new_store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("score")
    shutil.copytree(new_store, folder / "store")
    with Store.open(folder / "store") as opened:
        opened.ingest(write_pictures(folder / "pictures"), models=["tiny"])
    return folder


@pytest.fixture
def store(made, tmp_path):
    copy_moved(made, tmp_path)
    with Store.open(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def pictures(store, tmp_path):
    return tmp_path / "pictures"


def test_cosines_are_the_products_of_the_model_s_vectors(store, pictures):
    from PIL import Image

    store.score("raw_race_labels")
    encoder = load_encoder(ModelName("tiny"), device="cpu")
    texts = [prompt.text for prompt in store.prompt_set("raw_race_labels").prompts]
    vectors = dict(zip(texts, encoder.encode_texts(texts), strict=True))
    rows = store.sql(
        "select path, text, cosine from similarities inner join samples using (sample_id) "
        "inner join prompts using (prompt_id)"
    ).fetchall()
    assert len(rows) == 6 * 7
    for path, text, cosine in rows:
        with Image.open(pictures / path) as image:
            vector = encoder.encode_images([encoder.preprocess(image)])[0]
        assert cosine == pytest.approx(float(vector @ vectors[text]), abs=1e-5)


def test_again_nothing_is_scored(store):
    assert store.score("raw_gender_labels").n_similarities == 12
    assert store.score("raw_gender_labels").n_similarities == 0
    assert store.sql("select count(*) from similarities").fetchall() == [(12,)]
    assert store.sql("select count(*) from runs where command = 'score'").fetchall() == [(1,)]


def test_a_prompt_of_two_sets_is_scored_once(store):
    store.score("raw_gender_labels")
    # the larger set has both prompts of the smaller one
    assert store.score("age_race_gender_labels_v2").n_similarities == 6 * 62
    twice = "select 1 from similarities group by prompt_id, sample_id having count(*) > 1"
    assert store.sql(twice).fetchall() == []


def test_only_new_samples_are_scored(store, pictures):
    store.score("raw_gender_labels")
    write_picture(pictures / "new.jpg", seed=50)
    store.ingest(pictures, models=["tiny"])
    summary = store.score("raw_gender_labels")
    assert (summary.n_samples, summary.n_similarities) == (1, 2)


def test_samples_without_a_vector_are_counted(store, pictures):
    write_picture(pictures / "new.jpg", seed=50)
    store.ingest(pictures)
    summary = store.score("raw_gender_labels")
    assert (summary.n_samples, summary.n_without_vector) == (6, 1)
    assert "1 sample has no vector: ingest the images with --model" in lines_of(summary)[0]


def test_samples_without_a_picture_get_vectors_from_elsewhere(store, tmp_path):
    (tmp_path / "l.csv").write_text("file,gender\n1.png,Male\n2.png,Female\n")
    store.import_labels(tmp_path / "l.csv", dataset="named", create_samples=True)
    said = lines_of(store.score("raw_gender_labels"))[0]
    command = "`facestore import embeddings FILE --dataset named --model tiny`"
    assert f"2 samples have no vector: no picture was ingested; {command} brings vectors" in said
    assert "ingest the images" not in said
    # what it says works
    names = np.array(["1.png", "2.png"])
    np.savez(tmp_path / "FILE.npz", files=names, emb=np.eye(2, 128, dtype=np.float32))
    store.import_embeddings(tmp_path / "FILE.npz", dataset="named", model="tiny")
    assert store.catalog.encoders.find("tiny imported").record.source == "imported"


def test_each_sample_without_a_vector_has_its_own_way_to_one(store, pictures, tmp_path):
    write_picture(pictures / "new.jpg", seed=50)
    store.ingest(pictures)
    for name in ("a", "b"):
        (tmp_path / "l.csv").write_text(f"file,gender\n{name}.png,Male\n")
        store.import_labels(tmp_path / "l.csv", dataset=name, create_samples=True)
    said = lines_of(store.score("raw_gender_labels"))[0]
    assert "3 samples have no vector: ingest the images with --model; 2 of them have no" in said
    assert "--dataset NAME" in said
    said = lines_of(store.score("raw_gender_labels", dataset="b"))[0]
    assert "1 sample has no vector: no picture was ingested; `facestore import" in said
    assert "--dataset b" in said


def test_an_imported_encoder_gets_more_by_an_import(store, tmp_path):
    vectors = {"files": np.array(["1.jpg"]), "emb": np.eye(1, 8, dtype=np.float32)}
    words = {"words": np.array(["man", "woman"]), "text": np.eye(2, 8, dtype=np.float32)}
    np.savez(tmp_path / "v.npz", **vectors, **words)
    text = TextSource(tmp_path / "v.npz", "words", "text", "a photo of a {}")
    given = {"dataset": "pictures", "model": "RN50,theirs"}
    store.import_embeddings(tmp_path / "v.npz", **given, text=text)
    n_more = 4  # of six files two are one picture, which is known by its content
    scored = store.score("raw_gender_labels", model="RN50 theirs imported")
    assert scored.n_without_vector == n_more
    advice = "`facestore import embeddings FILE --dataset NAME --model RN50,theirs` brings more"
    assert f"{n_more} samples have no vector: {advice}" in lines_of(scored)[0]
    vectors = {"files": np.array(["2.jpg"]), "emb": np.eye(1, 8, dtype=np.float32)}
    np.savez(tmp_path / "more.npz", **vectors)
    store.import_embeddings(tmp_path / "more.npz", **given)
    scored = store.score("raw_gender_labels", model="RN50 theirs imported", dataset="pictures")
    assert (scored.n_samples, "--dataset pictures" in lines_of(scored)[0]) == (1, True)
    with pytest.raises(InputError, match=r"no vector of RN50 theirs imported: `facestore import"):
        store.near("3.jpg", model="RN50 theirs imported")


def test_a_file_that_is_no_image_is_not_waited_for(store, pictures):
    (pictures / "broken.jpg").write_bytes(b"x")
    store.ingest(pictures, models=["tiny"])
    assert store.score("raw_gender_labels").n_without_vector == 0


def test_only_the_data_set_asked_for_is_scored(store, tmp_path):
    write_picture(tmp_path / "more" / "1.png", seed=60)
    store.ingest(tmp_path / "more", models=["tiny"])
    assert store.score("raw_gender_labels", dataset="more").n_similarities == 2
    with pytest.raises(UnknownNameError, match="Did you mean 'more'"):
        store.score("raw_gender_labels", dataset="moore")


def test_embedding_mean_is_the_cosine_to_the_ensembled_classes(store):
    from facestore.prompts import builtin_prompt_sets

    store.score("age_race_gender_labels_v2")
    encoder = load_encoder(ModelName("tiny"), device="cpu")
    prompts = next(
        p for p in builtin_prompt_sets() if p.name == "age_race_gender_labels_v2"
    ).prompts
    heads = {}
    for name in ("Male", "Female"):
        texts = [prompt.text for prompt in prompts if prompt.classes["gender"] == name]
        mean = encoder.encode_texts(texts).mean(axis=0)
        heads[name] = mean / np.linalg.norm(mean)
    rows = store.sql(
        "select vector_key, predicted, score from zero_shot_embedding_mean "
        "inner join vector_keys using (sample_id) where attribute = 'gender'"
    ).fetchall()
    (stored,) = store.catalog.encoders.all()
    vectors = store.vectors.images(stored.vectors).get([key for key, _, _ in rows])
    assert len(rows) == 6
    for key, predicted, score in rows:
        expected = {name: float(vectors[key] @ head) for name, head in heads.items()}
        assert score == pytest.approx(expected[predicted], abs=1e-5)
        assert predicted == max(expected, key=expected.__getitem__)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "mine.pt"
    torch.save(open_clip.create_model(ARCHITECTURE).state_dict(), path)
    return path


def test_a_checkpoint_is_scored_by_its_path(store, pictures, checkpoint):
    model = f"{ARCHITECTURE},{checkpoint}"
    summary = store.ingest(pictures, models=[model], device="cpu")
    assert summary.n_encoded == {f"{ARCHITECTURE} mine.pt fp32": 5}
    assert store.score("raw_gender_labels", model=model, device="cpu").n_similarities == 12
    # its prompts have vectors now, so its name is enough
    known = f"{ARCHITECTURE} mine.pt fp32"
    assert store.score("raw_gender_labels", model=known).n_similarities == 0


def test_with_several_encoders_one_is_to_be_named(store, pictures, checkpoint):
    store.ingest(pictures, models=[f"{ARCHITECTURE},{checkpoint}"], device="cpu")
    with pytest.raises(InputError, match="several encoders"):
        store.score("raw_gender_labels")
    assert store.score("raw_gender_labels", model="tiny").n_similarities == 12
