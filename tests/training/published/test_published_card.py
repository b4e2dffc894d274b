"""Published weights against transformers' own forward pass, and what is refused."""

from __future__ import annotations

import json
import pickle

import numpy as np
import open_clip
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from support.published import SIZES, SMALL, Card, make_card, write_card
from transformers import CLIPImageProcessor, CLIPVisionConfig

from facestore.encoders.loading import weights_sha256
from facestore.errors import InputError
from facestore.training.gradients.finetuned import is_finetuned, load_finetuned, save_finetuned
from facestore.training.gradients.whole_tower import TowerOfFile, WholeTower
from facestore.training.published.card import card_of, read_card


@pytest.fixture(scope="module")
def card():
    return make_card()


@pytest.fixture
def folder(card, tmp_path):
    return write_card(tmp_path / "card", card)


def changed(folder, change):
    """Change the tensors of a folder; `change` returns the new ones."""
    path = folder / "model.safetensors"
    save_file(change(load_file(path)), path)
    return folder


def configured(folder, **values):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))
    return folder


def logits(folder, pixels):
    model = read_card(folder).model()
    with torch.inference_mode():
        return model.tower.features(pixels), model.outputs(pixels)


def pixels_of(card, n=3):
    side = card.vision_model.config.image_size
    return torch.randn(n, 3, side, side, generator=torch.Generator().manual_seed(1))


def saved_as_file(folder, path):
    found = read_card(folder)
    save_finetuned(
        path,
        found.model(),
        name="card",
        encoder=found.tower.identity("card", found.weights_sha256),
        n_blocks=found.tower.n_blocks,
        training={},
        tower=found.tower,
    )
    return load_finetuned(path)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"hidden_act": "gelu"},
        {"layer_norm_eps": 1e-2},
        # Sizes that differ from one another in every respect.
        {"hidden_size": 48, "num_attention_heads": 2, "num_hidden_layers": 3, "image_size": 30},
    ],
    ids=["quick_gelu", "gelu", "eps", "sizes"],
)
def test_features_and_logits_are_those_of_transformers(tmp_path, config):
    theirs = make_card(1, **config)
    pixels = pixels_of(theirs)
    with torch.inference_mode():
        expected = theirs(pixels)
        pooled = theirs.vision_model(pixel_values=pixels).pooler_output
    features, ours = logits(write_card(tmp_path, theirs), pixels)
    torch.testing.assert_close(features, pooled, atol=1e-4, rtol=0)
    assert list(ours) == list(SIZES)
    for task in SIZES:
        torch.testing.assert_close(ours[task], expected[task], atol=1e-4, rtol=0)
    # Where all features are alike the comparison would say nothing.
    assert pooled.std(dim=0).mean() > 0.1


def test_quick_gelu_and_gelu_are_not_the_same(card, folder, tmp_path):
    pixels = pixels_of(card)
    quick, _ = logits(folder, pixels)
    exact, _ = logits(configured(folder, hidden_act="gelu"), pixels)
    assert (quick - exact).abs().max() > 1e-3


def test_labels_are_in_the_order_of_their_characters(folder):
    classes = read_card(folder).classes
    assert classes["age"] == tuple(sorted(classes["age"]))
    assert classes["age"][:5] == ("0-2", "10-19", "20-29", "3-9", "30-39")
    assert classes["age"][-1] == "more than 70"
    assert classes["gender"] == ("Female", "Male")
    assert classes["race"] == tuple(sorted(classes["race"]))
    assert {task: len(each) for task, each in classes.items()} == SIZES


@pytest.mark.parametrize(
    "values",
    [
        {"id2label": {"gender": {"1": "Female", "0": "Male"}}},
        {"id_mappings": {"gender": {"0": "Male", "1": "Female"}}},
        {"label2id": {"gender": {"Female": 1, "Male": 0}}},
        {"gender_id2label": {"0": "Male", "1": "Female"}},
        {"gender_label2id": {"Male": 0, "Female": 1}},
        {"labels": {"gender": ["Male", "Female"]}},
        {"gender_labels": ["Male", "Female"]},
    ],
)
def test_labels_of_the_config_win(folder, values):
    classes = read_card(configured(folder, **values)).classes
    assert classes["gender"] == ("Male", "Female")
    assert classes["age"][3] == "3-9"


def test_placeholders_of_transformers_are_no_labels(folder):
    found = read_card(configured(folder, id2label={"0": "LABEL_0", "1": "LABEL_1"}))
    assert found.classes["gender"] == ("Female", "Male")


@pytest.mark.parametrize(
    "names",
    [
        lambda name: f"module.model.{name}",
        lambda name: name.removeprefix("vision_model."),
        lambda name: name.replace("vision_model.", "clip.vision_model.").replace(
            "_head.", "_head.classifier."
        ),
        lambda name: name.replace("_head.", "_head.1."),
    ],
    ids=["prefix", "none", "submodule", "sequential"],
)
def test_names_may_have_any_prefix(card, folder, names):
    pixels = pixels_of(card)
    before, expected = logits(folder, pixels)
    changed(folder, lambda tensors: {names(name): t for name, t in tensors.items()})
    after, found = logits(folder, pixels)
    assert torch.equal(before, after)
    assert all(torch.equal(found[task], expected[task]) for task in SIZES)


def test_what_heads_do_not_need_is_left_out_and_said(card, folder):
    n = SMALL["hidden_size"]
    more = {
        "visual_projection.weight": torch.ones(16, n),
        "logit_scale": torch.ones(()),
        "text_model.final_layer_norm.weight": torch.ones(8),
        "vision_model.embeddings.position_ids": torch.arange(17),
    }
    path = folder / "config.json"
    path.write_text(json.dumps({"vision_config": json.loads(path.read_text())}))
    before = card(pixels_of(card))
    found = read_card(changed(folder, lambda tensors: tensors | more))
    assert found.ignored == tuple(sorted(more))
    _, ours = logits(folder, pixels_of(card))
    torch.testing.assert_close(ours["age"], before["age"].detach(), atol=1e-4, rtol=0)


def test_a_head_without_bias_adds_nothing(card, folder):
    changed(folder, lambda tensors: {n: t for n, t in tensors.items() if n != "age_head.bias"})
    features, ours = logits(folder, pixels_of(card))
    expected = features @ card.age_head.weight.detach().T
    torch.testing.assert_close(ours["age"], expected, atol=1e-5, rtol=1e-5)


def test_half_precision_becomes_float32(card, folder):
    changed(folder, lambda tensors: {n: t.half() for n, t in tensors.items()})
    found = read_card(folder)
    assert {t.dtype for t in found.state.values()} == {torch.float32}
    _, ours = logits(folder, pixels_of(card))
    expected = card(pixels_of(card))["race"].detach()
    assert (ours["race"] - expected).abs().max() < 0.1 * expected.abs().max()


def test_a_pickle_is_read_only_as_tensors(card, folder, tmp_path):
    _, expected = logits(folder, pixels_of(card))
    (folder / "model.safetensors").unlink()
    pickled = folder / "pytorch_model.bin"
    for wrapped in (lambda state: state, lambda state: {"epoch": 3, "state_dict": state}):
        torch.save(wrapped(card.state_dict()), pickled)
        _, found = logits(folder, pixels_of(card))
        assert torch.equal(found["age"], expected["age"])

    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    torch.save({"x": Evil()}, pickled)
    with pytest.raises(InputError, match="tensors and nothing else were expected") as caught:
        read_card(folder)
    assert "\n" not in str(caught.value)
    assert "model.safetensors" in str(caught.value)
    assert not (tmp_path / "ran").exists()
    # Numbers instead of tensors, and pickles that end in every way in which torch gives up.
    for broken in (pickle.dumps({"x": 1}), b"", b"\x80\x02.", b"\x80\x02J\x01", b"\x80\x02h\x05."):
        pickled.write_bytes(broken)
        with pytest.raises(InputError, match=r"pytorch_model.bin.* expected in it"):
            read_card(folder)


@pytest.mark.parametrize(
    ("config", "name", "n_blocks"),
    [
        ({"hidden_size": 768, "num_attention_heads": 12, "num_hidden_layers": 12,
          "intermediate_size": 3072, "patch_size": 32, "image_size": 224},
         "ViT-B-32-quickgelu", 12),
        ({"hidden_size": 768, "num_attention_heads": 12, "num_hidden_layers": 12,
          "intermediate_size": 3072, "patch_size": 16, "image_size": 224, "hidden_act": "gelu"},
         "ViT-B-16", 12),
        ({"hidden_size": 1024, "num_attention_heads": 16, "num_hidden_layers": 24,
          "intermediate_size": 4096, "patch_size": 14, "image_size": 224},
         "ViT-L-14-quickgelu", 24),
        ({"hidden_size": 1024, "num_attention_heads": 16, "num_hidden_layers": 24,
          "intermediate_size": 4096, "patch_size": 14, "image_size": 336},
         "ViT-L-14-336-quickgelu", 24),
    ],
)  # fmt: skip
def test_real_towers_have_open_clips_names_and_shapes(tmp_path, config, name, n_blocks):
    """Compare names and shapes alone: the meta device takes no memory for weights."""
    with torch.device("meta"):
        theirs = Card(CLIPVisionConfig(**config)).state_dict()
        ours = open_clip.CLIP(**open_clip.get_model_config(name)).visual.state_dict()
    del ours["proj"]
    found = card_of(tmp_path / "model.safetensors", config, theirs, {})
    assert (found.tower.architecture, found.tower.n_blocks) == (name, n_blocks)
    assert {key: t.shape for key, t in found.state.items()} == {k: t.shape for k, t in ours.items()}


def test_a_tower_of_other_sizes_is_named_after_them(folder):
    assert read_card(folder).tower.architecture == "ViT-64-2-8-32-quickgelu"


def test_a_file_has_the_tower_whole(card, folder, tmp_path):
    heads = saved_as_file(folder, tmp_path / "card.safetensors")
    assert is_finetuned(heads.path)
    with safe_open(heads.path, "pt") as file:
        described = json.loads(file.metadata()["facestore"])
        names = set(file.keys())
    assert described["blocks"] == "all"
    state = read_card(folder).state
    assert names == {f"tower.{name}" for name in state} | {
        f"{task}_head.{part}".replace("_head", "") for task in SIZES for part in ("weight", "bias")
    }
    assert heads.encoder.weights_sha256 == weights_sha256(state)
    assert isinstance(heads.tower, WholeTower)
    assert heads.n_blocks == 2
    # Nothing but the file is needed.
    source = TowerOfFile(heads.tower, heads.encoder, "cpu")
    model = heads.model(source.visual, source.record)
    with torch.inference_mode():
        found = model.outputs(pixels_of(card))
        expected = card(pixels_of(card))
    for task in SIZES:
        torch.testing.assert_close(found[task], expected[task], atol=1e-4, rtol=0)


def test_a_file_without_a_tensor_of_its_tower_is_refused(folder, tmp_path):
    heads = saved_as_file(folder, tmp_path / "card.safetensors")
    with safe_open(heads.path, "pt") as file:
        metadata = file.metadata()
    tensors = load_file(heads.path)
    del tensors["tower.conv1.weight"]
    save_file(tensors, heads.path, metadata)
    source = TowerOfFile(heads.tower, heads.encoder, "cpu")
    with pytest.raises(InputError, match="not those that its description names"):
        heads.model(source.visual, source.record)


@pytest.mark.parametrize(("width", "height"), [(80, 80), (97, 64), (40, 61)])
@pytest.mark.parametrize("resample", [2, 3])
def test_images_become_what_transformers_makes_of_them(
    card, tmp_path, monkeypatch, width, height, resample
):
    processor = CLIPImageProcessor(
        size={"shortest_edge": 32}, crop_size=32, resample=resample,
        image_mean=[0.5, 0.4, 0.3], image_std=[0.2, 0.3, 0.4],
    )  # fmt: skip
    folder = write_card(tmp_path, card, **processor.to_dict())
    draws = np.random.default_rng(0)
    coarse = draws.integers(0, 255, (6, 5, 3), dtype=np.uint8)
    image = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    tower = read_card(folder).tower
    ours = TowerOfFile(tower, tower.identity("x", ""), "cpu").preprocess(image)
    theirs = processor(images=image, return_tensors="pt")["pixel_values"][0]
    assert ours.shape == theirs.shape
    # Pillow and torchvision round differently, by up to a few 255ths; a crop beside is far worse.
    assert (ours - theirs).abs().mean() < 0.02
    assert tower.preprocessing["interpolation"] == {2: "bilinear", 3: "bicubic"}[resample]


def test_without_a_file_the_preprocessing_is_that_of_clip(folder):
    found = read_card(folder).tower.preprocessing
    own = CLIPImageProcessor()
    assert found["size"] == 32
    assert (found["mean"], found["std"]) == (list(own.image_mean), list(own.image_std))
    assert (found["interpolation"], found["resize_mode"]) == ("bicubic", "shortest")


def test_images_that_are_squeezed_stay_so(card, tmp_path):
    square = {"size": {"height": 32, "width": 32}, "do_center_crop": False}
    found = read_card(write_card(tmp_path, card, **square, do_normalize=False)).tower.preprocessing
    assert found["resize_mode"] == "squash"
    assert (found["mean"], found["std"]) == ([0, 0, 0], [1, 1, 1])


@pytest.mark.parametrize(
    ("preprocessing", "message"),
    [
        ({"crop_size": 64, "size": {"shortest_edge": 64}}, "images of 64 pixels, but .* takes 32"),
        ({"size": {"shortest_edge": 40}, "crop_size": 32}, "shortest edge was expected to become"),
        ({"do_resize": False}, "do_resize False"),
        ({"resample": 1}, "resample is 1, but 2"),
        ({"rescale_factor": 1 / 127.5}, "not divided by 255"),
        ({"do_rescale": False}, "not divided by 255"),
        ({"image_mean": [0.5, 0.5]}, "image_mean is .*three numbers"),
        ({"image_std": [0.5, 0.5, 0]}, "image_std is .*three numbers"),
    ],
)
def test_another_preprocessing_is_refused(card, tmp_path, preprocessing, message):
    with pytest.raises(InputError, match=message) as caught:
        read_card(write_card(tmp_path, card, **preprocessing))
    assert "preprocessor_config.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def without(start):
    return lambda tensors: {n: t for n, t in tensors.items() if not n.startswith(start)}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without("race_head"), "one linear layer race_head was expected, it has none"),
        (
            lambda t: t | {"age_head.2.weight": torch.ones(9, 9)},
            r"age_head was expected, it has age_head.2.weight, age_head.bias",
        ),
        (
            lambda t: t | {"gender_head.norm.bias": torch.ones(2)},
            "gender_head was expected, it has gender_head.bias, gender_head.norm.bias",
        ),
        (
            lambda t: t | {"age_head.weight": t["age_head.weight"][:5].clone()},
            r"age_head has weight \(5, 64\) and bias \(9,\), but \(9, 64\)",
        ),
        (without("vision_model"), "embeddings.class_embedding was expected, it has 0"),
        (without("vision_model.encoder.layers.1"), "2 layers, for which 16 tensors are missing"),
        (
            lambda t: t | {"vision_model.encoder.layers.2.mlp.fc1.weight": torch.ones(1)},
            "1 tensor which a tower of 2 layers",
        ),
        (
            lambda t: t | {"vision_model.embeddings.patch_embedding.weight": torch.ones(64, 3, 4, 4)},
            r"patch_embedding.weight has shape \(64, 3, 4, 4\), but config.json says \(64, 3, 8, 8\)",
        ),
        (lambda t: t | {"adapter.weight": torch.ones(1)}, "another model .*adapter.weight"),
        (
            lambda t: t | {"gender_head.bias": torch.tensor([0.0, float("nan")])},
            "gender_head.bias are infinite or no numbers",
        ),
    ],
)  # fmt: skip
def test_other_weights_are_refused(folder, change, message):
    with pytest.raises(InputError, match=message) as caught:
        read_card(changed(folder, change))
    assert "model.safetensors" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"hidden_act": "relu"}, "hidden_act is 'relu', but 'quick_gelu' or 'gelu'"),
        ({"num_hidden_layers": 0}, "num_hidden_layers is 0, but a whole number above 0"),
        ({"hidden_size": "wide"}, "hidden_size is 'wide'"),
        ({"image_size": [32, 32]}, r"image_size is \[32, 32\]"),
        ({"num_attention_heads": 5}, "64 is no multiple of num_attention_heads 5"),
        ({"num_channels": 1}, "num_channels is 1"),
        ({"image_size": 4}, "image_size 4 is below patch_size 8"),
        ({"num_hidden_layers": 1}, "tower of 1 layer"),
        ({"image_size": 48}, r"position_embedding.weight has shape \(17, 64\), .*\(37, 64\)"),
        ({"intermediate_size": 256}, r"mlp.fc1.weight has shape \(192, 64\), .*\(256, 64\)"),
        ({"id2label": {"age": ["young", "old"]}}, r"expected for young, old"),
        ({"id2label": {"gender": ["Male", "Male"]}}, "id2label of 'gender' are not two"),
        ({"gender_labels": {"1": "Male", "2": "Female"}}, "numbered from 0"),
        ({"gender_labels": {"a": "Male", "b": "Female"}}, "numbered from 0"),
        ({"gender_labels": "Male"}, "numbered from 0"),
    ],
)
def test_another_config_is_refused(folder, values, message):
    with pytest.raises(InputError, match=message) as caught:
        read_card(configured(folder, **values))
    assert "config.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_folder_of_a_card_is_refused(folder, tmp_path):
    with pytest.raises(InputError, match="there is no such folder"):
        read_card(tmp_path / "missing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"config.json and model.safetensors .* it has nothing"):
        read_card(tmp_path / "empty")
    (folder / "model.safetensors").write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(InputError, match=r"model.safetensors' .*tensors and nothing else"):
        read_card(folder)
    (folder / "config.json").write_text("{")
    with pytest.raises(InputError, match=r"config.json' .*cannot be read as JSON"):
        read_card(folder)
    (folder / "config.json").write_text("[]")
    with pytest.raises(InputError, match="a JSON object was expected, not list"):
        read_card(folder)
