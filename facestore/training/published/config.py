"""What the JSON files beside published weights say: the tower, its labels, its preprocessing.

`config.json` is that of a `CLIPVisionModel` of transformers, or of a `CLIPModel` (then its
`vision_config` counts); what it leaves out has transformers' default. `preprocessor_config.json` is
that of a `CLIPImageProcessor`.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from facestore.documents import json_of
from facestore.errors import InputError
from facestore.training.gradients.whole_tower import WholeTower

CONFIG, PREPROCESSOR = "config.json", "preprocessor_config.json"
HEADS = ("age", "gender", "race")

# The card numbers its labels in the order of their characters: 3-9 is behind 20-29.
CARD_CLASSES: Mapping[str, tuple[str, ...]] = {
    "age": (
        "0-2", "10-19", "20-29", "3-9", "30-39", "40-49", "50-59", "60-69", "more than 70",
    ),
    "gender": ("Female", "Male"),
    "race": (
        "Black", "East Asian", "Indian", "Latino_Hispanic", "Middle Eastern", "Southeast Asian",
        "White",
    ),
}  # fmt: skip

# Defaults of transformers' CLIPVisionConfig, which newer versions do not write.
_SIZES = {
    "hidden_size": 768,
    "intermediate_size": 3072,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "num_channels": 3,
    "image_size": 224,
    "patch_size": 32,
}
_QUICK_GELU = {"quick_gelu": True, "gelu": False}
# Of CLIPImageProcessor: PIL's numbers of the interpolations that open_clip has.
_INTERPOLATIONS = {2: "bilinear", 3: "bicubic", "bilinear": "bilinear", "bicubic": "bicubic"}
_MEAN = (0.48145466, 0.4578275, 0.40821073)
_STD = (0.26862954, 0.26130258, 0.27577711)


def refused(path: Path, problem: str, todo: str) -> InputError:
    """Return the error of a folder or file of a published classifier, in one line."""
    line = f"'{path}' is no classifier that can be imported: {problem}. {todo}"
    return InputError(" ".join(line.split()))


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises
    ------
    InputError
        If it is something else.
    """
    try:
        found = json_of(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise refused(path, f"it cannot be read as JSON ({error})", "Copy it again.") from error
    if not isinstance(found, dict):
        problem = f"a JSON object was expected, not {type(found).__name__}"
        raise refused(path, problem, "Give the file that transformers wrote.")
    return found


def tower_of(folder: Path, config: Mapping[str, Any]) -> WholeTower:
    """Translate `config.json` and the preprocessing into open_clip's words.

    Parameters
    ----------
    folder
        Where the files are; the preprocessing is CLIP's where no file says another.
    config
        What `config.json` says.

    Raises
    ------
    InputError
        If open_clip's ViT cannot be what they say.
    """
    path = folder / CONFIG
    vision = config.get("vision_config", config)
    sizes = _sizes(path, vision)
    act = vision.get("hidden_act", "quick_gelu")
    if act not in _QUICK_GELU:
        problem = f"hidden_act is {act!r}, but {_either(_QUICK_GELU)} was expected"
        raise refused(path, problem, "A tower with another activation cannot be imported.")
    width, heads = sizes["hidden_size"], sizes["num_attention_heads"]
    # Beside open_clip's defaults only what differs, so that known architectures are recognised.
    described: dict[str, Any] = {
        "image_size": sizes["image_size"],
        "layers": sizes["num_hidden_layers"],
        "width": width,
        "patch_size": sizes["patch_size"],
        "head_width": width // heads,
        "mlp_ratio": sizes["intermediate_size"] / width,
    }
    eps = vision.get("layer_norm_eps", 1e-5)
    if eps != 1e-5:
        described["norm_kwargs"] = {"eps": eps}
    return WholeTower(described, _QUICK_GELU[act], _preprocessing(folder, sizes["image_size"]))


def classes_of(folder: Path, config: Mapping[str, Any], attribute: str) -> tuple[str, ...]:
    """Return the labels of a head in the order of its rows: those of the config, or the card's.

    A config may have them as `id2label`, `label2id`, `id_mappings`, `label_mappings` or `labels` by
    attribute, or as `age_id2label`, `age_label2id`, `age_labels`; each a list or an object.

    Raises
    ------
    InputError
        If they are no list of labels, each once.
    """
    for name in ("id2label", "label2id", "id_mappings", "label_mappings", "labels"):
        nested = config.get(name)
        found = nested.get(attribute) if isinstance(nested, Mapping) else None
        for key, value in ((name, found), (name, config.get(f"{attribute}_{name}"))):
            if value is not None:
                return _labels(folder / CONFIG, attribute, key, value)
    return CARD_CLASSES[attribute]


def _sizes(path: Path, vision: Mapping[str, Any]) -> dict[str, int]:
    sizes = {name: vision.get(name, default) for name, default in _SIZES.items()}
    for name, value in sizes.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            problem = f"{name} is {value!r}, but a whole number above 0 was expected"
            raise refused(path, problem, "Give the file that transformers wrote.")
    width, heads = sizes["hidden_size"], sizes["num_attention_heads"]
    problem = ""
    if sizes["num_channels"] != 3:
        problem = f"num_channels is {sizes['num_channels']}, but 3 were expected"
    elif width % heads:
        problem = f"hidden_size {width} is no multiple of num_attention_heads {heads}"
    elif sizes["image_size"] < sizes["patch_size"]:
        problem = f"image_size {sizes['image_size']} is below patch_size {sizes['patch_size']}"
    if problem:
        raise refused(path, problem, "Give the file that belongs to the weights.")
    return sizes


def _labels(path: Path, attribute: str, key: str, found: Any) -> tuple[str, ...]:
    """Bring labels into the order of their numbers."""
    if isinstance(found, Mapping):
        pairs = [(v, k) for k, v in found.items()] if key == "label2id" else list(found.items())
        try:
            numbered = sorted((int(number), label) for number, label in pairs)
        except (TypeError, ValueError):
            numbered = []
        is_whole = [number for number, _ in numbered] == list(range(len(numbered)))
        found = [label for _, label in numbered] if is_whole else None
    if (
        not isinstance(found, list)
        or len(found) < 2
        or not all(isinstance(label, str) for label in found)
        or len(set(found)) < len(found)
    ):
        problem = f"its {key} of {attribute!r} are not two or more labels, numbered from 0"
        example = f'"id2label": {{"{attribute}": {{"0": "...", "1": "..."}}}}'
        raise refused(path, problem, f"Write {example}.")
    return tuple(found)


def _preprocessing(folder: Path, image_size: int) -> dict[str, Any]:
    """Return the fields of open_clip's PreprocessCfg."""
    path = folder / PREPROCESSOR
    given = read_json(path) if path.exists() else {}
    crop, resize_mode = _crop(path, given, image_size)
    resample = given.get("resample", 3)
    factor = given.get("rescale_factor", 1 / 255)
    problem = ""
    if crop != image_size:
        problem = f"it gives images of {crop} pixels, but the tower takes {image_size}"
    elif resample not in _INTERPOLATIONS:
        problem = f"resample is {resample!r}, but 2 (bilinear) or 3 (bicubic) was expected"
    elif not given.get("do_rescale", True) or not math.isclose(factor, 1 / 255, rel_tol=1e-4):
        problem = f"pixels are not divided by 255 (rescale_factor {factor})"
    if problem:
        raise refused(path, problem, "Give the file that belongs to the weights.")
    normalize = given.get("do_normalize", True)
    return {
        "size": image_size,
        "mode": "RGB",
        "mean": _three(path, "image_mean", given.get("image_mean", _MEAN), 0)
        if normalize
        else [0.0] * 3,
        "std": _three(path, "image_std", given.get("image_std", _STD), 1e-6)
        if normalize
        else [1.0] * 3,
        "interpolation": _INTERPOLATIONS[resample],
        "resize_mode": resize_mode,
        "fill_color": 0,
    }


def _crop(path: Path, given: Mapping[str, Any], image_size: int) -> tuple[int, str]:
    """Return the side of the images, and open_clip's word for how they get it."""
    size = given.get("size", image_size)
    shortest = size.get("shortest_edge") if isinstance(size, Mapping) else size
    is_cropped = given.get("do_center_crop", True)
    square = _square(given.get("crop_size", image_size)) if is_cropped else _square(size)
    if given.get("do_resize", True) and square is not None:
        if shortest == square and is_cropped:
            return square, "shortest"
        if isinstance(size, Mapping) and _square(size) == square:
            return square, "squash"
    problem = (
        f"size {size} and crop_size {given.get('crop_size')} (do_resize "
        f"{given.get('do_resize', True)}, do_center_crop {is_cropped}), but the shortest edge was "
        "expected to become the side of a square that is cropped, or both edges that of a square"
    )
    raise refused(path, problem, "Another preprocessing cannot be imported.")


def _square(size: Any) -> int | None:
    if isinstance(size, Mapping):
        size = size.get("height") if size.get("height") == size.get("width") else None
    return size if isinstance(size, int) else None


def _three(path: Path, name: str, found: Any, least: float) -> list[float]:
    try:
        values = [float(value) for value in found]
    except (TypeError, ValueError):
        values = []
    if len(values) != 3 or not all(math.isfinite(v) and v >= least for v in values):
        problem = f"{name} is {found!r}, but three numbers were expected"
        raise refused(path, problem, "Give the file that belongs to the weights.")
    return values


def _either(names: Mapping[str, Any]) -> str:
    return " or ".join(map(repr, names))
