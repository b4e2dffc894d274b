"""What a message says is to be run can be pasted: it has the store that this command was given."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import duckdb
import pytest
import typer
from support.indexed import Clusters, add_images, add_texts

from facestore import Store
from facestore.cli import app
from facestore.cli.pasting import note_store, of_one_command
from facestore.cli.wording import as_typed

FACES = Clusters(n_clusters=20)
COMMAND = re.compile(r"`facestore ([^`]+)`")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pasting") / "store"
    with Store.open(folder) as store:
        add_images(store, "faces", FACES.draw(600, 1))
        add_texts(store, FACES.draw(40, 3))
    return folder


@pytest.fixture
def faces(made, tmp_path, facestore, monkeypatch):
    """Give a command line whose working folder has a store that no variable names."""
    shutil.copytree(made, tmp_path / "my faces")
    monkeypatch.delenv("FACESTORE_STORE")
    monkeypatch.chdir(tmp_path)
    return facestore


def commands(text):
    """Return the words of each command in a text."""
    return [shlex.split(each) for each in COMMAND.findall(text)]


STORE = ("--store", "my faces")


@pytest.mark.parametrize(
    "words",
    [
        "near faces/7.jpg --index",
        "search 'text 1' --index",
        "dedup --cosine 0.9 --index",
        "index certify",
    ],
)
def test_what_an_index_lacks_is_made_by_the_commands_that_are_said(faces, words):
    ran = faces(*shlex.split(words), *STORE)
    assert ran.status == 1
    build, *others = commands(ran.err)
    assert build[:2] == ["index", "build"]
    assert all(tuple(each[-2:]) == STORE for each in [build, *others])
    built = faces(*build, "--partitions", "2")
    assert built.status == 0, built.err
    (certify,) = commands(built.out)
    ran = faces(*certify, "--n-queries", "100", "--min-recall", "0.9")
    assert ran.status == 0, ran.err


def test_what_is_said_of_a_store_of_its_own_names_none(faces, monkeypatch):
    monkeypatch.setenv("FACESTORE_STORE", "my faces")
    for more in ((), STORE):
        ran = faces("index", "certify", *more)
        assert "`facestore index build --model 'x m imported'`." in ran.err


def test_cosines_that_were_not_kept_are_looked_for_in_this_store(faces):
    with Store.open("my faces") as store:
        store.execute(
            "insert into streamed_scores select 1, encoder_id, prompt_set, attribute, prompts from encoders "
            "cross join prompts_by_class where prompt_set = 'raw_gender_labels'; "
            "insert into streamed_winners select 1, sample_id, 0, 1, 1, 1, 1, 1, 1, 1, 1 from samples"
        )
    ran = faces("sql", "from top_n_accuracy(2)", *STORE)
    asked, setting = commands(ran.err)
    assert faces(*asked, "--format", "json").rows[0]["n_samples"] == 600
    assert faces(*setting).status == 0
    assert "always" in faces("settings", *STORE).out


def test_an_old_store_is_brought_up_to_date_by_what_is_said(faces):
    with duckdb.connect("my faces/facestore.duckdb") as con:
        con.execute(
            "update schema_views set checksum = 'older' where view_name = 'cosines_not_kept'"
        )
    ran = faces("sql", "from samples", *STORE)
    assert (ran.status, "older facestore" in ran.err) == (1, True)
    (migrate,) = commands(ran.err)
    assert faces(*migrate).status == 0
    assert faces("sql", "from samples limit 1", *STORE).status == 0


def test_the_overview_has_the_store_in_all_that_it_says(faces):
    out = faces("info", *STORE).out
    said = re.findall(r"facestore [a-z].*", out.split("\n", 2)[2])
    assert len(said) > 1
    assert [each for each in said if not each.endswith(" --store 'my faces'")] == []


@pytest.mark.parametrize(
    ("message", "typed"),
    [
        # those that take no store, that say one, and that are only named
        ("`facestore models` lists them", None),
        ("`facestore migrate store=other`", "`facestore migrate --store other`"),
        ("a file of `facestore train`", None),
        ("a file of `facestore snapshot`", None),
        ("the help of `facestore prompts add`", None),
        ("'`facestore info`'", None),
        ("`facestore info --store x`", None),
        # those that are run
        ("`facestore snapshot FILE.duckdb`", "`facestore snapshot FILE.duckdb --store 'my faces'`"),
        ("`facestore info`", "`facestore info --store 'my faces'`"),
        (
            "`facestore forget dry_run=True -- -1.jpg`",
            "`facestore forget --dry-run --store 'my faces' -- -1.jpg`",
        ),
    ],
)
def test_a_store_is_said_once_and_where_one_is_taken(monkeypatch, message, typed):
    monkeypatch.delenv("FACESTORE_STORE", raising=False)
    with of_one_command():
        note_store(typer.Context(typer.main.get_command(app)), Path("my faces"))
        once = as_typed(message)
        assert once == (typed or message)
        assert as_typed(once) == once
    # and nothing is left of it when the command has ended
    assert as_typed("`facestore info`") == "`facestore info`"
