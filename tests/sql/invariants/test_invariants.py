"""The invariants: each finds the bad view that it is there for, and none a store that is good."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pytest
from support.bad_annotations import BAD_ANNOTATIONS
from support.bad_clusters import BAD_CLUSTERS
from support.bad_duplicates import BAD_DUPLICATES
from support.bad_explanations import BAD_EXPLANATIONS
from support.bad_fairness import BAD_FAIRNESS
from support.bad_findings import BAD_FINDINGS
from support.bad_gaps import BAD_GAPS
from support.bad_models import BAD_MODELS
from support.bad_views import BAD_VIEWS
from support.invariants import FILES, GRAINS, INVARIANTS, SUMMARIES, misnamed
from support.solid import dissolve, solidify
from support.spoiling import replaced, without_first

from facestore.catalog.audit_files import AuditFile

Con = duckdb.DuckDBPyConnection

BAD = (
    BAD_VIEWS
    | BAD_ANNOTATIONS
    | BAD_CLUSTERS
    | BAD_DUPLICATES
    | BAD_EXPLANATIONS
    | BAD_FAIRNESS
    | BAD_FINDINGS
    | BAD_GAPS
    | BAD_MODELS
)


READS = {file.name: file.reads for file in FILES} | {each.name: each.about for each in GRAINS}


@pytest.fixture(scope="module")
def solid(filled: Con) -> Con:
    """Give the good store with the rows of its views in tables."""
    solidify(filled)
    return filled


@pytest.fixture
def store(solid: Con) -> Iterator[Con]:
    """Give the good store, which a test may spoil."""
    solid.begin()
    yield solid
    solid.rollback()


def make_bad(store: Con, statements: str, *names: str) -> None:
    """Spoil the store, and what the invariants of these names see of it."""
    store.execute(statements)
    dissolve(store, statements, [each for name in names for each in READS[name]])


def test_every_invariant_has_bad_examples() -> None:
    assert sorted(BAD) == sorted(file.name for file in FILES)
    assert all(BAD.values())


@pytest.mark.parametrize("name", INVARIANTS)
def test_it_holds_in_a_good_store(store: Con, name: str) -> None:
    assert INVARIANTS[name].bad_rows(store).fetchall() == []


EXAMPLES = [
    pytest.param(name, statements, id=f"{name}-{number}")
    for name, every in BAD.items()
    for number, statements in enumerate(every)
]


@pytest.mark.parametrize(("name", "statements"), EXAMPLES)
def test_it_finds_the_bad_view(store: Con, name: str, statements: str) -> None:
    make_bad(store, statements, name)
    assert INVARIANTS[name].bad_rows(store).fetchall()


def test_what_reads_a_bad_view_is_computed_anew(store: Con) -> None:
    def groups() -> list[tuple[object, ...]]:
        return store.execute("from accuracy_by_group order by all").fetchall()

    before = groups()
    make_bad(store, without_first("judged_predictions"), "picture_regions_fill_the_picture")
    assert groups() == before, "no invariant that was asked for reads it"
    make_bad(store, "delete from predictions where sample_id = 1", "accuracy_by_group_grain")
    assert groups() != before


@pytest.mark.parametrize("name", [each.name for each in GRAINS])
def test_a_row_that_is_there_twice_is_found_by_the_grain(store: Con, name: str) -> None:
    view = name.removesuffix("_grain")
    assert len(store.view(view)) > 0, "the good store of this test has no row for it"
    once = f"select * exclude (nth) from kept_rows_of_{view}"
    store.execute(replaced(view, f"{once} where nth = 1 union all select * exclude (nth)"))
    assert len(INVARIANTS[name].bad_rows(store)) == 1


RATES = {
    "accuracy_by_group": "accuracy|ci_low|ci_high",
    "accuracy_disparity": "accuracy.*|mean_minus_min",
    "rates_by_group": "selection_rate|.*_positive_rate|.*_predictive_value|precision|f1",
    "age_errors": "mae|bias|within.*|ci_low|ci_high",
}


@pytest.mark.parametrize("view", RATES)
def test_a_rate_may_be_missing_where_its_n_is_there(store: Con, view: str) -> None:
    columns = store.view(view).columns
    rates = [each for each in columns if re.fullmatch(RATES[view], each)]
    nulls = ", ".join(f"null::double as {each}" for each in rates)
    about = [name for name, each in INVARIANTS.items() if view in each.about]
    make_bad(store, replaced(view, f"select * exclude (nth) replace ({nulls})"), *about)
    for name in about:
        assert INVARIANTS[name].bad_rows(store).fetchall() == [], name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_names_what_it_reads(store: Con, file: AuditFile) -> None:
    assert misnamed(store, file) == set()
    assert [each.type for each in duckdb.extract_statements(file.body)] == [
        duckdb.StatementType.SELECT
    ]


def test_summaries_are_views_without_a_row_for_each_sample() -> None:
    assert {"accuracy_by_group", "k_sweep", "leaderboard"} <= set(SUMMARIES)
    assert not {"judged_predictions", "prompt_scores", "winners_every_k"} & set(SUMMARIES)
