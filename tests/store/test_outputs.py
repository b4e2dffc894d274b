"""No command writes over the files of a store, its own or another one."""

from __future__ import annotations

import os

import pytest

from facestore.config import CATALOG_FILE
from facestore.errors import OutputError
from facestore.outputs import refuse_files_of_stores

# What comes before the place; a model that is not there is never looked for.
WRITERS = {
    "near": ["near", "1", "--html"],
    "search": ["search", "a man", "--html"],
    "explain": ["explain", "--prompt", "a man", "--out"],
    "dedup": ["dedup", "--policy", "keep-one", "--export"],
    "train probe": ["train", "probe", "--dataset", "d", "--attribute", "gender", "--out"],
    "train heads": ["train", "heads", "--dataset", "d", "--attribute", "gender", "--out"],
    "train age": ["train", "age", "--dataset", "d", "--out"],
    "tensorboard": ["train", "heads", "--dataset", "d", "--attribute", "gender", "--tensorboard"],
    "tensorboard of ages": ["train", "age", "--dataset", "d", "--tensorboard"],
    "import classifier": ["import", "classifier", "published", "--out"],
    "report": ["report", "--out"],
    "report csv": ["report", "--format", "csv", "--out"],
    "report json": ["report", "--format", "json", "--out"],
    "fiftyone": ["export", "fiftyone"],
    "fairlearn": ["export", "fairlearn"],
    "atlas": ["export", "atlas"],
    "clip-benchmark": ["export", "clip-benchmark"],
    "snapshot": ["snapshot"],
    "snapshot --vectors": ["snapshot", "--vectors"],
}  # fmt: skip
OWN_FOLDER = {"explain": "explanations", "train probe": "heads", "train heads": "heads"}
# Of the own store all is its own; of another one what facestore makes in it.
PLACES = (
    "store/facestore.duckdb", "store/facestore.duckdb.wal", "store/vectors", "store/vectors/c.lance",
    "store/new", "store", "store/reports/../vectors", "link", "link/vectors", "wal",
    "other/facestore.duckdb", "other/facestore.duckdb.wal", "other/vectors/x", "other/heads/h.md",
    "other",
)  # fmt: skip


@pytest.fixture
def stores(tmp_path, store_is_there):
    """Give files of two stores, and links to them."""
    for folder in ("store/vectors", "other/vectors", "store/heads"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("store/facestore.duckdb.wal", "store/heads/h1.safetensors"):
        (tmp_path / file).write_bytes(b"of the store")
    (tmp_path / "other" / CATALOG_FILE).write_bytes(b"another one")
    (tmp_path / "link").symlink_to("store")
    (tmp_path / "wal").symlink_to("store/facestore.duckdb.wal")
    return tmp_path


def everything(folder):
    return {
        str(each): (each.lstat().st_ino, each.lstat().st_mtime_ns) for each in folder.rglob("*")
    }


@pytest.mark.parametrize("writer", WRITERS)
def test_no_command_writes_over_files_of_a_store(facestore, stores, writer):
    (stores / "store/facestore.duckdb.wal").unlink()  # DuckDB would read it
    wrong = {}
    # Each place is a test of the check itself, below.
    for place in ("store/facestore.duckdb", "link/vectors", "other/heads/h.md"):
        before = everything(stores)
        ran = facestore(*WRITERS[writer], stores / place)
        is_told = "has its own files there" in ran.err and ran.err.count("\n") == 1
        if ran.status != 1 or not is_told or everything(stores) != before:
            wrong[place] = (ran.status, ran.err)
    assert wrong == {}


@pytest.mark.parametrize("writer", ["near", "dedup", "fiftyone", "report json", "snapshot"])
def test_no_command_writes_over_a_picture(facestore, stores, writer):
    (stores / "store/facestore.duckdb.wal").unlink()
    picture = stores / "me.JPG"
    picture.write_bytes(b"a face")
    ran = facestore(*WRITERS[writer], picture)
    assert (ran.status, ran.err.count("\n")) == (1, 1)
    assert "me.JPG' is a picture that is there, and would be lost" in ran.err
    assert picture.read_bytes() == b"a face"


@pytest.mark.parametrize("writer", ["explain", "train probe", "near", "fiftyone", "snapshot"])
def test_below_reports_and_outside_all_may_be_written(facestore, stores, writer):
    (stores / "store/facestore.duckdb.wal").unlink()
    own = [f"store/{OWN_FOLDER[writer]}"] if writer in OWN_FOLDER else []
    for place in ("store/reports/x", "out", *own):
        ran = facestore(*WRITERS[writer], stores / place)
        assert "has its own files there" not in ran.err


@pytest.mark.parametrize("place", PLACES)
def test_each_place_is_refused_by_the_check(stores, monkeypatch, place):
    with pytest.raises(OutputError):
        refuse_files_of_stores(stores / "store", stores / place)
    monkeypatch.chdir(stores / "store")
    with pytest.raises(OutputError):
        refuse_files_of_stores(stores / "link", stores / place)


@pytest.mark.parametrize(
    "place",
    ["store/reports", "store/reports/x", "link/reports/x", "store/heads", "store/heads/deep",
     "out", "storey", "other/reports/x", "other/pages", "other/x.json", "other/heads-of-mine"],
)  # fmt: skip
def test_other_places_are_free(stores, place):
    refuse_files_of_stores(stores / "store", stores / place, "heads")


def test_capitals_do_not_matter_where_they_do_not_for_the_file_system(stores, monkeypatch):
    """A hard link cannot be made of a folder, so `samefile` stands for such a file system."""
    same = type(stores).samefile
    monkeypatch.setattr(
        type(stores), "samefile",
        lambda a, b: same(type(a)(str(a).lower()), type(a)(str(b).lower())),
    )  # fmt: skip
    monkeypatch.setattr(
        type(stores),
        "is_file",
        lambda path: os.path.isfile(str(path).lower()),  # noqa: PTH113
    )
    for place in ("STORE/new", "Store/Vectors/x", "OTHER/FaceStore.duckdb", "other/VECTORS/x"):
        with pytest.raises(OutputError):
            refuse_files_of_stores(stores / "store", stores / place)


def test_a_folder_of_reports_that_is_a_link_is_where_it_leads(facestore, stores):
    (stores / "store/facestore.duckdb.wal").unlink()
    (stores / "store/reports").symlink_to("vectors")
    for more in ([], ["--out", stores / "store/reports"]):
        ran = facestore("report", *more)
        assert (ran.status, "has its own files there" in ran.err) == (1, True)
    assert list((stores / "store/vectors").iterdir()) == []


def test_a_published_snapshot_is_replaced(facestore, stores):
    (stores / "store/facestore.duckdb.wal").unlink()
    for _ in range(2):
        assert facestore("snapshot", stores / "public" / "faces.duckdb").status == 0
