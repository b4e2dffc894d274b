"""Models with random weights, saved as a user has them: checkpoints of timm, folders of transformers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import timm
import torch

SIDE = 32
_TRANSFORMER = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64,
}  # fmt: skip
_VISION = _TRANSFORMER | {"image_size": SIDE, "patch_size": 8}
_TEXT = _TRANSFORMER | {"vocab_size": 40, "max_position_embeddings": 16}
_SPECIAL = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2}
# What the tokenizer of the tests knows, beside what begins, ends and fills up.
_WORDS = "a photo of the face person man woman male female old young <unk>"


def timm_checkpoint(name: str, folder: Path, **options: Any) -> tuple[Path, torch.nn.Module]:
    """Save a model of timm with random weights; return the file and the model without its head."""
    torch.manual_seed(0)
    model = timm.create_model(name, pretrained=False, **options).eval()
    with torch.no_grad():  # else all means and deviations of a batch norm are alike
        for buffer in (each for each in model.buffers() if each.is_floating_point()):
            buffer.add_(torch.rand(buffer.shape) * 0.2)
    path = folder / f"{name}.pt"
    torch.save(model.state_dict(), path)
    if not options:
        model.reset_classifier(0)
    return path, model


def timm_folder(name: str, folder: Path, **options: Any) -> Path:
    """Save a model of timm as a folder, with what its configuration says."""
    from timm.models import save_for_hf

    torch.manual_seed(0)
    model = timm.create_model(name, pretrained=False, **options)
    save_for_hf(model, str(folder), model_args=options, safe_serialization=True)
    return folder


def _tokenizer(folder: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    words = ["<pad>", "<s>", "</s>", *_WORDS.split()]
    made = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="<pad>", bos_token="<s>", eos_token="</s>",
        unk_token="<unk>", model_max_length=16,
    ).save_pretrained(folder)  # fmt: skip


def _clip() -> Any:
    from transformers import CLIPConfig, CLIPModel

    return CLIPModel(
        CLIPConfig(text_config=_TEXT | _SPECIAL, vision_config=_VISION, projection_dim=16)
    )


def _siglip() -> Any:
    from transformers import SiglipConfig, SiglipModel

    model = SiglipModel(SiglipConfig(text_config=_TEXT | _SPECIAL, vision_config=_VISION))
    with torch.no_grad():
        model.logit_scale.fill_(2.0)
        model.logit_bias.fill_(-3.0)
    return model


def _vit(*, pools: bool = True) -> Any:
    from transformers import ViTConfig, ViTModel

    return ViTModel(ViTConfig(**_VISION), add_pooling_layer=pools)


def _resnet() -> Any:
    from transformers import ResNetConfig, ResNetModel

    return ResNetModel(ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1]))


def _bert() -> Any:
    from transformers import BertConfig, BertModel

    return BertModel(BertConfig(**_TEXT))


def _segformer() -> Any:
    from transformers import SegformerConfig, SegformerModel

    return SegformerModel(
        SegformerConfig(
            num_encoder_blocks=2, depths=[1, 1], hidden_sizes=[8, 16], num_attention_heads=[1, 2],
            sr_ratios=[2, 1], patch_sizes=[7, 3], strides=[4, 2], mlp_ratios=[2, 2],
        )
    )  # fmt: skip


MODELS: dict[str, Callable[[], Any]] = {
    "clip": _clip,
    "siglip": _siglip,
    "vit": _vit,
    "vit-without-pooling": lambda: _vit(pools=False),
    "resnet": _resnet,
    "bert": _bert,
    "segformer": _segformer,
}


def transformers_folder(kind: str, folder: Path, **processor: Any) -> Path:
    """Save one of `MODELS` with random weights, its image processor and, with texts, a tokenizer."""
    from transformers import CLIPImageProcessor, SiglipImageProcessor, ViTImageProcessor

    torch.manual_seed(0)
    MODELS[kind]().eval().save_pretrained(folder)
    square = {"height": SIDE, "width": SIDE}
    if kind == "clip":
        options = {"size": {"shortest_edge": SIDE}, "crop_size": square}
        CLIPImageProcessor(**(options | processor)).save_pretrained(folder)
    else:
        of_kind = SiglipImageProcessor if kind == "siglip" else ViTImageProcessor
        of_kind(**({"size": square} | processor)).save_pretrained(folder)
    if kind in ("clip", "siglip"):
        _tokenizer(folder)
    return folder


def changed_json(path: Path, **values: Any) -> None:
    """Change what a JSON file says."""
    path.write_text(json.dumps(json.loads(path.read_text()) | values))
