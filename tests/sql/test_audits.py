"""The audits: each finds the bad row that it is there for, and nothing in a good store."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from support.bad_tables import BAD_TABLES
from support.invariants import INVARIANTS, VIEWS, misnamed

from facestore import resources
from facestore.catalog import audit_files as audits
from facestore.catalog.audits import load
from facestore.catalog.views import AUDITS_FOLDER

Con = duckdb.DuckDBPyConnection

FILES = audits.load_audits(resources.folder("sql") / AUDITS_FOLDER)
AUDITS = {audit.name: audit for audit in load()}
# Only a damaged file trips it: tests/upkeep/test_doctor.py has one.
UNREADABLE = "tables_can_be_read"


def found_by(name: str, con: Con) -> list[tuple[str, ...]]:
    return AUDITS[name].bad_rows(con).fetchmany(1_000)


def test_every_audit_has_bad_examples() -> None:
    assert sorted(BAD_TABLES) == sorted(set(AUDITS) - {UNREADABLE})
    assert all(BAD_TABLES.values())


@pytest.mark.parametrize("name", AUDITS)
def test_a_good_store_passes(store: Con, name: str) -> None:
    assert found_by(name, store) == []


EXAMPLES = [
    pytest.param(name, statements, id=f"{name}-{number}")
    for name, every in BAD_TABLES.items()
    for number, statements in enumerate(every)
]


@pytest.mark.parametrize(("name", "statements"), EXAMPLES)
def test_an_audit_finds_the_bad_row(store: Con, name: str, statements: str) -> None:
    store.execute(statements)
    assert found_by(name, store)


def test_every_view_that_another_program_has_replaced_is_found(store: Con) -> None:
    for name, view in VIEWS.items():
        if view.parameters is None:
            store.execute(f"create or replace view {name} as select 1 as n")
        else:
            kind = "" if view.is_scalar else "table select"
            parameters = ", ".join(view.parameters)
            store.execute(f"create or replace macro {name}({parameters}) as {kind} 1")
    found = found_by("views_are_those_of_this_version", store)
    assert {name for _, name, _ in found} == set(VIEWS)


def test_what_the_user_has_made_besides_is_left_alone(store: Con) -> None:
    store.execute("create view mine as from labels; create macro twice(x) as 2 * x")
    store.execute("create table notes (sample_id integer); create schema other")
    store.execute(
        "create view other.judged_predictions as select 1; create macro other.sum(x) as 1"
    )
    store.execute("create schema mine; create view mine.labels as select 1 as n")
    for name in set(AUDITS) - {"others_keep_to_their_schema"}:
        assert found_by(name, store) == [], name
    assert found_by("others_keep_to_their_schema", store) == [
        ("macro", "main", "twice"),
        ("macro", "other", "sum"),
        ("table", "main", "notes"),
        ("view", "main", "mine"),
        ("view", "other", "judged_predictions"),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        'create macro "AVG"(x) as 1',  # DuckDB does not tell capitals from small letters
        'create macro "+"(a, b) as 7',
        "create macro main.count_star() as 7",
        "create type json as enum ('a')",
        "create index i on samples ((sample_id + 1))",
        "create macro duckdb_views() as table select 'main' as schema_name",
        "drop view leaderboard; create table leaderboard as select 1 as rank",
    ],
)
def test_what_hides_a_function_or_computes_in_writing_is_found(store: Con, statement: str) -> None:
    store.execute(statement)
    assert found_by("views_are_those_of_this_version", store)


def test_plain_indexes_and_types_of_ones_own_are_left_alone(store: Con) -> None:
    store.execute("create type mood as enum ('glad'); create index i on samples (split, dataset)")
    assert found_by("views_are_those_of_this_version", store) == []


def test_every_table_and_view_is_audited_or_proved(store: Con) -> None:
    tables = {
        name for (name,) in store.execute("select table_name from duckdb_tables()").fetchall()
    }
    read_by_audited = {name for view in VIEWS.values() for name in view.reads}
    of_files = {name for audit in FILES for name in audit.about}
    about = of_files | {name for each in INVARIANTS.values() for name in each.about}
    macros = {view.name for view in VIEWS.values() if view.parameters is not None}
    assert tables - of_files - audits.BOOKKEEPING == set()
    assert set(VIEWS) - macros - about == set()
    # A macro is audited itself, or by way of the views that read it.
    assert macros - about - read_by_audited == set()
    assert about - tables - set(VIEWS) == set()


@pytest.mark.parametrize("audit", FILES, ids=lambda audit: audit.name)
def test_an_audit_names_what_it_reads(store: Con, audit: audits.AuditFile) -> None:
    assert misnamed(store, audit) == set()
    assert [each.type for each in duckdb.extract_statements(audit.body)] == [
        duckdb.StatementType.SELECT
    ]


def test_an_audit_without_what_to_do_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.sql"
    file.write_text("-- a: holds\n-- audits: labels\n-- reads: labels\nselect 1")
    with pytest.raises(ValueError, match=r"a\.sql: its header needs a line '-- todo"):
        audits.load_audits(tmp_path)
    file.write_text("-- a: it\n-- holds\n-- audits: b, c\n-- reads: d\n-- todo: e\nselect 1")
    (audit,) = audits.load_audits(tmp_path)
    assert (audit.title, audit.about, audit.todo, audit.is_note) == (
        "it holds",
        ("b", "c"),
        "e",
        False,
    )


def test_the_file_as_a_whole_is_audited_before_what_is_in_it() -> None:
    assert list(AUDITS)[:3] == [
        UNREADABLE,
        "tables_are_those_of_this_version",
        "views_are_those_of_this_version",
    ]
