"""What is typed for what an error names: parameters of verbs become options of commands.

Below the command line nothing knows how an option is written. An error names a parameter as Python
has it, in backquotes and with `=`: "give `new_classes=True`", "`val_fraction=1.5`: a share was
expected". Here it becomes `--new-classes`, `--val-fraction 1.5`; and within a command,
"`facestore ingest FOLDER models=tiny`", too, which also gets the store that this one was given.
"""

import re
from collections.abc import Iterable, Mapping
from shlex import quote
from typing import Any

from facestore.cli.pasting import with_store

# What the user gave stands in quotes, and is left as it is, whatever is in it.
_QUOTED = r"""(?<!\w)'(?:[^'\\]|\\.|(?<=\w)'(?=\w))*'(?!\w)|(?<!\w)"(?:[^"\\]|\\.)*"(?!\w)"""
_VALUE = r"(?:'[^']*'|[^`'])*"
_MESSAGE = re.compile(
    rf"(?P<command>`facestore {_VALUE}`)|`(?P<name>[a-z_0-9]+)=(?P<value>{_VALUE})`|{_QUOTED}"
)
_IN_COMMAND = re.compile(r"(?<= )(?P<name>[a-z_0-9]+)=(?P<value>'[^']*'|[^\s`']*)")
# Options that are given once for each value, and those that Python cannot call by their name.
_OPTIONS = {
    "aggregations": "aggregation",
    "attributes": "attribute",
    "class_name": "class",
    "classifiers": "classifier",
    "columns": "column",
    "delta": "huber_delta",
    "divisor": "age_divisor",
    "groups": "group",
    "maps": "map",
    "min_cosine": "cosine",
    "models": "model",
    "nulls": "null",
    "on_vectors": "vectors",
    "prompt_sets": "prompt_set",
    "prompts": "prompt",
    "share": "loss_weight",
}
# Verbs whose command is not called as they are.
_COMMANDS = {
    "build_index": "index build",
    "certify_index": "index certify",
    "import_annotations": "import annotations",
    "import_labels": "import labels",
    "set": "settings",
}


def as_typed(message: str) -> str:
    """Return a message with options in the place of parameters."""
    return _MESSAGE.sub(_typed, message)


def _typed(found: re.Match[str]) -> str:
    if command := found["command"]:
        typed = _IN_COMMAND.sub(lambda each: typed_option(each["name"], each["value"]), command)
        return f"`{with_store(typed.strip('`'))}`"
    return typed_option(found["name"], found["value"]) if found["name"] else found[0]


def typed_option(parameter: str, value: str) -> str:
    """Return a parameter as the option that is typed for it."""
    option = f"--{_OPTIONS.get(parameter, parameter).replace('_', '-')}"
    return option if value in ("", "True") else f"{option} {value}"


def typed_command(
    verb: str, arguments: Iterable[str], parameters: Mapping[str, Any], store_option: str = ""
) -> str:
    """Return the command that does what a verb does; of a list each value has its option."""
    # A query has its texts in single quotes.
    words = [f'"{each}"' if verb == "sql" else quote(each) for each in arguments]
    options = [
        typed_option(name, quote(str(each)))
        for name, value in parameters.items()
        for each in (value if isinstance(value, list | tuple) else [value])
    ]
    options += [store_option.strip()] if store_option else []
    # `--` ends the options, so that a name may begin with a dash.
    if any(word.startswith("-") for word in words):
        words, options = [*options, "--", *words], []
    return " ".join(["facestore", _COMMANDS.get(verb, verb), *words, *options])
