"""Errors speak of parameters; the command line says what is typed for them."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from support.places import ROOT

from facestore.cli import app
from facestore.cli.wording import as_typed
from facestore.mappings import LabelMapping
from facestore.store import Store
from facestore.training.gradients.loop_options import LoopOptions

PACKAGE = ROOT / "facestore"
BELOW = [p for p in sorted(PACKAGE.rglob("*.py")) if PACKAGE / "cli" not in p.parents]
PARAMETER = re.compile(r"(?:`|`facestore [^`]* )([a-z_0-9]+)=")


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the texts of a file, without docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documents = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr):
                documents.add(first.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in documents:
            yield node.lineno, node.value


def options() -> set[str]:
    """Return every option of every command."""
    found: set[str] = set()
    groups = [typer.main.get_command(app)]
    while groups:
        command = groups.pop()
        found.update(option for each in command.params for option in each.opts)
        groups += getattr(command, "commands", {}).values()
    return found


def parameters() -> set[str]:
    """Return every parameter of every verb, and of the options that some of them take."""
    verbs = [getattr(Store, name) for name in dir(Store) if not name.startswith("_")]
    verbs += [LoopOptions, LabelMapping.of]
    return {name for verb in verbs if callable(verb) for name in inspect.signature(verb).parameters}


@pytest.mark.parametrize(
    ("message", "typed"),
    [
        ("Give `new_classes=True`.", "Give --new-classes."),
        ("`val_fraction=1.5`: a share.", "--val-fraction 1.5: a share."),
        ("name them with `attributes=`", "name them with --attribute"),
        ("'`k=2`.csv' has `k=3`", "'`k=2`.csv' has --k 3"),
        ("'it's `k=2`.csv' and it's `k=3`", "'it's `k=2`.csv' and it's --k 3"),
        ('"it\'s `k=2`": `k=3`', '"it\'s `k=2`": --k 3'),
        ("`labels='my `k=2` a.csv'`", "--labels 'my `k=2` a.csv'"),
        ("`facestore migrate store='x lr=0.1/s'`", "`facestore migrate --store 'x lr=0.1/s'`"),
        (
            "`facestore ingest FOLDER store='my faces' models=tiny`.",
            "`facestore ingest FOLDER --store 'my faces' --model tiny`.",
        ),
        (
            "`facestore doctor` shows `class` and `a = b`",
            "`facestore doctor` shows `class` and `a = b`",
        ),
    ],
)
def test_a_parameter_is_shown_as_its_option(message, typed):
    assert as_typed(message) == typed


def test_no_text_below_the_command_line_has_an_option():
    found = [
        f"{path.relative_to(ROOT)}:{line} {text!r}"
        for path in BELOW
        for line, text in texts(path)
        if re.search(r"(?<![\w(\"-])--[a-z]", text)  # a variable of CSS is none
    ]
    assert found == []


def test_what_texts_name_is_a_parameter_of_a_verb_and_an_option_of_a_command():
    named = {name for path in BELOW for _, text in texts(path) for name in PARAMETER.findall(text)}
    assert len(named) > 10
    # Options of commands for which Python has verbs of their own.
    assert sorted(named - parameters() - {"repair", "write"}) == []
    typed = {name: as_typed(f"`{name}=`") for name in named}
    assert {name: option for name, option in typed.items() if option not in options()} == {}
