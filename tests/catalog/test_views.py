"""The loader of views: order of dependency, replacing, dropping, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from support.invariants import grain, key_columns
from support.rows import (
    classifier,
    encoder,
    fill,
    labels,
    predictions,
    prompt_set,
    samples,
    similarities,
)

from facestore import resources
from facestore.catalog import migrate, views
from facestore.errors import StoreError

Con = duckdb.DuckDBPyConnection
HEADER = "-- {title}: what it answers\n-- grain: {grain}\n-- units: none\n-- reads: {reads}\n"


@pytest.fixture
def empty() -> Iterator[Con]:
    """Give a database with the tables of a store and no views."""
    with duckdb.connect() as connection:
        migrate.migrate(connection, migrate.load_migrations(resources.folder("migrations")))
        yield connection


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    (tmp_path / "sql" / "topic").mkdir(parents=True)
    return tmp_path / "sql"


def write(sql: Path, title: str, body: str, grain: str = "n", reads: str = "") -> None:
    """Write a file of sql/; its name is the title without parameters."""
    text = HEADER.format(title=title, grain=grain, reads=reads) + body
    (sql / "topic" / f"{title.partition('(')[0]}.sql").write_text(text, encoding="utf-8")


def install(con: Con, sql: Path) -> list[str]:
    return sorted(views.install_views(con, views.load_views(sql)))


def value(con: Con, query: str) -> object:
    row = con.execute(query).fetchone()
    assert row is not None
    return row[0]


def names(con: Con) -> list[str]:
    query = (
        "select view_name from duckdb_views() where not internal union all "
        "select function_name from duckdb_functions() where not internal "
        "and function_type like '%macro' order by all"
    )
    return [name for (name,) in con.execute(query).fetchall()]


def test_a_view_comes_after_the_views_that_it_reads(empty: Con, sql: Path) -> None:
    write(sql, "a", "select n + 1 as n from b", reads="b")
    write(sql, "b", "select n + 1 as n from c", reads="c")
    write(sql, "c", "select 1 as n")
    assert [view.name for view in views.load_views(sql)] == ["c", "b", "a"]
    assert install(empty, sql) == ["a", "b", "c"]
    assert value(empty, "from a") == 3


def test_macros_and_views_that_read_each_other_come_in_order(empty: Con, sql: Path) -> None:
    write(sql, "a", "select n from b(2)", reads="b")
    write(sql, "b(k)", "select d(n) * k as n from c", reads="c, d")
    write(sql, "c", "select 5 as n")
    write(sql, "d(x)", "select x + 1", grain="scalar")
    order = [view.name for view in views.load_views(sql)]
    assert order.index("a") > order.index("b") > max(order.index("c"), order.index("d"))
    install(empty, sql)
    assert value(empty, "from a") == 12
    assert value(empty, "from b(3)") == 18
    assert value(empty, "select d(1)") == 2


def test_a_scalar_macro_may_read_another_one(empty: Con, sql: Path) -> None:
    write(sql, "a(x)", "select b(x) * 2", grain="scalar", reads="b")
    write(sql, "b(x)", "select x + 1", grain="scalar")
    assert [view.name for view in views.load_views(sql)] == ["b", "a"]
    install(empty, sql)
    assert value(empty, "select a(3)") == 8


def test_names_are_found_in_subqueries_joins_and_common_tables(empty: Con, sql: Path) -> None:
    body = (
        "with here as (select 1 as n from one) select n from here inner join two using (n) "
        "where n in (select three(n) from four(1)) union all select n from five"
    )
    write(sql, "a", body)
    found = views.referenced_names(empty, views.parse_view_file(sql / "topic" / "a.sql"))
    assert {"one", "two", "three", "four", "five"} <= found


def test_the_catalogue_knows_columns_of_every_type_and_name(empty: Con, sql: Path) -> None:
    body = (
        'select {\'a "b"\': [1::utinyint], \'c\': null::date} as "odd ""name", 1.50 as d, '
        "null::blob as nothing, 'x'::enum ('x', 'y') as e, map {'k': now()::timestamp} as m"
    )
    write(sql, "a", body)
    write(sql, "b", "select *, [d] as ds from a", reads="a")
    write(sql, "c", "select * exclude (d) from b", reads="b")
    install(empty, sql)
    known = (
        "select column_name, data_type from duckdb_columns() where table_name = ? "
        "order by column_index"
    )
    for name in ("a", "b", "c"):
        asked = empty.execute(f"select column_name, column_type from (describe {name})").fetchall()
        assert empty.execute(known, [name]).fetchall() == asked
    assert empty.execute("select d, ds, e from b").fetchall() == [
        (Decimal("1.50"), [Decimal("1.50")], "x")
    ]


def test_views_which_read_each_other_in_a_circle_are_refused(sql: Path) -> None:
    write(sql, "a", "select n from b")
    write(sql, "b", "select n from a")
    with pytest.raises(ValueError, match="cycle"):
        views.load_views(sql)


def test_installing_twice_does_nothing_the_second_time(empty: Con, sql: Path) -> None:
    write(sql, "a", "select 1 as n")
    assert install(empty, sql) == ["a"]
    oid = value(empty, "select view_oid from duckdb_views() where view_name = 'a'")
    assert install(empty, sql) == []
    assert value(empty, "select view_oid from duckdb_views() where view_name = 'a'") == oid


def test_a_changed_file_is_replaced_and_only_it_is_named(empty: Con, sql: Path) -> None:
    write(sql, "a", "select n from b")
    write(sql, "b", "select 1 as n")
    install(empty, sql)
    write(sql, "b", "select 2 as n")
    assert views.outdated(empty, views.load_views(sql), {"a", "b"}) == ["b"]
    assert install(empty, sql) == ["b"]
    assert value(empty, "from a") == 2
    assert views.outdated(empty, views.load_views(sql), {"a", "b"}) == []


def test_a_view_that_reads_a_replaced_view_gets_its_new_columns(empty: Con, sql: Path) -> None:
    write(sql, "a", "select * from b")
    write(sql, "b", "select 1 as n")
    install(empty, sql)
    write(sql, "b", "select 1 as n, 'new' as word")
    install(empty, sql)
    assert empty.execute("from a").fetchall() == [(1, "new")]


def test_a_changed_header_is_a_change_too(empty: Con, sql: Path) -> None:
    write(sql, "a", "select 1 as n")
    install(empty, sql)
    write(sql, "a", "select 1 as n", grain="it's one row")
    assert install(empty, sql) == ["a"]
    comment = value(empty, "select comment from duckdb_views() where view_name = 'a'")
    assert comment == "a: what it answers\ngrain: it's one row\nunits: none\nreads: "


def test_every_kind_has_its_header_as_comment(empty: Con, sql: Path) -> None:
    write(sql, "a", "select 1 as n")
    write(sql, "b(k)", "select k as n")
    write(sql, "c(k)", "select k + 1", grain="scalar")
    install(empty, sql)
    query = (
        "select view_name, comment from duckdb_views() where not internal union all "
        "select function_name, comment from duckdb_functions() where not internal order by all"
    )
    found = {
        name: text for name, text in empty.execute(query).fetchall() if name in {"a", "b", "c"}
    }
    assert {name: text.splitlines()[0] for name, text in found.items()} == {
        "a": "a: what it answers",
        "b": "b(k): what it answers",
        "c": "c(k): what it answers",
    }


def test_a_removed_file_is_dropped_of_every_kind(empty: Con, sql: Path) -> None:
    write(sql, "a", "select 1 as n")
    write(sql, "b(k)", "select k as n")
    write(sql, "c(k)", "select k + 1", grain="scalar")
    write(sql, "d", "select 1 as n")
    install(empty, sql)
    for name in ("a", "b", "c"):
        (sql / "topic" / f"{name}.sql").unlink()
    assert install(empty, sql) == ["a", "b", "c"]
    assert names(empty) == ["d"]


@pytest.mark.parametrize("title", ["a(k)", "a"])
def test_a_view_may_turn_into_a_macro_and_back(empty: Con, sql: Path, title: str) -> None:
    other = {"a": "a(k)", "a(k)": "a"}[title]
    write(sql, other, "select 1 as n")
    install(empty, sql)
    write(sql, title, "select 2 as n")
    assert install(empty, sql) == ["a"]
    assert value(empty, f"from {title.replace('k', '0')}") == 2
    assert names(empty) == ["a"]


def test_a_table_macro_may_turn_into_a_scalar_one(empty: Con, sql: Path) -> None:
    write(sql, "a(k)", "select k as n")
    install(empty, sql)
    write(sql, "a(k)", "select k + 1", grain="scalar")
    install(empty, sql)
    assert value(empty, "select a(1)") == 2
    assert names(empty) == ["a"]


def test_views_and_macros_of_the_user_are_left_alone(empty: Con, sql: Path) -> None:
    write(sql, "a", "select 1 as n")
    install(empty, sql)
    empty.execute("create view mine as select n + 10 as n from a")
    empty.execute("create macro twice(x) as 2 * x")
    empty.execute("create macro rows_of(k) as table select k as n from a")
    write(sql, "a", "select 2 as n")
    write(sql, "b", "select 1 as n")
    install(empty, sql)
    assert value(empty, "from mine") == 12
    assert value(empty, "select twice(4)") == 8
    assert value(empty, "from rows_of(7)") == 7
    assert names(empty) == ["a", "b", "mine", "rows_of", "twice"]


@pytest.mark.parametrize(
    "statement",
    [
        "create view a as select 7 as n; create view mine as from a",
        "create table a as select 7 as n; create view mine as from a",
        "create macro a(x) as 7; create view mine as select a(1) as n",
    ],
)
def test_a_name_that_the_user_has_taken_is_refused_and_nothing_is_replaced(
    empty: Con, sql: Path, statement: str
) -> None:
    empty.execute(statement)
    write(sql, "a", "select 1 as n")
    write(sql, "b", "select 2 as n")
    with pytest.raises(StoreError, match="'a' that facestore did not make"):
        install(empty, sql)
    assert value(empty, "select n from mine") == 7
    assert "b" not in names(empty)


@pytest.mark.parametrize("schema", ["mine", "elsewhere.main"])
def test_a_view_of_the_same_name_in_another_schema_is_left_alone(
    empty: Con, sql: Path, schema: str
) -> None:
    write(sql, "a", "select 1 as n")
    install(empty, sql)
    empty.execute("create schema mine")
    empty.execute("attach ':memory:' as elsewhere")
    empty.execute(f"create view {schema}.a as select 7 as n")
    write(sql, "a", "select 2 as n")
    install(empty, sql)
    assert (value(empty, "from a"), value(empty, f"from {schema}.a")) == (2, 7)


@pytest.mark.parametrize("schema", ["mine", "elsewhere.main"])
def test_macros_of_the_same_name_in_another_schema_are_left_alone(
    empty: Con, sql: Path, schema: str
) -> None:
    write(sql, "a(k)", "select k as n")
    write(sql, "b(k)", "select k + 1", grain="scalar")
    install(empty, sql)
    empty.execute("create schema mine")
    empty.execute("attach ':memory:' as elsewhere")
    empty.execute(f"create macro {schema}.a(k) as table select 7 as n")
    empty.execute(f"create macro {schema}.b(k) as 8")
    write(sql, "b(k)", "select k + 2", grain="scalar")
    install(empty, sql)
    assert (value(empty, "from a(1)"), value(empty, f"from {schema}.a(1)")) == (1, 7)
    assert (value(empty, "select b(1)"), value(empty, f"select {schema}.b(1)")) == (3, 8)


@pytest.mark.parametrize("schema", ["mine", "elsewhere.main"])
def test_what_was_dropped_by_hand_is_missing_wherever_else_its_name_is_used(
    empty: Con, sql: Path, schema: str
) -> None:
    write(sql, "a", "select 1 as n")
    write(sql, "b(k)", "select k as n")
    write(sql, "c(k)", "select k + 1", grain="scalar")
    install(empty, sql)
    empty.execute("create schema mine")
    empty.execute("attach ':memory:' as elsewhere")
    empty.execute(f"create view {schema}.a as select 7 as n")
    empty.execute(f"create macro {schema}.b(k) as table select 7 as n")
    empty.execute(f"create macro {schema}.c(k) as 7")
    empty.execute("drop view main.a")
    empty.execute("drop macro table main.b")
    empty.execute("drop macro main.c")
    assert install(empty, sql) == ["a", "b", "c"]
    assert [value(empty, query) for query in ("from a", "from b(2)", "select c(2)")] == [1, 2, 3]
    assert install(empty, sql) == []


def test_a_failed_installation_leaves_the_old_views(empty: Con, sql: Path) -> None:
    write(sql, "a", "select 1 as n")
    install(empty, sql)
    write(sql, "a", "select 2 as n")
    write(sql, "z", "select nothing from nowhere")
    with pytest.raises(duckdb.CatalogException, match="nowhere"):
        install(empty, sql)
    assert value(empty, "from a") == 1
    assert empty.execute("select view_name from schema_views").fetchall() == [("a",)]
    (sql / "topic" / "z.sql").unlink()
    assert install(empty, sql) == ["a"]
    assert value(empty, "from a") == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "select 1 as n",
        "-- other: what it answers\nselect 1 as n",
        "-- a\nselect 1 as n",
        "-- a:\nselect 1 as n",
        "-- A: what it answers\nselect 1 as n",
        "select 1 as n\n-- a: what it answers",
    ],
)
def test_a_bad_header_is_refused_by_the_name_of_the_file(sql: Path, text: str) -> None:
    (sql / "topic" / "a.sql").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.sql: the first line has to be '-- a:"):
        views.load_views(sql)


def test_sql_that_does_not_parse_is_refused_by_its_name(sql: Path) -> None:
    write(sql, "a", "select from where")
    with pytest.raises(ValueError, match=r"a: .*syntax error"):
        views.load_views(sql)


def test_a_header_is_read_apart_from_its_select(sql: Path) -> None:
    write(sql, "a(k, m)", "select k -- not a header\nfrom b;\n", grain="x, y", reads="b, c")
    view = views.parse_view_file(sql / "topic" / "a.sql")
    assert (view.name, view.parameters, view.is_scalar) == ("a", ("k", "m"), False)
    assert view.reads == ("b", "c")
    assert view.body == "select k -- not a header\nfrom b"
    assert view.comment.splitlines()[1:] == ["grain: x, y", "units: none", "reads: b, c"]


def test_a_fact_of_a_header_may_go_on_in_the_next_line(sql: Path) -> None:
    text = "-- a: what\n-- it answers\n-- grain: x,\n--   y\n-- reads:\n-- note: b\nselect 1 as x"
    (sql / "topic" / "a.sql").write_text(text, encoding="utf-8")
    view = views.parse_view_file(sql / "topic" / "a.sql")
    assert view.facts == {"title": "what it answers", "grain": "x, y", "reads": "", "note": "b"}
    assert (grain(view), view.reads) == (("x", "y"), ())


def test_the_words_of_a_grain_become_columns(sql: Path) -> None:
    write(sql, "a", "select 1 as n", grain="encoder, sample, k, classifier")
    view = views.parse_view_file(sql / "topic" / "a.sql")
    columns = ["k", "sample_id", "encoder_id", "n", "classifier"]
    assert key_columns(view, columns) == ["encoder_id", "sample_id", "k", "classifier"]
    assert key_columns(view, [*columns, "classifier_id"])[-1] == "classifier_id"
    with pytest.raises(ValueError, match="a: its grain has 'k'"):
        key_columns(view, ["sample_id", "encoder_id"])


def test_audits_are_no_views(sql: Path) -> None:
    write(sql, "a", "select 1 as n")
    (sql / views.AUDITS_FOLDER).mkdir()
    (sql / "topic" / "a.sql").rename(sql / views.AUDITS_FOLDER / "a.sql")
    assert views.load_views(sql) == []


# ---------------------------------------------------------------- the shipped views in files


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file of a store with one right and one wrong prediction."""
    path = tmp_path_factory.mktemp("store") / "faces.duckdb"
    with duckdb.connect(path) as con:
        migrate.migrate(con, migrate.load_migrations(resources.folder("migrations")))
        views.install_views(con, views.load_views(resources.folder("sql")))
        fill(con, encoders=[encoder()], samples=samples(2), classifiers=[classifier()])
        fill(con, labels=labels("gender", ["Male", "Male"]))
        fill(con, predictions=predictions(["Male", "Female"]))
        fill(con, **prompt_set("set", "gender", [(1, "Male"), (2, "Female")]))
        fill(con, similarities=similarities({1: [0.5, 0.25], 2: [0.25, 0.5]}))
    return path


SHIPPED = views.load_views(resources.folder("sql"))
MACRO = "zero_shot_topk(1)"
RELATIONS = [MACRO, *sorted(view.name for view in SHIPPED if view.parameters is None)]


def rows_of(con: Con, relation: str) -> list[tuple[object, ...]]:
    return con.execute(f"from {relation} order by all").fetchall()


@pytest.fixture(scope="module")
def expected(catalogue: Path) -> dict[str, list[tuple[object, ...]]]:
    """Give the rows of everything, read from its own file; all of them take ten seconds."""
    with duckdb.connect(catalogue, read_only=True) as con:
        return {name: rows_of(con, name) for name in RELATIONS}


@contextmanager
def attaching(catalogue: Path) -> Iterator[Con]:
    """Give an empty database beside which the file is attached, as `elsewhere`.

    Which tables a view reads is settled before a plan is made better, which takes a fifth of the
    time for so few rows and is left out.
    """
    with duckdb.connect() as con:
        con.execute("pragma disable_optimizer")
        con.execute(f"attach '{catalogue}' as elsewhere (read_only)")
        yield con


@pytest.fixture(scope="module")
def attached(catalogue: Path) -> Iterator[Con]:
    with attaching(catalogue) as con:
        yield con


def test_views_work_after_closing_and_reopening_a_file(catalogue: Path) -> None:
    with duckdb.connect(catalogue) as con:
        assert views.install_views(con, views.load_views(resources.folder("sql"))) == []
    with duckdb.connect(catalogue, read_only=True) as con:
        assert value(con, "select accuracy from classifier_summary") == 0.5
        predicted = con.execute("select predicted from zero_shot_topk(1) order by sample_id")
        assert predicted.fetchall() == [("Male",), ("Female",)]


def test_everything_gives_the_same_rows_when_its_file_is_attached_and_used(
    catalogue: Path, expected: dict[str, list[tuple[object, ...]]]
) -> None:
    with attaching(catalogue) as con:
        con.execute("use elsewhere")
        assert {name: rows_of(con, name) for name in RELATIONS} == expected
    assert expected["classifier_summary"]
    assert expected[MACRO]


@pytest.mark.parametrize("name", [name for name in RELATIONS if name != MACRO])
def test_a_view_of_an_attached_file_reads_its_own_tables(
    attached: Con, expected: dict[str, list[tuple[object, ...]]], name: str
) -> None:
    assert rows_of(attached, f"elsewhere.{name}") == expected[name]


@pytest.mark.xfail(reason="DuckDB looks for what a table macro reads in the database in use")
def test_a_macro_of_an_attached_file_reads_its_own_tables(con: Con, catalogue: Path) -> None:
    con.execute(f"attach '{catalogue}' as elsewhere (read_only)")
    assert rows_of(con, MACRO) == []
    assert len(rows_of(con, f"elsewhere.{MACRO}")) == 2
