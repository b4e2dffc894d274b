"""Options that do not go together are refused before a command runs, each with its reason."""

from __future__ import annotations

import pytest
import typer

from facestore.cli import app
from facestore.cli.usage import _RULES, CheckedCommand, check_usage

COMMANDS = typer.main.get_command(app).commands
PROMPTS = {"prompt_set": "p", "attribute": "gender"}


@pytest.mark.parametrize("name", _RULES)
def test_rules_are_about_options_that_the_command_has(name):
    assert isinstance(COMMANDS[name], CheckedCommand)
    known = {parameter.name for parameter in COMMANDS[name].params}
    for rule in _RULES[name]:
        named = {rule.when, rule.unless, *rule.without, *rule.needs} - {""}
        assert named <= known


@pytest.mark.parametrize(
    ("command", "given", "says"),
    [
        ("near", {"images": "x"}, "only used with --html"),
        ("search", {"images": "x"}, "only used with --html"),
        ("predict", {"classifier": "f", "k": 0}, "give --classifier FILE"),
        ("predict", {"classifier": "f", **PROMPTS}, "give --classifier FILE"),
        ("predict", {**PROMPTS, "split": "val"}, "without --split"),
        ("predict", {"prompt_set": "p"}, "give --prompt-set and --attribute"),
        ("predict", {}, "give --prompt-set and --attribute"),
        ("sql", {"explain": "k_sweep", "query": "select 1"}, "not both"),
        ("sql", {"explain": "k_sweep", "file": "q.sql"}, "not both"),
        ("sql", {"query": "select 1", "file": "q.sql"}, "not both"),
        ("dedup", {"undo": True, "policy": "keep-one"}, "--undo goes with --dataset"),
        ("dedup", {"undo": True, "max_distance": 0}, "--undo goes with --dataset"),
        ("dedup", {"model": "tiny"}, "go with --cosine"),
        ("dedup", {"max_pairs": 9}, "go with --cosine"),
        ("dedup", {"cosine": 0.9, "dataset": "d"}, "--cosine goes with"),
        ("dedup", {"cosine": 0.9, "undo": True}, "--cosine goes with"),
    ],
)
def test_what_does_not_go_together_is_refused(command, given, says):
    with pytest.raises(typer.BadParameter, match=says):
        check_usage(command, given)


@pytest.mark.parametrize(
    ("command", "given"),
    [
        ("near", {"images": "x", "html": "y"}),
        ("near", {"images": None, "html": None}),
        ("predict", {"classifier": "f", "split": "val", "name": None, "k": None}),
        ("predict", {**PROMPTS, "k": 11, "name": "mine"}),
        ("sql", {"query": "select 1", "explain": None}),
        ("sql", {}),
        ("dedup", {"undo": True, "dataset": "d", "dry_run": False}),
        ("dedup", {"cosine": 0.9, "model": "tiny", "max_pairs": 9}),
        ("ingest", {"labels": "x"}),
    ],
)
def test_what_goes_together_is_let_through(command, given):
    check_usage(command, given)


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (("predict", "--prompt-set", "p"), "predict"),
        (("check",), "check"),
        (
            ("train", "probe", "--attribute", "gender", "--dataset", "d", "--seeds", "3"),
            "train probe",
        ),
    ],
)
def test_wrong_usage_names_the_help_of_its_command(facestore, words, command):
    ran = facestore(*words)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.endswith(f"See `facestore {command} --help`.\n")
