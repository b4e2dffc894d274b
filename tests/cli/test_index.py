"""The commands of an index, and --index of the others."""

from __future__ import annotations

import re
import shlex
import shutil

import pytest
from support.indexed import Clusters, add_images, add_texts

from facestore import Store

FACES = Clusters(n_clusters=20)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("index") / "store"
    with Store.open(folder) as store:
        add_images(store, "faces", FACES.draw(600, 1))
        add_texts(store, FACES.draw(40, 3))
    return folder


@pytest.fixture
def faces(made, tmp_path, facestore):
    shutil.copytree(made, tmp_path / "store")
    return facestore


def typed(text, command):
    """Return the words of a command that a message says, in backquotes or to the end of a line."""
    found = re.search(rf"facestore ({command}[^`\n]*)", text)
    return shlex.split(found[1])


def test_an_index_is_built_certified_asked_and_dropped(faces):
    ran = faces("near", "faces/7.jpg", "--index")
    assert (ran.status, ran.out) == (1, "")
    assert len(ran.err.splitlines()) == 1
    assert "cannot be searched by an index: it has no index. Run `facestore index build --model" in ran.err  # fmt: skip
    assert "or search exactly, without `index" not in ran.err
    assert "without --index" in ran.err
    built = faces(*typed(ran.err, "index build"), "--partitions", "2")
    assert (built.status, built.err) == (0, "")
    assert re.match(
        r"IVF_RQ over 600 vectors of x m imported: 2 partitions, 1 bit a value; \d+\.\d s of CPU\n"
        r"before it is asked: `facestore index certify --model 'x m imported'`\n$", built.out,
    )  # fmt: skip
    assert "not certified" in faces("info").out
    note = faces("doctor", "indexes_are_certified")
    assert (note.status, "not compared with exact answers for images" in note.out) == (0, True)
    few = ("--n-queries", "100", "--min-recall", "0.9")
    certified = faces(*typed(built.out, "index certify"), *few)
    assert certified.status == 0, certified.err
    images, bound, texts, _, datasets = certified.out.splitlines()
    assert re.match(r"images: (1\.0000|0\.9\d{3}) of the 10 nearest are found, with \d probes? and refine \d+", images)  # fmt: skip
    assert texts.startswith("texts: ")
    assert datasets == "images of 1 data set were asked; it holds up to 660 vectors of these data sets, and there are 600"  # fmt: skip
    near = faces("near", "faces/7.jpg", "--index", "--format", "json")
    assert near.status == 0
    assert near.err.strip() == bound
    exact = faces("near", "faces/7.jpg", "--format", "json")
    assert exact.err == ""
    assert len({r["path"] for r in near.rows} & {r["path"] for r in exact.rows}) >= 9
    found = faces("search", "text 1", "--index", "-k", "3")
    assert (found.status, "20 queries of texts" in found.err) == (0, True)
    assert re.search(r"Indexes +IVF_RQ over 600 vectors of x m imported: at least 0\.9\d+ of the 10 nearest for images, at least", faces("info").out)  # fmt: skip
    rows = faces("info", "--format", "json").rows
    assert [(row["name"], row["n"]) for row in rows if row["what"] == "index"] == [("x m imported", 600)]  # fmt: skip
    assert "indexes_are_certified (ok)" in faces("doctor", "indexes_are_certified").err
    assert faces("index", "drop").out == "the index is dropped\n"
    assert faces("index", "drop").out == "there was no index\n"


def test_pairs_by_the_index_say_what_they_may_miss(faces):
    assert faces("index", "build", "--partitions", "2").status == 0
    assert faces("index", "certify", "--n-queries", "100", "--min-recall", "0.9").status == 0
    ran = faces("dedup", "--cosine", "0.99", "--index")
    assert ran.status == 0
    pairs, bound, missed = ran.out.splitlines()
    assert re.match(r"\d+ pairs? with a cosine of 0.99 or more among 600 images", pairs)
    assert bound.startswith("by the index: at least 0.9")
    assert re.match(r"a pair is missed where neither image has the other among its 10 nearest, or the index does not find it: 0 images have 10 that close and may have more; without --index", missed)  # fmt: skip


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        ("dedup --index", 2, "--model, --max-pairs and --index go with --cosine"),
        ("index build", 1, "600 vectors are too few for IVF_RQ with 16 partitions: 1,024 would do"),
        ("index build --kind tree", 2, "tree"),
        (
            "index certify",
            1,
            "it has no index. Build one with `facestore index build --model 'x m imported'`",
        ),
        ("dedup --cosine 0.9 --index", 1, "it has no index. Run `facestore index build --model"),
        ("search 'text 1' --index", 1, "it has no index. Run `facestore index build --model"),
        ("near faces/7.jpg --index --dataset faces", 2, "the nearest of all data sets"),
    ],
)
def test_what_cannot_be_is_one_line(faces, words, status, says):
    ran = faces(*shlex.split(words))
    assert (ran.status, ran.out) == (status, "")
    assert says in " ".join(ran.err.split())
    assert len(ran.err.splitlines()) == 1
