"""Maps by region of the picture, and their means by group: small maps and shares done by hand."""

from __future__ import annotations

import math

import duckdb
import pytest
from scipy import stats
from support.catalogues import rolled_back
from support.rows import (
    classifier,
    encoder,
    explanation,
    fill,
    labels,
    predictions,
    rate_groups_from,
    read,
    samples,
)

from facestore import resources
from facestore.catalog import migrate, views

GROUPS = "region_shares_by_group"


@pytest.fixture(scope="module")
def filled(all_views):
    """Give four samples, all labelled, and a classifier that is wrong about the last of them."""
    con = duckdb.connect()
    migrate.migrate(con, migrate.load_migrations(resources.folder("migrations")))
    views.install_views(con, all_views)
    rate_groups_from(con, 1)
    fill(con, samples=samples(4), encoders=[encoder()])
    fill(con, labels=labels("gender", ["Female", "Female", "Male", "Male"]))
    fill(con, labels=labels("race", ["Black", "White", "Black", "White"]))
    fill(con, classifiers=[classifier(1, "c", encoder_id=1)])
    fill(con, predictions=predictions(["Female", "Female", "Male", "Female"]))
    yield con
    con.close()


@pytest.fixture
def store(filled):
    """Give the same, which a test may fill."""
    with rolled_back(filled):
        yield filled


def shares(con, where="true"):
    return dict(
        con.execute(f"select region, share from relevancy_by_region where {where}").fetchall()
    )


def test_cells_are_read_row_by_row_from_the_upper_left(store):
    fill(store, explanations=[explanation(1, 1, [1, 2, 3, 4, 5, 6], cols=3)])
    assert read(store, "explanation_cells", "cell_row, cell_col, relevance") == [
        (1, 1, 1.0), (1, 2, 2.0), (1, 3, 3.0), (2, 1, 4.0), (2, 2, 5.0), (2, 3, 6.0),
    ]  # fmt: skip


def test_whole_cells_go_to_their_third(store):
    maps = [1, 0, 2, 0, 3, 0, 0, 0, 4]
    fill(store, explanations=[explanation(1, 1, maps, cols=3)])
    found = shares(store)
    assert {region: found[region] for region in ("top", "middle", "bottom")} == pytest.approx(
        {"top": 0.3, "middle": 0.3, "bottom": 0.4}
    )
    assert {region: found[region] for region in ("left", "between", "right")} == pytest.approx(
        {"left": 0.1, "between": 0.3, "right": 0.6}
    )
    # The centre is the middle half: all of the cell in the middle, and a quarter of a cell's
    # height and width from each corner.
    corner = (1 / 4) ** 2
    assert found["centre"] == pytest.approx((3 + corner * (1 + 2 + 4)) / 10)
    assert found["border"] == pytest.approx(1 - found["centre"])


def test_a_cell_in_two_regions_counts_in_each_by_its_part(store):
    # Of 4 rows the second reaches from 1/4 to 1/2: one third of it is in the top third.
    fill(store, explanations=[explanation(1, 1, [0, 6, 0, 0], cols=1)])
    found = shares(store)
    assert [found[each] for each in ("top", "middle", "bottom")] == pytest.approx([1 / 3, 2 / 3, 0])
    assert [found[each] for each in ("left", "between", "right")] == pytest.approx([1 / 3] * 3)
    assert [found[each] for each in ("centre", "border")] == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize(("n_rows", "n_cols"), [(7, 7), (8, 8), (16, 16), (1, 1), (5, 9)])
def test_an_even_map_has_as_much_relevance_as_area_on_every_grid(store, n_rows, n_cols):
    fill(store, explanations=[explanation(1, 1, [0.25] * n_rows * n_cols, cols=n_cols)])
    rows = read(store, "relevancy_by_region", "region, share, area, ratio")
    assert len(rows) == 8
    for _, share, area, ratio in rows:
        assert share == pytest.approx(area)
        assert ratio == pytest.approx(1)
    areas = {region: area for region, _, area, _ in rows}
    assert areas["centre"] == pytest.approx(0.25)
    assert (areas["top"], areas["right"]) == (pytest.approx(1 / 3), pytest.approx(1 / 3))


def test_what_speaks_against_the_target_is_left_out(store):
    maps = [1, -5, 0, 3, -1, 0, 0, -2, 0]
    more = {"method": "lime", "r_squared": 0.5}
    fill(store, explanations=[explanation(1, 1, maps, cols=3, **more)])
    found = shares(store)
    assert [found[each] for each in ("top", "middle", "bottom")] == pytest.approx([0.25, 0.75, 0])


@pytest.mark.parametrize("maps", [[0.0] * 4, [-1.0, 0.0, -2.0, 0.0]])
def test_a_map_without_positive_relevance_has_no_shares(store, maps):
    fill(store, explanations=[explanation(1, 1, maps, cols=2, method="lime", r_squared=0)])
    fill(store, explanations=[explanation(2, 2, [1, 0, 0, 0], cols=2, method="lime", r_squared=0)])
    assert set(shares(store, "sample_id = 1").values()) == {None}
    columns = "n_samples, n_without, share"
    where = "group_attribute = 'overall' and region = 'left'"
    assert read(store, GROUPS, columns, where) == [(1, 1, pytest.approx(2 / 3))]


# Shares of the top third, which of four rows is all of the first and a third of the second.
TOPS = [[3, 0, 0, 1], [1, 0, 0, 1], [0, 3, 0, 1], [1, 0, 0, 4]]
SHARES = [0.75, 0.5, 0.25, 0.2]


def with_maps(con, **more):
    rows = [explanation(i, i, top, cols=1, **more) for i, top in enumerate(TOPS, 1)]
    fill(con, explanations=rows)


def test_the_mean_of_a_group_has_its_n_and_the_t_interval_of_scipy(store):
    with_maps(store)
    columns = "n_samples, share, share_sd, ci_low, ci_high, ratio"
    where = "group_attribute = 'overall' and region = 'top'"
    (found,) = read(store, GROUPS, columns, where)
    mean, sem = sum(SHARES) / 4, stats.sem(SHARES)
    low, high = stats.t.interval(0.95, 3, loc=mean, scale=sem)
    assert found == pytest.approx((4, mean, sem * 2, low, high, 3 * mean), abs=1e-7)


def test_groups_are_all_labels_and_their_pairs(store):
    with_maps(store)
    where = "region = 'top' and outcome = 'all'"
    found = read(store, GROUPS, "group_attribute, group_name, n_samples, share", where)
    means = {(attribute, name): (n, share) for attribute, name, n, share in found}
    assert means == {
        ("overall", "overall"): (4, pytest.approx(0.425)),
        ("gender", "Female"): (2, pytest.approx(0.625)),
        ("gender", "Male"): (2, pytest.approx(0.225)),
        ("race", "Black"): (2, pytest.approx(0.5)),
        ("race", "White"): (2, pytest.approx(0.35)),
        ("gender x race", "Female x Black"): (1, pytest.approx(0.75)),
        ("gender x race", "Female x White"): (1, pytest.approx(0.5)),
        ("gender x race", "Male x Black"): (1, pytest.approx(0.25)),
        ("gender x race", "Male x White"): (1, pytest.approx(0.2)),
    }


def test_a_group_of_one_has_no_interval(store):
    with_maps(store)
    where = "region = 'top' and group_attribute = 'gender x race'"
    assert set(read(store, GROUPS, "share_sd, ci_low, ci_high", where)) == {(None, None, None)}


def test_right_and_wrong_are_those_of_the_classifier(store):
    with_maps(store, classifier_id=1)
    where = "region = 'top' and group_attribute = 'overall'"
    assert read(store, GROUPS, "outcome, n_samples, share", where) == [
        ("all", 4, pytest.approx(0.425)),
        ("right", 3, pytest.approx(0.5)),
        ("wrong", 1, pytest.approx(0.2)),
    ]


def test_without_a_classifier_or_a_label_nothing_is_right_or_wrong(store):
    with_maps(store)
    assert read(store, GROUPS, "distinct outcome") == [("all",)]
    store.execute("delete from explanations")
    store.execute("delete from labels where sample_id = 4 and attribute = 'gender'")
    with_maps(store, classifier_id=1)
    where = "region = 'top' and group_attribute = 'overall'"
    assert read(store, GROUPS, "outcome, n_samples", where) == [("all", 4), ("right", 3)]


def test_different_questions_are_not_mixed(store):
    with_maps(store)
    others = [
        {"target": "Male - Female"},
        {"parameters": '{"prompt_set": "other"}'},
        {"method": "gradcam"},
        {"classifier_id": 1},
    ]
    rows = [explanation(10 + i, 1, [1], cols=1, **more) for i, more in enumerate(others)]
    fill(store, explanations=rows)
    store.execute("update samples set split = 'train' where sample_id = 2")
    where = "region = 'top' and group_attribute = 'overall' and outcome = 'all'"
    counts = read(store, GROUPS, "n_samples", where)
    assert counts == [(1,)] * 5 + [(3,)]


def test_small_groups_have_no_means(store):
    with_maps(store)
    store.execute("update settings set value = '3' where setting = 'min_samples'")
    where = "region = 'top' and group_attribute in ('overall', 'gender')"
    found = read(store, GROUPS, "group_name, n_samples, share is null, ci_low is null", where)
    assert found == [
        ("Female", 2, True, True),
        ("Male", 2, True, True),
        ("overall", 4, False, False),
    ]


@pytest.mark.parametrize("n_free", [1, 2, 3, 10, 29, 30, 31, 32, 40, 100, 1000, 10_000_000])
def test_the_quantile_is_that_of_scipy(store, n_free):
    (found,) = store.execute("select t_975(?)", [n_free]).fetchone()
    assert found == pytest.approx(stats.t.ppf(0.975, n_free), abs=4e-8)


@pytest.mark.parametrize("n_free", [0, -1, None])
def test_without_degrees_of_freedom_there_is_no_quantile(store, n_free):
    assert store.execute("select t_975(?)", [n_free]).fetchone() == (None,)


def test_the_quantile_of_many_is_the_normal_one(store):
    (found,) = store.execute("select t_975(1e15)").fetchone()
    assert math.isclose(found, stats.norm.ppf(0.975), abs_tol=1e-12)
