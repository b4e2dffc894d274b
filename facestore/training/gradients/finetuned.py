"""Files of fine-tuned models: the heads and what was trained of the tower, as safetensors.

The frozen part is not in the file: it is the encoder's, which the metadata identifies and which has
to be had to load the model. Tensors are `<attribute>.weight`, float32 (K, D), `<attribute>.bias`,
float32 (K,), and `tower.<name of the parameter>`. Metadata as in files of linear heads, with

    "input": "pooled image features", "blocks": how many were trained,
    "heads": {attribute: {"type": "classification", "classes": [...], "loss": ..., "weight": ...}
                       or {"type": "regression", "center": ..., "spread": ...}}

A number is center + spread * (weight . features + bias).

A file of an imported classifier has the whole tower, and needs no encoder: `"blocks": "all"`, and
`"tower"` is its architecture and preprocessing (see `whole_tower`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facestore.errors import EncoderMismatchError
from facestore.files import sha256_of
from facestore.records import EncoderRecord
from facestore.training.described import (
    FORMAT,
    read_description,
    refused,
    write_described,
)
from facestore.training.gradients.tower import ImageTower
from facestore.training.gradients.whole_tower import WholeTower
from facestore.training.heads import HeadTask, MultiTaskModel
from facestore.training.records import Row, curves_of

if TYPE_CHECKING:
    import torch

POOLED_FEATURES = "pooled image features"
FINETUNED = "finetuned"
_ALL = "all"


@dataclass(frozen=True)
class FinetunedFile:
    """What a file of a fine-tuned model says.

    Attributes
    ----------
    path
        The file.
    name
        Classifiers are called after it: name and attribute.
    encoder
        The model whose tower was trained; its weights are those before. Of a whole tower: itself.
    n_blocks
        How many of its last blocks were trained; of a whole tower: how many it has.
    tasks
        What the heads predict.
    training
        Data set, split, options, metrics by epoch, licence of the data ...
    sha256
        Of the file.
    tower
        The tower, if the file has it whole.
    """

    path: Path
    name: str
    encoder: EncoderRecord
    n_blocks: int
    tasks: tuple[HeadTask, ...]
    training: Mapping[str, Any] = field(default_factory=dict)
    sha256: str = ""
    tower: WholeTower | None = None

    @property
    def kind(self) -> str:
        """As in the table `classifiers`."""
        return FINETUNED

    @property
    def classes(self) -> dict[str, tuple[str, ...]]:
        """Classes by attribute, one head each; none where a number is predicted."""
        return {task.attribute: task.classes for task in self.tasks}

    @property
    def classifier_names(self) -> list[str]:
        """Names of the classifiers, one a head."""
        return [f"{self.name} {attribute}" for attribute in self.classes]

    @property
    def steps(self) -> dict[str, list[Row]]:
        """Rows of `training_steps` by attribute."""
        return curves_of(self.training.get("epochs", ()), list(self.classes))

    def details_of(self, _attribute: str) -> dict[str, Any]:
        """Return what the store keeps of a head, beside file, classes and training."""
        # No row of `encoders` says what a whole tower is, so this one does.
        tower = {} if self.tower is None else {"tower": asdict(self.encoder)}
        return {"blocks": self.n_blocks, **tower}

    def model(
        self, visual: torch.nn.Module, encoder: EncoderRecord, device: torch.device | str = "cpu"
    ) -> MultiTaskModel:
        """Build the model from the encoder's tower and what was trained.

        Parameters
        ----------
        visual
            Visual part of the open_clip model; a whole tower may have any weights.
        encoder
            Which model that is.
        device
            Where to compute.

        Raises
        ------
        EncoderMismatchError
            If it is another model, or preprocesses images in another way.
        InputError
            If the file has not all that was trained.
        """
        import torch
        from safetensors.torch import load_file

        self._check(encoder)
        model = MultiTaskModel(ImageTower(visual, self.n_blocks), self.tasks, device)
        stored = load_file(self.path)
        wanted = _tensors(model, whole=self.tower is not None)
        if stored.keys() != wanted.keys() or any(
            stored[name].shape != tensor.shape for name, tensor in wanted.items()
        ):
            problem = "its weights are not those that its description names"
            raise refused(self.path, problem)
        with torch.no_grad():
            for name, tensor in wanted.items():
                tensor.copy_(stored[name])
        return model

    def _check(self, encoder: EncoderRecord) -> None:
        pairs = {
            "weights": (encoder.weights_sha256, self.encoder.weights_sha256),
            "preprocessing": (encoder.preprocessing_json, self.encoder.preprocessing_json),
        }
        for what, (found, expected) in pairs.items():
            if found != expected:
                raise EncoderMismatchError(
                    f"{encoder.name} of '{self.path}'", what, found=found, expected=expected
                )


def save_finetuned(
    path: Path,
    model: MultiTaskModel,
    *,
    name: str,
    encoder: EncoderRecord,
    n_blocks: int,
    training: Mapping[str, Any],
    tower: WholeTower | None = None,
) -> str:
    """Write what was trained of a model, whole or not at all; return the file's SHA-256 (hex).

    With `tower`, which describes the model's own, all of the tower is written.
    """
    description = {
        "format": FORMAT,
        "name": name,
        "kind": FINETUNED,
        "input": POOLED_FEATURES,
        "blocks": n_blocks if tower is None else _ALL,
        "encoder": asdict(encoder),
        **({} if tower is None else {"tower": asdict(tower)}),
        "heads": {task.attribute: _described(task) for task in model.tasks},
        "training": dict(training),
    }
    tensors = {
        key: value.detach().cpu().numpy()
        for key, value in _tensors(model, whole=tower is not None).items()
    }
    return write_described(path, tensors, description)


def is_finetuned(path: Path) -> bool:
    """Say whether a file is one of a fine-tuned model, or of linear heads.

    Raises
    ------
    InputError
        If it is neither.
    """
    return bool(read_description(path).get("input") == POOLED_FEATURES)


def load_finetuned(path: Path) -> FinetunedFile:
    """Read what a file of a fine-tuned model says; its weights are read by `model`.

    Raises
    ------
    InputError
        If the file is not there, or is something else.
    """
    described = read_description(path)
    if described.get("input") != POOLED_FEATURES:
        problem = f"its heads take {described.get('input')!r}, {POOLED_FEATURES!r} was expected"
        raise refused(path, problem)
    try:
        tower = WholeTower(**described["tower"]) if described["blocks"] == _ALL else None
        return FinetunedFile(
            path=path,
            name=described["name"],
            encoder=EncoderRecord(**described["encoder"]),
            n_blocks=described["blocks"] if tower is None else tower.n_blocks,
            tasks=tuple(_task(key, facts) for key, facts in described["heads"].items()),
            training=described["training"],
            sha256=sha256_of(path),
            tower=tower,
        )
    except (KeyError, TypeError) as error:
        raise refused(path, f"its description is not whole ({error})") from error


def _tensors(model: MultiTaskModel, *, whole: bool) -> dict[str, torch.Tensor]:
    """Return the model's own tensors by their names in a file; `whole`: with its whole tower."""
    tensors: dict[str, torch.Tensor] = {}
    for task, head in zip(model.tasks, model.heads, strict=True):
        for part, parameter in head.named_parameters():
            tensors[f"{task.attribute}.{part}"] = parameter
    if whole:
        state = model.tower.module.state_dict()
        return tensors | {f"tower.{name}": tensor for name, tensor in state.items()}
    return tensors | {key: p for key, p in model.trained().items() if key.startswith("tower.")}


def _described(task: HeadTask) -> dict[str, Any]:
    facts = asdict(task)
    del facts["attribute"]
    return {"type": "regression" if task.is_number else "classification", **facts}


def _task(attribute: str, facts: Mapping[str, Any]) -> HeadTask:
    values = {key: value for key, value in facts.items() if key != "type"}
    return HeadTask(attribute, **(values | {"classes": tuple(values["classes"])}))
