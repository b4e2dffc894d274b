"""Options that do not go together are refused before a command runs, each with its reason."""

from __future__ import annotations

import re
import shlex

import pytest
import typer
from typer.exceptions import TyperException

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


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("ingest", "faces", "--split", "a", "--split=b b"), "--split takes one value and was given a and 'b b'"),
        (("info", "--store", "here", "--store", "there"), "--store takes one value and was given here and there"),
        (("near", "1.jpg", "-k", "3", "--k", "4", "-k5"), "--k takes one value and was given 3, 4 and 5"),
        (("import", "labels", "--dataset", "x", "l.csv", "--dataset", "x"), "given x and x"),
        (("train", "probe", "--seed", "1", "--seed", "2", "--dataset", "d"), "--seed takes one value"),
    ],
)  # fmt: skip
def test_an_option_of_one_value_is_given_once(facestore, words, says):
    ran = facestore(*words)
    assert ran.status == 2
    assert says in ran.err
    assert ran.err.count("\n") == 1


def test_help_a_repeated_flag_and_a_variable_are_no_second_value(facestore, monkeypatch):
    assert "Usage:" in facestore("info", "--store", "a", "--store", "b", "--help").out
    monkeypatch.setenv("FACESTORE_INGEST_SPLIT", "train")
    ran = facestore("ingest", "nowhere", "--split", "val", "--follow-links", "--follow-links")
    assert (ran.status, "is not there" in ran.err) == (1, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("ingest", "x", "--batch-size", "a"), "'a' was given, a whole number was expected"),
        (("ingest", "x", "--batch-size", "0"), "'0' was given, 1 or more was expected"),
        (("import", "similarities", "x", "--scale", "?"), "'?' was given, a number was expected"),
        (("info", "--format", "csvv"), "'--format': 'csvv' is not one of 'table', 'vertical', "),
    ],
)
def test_a_wrong_value_is_said_in_our_words(facestore, words, says):
    ran = facestore(*words)
    assert ran.status == 2
    assert says in ran.err


def test_a_name_that_is_near_to_nothing_suggests_nothing(facestore):
    assert facestore("unlink").err.startswith("Error: No such command 'unlink'. See")
    assert "Did you mean 'import'?" in facestore("imprt").err
    assert "Did you mean 'probe'?" in facestore("train", "prob").err


def test_brackets_in_help_are_text_and_arguments_have_no_braces(facestore):
    shown = facestore("export", "--help-all").out
    assert "facestore[umap]" in shown
    assert "[OPTIONS] FORM OUT" in shown
    for name, command in COMMANDS.items():
        assert "{" not in command.get_usage(typer.Context(command, info_name=name))


def below(commands):
    for command in commands.values():
        yield from below(getattr(command, "commands", {}))
        yield command


NAMING = [
    each
    for each in below(COMMANDS)
    if any(parameter.param_type_name == "argument" for parameter in each.params)
]


@pytest.mark.parametrize("command", NAMING, ids=lambda each: each.name)
def test_a_name_that_begins_with_a_dash_has_a_way_in(command):
    with pytest.raises(TyperException) as error:
        command.make_context("facestore it", ["-7.jpg"])
    assert "`: `facestore it" in error.value.format_message()
    assert error.value.format_message().endswith("-- -7.jpg`.")


def test_the_way_in_works_and_a_slip_has_its_own_hint(facestore, store_is_there):
    ran = facestore("forget", "-rf.jpg", "--dataset", "my faces")
    assert ran.status == 2
    advice = re.search(r"`(facestore .*?)`", ran.err)[1]
    assert shlex.split(advice)[1:] == ["forget", "--dataset", "my faces", "--", "-rf.jpg"]
    assert "No such option" not in facestore(*shlex.split(advice)[1:]).err
    slip = facestore("forget", "--datset", "d").err
    assert "(Possible options: --dataset). See `facestore forget --help`" in slip
    assert "begins with a dash" not in slip
    assert "requires an argument. See" in facestore("forget", "--dataset").err
