from __future__ import annotations

import csv
import io
import shutil

import pytest
from support.command import run_all
from support.moved import copy_moved
from support.pictures import write_labels, write_picture, write_pictures

pytestmark = pytest.mark.portable


@pytest.fixture(scope="module")
def made(new_store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("near")
    shutil.copytree(new_store, folder / "store")
    labels = write_labels(folder / "l.csv", {"2.jpg": ("20-29", "Male", "White")})
    pictures = write_pictures(folder / "pictures")
    options = ("--labels", labels, "--model", "tiny", "--split", "val")
    run_all(folder / "store", ("ingest", pictures, *options))
    return folder


@pytest.fixture
def faces(made, facestore, tmp_path):
    """Give the command line a store of labelled pictures."""
    copy_moved(made, tmp_path)
    return facestore


@pytest.fixture
def pictures(faces, tmp_path):
    return tmp_path / "pictures"


def test_near_prints_rows_in_every_format(faces):
    ran = faces("near", "1.jpg", "-k", "5", "--format", "json")
    assert (ran.status, ran.err) == (0, "")
    assert list(ran.rows[0]) == ["rank", "cosine", "dataset", "path", "split", "labels"]
    assert ran.rows[0]["path"] == "copy.jpg"
    (two,) = [row for row in ran.rows if row["path"] == "2.jpg"]
    assert two["labels"] == {"age": "20-29", "gender": "Male", "race": "White"}
    rows = list(csv.DictReader(io.StringIO(faces("near", "1", "--format", "csv").out)))
    assert [row["path"] for row in rows] == [row["path"] for row in ran.rows]
    assert "age: 20-29, gender: Male, race: White" in {row["labels"] for row in rows}
    assert "copy.jpg" in faces("near", "pictures/1.jpg").out


def test_search_prints_rows_and_writes_a_page(faces, tmp_path):
    page = tmp_path / "page.html"
    ran = faces("search", "a photo of a <man>", "--k", "3", "--html", page, "--format", "json")
    assert ran.status == 0
    assert ran.err.splitlines()[-1] == f"page: {page}"
    assert [row["rank"] for row in ran.rows][-1] == 3
    text = page.read_text(encoding="utf-8")
    assert text.count("<img src=") == len(ran.rows)
    assert "Near to “a photo of a &lt;man&gt;”" in text


def test_the_page_takes_pictures_from_another_folder(faces, tmp_path, pictures):
    (tmp_path / "moved").mkdir()
    (tmp_path / "moved" / "2.jpg").write_bytes((pictures / "2.jpg").read_bytes())
    pictures.rename(tmp_path / "gone")
    page = tmp_path / "page.html"
    assert faces("near", "1", "--html", page, "--images", tmp_path / "moved").status == 0
    assert page.read_text(encoding="utf-8").count("<img src=") == 1


def test_neighbours_are_found_and_can_be_asked_for(faces, pictures, tmp_path):
    write_picture(tmp_path / "more" / "1.png", seed=1)
    faces("ingest", tmp_path / "more", "--model", "tiny", "--split", "test")
    ran = faces("dedup", "--cosine", "0.97")
    assert ran.status == 0
    assert "with a cosine of 0.97 or more among 6 images with tiny fp32" in ran.out
    query = "select path_a, path_b from embedding_leakage order by all"
    rows = faces("sql", query, "--format", "json").rows
    assert {"path_a": "1.jpg", "path_b": "1.png"} in rows
    assert faces("doctor", "neighbours").status == 0


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("near", "pictures/11.jpg"), 1, "Did you mean 'pictures/1.jpg'"),
        (("near", "1", "--images", "x"), 2, "is only used with --html"),
        (("near", "1", "-k", "0"), 2, "'0' was given, 1 or more was expected"),
        (("near", "1", "--html", "p.html", "--images", "nowhere"), 1, "'nowhere' is no folder"),
        (("near", "1", "--model", "ViT-L-14,openai"), 1, "No encoder 'ViT-L-14,openai'"),
        (("search", ""), 1, "The text is empty"),
        (("dedup", "--cosine", "0.1", "--max-pairs", "2"), 1, "Give a higher --cosine"),
        (("dedup", "--cosine", "95"), 1, "expected a number in (0, 1]"),
        (
            ("dedup", "--cosine", "0.9", "--undo"),
            2,
            "--cosine goes with --model, --max-pairs and --index",
        ),
        (("dedup", "--max-pairs", "9"), 2, "go with --cosine"),
    ],
)
def test_what_a_user_gets_wrong_is_one_line(faces, arguments, status, message):
    ran = faces(*arguments)
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (status, "", 1)
    assert message in ran.err
