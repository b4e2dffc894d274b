"""Relevancy of transformer towers: gradient x attention, rolled through the layers.

Source: Chefer, Gur, Wolf 2021, "Generic Attention-model Explainability for Interpreting Bi-Modal
and Encoder-Decoder Transformers", equations 5 and 6 for self-attention. A layer with attention A
(heads x tokens x tokens) adds to the relevancy R of tokens for tokens, at first the identity,

    R <- R + mean over heads of (dscore/dA * A)+ . R

and the map is the row of R that the image vector is read from. That row is rolled by itself, from
the last layer to the first: r <- r + r . (dscore/dA * A)+, the same by associativity, and a layer
of n tokens takes n^2 steps instead of n^3. Attention pooling has no residual branch, so there
r <- r . (dscore/dA * A)+; where tokens are averaged, the 1/n that each has of itself alone is
left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from facestore.errors import InputError, counted
from facestore.explaining.maps import (
    Maps,
    Targets,
    attached,
    evaluating,
    image_vectors,
    scores_of,
    to_float32,
    tower_name,
    tower_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

_READ_TOKEN, _READ_MEAN = "token", "mean"


@dataclass(frozen=True)
class Layout:
    """How the tokens of a transformer tower lie.

    Attributes
    ----------
    n_layers
        Number of self-attention layers; further attention is pooling.
    grid
        Rows and columns of patches.
    n_prefix
        Tokens before those of the patches: class and register tokens.
    reads
        What the image vector is: the first token of what comes last, or the mean of `read_from`
        and those after it.
    read_from
        First token of the mean.
    """

    n_layers: int
    grid: tuple[int, int]
    n_prefix: int
    reads: str
    read_from: int

    @property
    def n_tokens(self) -> int:
        """Number of all tokens."""
        return self.n_prefix + self.grid[0] * self.grid[1]


def relevancy_maps(
    model: torch.nn.Module,
    pixels: torch.Tensor,
    targets: Targets,
    *,
    unit: bool = True,
    start_layer: int = 0,
) -> Maps:
    """Map which patches the scores of images come from, for a transformer tower.

    Takes about 8 bytes x layers x heads x tokens^2 of memory for each image: 34 MB for a ViT-B-16,
    5 MB for a ViT-B-32.

    Parameters
    ----------
    model
        Of open_clip, or its image tower.
    pixels
        float (N, 3, H, W), preprocessed as the encoder does.
    targets
        float (D,) or (N, D): the unit vector of a text, an ensemble of prompts, the difference of
        two classes. Or a head, that turns float32 (N, D) vectors into scores (N,), each by itself.
    unit
        Whether image vectors are scaled to unit length first, as those in a store are. False for
        heads on pooled features.
    start_layer
        First layer that counts; -1: the last one alone, as the authors' notebook for CLIP has it.

    Returns
    -------
    Maps
        Scores, and values on the patch grid.

    Raises
    ------
    InputError
        If the tower has no attention that could be taken, or no grid of patches, or shapes do not
        fit.
    """
    import torch

    from facestore.explaining.attention import AttentionTap

    tower = tower_of(model)
    layout = layout_of(tower)
    if not -layout.n_layers <= start_layer < layout.n_layers:
        message = (
            f"Start layer {start_layer}, but the tower has {counted(layout.n_layers, 'layer')}: "
            f"give {-layout.n_layers} to {layout.n_layers - 1}."
        )
        raise InputError(message)
    # Inference mode may be on outside, and would leave no graph.
    with torch.inference_mode(False), torch.enable_grad(), evaluating(tower):
        inputs = attached(tower, pixels)
        tap = AttentionTap()
        with tap:
            vectors = image_vectors(tower, inputs, unit=unit)
        _check_taken(tower, layout, tap.probabilities, len(inputs))
        scores = scores_of(vectors, targets)
        gradients: Sequence[torch.Tensor | None] = [None] * len(tap.probabilities)
        if scores.requires_grad:
            gradients = torch.autograd.grad(scores.sum(), tap.probabilities, allow_unused=True)
    with torch.no_grad():
        contributions = [
            # Attention that the score does not depend on has no gradient, and adds nothing.
            torch.zeros_like(p[:, 0]) if g is None else (p * g).clamp(min=0).mean(1)
            for p, g in zip(tap.probabilities, gradients, strict=True)
        ]
        row = _rolled(contributions, layout, start_layer % layout.n_layers)
        rows, cols = layout.grid
        values = row[:, layout.n_prefix :].reshape(-1, rows, cols)
    return Maps(to_float32(scores), to_float32(values))


def layout_of(tower: Any) -> Layout:
    """Find the layers and the patch grid of an image tower.

    Raises
    ------
    InputError
        If it is no transformer on one grid of patches.
    """
    if hasattr(tower, "transformer") and hasattr(tower, "grid_size"):
        return _open_clip_layout(tower)
    trunk = getattr(tower, "trunk", None)
    grid = getattr(getattr(trunk, "patch_embed", None), "grid_size", None)
    if trunk is not None and grid is not None and hasattr(trunk, "blocks"):
        return _timm_layout(trunk, (int(grid[0]), int(grid[1])), tower)
    raise _no_attention(tower, "is no transformer on one grid of patches")


def _open_clip_layout(visual: Any) -> Layout:
    if getattr(visual, "attn_pool_contrastive", None) is not None:
        raise _no_attention(visual, f"pools its tokens by {visual.attn_pool_type!r}")
    rows, cols = visual.grid_size
    has_mean = visual.pool_type == "avg"
    return Layout(
        n_layers=len(visual.transformer.resblocks),
        grid=(int(rows), int(cols)),
        n_prefix=1,
        reads=_READ_MEAN if has_mean else _READ_TOKEN,
        read_from=1,
    )


def _timm_layout(trunk: Any, grid: tuple[int, int], tower: Any) -> Layout:
    n_prefix = int(getattr(trunk, "num_prefix_tokens", 0))
    pool = getattr(trunk, "attn_pool", None)
    if pool is not None:
        kind, read_from = pool.pool, 0
    else:
        kind = trunk.global_pool
        read_from = 0 if getattr(trunk, "pool_include_prefix", False) else n_prefix
    if kind not in ("token", "avg"):
        raise _no_attention(tower, f"pools its tokens by {kind!r}")
    return Layout(
        n_layers=len(trunk.blocks),
        grid=grid,
        n_prefix=n_prefix,
        reads=_READ_MEAN if kind == "avg" else _READ_TOKEN,
        read_from=read_from,
    )


def _check_taken(tower: Any, layout: Layout, taken: list[torch.Tensor], n_images: int) -> None:
    """Refuse attention that is not, layer by layer, that of the tokens of whole images."""
    own = [p for p in taken[: layout.n_layers] if p.ndim == 4]
    if len(own) < layout.n_layers:
        raise _no_attention(tower, "computes attention by other functions than torch's own")
    n = layout.n_tokens
    for p in own:
        if p.shape[0] != n_images or tuple(p.shape[2:]) != (n, n):
            problem = f"attends to {tuple(p.shape[2:])} tokens where {n} x {n} were expected"
            raise _no_attention(tower, problem)


def _rolled(contributions: list[torch.Tensor], layout: Layout, start: int) -> torch.Tensor:
    """Roll the row that the image vector is read from to the first layer; (N, tokens) >= 0."""
    import torch

    n_images, n_last = contributions[-1].shape[:2]
    read = torch.zeros(n_images, n_last, device=contributions[-1].device)
    if layout.reads == _READ_MEAN:
        read[:, layout.read_from :] = 1 / (n_last - layout.read_from)
    else:
        read[:, 0] = 1
    gained = torch.zeros_like(read)
    for pooling in reversed(contributions[layout.n_layers :]):
        gained = _times(read + gained, pooling)
        read = torch.zeros_like(gained)
    # What is gained is summed apart: beside the 1/n of a mean, small figures would be lost.
    for layer in reversed(contributions[start : layout.n_layers]):
        gained = gained + _times(read + gained, layer)
    return gained


def _times(row: torch.Tensor, matrix: torch.Tensor) -> torch.Tensor:
    """Multiply rows (N, n) with matrices (N, n, m)."""
    return (row.unsqueeze(1) @ matrix).squeeze(1)


def _no_attention(tower: Any, problem: str) -> InputError:
    message = (
        f"No relevancy for image tower {tower_name(tower)}: it {problem}. Use `method=gradcam` for "
        "convolutional towers, or `method=lime` for any."
    )
    return InputError(message)
