"""The backend `timm`: image models of timm, whose pooled features are the vectors."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facestore.config import DEFAULT_PRECISION
from facestore.encoders.devices import choose_device
from facestore.encoders.image_encoder import ImageEncoder
from facestore.encoders.loading import (
    check_precision,
    loading_errors,
    not_loaded,
    refuse_options,
    silent_libraries,
)
from facestore.encoders.names import require_weights
from facestore.encoders.preprocessing import LIBRARY, OF_TIMM, RESIZE_BY, TORCHVISION
from facestore.encoders.trunks import TimmTower, in_precision, vectors_of
from facestore.errors import EncoderError, UnknownNameError, counted
from facestore.model_names import ModelName

if TYPE_CHECKING:
    import torch


class TimmEncoder(ImageEncoder):
    """A model of timm without its classifier: it encodes images alone.

    Parameters
    ----------
    model
        As `timm.create_model(..., num_classes=0)` returns it.
    name, precision, device
        As `load_encoder` takes them.
    fast_resize
        Whether torchvision resizes pictures, not Pillow; see `Preprocessing`.
    """

    libraries = ("timm",)

    def __init__(
        self,
        model: Any,
        *,
        name: ModelName,
        precision: str,
        device: torch.device,
        fast_resize: bool = False,
    ) -> None:
        config = data_config(model)
        if fast_resize:
            config[RESIZE_BY] = TORCHVISION
        visual = TimmTower(model, config["size"])
        super().__init__(
            model, visual, name=name, precision=precision, device=device, config=config
        )

    def _encode(self, batch: torch.Tensor) -> torch.Tensor:
        return vectors_of(self._visual(batch), self._name.whole_architecture)


def data_config(model: Any) -> dict[str, Any]:
    """Return what timm does to a picture for a model, as `Preprocessing` takes it.

    Raises
    ------
    EncoderError
        If the model takes no pictures in three colours.
    """
    from timm.data import resolve_model_data_config

    config = resolve_model_data_config(model)
    channels, *size = config["input_size"]
    if channels != 3:
        message = (
            f"The model takes pictures of {counted(channels, 'channel')}, three were expected: "
            "use another."
        )
        raise EncoderError(message)
    fields = ("interpolation", "mean", "std", "crop_pct", "crop_mode")
    return {LIBRARY: OF_TIMM, "size": list(size), **{name: config[name] for name in fields}}


def available_models() -> list[tuple[str, str]]:
    """Return every architecture and weights that timm can download."""
    import timm

    return sorted(
        (architecture, tag)
        for architecture, _, tag in (
            name.partition(".") for name in timm.list_models(pretrained=True)
        )
    )


def load_encoder(
    name: ModelName,
    *,
    precision: str = DEFAULT_PRECISION,
    device: str = "auto",
    force_quick_gelu: bool = False,
    fast_resize: bool = False,
    notify: Callable[[str], None] = warnings.warn,
) -> TimmEncoder:
    """Load a model with its weights.

    Parameters
    ----------
    name
        An architecture of timm and a tag of its weights or a checkpoint file; or a place:
        `hf-hub:org/name`, or a folder as `timm.models.save_for_hf` writes it.
    precision
        One of `PRECISIONS`, with or without `/float16`. `fp16` and `bf16` are as `pure_fp16` and
        `pure_bf16`: all weights have that type.
    device
        As `choose_device` takes it; `auto` takes CUDA, then MPS, then the CPU.
    force_quick_gelu
        Refused: it is for models of open_clip.
    fast_resize
        Have torchvision resize pictures, not Pillow: another encoder, with a name of its own.
    notify
        Not used.

    Raises
    ------
    UnknownNameError
        If timm has no such architecture or weights.
    EncoderError
        If the weights cannot be had, or do not fit.
    """
    chosen = choose_device(device)
    arithmetic = check_precision(precision)
    refuse_options("timm", force_quick_gelu=force_quick_gelu)
    if not name.is_place:
        _check_known(name)
    described = f"Model '{name.whole_architecture}'"
    if name.pretrained:
        described += f" with weights '{name.pretrained}'"
    try:
        with silent_libraries():
            model = _made(name)
    except loading_errors() as error:
        todo = "give a checkpoint file as `pretrained=FILE`"
        raise not_loaded(described, error, todo, file=name.pretrained) from error
    return TimmEncoder(
        in_precision(model, arithmetic, chosen),
        name=name,
        precision=precision,
        device=chosen,
        fast_resize=fast_resize,
    )


def _made(name: ModelName) -> Any:
    """Build a model without its classifier, with its weights."""
    import timm

    if name.is_place:
        folder = name.folder
        if folder is not None and not folder.is_dir():
            message = f"there is no folder '{folder}'"
            raise FileNotFoundError(message)
        place = name.architecture if folder is None else f"local-dir:{folder}"
        return timm.create_model(place, pretrained=True, num_classes=0)
    tag = str(name.pretrained)
    if not Path(tag).is_file():
        return timm.create_model(f"{name.architecture}.{tag}", pretrained=True, num_classes=0)
    model = timm.create_model(name.architecture, pretrained=False, num_classes=0)
    _fill(model, Path(tag))
    return model


def _fill(model: Any, file: Path) -> None:
    """Give a model the weights of a checkpoint, all of them; a classifier in it is left out.

    Raises
    ------
    ValueError
        If they are of another architecture.
    """
    from timm.models import load_state_dict

    found = load_state_dict(str(file), use_ema=False, weights_only=True)
    wanted = model.state_dict()
    state = _without_classifier(found, model)
    if not _fits(state, wanted):
        translate = getattr(import_module(type(model).__module__), "checkpoint_filter_fn", None)
        if translate is not None:  # the names that the authors of an architecture gave
            state = _without_classifier(translate(found, model), model)
    if not _fits(state, wanted):
        raise ValueError(_misfit(state, wanted))
    model.load_state_dict(state, strict=True)


def _without_classifier(state: Mapping[str, Any], model: Any) -> dict[str, Any]:
    names = (model.pretrained_cfg or {}).get("classifier") or ()
    classifiers = tuple(f"{each}." for each in ([names] if isinstance(names, str) else names))
    kept = model.state_dict()
    return {
        name: tensor
        for name, tensor in state.items()
        if name in kept or not (classifiers and name.startswith(classifiers))
    }


def _fits(state: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return state.keys() == wanted.keys() and all(
        getattr(tensor, "shape", None) == wanted[name].shape for name, tensor in state.items()
    )


def _misfit(state: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    missing, others = wanted.keys() - state.keys(), state.keys() - wanted.keys()
    if missing or others:
        return (
            f"the file has other weights: {counted(len(missing), 'tensor')} of the model "
            f"{'is' if len(missing) == 1 else 'are'} missing in it, and it has "
            f"{counted(len(others), 'other')}; is it of another architecture?"
        )
    name = next(each for each in wanted if wanted[each].shape != state[each].shape)
    return (
        f"'{name}' has shape {tuple(state[name].shape)} in the file and "
        f"{tuple(wanted[name].shape)} in the model; is it of another architecture?"
    )


def _check_known(name: ModelName) -> None:
    import timm

    architectures = timm.list_models()
    if name.architecture not in architectures:
        todo = (
            "`facestore models timm:` lists what timm offers; a folder is named with its path, as "
            "`timm:./FOLDER`."
        )
        known = [f"timm:{each}" for each in architectures]
        raise UnknownNameError("model", name.whole_architecture, known, todo)
    tags = [
        each.partition(".")[2]
        for each in timm.list_pretrained(f"{name.architecture}.*")
        if each.partition(".")[0] == name.architecture
    ]
    require_weights(name, name.whole_architecture, tags, "timm")
