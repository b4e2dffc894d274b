"""A small store that is explored: labels, vectors, two classifiers, copies, no label twice."""

from __future__ import annotations

import pytest
from support.pictures import write_labels, write_picture

from facestore.store import Store

N = 12
AGES, RACES, GENDERS = ["10-19", "3-9"], ["White", "Black", "Indian"], ["Male", "Female"]


@pytest.fixture(scope="package")
def explored(tmp_path_factory):
    """Give the folder of a store, with its pictures beside it."""
    folder = tmp_path_factory.mktemp("explored")
    for i in range(N):
        write_picture(folder / "faces" / f"{i}.jpg", seed=i)
    (folder / "faces" / "copy.jpg").write_bytes((folder / "faces" / "0.jpg").read_bytes())
    labels = {f"{i}.jpg": (AGES[i % 2], GENDERS[i // 2 % 2], RACES[i % 3]) for i in range(N)}
    write_labels(folder / "labels.csv", labels)
    # right for Male, wrong for half of Female; and one that says nothing of 11.jpg
    said = [f"{i}.jpg,{GENDERS[int(i % 4 == 3)]},0.{i + 10}" for i in range(N - 1)]
    (folder / "mine.csv").write_text("\n".join(["file,predicted,margin", *said]) + "\n")
    ages = [f"{i}.jpg,{AGES[0]}" for i in range(N)]
    (folder / "ages.csv").write_text("\n".join(["file,predicted", *ages]) + "\n")
    with Store.open(folder / "store") as store:
        store.migrate()
        store.set("min_samples", 1)
        store.ingest(
            folder / "faces", labels=folder / "labels.csv", dataset="faces", split="val",
            models=["tiny"],
        )  # fmt: skip
        known = {"dataset": "faces"}
        store.import_predictions(
            folder / "mine.csv", attribute="gender", classifier="mine", **known
        )
        store.import_predictions(folder / "ages.csv", attribute="age", classifier="ages", **known)
    return folder


@pytest.fixture
def told():
    """Lines that were told."""
    return []


@pytest.fixture
def store(explored, told):
    """Open the store that is explored."""
    with Store.open(explored / "store", notify=lambda line: told.append(str(line))) as opened:
        yield opened
