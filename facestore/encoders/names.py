"""What open_clip calls its models, and what it only warns of."""

from collections.abc import Callable, Sequence
from pathlib import Path

from facestore import resources
from facestore.errors import EncoderError, InputError, ParametersError, UnknownNameError
from facestore.records import ModelName

TINY = "tiny"


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
        message = f"{TINY!r} has its own weights and takes no others: say `models={TINY}` alone."
        raise InputError(message)
    if pretrained is None or any(
        name.pretrained is None and not _brings_weights(name.architecture) for name in names
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


def _brings_weights(architecture: str) -> bool:
    return architecture == TINY or architecture.startswith(("hf-hub:", "local-dir:"))


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
    if name.architecture.replace("/", "-") not in architectures:
        todo = "`facestore models` lists what open_clip offers."
        raise UnknownNameError("model", name.architecture, [TINY, *architectures], todo)
    tags = open_clip.list_pretrained_tags_by_model(name.architecture)
    if name.pretrained is None:
        message = (
            f"Model {name.architecture!r} needs weights: `pretrained=TAG` or a checkpoint file, or "
            f"{name.architecture},TAG. Tags: {', '.join(tags) or 'none'}."
        )
        raise InputError(message)
    if name.pretrained not in tags and not Path(name.pretrained).is_file():
        todo = "A checkpoint file works too."
        raise UnknownNameError(
            "weights", name.pretrained, tags, todo, place=f"of {name.architecture}"
        )


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
