"""Families of image towers that open_clip builds, each made small, with random weights.

Tests run the whole job with each of them, and `encoders_page.py` writes what they can do into
docs/encoders.md. A model of open_clip that belongs to none of them fails a test.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import open_clip
import timm
import torch
from safetensors.torch import save_file
from timm.models import register_model

_TEXT = {"context_length": 32, "vocab_size": 49408, "width": 16, "heads": 2, "layers": 1}
_VIT = {"image_size": 32, "layers": 2, "width": 32, "head_width": 8, "patch_size": 8}
_COCA = _VIT | {"attentional_pool": True, "attn_pooler_heads": 4, "output_tokens": True}
_CAPTIONS = {"width": 16, "heads": 2, "layers": 1}
_CAPTIONED = {"embed_cls": True, "output_tokens": True}
# As those of SigLIP have it: a sigmoid with a bias, texts without a causal mask.
_SIGMOID = {"init_logit_bias": -10, "custom_text": True}
_SMALL = {"embed_dim": 32, "depth": 2, "num_heads": 4}
_PATCHES = _SMALL | {"img_size": 32, "patch_size": 8}


@dataclass(frozen=True)
class Family:
    """A family of image towers.

    Attributes
    ----------
    config
        A model of open_clip with such a tower, made small; without its texts.
    timm_name, shrunk
        The model of timm that is made small, and how; None: the tower is open_clip's own.
    side
        Rows and columns of its pictures.
    """

    config: Mapping[str, Any]
    timm_name: str | None = None
    shrunk: Mapping[str, Any] = field(default_factory=dict)
    side: int = 32


def _of_timm(
    name: str, pool: str = "", proj: str | None = "linear", *, side: int = 32, **shrunk: Any
) -> Family:
    vision = {"timm_model_name": f"small_{name}", "timm_pool": pool, "timm_proj": proj}
    config = {"vision_cfg": vision | {"timm_model_pretrained": False, "image_size": side}}
    return Family(config | (_SIGMOID if "siglip" in name else {}), name, shrunk, side)


def _vitamin() -> Mapping[str, Any]:
    from timm.models.vitamin import VitCfg, VitConvCfg

    conv = VitConvCfg(norm_layer="layernorm2d", norm_eps=1e-6)
    sizes = {"embed_dim": (8, 16, 32), "depths": (1, 1, 1), "stem_width": 8}
    return _SMALL | {"img_size": 64, "embed_cfg": VitCfg(**sizes, conv_cfg=conv, head_type="1d")}


FAMILIES: dict[str, Family] = {
    "ViT": Family({"vision_cfg": _VIT}),
    "ViT of means (CLIPA)": Family({"vision_cfg": _VIT | {"pool_type": "avg", "no_ln_pre": True}}),
    "ResNet of CLIP": Family(
        {"vision_cfg": {"image_size": 64, "layers": [1, 1, 1, 1], "width": 8, "head_width": 16}},
        side=64,
    ),
    "CoCa": Family({"vision_cfg": _COCA, "multimodal_cfg": _CAPTIONS, "custom_text": True}),
    "SigLIP": _of_timm("vit_base_patch16_siglip_224", "map", "none", **_PATCHES),
    "EVA": _of_timm("eva02_base_patch16_clip_224", "token", None, **_PATCHES),
    "PE-Core": _of_timm("vit_pe_core_tiny_patch16_384", "map", None, **_PATCHES),
    "ViT of timm": _of_timm("vit_medium_patch16_gap_256", **_PATCHES),
    "ViT with a stem of convolutions (MobileCLIP-B)": _of_timm(
        "vit_base_mci_224", "token", None, depth=1, img_size=32
    ),
    "ViT with relative positions": _of_timm("vit_relpos_medium_patch16_cls_224", **_PATCHES),
    "ViTamin": _of_timm("vitamin_small_224", side=64, **_vitamin()),
    "ConvNeXt": _of_timm("convnext_base", side=64, depths=(1, 1, 2, 1), dims=(8, 16, 16, 32)),
    "Swin": _of_timm(
        "swin_base_patch4_window7_224", side=64,
        img_size=64, window_size=2, embed_dim=8, depths=(1, 1, 2, 1), num_heads=(1, 2, 2, 4),
    ),
    "FastViT (MobileCLIP-S)": _of_timm(
        "fastvit_mci0", "avg", None, side=64, layers=(1, 1, 2, 1), embed_dims=(8, 16, 16, 32)
    ),
}  # fmt: skip


def family_of(config: Mapping[str, Any]) -> str | None:
    """Return the family that a model config of open_clip belongs to; None: it is of none."""
    vision = config["vision_cfg"]
    wanted = (_kind(config), vision.get("timm_pool") == "map")
    for name, family in FAMILIES.items():
        own = family.config["vision_cfg"]
        of_timm = family.timm_name or own.get("timm_model_name")
        found = _kind(family.config | {"vision_cfg": own | {"timm_model_name": of_timm}})
        if (found, own.get("timm_pool") == "map") == wanted:
            return name
    return None


def _kind(config: Mapping[str, Any]) -> str:
    vision = config["vision_cfg"]
    if name := vision.get("timm_model_name"):
        return timm.models.model_entrypoint(name).__module__
    if isinstance(vision.get("layers"), list):
        return "resnet"
    if "multimodal_cfg" in config:
        return "coca"
    return f"vit {vision.get('pool_type', 'tok')}"


def models_of(family: str) -> list[str]:
    """Return the models of open_clip that belong to a family."""
    return [
        name
        for name in open_clip.list_models()
        if family_of(open_clip.get_model_config(name)) == family
    ]


def save(name: str, folder: Path) -> Path:
    """Save a small model of a family as a folder that is called `local-dir:FOLDER`."""
    config = model_config(name)
    torch.manual_seed(0)
    model = built(name)
    folder.mkdir(parents=True)
    side = FAMILIES[name].side
    prepared = {"size": side, "mean": [0.5] * 3, "std": [0.5] * 3}
    whole = {"model_cfg": config, "preprocess_cfg": prepared}
    (folder / "open_clip_config.json").write_text(json.dumps(whole))
    weights = {key: tensor.contiguous().clone() for key, tensor in model.state_dict().items()}
    save_file(weights, folder / "open_clip_model.safetensors")
    return folder


def model_config(name: str) -> dict[str, Any]:
    """Return the config of a small model of a family, as open_clip reads it."""
    family = FAMILIES[name]
    if family.timm_name is not None:
        _register(name)
    width = {"embed_dim": 32 if "siglip" in str(family.timm_name) else 16}
    captions = _CAPTIONED if "multimodal_cfg" in family.config else {}
    return width | dict(family.config) | {"text_cfg": _TEXT | captions}


def built(name: str) -> Any:
    """Build a small model of a family with random weights, none of them 0 as some are at first."""
    config = model_config(name)
    if "multimodal_cfg" in config:
        made: Any = open_clip.CoCa(**{k: v for k, v in config.items() if k != "custom_text"})
    elif config.pop("custom_text", False):
        made = open_clip.CustomTextCLIP(**config)
    else:
        made = open_clip.CLIP(**config)
    with torch.no_grad():
        for weights in made.parameters():
            weights.add_(torch.randn(weights.shape) * 0.02)
    return made.eval()


@cache
def _register(name: str) -> None:
    """Tell timm a small model under a name of its own."""
    family = FAMILIES[name]
    of = timm.models.model_entrypoint(str(family.timm_name))

    def make(pretrained: bool = False, **options: Any) -> torch.nn.Module:
        small: torch.nn.Module = of(pretrained=False, **(dict(family.shrunk) | options))
        return small

    make.__name__ = family.config["vision_cfg"]["timm_model_name"]
    register_model(make)
