"""The audits: each finds the bad row that it is there for, and nothing in a good store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import duckdb
import pytest
from support.bad_duplicates import BAD_DUPLICATES
from support.bad_explanations import BAD_EXPLANATIONS
from support.bad_tables import BAD_TABLES
from support.bad_views import BAD_VIEWS, replaced
from support.rows import (
    classifier,
    encoder,
    explanation,
    fill,
    ingests,
    labels,
    load,
    neighbours,
    predictions,
    prompt_set,
    samples,
)
from support.rows import similarities as similarity_rows

from facestore import resources
from facestore.catalog import audit_files as audits
from facestore.catalog import migrate, views
from facestore.catalog.audits import load as load_all

Con = duckdb.DuckDBPyConnection

FILES = audits.load_audits(resources.folder("sql"))
AUDITS = {audit.name: audit for audit in load_all()}
SHIPPED = {view.name: view for view in views.load_views(resources.folder("sql"))}
GRAINS = [f"{view.name}_grain" for view in SHIPPED.values() if view.parameters is None]

IMAGE, NEAR = "ab" * 32, "cd" * 32


def fill_good(con: Con) -> None:
    """Fill a store in which everything holds: something in every view, and gaps that are allowed."""
    fill(con, **ingests("faces", "first", "second", "first"))
    fill(con, images=[{"image_id": IMAGE, "phash": 5, "width": 9, "height": 9, "n_bytes": 99}])
    fill(con, samples=samples(6) + samples(4, split=None, first=7))
    con.execute("update samples set path = sample_id || '.jpg'")
    con.execute(f"update samples set image_id = '{IMAGE}' where sample_id <= 2")
    fill(con, labels=labels("gender", ["Male", "Female"] * 4 + [None, "Male"]))
    fill(con, labels=labels("race", ["White", "Black", None, "White", "Indian"] * 2))
    ages = [(1, "20-29", 25), (2, "3-9", 9.5), (4, "more than 70", 116), (7, None, 30)]
    keys = ("sample_id", "attribute", "label", "value")
    fill(con, labels=[dict(zip(keys, (i, "age", label, v), strict=True)) for i, label, v in ages])
    fill(con, encoders=[encoder(1, "tiny") | {"logit_scale": 100.0}, encoder(2, "other")])
    gender = [(i, "Male" if i <= 2 else "Female") for i in range(1, 6)]
    fill(con, **prompt_set("set", "gender", gender))
    cosines = {i: [(i * s % 7) / 8 - 0.2 for s in range(10)] for i in range(1, 6)}
    load(con, similarities=similarity_rows(cosines))
    norm = {"encoder_id": 1, "prompt_set": "set", "attribute": "gender", "norm": 0.9}
    fill(con, class_text_norms=[norm | {"class": name} for name in ("Male", "Female")])
    zero_shot = {"kind": "zero_shot", "prompt_set": "set", "encoder_id": 1}
    fill(con, classifiers=[classifier(1, "a", aggregation="topk", k=2, **zero_shot)])
    fill(con, classifiers=[classifier(2, "b", prompt_set="published"), classifier(3, "r", "race")])
    fill(con, classifiers=[classifier(4, "years", "age")])
    con.execute(
        "insert into predictions select 1, sample_id, predicted, score, margin, null "
        "from zero_shot_topk(2)"
    )
    fill(con, predictions=predictions(["Male", "Male", "Female", None] * 2 + ["Male"], 2))
    fill(con, predictions=predictions(["White", "Black", "White", "Black"], 3))
    guesses = [{"classifier_id": 4, "sample_id": i, "value": 20 + i} for i in (1, 2, 4, 7)]
    fill(con, predictions=guesses)
    fill(con, classifiers=[classifier(5, "probe", kind="linear_probe", encoder_id=2)])
    shares = {"score": 0.75, "margin": 0.5}
    fill(con, predictions=[each | shares for each in predictions(["Male", "Female"] * 5, 5)])
    step = {"classifier_id": 5, "unit": "sweep", "step": 1, "split": "validation"}
    steps = [("l2", 0.0), ("loss", 1.5), ("accuracy", 1.0)]
    fill(con, training_steps=[step | {"metric": m, "value": v} for m, v in steps])
    figure = {"dataset": "faces", "attribute": "gender", "metric": "accuracy", "value": 0.5}
    figure |= {"group_attribute": "overall", "group_name": "overall", "source": "p"}
    fill(con, published_figures=[figure | {"classifier": name} for name in ("a", "unknown")])
    keys = [IMAGE, *(f"sample:faces/{i}.jpg" for i in (4, 6, 7, 8))]
    fill(con, **neighbours([(a, b, 0.9375) for a, b in combinations(keys, 2)]))
    fill_explanations(con)
    fill_duplicates(con)


def fill_explanations(con: Con) -> None:
    """Add maps of a text and of a classifier, on grids of several sizes, one of nothing."""
    maps = [
        (1, [0.0, 1.0, 2.0, 3.0] * 4, 4),
        (2, [0.5, 0.0, 0.25, 1.0, 0.0, 2.0], 3),
        (5, [0.0], 1),
    ]
    fill(con, explanations=[explanation(i, i, m, cols=c) for i, m, c in maps])
    fill(con, explanations=[explanation(9, 1, [1.0, 2.0], cols=2, target="a photo of a man")])
    lime = {
        "method": "lime",
        "r_squared": 0.5,
        "r_squared_left_out": 0.25,
        "parameters": '{"seed": 0}',
        "classifier_id": 1,
    }
    signed = [0.5, -0.25, 0.0, 1.0]
    fill(con, explanations=[explanation(10 + i, i, signed, cols=2, **lime) for i in range(1, 7)])


def fill_duplicates(con: Con) -> None:
    """Add a picture that is nearly the same, in another split and another data set as well."""
    fill(con, datasets=[{"dataset": "more", "layout": "import", "added_at": "2026-01-01"}])
    fill(con, images=[{"image_id": NEAR, "phash": 4, "width": 9, "height": 9, "n_bytes": 98}])
    fill(con, samples=samples(1, split="wild", first=11))
    fill(con, samples=samples(1, dataset="more", split="train", first=12))
    con.execute(f"update samples set image_id = '{NEAR}' where sample_id in (3, 11)")
    con.execute(f"update samples set image_id = '{IMAGE}' where sample_id = 12")
    fill(con, labels=labels("gender", ["Female", "Male"], first=11))
    con.execute(
        "insert into excluded_samples select sample_id, reason, policy, 5, kept_sample_id "
        "from duplicate_exclusions(5) where policy = 'keep-one'"
    )
    con.execute(
        "insert into dataset_splits "
        "values ('more', ['train', 'test'], [0.5, 0.5], ['gender'], 0, '2026-01-01')"
    )


@pytest.fixture(scope="module")
def filled(all_views: list[views.ViewFile]) -> Iterator[Con]:
    """Give a good store without any extension."""
    alone = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    with duckdb.connect(config=alone) as con:
        migrate.migrate(con, migrate.load_migrations(resources.folder("migrations")))
        views.install_views(con, all_views)
        fill_good(con)
        yield con


@pytest.fixture
def store(filled: Con) -> Iterator[Con]:
    """Give the good store, which a test may spoil."""
    filled.begin()
    yield filled
    filled.rollback()


BAD = BAD_TABLES | BAD_VIEWS | BAD_DUPLICATES | BAD_EXPLANATIONS


def test_every_audit_has_bad_examples() -> None:
    assert sorted(BAD) == sorted(audit.name for audit in FILES)
    assert all(BAD.values())


@pytest.mark.parametrize("name", AUDITS)
def test_a_good_store_passes(store: Con, name: str) -> None:
    assert AUDITS[name].bad_rows(store).fetchall() == []


EXAMPLES = [
    pytest.param(name, statements, id=f"{name}-{number}")
    for name, every in BAD.items()
    for number, statements in enumerate(every)
]


@pytest.mark.parametrize(("name", "statements"), EXAMPLES)
def test_an_audit_finds_the_bad_row(store: Con, name: str, statements: str) -> None:
    store.execute(statements)
    assert AUDITS[name].bad_rows(store).fetchall()


@pytest.mark.parametrize("name", GRAINS)
def test_a_row_that_is_there_twice_is_found_by_the_grain(store: Con, name: str) -> None:
    view = name.removesuffix("_grain")
    assert len(store.view(view)) > 0, "the good store of this test has no row for it"
    once = f"select * exclude (nth) from kept_{view}"
    store.execute(replaced(view, f"{once} where nth = 1 union all select * exclude (nth)"))
    assert len(AUDITS[name].bad_rows(store)) == 1


RATES = {
    "accuracy_by_group": "accuracy|ci_low|ci_high",
    "accuracy_disparity": "accuracy.*|mean_minus_min",
    "rates_by_group": "selection_rate|.*_positive_rate|precision|f1",
    "age_errors": "mae|bias|within.*|ci_low|ci_high",
}


@pytest.mark.parametrize("view", RATES)
def test_a_rate_may_be_missing_where_its_n_is_there(store: Con, view: str) -> None:
    columns = store.view(view).columns
    rates = [each for each in columns if re.fullmatch(RATES[view], each)]
    nulls = ", ".join(f"null::double as {each}" for each in rates)
    store.execute(replaced(view, f"select * exclude (nth) replace ({nulls})"))
    for name, audit in AUDITS.items():
        if view in audit.about:
            assert audit.bad_rows(store).fetchall() == [], name


def test_every_table_and_view_is_audited(store: Con) -> None:
    tables = {
        name for (name,) in store.execute("select table_name from duckdb_tables()").fetchall()
    }
    read_by_audited = {name for view in SHIPPED.values() for name in view.reads}
    about = {name for audit in AUDITS.values() for name in audit.about}
    macros = {view.name for view in SHIPPED.values() if view.parameters is not None}
    assert tables - about - audits.BOOKKEEPING == set()
    assert set(SHIPPED) - macros - about == set()
    # A macro is audited itself, or by way of the views that read it.
    assert macros - about - read_by_audited == set()
    assert about - tables - set(SHIPPED) == set()


@pytest.mark.parametrize("audit", FILES, ids=lambda audit: audit.name)
def test_an_audit_names_what_it_reads(store: Con, audit: audits.AuditFile) -> None:
    tables = {
        name for (name,) in store.execute("select table_name from duckdb_tables()").fetchall()
    }
    with duckdb.connect() as empty:
        named = views.referenced_names(empty, audit) & (tables | set(SHIPPED))
    assert sorted(audit.reads) == sorted(named)
    assert [each.type for each in duckdb.extract_statements(audit.body)] == [
        duckdb.StatementType.SELECT
    ]


def test_an_audit_without_what_to_do_is_refused(tmp_path: Path) -> None:
    (tmp_path / "audits").mkdir()
    file = tmp_path / "audits" / "a.sql"
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


def test_grains_of_summaries_are_kept_and_those_of_samples_are_not() -> None:
    kept = {audit.summary for audit in AUDITS.values()}
    assert {"accuracy_by_group", "k_sweep", "leaderboard"} <= kept
    assert not {"judged_predictions", "prompt_scores", "winners_every_k"} & kept


def test_tables_are_audited_before_views() -> None:
    order = list(AUDITS)
    assert order.index("predictions_unique") < order.index("judged_predictions_grain")
    assert order.index("judged_predictions_grain") < order.index("accuracy_by_group_adds_up")
