"""A vision transformer of timm whose output depends on one patch of the picture, and on no other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import timm
import torch
from PIL import Image

NAME, SIDE, PATCH = "test_vit", 160, 16
N_SIDE = SIDE // PATCH
# Channels of the tokens: the brightness of a patch, and whether it is the planted one.
_LIGHT, _DARK, _HERE, _ELSEWHERE, _SEEN, _SEEN_NOT = range(6)
_STRONG, _SHARP = 10.0, 12.0


def planted_checkpoint(folder: Path, row: int, col: int) -> Path:
    """Save a model whose class token attends, in its last layer, to the patch at row and col alone.

    All other branches add 0. The keys say which patch is the planted one, the values its brightness.
    """
    model = timm.create_model(NAME, pretrained=False).eval()
    with torch.no_grad():
        for weights in model.parameters():
            weights.zero_()
        for name, weights in model.named_parameters():
            if "norm" in name and name.endswith("weight"):
                weights.fill_(1)
        model.patch_embed.proj.weight[_LIGHT] = 3 / (3 * PATCH**2)
        model.patch_embed.proj.weight[_DARK] = -3 / (3 * PATCH**2)
        n_prefix = model.num_prefix_tokens
        places = model.pos_embed[0]
        places[:, _HERE], places[:, _ELSEWHERE] = -_STRONG, _STRONG
        planted = row * N_SIDE + col + (n_prefix if len(places) > N_SIDE**2 else 0)
        places[planted, _HERE], places[planted, _ELSEWHERE] = _STRONG, -_STRONG
        if model.cls_token is not None:
            model.cls_token[..., _HERE] += -_STRONG if len(places) == N_SIDE**2 else 0
            model.cls_token[..., _ELSEWHERE] += _STRONG if len(places) == N_SIDE**2 else 0
        attention = model.blocks[-1].attn
        dim = model.embed_dim
        attention.qkv.bias[0] = _SHARP
        attention.qkv.weight[dim, _HERE] = 1
        attention.qkv.weight[2 * dim, _LIGHT] = 1
        attention.proj.weight[_SEEN, 0], attention.proj.weight[_SEEN_NOT, 0] = 4, -4
    path = folder / f"planted-{row}-{col}.pt"
    torch.save(model.state_dict(), path)
    return path


def write_patches(folder: Path, n: int, row: int, col: int) -> Path:
    """Write noise with one light or dark patch, labelled Male or Female; return the labels."""
    rng = np.random.default_rng(7)
    lines = ["file,gender"]
    (folder / "patches").mkdir(parents=True)
    for number in range(n):
        picture = rng.integers(96, 160, (SIDE, SIDE, 3), dtype=np.uint8)
        light = number % 2 == 0
        level = rng.integers(200, 256) if light else rng.integers(0, 56)
        picture[row * PATCH : (row + 1) * PATCH, col * PATCH : (col + 1) * PATCH] = level
        Image.fromarray(picture).save(folder / "patches" / f"{number}.png")
        lines.append(f"{number}.png,{'Male' if light else 'Female'}")
    labels = folder / "labels.csv"
    labels.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return labels
