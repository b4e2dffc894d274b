"""What a terminal of some width shows: nothing is cut, nothing is broken into crumbs."""

from __future__ import annotations

import re
import shutil

import pytest

from facestore import Store

pytestmark = pytest.mark.usefixtures("store_is_there")

NAME = "tiny fp32 age_race_gender_labels_v2 gender embedding_mean"
WIDE = ", ".join(f"{i} / 7 as figure_{i}" for i in range(12))


@pytest.fixture
def terminal(facestore, monkeypatch):
    """Run a query on a store without data, on a terminal of a width; return the lines."""

    def show(query: str, columns: int = 80) -> list[str]:
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        monkeypatch.setenv("COLUMNS", str(columns))
        out = re.sub(r"\x1b\[[0-9;]*m", "", facestore("sql", query).out)
        return [line.rstrip() for line in out.splitlines()]

    return show


def test_a_table_that_fits_is_a_table(terminal):
    lines = terminal("select 1 as one, 'a' as letter union all select 2, 'b' order by one")
    assert next(line.split() for line in lines if line) == ["one", "letter"]
    assert lines[-1] == "2 rows"


def test_text_is_broken_between_words_where_there_is_room(terminal):
    lines = terminal(f"select '{NAME}' as classifier, 0.123456 as a, 'x' || repeat('y', 30) as b")
    assert max(map(len, lines)) <= 80
    assert not any(line.startswith("row ") for line in lines)


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_rows_that_do_not_fit_are_shown_one_by_one(terminal, columns):
    figures = ", ".join(f"(i + {n}) / 7 as figure_{n}" for n in range(12))
    lines = terminal(
        f"select '{NAME}' || i as classifier, {figures}, i from range(2) as t(i)", columns
    )
    assert max(map(len, lines)) <= columns
    said = " ".join(lines)
    for i in range(12):
        assert re.search(rf"\bfigure_{i} +{i / 7:.4g}\b", said)
        assert re.search(rf"\bfigure_{i} +{(i + 1) / 7:.4g}\b", said)
    assert "row 1" in lines
    assert "row 2" in lines
    if columns == 120:
        assert f"  classifier  {NAME}1" in lines


def test_what_all_rows_have_in_common_is_said_once(terminal):
    same = "repeat('s', 30) as dataset, 7 as always, null as nothing, 'more of it' as more"
    lines = terminal(
        f"select i, 'n' || i as name, {same}, '{NAME}' || i as c from range(3) as t(i)"
    )
    assert f"in all rows: dataset {'s' * 30}, always 7, more more of it" in lines
    assert [each.split() for each in lines if re.match(r" *i +name", each)] == [["i", "name", "c"]]
    assert not any("nothing" in line for line in lines)


def test_rows_that_are_all_the_same_still_show_one_column(terminal):
    lines = terminal(f"select {WIDE} from range(2)")
    assert lines[-1] == "2 rows"
    assert sum(line.split() == ["0"] for line in lines) == 2


def test_an_error_is_broken_between_words_and_not_within_a_command(facestore, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    whole = facestore("info", "--store", "some/where").err
    assert whole.count("\n") == 1
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    broken = re.sub(r"\x1b\[[0-9;]*m", "", facestore("info", "--store", "some/where").err)
    assert broken.split() == whole.split()
    assert "\n`facestore ingest FOLDER --store some/where`, or" in broken
    assert len(broken.splitlines()) == 3


def test_a_name_of_which_only_words_are_given_is_found(facestore, tmp_path):
    shown = facestore("prompts", "show", "v2 clip")
    assert "Did you mean 'original_clip_labels_v2'" in shown.err
    long = ", ".join(f"('{'n' * 90}{i}', '')" for i in range(9))
    facestore("sql", f"insert into prompt_sets values {long}", "--write")
    err = facestore("prompts", "show", "zzz").err
    assert len(err) < 400
    assert "and 13 more" in err


# Everything that moves a terminal, or the order in which its letters are read.
CODES = ["\x00", "\x07", "\x08", "\x1b", "\x7f", "\r", "\x85", "\x9b", "\x9d", "\u200e", "\u200f",
         "\u061c", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068",
         "\u2069", "\u2028", "\u2029"]  # fmt: skip
NASTY = "a" + "]0;x".join(CODES) + "b"


def codes_in(text):
    return [code for code in CODES if code in text]


@pytest.fixture(scope="module")
def named(new_store, tmp_path_factory):
    """Give a store whose names have them all, to be copied."""
    folder = tmp_path_factory.mktemp("terminal") / "store"
    shutil.copytree(new_store, folder)
    shown = NASTY.replace("\0", "")
    literal = " || ".join(f"chr({ord(c)})" for c in shown)
    statement = (
        f"insert into datasets values ({literal}, {literal}, 'folder', now()::timestamp);"
        f"insert into encoders (encoder_id, name, source, architecture, pretrained, precision, vectors, added_at) "
        f"select 1, {literal}, 'imported', {literal}, {literal}, {literal}, {literal}, now()::timestamp;"
        f"insert into prompt_sets values ({literal}, {literal})"
    )
    with Store.open(folder) as store:
        store.execute(statement)
    return folder


@pytest.fixture
def nasty(named, facestore, monkeypatch, tmp_path):
    """Run commands on a store whose names have them all, on a terminal."""
    shutil.rmtree(tmp_path / "store")
    shutil.copytree(named, tmp_path / "store")
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*words, is_terminal=True):
        monkeypatch.setattr("sys.stdout.isatty", lambda: is_terminal)
        monkeypatch.setattr("sys.stderr.isatty", lambda: is_terminal)
        return facestore(*words)

    return run


def said(ran):
    """Return what a terminal got, without the colours of tables."""
    return re.sub(r"\x1b\[[0-9;]*m", "", ran.out + ran.err)


@pytest.mark.parametrize(
    "words",
    [
        ["sql", "select dataset, source from datasets", "--format", "csv"],
        ["sql", "select dataset, source from datasets", "--format", "json"],
        ["sql", "select dataset, source from datasets"],
        ["sql", f"select 1 as \"{NASTY[1:].replace(chr(0), '')}\"", "--format", "table"],
        ["sql", f"select 1 as \"{NASTY[1:].replace(chr(0), '')}\"", "--format", "csv"],
        ["sql", f"select 1 as \"{NASTY[1:].replace(chr(0), '')}\"", "--format", "json"],
        ["sql", f"select {NASTY.replace(chr(0), '')}"],
        ["info"], ["info", "--format", "csv"], ["info", "--format", "json"], ["prompts", "list"],
        ["prompts", "list", "--format", "csv"], ["prompts", "show", NASTY], ["-q", "doctor"],
        ["score", NASTY], ["--verbose", "score", NASTY], ["report", "--only", NASTY],
        ["ingest", NASTY], ["export", "fiftyone", f"out/{NASTY}"], ["near", NASTY],
    ],
    ids=lambda words: " ".join(words).encode("unicode_escape").decode()[:40],
)  # fmt: skip
def test_no_name_is_a_command_to_a_terminal(nasty, words):
    ran = nasty(*words)
    text = said(ran)
    assert text.strip()
    assert codes_in(text) == []


def test_what_a_pipe_gets_is_exact(nasty):
    name = NASTY.replace("\0", "")
    query = "select dataset from datasets"
    ran = nasty("sql", query, "--format", "csv", is_terminal=False)
    assert ran.out == f'dataset\n"{name}"\n'
    assert nasty("sql", query, "--format", "json", is_terminal=False).rows == [{"dataset": name}]


def test_what_a_terminal_gets_as_json_is_json(nasty):
    assert nasty("sql", "select dataset from datasets", "--format", "json").rows == [
        {"dataset": NASTY.replace("\0", "")}
    ]


def test_raw_csv_is_for_programs(facestore):
    query = """select '=1+1' as "@a", -0.5 as b, ' -x' as c"""
    assert facestore("sql", query, "--format", "csv").out == "'@a,b,c\n'=1+1,-0.5,' -x\n"
    assert facestore("sql", query, "--format", "csv", "--raw").out == "@a,b,c\n=1+1,-0.5, -x\n"
