"""Where an image tower is cut: what "the last blocks and the final norm" are, and its projection.

Blocks are what is added to what comes in: residual blocks of a transformer, bottlenecks of a
ResNet, blocks of the stages of ConvNeXt, Swin, FastViT and their like. What makes a stage smaller
than the one before belongs to its first block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from facestore.errors import InputError

if TYPE_CHECKING:
    import torch

Block = tuple["torch.nn.Module", ...]

_RESNET_LAYERS = ("layer1", "layer2", "layer3", "layer4")
# Where timm keeps blocks, or stages of them; and transformers, below `encoder` or beside it.
_ROWS = ("blocks", "stages", "layers")
_ROWS_OF_TRANSFORMERS = ("layers", "layer", "stages", "blocks")


@dataclass(frozen=True)
class TowerParts:
    """Where an image tower is cut.

    Attributes
    ----------
    blocks
        Its blocks, in the order in which an image passes them; each is one module, or several.
    tail
        What comes after the last block and before the features: final norm and pooling.
    """

    blocks: Sequence[Block]
    tail: Sequence[torch.nn.Module]


def tower_parts(visual: torch.nn.Module) -> TowerParts:
    """Find the blocks of an image tower and what comes after them.

    ViT: `transformer.resblocks`, then `ln_post` and an attentional pooling if there is one. timm:
    `trunk.blocks`, or those of `trunk.stages` or `trunk.layers`, or the bottlenecks of a ResNet,
    and whatever the trunk has after them, except its classifier. ModifiedResNet: the bottlenecks of
    its four layers (3 in the last of an RN50), then `attnpool`. transformers: the layers or stages
    of its encoder, and what comes after it.

    Raises
    ------
    InputError
        If it is another kind of tower.
    """
    part: Any = visual
    if hasattr(part, "transformer") and hasattr(part.transformer, "resblocks"):
        names = ("attn_pool", "attn_pool_contrastive", "ln_post")
        tail = [getattr(part, name) for name in names if getattr(part, name, None) is not None]
        return TowerParts([(block,) for block in part.transformer.resblocks], tail)
    if all(hasattr(part, name) for name in (*_RESNET_LAYERS, "attnpool")):
        return TowerParts(_bottlenecks(part), [part.attnpool])
    found = _parts_of_trunk(part) if hasattr(part, "trunk") else None
    if found is None or not found.blocks:
        raise _no_blocks(visual)
    return found


def without_projection(visual: torch.nn.Module) -> None:
    """Take off what maps features into the space of texts, in place."""
    from torch import nn

    part: Any = visual
    if hasattr(part, "transformer"):
        part.proj = None
        part.output_tokens = False
    elif hasattr(part, "without_projection"):
        part.without_projection()
    elif hasattr(part, "trunk"):
        part.head = part.head.pool if hasattr(part.head, "pool") else nn.Identity()
        classifier = _classifier(part.trunk)
        for module in list(part.trunk.modules()):
            for name, child in list(module.named_children()):
                if child is classifier:
                    setattr(module, name, nn.Identity())


def _parts_of_trunk(tower: Any) -> TowerParts | None:
    trunk = tower.trunk
    if not hasattr(trunk, "get_classifier"):  # timm's models have it
        return _parts_of_transformers(trunk)
    children = dict(trunk.named_children())
    if all(name in children for name in _RESNET_LAYERS):
        blocks, last = _bottlenecks(trunk), _RESNET_LAYERS[-1]
    else:
        last = next((name for name in _ROWS if name in children), "")
        if not last:
            return None
        blocks = list(_blocks(children[last]))
    classifier = _classifier(trunk)
    tail = [module for module in _after(children, last) if module is not classifier]
    if hasattr(tower.head, "pool"):
        tail.append(tower.head.pool)
    return TowerParts(blocks, tail)


def _parts_of_transformers(model: Any) -> TowerParts | None:
    children = dict(model.named_children())
    place = "encoder" if "encoder" in children else ""
    row = children[place] if place else model
    last = next((name for name in _ROWS_OF_TRANSFORMERS if hasattr(row, name)), None)
    if last is None:
        return None
    blocks = [(each,) for each in getattr(row, last).children()]
    inner = _after(dict(row.named_children()), last) if place else []
    return TowerParts(blocks, [*inner, *_after(children, place or last)])


def _blocks(row: torch.nn.Module) -> Iterator[Block]:
    """Yield the blocks of a row of blocks, or of stages."""
    from torch import nn

    for stage in row.children():
        inner = getattr(stage, "blocks", None)
        if inner is None and isinstance(stage, nn.Sequential):
            yield from ((each,) for each in stage.children())
        elif inner is None or not list(inner.children()):
            yield (stage,)
        else:
            parts = dict(stage.named_children())
            after = _after(parts, "blocks")
            before = [each for each in parts.values() if each not in (inner, *after)]
            first, *others = inner.children()
            made = [(*before, first), *((each,) for each in others)]
            made[-1] = (*made[-1], *after)
            yield from made


def _bottlenecks(part: Any) -> list[Block]:
    return [(block,) for name in _RESNET_LAYERS for block in getattr(part, name).children()]


def _names_after(children: dict[str, torch.nn.Module], name: str) -> list[str]:
    names = list(children)
    return names[names.index(name) + 1 :]


def _after(children: dict[str, torch.nn.Module], name: str) -> list[torch.nn.Module]:
    """Return the children behind one; dropout before a classifier has nothing to train."""
    return [children[each] for each in _names_after(children, name) if each != "head_drop"]


def _classifier(trunk: Any) -> Any:
    return trunk.get_classifier() if hasattr(trunk, "get_classifier") else None


def _no_blocks(visual: Any) -> InputError:
    inner = f" of {type(visual.trunk).__name__}" if hasattr(visual, "trunk") else ""
    message = (
        f"Image tower {type(visual).__name__}{inner} has no row of blocks of which the last could "
        "be trained: use a ViT, a ResNet, a ConvNeXt, Swin or FastViT, or `train probe`."
    )
    return InputError(message)
