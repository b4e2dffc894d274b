"""Grad-CAM of convolutional towers, against its definition written out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from support.towers import CONVOLUTIONAL, direction, grid, images, tower, unit_vectors

from facestore.errors import InputError
from facestore.explaining.gradcam import gradcam_maps, last_convolutions
from facestore.explaining.methods import supported_methods

pytestmark = pytest.mark.portable


@pytest.mark.parametrize("family", CONVOLUTIONAL)
def test_every_family_has_maps_and_the_scores_of_its_plain_forward_pass(family):
    built, pixels = tower(family), images(family)
    target = direction(built, pixels)
    maps = gradcam_maps(built, pixels, target)
    assert supported_methods(built) == ("gradcam", "lime")
    assert maps.values.shape == (3, *grid(family))
    assert maps.values.dtype == maps.scores.dtype == np.float32
    plain = (unit_vectors(built, pixels) @ target).numpy()
    np.testing.assert_allclose(maps.scores, plain, atol=1e-5)


@pytest.mark.parametrize("family", CONVOLUTIONAL)
def test_maps_are_channels_weighted_by_their_mean_gradient(family):
    built, pixels = tower(family), images(family)
    target = direction(built, pixels)
    kept = []
    hook = last_convolutions(built).register_forward_hook(lambda *each: kept.append(each[2]))
    inputs = pixels.clone().requires_grad_(True)
    vectors = torch.nn.functional.normalize(built(inputs), dim=-1)
    hook.remove()
    gradient = torch.autograd.grad((vectors @ target).sum(), kept[0])[0]
    places, channel = ((1, 2), -1) if family == "swin" else ((2, 3), 1)
    weights = gradient.mean(places, keepdim=True)
    expected = (weights * kept[0]).sum(channel).clamp(min=0).detach().numpy()
    found = gradcam_maps(built, pixels, target).values
    assert expected.max() > 0
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("family", CONVOLUTIONAL)
def test_an_image_alone_has_the_map_that_it_has_among_others(family):
    built, pixels = tower(family), images(family)
    target = direction(built, pixels)
    together = gradcam_maps(built, pixels, target).values
    alone = gradcam_maps(built, pixels[1:2], target).values[0]
    np.testing.assert_allclose(alone, together[1], rtol=1e-3, atol=1e-5 * together.max())


@pytest.mark.parametrize(
    "targets",
    [np.zeros(16, np.float32), lambda vectors: torch.full((len(vectors),), 0.3)],
    ids=["zero", "a score that no image changes"],
)
def test_what_no_region_changes_has_a_map_of_zeros(targets):
    maps = gradcam_maps(tower("resnet"), images("resnet"), targets)
    assert (maps.values == 0).all()


def test_transformers_are_refused():
    with pytest.raises(InputError, match=r"No Grad-CAM for image tower .*`method=relevancy`"):
        gradcam_maps(tower("vit"), images("vit"), np.zeros(16, np.float32))
