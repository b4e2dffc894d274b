"""What takes vectors out, or files them anew, says which index went with them, and what makes it again."""

from __future__ import annotations

import re
import shlex
import shutil

import pytest
from support.indexed import MODEL, Clusters, add_images

from facestore import Store
from facestore.cli.wording import as_typed
from facestore.removing.lost_indexes import told_of_lost_indexes

FACES = Clusters(n_clusters=20)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("lost") / "store"
    with Store.open(path) as store:
        add_images(store, "faces", FACES.draw(400, 1))
        add_images(store, "more", FACES.draw(200, 2), first=1000)
        store.build_index(kind="ivf_pq", partitions=2, sub_vectors=16)
        store.certify_index(n_queries=100, min_recall=0.5)
    return path


@pytest.fixture
def store(made, tmp_path):
    shutil.copytree(made, tmp_path / "store")
    with Store.open(tmp_path / "store") as opened:
        opened.told = []
        opened.notify = opened.told.append
        yield opened


CHANGES = {
    "forget": lambda store: store.forget("faces/7.jpg"),
    "remove": lambda store: store.remove_dataset("more"),
    "rename": lambda store: store.rename_dataset("more", "others"),
    "merge": lambda store: store.merge_dataset("more", "faces"),
    "encoder": lambda store: store.rename_encoder(MODEL, "RN50,openai"),
}


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_an_index_that_goes_is_told_of_with_what_makes_it_again(store, facestore, change):
    before = store.catalog.vector_indexes.all()[0]
    CHANGES[change](store)
    (line,) = store.told
    name = "RN50 openai imported" if change == "encoder" else MODEL
    assert line.startswith(f"The index of '{name}' went with its old table of vectors: ")
    build, certify = re.findall(r"`facestore ([^`]+)`", as_typed(line))
    store.close()
    assert facestore(*shlex.split(build)).status == 0
    few = ("--n-queries", "100", "--min-recall", "0.5")
    assert facestore(*shlex.split(certify), *few).status == 0
    after = store.catalog.vector_indexes.all()[0]
    assert (after.kind, after.parameters) == (before.kind, before.parameters)


def test_what_leaves_the_index_alone_says_nothing_of_it(store):
    store.forget("faces/7.jpg", dry_run=True)
    store.remove_encoder(MODEL)
    assert store.told == []


def test_an_index_that_was_not_certified_is_not_advised_to_be(store):
    store.build_index(partitions=2)
    store.forget("faces/7.jpg")
    (line,) = store.told
    assert line.endswith(
        "`facestore index build model='x m imported' kind=ivf_rq bits=1 partitions=2` makes it again."
    )
    store.told.clear()
    store.forget("faces/8.jpg")  # there is none any more
    assert store.told == []


def test_a_certificate_that_goes_alone_is_told_of(store):
    encoder = store.catalog.encoders.find(MODEL)
    with told_of_lost_indexes(store):
        store.catalog.vector_indexes.void(encoder.encoder_id, "images")
    assert store.told == [
        f"The certificate of the index of '{MODEL}' for images does not hold any more: "
        f"`facestore index certify model='{MODEL}'` gives a new one."
    ]
