"""Models of timm as encoders: their vectors are timm's own, and what is wrong is one line."""

from __future__ import annotations

import numpy as np
import pytest
import timm
import torch
from safetensors.torch import save_file
from support.pictures import picture
from support.saved_models import timm_checkpoint, timm_folder
from timm.data import create_transform, resolve_model_data_config

from facestore.encoders.encoder import LazyEncoder, available_models
from facestore.encoders.names import check_pretrained
from facestore.encoders.timm import load_encoder
from facestore.errors import EncoderError, InputError, ParametersError, UnknownNameError
from facestore.model_names import ModelName
from facestore.store import Store

pytestmark = pytest.mark.portable

PICTURES = [picture(seed, 130) for seed in range(3)] + [picture(3, 97).resize((300, 120))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("weights")


@pytest.fixture(scope="module")
def resnet18(folder):
    return timm_checkpoint("resnet18", folder)


def named(architecture, path) -> ModelName:
    return ModelName.parse(f"timm:{architecture},{path}")


def expected_vectors(model) -> np.ndarray:
    """Encode the pictures as timm's own documentation does."""
    transform = create_transform(**resolve_model_data_config(model), is_training=False)
    with torch.inference_mode():
        features = model(torch.stack([transform(each) for each in PICTURES]))
    return torch.nn.functional.normalize(features, dim=-1).numpy()


@pytest.mark.parametrize("architecture", ["resnet18", "resnet34", "test_vit", "test_convnext"])
def test_vectors_are_timm_s_own_pooled_features(architecture, folder):
    path, model = timm_checkpoint(architecture, folder)
    encoder = load_encoder(named(architecture, path), device="cpu")
    expected = expected_vectors(model)
    whole = encoder.encode_images([encoder.preprocess(each) for each in PICTURES])
    halves = encoder.encode_images([encoder.pixels(each) for each in PICTURES])
    np.testing.assert_allclose(whole, expected, atol=1e-6)
    np.testing.assert_allclose(halves, expected, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(whole, axis=1), 1, atol=1e-6)
    assert np.abs(expected[0] - expected[1]).max() > 1e-4


def test_the_record_has_all_that_identifies_the_encoder(resnet18):
    path, model = resnet18
    record = load_encoder(named("resnet18", path), device="cpu").record
    assert record.name == "timm:resnet18 resnet18.pt fp32"
    assert (record.source, record.dim) == ("open_clip", 512)
    assert (record.logit_scale, record.logit_bias) == (None, None)
    assert record.preprocessing == {
        "library": "timm", "size": [224, 224], "interpolation": "bicubic", "crop_pct": 0.95,
        "crop_mode": "center", "mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225),
    }  # fmt: skip
    assert len(record.weights_sha256) == 64
    assert {"torch", "timm", "pillow"} <= record.versions.keys()
    assert record.n_parameters == record.n_parameters_image == 11_176_512
    assert sum(each.numel() for each in model.parameters()) == record.n_parameters


def test_the_preprocessing_is_that_of_the_weights(folder, monkeypatch):
    path, _ = timm_checkpoint("resnet18", folder)
    # What a download gives, without a network.
    monkeypatch.setattr("timm.models._builder.load_state_dict_from_hf", lambda *_, **__: weights)
    weights = torch.load(path, weights_only=True)
    record = load_encoder(ModelName.parse("timm:resnet18.tv_in1k"), device="cpu").record
    assert record.name == "timm:resnet18 tv_in1k fp32"
    assert record.preprocessing["interpolation"] == "bilinear"
    assert record.preprocessing["crop_pct"] == 0.875


def test_checkpoints_come_with_and_without_a_classifier_and_in_either_format(folder, resnet18):
    path, model = resnet18
    bare = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    save_file(bare, folder / "bare.safetensors")
    torch.save({"epoch": 3, "state_dict": torch.load(path)}, folder / "training.pt")
    hashes = {
        load_encoder(named("resnet18", each), device="cpu").record.weights_sha256
        for each in (path, folder / "bare.safetensors", folder / "training.pt")
    }
    assert len(hashes) == 1


def test_a_folder_is_a_model_called_after_it(tmp_path):
    place = timm_folder("test_resnet", tmp_path / "mine")
    for text in (f"timm:{place}", f"timm:local-dir:{place}"):
        encoder = load_encoder(ModelName.parse(text), device="cpu")
        assert encoder.record.name == LazyEncoder(ModelName.parse(text)).name == "timm:mine fp32"
    model = timm.create_model(f"local-dir:{place}", pretrained=True, num_classes=0).eval()
    vectors = encoder.encode_images([encoder.pixels(each) for each in PICTURES])
    np.testing.assert_allclose(vectors, expected_vectors(model), atol=1e-6)


def test_lower_precision_gives_nearly_the_same_vectors_under_another_name(folder):
    path, _ = timm_checkpoint("test_vit", folder)
    pictures = PICTURES[:2]
    made = {}
    for precision in ("fp32", "bf16", "amp_bf16", "pure_bf16"):
        encoder = load_encoder(named("test_vit", path), precision=precision, device="cpu")
        assert encoder.record.name == f"timm:test_vit test_vit.pt {precision}"
        made[precision] = encoder.encode_images([encoder.pixels(each) for each in pictures])
        assert made[precision].dtype == np.float32
    for precision in ("bf16", "amp_bf16", "pure_bf16"):
        assert 0 < np.abs(made[precision] - made["fp32"]).max() < 0.05


def test_pictures_are_resized_the_fast_way_where_it_is_asked_for(resnet18):
    path, _ = resnet18
    plain = load_encoder(named("resnet18", path), device="cpu")
    fast = load_encoder(named("resnet18", path), device="cpu", fast_resize=True)
    assert fast.record.name == "timm:resnet18 resnet18.pt fp32 fast-resize"
    difference = (fast.pixels(PICTURES[0]).int() - plain.pixels(PICTURES[0]).int()).abs()
    assert 0 < difference.max() <= 1


def test_its_models_are_listed_as_they_are_typed():
    listed = [each for each in available_models() if each.backend == "timm"]
    assert ModelName("resnet18", "a1_in1k", "timm") in listed
    assert len(listed) > 1000
    assert ModelName.parse("timm:resnet18,a1_in1k") in listed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("timm:resnet18,a1_in1k", ModelName("resnet18", "a1_in1k", "timm")),
        ("timm:resnet18/a1_in1k", ModelName("resnet18", "a1_in1k", "timm")),
        ("timm:resnet18.a1_in1k", ModelName("resnet18", "a1_in1k", "timm")),
        ("timm:resnet18,/w/a.b.pt", ModelName("resnet18", "/w/a.b.pt", "timm")),
        ("timm:hf-hub:org/name.x", ModelName("hf-hub:org/name.x", None, "timm")),
        ("timm:./models/mine", ModelName("./models/mine", None, "timm")),
    ],
)
def test_all_spellings_of_a_model_are_read(text, expected):
    assert ModelName.parse(text) == expected


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("timm:resnet19,a1_in1k", UnknownNameError, "Did you mean 'timm:resnet1"),
        ("timm:resnet18", InputError, r"needs weights: .* or timm:resnet18,TAG\. Tags: a1_in1k"),
        ("timm:resnet18,a1_in2k", UnknownNameError, "of timm:resnet18. Did you mean 'a1_in1k"),
        ("timm:test_vit4,none.pt", InputError, "There is no file 'none.pt'"),
        ("timm:resnet11t,none.pt", UnknownNameError, "No model 'timm:resnet11t'"),
        ("timm:/no/such/folder", EncoderError, "there is no folder '/no/such/folder'"),
        ("tim:resnet18", UnknownNameError, "Did you mean 'timm'"),
    ],
)
def test_a_model_that_is_not_there_says_what_is(text, error, says):
    with pytest.raises(error, match=says) as caught:
        LazyEncoder(ModelName.parse(text), device="cpu").load()
    assert "\n" not in str(caught.value)


def test_a_checkpoint_of_another_architecture_is_refused(folder, resnet18):
    path, _ = resnet18
    for architecture in ("resnet34", "test_vit"):
        with pytest.raises(EncoderError, match="is it of another architecture") as caught:
            load_encoder(named(architecture, path), device="cpu")
        assert "\n" not in str(caught.value)
    narrow, _ = timm_checkpoint("test_convnext", folder)
    with pytest.raises(EncoderError, match="could not be loaded"):
        load_encoder(named("test_convnext2", narrow), device="cpu")


def test_a_checkpoint_that_is_a_pickle_of_code_is_refused(tmp_path):
    import pickle

    class Evil:
        def __reduce__(self):
            return (print, ("executed",))

    path = tmp_path / "evil.pt"
    path.write_bytes(pickle.dumps(Evil(), protocol=2))
    with pytest.raises(EncoderError, match="is a pickle of more than weights"):
        load_encoder(named("resnet18", path), device="cpu")


def test_a_model_that_gives_no_vector_is_refused(tmp_path):
    place = timm_folder("test_resnet", tmp_path / "unpooled", global_pool="")
    encoder = load_encoder(ModelName.parse(f"timm:{place}"), device="cpu")
    with pytest.raises(EncoderError, match="gives no vector for a picture") as caught:
        encoder.encode_images([encoder.pixels(PICTURES[0])])
    assert "\n" not in str(caught.value)


def test_options_of_open_clip_are_refused(resnet18):
    path, _ = resnet18
    with pytest.raises(InputError, match="`force_quick_gelu=True` is for models of open_clip"):
        load_encoder(named("resnet18", path), device="cpu", force_quick_gelu=True)


def test_weights_beside_a_folder_would_not_be_used(tmp_path):
    with pytest.raises(ParametersError, match="would not be used"):
        check_pretrained([f"timm:{tmp_path}"], "a1_in1k")
    check_pretrained(["timm:resnet18"], "a1_in1k")


def test_prompts_are_refused_in_one_line_that_says_what_works(tmp_path, pictures, folder):
    path, _ = timm_checkpoint("test_resnet", folder)
    model = f"timm:test_resnet,{path}"
    with Store.open(tmp_path / "store") as store:
        store.ingest(pictures, models=[model])
        for ask in (
            lambda: store.score("raw_gender_labels", model=model),
            lambda: store.search("a man", model=model),
        ):
            with pytest.raises(EncoderError, match=r"no text side .* train probe") as caught:
                ask()
            assert "\n" not in str(caught.value)
        assert store.sql("select count(*) from similarities").fetchall() == [(0,)]
