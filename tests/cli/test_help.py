"""The help of each command: all of its options on one screen, and the whole texts by --help-all."""

from __future__ import annotations

import pytest
import typer

from facestore.cli import app


def leaves(command, words=()):
    for name, each in command.commands.items():
        if hasattr(each, "commands"):
            yield from leaves(each, (*words, name))
        else:
            yield (*words, name), each


COMMANDS = dict(leaves(typer.main.get_command(app)))
WIDTH = 80


@pytest.fixture(autouse=True)
def terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", str(WIDTH))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_is_one_screen_with_a_line_for_each_option(facestore, words):
    ran = facestore(*words, "--help")
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert len(lines) <= (45 if words in {("ingest",), ("explain",)} else 50)
    texts = [line for line in lines if not line.startswith(("Usage:", "Example:", "All of"))]
    assert max(map(len, texts)) <= WIDTH
    assert "env var" not in ran.out
    first_words = [line.split()[0].rstrip(",") for line in lines if line.startswith("  ")]
    for each in COMMANDS[words].params:
        shown = min(each.opts, key=len) if each.param_type_name == "option" else None
        if shown is not None and not each.hidden:
            assert first_words.count(shown) == 1, shown


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_what_is_cut_is_told_whole_by_help_all(facestore, words):
    shown = " ".join(facestore(*words, "--help").out.split())
    assert f"facestore {' '.join(words)} --help-all" in shown
    told = facestore(*words, "--help-all")
    assert (told.status, told.err) == (0, "")
    whole = told.out.replace("│", " ").split()
    for each in COMMANDS[words].params:
        # cells of a row stand side by side, so words and not sentences
        said = [word for word in (each.help or "").split() if len(word) < 20]
        if not each.hidden:
            assert [word for word in said if word not in whole] == []


def test_help_says_what_an_option_takes_and_what_is_required(facestore):
    lines = facestore("import", "predictions", "--help").out.splitlines()
    assert "  --dataset TEXT              Required. Name of the data set" in lines
    lines = facestore("ingest", "--help").out.splitlines()
    assert "  --batch-size N              Images a forward pass" in lines
    assert "  --prune                     Take out samples whose file is gone" in lines
    # sections stand in one order, each with what belongs to it
    order = ["Which rows", "Labels", "Model and machine", "Output"]
    places = [lines.index(title) for title in order]
    assert places == sorted(places)
    assert (
        places[1]
        < lines.index("  --null TEXT                 A value that is no label (repeatable)")
        < places[2]
    )


def test_no_variable_asks_for_help(facestore, monkeypatch):
    monkeypatch.setenv("FACESTORE_MIGRATE_HELP_ALL", "1")
    assert "Usage" not in facestore("migrate").out
