"""Relevancy of every family of transformer towers, and against matrices written out."""

from __future__ import annotations

import copy

import numpy as np
import open_clip
import pytest
import torch
from faces import FIRST_DEMO_SEED, make_face, render
from open_clip.transformer import VisionTransformer
from PIL import Image
from scipy.stats import spearmanr
from support.towers import (
    CONVOLUTIONAL,
    TRANSFORMERS,
    VIT,
    direction,
    grid,
    images,
    tower,
    unit_vectors,
)

from facestore import resources
from facestore.encoders.open_clip import load_encoder
from facestore.errors import InputError
from facestore.explaining.methods import supported_methods
from facestore.explaining.relevancy import relevancy_maps
from facestore.model_names import ModelName

pytestmark = pytest.mark.portable


@pytest.fixture(scope="module")
def encoder():
    return load_encoder(ModelName("tiny"))


@pytest.fixture(scope="module")
def faces(encoder):
    pictures = [render(make_face(FIRST_DEMO_SEED + 88_000_000 + i)) for i in range(8)]
    return torch.stack([encoder.preprocess(picture) for picture in pictures])


@pytest.mark.parametrize("family", TRANSFORMERS)
def test_every_family_has_maps_and_the_scores_of_its_plain_forward_pass(family):
    n = 1 if family == "vitamin" else 3  # it is not small
    built, pixels = tower(family), images(family, n)
    target = direction(built, pixels)
    maps = relevancy_maps(built, pixels, target)
    assert supported_methods(built) == ("relevancy", "lime")
    assert maps.values.shape == (n, *grid(family))
    assert maps.values.dtype == maps.scores.dtype == np.float32
    assert (maps.values >= 0).all()
    assert (maps.values.max((1, 2)) > 0).all()
    plain = (unit_vectors(built, pixels) @ target).numpy()
    np.testing.assert_allclose(maps.scores, plain, atol=1e-5)


@pytest.mark.parametrize("family", [name for name in TRANSFORMERS if name != "vitamin"])
def test_an_image_alone_has_the_map_that_it_has_among_others(family):
    built, pixels = tower(family), images(family)
    target = direction(built, pixels)
    together = relevancy_maps(built, pixels, target).values
    alone = relevancy_maps(built, pixels[1:2], target).values[0]
    np.testing.assert_allclose(alone, together[1], rtol=1e-4, atol=1e-5 * together.max())
    assert not np.allclose(together[0], together[1], rtol=0.01)


@pytest.mark.parametrize("pool", ["tok", "avg", "attention"])
def test_maps_are_those_of_the_paper_written_out_in_matrices(pool):
    options = {"attentional_pool": True, "attn_pooler_queries": 5, "attn_pooler_heads": 4}
    torch.manual_seed(3)
    built = VisionTransformer(
        **VIT, **(options if pool == "attention" else {"pool_type": pool})
    ).eval()
    with torch.no_grad():
        for weights in built.parameters():
            weights.add_(torch.randn(weights.shape) * 0.1)
    pixels, target = images("vit"), torch.randn(16)
    expected_scores, expected = by_the_book(built, pixels, target, pool)
    maps = relevancy_maps(built, pixels, target)
    np.testing.assert_allclose(maps.scores, expected_scores, atol=1e-6)
    np.testing.assert_allclose(maps.values, expected, atol=1e-6)
    assert expected.max() > 1e-3


def by_the_book(visual, pixels, target, pool):
    """Compute a 2-layer ViT and its relevancy in float64, without any of torch's attention."""
    weights = {key: value.double() for key, value in visual.state_dict().items()}
    x = patches(pixels.double(), 16) @ weights["conv1.weight"].flatten(1).T
    first = weights["class_embedding"].expand(len(x), 1, -1)
    x = norm(torch.cat([first, x], 1) + weights["positional_embedding"], weights, "ln_pre")
    attentions = []
    for layer in range(2):
        name = f"transformer.resblocks.{layer}"
        normed = norm(x, weights, f"{name}.ln_1")
        x = x + attend(normed, normed, normed, weights, f"{name}.attn", attentions)
        hidden = norm(x, weights, f"{name}.ln_2") @ weights[f"{name}.mlp.c_fc.weight"].T
        hidden = torch.nn.functional.gelu(hidden + weights[f"{name}.mlp.c_fc.bias"])
        x = x + hidden @ weights[f"{name}.mlp.c_proj.weight"].T + weights[f"{name}.mlp.c_proj.bias"]
    if pool == "attention":
        keys = norm(x, weights, "attn_pool.ln_k")
        queries = norm(weights["attn_pool.query"], weights, "attn_pool.ln_q")
        queries = queries.expand(len(x), -1, -1)
        x = attend(queries, keys, keys, weights, "attn_pool.attn", attentions)
    x = norm(x, weights, "ln_post")
    pooled = x[:, 1:].mean(1) if pool == "avg" else x[:, 0]
    vectors = pooled @ weights["proj"]
    scores = (vectors / vectors.norm(dim=1, keepdim=True)) @ target.double()
    gradients = torch.autograd.grad(scores.sum(), attentions)
    found = []
    for image in range(len(pixels)):
        relevancy = np.eye(10)
        for p, g in zip(attentions[:2], gradients[:2], strict=True):
            gained = np.maximum(p[image].detach().numpy() * g[image].numpy(), 0).mean(0)
            relevancy = relevancy + gained @ relevancy
        if pool == "attention":
            p, g = attentions[2][image].detach().numpy(), gradients[2][image].numpy()
            row = (np.maximum(p * g, 0).mean(0) @ relevancy)[0]
        elif pool == "avg":
            row = (relevancy - np.eye(10))[1:].mean(0)
        else:
            row = relevancy[0]
        found.append(row[1:].reshape(3, 3))
    return scores.detach().numpy(), np.stack(found)


def patches(pixels, size):
    n, _, height, width = pixels.shape
    parts = pixels.reshape(n, 3, height // size, size, width // size, size)
    return parts.permute(0, 2, 4, 1, 3, 5).reshape(n, -1, 3 * size * size)


def norm(x, weights, name):
    centred = x - x.mean(-1, keepdim=True)
    scaled = centred / torch.sqrt((centred**2).mean(-1, keepdim=True) + 1e-5)
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def attend(query, key, value, weights, name, attentions, heads=4):
    if f"{name}.in_proj_weight" in weights:
        each = weights[f"{name}.in_proj_weight"].chunk(3)
    else:
        each = [weights[f"{name}.{which}_proj_weight"] for which in "qkv"]
    split = [
        (x @ w.T + b).reshape(len(x), x.shape[1], heads, -1).transpose(1, 2)
        for x, w, b in zip(
            (query, key, value), each, weights[f"{name}.in_proj_bias"].chunk(3), strict=True
        )
    ]
    logits = split[0] @ split[1].transpose(2, 3) / split[0].shape[-1] ** 0.5
    raised = torch.exp(logits - logits.amax(-1, keepdim=True))
    attention = (raised / raised.sum(-1, keepdim=True)).requires_grad_(True)
    attentions.append(attention)
    mixed = (attention @ split[2]).transpose(1, 2).flatten(2)
    return mixed @ weights[f"{name}.out_proj.weight"].T + weights[f"{name}.out_proj.bias"]


def test_targets_may_be_one_for_each_image_or_a_head():
    built, pixels = tower("vit"), images("vit")
    targets = torch.randn(3, 16, generator=torch.Generator().manual_seed(4)).numpy()
    maps = relevancy_maps(built, pixels, targets)
    for i in range(3):
        alone = relevancy_maps(built, pixels, targets[i])
        np.testing.assert_allclose(alone.values[i], maps.values[i], rtol=1e-4, atol=1e-7)
        assert alone.scores[i] == pytest.approx(maps.scores[i], abs=1e-6)
    weight = torch.from_numpy(targets[0])
    shifted = relevancy_maps(built, pixels, lambda vectors: vectors @ weight + 5)
    np.testing.assert_allclose(
        shifted.values, relevancy_maps(built, pixels, weight).values, atol=1e-6
    )
    np.testing.assert_allclose(
        shifted.scores - 5, relevancy_maps(built, pixels, weight).scores, atol=1e-5
    )


def test_heads_on_pooled_features_get_vectors_that_are_not_scaled():
    built, pixels = tower("vit"), images("vit")
    with torch.inference_mode():
        features = built(pixels)
    maps = relevancy_maps(built, pixels, lambda vectors: vectors[:, 3], unit=False)
    np.testing.assert_allclose(maps.scores, features[:, 3].numpy(), atol=1e-5)


@pytest.mark.parametrize(
    "targets",
    [np.zeros(16, np.float32), lambda vectors: torch.full((len(vectors),), 0.3)],
    ids=["zero", "a score that no image changes"],
)
@pytest.mark.parametrize("family", ["vit", "vit of means", "coca"])
def test_what_no_patch_changes_has_a_map_of_zeros(family, targets):
    maps = relevancy_maps(tower(family), images(family), targets)
    assert (maps.values == 0).all()


def test_a_target_along_the_image_vector_has_a_map_of_zeros():
    # A cosine of 1 cannot rise: its gradient is what of the target is across the vector.
    built, pixels = tower("vit"), images("vit")
    along = unit_vectors(built, pixels)
    values = relevancy_maps(built, pixels, along).values
    usual = relevancy_maps(built, pixels, direction(built, pixels)).values
    assert values.max() < 1e-5 * usual.max()


def test_the_model_stays_as_it_is_and_dropout_does_not_act():
    built = copy.deepcopy(tower("vit")).train()
    built.transformer.resblocks[0].attn.eval()
    before = {name: module.training for name, module in built.named_modules()}
    built.transformer.resblocks[1].attn.dropout = 0.5
    built.ln_post.register_forward_hook(
        lambda module, _, given: torch.nn.functional.dropout(given, 0.5, module.training)
    )
    target = direction(tower("vit"), images("vit"))
    first = relevancy_maps(built, images("vit"), target)
    assert {name: module.training for name, module in built.named_modules()} == before
    expected = relevancy_maps(tower("vit"), images("vit"), target)
    np.testing.assert_array_equal(first.values, expected.values)
    assert all(p.grad is None and not p.requires_grad for p in built.parameters())


def test_inference_mode_outside_does_not_matter():
    built = tower("vit")
    with torch.inference_mode():
        inside = relevancy_maps(built, images("vit") + 0, torch.ones(16))
    outside = relevancy_maps(built, images("vit"), torch.ones(16))
    np.testing.assert_array_equal(inside.values, outside.values)


def test_with_the_last_layer_alone_only_its_own_attention_counts():
    built, pixels = tower("vit"), images("vit")
    target = direction(built, pixels)
    last = relevancy_maps(built, pixels, target, start_layer=-1).values
    np.testing.assert_array_equal(last, relevancy_maps(built, pixels, target, start_layer=1).values)
    assert (relevancy_maps(built, pixels, target).values - last).max() > 0
    with pytest.raises(InputError, match="Start layer 2, but the tower has 2 layers: give -2 to 1"):
        relevancy_maps(built, pixels, target, start_layer=2)


@pytest.mark.parametrize("family", CONVOLUTIONAL)
def test_towers_without_attention_are_refused(family):
    with pytest.raises(InputError, match=r"No relevancy for image tower .*`method=gradcam`"):
        relevancy_maps(tower(family), images(family), np.zeros(16, np.float32))


def test_attention_by_other_functions_is_refused_and_not_passed_over():
    built = copy.deepcopy(tower("timm vit"))
    built.trunk.blocks[2].attn.fused_attn = False
    with pytest.raises(InputError, match="by other functions than torch's own"):
        relevancy_maps(built, images("timm vit"), np.zeros(16, np.float32))


def test_targets_of_another_shape_are_refused():
    with pytest.raises(InputError, match=r"shape \(2, 16\) for 3 image vectors of 16 values"):
        relevancy_maps(tower("vit"), images("vit"), np.zeros((2, 16), np.float32))
    with pytest.raises(InputError, match=r"The head gave shape \(3, 16\) for 3 vectors"):
        relevancy_maps(tower("vit"), images("vit"), lambda vectors: vectors)


def test_maps_change_as_weights_are_randomised_layer_by_layer(encoder, faces):
    # Adebayo et al. 2018: a map that stays when the model is lost shows the image, not the model.
    texts = encoder.encode_texts(["a photo of a woman", "a photo of a man"])
    target = texts[0] - texts[1]
    model = open_clip.create_model(f"local-dir:{resources.asset('tiny_clip')}").eval()
    trained = relevancy_maps(model, faces, target).values
    torch.manual_seed(0)
    blocks = model.visual.transformer.resblocks
    likeness, previous = [], trained
    for block in reversed(blocks):
        with torch.no_grad():
            for weights in block.parameters():
                weights.copy_(torch.randn(weights.shape) * weights.std() + weights.mean())
        values = relevancy_maps(model, faces, target).values
        assert not np.allclose(values, previous, rtol=0.1, atol=0)
        previous = values
        pairs = zip(values, trained, strict=True)
        likeness.append(np.mean([spearmanr(a.ravel(), b.ravel())[0] for a, b in pairs]))
    assert likeness == sorted(likeness, reverse=True)
    assert likeness[-1] < 0.7


def test_half_precision_gives_nearly_the_same_map(faces):
    model = open_clip.create_model(f"local-dir:{resources.asset('tiny_clip')}").eval()
    target = direction(model.visual, faces)
    full = relevancy_maps(model, faces, target)
    half = relevancy_maps(model.bfloat16(), faces, target)
    likeness = np.corrcoef(full.values.ravel(), half.values.ravel())[0, 1]
    assert likeness > 0.95
    np.testing.assert_allclose(half.scores, full.scores, atol=0.02)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("family", ["vit", "coca", "siglip", "eva"])
def test_a_gpu_gives_the_same_maps(family):
    built, pixels = tower(family), images(family)
    target = direction(built, pixels)
    here = relevancy_maps(built, pixels, target)
    there = relevancy_maps(copy.deepcopy(built).cuda(), pixels.cuda(), target.cuda())
    np.testing.assert_allclose(there.scores, here.scores, atol=1e-3)
    np.testing.assert_allclose(there.values, here.values, atol=0.02 * here.values.max())


def test_pixels_become_pictures_and_pixels_again(encoder):
    from facestore.explaining.pixels import to_images, to_pixels

    cfg = encoder.record.preprocessing
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (96, 96, 3), np.uint8))
    pixels = encoder.preprocess(picture)[None]
    seen = to_images(pixels, cfg["mean"], cfg["std"])
    np.testing.assert_array_equal(seen[0], np.asarray(picture))
    again = to_pixels(seen, cfg["mean"], cfg["std"])
    torch.testing.assert_close(again, pixels, atol=1e-5, rtol=0)
