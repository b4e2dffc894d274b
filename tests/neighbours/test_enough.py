"""Whether an index is asked enough: what is advised works, and errors come before work and promises."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import duckdb
import pytest
from support.indexed import MODEL, Clusters, add_images
from support.modes import obey_modes

from facestore import Store
from facestore.errors import InputError, NoCertificateError, UnknownNameError
from facestore.neighbours.enough import queries_needed
from facestore.resources import folder

FACES = Clusters(n_clusters=20)
N = 1500


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("enough") / "store"
    with Store.open(path) as store:
        add_images(store, "faces", FACES.draw(N, 1))
        store.build_index(partitions=2)
    return path


@pytest.fixture
def store(made, tmp_path):
    shutil.copytree(made, tmp_path / "store")
    with Store.open(tmp_path / "store") as opened:
        yield opened


@pytest.mark.parametrize("recall", [1, 0.9993, 0.995, 0.92])
@pytest.mark.parametrize("at_least", [0.5, 0.9, 0.99])
def test_so_many_queries_prove_the_bound_and_one_fewer_does_not(recall, at_least):
    text = (folder("sql") / "functions" / "wilson_low.sql").read_text()
    with duckdb.connect() as con:
        con.execute(f"create macro wilson_low(n_right, n_all) as ({text})")
        needed = queries_needed(recall, at_least)
        if recall <= at_least:
            assert needed is None
            return
        bounds = [
            con.execute("select wilson_low(? * ?::double, ?)", [recall, n, n]).fetchone()[0]
            for n in (needed, needed - 1)
        ]
    assert bounds[0] >= at_least - 1e-12
    assert bounds[1] < at_least


def test_too_few_queries_are_refused_before_all_is_read_with_a_number_that_does(store):
    titles = []
    store.progress = Titles(titles)
    with pytest.raises(InputError, match="50 queries can show at most") as told:
        store.certify_index(n_queries=50)
    assert titles == []
    assert "probes" not in str(told.value)
    said = re.search(r"`n_queries=(\d+)` \(at least (\d+)\)", str(told.value))
    assert [int(each) for each in said.groups()] == [762, 381]
    assert store.certify_index(n_queries=int(said[1])).certificates[0].recall_at_least >= 0.99
    assert len(titles) == 1


def test_more_queries_are_not_advised_where_there_are_not_so_many_images(store):
    with pytest.raises(InputError, match="can show at most that") as told:
        store.certify_index(n_queries=50, min_recall=0.999)
    assert "n_queries=" not in str(told.value)
    assert "want less with `min_recall=`" in str(told.value)
    with pytest.raises(
        InputError, match=r"0\.9987, were everything found, and 1 is wanted: want less"
    ):
        store.certify_index(n_queries=3000, min_recall=1)


def test_what_helps_an_index_that_finds_too_little_is_what_is_left(store):
    given = {"n_queries": 400, "min_recall": 0.98}
    with pytest.raises(InputError, match="finds 0") as told:
        store.certify_index(**given, probes=1, refine=1)
    assert "give more `probes=` (of 2), or give more `refine=` (as 40)" in str(told.value)
    with pytest.raises(InputError, match="finds 0") as told:
        store.certify_index(**given, probes=2, refine=1)
    assert "probes=" not in str(told.value)
    assert store.certify_index(**given, probes=2, refine=40).certificates[0].recall_at_least > 0.98


class Titles:
    """A progress that keeps what it is told."""

    def __init__(self, titles):
        self._titles = titles

    def task(self, title, total):
        from facestore.progress import SilentProgress

        self._titles.append(title)
        return SilentProgress().task(title, total)


def test_what_is_not_found_is_promised_nothing(store):
    store.certify_index(n_queries=400, min_recall=0.9)
    told = []
    store.notify = told.append
    with pytest.raises(UnknownNameError):
        store.near("nobody.jpg", index=True)
    add_images(store, "faces", Clusters(seed=9, n_clusters=1).draw(1, 5), first=N)
    with pytest.raises(NoCertificateError, match="another kind"):
        store.near(f"{N}.jpg", index=True)
    assert told == []
    assert store.near("7.jpg", index=True)
    assert len(told) == 1
    assert told[0].startswith("by the index: at least 0.9")


READ_ONLY = """
import sys
from facestore import Store
from facestore.errors import StoreWriteError
from facestore.progress import SilentProgress

class Progress:
    def task(self, title, total):
        print("began", title)
        return SilentProgress().task(title, total)

with Store.open(sys.argv[1], progress=Progress()) as store:
    for verb in (lambda: store.certify_index(), lambda: store.find_neighbours(0.99)):
        try:
            verb()
        except StoreWriteError as error:
            print("refused", error)
"""


def test_a_store_that_may_only_be_read_is_refused_before_anything_is_compared(store):
    store.close()
    every = [store.path, *store.path.rglob("*")]
    for each in every:
        each.chmod(0o555 if each.is_dir() else 0o444)
    try:
        ran = subprocess.run(
            [sys.executable, "-c", READ_ONLY, store.path],
            capture_output=True, text=True, check=False, preexec_fn=obey_modes,
        )  # fmt: skip
    finally:
        for each in every:
            each.chmod(0o755 if each.is_dir() else 0o644)
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert len(lines) == 2, lines
    assert all(each.startswith("refused") and "ermission denied" in each for each in lines)


def test_the_model_is_named(store):
    store.drop_index()
    with pytest.raises(InputError, match=f"`facestore index build model='{MODEL}'`"):
        store.certify_index()
