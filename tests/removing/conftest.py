"""A store of a few people, with everything in it that can be known of a person."""

from __future__ import annotations

import shutil

import duckdb
import numpy as np
import pytest
from PIL import Image, ImageDraw
from support.copied import copy_as_own
from support.once import made_once

from facestore import Store
from facestore.importing.embeddings import TextSource
from facestore.prompts import builtin_prompt_sets

PROMPTS = "original_clip_labels_v2"
# Nothing else is called so.
ANNA = "people/zq-anna-7391.png"
# The same picture under another name.
TWIN = "people/zq-twin-5512.png"
# Nearly the same.
NEAR = "people/zq-near-8830.png"
# Only its labels and an imported vector are known.
NAMED = "zq-named-4417.png"


def write_pictures(folder):
    rng = np.random.default_rng(7)
    (folder / "people").mkdir(parents=True)
    for i in range(8):
        coarse = Image.fromarray(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8))
        coarse.resize((64, 64), Image.Resampling.BICUBIC).save(folder / "people" / f"p{i}.png")
    coarse = Image.fromarray(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8))
    anna = coarse.resize((64, 64), Image.Resampling.BICUBIC)
    anna.save(folder / ANNA)
    shutil.copyfile(folder / ANNA, folder / TWIN)
    ImageDraw.Draw(anna).rectangle((0, 0, 6, 6), fill=(0, 0, 0))  # 4 bits of the hash are others
    anna.save(folder / NEAR)


def make_store(folder):
    """Make pictures, tables, and a store of them with scores, heads, pairs, maps and pages."""
    write_pictures(folder / "pictures")
    names = [f"people/p{i}.png" for i in range(8)] + [ANNA, TWIN, NEAR]
    rows = [f"{name},{('Male', 'Female')[i % 2]}" for i, name in enumerate(names)]
    (folder / "labels.csv").write_text("\n".join(["file,gender", *rows, ""]))
    files = [*names, NAMED, "zq-other-2.png"]
    vectors = np.random.default_rng(3).normal(size=(len(files), 16)).astype(np.float32)
    vectors[files.index(TWIN)] = vectors[files.index(ANNA)]  # one picture has one vector
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    np.savez(folder / "vectors.npz", files=np.array(files), emb=vectors)
    with Store.open(folder / "store") as store:
        store.ingest(folder / "pictures", dataset="faces", labels=folder / "labels.csv", models=["tiny"], device="cpu", split="train")  # fmt: skip
        store.import_embeddings(folder / "vectors.npz", dataset="faces", model="RN50,theirs", create_samples=True)  # fmt: skip
        store.score(PROMPTS, model="tiny")
        store.predict(attribute="gender", prompt_set=PROMPTS, model="tiny")
        store.train_probe(dataset="faces", attributes=["gender"], l2=1.0, model="tiny", name="probe")  # fmt: skip
        store.find_neighbours(min_cosine=0.01, model="RN50,theirs")
        store.dedup("keep-one")
        store.explain([f"faces/{ANNA}", "faces/people/p1.png"], classifier="probe gender", method="relevancy", device="cpu", workers=0)  # fmt: skip
        store.report(images=True, only=["errors", "duplicates"])
        assert well(store) == []


# Of such a store doctor tells this from the beginning.
_TOLD = ("datasets_have_folders", "samples_say_something", "images_have_vectors")


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Give a folder with such a store (`of`), and with the name that it had (`made_at`)."""

    def make(folder):
        make_store(folder / "of")
        (folder / "made_at").write_text(str(folder / "of"))

    return made_once(tmp_path_factory, "removing", make)


@pytest.fixture
def folder(made, tmp_path):
    """Give a folder with a store of its own, and what it came from: pictures of that folder."""
    own = copy_as_own(made / "of", tmp_path / "own")
    made_at = (made / "made_at").read_text()
    with duckdb.connect(own / "store" / "facestore.duckdb") as con:
        for column in ("source from datasets", "arguments from runs"):
            name, _, table = column.split()
            con.execute(
                f"update {table} set {name} = replace({name}::varchar, '{made_at}', '{own}')"
            )
    return own


@pytest.fixture
def store(folder):
    with Store.open(folder / "store") as opened:
        yield opened


def write_few(folder):
    """Write vectors of names and of texts, and labels."""
    rng = np.random.default_rng(1)
    texts = np.array([each.text for each in builtin(PROMPTS).prompts])
    vectors = rng.normal(size=(8 + len(texts), 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    files = np.array([f"zq-{i}.jpg" for i in range(8)])
    np.savez(folder / "few.npz", files=files, emb=vectors[:8], words=texts, text=vectors[8:])
    rows = [f"zq-{i}.jpg,{('Male', 'Female')[i % 2]}" for i in range(8)]
    (folder / "few.csv").write_text("\n".join(["file,gender", *rows, ""]))


def builtin(name):
    return next(each for each in builtin_prompt_sets() if each.name == name)


def import_few(store, folder, dataset):
    text = TextSource(folder / "few.npz", prompts_key="words", vectors_key="text")
    store.import_embeddings(folder / "few.npz", dataset=dataset, model="RN50,theirs", create_samples=True, text=text, names_key="files", vectors_key="emb")  # fmt: skip
    store.import_labels(folder / "few.csv", dataset=dataset)


@pytest.fixture(scope="session")
def made_few(tmp_path_factory):
    """Give a store of names alone, with imported vectors: made in a second, without a model."""

    def make(folder):
        write_few(folder)
        with Store.open(folder / "store") as store:
            import_few(store, folder, "faces")
            store.score(PROMPTS)
            store.predict(attribute="gender", prompt_set=PROMPTS)
            store.find_neighbours(min_cosine=0.01)

    return made_once(tmp_path_factory, "removing_few", make)


@pytest.fixture
def few_folder(made_few, tmp_path):
    return copy_as_own(made_few, tmp_path / "few")


@pytest.fixture
def few(few_folder):
    with Store.open(few_folder / "store") as opened:
        yield opened


def well(store):
    """Return the audits that do not pass."""
    return [
        each.name
        for each in store.doctor(deep=True)
        if each.status != "ok" and each.name not in _TOLD
    ]
