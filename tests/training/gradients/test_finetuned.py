from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from support.training_run import CLASSES, faces, tiny

from facestore.encoders.loading import weights_sha256
from facestore.encoders.open_clip import load_encoder
from facestore.errors import EncoderMismatchError, InputError
from facestore.model_names import ModelName
from facestore.records import EncoderRecord
from facestore.training.gradients.finetuned import load_finetuned, save_finetuned
from facestore.training.gradients.tower import ImageTower
from facestore.training.heads import HeadTask, MultiTaskModel
from facestore.training.inference import predict_batches

pytestmark = pytest.mark.portable


@pytest.fixture(scope="module")
def encoder() -> EncoderRecord:
    return load_encoder(ModelName("tiny"), device="cpu").record


@pytest.fixture
def model() -> MultiTaskModel:
    """Give a model of which everything that can be trained was changed."""
    tasks = [
        HeadTask("race", CLASSES["race"]),
        HeadTask("age", loss="huber", delta=2, center=31, spread=17),
    ]
    model = MultiTaskModel(ImageTower(tiny()[0].visual, 2), tasks)
    torch.manual_seed(0)
    with torch.no_grad():
        for parameter in model.trained().values():
            parameter.add_(0.02 * torch.randn_like(parameter))
    return model


@pytest.fixture
def saved(model, encoder, tmp_path):
    path = tmp_path / "heads" / "faces.safetensors"
    training = {"dataset": "faces", "epochs": 3}
    sha256 = save_finetuned(
        path, model, name="tiny faces", encoder=encoder, n_blocks=2, training=training
    )
    return path, sha256


def rewritten(path, change):
    """Rewrite a file with another description."""
    with safe_open(path, "pt") as file:
        described = json.loads(file.metadata()["facestore"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    change(described, tensors)
    save_file(tensors, path, {"facestore": json.dumps(described)})


def test_a_loaded_model_decides_the_same(model, encoder, saved):
    path, sha256 = saved
    found = load_finetuned(path)
    assert (found.name, found.n_blocks, found.sha256) == ("tiny faces", 2, sha256)
    assert found.tasks == model.tasks
    assert found.training == {"dataset": "faces", "epochs": 3}
    before = tiny()[0].visual.state_dict()
    same = found.model(tiny()[0].visual, encoder)
    inputs = faces(0, 6, augmented=False).inputs
    ((_, one),) = predict_batches(same, inputs)
    ((_, two),) = predict_batches(model, inputs)
    np.testing.assert_array_equal(one["race"].score, two["race"].score)
    assert one["race"].predicted == two["race"].predicted
    np.testing.assert_array_equal(one["age"].value, two["age"].value)
    assert weights_sha256(tiny()[0].visual.state_dict()) == weights_sha256(before)
    assert list(path.parent.iterdir()) == [path]


def test_the_file_has_what_was_trained_and_nothing_else(model, saved):
    with safe_open(saved[0], "pt") as file:
        names = set(file.keys())
    heads = {f"{attribute}.{part}" for attribute in ("race", "age") for part in ("weight", "bias")}
    tower = {name for name in model.trained() if name.startswith("tower.")}
    assert names == heads | tower
    assert {name.split(".")[3] for name in tower if "resblocks" in name} == {"2", "3"}


@pytest.mark.parametrize(
    ("change", "what"),
    [({"weights_sha256": "0" * 64}, "weights"), ({"preprocessing": {"size": 1}}, "preprocessing")],
)
def test_another_encoder_is_refused(encoder, saved, change, what):
    other = dataclasses.replace(encoder, **change)
    with pytest.raises(EncoderMismatchError, match=f"has {what}"):
        load_finetuned(saved[0]).model(tiny()[0].visual, other)


def test_files_of_something_else_are_refused(encoder, saved, tmp_path):
    with pytest.raises(InputError, match="There is no file"):
        load_finetuned(tmp_path / "missing.safetensors")
    text = tmp_path / "text.safetensors"
    text.write_text("no tensors here")
    with pytest.raises(InputError, match="no safetensors file"):
        load_finetuned(text)
    rewritten(saved[0], lambda described, _: described.update(input="unit image vector"))
    with pytest.raises(
        InputError, match=r"its heads take 'unit image vector', 'pooled image features' was"
    ) as caught:
        load_finetuned(saved[0])
    assert "\n" not in str(caught.value)


def test_files_that_contradict_themselves_are_refused(encoder, saved):
    rewritten(saved[0], lambda described, _: described.update(blocks=1))
    with pytest.raises(InputError, match="not those that its description names"):
        load_finetuned(saved[0]).model(tiny()[0].visual, encoder)
    rewritten(saved[0], lambda described, _: described.pop("encoder"))
    with pytest.raises(InputError, match=r"description is not whole \('encoder'\)"):
        load_finetuned(saved[0])
