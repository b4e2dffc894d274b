"""Preprocessing in two halves against open_clip's own transform, and resizing the fast way."""

import numpy as np
import open_clip
import pytest
import torch
from faces import make_face, render
from open_clip.transform import PreprocessCfg, image_transform_v2
from PIL import Image

from facestore.encoders.encoder import LazyEncoder
from facestore.encoders.open_clip import load_encoder
from facestore.encoders.preprocessing import Preprocessing
from facestore.model_names import ModelName

pytestmark = pytest.mark.portable

CONFIGS = {
    "shortest": {"size": 96},
    "not square": {"size": (64, 96)},
    "squash": {"size": (50, 70), "resize_mode": "squash", "interpolation": "bilinear"},
    "longest": {"size": 80, "resize_mode": "longest", "fill_color": 0},
    "SigLIP": {"size": 32, "mean": (0.5, 0.5, 0.5), "std": (0.5, 0.5, 0.5)},
}
SIZES = [(224, 224), (300, 200), (97, 401), (40, 30)]


@pytest.fixture(scope="module")
def face():
    return render(make_face(7), size=448)


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_both_halves_give_what_the_transform_of_open_clip_gives(face, config, size):
    picture = face.resize(size)
    expected = image_transform_v2(PreprocessCfg(**config), is_train=False)(picture)
    ours = Preprocessing(config | {"quick_gelu": False})
    pixels = ours.pixels(picture)
    assert pixels.dtype == torch.uint8
    assert pixels.shape == expected.shape
    assert torch.equal(ours(picture), expected)
    assert torch.equal(ours.scale(torch.stack([pixels] * 3)), torch.stack([expected] * 3))


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_fast_way_differs_by_one_grey_level_at_most(face, config, size):
    picture = face.resize(size)
    plain = Preprocessing(config).pixels(picture).int()
    fast = Preprocessing(config | {"resize_by": "torchvision"}).pixels(picture).int()
    assert fast.shape == plain.shape
    assert (fast - plain).abs().max() <= 1
    assert (fast != plain).float().mean() < 0.2


def test_a_picture_that_is_not_rgb_is_made_so(face):
    grey = face.convert("L").resize((120, 120))
    preprocessing = Preprocessing({"size": 96})
    assert torch.equal(preprocessing(grey), preprocessing(grey.convert("RGB")))


@pytest.fixture(scope="module")
def tiny():
    return load_encoder(ModelName("tiny"), device="cpu")


def test_a_batch_may_come_in_either_half(tiny, face):
    pictures = [face.resize(size) for size in SIZES]
    whole = tiny.encode_images([tiny.preprocess(each) for each in pictures])
    halves = tiny.encode_images([tiny.pixels(each) for each in pictures])
    np.testing.assert_array_equal(halves, whole)


def test_half_precision_takes_pixels_too(face):
    half = load_encoder(ModelName("tiny"), device="cpu", precision="bf16")
    plain = load_encoder(ModelName("tiny"), device="cpu")
    one, other = (each.encode_images([each.pixels(face)])[0] for each in (half, plain))
    assert one @ other == pytest.approx(1, abs=0.01)


def test_an_encoder_that_resizes_the_fast_way_is_another_one(tiny):
    fast = load_encoder(ModelName("tiny"), device="cpu", fast_resize=True)
    assert (tiny.record.name, fast.record.name) == ("tiny fp32", "tiny fp32 fast-resize")
    assert LazyEncoder(ModelName("tiny"), fast_resize=True).name == fast.record.name
    assert fast.record.vectors != tiny.record.vectors
    assert fast.record.preprocessing == tiny.record.preprocessing | {"resize_by": "torchvision"}
    assert fast.record.weights_sha256 == tiny.record.weights_sha256


def test_its_vectors_are_almost_those_of_the_usual_one(tiny):
    fast = load_encoder(ModelName("tiny"), device="cpu", fast_resize=True)
    faces = [render(make_face(seed)) for seed in range(8)]
    one, other = (
        each.encode_images([each.pixels(face) for face in faces]) for each in (tiny, fast)
    )
    cosines = (one * other).sum(1)
    assert cosines.min() > 0.999
    assert not np.array_equal(one, other)


def test_the_model_of_open_clip_is_resized_by_pillow_unless_asked():
    _, _, transform = open_clip.create_model_and_transforms("ViT-B-32", pretrained=None)
    picture = Image.effect_noise((250, 333), 80).convert("RGB")
    size = {"size": 224}
    assert torch.equal(Preprocessing(size)(picture), transform(picture))
    assert not torch.equal(
        Preprocessing(size | {"resize_by": "torchvision"})(picture), transform(picture)
    )
