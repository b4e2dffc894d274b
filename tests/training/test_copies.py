"""Copies of a picture are on one side: what is fitted, or what is held back to judge the fit."""

from __future__ import annotations

import shutil

import duckdb
import numpy as np
import pytest
from support import rows

from facestore.config import CATALOG_FILE
from facestore.store import Store
from facestore.training.samples import Choice, choose

N = 120


@pytest.fixture(scope="module")
def store(new_store, tmp_path_factory):
    """Give 120 faces: the first 40 twice in bytes, the next 40 nearly the same two by two."""
    folder = tmp_path_factory.mktemp("copies") / "store"
    shutil.copytree(new_store, folder)
    hashes = np.random.default_rng(0).integers(1, 2**62, N)
    with duckdb.connect(folder / CATALOG_FILE) as con:
        names = [f"{i // 2 * 2 if i < 40 else i:064x}" for i in range(N)]
        for i in range(40, 80, 2):
            hashes[i + 1] = hashes[i] ^ 1
        pictures = {name: int(hashes[int(name, 16)]) for name in names}
        rows.fill(con, images=[{"image_id": k, "phash": v} for k, v in pictures.items()])
        rows.load(con, samples=rows.samples(N, split="train"))
        rows.load(con, labels=rows.labels("gender", ["Male", "Female", "Female"] * (N // 3)))
        con.executemany(
            "update samples set image_id = ? where sample_id = ?",
            [[name, i] for i, name in enumerate(names, 1)],
        )
    with Store.open(folder) as opened:
        yield opened


def groups_of(keys):
    """Return the number of the pair, exact or near, that each picture is of."""
    return {int(key, 16) // 2 if int(key, 16) < 80 else int(key, 16) for key in keys}


def parts(store, **asked):
    choice = {"val_split": None, "val_fraction": 0.3, "few_shot": None, "seed": 0} | asked
    (found,) = choose(
        store,
        ["gender"],
        Choice("faces", "train", **choice),
        has_input=lambda keys: np.ones(len(keys), dtype=bool),
        leaking=(),
    )
    return found.fit.keys, found.validation.keys


@pytest.mark.parametrize("seed", range(5))
def test_no_picture_held_back_has_a_copy_among_those_fitted(store, seed):
    fit, held = parts(store, seed=seed)
    assert len(fit) + len(held) == N
    assert groups_of(fit).isdisjoint(groups_of(held))
    # 20 exact pairs, 20 near ones and 40 pictures without a copy
    assert len(groups_of(held)) == 24


def test_few_shots_are_no_copies_of_each_other(store):
    fit, held = parts(store, few_shot=16)
    assert (len(fit), len(held)) == (32, 8)
    assert len(groups_of(fit) | groups_of(held)) == 40


def test_pictures_that_are_farther_apart_than_the_setting_are_no_copies(store):
    store.set("duplicate_distance", 0)
    fit, held = parts(store)
    store.set("duplicate_distance", 5)
    assert not groups_of(fit).isdisjoint(groups_of(held))
    assert set(fit).isdisjoint(held)
