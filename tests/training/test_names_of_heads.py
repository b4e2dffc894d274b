"""Names of heads that make one file name do not overwrite each other."""

from __future__ import annotations

import pytest

from facestore.errors import InputError
from facestore.store import Store
from facestore.training.plan import heads_path

pytestmark = pytest.mark.usefixtures("store_is_there")


@pytest.fixture
def store(tmp_path, pictures):
    labels = tmp_path / "l.csv"
    rows = [
        f"{path.name},{'Male' if i % 2 else 'Female'}"
        for i, path in enumerate(sorted(pictures.iterdir()))
    ]
    labels.write_text("\n".join(["file,gender", *rows]))
    with Store.open(tmp_path / "store") as opened:
        opened.ingest(pictures, models=["tiny"], dataset="d", labels=labels)
        yield opened


def train(store, name):
    return store.train_probe(
        attributes=["gender"], dataset="d", split=None, l2=1.0, val_fraction=0, name=name
    )[0]


@pytest.mark.parametrize("other", ["a_b", "A/B"])
def test_heads_whose_names_make_one_file_are_refused(store, other):
    first = train(store, "a/b")
    before = first.path.read_bytes()
    with pytest.raises(InputError, match=r"those of 'a/b' are there .*another `name=`"):
        train(store, other)
    assert first.path.read_bytes() == before
    assert store.sql("select name from classifiers").fetchall() == [("a/b gender",)]
    assert not train(store, "a/b").is_new
    assert train(store, f"{other} 2").is_new


def test_names_in_other_scripts_and_long_ones_have_files_of_their_own(tmp_path):
    with Store.open(tmp_path / "store") as store:
        names = ["模型", "модель", "…", "x" * 400, "x" * 401, "plain name"]
        files = [heads_path(store, name, None).name for name in names]
        assert len({name.casefold() for name in files}) == len(names)
        assert all(len(name) < 200 for name in files)
        assert files[-1] == "plain_name.safetensors"
        with pytest.raises(InputError, match="a name was expected"):
            heads_path(store, " ", None)
