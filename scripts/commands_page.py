"""Write docs/commands.md, the reference of the command line, from what Typer knows of it.

`make docs` runs this, and a test fails when the page is not what it would write.
"""

from __future__ import annotations

import enum
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import typer

from facestore.cli import app

PAGE = Path(__file__).resolve().parents[1] / "docs" / "commands.md"
_HEAD = """\
# Commands

<!-- Written by `make docs` from the program; changes by hand are lost. -->

`facestore COMMAND --help` says the same. Results go to stdout, messages and progress
to stderr. The exit status is 0; 1 for an expected error, in one line; 2 for wrong usage; 130 after
Ctrl-C.
"""


def commands(group: Any = None, before: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield the full name and the Click command of every command that is not hidden."""
    group = typer.main.get_command(app) if group is None else group
    for name, command in group.commands.items():
        if command.hidden:
            continue
        if hasattr(command, "commands"):
            yield from commands(command, (*before, name))
        else:
            yield " ".join((*before, name)), command


def render() -> str:
    """Return the page: a list of the commands, then each with its arguments and options."""
    found = list(commands())
    listed = [
        f"| [`{name}`](#facestore-{name.replace(' ', '-')}) | {_cell(_paragraphs(command)[0])} |"
        for name, command in found
    ]
    index = ["| command | what it does |", "|---|---|", *listed]
    return "\n".join([_HEAD, *index, "", *(_section(*each) for each in found)])


def _section(name: str, command: Any) -> str:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option"]
    usage = " ".join(["facestore", name, "[OPTIONS]", *(_shown(each) for each in arguments)])
    lines = [f"## facestore {name}", "", f"`{usage}`", ""]
    for paragraph in _paragraphs(command):
        lines += [paragraph, ""]
    if arguments or options:
        lines += ["| argument or option | takes | default | meaning |", "|---|---|---|---|"]
        lines += [_row(each) for each in (*arguments, *options) if not each.hidden]
        lines.append("")
    return "\n".join(lines)


def _paragraphs(command: Any) -> list[str]:
    """Return the help by paragraphs, each in one line."""
    # Click takes what follows a form feed for a note to programmers.
    text = inspect.cleandoc((command.help or "").partition("\f")[0])
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()] or [""]


def _shown(argument: Any) -> str:
    name = (argument.metavar or argument.name).upper()
    name += "..." if argument.nargs == -1 else ""
    return name if argument.required else f"[{name}]"


def _row(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        names = f"`{_shown(parameter)}`"
    else:
        names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    cells = (names, takes(parameter), _default(parameter), parameter.help or "")
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def takes(parameter: Any) -> str:
    """Return what the value may be: names of choices, or a type with its range."""
    if getattr(parameter, "is_flag", False):
        return ""
    annotation = parameter.type_descriptor.annotation
    inner = next((each for each in get_args(annotation) if each is not type(None)), annotation)
    if isinstance(inner, type) and issubclass(inner, enum.Enum):
        kind = ", ".join(f"`{choice.value}`" for choice in inner)
    else:
        kind = parameter.metavar or getattr(inner, "__name__", str(inner))
        kind = {"str": "text", "int": "whole number", "float": "number", "Path": "path"}.get(
            kind, kind
        )
    if parameter.min is not None:
        kind += f", at least {parameter.min:g}"
    if parameter.max is not None:
        kind += f", at most {parameter.max:g}"
    return kind + (", repeatable" if getattr(parameter, "multiple", False) else "")


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    parts = []
    value = parameter.default
    # One that is absent, empty, computed by a function, or a flag that is off has no words.
    if isinstance(value, (str, int, float, Path, enum.Enum)) and value not in (False, ""):
        parts.append(f"`{value.value if isinstance(value, enum.Enum) else value}`")
    if parameter.envvar:
        variables = [parameter.envvar] if isinstance(parameter.envvar, str) else parameter.envvar
        parts += [f"or `{name}`" for name in variables]
    return " ".join(parts)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
