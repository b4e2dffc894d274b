"""Explanations: their cost beside a forward pass, and whether maps beat a random order of patches.

Faces are drawn, and the first 200 of FairFace's validation set where FACESTORE_REAL_DATA is set.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import open_clip
import pytest
import torch
from faces import FIRST_DEMO_SEED, drawing, make_face, render
from PIL import Image
from support.faithfulness import mean_interval

from facestore.encoders.open_clip import load_encoder
from facestore.explaining.curves import (
    FRACTIONS,
    area_under,
    centre_first,
    deletion_curve,
    insertion_curve,
)
from facestore.explaining.gradcam import gradcam_maps
from facestore.explaining.lime import lime_map
from facestore.explaining.pixels import to_images, to_pixels
from facestore.explaining.relevancy import relevancy_maps
from facestore.model_names import ModelName

FIRST = FIRST_DEMO_SEED + 77_000_000
BATCH, N_SAMPLES = 8, 256


@pytest.fixture
def tower(request, sized):
    """Give a tower with random weights, its pixels and a target: the cost is the same."""
    torch.manual_seed(0)
    side = sized(224, 64)
    model = open_clip.create_model(request.param, pretrained=None, force_image_size=side)
    pixels = torch.randn(BATCH, 3, side, side)
    visual = model.visual.eval().requires_grad_(False)
    with torch.inference_mode():
        target = torch.nn.functional.normalize(visual(pixels[:1])[0].flip(0), dim=0)
    return visual, pixels, target


@pytest.mark.parametrize("tower", ["ViT-B-32"], indirect=True)
def test_relevancy(benchmark, tower, record, timed):
    check_cost(benchmark, relevancy_maps, tower, record, timed)


@pytest.mark.parametrize("tower", ["RN50"], indirect=True)
def test_gradcam(benchmark, tower, record, timed):
    check_cost(benchmark, gradcam_maps, tower, record, timed)


def check_cost(benchmark, maps_of, tower, record, timed):
    built, pixels, target = tower
    maps = benchmark.pedantic(maps_of, (built, pixels, target), rounds=3, warmup_rounds=1)

    def forward():
        with torch.inference_mode():
            vectors = torch.nn.functional.normalize(built(pixels), dim=1)
            return (vectors @ target).numpy()

    scores, seconds_forward = timed(forward)
    np.testing.assert_allclose(maps.scores, scores, atol=1e-5)
    record(
        seconds_an_image=lambda seconds: seconds / BATCH,
        times_forward=lambda seconds: seconds / seconds_forward,
        forward_seconds_an_image=seconds_forward / BATCH,
    )


@pytest.mark.parametrize("tower", ["ViT-B-32"], indirect=True)
def test_lime(benchmark, tower, record, timed, sized):
    built, pixels, target = tower
    n_samples = sized(N_SAMPLES, 64)
    image = np.asarray(render(make_face(FIRST), size=pixels.shape[-1]))

    def score(pictures):
        inputs = to_pixels(pictures, (0.5,) * 3, (0.25,) * 3)
        with torch.inference_mode():
            vectors = torch.nn.functional.normalize(built(inputs), dim=1)
            return (vectors @ target).numpy()

    found = benchmark.pedantic(
        lime_map, (image, score), {"n_samples": n_samples}, rounds=sized(2, 1)
    )
    assert found.n_samples == n_samples
    pictures = np.broadcast_to(image, (32, *image.shape))
    _, seconds_forward = timed(lambda: score(pictures))
    _, seconds_rest = timed(lambda: lime_map(image, brightness, n_samples=n_samples))
    record(
        seconds_an_image=lambda seconds: seconds,
        times_forward=lambda seconds: seconds / (seconds_forward / 32),
        seconds_without_the_model=seconds_rest,
    )


def brightness(pictures):
    return pictures[:, ::8, ::8].mean((1, 2, 3))


@pytest.fixture(scope="module")
def encoder():
    return load_encoder(ModelName("tiny"))


@pytest.fixture
def pixels_of(encoder, sized):
    """Give a function that returns pixels of drawn or of real faces."""

    def find(kind):
        n = sized(200, 32)
        if kind == "drawn":
            pictures = [render(make_face(FIRST + i)) for i in range(n)]
        else:
            folder = Path(os.environ.get("FACESTORE_REAL_DATA", "")) / "fairface" / "images" / "val"
            if "FACESTORE_REAL_DATA" not in os.environ or not folder.is_dir():
                pytest.skip("FACESTORE_REAL_DATA is not set")
            paths = sorted(folder.glob("*.jpg"))[:n]
            pictures = [Image.open(path).convert("RGB") for path in paths]
        return torch.stack([encoder.preprocess(picture) for picture in pictures])

    return find


@pytest.mark.parametrize("fill", ["mean", "blur", 0.0], ids=["mean", "blur", "grey"])
@pytest.mark.parametrize("kind", ["drawn", "real"])
def test_relevancy_against_a_random_order(benchmark, encoder, pixels_of, record, sized, kind, fill):
    if benchmark.disabled and (kind, fill) != ("drawn", "mean"):
        pytest.skip("a figure, not a test: few pictures decide nothing")
    pixels = pixels_of(kind)
    target = towards_the_predicted_gender(encoder, pixels)

    def score(part):
        return (encoder.encode_images(list(part)) * target).sum(1)

    values = relevancy_maps(encoder.visual, pixels, target).values
    orders = {"random": np.random.default_rng(0).random(values.shape).astype(np.float32)}
    orders["centre"] = np.broadcast_to(centre_first(*values.shape[1:]), values.shape)
    options = {"fill": fill, "fractions": sized(FRACTIONS, (0.0, 0.1, 0.3, 1.0))}
    deleted = benchmark.pedantic(
        deletion_curve, (score, pixels, values), options, rounds=1, warmup_rounds=0
    )
    inserted = insertion_curve(score, pixels, values, **options)
    gains = {}
    for name, curve, ours, sign in (
        ("deletion", deletion_curve, deleted, -1),
        ("insertion", insertion_curve, inserted, 1),
    ):
        for other, order in orders.items():
            theirs = curve(score, pixels, order, **options)
            areas = (area_under(each, options["fractions"]) for each in (ours, theirs))
            gains[name, other] = mean_interval(sign * np.subtract(*areas))
    figures = {}
    for (name, other), interval in gains.items():
        for part, figure in zip(("better", "low", "high"), interval, strict=True):
            figures[f"{name}_than_{other}_{part}"] = figure
    record(**figures)
    # Grey patches in a photograph are a pattern to this model, and its empty image is a man.
    if (kind, fill) != ("real", 0.0):
        assert gains["deletion", "random"][1] > 0
    assert gains["insertion", "random"][1] > 0


def test_relevancy_on_the_drawn_face(benchmark, encoder, record, sized, monkeypatch):
    """Note how much of the relevancy lies on what is drawn: a figure, not a claim of truth."""
    n = sized(200, 24)
    made = [make_face(FIRST + i) for i in range(n)]
    pixels = torch.stack([encoder.preprocess(render(face)) for face in made])
    target = towards_the_predicted_gender(encoder, pixels)
    maps = benchmark.pedantic(
        relevancy_maps, (encoder.visual, pixels, target), rounds=2, warmup_rounds=1
    )
    shown = np.stack([drawn_share(face, encoder, monkeypatch, maps.values.shape) for face in made])
    share = (maps.values * shown).sum((1, 2)) / maps.values.sum((1, 2))
    area = shown.mean((1, 2))
    assert ((area > 0.2) & (area < 1)).mean() > 0.9
    mean, low, high = mean_interval((share / area).astype(np.float32))
    record(
        share_of_relevancy_on_the_face=float(share.mean()),
        share_of_area=float(area.mean()),
        ratio=mean,
        ratio_low=low,
        ratio_high=high,
    )


def towards_the_predicted_gender(encoder, pixels):
    man, woman = encoder.encode_texts(["a photo of a man", "a photo of a woman"])
    vectors = encoder.encode_images(list(pixels))
    is_woman = vectors @ (woman - man) > 0
    return np.where(is_woman[:, None], woman - man, man - woman).astype(np.float32)


def drawn_share(face, encoder, monkeypatch, shape):
    """Return how much of each patch is drawn: where two backgrounds make no difference."""
    pictures = []
    with monkeypatch.context() as patch:
        background = drawing.draw_background
        patch.setattr(drawing, "develop", lambda picture, stream: picture)
        for colour in ("black", "white"):

            def plain(stream, size, colour=colour):
                background(stream, size)  # what it draws from the stream, the pose does not get
                return Image.new("RGB", (size, size), colour)

            patch.setattr(drawing, "draw_background", plain)
            pictures.append(encoder.preprocess(render(face)))
    config = encoder.record.preprocessing
    black, white = to_images(torch.stack(pictures), config["mean"], config["std"]).astype(int)
    drawn = 1 - np.abs(white - black).mean(-1) / 255
    _, rows, cols = shape
    return drawn.reshape(rows, len(drawn) // rows, cols, -1).mean((1, 3))
