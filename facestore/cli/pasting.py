"""Commands in messages, with the store of the command that says them: they can be pasted.

Below the command line a message names a command as it is typed in the store's own folder. Whoever
ran this one with `--store faces` has to run that one with it, too.
"""

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from facestore.config import DEFAULT_STORE, STORE_VARIABLE


@dataclass
class _Running:
    """What is known of the command that runs; nothing before its options are read."""

    root: Any = None
    store_option: str = ""


_running = _Running()


@contextmanager
def of_one_command() -> Iterator[None]:
    """Forget in the end which store a command was given."""
    try:
        yield
    finally:
        _running.root, _running.store_option = None, ""


def typed_store(store: Path) -> str:
    """Return what the next command needs to find this store: ` --store faces`, or nothing."""
    default = os.environ.get(STORE_VARIABLE) or str(DEFAULT_STORE)
    return "" if str(store) == default else f" --store {shlex.quote(str(store))}"


def note_store(context: typer.Context, store: Path) -> Path:
    """Note the store that a command was given; returns it, as Typer asks of a callback."""
    _running.root, _running.store_option = context.find_root().command, typed_store(store)
    return store


def with_store(command: str) -> str:
    """Return a command with the store that the next one needs.

    Parameters
    ----------
    command
        `facestore near FILE`. One that says a store, that takes none, or that is only named ("a
        file of `facestore snapshot`", without the argument that it needs) is left as it is.
    """
    if not _running.store_option or not _takes_store(command):
        return command
    # `--` ends the options.
    before, dashes, names = command.partition(" -- ")
    return f"{before}{_running.store_option}{dashes}{names}"


def _takes_store(command: str) -> bool:
    try:
        words = shlex.split(command)[1:]
    except ValueError:  # an open quote: nothing to be pasted
        return False
    found = _running.root
    while words and words[0] in getattr(found, "commands", {}):
        found = found.commands[words.pop(0)]
    options = {option for each in found.params for option in each.opts}
    if hasattr(found, "commands") or "--store" not in options:
        return False
    needs = any(each.param_type_name == "argument" and each.required for each in found.params)
    is_whole = not needs or (bool(words) and not words[0].startswith("-"))
    return is_whole and not any(word.partition("=")[0] == "--store" for word in words)
