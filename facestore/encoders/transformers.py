"""The backend `transformers`: vision models, and those like CLIP and SigLIP with their texts."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facestore.config import DEFAULT_PRECISION
from facestore.encoders.devices import choose_device
from facestore.encoders.image_encoder import ImageEncoder, no_texts
from facestore.encoders.loading import (
    check_precision,
    loading_errors,
    not_loaded,
    refuse_options,
    silent_libraries,
)
from facestore.encoders.processors import Processor, require_transformers
from facestore.encoders.trunks import TransformersTower, first_output, in_precision
from facestore.errors import EncoderError, InputError, counted, preview
from facestore.errors.inputs import near_names
from facestore.model_names import ModelName

if TYPE_CHECKING:
    import torch

# One of each has to be in a folder; newer versions write the other name for processors of both.
_NEEDED = {
    ("config.json",): "it is no model of transformers: `save_pretrained` of the model",
    ("preprocessor_config.json", "processor_config.json"): (
        "nothing says how pictures get into it: `save_pretrained` of its image processor"
    ),
}
_TODO = "give a folder with it as `models=transformers:FOLDER`"
# Where a model says how many tokens of a text it reads.
_LENGTH = "max_position_embeddings"


class TransformersEncoder(ImageEncoder):
    """A model of transformers; it encodes texts too where it has a tower for them.

    Parameters
    ----------
    model
        As `AutoModel` returns it.
    processor
        Its image processor.
    tokenizer
        What turns texts into tokens, if it has texts and its folder a tokenizer.
    name, precision, device
        As `load_encoder` takes them.
    """

    libraries = ("transformers",)

    def __init__(
        self,
        model: Any,
        processor: Processor,
        tokenizer: Tokenizer | None,
        *,
        name: ModelName,
        precision: str,
        device: torch.device,
    ) -> None:
        visual = TransformersTower(model, name.whole_architecture, processor.config["size"])
        super().__init__(
            model, visual, name=name, precision=precision, device=device, config=processor.config
        )
        self._tokenizer = tokenizer

    def _facts(self) -> dict[str, Any]:
        return {"vector": self._visual.reads(self._blank()[None].to(self._device, self._dtype))}

    def _encode_texts(self, texts: list[str]) -> torch.Tensor:
        if not has_texts(self._model):
            raise no_texts(self._name.without_folder().whole_architecture)
        if self._tokenizer is None:
            why = "its folder has no tokenizer"
            raise no_texts(self._name.without_folder().whole_architecture, why)
        tokens = self._tokenizer.inputs(texts)
        made = self._model.get_text_features(
            **{key: tensor.to(self._device) for key, tensor in tokens.items()}
        )
        vectors: torch.Tensor = first_output(made, ("pooler_output", "text_embeds"))
        return vectors


class Tokenizer:
    """A tokenizer of transformers, called as those of open_clip are.

    Parameters
    ----------
    tokenizer
        As `AutoTokenizer` returns it.
    length
        How many tokens the model reads.
    """

    def __init__(self, tokenizer: Any, length: int) -> None:
        self._tokenizer, self._length = tokenizer, length
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token

    def inputs(self, texts: list[str], length: int | None = None) -> dict[str, torch.Tensor]:
        """Return what a model takes of texts: `input_ids` (T, L), and a mask if it has one."""
        made = self._tokenizer(
            texts, padding="max_length", truncation=True, max_length=length or self._length,
            return_tensors="pt",
        )  # fmt: skip
        return {key: made[key] for key in ("input_ids", "attention_mask") if key in made}

    def __call__(self, texts: list[str], context_length: int | None = None) -> torch.Tensor:
        """Return tokens, (T, L), as `reading.read_texts` takes them."""
        return self.inputs(list(texts), context_length)["input_ids"]


def available_models() -> list[tuple[str, str]]:
    """Return nothing: there is no list of the models of the hub."""
    return []


def has_texts(model: Any) -> bool:
    """Say whether a model has a tower for texts beside that for images, in one space."""
    return hasattr(model, "get_image_features") and hasattr(model, "get_text_features")


def load_tokenizer(name: ModelName) -> Tokenizer:
    """Return the tokenizer of a model, which needs no weights.

    Raises
    ------
    OSError, ValueError
        If it has none.
    """
    require_transformers()
    from transformers import AutoConfig, AutoTokenizer

    place, options = _place(name)
    config = AutoConfig.from_pretrained(place, **options)
    with silent_libraries():
        tokenizer = AutoTokenizer.from_pretrained(place, **options)
    if not tokenizer.get_vocab().keys() - set(tokenizer.all_special_tokens):
        message = f"'{place}' has no tokenizer"  # transformers makes one that knows no word
        raise ValueError(message)
    length = getattr(getattr(config, "text_config", config), _LENGTH, None)
    return Tokenizer(tokenizer, int(length or tokenizer.model_max_length))


def load_encoder(
    name: ModelName,
    *,
    precision: str = DEFAULT_PRECISION,
    device: str = "auto",
    force_quick_gelu: bool = False,
    fast_resize: bool = False,
    notify: Callable[[str], None] = warnings.warn,
) -> TransformersEncoder:
    """Load a model with its weights, its image processor and, if it has texts, its tokenizer.

    Parameters
    ----------
    name
        A folder as `save_pretrained` writes it, or `org/name` of the hub.
    precision
        One of `PRECISIONS`, with or without `/float16`. `fp16` and `bf16` are as `pure_fp16` and
        `pure_bf16`: all weights have that type.
    device
        As `choose_device` takes it; `auto` takes CUDA, then MPS, then the CPU.
    force_quick_gelu, fast_resize
        Refused: they are for models of other backends.
    notify
        Called with a line where the weights lack the model's own pooling.

    Raises
    ------
    EncoderError
        If the library is not installed, the model cannot be had, its weights are not whole, or it
        takes no pictures.
    """
    require_transformers()
    chosen = choose_device(device)
    arithmetic = check_precision(precision)
    refuse_options("transformers", force_quick_gelu=force_quick_gelu, fast_resize=fast_resize)
    _check_folder(name)
    described = f"Model '{name.whole_architecture}'"
    try:
        with silent_libraries(), _no_bars():
            model = _made(name, notify)
            processor = _processor(name)
            tokenizer = _tokenizer(name) if has_texts(model) else None
    except loading_errors() as error:
        near = "" if name.folder else _near_folders(Path(name.architecture))
        if near:
            described += f" (d{near})"
        raise not_loaded(described, error, _TODO) from error
    return TransformersEncoder(
        in_precision(model.eval(), arithmetic, chosen),
        processor,
        tokenizer,
        name=name,
        precision=precision,
        device=chosen,
    )


def _made(name: ModelName, notify: Callable[[str], None]) -> Any:
    """Return a model all of whose weights are in its files.

    Raises
    ------
    EncoderError
        If some are missing, or it has no image side.
    """
    import torch
    from transformers import AutoModel

    place, options = _place(name)
    options |= {"dtype": torch.float32, "output_loading_info": True}
    model, info = AutoModel.from_pretrained(place, **options)
    missing = set(info["missing_keys"])
    if missing and all(each.startswith("pooler.") for each in missing):
        # What a classifier was fine-tuned without would be drawn at random.
        model, info = AutoModel.from_pretrained(place, add_pooling_layer=False, **options)
        missing = set(info["missing_keys"])
        notify(
            f"{name.whole_architecture}: its weights have no pooling, so the class token is read."
        )
    wrong = sorted(missing | {str(each[0]) for each in info["mismatched_keys"]})
    if wrong:
        message = (
            f"'{place}' lacks weights of {type(model).__name__}, or has some of another shape: "
            f"{counted(len(wrong), 'tensor')} ({preview(wrong)}). Is it another architecture's? "
            "Give one that is whole."
        )
        raise EncoderError(message)
    is_of_images = model.main_input_name == "pixel_values" or hasattr(model, "get_image_features")
    if not is_of_images:
        message = (
            f"'{place}' is a {type(model).__name__}, which takes {model.main_input_name!r} and no "
            "pictures: give a vision model, or one like CLIP."
        )
        raise EncoderError(message)
    return model


def _processor(name: ModelName) -> Processor:
    from transformers import AutoImageProcessor

    place, options = _place(name)
    return Processor(AutoImageProcessor.from_pretrained(place, **options))


def _tokenizer(name: ModelName) -> Tokenizer | None:
    try:
        return load_tokenizer(name)
    except (OSError, ValueError, KeyError, ImportError, TypeError):  # what it says without one
        return None


def _place(name: ModelName) -> tuple[str, dict[str, Any]]:
    """Return where a model is, and how it is opened: code in it never runs."""
    folder = name.folder
    is_here = folder is not None
    options = {"trust_remote_code": False, "local_files_only": is_here}
    return (str(folder) if is_here else name.architecture.removeprefix("hf-hub:")), options


def _check_folder(name: ModelName) -> None:
    """Refuse a folder that is not there, or is none of a model.

    Raises
    ------
    InputError
        If it is so.
    """
    folder = name.folder
    if folder is None:
        return
    if not folder.is_dir():
        near = _near_folders(folder)
        hint = f" D{near}" if near else ""
        message = (
            f"There is no folder '{folder}' with a model of transformers.{hint} `save_pretrained` "
            "writes one."
        )
        raise InputError(message)
    for files, so in _NEEDED.items():
        if not any((folder / each).is_file() for each in files):
            message = f"'{folder}' has no {files[0]}, so {so} writes one."
            raise InputError(message)


def _near_folders(folder: Path) -> str:
    """Return a question that suggests folders of a similar name; often none."""
    parent = folder.parent
    there = [each.name for each in parent.iterdir() if each.is_dir()] if parent.is_dir() else []
    near = [repr(str(parent / each)) for each in near_names(folder.name, sorted(there))]
    return f"id you mean {preview(near)}?" if near else ""


@contextmanager
def _no_bars() -> Iterator[None]:
    """Keep transformers from drawing progress bars of its own."""
    from transformers.utils import logging

    was_drawn = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if was_drawn:
            logging.enable_progress_bar()
