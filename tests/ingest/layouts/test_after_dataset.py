"""Labels of which nobody said the attribute are those of one that is called as the data set."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from support.image_datasets import in_class_folders, in_tars, png
from support.pictures import write_picture

from facestore.errors import InputError, TableError
from facestore.store import Store

CLASSES = ["cat", "dog", "hen"]
N = 15


def pictures(names=CLASSES):
    rng = np.random.default_rng(0)
    return [(png(rng.integers(0, 255, (8, 8, 3))), names[i % len(names)]) for i in range(N)]


def labels(store):
    query = "select attribute, label, count(*) from labels group by all order by all"
    return store.sql(query).fetchall()


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store") as opened:
        yield opened


OF_PETS = [("pets", name, N // 3) for name in CLASSES]


def test_folders_that_may_be_classes_are_those_of_the_data_set(store, tmp_path):
    in_class_folders(tmp_path / "pets" / "train", pictures())
    planned = store.preview_ingest(tmp_path / "pets")
    done = store.ingest(tmp_path / "pets")
    assert labels(store) == OF_PETS
    (note,) = (each for each in done.plan.notes if "after the data set" in each)
    assert note.startswith("labels are those of 'pets', after the data set: cat, dog, hen; ")
    assert note in planned.notes
    assert store.ingest(tmp_path / "pets").changes.n_labels_new == 0


def test_the_name_that_is_given_counts_and_so_does_the_way_out(store, tmp_path):
    in_class_folders(tmp_path / "pets", pictures())
    store.ingest(tmp_path / "pets", dataset="plain", layout="folder")
    assert labels(store) == []
    store.ingest(tmp_path / "pets", dataset="mine")
    store.ingest(tmp_path / "pets", dataset="other", attributes=["kind"], new_classes=True)
    assert {row[0] for row in labels(store)} == {"mine", "kind"}


@pytest.mark.parametrize(
    ("folders", "layout"),
    [
        # a person each, not a class: few pictures in many folders
        ([f"person {i}" for i in range(N)], "auto"),
        # ages, and codes that a known source has, are asked for
        (["1", "2", "3"], "auto"),
    ],
)
def test_folders_of_persons_and_years_are_no_classes_of_it(store, tmp_path, folders, layout):
    in_class_folders(tmp_path / "pets", pictures(folders))
    store.ingest(tmp_path / "pets", layout=layout)
    assert labels(store) == []


def test_folders_are_asked_for_by_the_layout(store, tmp_path):
    """What looks like persons by itself is read where the user says that folders are classes."""
    names = [f"bird {i}" for i in range(N)]
    in_class_folders(tmp_path / "birds", pictures(names))
    store.ingest(tmp_path / "birds", layout="imagefolder")
    assert labels(store) == [("birds", name, 1) for name in sorted(names)]


def test_a_data_set_called_as_a_known_attribute_gives_it_no_class(store, tmp_path):
    in_class_folders(tmp_path / "gender", pictures())
    store.ingest(tmp_path / "gender")
    assert labels(store) == []
    with pytest.raises(InputError, match="name the attribute with"):
        store.ingest(tmp_path / "gender", layout="imagefolder")


def test_the_class_of_a_web_data_set_is_that_of_the_data_set(store, tmp_path):
    in_tars(tmp_path / "wds", pictures(), CLASSES, ["a photo of a {c}."])
    store.ingest(tmp_path / "wds" / "test", dataset="pets")
    assert labels(store) == OF_PETS


@pytest.mark.parametrize("column", ["label", "fine_label"])
def test_a_column_of_labels_is_that_of_the_data_set(store, tmp_path, column):
    rows = [
        {"image": {"bytes": data, "path": f"{i}.png"}, column: name, "more": i}
        for i, (data, name) in enumerate(pictures())
    ]
    pl.DataFrame(rows).write_parquet(tmp_path / "pets.parquet")
    done = store.ingest(tmp_path / "pets.parquet")
    assert labels(store) == OF_PETS
    assert done.plan.ignored_columns == ("more",)


def test_a_column_of_labels_in_metadata_too_but_not_beside_known_labels(store, tmp_path):
    for dataset, more in (("pets", {}), ("faces", {"gender": "Male"})):
        lines = []
        for i in range(N):
            write_picture(tmp_path / dataset / f"{i}.jpg", seed=i)
            said = {"file_name": f"{i}.jpg", "label": CLASSES[i % 3], **more}
            lines.append(json.dumps(said))
        (tmp_path / dataset / "metadata.jsonl").write_text("\n".join(lines))
    store.ingest(tmp_path / "pets")
    assert labels(store) == OF_PETS
    store.ingest(tmp_path / "faces")
    assert labels(store) == [("gender", "Male", N), *OF_PETS]


def test_two_data_sets_may_have_the_same_folders(store, tmp_path):
    """Cats of one are not taken for those of another, which was there first."""
    in_class_folders(tmp_path / "pets", pictures())
    in_class_folders(tmp_path / "animals", pictures()[: N - 1] + pictures(["emu"])[:9])
    store.ingest(tmp_path / "pets")
    store.ingest(tmp_path / "animals")
    found = labels(store)
    assert [row for row in found if row[0] == "pets"] == OF_PETS
    assert {row[1] for row in found if row[0] == "animals"} == {*CLASSES, "emu"}


def test_what_comes_later_is_of_the_same_attribute(store, tmp_path):
    in_class_folders(tmp_path / "pets", pictures())
    store.ingest(tmp_path / "pets")
    in_class_folders(tmp_path / "pets", pictures(["emu"])[:1])
    store.ingest(tmp_path / "pets")
    assert labels(store) == sorted([*OF_PETS, ("pets", "emu", 1)])
    for name, start in (("one", 0), ("two", N)):
        rows = [
            {"image": {"bytes": data, "path": f"{start + i}.png"}, "label": label}
            for i, (data, label) in enumerate(pictures([*CLASSES, "emu", name]))
        ]
        (tmp_path / "birds").mkdir(exist_ok=True)
        pl.DataFrame(rows).write_parquet(tmp_path / "birds" / f"{name}.parquet")
        store.ingest(tmp_path / "birds")
    query = "select count(*) from labels where attribute = 'birds'"
    assert store.sql(query).fetchall() == [(2 * N,)]


def test_a_class_that_the_list_of_names_has_not_is_refused_before_anything_is_written(
    store, tmp_path
):
    in_tars(tmp_path / "wds", [*pictures(), (pictures()[0][0], "-1")], CLASSES, ["a {c}"])
    with pytest.raises(TableError, match=r"say '-1' \(0\.tar/000015\..*has a name for 0 to 2"):
        store.bench([tmp_path / "wds" / "test"], models=["tiny"])
    assert store.sql("select count(*) from samples").fetchall() == [(0,)]
