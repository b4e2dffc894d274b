"""What open_clip calls its models, other spellings of that, and what it only warns of."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from facestore import resources
from facestore.errors import EncoderError, InputError, ParametersError, UnknownNameError
from facestore.model_names import ModelName

TINY = "tiny"
# What Hugging Face calls the first models of OpenAI.
_HUGGING_FACE = {
    "clip-vit-base-patch32": "ViT-B-32,openai",
    "clip-vit-base-patch16": "ViT-B-16,openai",
    "clip-vit-large-patch14": "ViT-L-14,openai",
    "clip-vit-large-patch14-336": "ViT-L-14-336,openai",
}


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
    names = [model_name(model) for model in models]
    if any(name.architecture == TINY and name.pretrained for name in names):
        message = f"{TINY!r} has its own weights and takes no others: say `models={TINY}` alone."
        raise InputError(message)
    if pretrained is None or any(
        name.pretrained is None and not _brings_weights(name) for name in names
    ):
        return
    why = (
        f"{', '.join(map(repr, models))} has weights already" if models else "there is no `models=`"
    )
    message = (
        f"`pretrained={pretrained!r}` would not be used, since {why}: leave it out, or give the "
        "architecture that the weights are of, as `models=ViT-B-32`."
    )
    raise ParametersError(message)


def model_name(text: str, pretrained: str | None = None) -> ModelName:
    """Read the name of a model in anybody's spelling: `ViT-B/32`, `vit-b-32` and `rn50X4`, too.

    Parameters
    ----------
    text, pretrained
        As `ModelName.parse` takes them. Names that open_clip does not know stay as they are.
    """
    name = ModelName.parse(text, pretrained)
    if name.backend != ModelName.backend:
        return name
    return replace(name, architecture=spelled(name.architecture))


def with_tag(name: ModelName) -> ModelName:
    """Return a model whose weights are called as open_clip calls them: `OpenAI` is `openai`."""
    tag = name.pretrained
    if tag is None or name.backend != ModelName.backend or name.architecture not in _spellings():
        return name
    if "." in tag or "/" in tag or Path(tag).is_file():  # a checkpoint
        return name
    return replace(name, pretrained=_tag(tag))


def spelled(architecture: str) -> str:
    """Return what open_clip calls an architecture that is spelt in another way."""
    spellings = _spellings()
    folded = _folded(architecture.removesuffix("px"))
    return spellings.get(architecture) or spellings.get(folded, architecture)


@cache
def _spellings() -> dict[str, str]:
    """Return open_clip's architectures by their names and by what other spellings leave of them.

    They are read from the files of its configurations: to import it takes seconds.
    """
    found = find_spec("open_clip")
    folders = [] if found is None else found.submodule_search_locations or []
    names = [
        file.stem for each in folders for file in (Path(each) / "model_configs").glob("*.json")
    ]
    return {_folded(name): name for name in names} | {name: name for name in names}


def _folded(architecture: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", architecture.lower())


def _tag(text: str) -> str:
    return text.strip().lower().replace("-", "_")


def _brings_weights(name: ModelName) -> bool:
    return name.architecture == TINY or name.is_place


def create_name(name: ModelName) -> str:
    """Return the name by which open_clip makes a model."""
    if name.architecture == TINY:
        return f"local-dir:{resources.asset('tiny_clip')}"
    if not name.architecture.startswith(("hf-hub:", "local-dir:")):
        _check_known(name)
    return name.architecture


def _check_known(name: ModelName) -> None:
    import open_clip

    architectures = open_clip.list_models()
    if name.architecture not in architectures:
        if "/" in name.architecture:
            file = name.architecture.rpartition("/")[2].lower()
            meant = _HUGGING_FACE.get(file, f"hf-hub:{name.architecture}")
            message = (
                f"No model {name.architecture!r}: one of Hugging Face is called {meant!r}, and "
                "`facestore models` lists what open_clip offers."
            )
            raise InputError(message)
        todo = "`facestore models` lists what open_clip offers."
        raise UnknownNameError("model", name.architecture, [TINY, *architectures], todo)
    tags = open_clip.list_pretrained_tags_by_model(name.architecture)
    require_weights(name, name.architecture, tags, "open_clip")


def require_weights(name: ModelName, called: str, tags: Sequence[str], library: str) -> None:
    """Check that the weights of a model are a file or a tag of its library.

    Parameters
    ----------
    called
        How the model is typed.
    tags
        Those of the architecture.
    library
        Whose tags they are.

    Raises
    ------
    InputError
        If no weights are named, or there are none.
    UnknownNameError
        If there are others.
    """
    if name.pretrained is None:
        given = f"Tags: {', '.join(tags)}." if tags else f"{library} has no tag of it."
        message = (
            f"Model {called!r} needs weights: `pretrained=TAG` or a checkpoint file, or "
            f"{called},TAG. {given}"
        )
        raise InputError(message)
    if name.pretrained in tags or Path(name.pretrained).is_file():
        return
    if not tags:
        message = (
            f"There is no file '{name.pretrained}', and {library} has no weights of "
            f"{name.architecture!r}: give a checkpoint file as `pretrained=FILE`."
        )
        raise InputError(message)
    todo = "A checkpoint file works too."
    raise UnknownNameError("weights", name.pretrained, tags, todo, place=f"of {called}")


def needs_quick_gelu(name: ModelName, notify: Callable[[str], None]) -> bool:
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
