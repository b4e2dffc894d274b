"""The page of faces: sections behind every number, small pictures, and what is left out."""

from __future__ import annotations

import json
import re
import shutil

import duckdb
import pytest
from support.once import made_once
from support.pictured import SURE, UNSURE, N, fill
from support.pictures import write_picture
from support.reported import Page

from facestore.reporting.faces import Section
from facestore.reporting.links import cell_section, group_section
from facestore.reporting.tables import BlockKey
from facestore.store import Store

OF_GENDER = BlockKey("faces", None, "gender", SURE)
OF_RACE = BlockKey("faces", None, "race", UNSURE)


@pytest.fixture(scope="module")
def pictured(tmp_path_factory):
    def make(folder):
        with Store.open(fill(folder)) as store:
            store.report(folder / "out", images=True)
            store.report(folder / "plain")

    return made_once(tmp_path_factory, "pictured", make)


@pytest.fixture
def copied(pictured, tmp_path):
    """Give a store of one's own; its pictures are those of all."""
    shutil.copytree(pictured / "store", tmp_path / "store")
    return tmp_path / "store"


def shown(html, anchor):
    """Give the paths that a section shows."""
    section = re.search(rf'<details class="faces" id="{anchor}".*?<p class="by-hand">', html, re.S)
    assert section, anchor
    paths = re.findall(r'<img [^>]*alt="([^"]*)"', section[0])
    if not paths:
        lists = re.findall(r'<p class="paths">(?:<strong>.*?</strong> )?(.*?)</p>', section[0])
        paths = [path for each in lists for path in each.split(" · ")]
    return paths


def rows(store, query, *values):
    with duckdb.connect(store / "facestore.duckdb", read_only=True) as con:
        return [row[0] for row in con.execute(query, list(values)).fetchall()]


def html(folder, page="faces.html"):
    return (folder / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", ["out", "plain"])
def test_a_section_shows_the_faces_that_sql_gives(pictured, folder):
    page = html(pictured / folder)
    for key in (OF_GENDER, OF_RACE):
        cells = rows(
            pictured / "store",
            "select distinct (label, predicted) from judged_predictions where classifier = ?",
            key.classifier,
        )
        assert len(cells) in (4, 9)
        for label, predicted in cells:
            found = rows(
                pictured / "store",
                "select path from judged_predictions where (classifier, label, predicted) = "
                "(?, ?, ?) order by md5(path)",
                key.classifier, label, predicted,
            )  # fmt: skip
            assert shown(page, cell_section(key, label, predicted)) == found[:24]
    for group, label in (("age", "0-2"), ("race", "Black")):
        found = rows(
            pictured / "store",
            "select path from judged_predictions semi join (from labels where (attribute, label) "
            "= (?, ?)) using (sample_id) where classifier = ? and not is_correct order by md5(path)",
            group, label, SURE,
        )  # fmt: skip
        assert found
        assert sorted(shown(page, group_section(OF_GENDER, group, label))) == sorted(found[:24])
    pairs = rows(
        pictured / "store",
        "select group_name from accuracy_by_group where classifier = ? and n_correct < n_samples "
        "and group_attribute = 'gender x race'",
        SURE,
    )
    assert pairs
    for pair in pairs:
        assert shown(page, group_section(OF_GENDER, "gender x race", pair))


def test_the_sql_of_a_section_gives_all_of_them(pictured):
    page = Page(html(pictured / "plain"))
    counts = re.findall(r'class="n">([\d,]+)<', page.html)
    texts = [text for tag, text in page.texts if tag == "code" and text.startswith("select path,")]
    assert len(texts) == len(counts) > 20
    for sql, n in zip(texts, counts, strict=True):
        assert len(rows(pictured / "store", sql)) == int(n)


def test_some_are_drawn_and_all_faces_are_all(pictured, copied, tmp_path):
    query = "select (label, predicted, n_samples) from confusion_matrix where classifier = ? "
    (label, predicted, n), *_ = rows(copied, query + "and n_samples > 24", SURE)
    anchor = cell_section(OF_GENDER, label, predicted)
    page = html(pictured / "plain")
    assert len(shown(page, anchor)) == 24
    assert f"24 of {n}, drawn by a hash of their paths." in page
    with Store.open(copied) as store:
        store.report(tmp_path / "all", only=["faces"], all_faces=True)
    assert len(shown(html(tmp_path / "all"), anchor)) == n


def test_a_picture_is_one_file_and_each_file_is_shown(pictured):
    out = pictured / "out"
    pages = [html(out, page.name) for page in out.glob("*.html")]
    named = [name for page in pages for name in re.findall(r'src="(faces/[^"]*)"', page)]
    files = {f"faces/{path.name}" for path in (out / "faces").iterdir()}
    assert files == set(named)
    assert N / 2 < len(files) < N
    assert len(named) > 2 * len(files)
    assert all(re.fullmatch(r"faces/[0-9a-f]{20}\.jpg", name) for name in files)
    image = re.search(r"<img [^>]*>", html(out))[0]
    assert 'loading="lazy"' in image
    assert 'width="160"' in image
    assert 'height="160"' in image
    policy = re.search(r'Security-Policy" content="([^"]*)"', html(out))[1]
    assert "img-src data: 'self' file:;" in policy.replace("&#39;", "'")
    plain = re.search(r'Security-Policy" content="([^"]*)"', html(pictured / "plain"))[1]
    assert "img-src data:;" in plain
    assert not (pictured / "plain" / "faces").exists()


def test_a_report_without_pictures_takes_those_of_an_earlier_one_away(pictured, copied, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(pictured / "out", out)
    (out / "faces" / "mine.txt").write_text("kept")
    with Store.open(copied) as store:
        store.report(out)
    assert [path.name for path in (out / "faces").iterdir()] == ["mine.txt"]
    (out / "faces" / "mine.txt").unlink()
    shutil.rmtree(out)
    shutil.copytree(pictured / "out", out)
    with Store.open(copied) as store:
        store.report(out)
    assert not (out / "faces").exists()


def test_one_page_alone_takes_only_those_that_no_page_shows_any_more(pictured, copied, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(pictured / "out", out)
    with Store.open(copied) as store:
        store.report(out, only=["faces"])
    left = {f"faces/{path.name}" for path in (out / "faces").glob("*")}
    pages = [html(out, page.name) for page in out.glob("*.html")]
    assert left == {name for page in pages for name in re.findall(r'src="(faces/[^"]*)"', page)}


def test_a_picture_that_is_gone_odd_or_another_is_left_out_and_named(copied, tmp_path):
    folder = tmp_path / "pictures"
    said = []
    with Store.open(copied) as store:
        paths = [row[0] for row in store.rows("select path from samples order by path")[1]]
    for path in paths:
        write_picture(folder / path, seed=int(path.split(".")[0]) - 1)
    (folder / paths[5]).unlink()
    write_picture(folder / paths[6], seed=999)
    with duckdb.connect(copied / "facestore.duckdb") as con:
        con.execute("update samples set path = ? where path = ?", ["odd\x01\n'\".jpg", paths[7]])
    with Store.open(copied, notify=said.append) as store:
        store.migrate()
        store.report(tmp_path / "out", images=True, source=folder, only=["faces"], all_faces=True)
    page = html(tmp_path / "out")
    line = next(each for each in map(str, said) if "not at hand" in each)
    assert paths[5] in line
    assert paths[6] in line
    assert re.search(r"Left out: \d pictures not at hand", page)
    assert "no picture at hand" in page


def test_mistakes_are_the_most_confident_only_where_a_classifier_says_so(pictured):
    page = Page(html(pictured / "out"))
    headings = [text for tag, text in page.texts if tag in ("h2", "h3")]
    assert "The most confident mistakes: gender" in headings
    assert "A sample of mistakes: race" in headings
    margins = [float(cell) for cell in page.column("worst_predictions", "margin") if cell != "–"]
    assert margins == sorted(margins, reverse=True)
    sample = rows(
        pictured / "store",
        "select path from judged_predictions where classifier = ? and not is_correct "
        "order by md5(path) limit 24",
        UNSURE,
    )
    assert page.column("worst_predictions", "path")[-24:] == sample


def test_the_filters_know_the_groups_by_their_labels(pictured):
    page = Page(html(pictured / "out"))
    asked = json.loads(re.search(r'id="asked">(.*?)</script>', page.html, re.S)[1])
    assert [judge["classifier"] for judge in asked["judges"]] == [SURE, UNSURE]
    assert asked["groups"]["Ages 0-2 called wrong"]["where"] == ["age = '0-2'"]
    assert len(asked["groups"]["Male, White faces called wrong"]["labels"]) == 2


@pytest.mark.parametrize(
    ("attribute", "column"),
    [
        ("gender", "gender"),
        ("group", '"group"'),
        ("perceived gender", '"perceived gender"'),
        ("Split", '"label: Split"'),
        ('a "b"', '"a ""b"""'),
    ],
)
def test_the_command_names_the_column_that_explore_has(attribute, column):
    same = {"dataset": "faces", "split": None}
    called = [{"label": "Male", "predicted": "Female"}]
    key = BlockKey("faces", None, attribute, SURE)
    cell = Section("cell", key, "Male called Female", 1, {}, called)
    assert cell.where(same) == f"{column} = 'Male' and predicted = 'Female'"
    group = Section("group", OF_GENDER, "Males called wrong", 1, {attribute: "Male"}, called)
    assert group.where(same) == f"judged = 'wrong' and {column} = 'Male'"


def test_the_command_quotes_what_a_shell_would_read(pictured, copied, tmp_path):
    with duckdb.connect(copied / "facestore.duckdb") as con:
        con.execute("update classifiers set name = 'a $(x) \"b\"' where name = ?", [SURE])
    with Store.open(copied) as store:
        store.migrate()
        store.report(tmp_path / "out", only=["faces"])
    page = Page(html(tmp_path / "out"))
    assert "facestore explore --classifier 'a $(x) \"b\"' --where \"gender = 'Male'" in page.text
