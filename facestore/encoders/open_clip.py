"""The backend `open_clip`: its models, with their weights, as encoders."""

from __future__ import annotations

import hashlib
import logging
import pickle
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from facestore import resources
from facestore.config import DEFAULT_PRECISION
from facestore.encoders.devices import choose_device
from facestore.encoders.names import TINY, create_name, needs_quick_gelu
from facestore.encoders.preprocessing import RESIZE_BY, TORCHVISION, Preprocessing
from facestore.errors import EncoderError, UnknownChoiceError, in_one_line
from facestore.precisions import KEPT_AS_HALF, arithmetic_of
from facestore.records import EncoderRecord, Float32, ModelName
from facestore.unit_rows import unit_rows

if TYPE_CHECKING:
    import torch
    from PIL import Image

PRECISIONS = (
    "fp32", "fp16", "bf16", "pure_fp16", "pure_bf16", "amp", "amp_bf16", "amp_bfloat16",
)  # fmt: skip
_TEXTS_AT_ONCE = 256
# What the hub's client says where there is no network, or none is to be used.
_OFFLINE = (
    "locate the file on the Hub",
    "outgoing traffic",
    "Name or service not known",
    "offline",
)
_LIBRARIES = ("torch", "torchvision", "open_clip_torch", "pillow", "numpy")


class OpenClipEncoder:
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
        import open_clip
        from open_clip.transform import PreprocessCfg
        from open_clip_train.precision import get_autocast

        self._model = model.eval()
        self._tokenizer = tokenizer
        self._name = name
        self._precision = precision
        self._device = device
        arithmetic = arithmetic_of(precision)
        self._dtype = open_clip.get_input_dtype(arithmetic)
        self._autocast = get_autocast(arithmetic, device_type=device.type)
        self._config = asdict(PreprocessCfg(**model.visual.preprocess_cfg))
        if fast_resize:
            self._config[RESIZE_BY] = TORCHVISION
        self._preprocessing = Preprocessing(self._config)

    @cached_property
    def record(self) -> EncoderRecord:
        """What identifies this encoder; the weights are hashed at the first call."""
        quick = any(type(module).__name__ == "QuickGELU" for module in self._model.modules())
        return EncoderRecord(
            source="open_clip",
            architecture=self._name.architecture,
            pretrained=self._name.without_folder().pretrained,
            precision=self._precision,
            dim=self._dim,
            logit_scale=float(self._model.logit_scale.detach().float().exp()),
            preprocessing=self._config | {"quick_gelu": quick},
            weights_sha256=weights_sha256(self._model.state_dict()),
            versions={library: version(library) for library in _LIBRARIES},
        )

    @property
    def visual(self) -> torch.nn.Module:
        """The image tower; who trains it takes a copy."""
        tower: torch.nn.Module = self._model.visual
        return tower

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        return self._device

    def preprocess(self, image: Image.Image) -> torch.Tensor:
        """Turn an RGB image into what the model takes: float32 (3, H, W)."""
        return self._preprocessing(image)

    def pixels(self, image: Image.Image) -> torch.Tensor:
        """Do the half of `preprocess` that is done for one image at a time: uint8 (3, H, W)."""
        return self._preprocessing.pixels(image)

    def encode_images(self, inputs: Sequence[torch.Tensor]) -> Float32:
        """Encode B images, from `preprocess` or `pixels`, to float32 (B, D) unit vectors."""
        return self.start_images(inputs)()

    def start_images(self, inputs: Sequence[torch.Tensor]) -> Callable[[], Float32]:
        """Start to encode B images; what it returns waits for float32 (B, D) unit vectors.

        A GPU works on while this thread puts the next batch together.
        """
        import torch

        batch = torch.stack(list(inputs))
        if self._device.type == "cuda":
            batch = batch.pin_memory()  # else the copy waits for all work under way
        with torch.inference_mode(), self._autocast():
            batch = batch.to(self._device, non_blocking=True)
            if batch.dtype == torch.uint8:
                batch = self._preprocessing.scale(batch)
            vectors = self._model.encode_image(batch.to(self._dtype))
        return lambda: unit_rows(vectors.float().cpu().numpy())

    def encode_texts(self, texts: Sequence[str]) -> Float32:
        """Encode T texts to float32 (T, D) unit vectors."""
        import torch

        parts = []
        for first in range(0, len(texts), _TEXTS_AT_ONCE):
            tokens = self._tokenizer(list(texts[first : first + _TEXTS_AT_ONCE]))
            with torch.inference_mode(), self._autocast():
                parts.append(self._model.encode_text(tokens.to(self._device)).float().cpu().numpy())
        return unit_rows(np.concatenate(parts))

    @property
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
    if arithmetic_of(precision) not in PRECISIONS:
        known = (*PRECISIONS, *(f"{each}{KEPT_AS_HALF}" for each in PRECISIONS))
        raise UnknownChoiceError("precision", precision, known)
    source = create_name(name)
    quick_gelu = force_quick_gelu or needs_quick_gelu(name, notify)
    try:
        with _silent_libraries():
            model = open_clip.create_model(
                source,
                pretrained=name.pretrained,
                precision=arithmetic_of(precision),
                device=chosen,
                require_pretrained=True,
                force_quick_gelu=quick_gelu,
            )
            tokenizer = load_tokenizer(name)
    except (RuntimeError, OSError, ValueError, KeyError, pickle.UnpicklingError) as error:
        if "weights_only" in str(error) or isinstance(error, pickle.UnpicklingError):
            # torch's own words advise to load it all the same, which would run what is in it.
            message = (
                f"'{name.pretrained}' is refused: it is a pickle of more than weights, which could "
                "run code. Give weights alone: .safetensors, or a state_dict saved by torch.save."
            )
            raise EncoderError(message) from error
        raise EncoderError(_not_loaded(name, str(error))) from error
    return OpenClipEncoder(
        model,
        tokenizer,
        name=name,
        precision=precision,
        device=chosen,
        fast_resize=fast_resize,
    )


@contextmanager
def _silent_libraries() -> Iterator[None]:
    """Keep libraries from logging what fails: they raise it as well, and it is told once."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(before)


def _not_loaded(name: ModelName, reason: str) -> str:
    """Return that a model could not be loaded, and what helps: another network or other weights."""
    model = f"Model {name.architecture!r} with weights {name.pretrained!r}"
    if any(words in reason for words in _OFFLINE):
        return (
            f"{model} is not on this machine, and could not be fetched: there is no connection. "
            "Run it once with a network (the weights are kept), or fetch them elsewhere and give "
            "the file as `pretrained=FILE`; `models=tiny` needs neither."
        )
    return (
        f"{model} could not be loaded: {in_one_line(reason)}. Check the network, or give a "
        "checkpoint file as `pretrained=FILE`."
    )


def weights_sha256(state: Mapping[str, torch.Tensor]) -> str:
    """Hash weights by name, type, shape and bytes, in order of their names."""
    import torch

    digest = hashlib.sha256()
    for name in sorted(state):
        tensor = state[name].detach().cpu().contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()
