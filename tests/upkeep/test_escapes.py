"""SQL that leads out of a store: each statement is refused in one line, and nothing is written."""

from __future__ import annotations

import shutil

import pytest

from facestore.config import CATALOG_FILE
from facestore.errors import QueryError
from facestore.store import Store

ESCAPES = [
    "copy (select 1) to '{out}/a.csv'",
    "copy (select 1) to '{store}'",
    "copy classes to '{out}/a.parquet' (format parquet)",
    "copy labels from '{secret}'",
    "export database '{out}/all'",
    "import database '{out}'",
    "attach '{out}/new.duckdb' as u",
    "attach '{secret}' as u (read_only)",
    "select * from read_text('{secret}')",
    "select * from read_blob('{secret}')",
    "select * from read_csv('{secret}')",
    "select * from read_json('{secret}')",
    "select * from read_parquet('{secret}')",
    "select * from parquet_metadata('{secret}')",
    "select * from read_duckdb('{secret}')",
    "select * from sniff_csv('{secret}')",
    "from '{secret}'",
    "from '{secret}.csv'",
    "select * from glob('{out}/*')",
    "from query('from read_text(''{secret}'')')",
    "from query_table('{secret}')",
    "from json_execute_serialized_sql(json_serialize_sql('from read_text(''{secret}'')'))",
    "prepare p as from read_text('{secret}'); execute p",
    "select 1; copy (select 2) to '{out}/b.csv'",
    "from read_csv('http://127.0.0.1:9/a.csv')",
    "from 's3://bucket/a.parquet'",
    "install httpfs",
    "load httpfs",
    "load '{secret}'",
    "update extensions",
    "create secret s (type s3)",
    "create persistent secret s (type http, bearer_token 'x')",
    "select getenv('HOME')",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "set allowed_directories = ['/']",
    "set temp_directory = '{out}/tmp'",
    "set home_directory = '{out}'",
    "set file_search_path = '/'",
    "set custom_extension_repository = 'http://127.0.0.1:9'",
    "set http_proxy = '127.0.0.1:9'",
    "pragma profile_output = '{out}/profile'",
    "pragma enable_profiling = 'json'",
    "set log_query_path = '{out}/log'",
    "call enable_logging(storage = 'file', storage_config = {{'path': '{out}/log'}})",
    "from enable_logging(storage = 'file', storage_path = '{out}/log')",
    "from enable_profiling(format = 'json', save_location = '{out}/profile.json')",
    "from secret_of_python",
]


def test_there_are_more_than_twenty() -> None:
    assert len(set(ESCAPES)) > 20


@pytest.fixture(scope="module")
def store(new_store, tmp_path_factory):
    """Give one store for all statements: none of them may change it."""
    folder = tmp_path_factory.mktemp("escapes")
    (folder / "out").mkdir()
    (folder / "secret").write_text("the-secret-of-this-machine")
    shutil.copytree(new_store, folder / "store")
    with Store.open(folder / "store") as opened:
        yield opened


@pytest.mark.parametrize("how", ["rows", "execute"])
@pytest.mark.parametrize("escape", ESCAPES)
def test_what_leads_out_of_the_store_is_refused(store, escape, how):
    secret_of_python = [1]
    folder, file = store.path.parent, store.path / CATALOG_FILE
    statement = escape.format(out=folder / "out", secret=folder / "secret", store=file)
    n_rows = store.rows("select count(*) from classes")
    with pytest.raises(QueryError) as told:
        getattr(store, how)(statement)
    assert "\n" not in str(told.value)
    assert "the-secret-of-this-machine" not in str(told.value)
    assert store.rows("select count(*) from classes") == n_rows
    assert list((folder / "out").iterdir()) == []
    assert {each.name for each in store.path.iterdir()} == {CATALOG_FILE}
    assert secret_of_python


@pytest.mark.parametrize(
    "escape",
    [
        "load httpfs",
        "create secret s (type s3)",
        "from glob('/*')",
        "set threads = 1",
        "call enable_logging(level = 'trace')",
    ],
)
def test_what_is_shut_is_told_with_the_way_out(store, escape):
    with pytest.raises(QueryError, match=r"reaches this store alone.*facestore snapshot"):
        store.rows(escape)


def test_an_error_of_the_statement_itself_has_no_such_words(store):
    with pytest.raises(QueryError) as told:
        store.rows("from no_such_table")
    assert "this store alone" not in str(told.value)


def test_a_command_says_so_in_one_line(store_is_there, facestore, tmp_path):
    file = tmp_path / "store" / CATALOG_FILE
    before = file.read_bytes()
    ran = facestore("sql", f"copy (select 1) to '{file}'")
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "disabled by configuration" in ran.err
    assert "reaches this store alone" in ran.err
    assert "--format csv" in ran.err
    assert file.read_bytes() == before


def test_what_the_user_makes_for_one_query_hides_nothing_from_facestore(store):
    store.rows("create temp view settings as select 'x' as setting")
    assert [name for name, *_ in store.settings()] != ["x"]
    assert store.rows("from settings") == (["setting"], [("x",)])
    assert store.doctor("settings_are_usable")[0].n_bad == 0


@pytest.mark.parametrize(
    "statement",
    ["delete from labels; commit; begin transaction; create view main.evil as select 1",
     "delete from labels; commit", "rollback; select 1", "begin; delete from labels",
     "abort", "drop view leaderboard; end; start transaction"],
)  # fmt: skip
def test_a_statement_that_would_end_our_transaction_writes_nothing(store, statement):
    before = store.rows("select count(*) from duckdb_views() where not internal and not temporary")
    store.execute("insert into labels values (1, 'gender', 'Male', null) on conflict do nothing")
    with pytest.raises(QueryError, match="begins or ends a transaction"):
        store.execute(statement)
    assert store.rows("select count(*) from labels") == (["count_star()"], [(1,)])
    assert (
        store.rows("select count(*) from duckdb_views() where not internal and not temporary")
        == before
    )
