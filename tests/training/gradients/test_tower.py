from __future__ import annotations

import copy

import numpy as np
import open_clip
import pytest
import timm
import torch
from families import FAMILIES, built
from open_clip.timm_model import TimmModel
from support.saved_models import MODELS

from facestore import resources
from facestore.encoders.trunks import TimmTower, TransformersTower
from facestore.errors import InputError
from facestore.training.gradients.tower import ImageTower, VectorTower, n_parameters
from facestore.training.gradients.tower_parts import tower_parts

pytestmark = pytest.mark.portable

# Small pictures: the architecture is what matters here.
SIZE = 64


def build(architecture: str) -> torch.nn.Module:
    torch.manual_seed(0)
    return open_clip.create_model(architecture, pretrained=None, force_image_size=SIZE).eval()


@pytest.fixture(scope="module")
def tiny():
    return open_clip.create_model(f"local-dir:{resources.asset('tiny_clip')}").eval()


@pytest.fixture(scope="module")
def vit():
    return build("ViT-B-32")


@pytest.fixture(scope="module")
def resnet():
    return build("RN50")


@pytest.fixture(scope="module")
def timm_vit():
    name = "vit_medium_patch16_gap_256"
    return TimmModel(name, embed_dim=512, image_size=256, pool="", proj="linear").eval()


def trained_names(tower: ImageTower) -> set[str]:
    return {name for name, p in tower.module.named_parameters() if p.requires_grad}


def test_of_a_vit_the_last_blocks_and_the_final_norm_are_trained(vit):
    tower = ImageTower(vit.visual, 3)
    names = trained_names(tower)
    blocks = {name.split(".")[2] for name in names if name.startswith("transformer.resblocks.")}
    rest = {name for name in names if not name.startswith("transformer.resblocks.")}
    assert blocks == {"9", "10", "11"}
    assert rest == {"ln_post.weight", "ln_post.bias"}
    # A block of width d: 12 d^2 weights and 13 d biases and norms; the final norm has 2 d.
    d = 768
    assert n_parameters(tower.module, trained_only=True) == 3 * (12 * d * d + 13 * d) + 2 * d


def test_features_of_a_vit_are_the_pooled_output_before_the_projection(vit):
    images = torch.randn(2, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    tower = ImageTower(vit.visual, 1)
    with torch.inference_mode():
        features = tower.features(images)
        assert features.shape == (2, tower.width) == (2, 768)
        torch.testing.assert_close(features @ vit.visual.proj, vit.encode_image(images))


def test_of_a_resnet_the_last_bottlenecks_and_the_attention_pooling_are_trained(resnet):
    tower = ImageTower(resnet.visual, 3)
    names = trained_names(tower)
    assert {name.split(".")[0] for name in names} == {"layer4", "attnpool"}
    assert {name.split(".")[1] for name in names if name.startswith("layer4")} == {"0", "1", "2"}
    assert len(tower_parts(resnet.visual).blocks) == 3 + 4 + 6 + 3
    four = trained_names(ImageTower(resnet.visual, 4))
    assert {name.split(".")[1] for name in four if name.startswith("layer3")} == {"5"}
    images = torch.randn(2, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        torch.testing.assert_close(tower.features(images), resnet.encode_image(images))


def test_batch_norms_keep_their_statistics_and_frozen_parts_stay_in_evaluation(resnet):
    tower = ImageTower(resnet.visual, 2)
    before = copy.deepcopy(tower.module.state_dict())
    tower.train()
    tower.features(torch.randn(2, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0)))
    after = tower.module.state_dict()
    assert all(torch.equal(after[name], before[name]) for name in before)
    training = {name for name, module in tower.module.named_modules() if module.training}
    assert training
    assert all(name.startswith(("layer4.1", "layer4.2", "attnpool")) for name in training)


def test_of_a_timm_vit_the_last_blocks_and_the_final_norm_are_trained(timm_vit):
    tower = ImageTower(timm_vit, 2)
    names = trained_names(tower)
    blocks = {name.split(".")[2] for name in names if name.startswith("trunk.blocks.")}
    rest = {name for name in names if not name.startswith("trunk.blocks.")}
    assert blocks == {"10", "11"}
    assert rest == {"trunk.norm.weight", "trunk.norm.bias"}
    images = torch.randn(1, 3, 256, 256, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        features = tower.features(images)
        assert features.shape == (1, tower.width)
        torch.testing.assert_close(timm_vit.head(features), timm_vit(images))


def test_the_model_itself_stays_as_it_is(tiny):
    before = copy.deepcopy(tiny.state_dict())
    tower = ImageTower(tiny.visual, 1)
    with torch.no_grad():
        for parameter in tower.module.parameters():
            parameter.zero_()
    assert all(torch.equal(tiny.state_dict()[name], before[name]) for name in before)
    assert tiny.visual.proj is not None
    assert all(p.requires_grad for p in tiny.visual.parameters())


def test_without_blocks_nothing_of_the_tower_is_trained(tiny):
    tower = ImageTower(tiny.visual, 0)
    tower.train()
    assert n_parameters(tower.module, trained_only=True) == 0
    assert not any(module.training for module in tower.module.modules())


def test_too_many_blocks_are_refused(tiny):
    with pytest.raises(InputError, match=r"^5 blocks to train, .* has 4: give `blocks=` .* 0 to 4"):
        ImageTower(tiny.visual, 5)


def test_a_tower_without_a_row_of_blocks_is_refused():
    visual = TimmModel("test_convnext", embed_dim=32, pool="", proj="linear")
    del visual.trunk.stages
    with pytest.raises(InputError, match=r"TimmModel of ConvNeXt has no row of blocks") as caught:
        ImageTower(visual, 1)
    assert "\n" not in str(caught.value)


def parameters_of(tower, *names):
    """Return how many parameters lie below modules that begin with one of some names."""
    return sum(p.numel() for name, p in tower.module.named_parameters() if name.startswith(names))


# Where the last 2 of 5 blocks are, and what comes after them.
STAGED = {
    "ConvNeXt": (
        ("stages.3.downsample", "stages.3.blocks.0", "stages.2.blocks.1"), ("norm_pre", "head.norm"),
    ),
    "Swin": (("layers.3.downsample", "layers.3.blocks.0", "layers.2.blocks.1"), ("norm.",)),
    "FastViT (MobileCLIP-S)": (
        ("stages.3.downsample", "stages.3.pos_emb", "stages.3.blocks.0", "stages.2.blocks.1"),
        ("final_conv",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("family", STAGED)
def test_of_a_tower_of_stages_the_last_blocks_are_trained_with_what_makes_them_smaller(family):
    visual = built(family).visual
    blocks, tail = STAGED[family]
    assert len(tower_parts(visual).blocks) == 5
    tower = ImageTower(visual, 2)
    trained = n_parameters(tower.module, trained_only=True)
    assert trained == parameters_of(tower, *(f"trunk.{each}" for each in (*blocks, *tail)))
    assert 0 < trained < n_parameters(tower.module)
    assert n_parameters(ImageTower(visual, 5).module, trained_only=True) > trained


@pytest.mark.parametrize("family", [*STAGED, "EVA", "PE-Core", "SigLIP", "ViTamin", "CoCa"])
def test_features_of_a_timm_tower_are_what_its_projection_takes(family):
    visual = built(family).visual
    side = FAMILIES[family].side
    images = torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(0))
    tower = ImageTower(visual, 1)
    with torch.inference_mode():
        features = tower.features(images)
        assert features.shape == (2, tower.width)
        whole = visual(images)
        if family == "CoCa":
            expected, whole = features @ visual.proj, whole[0]
        else:
            projection = visual.trunk.get_classifier()
            expected = visual.head(projection(features))
        torch.testing.assert_close(expected, whole)


@pytest.mark.parametrize(
    "name", ["test_resnet", "test_efficientnet", "test_maxvit", "test_nfnet", "test_coatnet"]
)
def test_other_models_of_timm_have_blocks_too(name):
    trunk = timm.create_model(name, num_classes=0).eval()
    size = trunk.default_cfg["input_size"][1:]
    visual = TimmTower(trunk, size)
    n_blocks = len(tower_parts(visual).blocks)
    tower = ImageTower(visual, n_blocks - 1)
    trained = n_parameters(tower.module, trained_only=True)
    assert n_blocks > 3
    assert 0.4 < trained / n_parameters(tower.module) < 1
    images = torch.randn(1, 3, *size, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        torch.testing.assert_close(tower.features(images), trunk(images))


@pytest.mark.parametrize(
    ("kind", "n_blocks", "last"),
    [
        ("vit", 2, ("layers.1", "layernorm", "pooler")),
        ("clip", 2, ("encoder.layers.1", "post_layernorm")),
        ("siglip", 2, ("encoder.layers.1", "post_layernorm", "head")),
        ("resnet", 2, ("encoder.stages.1", "pooler")),
    ],
)
def test_of_a_model_of_transformers_the_last_layers_are_trained(kind, n_blocks, last):
    torch.manual_seed(0)
    model = MODELS[kind]().eval()
    visual = TransformersTower(model, kind, (32, 32))
    assert len(tower_parts(visual).blocks) == n_blocks
    tower = ImageTower(visual, 1)
    trained = n_parameters(tower.module, trained_only=True)
    assert trained == parameters_of(tower, *(f"trunk.{each}" for each in last))
    images = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    image_side = getattr(model, "vision_model", model)
    with torch.inference_mode():
        expected = image_side(images).pooler_output.flatten(1)
        torch.testing.assert_close(tower.features(images), expected)
        # the tower that was copied still gives what lies beside texts
        if kind == "clip":
            assert visual(images).shape == (2, 16)


def test_a_tower_of_stored_vectors_standardises():
    vectors = np.random.default_rng(0).normal(3, 2, (500, 4)).astype(np.float32)
    vectors[:, 2] = 7  # constant: its standard deviation is 0
    features = VectorTower.fitted_to(vectors).features(torch.from_numpy(vectors)).numpy()
    np.testing.assert_allclose(features.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(features.std(0), [1, 1, 0, 1], atol=1e-5)
