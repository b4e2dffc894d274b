"""Encoders: open_clip models that turn images and texts into unit vectors.

torch lives only here.
"""

from __future__ import annotations

import hashlib
import pickle
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from facestore import resources
from facestore.config import DEFAULT_PRECISION
from facestore.errors import EncoderError, InputError, UnknownNameError
from facestore.records import EncoderRecord, Float32, ModelName, unit_rows

if TYPE_CHECKING:
    import torch
    from PIL import Image

TINY = "tiny"
PRECISIONS = (
    "fp32", "fp16", "bf16", "pure_fp16", "pure_bf16", "amp", "amp_bf16", "amp_bfloat16",
)  # fmt: skip
DEVICES = ("auto", "cpu", "cuda", "mps")
_TEXTS_AT_ONCE = 256
_LIBRARIES = ("torch", "torchvision", "open_clip_torch", "pillow", "numpy")


class Encoder(Protocol):
    """What the pipeline needs of a model."""

    @property
    def record(self) -> EncoderRecord:
        """What identifies it."""

    def preprocess(self, image: Image.Image) -> torch.Tensor:
        """Turn an RGB image into the model's input; called from several threads."""

    def encode_images(self, inputs: Sequence[torch.Tensor]) -> Float32:
        """Turn B preprocessed images into float32 (B, D) unit vectors."""

    def encode_texts(self, texts: Sequence[str]) -> Float32:
        """Turn T texts into float32 (T, D) unit vectors."""


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
        One of `PRECISIONS`.
    device
        Where the model is.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Callable[[list[str]], torch.Tensor],
        *,
        name: ModelName,
        precision: str,
        device: torch.device,
    ) -> None:
        import open_clip
        from open_clip.transform import PreprocessCfg, image_transform_v2
        from open_clip_train.precision import get_autocast

        self._model = model.eval()
        self._tokenizer = tokenizer
        self._name = name
        self._precision = precision
        self._device = device
        self._dtype = open_clip.get_input_dtype(precision)
        self._autocast = get_autocast(precision, device_type=device.type)
        config = PreprocessCfg(**model.visual.preprocess_cfg)
        self._preprocessing = asdict(config)
        self._transform = image_transform_v2(config, is_train=False)

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
            preprocessing=self._preprocessing | {"quick_gelu": quick},
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
        """Apply the model's own evaluation transform: float32 (3, H, W)."""
        tensor: torch.Tensor = self._transform(image)
        return tensor

    def encode_images(self, inputs: Sequence[torch.Tensor]) -> Float32:
        """Encode B preprocessed images to float32 (B, D) unit vectors."""
        import torch

        batch = torch.stack(list(inputs)).to(self._device, self._dtype, non_blocking=True)
        with torch.inference_mode(), self._autocast():
            vectors = self._model.encode_image(batch)
        return unit_rows(vectors.float().cpu().numpy())

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


class LazyEncoder:
    """A model that is loaded when it is first needed.

    Parameters
    ----------
    name
        Which model.
    precision, device, force_quick_gelu
        As `load_encoder` takes them.
    notify
        Called with a line for the user where loading corrects something.
    """

    def __init__(
        self,
        name: ModelName,
        *,
        precision: str = DEFAULT_PRECISION,
        device: str = "auto",
        force_quick_gelu: bool = False,
        notify: Callable[[str], None] = warnings.warn,
    ) -> None:
        self._options = (precision, device, force_quick_gelu, notify)
        self._lock = threading.Lock()
        self._loaded: OpenClipEncoder | None = None
        self.model = name
        self._device = device
        self.name = EncoderRecord(
            "open_clip", name.architecture, name.without_folder().pretrained, precision
        ).name

    @property
    def device(self) -> str:
        """Where the model runs; `auto` stays so until it is loaded."""
        return self._device if self._loaded is None else str(self._loaded.device)

    def load(self) -> OpenClipEncoder:
        """Return the model; the first call loads it, from whichever thread it comes."""
        with self._lock:
            if self._loaded is None:
                precision, device, force_quick_gelu, notify = self._options
                self._loaded = load_encoder(
                    self.model,
                    precision=precision,
                    device=device,
                    force_quick_gelu=force_quick_gelu,
                    notify=notify,
                )
            return self._loaded


def load_encoder(
    name: ModelName,
    *,
    precision: str = DEFAULT_PRECISION,
    device: str = "auto",
    force_quick_gelu: bool = False,
    notify: Callable[[str], None] = warnings.warn,
) -> OpenClipEncoder:
    """Load a model with its weights.

    Parameters
    ----------
    name
        An architecture and weights of open_clip, `hf-hub:org/name`, a checkpoint, or `tiny`.
    precision
        One of `PRECISIONS`, with open_clip's meaning.
    device
        One of `DEVICES`; `auto` takes CUDA, then MPS, then the CPU.
    force_quick_gelu
        For a checkpoint that was trained with QuickGELU; for open_clip's tags this is known.
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
    if precision not in PRECISIONS:
        raise UnknownNameError("precision", precision, PRECISIONS)
    source = _source(name)
    quick_gelu = force_quick_gelu or _needs_quick_gelu(name, notify)
    bpe = {"bpe_path": str(resources.asset("tiny_clip") / "bpe.txt.gz")}
    try:
        model = open_clip.create_model(
            source,
            pretrained=name.pretrained,
            precision=precision,
            device=chosen,
            require_pretrained=True,
            force_quick_gelu=quick_gelu,
        )
        tokenizer = open_clip.get_tokenizer(source, **(bpe if name.architecture == TINY else {}))
    except (RuntimeError, OSError, ValueError, KeyError, pickle.UnpicklingError) as error:
        if "weights_only" in str(error) or isinstance(error, pickle.UnpicklingError):
            # torch's own words advise to load it all the same, which would run what is in it.
            message = (
                f"'{name.pretrained}' is refused: it is a pickle of more than weights, which could "
                "run code. Give weights alone: .safetensors, or a state_dict saved by torch.save."
            )
            raise EncoderError(message) from error
        reason = " ".join(str(error).split())[:300]
        message = (
            f"Model {name.architecture!r} with weights {name.pretrained!r} could not be loaded: "
            f"{reason}. Check the network, or give a checkpoint file as --pretrained FILE."
        )
        raise EncoderError(message) from error
    return OpenClipEncoder(model, tokenizer, name=name, precision=precision, device=chosen)


def check_pretrained(models: Sequence[str], pretrained: str | None) -> None:
    """Refuse weights that no model would take.

    Parameters
    ----------
    models
        Names as `ModelName.parse` reads them.
    pretrained
        Weights of those that name none; None: nothing is refused but `tiny` with weights.

    Raises
    ------
    InputError
        If every model has weights of its own, or there is no model.
    """
    names = [ModelName.parse(model) for model in models]
    if any(name.architecture == TINY and name.pretrained for name in names):
        message = f"{TINY!r} has its own weights and takes no others: say --model {TINY} alone."
        raise InputError(message)
    if pretrained is None or any(
        name.pretrained is None and not _brings_weights(name.architecture) for name in names
    ):
        return
    why = f"{', '.join(map(repr, models))} has weights already" if models else "there is no --model"
    message = (
        f"--pretrained {pretrained!r} would not be used, since {why}: leave it out, or give the "
        "architecture that the weights are of, as --model ViT-B-32."
    )
    raise InputError(message)


def _brings_weights(architecture: str) -> bool:
    return architecture == TINY or architecture.startswith(("hf-hub:", "local-dir:"))


def available_models() -> list[tuple[str, str]]:
    """Return every (architecture, pretrained) pair that open_clip can download."""
    import open_clip

    return sorted(open_clip.list_pretrained())


def weights_sha256(state: Mapping[str, torch.Tensor]) -> str:
    """Hash weights by name, type, shape and bytes, in order of their names."""
    import torch

    digest = hashlib.sha256()
    for name in sorted(state):
        tensor = state[name].detach().cpu().contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _source(name: ModelName) -> str:
    """Return the name by which open_clip makes a model."""
    if name.architecture == TINY:
        return f"local-dir:{resources.asset('tiny_clip')}"
    if not name.architecture.startswith(("hf-hub:", "local-dir:")):
        _check_known(name)
    return name.architecture


def _check_known(name: ModelName) -> None:
    import open_clip

    architectures = open_clip.list_models()
    if name.architecture.replace("/", "-") not in architectures:
        todo = "`facestore models` lists what open_clip offers."
        raise UnknownNameError("model", name.architecture, [TINY, *architectures], todo)
    tags = open_clip.list_pretrained_tags_by_model(name.architecture)
    if name.pretrained is None:
        message = (
            f"Model {name.architecture!r} needs weights: --pretrained TAG or a checkpoint file, or "
            f"{name.architecture},TAG. Tags: {', '.join(tags) or 'none'}."
        )
        raise InputError(message)
    if name.pretrained not in tags and not Path(name.pretrained).is_file():
        todo = "A checkpoint file works too."
        raise UnknownNameError(f"weights of {name.architecture}", name.pretrained, tags, todo)


def _needs_quick_gelu(name: ModelName, notify: Callable[[str], None]) -> bool:
    """Find out whether the weights want QuickGELU where the architecture has GELU.

    open_clip only warns, and the model then is a little wrong in silence.
    """
    import open_clip

    config = open_clip.get_pretrained_cfg(name.architecture, name.pretrained or "")
    if not config:
        return False
    wanted = bool(config.get("quick_gelu", False))
    built = bool((open_clip.get_model_config(name.architecture) or {}).get("quick_gelu", False))
    if built and not wanted:
        plain = name.architecture.removesuffix("-quickgelu")
        message = (
            f"Weights {name.pretrained!r} were trained with GELU, but {name.architecture!r} "
            f"computes QuickGELU: use {plain},{name.pretrained}."
        )
        raise EncoderError(message)
    if wanted and not built:
        notify(f"{name.architecture} {name.pretrained}: trained with QuickGELU, so it is used.")
    return wanted and not built


def choose_device(wanted: str) -> torch.device:
    """Return one of `DEVICES`; `auto` takes CUDA, then MPS, then the CPU."""
    import torch

    if wanted not in DEVICES:
        raise UnknownNameError("device", wanted, DEVICES)
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if wanted == "auto":
        wanted = next(device for device, there in available.items() if there)
    if not available[wanted]:
        message = f"Device {wanted!r} is not available on this machine: use --device auto."
        raise InputError(message)
    return torch.device(wanted)
