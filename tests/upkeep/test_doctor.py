"""Doctor on a real store: findings of the vectors, repairs, and what it writes."""

from __future__ import annotations

import shutil

import duckdb
import lancedb
import numpy as np
import pyarrow as pa
import pytest

from facestore import Store
from facestore.catalog.audit_files import Status
from facestore.config import CATALOG_FILE
from facestore.errors import (
    MigrationError,
    QueryError,
    StoreAlteredError,
    StoreNotFoundError,
    StoreOutdatedError,
    UnknownNameError,
)
from facestore.importing.embeddings import TextSource
from facestore.upkeep.vector_audits import NAMES


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Give a folder with a store of vectors of four files, scored and predicted; to be copied."""
    folder = tmp_path_factory.mktemp("doctor")
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(6, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    files = np.array([f"{i}.jpg" for i in range(1, 5)])
    words = np.array(["a photo of a man", "a photo of a woman"])
    np.savez(folder / "v.npz", files=files, emb=vectors[:4], words=words, text=vectors[4:])
    (folder / "l.csv").write_text("file,gender\n1.jpg,Male\n2.jpg,Female\n3.jpg,Male\n")
    with Store.open(folder / "store") as opened:
        opened.import_embeddings(
            folder / "v.npz",
            dataset="d",
            model="RN50,openai",
            create_samples=True,
            names_key="files",
            vectors_key="emb",
            text=TextSource(folder / "v.npz", prompts_key="words", vectors_key="text"),
        )
        opened.import_labels(folder / "l.csv", dataset="d")
        opened.score("raw_gender_labels")
        opened.predict(attribute="gender", prompt_set="raw_gender_labels")
    return folder


@pytest.fixture
def store(made, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    with Store.open(tmp_path / "store") as opened:
        yield opened


def bad(store, name=None, *, deep=False):
    return {f.name: f.n_bad for f in store.doctor(name, deep=deep) if f.status != Status.ok}


def forge(store, statement):
    """Do what any other DuckDB client can do."""
    store.close()
    with duckdb.connect(store.path / CATALOG_FILE) as con:
        con.execute(statement)


def lance(store):
    return lancedb.connect(store.path / "vectors")


def images(store):
    (name,) = [name for name in lance(store).list_tables().tables if name.endswith(".images")]
    return name


def add_row(store, key, vector):
    table = lance(store).open_table(images(store))
    table.add(pa.table({"image_id": [key], "vector": [vector]}, schema=table.schema))


def test_a_good_store_has_no_findings_and_is_not_written_to(store):
    before = (store.path / "facestore.duckdb").read_bytes()
    findings = store.doctor()
    assert {f.name for f in findings if f.status != Status.ok} == set()
    assert len(findings) > 40
    assert {"vectors_unique", "labels_refer", "tables_can_be_read"} <= {f.name for f in findings}
    assert bad(store, deep=True) == {}
    store.close()
    assert (store.path / "facestore.duckdb").read_bytes() == before


def test_one_audit_or_those_of_a_table_are_run_alone(store):
    assert [f.name for f in store.doctor("labels_refer")] == ["labels_refer"]
    of_view = {f.name for f in store.doctor("zero_shot_decisions")}
    assert of_view == {"views_are_those_of_this_version", "zero_shot_decisions_hold"}
    assert all("labels" in f.about for f in store.doctor("labels"))
    assert {f.name for f in store.doctor("tables")} == {
        "tables_can_be_read",
        "tables_are_those_of_this_version",
        "catalogue_log_is_read",
        "others_keep_to_their_schema",
        "nothing_is_half_taken_out",
    }
    assert [f.name for f in store.doctor("vectors_are_unit")] == ["vectors_are_unit"]
    assert {f.name for f in store.doctor("vectors/", deep=True)} == set(NAMES) - {
        "datasets_have_folders"
    }


def test_an_unknown_audit_is_refused(store):
    with pytest.raises(UnknownNameError, match="Did you mean 'labels_refer'"):
        store.doctor("label_refers")


def test_a_store_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(StoreNotFoundError):
        Store.open(tmp_path / "nothing").doctor()


def test_bad_rows_are_counted_and_the_first_are_kept(store):
    store.execute(
        "insert into labels select i, 'gender', 'Male', null from range(100, 130) as t(i)"
    )
    (found,) = store.doctor("labels_refer", n_examples=3)
    assert (found.status, found.n_bad, len(found.rows)) == (Status.failed, 30, 3)
    assert found.columns == ("sample_id", "attribute", "label", "problem")
    assert found.rows[0] == (100, "gender", "Male", "unknown sample")
    assert found.todo


def test_a_forged_view_is_found_and_migrate_puts_it_back(store):
    before = store.sql("from judged_predictions order by all").fetchall()
    assert not all(is_correct for *_, is_correct, _, _ in before)
    forge(
        store,
        "create table said as from judged_predictions; create or replace view judged_predictions as "
        "select * replace (true as is_correct) from said; create schema if not exists mine; "
        "create view mine.own as from said; drop view leaderboard",
    )
    # `leaderboard` is missed at once, the forged view by comparing
    with Store.open(store.path) as again, pytest.raises(StoreOutdatedError, match="leaderboard"):
        again.doctor()
    forge(store, "create view leaderboard as select 1 as rank")
    with Store.open(store.path) as again:
        assert bad(again) == {"views_are_those_of_this_version": 2}
        (found,) = [f for f in again.doctor() if f.n_bad]
        assert [row[1] for row in found.rows] == ["judged_predictions", "leaderboard"]
        assert "`facestore migrate rebuild_views=True`" in found.todo
        for verb in (again.migrate, again.info, again.report, again.repair):
            with pytest.raises(StoreAlteredError, match="view 'judged_predictions': it is another"):
                verb()
        with pytest.raises(StoreAlteredError):
            again.execute("select 1")
        *altered, told = again.migrate(rebuild_views=True)
        assert altered == ["judged_predictions", "leaderboard"]
        assert told.endswith("views and macros made anew")
        assert again.migrate() == []
        assert bad(again) == {"others_keep_to_their_schema": 1}  # the table `said`
        assert again.sql("from judged_predictions order by all").fetchall() == before
        assert len(again.sql("from mine.own").fetchall()) == len(before)


def test_views_are_ours_however_often_the_file_was_written(store):
    for number in range(4):  # DuckDB does not print them the same each time
        store.execute(
            f"insert into runs values ({90 + number}, 'x', '{{}}', null, null, now(), now(), 'done')"
        )
        store.close()
        assert bad(store, "views_are_those_of_this_version") == {}


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("create macro avg(x) as 1", "macro 'avg': it hides"),
        ('create macro "COUNT_STAR"() as 7', "macro 'count_star': it hides"),
        ("create macro duckdb_tables() as table select 1 as a", "macro 'duckdb_tables': it hides"),
        ("create type json as enum ('a')", "type 'json': it hides"),
        ("create index i on labels ((sample_id + 1))", "index 'i': it computes"),
        ("drop view judged_predictions; create table judged_predictions as select 1 as accuracy",
         "view 'judged_predictions': it is a table"),
        ("drop macro table zero_shot_topk; create view zero_shot_topk as select 1 as a",
         "macro 'zero_shot_topk': it is a view"),
    ],
)  # fmt: skip
def test_whatever_is_in_the_way_is_refused_and_rebuilding_clears_it(store, statement, kind):
    before = store.sql("from judged_predictions order by all").fetchall()
    forge(store, statement)
    with Store.open(store.path) as again:
        with pytest.raises((StoreAlteredError, StoreOutdatedError)) as told:
            again.info()
        if isinstance(told.value, StoreAlteredError):
            assert kind in str(told.value)
        again.migrate(rebuild_views=True)
        assert bad(again) == {}
        assert again.sql("from judged_predictions order by all").fetchall() == before
    if "create table" in statement:  # it may be somebody's work
        with Store.open(store.path) as again:
            assert again.sql("from mine.judged_predictions").fetchall() == [(1,)]


@pytest.mark.parametrize(
    "statement",
    [
        "create or replace table labels as from labels",
        "alter table samples add column extra integer",
        "drop table runs; create view runs as select 1 as n",
        "drop table schema_migrations; create view schema_migrations as select 1 as version",
    ],
)
def test_a_table_that_was_made_anew_is_refused_and_no_rebuilding_helps(store, statement):
    forge(store, statement)
    with Store.open(store.path) as again:
        assert bad(again) == {"tables_are_those_of_this_version": 1}
        for act in (again.info, lambda: again.migrate(rebuild_views=True)):
            with pytest.raises(StoreAlteredError, match="Restore the store from a copy"):
                act()


def test_sql_cannot_change_what_facestore_makes_and_has_a_schema_of_its_own(store):
    for statement in (
        "create or replace view leaderboard as select 1 as rank",
        "create macro avg(x) as 1",
        "drop view k_sweep",
        "alter table labels add column extra integer",
    ):
        with pytest.raises(QueryError, match=r"Nothing was written.*create view mine"):
            store.execute(f"create view mine.half as select 1; {statement}")
    store.execute("create view mine.best as from leaderboard; create macro mine.avg(x) as 1")
    assert bad(store) == {}
    assert store.migrate() == []
    assert store.sql("select count(*) from mine.best").fetchone() == (1,)
    with pytest.raises(QueryError, match="half"):
        store.sql("from mine.half")


def test_an_old_store_is_brought_up_to_date_without_running_what_is_in_it(store):
    # "runs" the error if it is run at all
    forge(
        store,
        "create or replace view judged_predictions as select error('it was run') as x; "
        "create or replace macro wilson_low(a, b) as error('it was run'); "
        "update schema_views set checksum = 'old' where view_name = 'judged_predictions'",
    )
    with Store.open(store.path) as again:
        with pytest.raises(StoreOutdatedError):
            again.info()
        assert again.migrate() == ["judged_predictions"]
        assert bad(again) == {}
        assert again.sql("select count(*) from judged_predictions").fetchone() == (3,)


def test_what_a_broken_disk_did_to_a_table_is_found(store):
    store.execute("update samples set error = 'needle in a haystack, ' || path")
    store.close()
    with duckdb.connect(store.path / CATALOG_FILE) as con:
        con.execute("checkpoint")
    file = store.path / CATALOG_FILE
    content = file.read_bytes()
    at = content.index(b"needle in a haystack")
    file.write_bytes(content[:at] + b"x" + content[at + 1 :])
    with Store.open(store.path) as again:
        (found,) = again.doctor("tables_can_be_read")
    assert found.status == Status.failed
    assert "samples" in [row[0] for row in found.rows]
    assert "checksum" in found.rows[0][1]


def test_a_vector_that_is_not_of_unit_length_is_found(store):
    add_row(store, "sample:d/9.jpg", [2.0] + [0.0] * 7)
    (found,) = store.doctor("vectors_are_unit")
    assert found.rows == ((images(store), "sample:d/9.jpg", 2.0),)


@pytest.mark.parametrize("value", [np.inf, 0.0])
def test_a_vector_without_a_length_is_found(store, value):
    add_row(store, "sample:d/1.jpg", [value] * 8)
    assert bad(store, "vectors_are_unit") == {"vectors_are_unit": 1}


def test_a_vector_that_is_no_number_is_found(store):
    # LanceDB refuses to add one, but an update makes it
    nans = ", ".join(["cast('nan' as float)"] * 8)
    lance(store).open_table(images(store)).update(
        where="image_id = 'sample:d/1.jpg'",
        values_sql={"vector": f"arrow_cast([{nans}], 'FixedSizeList(8, Float32)')"},
    )
    assert "vectors_are_those_recorded" in bad(store, "vectors/", deep=True)
    (found,) = store.doctor("vectors_are_unit")
    assert found.status == Status.failed
    assert found.rows[0][:2] == (images(store), "sample:d/1.jpg")


def test_a_key_that_is_there_twice_is_found(store):
    add_row(store, "sample:d/1.jpg", [1.0] + [0.0] * 7)
    (found,) = store.doctor("vectors_unique")
    assert found.rows == ((images(store), "sample:d/1.jpg", 2),)


def test_a_vector_of_no_sample_is_a_note(store):
    add_row(store, "f" * 64, [1.0] + [0.0] * 7)
    assert bad(store, "vectors/") == {"vectors_are_recorded": 1, "vectors_have_samples": 1}
    (found,) = store.doctor("vectors_have_samples")
    assert found.status == Status.note
    assert found.rows == ((images(store), "f" * 64),)


def test_an_image_without_a_vector_is_a_note_where_others_have_one(store, tmp_path, pictures):
    store.ingest(pictures, dataset="p")  # of which this encoder has no vector at all
    lance(store).open_table(images(store)).delete("image_id = 'sample:d/1.jpg'")
    assert bad(store, "vectors/") == {"vectors_fit_their_encoders": 1, "images_have_vectors": 1}
    (found,) = store.doctor("images_have_vectors")
    assert found.status == Status.note
    assert found.rows == ((images(store), "d", 1),)


@pytest.mark.parametrize(
    ("statement", "error", "says"),
    [
        ("update schema_migrations set checksum = 'x' where version = 2", MigrationError, "0002"),
        ("delete from schema_migrations where version = (select max(version) from "
         "schema_migrations)", StoreOutdatedError, "facestore migrate"),
        ("update schema_views set checksum = 'x' where view_name = 'k_sweep'", StoreOutdatedError,
         "k_sweep.*facestore migrate"),
    ],
)  # fmt: skip
def test_migrations_and_views_of_another_program_are_found(store, statement, error, says):
    store.execute(statement)
    with Store.open(store.path) as again, pytest.raises(error, match=says):
        again.doctor()


def test_a_width_other_than_the_encoders_is_found(store):
    store.execute("update encoders set dim = 16")
    (found,) = store.doctor("vectors_fit_their_encoders")
    assert {problem for _, problem in found.rows} == {"its vectors have 8 values, 16 were expected"}


def test_a_folder_of_vectors_that_is_gone_is_found(store):
    shutil.rmtree(store.path / "vectors")
    with Store.open(store.path) as again:
        (found,) = again.doctor("vectors_fit_their_encoders")
    assert found.status == Status.failed
    assert "it is not there, but 'RN50 openai imported' was scored with it" in found.rows[0]


def test_a_table_of_no_encoder_is_a_note(store):
    lance(store).create_table("other.images", data=pa.table({"image_id": ["a"]}))
    assert bad(store) == {"vectors_have_encoders": 1}


def test_files_of_a_table_that_are_gone_are_found(store):
    for file in (store.path / "vectors" / f"{images(store)}.lance" / "data").iterdir():
        file.unlink()
    with Store.open(store.path) as again:
        (found,) = again.doctor("vectors_fit_their_encoders")
    assert found.status == Status.failed
    assert "it cannot be read" in found.rows[0][1]


def test_a_folder_of_files_that_is_gone_is_a_note(store, pictures):
    store.ingest(pictures, dataset="p")
    assert bad(store) == {}
    shutil.rmtree(pictures)
    assert bad(store) == {"datasets_have_folders": 1}
    (found,) = store.doctor("datasets_have_folders")
    assert found.status == Status.note
    assert found.rows[0][0] == "p"


def test_exact_repeats_and_orphans_are_repaired(store):
    expected = {
        table: store.sql(f"from {table} order by all").fetchall()
        for table in ("similarities", "predictions", "class_text_norms", "labels")
    }
    for table in ("similarities", "predictions"):
        store.execute(f"insert into {table} from {table}; insert into {table} from {table} limit 3")
    store.execute("insert into class_text_norms values (9, 'x', 'gender', 'Male', 0.5)")
    assert {"similarities_unique", "predictions_unique", "class_text_norms_refer"} <= set(
        bad(store)
    )
    assert [n for n in store.repair().values() if n] == [11, 7, 1]
    assert bad(store) == {}
    for table, rows in expected.items():
        assert store.sql(f"from {table} order by all").fetchall() == rows
    (run,) = store.sql("select counts from runs where command = 'doctor'").fetchall()
    assert "repeated rows of similarities" in run[0]


def test_of_cosines_that_agree_but_for_rounding_the_first_stays(store):
    before = store.sql("from similarities order by all").fetchall()
    near = "select * replace ((cosine + 5e-7)::float as cosine) from similarities"
    store.execute(f"insert into similarities {near}; insert into similarities {near} limit 1")
    n_more = store.sql("select count(*) from similarities").fetchall()[0][0] - len(before)
    assert [n for n in store.repair().values() if n] == [n_more]
    assert n_more > len(before)
    assert store.sql("from similarities order by all").fetchall() == before


def test_rows_that_contradict_each_other_are_left(store):
    store.execute(
        "insert into similarities select * replace (0.5 as cosine) from similarities limit 1"
    )
    store.execute("insert into predictions select * replace (9 as score) from predictions limit 1")
    assert not any(store.repair().values())
    assert {"similarities_unique", "predictions_unique"} <= set(bad(store))
    assert store.sql("select count(*) from runs where command = 'doctor'").fetchone() == (0,)
