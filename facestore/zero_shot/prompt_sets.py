"""The prompt sets of a store: those that come with facestore, and those added."""

from collections.abc import Sequence
from pathlib import Path

from facestore.prompts import read_prompt_file
from facestore.records import AnyPath, PromptSet
from facestore.stores import Stores


def prompt_sets(store: Stores) -> list[PromptSet]:
    """Return all prompt sets."""
    prompts = store.catalog.prompts
    return [prompts.get(name) for name in prompts.names()]


def prompt_set(store: Stores, name: str) -> PromptSet:
    """Return one prompt set.

    Raises
    ------
    UnknownNameError
        If there is none of that name.
    """
    return store.catalog.prompts.get(name)


def add_prompts(
    store: Stores, path: AnyPath, *, name: str | None = None, attributes: Sequence[str] = ()
) -> PromptSet:
    """Add the prompt set of a YAML or JSON file.

    Parameters
    ----------
    path
        The file, as `facestore.prompts` describes it.
    name
        Of the set; the file's by default.
    attributes
        Every prompt has to name a class of each.

    Raises
    ------
    TableError
        If the file is refused.
    """
    added = read_prompt_file(Path(path), name=name, attributes=attributes)
    store.catalog.prompts.add(added)
    return added
