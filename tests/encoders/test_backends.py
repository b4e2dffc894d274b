"""A backend is a module and its line in the table; all the rest of facestore takes what it loads."""

from __future__ import annotations

import pytest

from facestore.encoders import encoder
from facestore.encoders.encoder import available_models, backend
from facestore.errors import UnknownNameError
from facestore.model_names import ModelName
from facestore.store import Store


@pytest.fixture
def pixels_backend(monkeypatch):
    monkeypatch.setitem(encoder.BACKENDS, "pixels", "support.pixel_backend")


@pytest.mark.usefixtures("pixels_backend")
def test_images_are_encoded_scored_and_found_by_another_backend(tmp_path, pictures):
    with Store.open(tmp_path / "store") as store:
        summary = store.ingest(pictures, models=["pixels:small"])
        assert summary.n_encoded == {"pixels:small fp32": 5}
        assert store.sql("select architecture, dim from encoders").fetchall() == [
            ("pixels:small", 48)
        ]
        assert store.score("raw_gender_labels").n_similarities == 6 * 2
        same, *_ = store.near(pictures / "1.jpg", k=3)
        assert same.cosine == pytest.approx(1, abs=1e-6)
        assert store.ingest(pictures, models=["pixels:small"]).n_encoded == {"pixels:small fp32": 0}
        for wanted in ("pixels:small", "pixels:small fp32"):
            assert store.catalog.encoders.find(wanted).encoder_id == 1
        with pytest.raises(UnknownNameError, match="No encoder 'small'"):
            store.catalog.encoders.find("small")


@pytest.mark.usefixtures("pixels_backend")
def test_its_models_are_listed_as_they_are_typed():
    listed = [each for each in available_models() if each.backend == "pixels"]
    assert listed == [ModelName("small", "none", "pixels")]
    assert str(listed[0]) == "pixels:small,none"
    assert ModelName.parse(str(listed[0])) == listed[0]


def test_a_backend_that_there_is_not_is_refused(tmp_path, pictures):
    with pytest.raises(UnknownNameError, match=r"No encoder backend 'jax'\. Known: open_clip"):
        backend("jax")
    with (
        Store.open(tmp_path / "store") as store,
        pytest.raises(UnknownNameError, match="No encoder backend"),
    ):
        store.ingest(pictures, models=["jax:vit_base/augreg"])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ViT-L-14,openai", ModelName("ViT-L-14", "openai")),
        ("open_clip:ViT-L-14/openai", ModelName("ViT-L-14", "openai")),
        ("pixels:small/none", ModelName("small", "none", "pixels")),
        ("hf-hub:org/name", ModelName("hf-hub:org/name")),
        ("tiny", ModelName("tiny")),
    ],
)
def test_a_name_says_its_backend(text, name):
    assert ModelName.parse(text) == name
