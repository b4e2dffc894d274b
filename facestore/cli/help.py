"""The help of a command on one screen: sections, and a line an option.

What an option says in more than a line, its default and its variable are told by `--help-all`, and
in docs/commands.md.
"""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Iterator
from enum import Enum
from typing import Any, get_args

import typer

from facestore.cli.console import shortened

HELP_ALL = "--help-all"
# In their order; an option that is in none of them is in the first section of a command.
_SECTIONS = {
    "Which rows": (
        "dataset", "split", "attribute", "classifier", "group", "groups", "samples", "worst",
        "limit", "prompt_set", "class_name", "against", "prompt", "only",
    ),
    "Labels": (
        "labels", "new_classes", "file_column", "column", "map", "mapping", "null", "encoding",
        "person_column", "annotator_column", "count_column", "order", "label_by_majority",
        "create_samples",
    ),
    "Model and machine": (
        "model", "pretrained", "precision", "force_quick_gelu", "fast_resize", "method", "heads",
        "lime_samples", "lime_segments", "faithfulness", "seed", "device", "batch_size", "workers",
        "tensorboard", "checkpoint_every",
    ),
    "Output": (
        "out", "images", "format", "raw", "open_", "html", "source", "dry_run", "profile",
    ),
}  # fmt: skip
_FIRST = "Arguments and options"
_SHORT = {"str": "TEXT", "int": "N", "float": "X", "Path": "PATH"}
# Columns of an option with what it takes, and how far they are indented.
_OPTION, _INDENT = 28, 2
_FEWEST = 80


def short_help(command: Any, ctx: Any) -> str:
    """Return the help of a command as lines that fit the terminal.

    Parameters
    ----------
    command, ctx
        A Typer command and its context.
    """
    width = max(_FEWEST, shutil.get_terminal_size().columns)
    lines = [command.get_usage(ctx).strip(), "", *_about(command, width)]
    for title, rows in _sections(command, ctx):
        lines += ["", typer.style(title, bold=True)]
        lines += [_line(name, text, width) for name, text in rows]
    lines += ["", command.epilog] if command.epilog else [""]
    lines.append(f"All of each text, defaults and variables: {ctx.command_path} {HELP_ALL}")
    return "\n".join(lines)


def _about(command: Any, width: int) -> list[str]:
    # Click takes what follows a form feed for a note to programmers.
    text = (command.help or "").partition("\f")[0].strip()
    return [textwrap.fill(" ".join(part.split()), width) for part in text.split("\n\n")]


def _sections(command: Any, ctx: Any) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    titled = {name: title for title, names in _SECTIONS.items() for name in names}
    rows: dict[str, list[tuple[str, str]]] = {title: [] for title in (_FIRST, *_SECTIONS)}
    for each in command.get_params(ctx):
        if each.param_type_name == "argument":
            rows[_FIRST].append((_argument(each), _text(each)))
        elif not each.hidden and each.name not in ("help", "help_all"):
            rows[titled.get(each.name, _FIRST)].append((_option(each), _text(each)))
    yield from ((title, found) for title, found in rows.items() if found)


def _line(name: str, text: str, width: int) -> str:
    indent = " " * _INDENT
    if len(name) >= _OPTION:
        return shortened(f"{indent}{name}  {text}", width, at=1)
    return f"{indent}{name:{_OPTION}}{shortened(text, width - _INDENT - _OPTION, at=1)}".rstrip()


def _argument(argument: Any) -> str:
    name = str(argument.metavar or argument.name).upper()
    return f"{name}..." if argument.nargs == -1 else name


def _option(option: Any) -> str:
    """Return the names of an option, and what it takes."""
    names = ", ".join(sorted((*option.opts, *option.secondary_opts), key=len))
    if option.is_flag:
        return names
    annotation = option.type_descriptor.annotation
    kinds = [each for each in (annotation, *get_args(annotation)) if isinstance(each, type)]
    if option.metavar:
        takes = option.metavar
    elif any(issubclass(each, Enum) for each in kinds):
        takes = "NAME"
    else:
        takes = next((_SHORT[e.__name__] for e in reversed(kinds) if e.__name__ in _SHORT), "TEXT")
    return f"{names} {takes}"


def _text(parameter: Any) -> str:
    """Return the first sentence of what a parameter is, and that it has to be given."""
    first = re.split(r"(?<=\w\w)[.] ", " ".join((parameter.help or "").split()))[0]
    needed = "Required. " if parameter.required and parameter.param_type_name == "option" else ""
    return needed + first.rstrip(".")
