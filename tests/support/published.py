"""A published classifier with random weights, as transformers computes and saves it."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import CLIPVisionConfig, CLIPVisionModel

SIZES = {"age": 9, "gender": 2, "race": 7}
SMALL = {
    "hidden_size": 64, "intermediate_size": 192, "num_hidden_layers": 2, "num_attention_heads": 4,
    "image_size": 32, "patch_size": 8,
}  # fmt: skip


class Card(torch.nn.Module):
    """The class that the card asks its readers to define, with a tower of any size."""

    def __init__(self, config: CLIPVisionConfig, sizes: dict[str, int] = SIZES) -> None:
        super().__init__()
        tower = CLIPVisionModel(config)
        # transformers 4 had the tower in `vision_model`, 5 has none around it.
        self.vision_model = getattr(tower, "vision_model", tower)
        for task, n in sizes.items():
            setattr(self, f"{task}_head", torch.nn.Linear(config.hidden_size, n))

    def forward(self, pixel_values: torch.Tensor) -> dict[str, torch.Tensor]:
        pooled = self.vision_model(pixel_values=pixel_values).pooler_output
        return {task: getattr(self, f"{task}_head")(pooled) for task in SIZES}


def make_card(seed: int = 0, **config: object) -> Card:
    """Return a card of which no two weights are alike, so that nothing can be confused."""
    torch.manual_seed(seed)
    card = Card(CLIPVisionConfig(**(SMALL | config))).eval()
    with torch.no_grad():
        for name, parameter in card.named_parameters():
            parameter.copy_(torch.randn_like(parameter) * (0.3 if parameter.ndim > 1 else 0.1))
            if "norm.weight" in name or "norm1.weight" in name or "norm2.weight" in name:
                parameter.add_(1)
    return card


def write_card(folder: Path, card: Card, **preprocessing: object) -> Path:
    """Write the files of a card; without `preprocessing` there is no file of it."""
    folder.mkdir(parents=True, exist_ok=True)
    config = card.vision_model.config.to_dict()
    (folder / "config.json").write_text(json.dumps(config))
    save_file(card.state_dict(), folder / "model.safetensors")
    if preprocessing:
        (folder / "preprocessor_config.json").write_text(json.dumps(preprocessing))
    return folder
