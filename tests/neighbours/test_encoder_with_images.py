"""Where no encoder is named, it is the only one that has vectors of pictures."""

from __future__ import annotations

import json

import pytest
from support.pictures import write_picture

from facestore.errors import InputError
from facestore.store import Store

pytestmark = pytest.mark.portable

FILES = ("1.jpg", "2.jpg", "3.jpg")


@pytest.fixture
def store(tmp_path):
    """Give three pictures with vectors of one encoder, and similarities of another."""
    for number, name in enumerate(FILES):
        write_picture(tmp_path / "faces" / name, seed=number)
    with Store.open(tmp_path / "store") as opened:
        opened.ingest(tmp_path / "faces", models=["tiny"])
        table = tmp_path / "similarities.json"
        cosines = {"a photo of a man": 20.0, "a photo of a woman": 21.0}
        table.write_text(json.dumps(dict.fromkeys(FILES, cosines)))
        opened.import_similarities(table, dataset="faces", model="ViT-L-14,openai")
        yield opened


def test_it_is_the_one_with_vectors(store, tmp_path):
    assert len(store.catalog.encoders.all()) == 2
    hits = store.near(tmp_path / "faces" / "1.jpg", k=1)
    assert [hit.path for hit in hits] == ["1.jpg"]
    assert store.score("raw_gender_labels").encoder == "tiny fp32"
    assert store.find_neighbours(min_cosine=0.1).encoder == "tiny fp32"


def test_of_several_one_is_to_be_named_and_those_without_vectors_are_not_offered(store, tmp_path):
    store.ingest(tmp_path / "faces", models=["tiny"], precision="bf16")
    with pytest.raises(
        InputError, match=r"several encoders \('tiny .*', 'tiny .*'\): name"
    ) as said:
        store.near(tmp_path / "faces" / "1.jpg")
    assert "ViT-L-14" not in str(said.value)
