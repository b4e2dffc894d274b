"""Small image towers of every family with random weights, for tests of explanations."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch
from open_clip.modified_resnet import ModifiedResNet
from open_clip.timm_model import TimmModel
from open_clip.transformer import VisionTransformer
from timm.models.eva import Eva
from timm.models.swin_transformer import SwinTransformer
from timm.models.vision_transformer_relpos import VisionTransformerRelPos

VIT = {
    "image_size": 48, "patch_size": 16, "width": 32, "layers": 2, "heads": 4, "mlp_ratio": 2.0,
    "output_dim": 16,
}  # fmt: skip
POOLER = {"attentional_pool": True, "attn_pooler_queries": 6, "attn_pooler_heads": 4}
SWIN = {
    "img_size": 64, "patch_size": 4, "embed_dim": 16, "depths": (1, 1), "num_heads": (2, 2),
    "window_size": 4, "num_classes": 0,
}  # fmt: skip
SMALL = {"img_size": 48, "patch_size": 16, "embed_dim": 32, "depth": 2, "num_heads": 4}


def _timm(trunk: str | torch.nn.Module, size: int, pool: str = "", proj: str = "linear"):
    tower = TimmModel(
        trunk if isinstance(trunk, str) else "test_vit",
        embed_dim=16, image_size=size, pool=pool, proj=proj,
    )  # fmt: skip
    if not isinstance(trunk, str):
        tower.trunk = trunk
        tower.head = torch.nn.Sequential(torch.nn.Linear(32, 16, bias=False))
    return tower


# (tower, side of the image, grid)
TRANSFORMERS: dict[str, tuple[Callable[[], torch.nn.Module], int, tuple[int, int]]] = {
    "vit": (lambda: VisionTransformer(**VIT), 48, (3, 3)),
    "vit of means": (lambda: VisionTransformer(**VIT, pool_type="avg"), 48, (3, 3)),
    "vit with normed queries": (lambda: VisionTransformer(**VIT, qk_norm=True), 48, (3, 3)),
    "coca": (lambda: VisionTransformer(**VIT, **POOLER, output_tokens=True), 48, (3, 3)),
    "timm vit": (lambda: _timm("test_vit", 160), 160, (10, 10)),
    "timm vit of means": (lambda: _timm("test_vit", 160, pool="avg"), 160, (10, 10)),
    "timm vit with registers": (lambda: _timm("test_vit2", 160), 160, (10, 10)),
    "siglip": (lambda: _timm("test_vit3", 160, pool="map", proj="none"), 160, (10, 10)),
    "eva": (
        lambda: _timm(Eva(**SMALL, num_classes=0, use_rot_pos_emb=True, global_pool="token"), 48),
        48, (3, 3),
    ),
    "pe core": (
        lambda: _timm(Eva(**SMALL, num_classes=0, use_rot_pos_emb=True, global_pool="map"), 48),
        48, (3, 3),
    ),
    "relative positions": (
        lambda: _timm(VisionTransformerRelPos(**SMALL, num_classes=0, class_token=True,
                                              global_pool="token"), 48),
        48, (3, 3),
    ),
    "vitamin": (lambda: _timm("vitamin_small_224", 224), 224, (14, 14)),
}  # fmt: skip
CONVOLUTIONAL: dict[str, tuple[Callable[[], torch.nn.Module], int, tuple[int, int]]] = {
    "resnet": (
        lambda: ModifiedResNet([1, 1, 1, 1], output_dim=16, heads=4, image_size=96, width=16),
        96, (3, 3),
    ),
    "convnext": (lambda: _timm("test_convnext", 160), 160, (5, 5)),
    "timm resnet": (lambda: _timm("test_resnet", 160, pool="avg"), 160, (5, 5)),
    "swin": (lambda: _timm(SwinTransformer(**SWIN), 64), 64, (8, 8)),
}  # fmt: skip


@cache
def tower(name: str) -> torch.nn.Module:
    """Build a tower with frozen random weights, none of them 0 as some are at the start."""
    make, *_ = (TRANSFORMERS | CONVOLUTIONAL)[name]
    torch.manual_seed(0)
    built = make()
    with torch.no_grad():
        for weights in built.parameters():
            weights.add_(torch.randn(weights.shape) * 0.1)
    return built.requires_grad_(False).eval()


def images(name: str, n: int = 3) -> torch.Tensor:
    """Return pixels (n, 3, H, H) for a tower."""
    _, side, _ = (TRANSFORMERS | CONVOLUTIONAL)[name]
    return torch.randn(n, 3, side, side, generator=torch.Generator().manual_seed(1))


def grid(name: str) -> tuple[int, int]:
    """Return the grid of a tower's maps."""
    return (TRANSFORMERS | CONVOLUTIONAL)[name][2]


def unit_vectors(built: torch.nn.Module, pixels: torch.Tensor) -> torch.Tensor:
    """Encode by the plain forward pass, with torch's fused attention."""
    with torch.inference_mode():
        vectors = built(pixels)
        vectors = vectors[0] if isinstance(vectors, tuple) else vectors
        return torch.nn.functional.normalize(vectors, dim=-1)


def direction(built: torch.nn.Module, pixels: torch.Tensor) -> torch.Tensor:
    """Return a target as long as the tower's vectors, of unit length."""
    dim = unit_vectors(built, pixels[:1]).shape[1]
    drawn = torch.randn(dim, generator=torch.Generator().manual_seed(2))
    return torch.nn.functional.normalize(drawn, dim=0)
