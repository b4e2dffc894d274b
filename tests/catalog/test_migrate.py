"""Migrations: which are pending, which are refused, and that each runs whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from facestore import resources
from facestore.catalog.migrate import Migration, load_migrations, migrate, pending
from facestore.errors import MigrationError, StoreTooNewError

CREATE = Migration(1, "0001_create_faces", "create table faces (name varchar)")
FILL = Migration(
    2, "0002_fill_faces", "insert into faces values ('one'); insert into faces values ('two')"
)
WIDEN = Migration(3, "0003_add_age", "alter table faces add column age integer")
ALL = [CREATE, FILL, WIDEN]


@pytest.fixture
def empty() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        yield con


def write(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).write_text(f"select '{name}'", encoding="utf-8")
    return folder


def tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    query = "select table_name from duckdb_tables() order by all"
    return [name for (name,) in con.execute(query).fetchall()]


def test_migrations_are_read_in_order_of_their_numbers(tmp_path: Path) -> None:
    write(tmp_path, "0003_c.sql", "0001_a.sql", "0002_b.sql", "README.md")
    assert load_migrations(tmp_path) == [
        Migration(1, "0001_a", "select '0001_a.sql'"),
        Migration(2, "0002_b", "select '0002_b.sql'"),
        Migration(3, "0003_c", "select '0003_c.sql'"),
    ]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("0001_a.sql", "0003_c.sql"), r"\[1, 3\]"),
        (("0002_b.sql",), r"\[2\]"),
        (("0000_z.sql", "0001_a.sql"), r"\[0, 1\]"),
        (("0001_a.sql", "0002_b.sql", "0002_c.sql"), r"\[1, 2, 2\]"),
    ],
)
def test_a_gap_or_a_number_used_twice_is_refused(
    tmp_path: Path, names: tuple[str, ...], found: str
) -> None:
    with pytest.raises(MigrationError, match=found):
        load_migrations(write(tmp_path, *names))


@pytest.mark.parametrize(
    "name", ["1_a.sql", "0001.sql", "0001_A.sql", "0001-a.sql", "x0001_a.sql", "00001_a.sql"]
)
def test_a_badly_named_file_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(MigrationError, match=f"'{name}'.*rename it"):
        load_migrations(write(tmp_path, name))


def test_migrations_run_in_order_and_are_recorded(empty: duckdb.DuckDBPyConnection) -> None:
    assert migrate(empty, ALL) == ["0001_create_faces", "0002_fill_faces", "0003_add_age"]
    assert empty.execute("from faces order by name").fetchall() == [("one", None), ("two", None)]
    query = "select version, name, checksum from schema_migrations order by version"
    assert empty.execute(query).fetchall() == [(m.version, m.name, m.checksum) for m in ALL]


def test_a_second_run_does_nothing(empty: duckdb.DuckDBPyConnection) -> None:
    migrate(empty, ALL)
    before = empty.execute("from schema_migrations order by version").fetchall()
    assert migrate(empty, ALL) == []
    assert empty.execute("from schema_migrations order by version").fetchall() == before
    assert empty.execute("select count(*) from faces").fetchone() == (2,)


def test_stop_before_leaves_a_version_and_later_ones_out(
    empty: duckdb.DuckDBPyConnection,
) -> None:
    assert migrate(empty, ALL, stop_before=2) == ["0001_create_faces"]
    assert empty.execute("select count(*) from faces").fetchone() == (0,)
    assert pending(empty, ALL) == [FILL, WIDEN]
    assert migrate(empty, ALL, stop_before=3) == ["0002_fill_faces"]
    assert migrate(empty, ALL) == ["0003_add_age"]
    assert pending(empty, ALL) == []


def test_asking_for_what_is_pending_writes_nothing(empty: duckdb.DuckDBPyConnection) -> None:
    assert pending(empty, ALL) == ALL
    assert tables(empty) == []


def test_an_edited_migration_is_refused_and_nothing_runs(
    empty: duckdb.DuckDBPyConnection,
) -> None:
    migrate(empty, ALL, stop_before=3)
    edited = Migration(1, CREATE.name, f"{CREATE.sql} ")
    with pytest.raises(MigrationError, match=r"0001_create_faces.*restore the file"):
        migrate(empty, [edited, FILL, WIDEN])
    assert pending(empty, ALL) == [WIDEN]


def test_an_edit_of_the_newest_migration_is_noticed_too(
    empty: duckdb.DuckDBPyConnection,
) -> None:
    migrate(empty, ALL)
    with pytest.raises(MigrationError, match="0003_add_age"):
        pending(empty, [CREATE, FILL, Migration(3, WIDEN.name, "select 1")])


def test_a_migration_whose_record_is_lost_is_refused(empty: duckdb.DuckDBPyConnection) -> None:
    migrate(empty, ALL)
    empty.execute("delete from schema_migrations where version = 2")
    with pytest.raises(MigrationError, match="0002_fill_faces"):
        pending(empty, ALL)


def test_a_store_newer_than_the_program_is_refused(empty: duckdb.DuckDBPyConnection) -> None:
    migrate(empty, ALL)
    with pytest.raises(StoreTooNewError, match=r"version 3.*up to 2") as caught:
        migrate(empty, [CREATE, FILL])
    assert (caught.value.found, caught.value.known) == (3, 2)


def test_a_failed_migration_is_rolled_back_with_its_record(
    empty: duckdb.DuckDBPyConnection,
) -> None:
    half = Migration(2, "0002_half", "insert into faces values ('one'); select * from nowhere")
    with pytest.raises(duckdb.CatalogException, match="nowhere"):
        migrate(empty, [CREATE, half])
    assert empty.execute("select count(*) from faces").fetchone() == (0,)
    assert empty.execute("select version from schema_migrations").fetchall() == [(1,)]
    assert migrate(empty, ALL) == ["0002_fill_faces", "0003_add_age"]


def test_a_failed_first_migration_leaves_an_empty_database(
    empty: duckdb.DuckDBPyConnection,
) -> None:
    half = Migration(1, "0001_half", "create table faces (name varchar); select * from nowhere")
    with pytest.raises(duckdb.CatalogException, match="nowhere"):
        migrate(empty, [half])
    assert tables(empty) == []
    assert migrate(empty, [CREATE]) == ["0001_create_faces"]


def test_a_migration_whose_record_cannot_be_written_is_undone(
    empty: duckdb.DuckDBPyConnection,
) -> None:
    migrate(empty, [CREATE])
    taken = "insert into schema_migrations values (2, 'taken', '', now()::timestamp)"
    own = Migration(2, "0002_own_record", f"insert into faces values ('one'); {taken}")
    with pytest.raises(duckdb.ConstraintException, match="duplicate key"):
        migrate(empty, [CREATE, own])
    assert empty.execute("select count(*) from faces").fetchone() == (0,)
    assert pending(empty, ALL) == [FILL, WIDEN]


def test_the_record_survives_closing_the_file(tmp_path: Path) -> None:
    with duckdb.connect(tmp_path / "faces.duckdb") as con:
        migrate(con, ALL, stop_before=3)
    with duckdb.connect(tmp_path / "faces.duckdb") as con:
        assert migrate(con, ALL) == ["0003_add_age"]


def test_old_labels_survive_all_migrations(empty: duckdb.DuckDBPyConnection) -> None:
    shipped = load_migrations(resources.folder("migrations"))
    migrate(empty, shipped, stop_before=2)
    empty.execute("insert into samples (sample_id, dataset, path) values (1, 'faces', '1.jpg')")
    empty.execute("insert into labels (sample_id, attribute, label) values (1, 'age', '20-29')")
    migrate(empty, shipped)
    assert pending(empty, shipped) == []
    query = "select sample_id, attribute, label from labels"
    assert empty.execute(query).fetchall() == [(1, "age", "20-29")]


def test_classes_have_the_order_which_decides_ties(con: duckdb.DuckDBPyConnection) -> None:
    query = "select attribute, list(class order by ordinal) from classes group by all order by all"
    assert con.execute(query).fetchall() == [
        (
            "age",
            ["0-2", "3-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "more than 70"],
        ),
        ("gender", ["Male", "Female"]),
        (
            "race",
            [
                "White",
                "Black",
                "Indian",
                "Latino_Hispanic",
                "Southeast Asian",
                "East Asian",
                "Middle Eastern",
            ],
        ),
    ]


def test_predictions_on_copies_are_counted_again_and_others_stay(
    empty: duckdb.DuckDBPyConnection,
) -> None:
    shipped = load_migrations(resources.folder("migrations"))
    migrate(empty, shipped, stop_before=14)
    for number, (dataset, image) in enumerate(
        [
            ("copies", "a"),
            ("copies", "a"),
            ("near", "b"),
            ("near", "c"),
            ("plain", "a"),
            ("plain", None),
        ]
    ):
        empty.execute(
            "insert into samples values (?, ?, ?, ?, null, null, null)",
            [number, dataset, f"{number}.jpg", image],
        )
    empty.execute("insert into excluded_samples values (3, 'nearly the same', 'keep-one', 5, 2)")
    for dataset in ("copies", "near", "plain"):
        empty.execute("insert into counted_predictions values (1, ?)", [dataset])
        empty.execute(
            "insert into kept_prediction_counts values (1, ?, null, false, 1, 'a', 'a', 1, 0)",
            [dataset],
        )
    migrate(empty, shipped)
    for table in ("counted_predictions", "kept_prediction_counts"):
        assert empty.execute(f"select dataset from {table}").fetchall() == [("plain",)]
    assert empty.execute("select count(person_id), count(*) from samples").fetchone() == (0, 6)
