"""docs/commands.md says what the program takes, and the documents show only what it takes."""

from __future__ import annotations

import re
import shlex

import commands_page
import pytest
import typer
from support.places import ROOT
from typer.exceptions import TyperException

from facestore.cli import app
from facestore.cli.configuration import read_defaults
from facestore.explaining.methods import METHODS
from facestore.ingest.layouts.layouts import LAYOUTS

PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
_GROUP = typer.main.get_command(app)


def command_lines(text: str) -> list[str]:
    """Return the `facestore` commands of the console blocks, with lines that go on joined."""
    lines = []
    for block in re.findall(r"```(?:console|bash|sh)\n(.+?)```", text, re.DOTALL):
        # shlex would take the end of the line for a part of the comment.
        bare = re.sub(r"(?m)(^|\s)# .*$", "", block).replace("\\\n", " ")
        words = shlex.shlex(bare, posix=True, punctuation_chars=";&|<>\n")
        words.whitespace = " \t"
        words.whitespace_split = True
        command: list[str] = []
        for word in [*words, "\n"]:
            if set(word) <= set(";&|<>\n"):
                lines.append(shlex.join(command))
                command = []
            else:
                command.append(word)
    return [line for line in lines if line.startswith("facestore ")]


def parse(line: str) -> None:
    """Parse a command as the program does, and run nothing; raise what a wrong one raises."""
    words = shlex.split(line)[1:]
    command, name = _GROUP, "facestore"
    while hasattr(command, "commands") and words != ["--help"]:
        if not words or words[0] not in command.commands:
            raise ValueError(f"no command {words[:1]} of {name}")
        name = words.pop(0)
        command = command.commands[name]
    if words != ["--help"]:
        command.make_context(name, words)


LINES = [
    pytest.param(line, id=f"{page.stem}-{line[:60]}")
    for page in PAGES
    for line in command_lines(page.read_text(encoding="utf-8"))
]


def test_the_page_is_what_make_docs_writes():
    assert commands_page.PAGE.read_text(encoding="utf-8") == commands_page.render(), (
        "run `make docs`"
    )


def test_every_command_and_option_is_on_the_page():
    page = commands_page.PAGE.read_text(encoding="utf-8")
    names = [name for name, _ in commands_page.commands()]
    assert len(names) > 25
    for name, command in commands_page.commands():
        part = page.split(f"## facestore {name}\n")[1].split("\n## ")[0]
        options = {option for each in command.params for option in each.opts if option[0] == "-"}
        assert {option for option in options if f"`{option}`" not in part} == set(), name


@pytest.mark.parametrize(
    ("name", "option", "taken"),
    [("ingest", "--layout", LAYOUTS), ("explain", "--method", METHODS)],
)
def test_an_option_says_all_that_it_takes(name, option, taken):
    (command,) = (command for known, command in commands_page.commands() if known == name)
    (shown,) = (each.help for each in command.params if option in each.opts)
    assert set(taken) - set(re.findall(r"\w+", shown)) == set()


@pytest.mark.parametrize("line", LINES)
def test_every_command_that_is_shown_is_taken(line):
    parse(line)


def test_there_are_commands_shown():
    assert len(LINES) > 40


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("facestore ingest faces --modell tiny", "--modell"),
        ("facestore ingest --model tiny", "source"),
        ("facestore report --format pdf", "pdf"),
        ("facestore ingest faces --batch-size 0", "--batch-size"),
    ],
)
def test_a_wrong_command_is_noticed(line, problem):
    with pytest.raises(TyperException) as raised:
        parse(line)
    assert problem in raised.value.format_message().lower()


@pytest.mark.parametrize(
    "line", ["facestore ingets faces", "facestore import", "facestore import x"]
)
def test_a_wrong_name_of_a_command_is_noticed(line):
    with pytest.raises(ValueError, match="no command"):
        parse(line)


def test_commands_are_found_over_several_lines_and_without_comments():
    text = (
        "```console\nfacestore ingest a \\\n    --model tiny   # as it's said\n"
        'make demo\nfacestore sql "select 1\n from x" > y; facestore info\n```\n'
        "```sql\nfacestore no\n```\n"
    )
    assert command_lines(text) == [
        "facestore ingest a --model tiny",
        "facestore sql 'select 1\n from x'",
        "facestore info",
    ]


_WRITTEN = re.compile(r"`(facestore [^`\n]+)`")
_OPTIONS = {name: command.params for name, command in commands_page.commands()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_within_sentences_exist(page):
    text = re.sub(r"```.+?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for line in _WRITTEN.findall(text):
        words = shlex.split(line)[1:]
        if words[0] in ("COMMAND", "...") or words[0].startswith("-"):
            continue
        name = " ".join(words[:2]) if " ".join(words[:2]) in _OPTIONS else words[0]
        groups = {known.split()[0] for known in _OPTIONS}
        assert name in _OPTIONS or words[0] in groups, line
        known = {option for each in _OPTIONS.get(name, ()) for option in each.opts} | {"--help"}
        given = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert given <= known or name not in _OPTIONS, line


_QUERIES = sorted(
    {
        " ".join(query.split())
        for page in PAGES
        for query in re.findall(r'facestore sql "([^"]+)"', page.read_text(encoding="utf-8"))
    }
)


@pytest.mark.xdist_group("cookbook")
@pytest.mark.parametrize("query", _QUERIES)
def test_every_query_that_is_shown_runs(cookbook_store, query):
    assert cookbook_store.sql(query).columns


def test_the_configuration_file_that_is_shown_is_read(tmp_path, monkeypatch):
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```toml\n(.+?)```", page, re.DOTALL)
    (tmp_path / "facestore.toml").write_text(shown)
    monkeypatch.chdir(tmp_path)
    defaults = read_defaults(_GROUP)
    assert defaults["ingest"] == {"store": "faces", "batch_size": 64}
    assert defaults["import"]["labels"] == {"store": "faces", "dataset": "fairface"}
