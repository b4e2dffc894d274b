"""Weights as the card of seed 2 publishes them: a CLIP vision tower of transformers, three heads.

A folder with `config.json`, `model.safetensors` (or `pytorch_model.bin`) and, mostly,
`preprocessor_config.json`. Tensors of the tower have transformers' names, such as
`encoder.layers.0.self_attn.q_proj.weight`, under any prefix; the heads are `age_head`,
`gender_head` and `race_head`, one linear layer each, in a submodule or not. They are renamed to
open_clip's: its tower without the projection gives what transformers calls `pooler_output`.
"""

from __future__ import annotations

import pickle
import re
import struct
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facestore.encoders.loading import weights_sha256
from facestore.errors import counted, preview
from facestore.files import sha256_of
from facestore.training.gradients.tower import ImageTower
from facestore.training.gradients.whole_tower import WholeTower
from facestore.training.heads import HeadTask, MultiTaskModel
from facestore.training.published.config import (
    CONFIG,
    HEADS,
    PREPROCESSOR,
    classes_of,
    read_json,
    refused,
    tower_of,
)

if TYPE_CHECKING:
    import torch

WEIGHTS = ("model.safetensors", "pytorch_model.bin")

_CLASS_TOKEN = "embeddings.class_embedding"  # noqa: S105
_HEAD = re.compile(rf"(?:^|\.)({'|'.join(HEADS)})_head\.(?:.+\.)?(weight|bias)$")
# Of a whole CLIP model, or of older versions of transformers: the heads do not take them.
_NEEDLESS = re.compile(
    r"(^|\.)(text_model\..+|text_projection\.weight|visual_projection\.weight|logit_scale|"
    r"position_ids)$"
)
_OF_TOWER = {
    "embeddings.class_embedding": "class_embedding",
    "embeddings.patch_embedding.weight": "conv1.weight",
    "embeddings.position_embedding.weight": "positional_embedding",
    "pre_layrnorm.weight": "ln_pre.weight",  # their spelling
    "pre_layrnorm.bias": "ln_pre.bias",
    "post_layernorm.weight": "ln_post.weight",
    "post_layernorm.bias": "ln_post.bias",
}
_OF_BLOCK = {
    "self_attn.out_proj": "attn.out_proj",
    "layer_norm1": "ln_1",
    "layer_norm2": "ln_2",
    "mlp.fc1": "mlp.c_fc",
    "mlp.fc2": "mlp.c_proj",
}
_PARTS = ("weight", "bias")
# What torch's reader of pickles raises on broken files, besides what it documents.
_UNPICKLING_ERRORS = (
    pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError, LookupError, TypeError,
    AttributeError, AssertionError, struct.error,
)  # fmt: skip


@dataclass(frozen=True)
class PublishedCard:
    """A published classifier as open_clip's tower and our heads.

    Attributes
    ----------
    folder
        Where it was read.
    tower
        Architecture and preprocessing.
    state
        Weights of the tower, float32, by open_clip's names.
    heads
        By attribute: weight, float32 (K, D), and bias, float32 (K,).
    classes
        By attribute: K labels in the order of the rows.
    ignored
        Tensors that the heads do not need.
    files
        SHA-256 (hex) of what was read, by name.
    """

    folder: Path
    tower: WholeTower
    state: Mapping[str, torch.Tensor]
    heads: Mapping[str, tuple[torch.Tensor, torch.Tensor]]
    classes: Mapping[str, tuple[str, ...]]
    ignored: tuple[str, ...]
    files: Mapping[str, str]

    @property
    def weights_sha256(self) -> str:
        """SHA-256 over the weights of the tower."""
        return weights_sha256(self.state)

    def model(self) -> MultiTaskModel:
        """Build the model, on the CPU."""
        import torch

        visual = self.tower.build()
        visual.load_state_dict(self.state)
        tasks = [HeadTask(attribute, self.classes[attribute]) for attribute in self.heads]
        model = MultiTaskModel(ImageTower(visual, 0), tasks)
        with torch.no_grad():
            for task, layer in zip(model.tasks, model.heads, strict=True):
                own = dict(layer.named_parameters())
                for part, tensor in zip(_PARTS, self.heads[task.attribute], strict=True):
                    own[part].copy_(tensor)
        return model


def read_card(folder: Path) -> PublishedCard:
    """Read a folder of published weights.

    Parameters
    ----------
    folder
        With `config.json` and one of `WEIGHTS`.

    Raises
    ------
    InputError
        If files, tensors or heads are missing, have other shapes than `config.json` says, or are
        none that this layout has.
    """
    path = _weights_file(folder)
    config = read_json(folder / CONFIG)
    return card_of(path, config, _read_weights(path), file_digests(folder))


def card_of(
    path: Path,
    config: Mapping[str, Any],
    given: Mapping[str, torch.Tensor],
    files: Mapping[str, str],
) -> PublishedCard:
    """Translate what was read, as `read_card`.

    Parameters
    ----------
    path
        The file of the weights.
    config
        What `config.json` says.
    given
        Its tensors by name.
    files
        SHA-256 (hex) by name.
    """
    folder = path.parent
    tower = tower_of(folder, config)
    prefix = _prefix(path, given)
    own = {name: tensor for name, tensor in given.items() if _belongs(name, prefix)}
    rest = {name: tensor for name, tensor in given.items() if name not in own}
    classes = {attribute: classes_of(folder, config, attribute) for attribute in HEADS}
    heads = {
        attribute: _head(path, rest, attribute, classes[attribute], tower.vision["width"])
        for attribute in HEADS
    }
    bare = {name[len(prefix) :]: tensor for name, tensor in own.items()}
    return PublishedCard(
        folder=folder,
        tower=tower,
        state=_tower_state(path, bare, tower),
        heads=heads,
        classes=classes,
        ignored=_ignored(path, rest),
        files=files,
    )


def file_digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 (hex) of the files of a classifier, by name."""
    digests = {}
    for path in (_weights_file(folder), folder / CONFIG, folder / PREPROCESSOR):
        if path.exists():
            digests[path.name] = sha256_of(path)
    return digests


def _weights_file(folder: Path) -> Path:
    for name in WEIGHTS:
        if (folder / name).is_file() and (folder / CONFIG).is_file():
            return folder / name
    has = preview(sorted(path.name for path in folder.iterdir())) if folder.is_dir() else ""
    problem = f"{CONFIG} and {WEIGHTS[0]} were expected in it, it has {has or 'nothing'}"
    if not folder.is_dir():
        problem = "there is no such folder"
    todo = f"Give a folder of the published files; {CONFIG} is that of the CLIP model of the tower."
    raise refused(folder, problem, todo)


def _read_weights(path: Path) -> dict[str, torch.Tensor]:
    """Read tensors by name; code in a pickle never runs."""
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    found: Any
    try:
        if path.suffix == ".safetensors":
            found = load_file(path)
        else:
            with warnings.catch_warnings():
                # What torch warns of are files that it then refuses.
                warnings.simplefilter("ignore")
                found = torch.load(path, map_location="cpu", weights_only=True)
    except (SafetensorError, *_UNPICKLING_ERRORS) as error:
        reason = " ".join(str(error).split())[:120]
        problem = f"tensors and nothing else were expected in it ({reason})"
        raise refused(path, problem, f"Save the state dict as {WEIGHTS[0]}.") from error
    if isinstance(found, dict) and isinstance(found.get("state_dict"), dict):
        found = found["state_dict"]
    if not isinstance(found, dict) or not all(isinstance(t, torch.Tensor) for t in found.values()):
        problem = "a state dict, tensors by name, was expected in it"
        raise refused(path, problem, f"Save the state dict as {WEIGHTS[0]}.")
    broken = [name for name, t in found.items() if t.is_floating_point() and _is_broken(t)]
    if broken:
        problem = f"values of {preview(broken)} are infinite or no numbers"
        raise refused(path, problem, "Give weights of a training that went well.")
    return found


def _is_broken(tensor: torch.Tensor) -> bool:
    import torch

    return not bool(torch.isfinite(tensor).all())


def _prefix(path: Path, given: Mapping[str, Any]) -> str:
    """Return what stands before the names of the tower."""
    found = [name[: -len(_CLASS_TOKEN)] for name in given if name.endswith(_CLASS_TOKEN)]
    if len(found) != 1:
        problem = f"one tensor ...{_CLASS_TOKEN} was expected, it has {len(found)} of them"
        raise refused(path, problem, "Give a CLIP vision model of transformers with its heads.")
    return found[0]


def _belongs(name: str, prefix: str) -> bool:
    parts = ("embeddings.", "encoder.layers.", "pre_layrnorm.", "post_layernorm.")
    return name.startswith(tuple(prefix + part for part in parts)) and not _NEEDLESS.search(name)


def _tower_state(
    path: Path, own: Mapping[str, torch.Tensor], tower: WholeTower
) -> dict[str, torch.Tensor]:
    """Rename the tensors of the tower; all have to be there, in the shapes that the config says."""
    sources = _sources(tower.n_blocks)
    needed = {name for names in sources.values() for name in names}
    missing, extra = sorted(needed - own.keys()), sorted(own.keys() - needed)
    todo = f"Give weights and {CONFIG} of one model."
    if missing:
        problem = (
            f"{CONFIG} says {counted(tower.n_blocks, 'layer')}, for which "
            f"{counted(len(missing), 'tensor is', 'tensors are')} missing "
            f"({preview(missing)})"
        )
        raise refused(path, problem, todo)
    if extra:
        problem = (
            f"it has {counted(len(extra), 'tensor')} which a tower of "
            f"{counted(tower.n_blocks, 'layer')}, as {CONFIG} says, has not ({preview(extra)})"
        )
        raise refused(path, problem, todo)
    state = {}
    for name, expected in tower.shapes().items():
        tensors = [own[source].float() for source in sources[name]]
        for source, tensor in zip(sources[name], tensors, strict=True):
            shape = (expected[0] // len(tensors), *expected[1:])
            if tuple(tensor.shape) != shape:
                problem = f"{source} has shape {tuple(tensor.shape)}, but {CONFIG} says {shape}"
                raise refused(path, problem, todo)
        state[name] = tensors[0] if len(tensors) == 1 else _joined(tensors)
    return state


def _joined(tensors: list[torch.Tensor]) -> torch.Tensor:
    import torch

    return torch.cat(tensors)


def _sources(n_blocks: int) -> dict[str, tuple[str, ...]]:
    """Return by open_clip's name of a tensor the transformers' names of what it is joined of."""
    sources: dict[str, tuple[str, ...]] = {ours: (theirs,) for theirs, ours in _OF_TOWER.items()}
    for block in range(n_blocks):
        theirs, ours = f"encoder.layers.{block}", f"transformer.resblocks.{block}"
        for part in _PARTS:
            sources[f"{ours}.attn.in_proj_{part}"] = tuple(
                f"{theirs}.self_attn.{each}_proj.{part}" for each in "qkv"
            )
            for old, new in _OF_BLOCK.items():
                sources[f"{ours}.{new}.{part}"] = (f"{theirs}.{old}.{part}",)
    return sources


def _head(
    path: Path,
    rest: Mapping[str, torch.Tensor],
    attribute: str,
    classes: tuple[str, ...],
    width: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return weight and bias of a head; without a bias it is 0."""
    import torch

    parts: dict[str, list[str]] = {part: [] for part in _PARTS}
    for name in rest:
        found = _HEAD.search(name)
        if found is not None and found[1] == attribute:
            parts[found[2]].append(name)
    if len(parts["weight"]) != 1 or len(parts["bias"]) > 1:
        names = preview(sorted([*parts["weight"], *parts["bias"]])) or "none"
        problem = f"one linear layer {attribute}_head was expected, it has {names}"
        raise refused(path, problem, f"Give weights with the heads {', '.join(HEADS)}.")
    weight = rest[parts["weight"][0]].float()
    bias = rest[parts["bias"][0]].float() if parts["bias"] else torch.zeros(len(classes))
    if tuple(weight.shape) != (len(classes), width) or tuple(bias.shape) != (len(classes),):
        problem = (
            f"{attribute}_head has weight {tuple(weight.shape)} and bias {tuple(bias.shape)}, but "
            f"({len(classes)}, {width}) and ({len(classes)},) were expected for {preview(classes)}"
        )
        example = f'{{"id2label": {{"{attribute}": {{"0": "...", "1": "..."}}}}}}'
        raise refused(path, problem, f"Name its labels in {CONFIG}: {example}.")
    return weight, bias


def _ignored(path: Path, rest: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the tensors that are not needed; one that is not known may be, so it is refused."""
    others = [name for name in rest if not _HEAD.search(name)]
    unknown = [name for name in others if not _NEEDLESS.search(name)]
    if unknown:
        problem = f"it has tensors of another model than tower and heads: {preview(unknown)}"
        raise refused(path, problem, "Give a CLIP vision model with one linear layer a head.")
    return tuple(sorted(others))
