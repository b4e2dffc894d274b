"""The backend `open_clip`: its models, with their weights, as encoders."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from facestore import resources
from facestore.config import DEFAULT_PRECISION
from facestore.encoders.devices import choose_device
from facestore.encoders.image_encoder import ImageEncoder
from facestore.encoders.loading import (
    check_precision,
    loading_errors,
    not_loaded,
    silent_libraries,
)
from facestore.encoders.names import TINY, create_name, needs_quick_gelu
from facestore.encoders.preprocessing import RESIZE_BY, TORCHVISION
from facestore.errors import EncoderError
from facestore.model_names import ModelName

if TYPE_CHECKING:
    import torch


class OpenClipEncoder(ImageEncoder):
    """A model of open_clip.

    Parameters
    ----------
    model
        As `open_clip.create_model` returns it.
    tokenizer
        As `open_clip.get_tokenizer` returns it.
    name
        Which model it is.
    precision
        As `load_encoder` takes it.
    device
        Where the model is.
    fast_resize
        Whether torchvision resizes pictures, not Pillow; see `Preprocessing`.
    """

    libraries = ("open_clip_torch",)

    def __init__(
        self,
        model: Any,
        tokenizer: Callable[[list[str]], torch.Tensor],
        *,
        name: ModelName,
        precision: str,
        device: torch.device,
        fast_resize: bool = False,
    ) -> None:
        from open_clip.transform import PreprocessCfg

        config = asdict(PreprocessCfg(**model.visual.preprocess_cfg))
        if fast_resize:
            config[RESIZE_BY] = TORCHVISION
        super().__init__(
            model, model.visual, name=name, precision=precision, device=device, config=config
        )
        self._tokenizer = tokenizer

    def _facts(self) -> dict[str, Any]:
        quick = any(type(module).__name__ == "QuickGELU" for module in self._model.modules())
        return {"quick_gelu": quick}

    def _encode(self, batch: torch.Tensor) -> torch.Tensor:
        vectors: torch.Tensor = self._model.encode_image(batch)
        return vectors

    def _encode_texts(self, texts: list[str]) -> torch.Tensor:
        vectors: torch.Tensor = self._model.encode_text(self._tokenizer(texts).to(self._device))
        return vectors

    def _dim(self) -> int:
        return int(self.encode_texts(["a"]).shape[1])


def available_models() -> list[tuple[str, str]]:
    """Return every architecture and weights that open_clip can download."""
    import open_clip

    return sorted(open_clip.list_pretrained())


def load_tokenizer(name: ModelName) -> Callable[..., torch.Tensor]:
    """Return the tokenizer of a model, which needs no weights."""
    import open_clip

    bpe = {"bpe_path": str(resources.asset("tiny_clip") / "bpe.txt.gz")}
    tokenizer: Callable[..., torch.Tensor] = open_clip.get_tokenizer(
        create_name(name), **(bpe if name.architecture == TINY else {})
    )
    return tokenizer


def load_encoder(
    name: ModelName,
    *,
    precision: str = DEFAULT_PRECISION,
    device: str = "auto",
    force_quick_gelu: bool = False,
    fast_resize: bool = False,
    notify: Callable[[str], None] = warnings.warn,
) -> OpenClipEncoder:
    """Load a model with its weights.

    Parameters
    ----------
    name
        An architecture and weights of open_clip, `hf-hub:org/name`, a checkpoint, or `tiny`.
    precision
        One of `PRECISIONS`, with open_clip's meaning, or with `/float16` behind it: image vectors
        are kept so.
    device
        As `choose_device` takes it; `auto` takes CUDA, then MPS, then the CPU.
    force_quick_gelu
        For a checkpoint that was trained with QuickGELU; for open_clip's tags this is known.
    fast_resize
        Have torchvision resize pictures, not Pillow: another encoder, with a name of its own.
    notify
        Called with a line for the user where the name was corrected.

    Raises
    ------
    UnknownNameError
        If open_clip has no such architecture or weights.
    EncoderError
        If the weights cannot be had, do not fit, or do not belong to the architecture.
    """
    import open_clip

    chosen = choose_device(device)
    arithmetic = check_precision(precision)
    source = create_name(name)
    quick_gelu = force_quick_gelu or needs_quick_gelu(name, notify)
    try:
        with silent_libraries():
            model = open_clip.create_model(
                source,
                pretrained=name.pretrained,
                precision=arithmetic,
                device=chosen,
                require_pretrained=True,
                force_quick_gelu=quick_gelu,
            )
            tokenizer = load_tokenizer(name)
    except loading_errors() as error:
        described = f"Model {name.architecture!r} with weights {name.pretrained!r}"
        todo = "give a checkpoint file as `pretrained=FILE`"
        raise not_loaded(described, error, todo, file=name.pretrained) from error
    _check_tokenizer(name, model, tokenizer)
    return OpenClipEncoder(
        model,
        tokenizer,
        name=name,
        precision=precision,
        device=chosen,
        fast_resize=fast_resize,
    )


def _check_tokenizer(name: ModelName, model: torch.nn.Module, tokenizer: Any) -> None:
    """Refuse a tokenizer that makes more tokens than the model has: texts would mean nothing."""
    made = getattr(tokenizer, "vocab_size", None)
    has = getattr(getattr(model, "text", model), "vocab_size", None)
    if isinstance(made, int) and isinstance(has, int) and made > has:
        message = (
            f"Model {name.architecture!r} has a vocabulary of {has:,}, and the tokenizer that "
            f"open_clip takes for it one of {made:,}: name the model's own tokenizer in its "
            "open_clip_config.json, as text_cfg hf_tokenizer_name."
        )
        raise EncoderError(message)
