"""Options from facestore.toml and from variables; panels, examples, first steps, near misses."""

from __future__ import annotations

import shlex
from collections import defaultdict

import commands_page
import pytest
import typer

from facestore.cli import app


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_stands_in_a_panel():
    for name, command in typer.main.get_command(app).commands.items():
        assert command.rich_help_panel, name


@pytest.mark.parametrize(
    ("name", "command"), list(commands_page.commands()), ids=lambda each: str(each)[:30]
)
def test_every_command_has_an_example_that_it_takes(name, command):
    words = shlex.split(command.epilog.removeprefix("Example: "))
    assert words[: 1 + len(name.split())] == ["facestore", *name.split()]
    command.make_context(name, words[1 + len(name.split()) :])


def test_every_group_shows_the_example_of_one_of_its_commands(facestore):
    for name, group in typer.main.get_command(app).commands.items():
        if hasattr(group, "commands"):
            assert group.epilog in {each.epilog for each in group.commands.values()}
            assert group.epilog.split()[2:3] == [name]
            assert group.epilog[:30] in facestore(name, "--help").out


def test_options_come_from_the_file_then_variables_then_what_is_typed(
    facestore, folder, monkeypatch
):
    (folder / "facestore.toml").write_text('[sql]\nformat = "json"\n')
    facestore("migrate")
    assert facestore("sql", "select 1 as one").rows == [{"one": 1}]
    monkeypatch.setenv("FACESTORE_SQL_FORMAT", "csv")
    assert facestore("sql", "select 1 as one").out == "one\n1\n"
    assert facestore("sql", "select 1 as one", "--format", "json").rows


def test_the_file_has_one_value_or_a_list_of_what_may_be_repeated(facestore, folder):
    for given in ('"nosuch"', '["nosuch", "none"]'):
        (folder / "facestore.toml").write_text(f"[score]\nprompt-set = {given}\n")
        assert "The store has no encoder yet" in facestore("score").err


def test_no_variable_asks_for_the_script_of_completion(facestore, monkeypatch):
    monkeypatch.setenv("FACESTORE_SHOW_COMPLETION", "1")
    assert facestore("demo", "--help").out.lstrip().startswith("Usage: facestore demo")


def test_the_file_may_name_the_store_of_all_commands(facestore, folder, monkeypatch):
    monkeypatch.delenv("FACESTORE_STORE")
    (folder / "facestore.toml").write_text('store = "mine"\n[ingest]\nbatch_size = 8\n')
    assert "No store at 'mine'" in facestore("info").err
    (folder / "other.toml").write_text('store = "yours"\n')
    monkeypatch.setenv("FACESTORE_CONFIG", str(folder / "other.toml"))
    assert "No store at 'yours'" in facestore("info").err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[ingst]\n", "Did you mean 'ingest'"),
        ("[ingest]\nbatchsize = 8\n", "Did you mean 'batch-size'"),
        ("[import.label]\n", "Did you mean 'labels'"),
        ("ingest = 3\n", "expected a table [ingest]"),
        ("= 3\n", "is no TOML"),
    ],
)
def test_a_slip_in_the_file_is_said_in_one_line(facestore, folder, text, said):
    (folder / "facestore.toml").write_text(text)
    ran = facestore("info")
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert said in ran.err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("FACESTORE_INGEST_BATCHSIZE", "Did you mean 'FACESTORE_INGEST_BATCH_SIZE'"),
        ("FACESTORE_IMPORT_LABELS_DATASETS", "Did you mean 'FACESTORE_IMPORT_LABELS_DATASET'"),
        ("FACESTORE_STOR", "Did you mean 'FACESTORE_STORE'"),
        ("FACESTORE_EXPLAIN_NOSUCH", "No variable 'FACESTORE_EXPLAIN_NOSUCH'."),
    ],
)
def test_a_slip_in_a_variable_is_said_in_one_line(facestore, folder, monkeypatch, name, said):
    monkeypatch.setenv(name, "8")
    ran = facestore("info")
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert said in ran.err


def test_variables_of_others_and_those_of_every_option_are_let_be(facestore, folder, monkeypatch):
    for name in (
        "FACESTORE_REAL_DATA",
        "FACESTORE_TEAM",
        "FACESTORE_VERBOSE",
        "FACESTORE_SQL_STORE",
    ):
        monkeypatch.setenv(name, "1")
    assert facestore("models", "--help").status == 0


def test_a_named_file_must_be_there(facestore, folder, monkeypatch):
    monkeypatch.setenv("FACESTORE_CONFIG", "none.toml")
    assert "There is no file 'none.toml'" in facestore("info").err


def test_without_a_store_it_says_what_to_type(facestore, folder):
    ran = facestore()
    assert ran.status == 0
    assert "facestore demo" in ran.out
    assert "facestore audit FOLDER --labels FILE" in ran.out


def test_a_near_miss_of_a_command_or_option_is_named(facestore):
    ran = facestore("ingset")
    assert ran.status == 2
    assert "'ingest'" in ran.err
    assert "--max-gap" in facestore("check", "--max-gp", 1).err


# Named so by what they are for: what is given differs.
NOT_ALIKE = {"--against", "--format", "--classifier", "--column", "--images", "--source"}


def test_an_option_of_one_name_takes_the_same_in_all_commands():
    kinds = defaultdict(set)
    for name, command in commands_page.commands():
        for each in command.params:
            assert each.help, f"{name} {each.name}"
            if each.param_type_name == "option":
                kind = commands_page.takes(each).split(", ")[0]
                kinds[each.opts[0]].add("text" if kind == "NAME" else kind)
    assert {option for option, found in kinds.items() if len(found) > 1} == NOT_ALIKE


def test_quiet_leaves_results_and_errors(facestore, folder, pictures):
    assert facestore("ingest", pictures, "--dataset", "p").status == 0
    export = ("dedup", "--export", folder / "found.csv")
    assert "samples in" in facestore(*export).err
    ran = facestore("--quiet", *export)
    assert (ran.err, ran.status) == ("", 0)
    assert ran.out
    assert "no encoder yet" in facestore("--quiet", "score", "raw_gender_labels").err
    assert "samples in" in facestore(*export).err


def test_verbose_says_where_an_error_came_from(facestore, folder):
    plain, long = (
        facestore(*before, "info", "--store", "no").err for before in ((), ("--verbose",))
    )
    assert len(plain.splitlines()) == 1
    assert "StoreNotFoundError" in long
    assert long.endswith(plain)
