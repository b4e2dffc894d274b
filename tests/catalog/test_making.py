"""A new store is there whole or not at all, and what a broken making left is in nobody's way."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import pytest

from facestore import resources
from facestore.catalog import definitions, empty, making, migrate
from facestore.catalog.making import check_folder
from facestore.errors import NotAStoreError
from facestore.store import Store

FILE = "facestore.duckdb"


def _begun(folder: Path, statements: str = "") -> None:
    """Leave a DuckDB file as a process does that is killed before its first checkpoint."""
    script = (
        f"import duckdb, os; c = duckdb.connect({str(folder / FILE)!r}); {statements}os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", script], check=False)


def _empty(folder: Path) -> None:
    (folder / FILE).touch()


def _zeros(folder: Path) -> None:
    (folder / FILE).write_bytes(bytes(3 * 4096))


def _half_a_header(folder: Path) -> None:
    _begun(folder)
    os.truncate(folder / FILE, 6000)


def _first_migrations(folder: Path) -> None:
    _begun(
        folder,
        "from facestore import resources; from facestore.catalog import migrate as m; "
        "m.migrate(c, m.load_migrations(resources.folder('migrations')), stop_before=4); ",
    )
    assert (folder / f"{FILE}.wal").stat().st_size


def _log_alone(folder: Path) -> None:
    _first_migrations(folder)
    (folder / FILE).unlink()


def _vectors_alone(folder: Path) -> None:
    (folder / "vectors" / "tiny-fp32.images.lance" / "data").mkdir(parents=True)
    (folder / ".ingest.lock").touch()


def _part_of_a_killed_one(folder: Path) -> None:
    script = (
        "import os; from pathlib import Path; from facestore.leftovers import part_of; "
        f"part = part_of(Path({str(folder / FILE)!r})); part.mkdir(); (part / 'x').touch(); "
        "os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", script], check=False)
    assert any(each.suffix == ".part" for each in folder.iterdir())


def _names(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


LEFT = [_empty, _zeros, _begun, _half_a_header, _first_migrations, _log_alone, _vectors_alone,
        _part_of_a_killed_one]  # fmt: skip


@pytest.mark.parametrize("leave", LEFT, ids=lambda each: each.__name__.strip("_"))
def test_what_a_broken_making_left_is_in_nobodys_way(
    leave: Callable[[Path], None], facestore, tmp_path
):
    (tmp_path / "labels.csv").write_text("file,gender\n1.jpg,Male\n")
    folder = tmp_path / "store"
    folder.mkdir()
    leave(folder)
    assert "No store at" in facestore("info").err
    words = ("import", "labels", tmp_path / "labels.csv", "--dataset", "d", "--create-samples")
    ran = facestore(*words)
    assert (ran.status, ran.err) == (0, "")
    assert facestore("doctor").status == 0
    files = {each.name for each in folder.iterdir()} - {".ingest.lock", "vectors"}
    assert files == {FILE}


def _text(folder: Path) -> None:
    (folder / FILE).write_text("hello")


def _long_text(folder: Path) -> None:
    (folder / FILE).write_text("hello " * 9999)


def _zeros_and_more(folder: Path) -> None:
    (folder / FILE).write_bytes(bytes(3 * 4096) + b"more")


def _other_tables(folder: Path) -> None:
    with duckdb.connect(str(folder / FILE)) as con:
        con.execute("create table mine as select 1 as one")


def _other_tables_in_the_log(folder: Path) -> None:
    _begun(folder, "c.execute('create table mine as select 1 as one'); ")


def _view_in_the_log(folder: Path) -> None:
    _begun(folder, "c.execute('create view mine as select 1 as one'); ")


def _other_vectors(folder: Path) -> None:
    (folder / "vectors").mkdir()
    (folder / "vectors" / "drawing.svg").touch()


def _other_parts(folder: Path) -> None:
    (folder / ".film-a1b2c3.part").touch()


STRANGE = [_text, _long_text, _zeros_and_more, _other_tables, _other_tables_in_the_log,
           _view_in_the_log, _other_vectors, _other_parts]  # fmt: skip


@pytest.mark.parametrize("leave", STRANGE, ids=lambda each: each.__name__.strip("_"))
def test_what_is_a_strangers_is_refused_and_stays(
    leave: Callable[[Path], None], facestore, tmp_path
):
    folder = tmp_path / "store"
    folder.mkdir()
    leave(folder)
    before = _held(folder)
    for words in (["migrate"], ["info"]):
        ran = facestore(*words)
        assert ran.status == 1
        assert "is not a facestore store" in ran.err
    assert _held(folder) == before


def _held(folder: Path) -> dict[str, object]:
    """Return what is in a folder: of a database its tables and views, else the bytes."""
    held: dict[str, object] = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        try:
            with duckdb.connect(str(path), read_only=True) as con:
                held[name] = con.execute("select table_name, sql from duckdb_tables() union all "
                    "select view_name, sql from duckdb_views() where not internal").fetchall()  # fmt: skip
        except duckdb.Error:
            held[name] = path.is_file() and path.read_bytes()
    return {name: each for name, each in held.items() if not name.endswith(".wal")}


def _with_table(name: str, file: Path) -> tuple[str, ...]:
    with duckdb.connect(str(file)) as con:
        con.execute(f"create table {name} as select 1 as one")
    return (name,)


def test_of_two_that_make_a_store_the_first_one_counts(tmp_path):
    file = tmp_path / FILE

    def fill(new: Path) -> tuple[str, ...]:
        assert making.make(file, partial(_with_table, "winner")) == ("winner",)
        return _with_table("loser", new)

    assert making.make(file, fill) is None
    with duckdb.connect(str(file), read_only=True) as con:
        assert con.execute("select table_name from duckdb_tables()").fetchall() == [("winner",)]
    assert _names(tmp_path) == [FILE]


def test_of_two_that_take_over_what_was_left_the_first_one_counts(tmp_path):
    file = tmp_path / FILE
    file.touch()
    test_of_two_that_make_a_store_the_first_one_counts(tmp_path)


def test_a_store_appears_with_all_that_is_in_it(tmp_path, monkeypatch):
    seen = []
    install = migrate.migrate

    def watched(*arguments: object, **more: object) -> list[str]:
        seen.append((tmp_path / FILE).exists())
        return install(*arguments, **more)

    monkeypatch.setattr(migrate, "migrate", watched)
    monkeypatch.setattr(empty, "_first", [])  # as in a process that has made none yet
    with Store.open(tmp_path) as store:
        store.migrate()
        assert seen == [False]
        assert store.sql("select count(*) from prompt_sets").fetchone() != (0,)
    with duckdb.connect(str(tmp_path / FILE), read_only=True) as con:
        n = len(migrate.load_migrations(resources.folder("migrations")))
        assert con.execute("select max(version) from schema_migrations").fetchone() == (n,)
    assert _names(tmp_path) == [FILE]


def test_the_second_store_of_a_process_is_like_the_first_but_made_at_its_own_time(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(empty, "_first", [])
    names, times, held = [], [], []
    for folder in (tmp_path / "one", tmp_path / "two"):
        with Store.open(folder) as store:
            names.append(store.migrate())
        with duckdb.connect(str(folder / FILE), read_only=True) as con:
            tables = con.execute("select table_name from duckdb_tables()").fetchall()
            rows = {name: con.execute(f"from {name} order by all").fetchall() for (name,) in tables}
            held.append(definitions.read(con).definitions)
        applied = rows.pop("schema_migrations")
        times.append(min(row[-1] for row in applied))
        held.append(([row[:-1] for row in applied], rows))
    assert names[0] == names[1]
    assert len(names[0]) > 100
    assert times[0] < times[1]
    assert held[:2] == held[2:]


def test_a_making_sweeps_what_a_killed_one_left(tmp_path):
    (tmp_path / "store").mkdir()
    _part_of_a_killed_one(tmp_path / "store")
    with Store.open(tmp_path / "store") as store:
        store.migrate()
    assert _names(tmp_path / "store") == [FILE]


def test_a_command_that_reads_first_sweeps_a_store_that_is_there(new_store, facestore, tmp_path):
    shutil.copytree(new_store, tmp_path / "store")
    _part_of_a_killed_one(tmp_path / "store")
    (tmp_path / "labels.csv").write_text("file,gender\n1.jpg,Male\n")
    words = ("import", "labels", tmp_path / "labels.csv", "--dataset", "d", "--create-samples")
    assert facestore(*words).status == 0
    assert _names(tmp_path / "store") == [FILE]


def test_a_folder_of_strangers_is_no_store_whatever_facestore_left_in_it(tmp_path):
    _vectors_alone(tmp_path)
    Store.open(tmp_path).close()
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(NotAStoreError, match="among its"):
        Store.open(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
@pytest.mark.parametrize(
    "name",
    ["facestore.duckdb.undo", "facestore.duckdb.wal", ".ingest.pid", "heads/h.safetensors",
     "vectors/x.images.lance/on_disk.json", "vectors/x.images.lance/data/1.lance"],
)  # fmt: skip
def test_a_pipe_in_a_store_is_told_and_not_waited_for(new_store, tmp_path, name):
    store = tmp_path / "s"
    shutil.copytree(new_store, store)
    (store / name).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(store / name)
    with pytest.raises(NotAStoreError, match=re.escape(f"'{name}' in it is neither")):
        check_folder(store)


@pytest.mark.parametrize(
    "name", ["facestore.duckdb.undo", ".score.pid", "vectors/x.images.lance/on_disk.json"]
)
def test_a_folder_in_the_place_of_a_file_is_told(new_store, tmp_path, name):
    store = tmp_path / "s"
    shutil.copytree(new_store, store)
    (store / name).mkdir(parents=True)
    with pytest.raises(NotAStoreError, match=re.escape(f"'{name}' in it is a folder")):
        check_folder(store)


def test_links_that_stay_inside_are_followed(new_store, tmp_path):
    store = tmp_path / "s"
    shutil.copytree(new_store, store)
    (store / "heads").mkdir()
    link = store / "heads" / "link"
    link.symlink_to(store / "facestore.duckdb")
    with Store.open(store) as opened:
        assert opened.rows("select count(*) from labels") == (["count_star()"], [(0,)])
    link.unlink()
    link.symlink_to(tmp_path)
    with pytest.raises(NotAStoreError, match="a link that leads out of it"):
        check_folder(store)
