"""The simulations of docs/figures.md: what is known of them, with few runs."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import numpy as np
import pytest
import simulations_of_checks
import simulations_of_figures
import simulations_of_many
import simulations_of_people
import simulations_of_persons
from simulated_store import catalogue
from support.places import ROOT

# Mean of the largest gap, its 95th percentile, intervals of best and worst disjoint, worst covered:
# 20,000 runs of somebody else's program.
KNOWN = {
    "race": (0.0151, 0.0234, 0.081, 0.826),
    "gender x race": (0.0274, 0.0388, 0.217, 0.672),
    "age x gender": (0.0616, 0.0991, 0.082, 0.745),
}


@pytest.fixture(scope="module")
def simulations() -> ModuleType:
    spec = importlib.util.spec_from_file_location("simulations", ROOT / "scripts/simulations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_sizes_are_those_of_one_set_of_faces(simulations: ModuleType) -> None:
    assert {sum(sizes) for sizes in simulations.SIZES.values()} == {10_954}
    of_cells = simulations.SIZES["gender x race"]
    pairs = zip(of_cells[:7], of_cells[7:], strict=True)
    assert simulations.SIZES["race"] == tuple(sum(pair) for pair in pairs)


def test_chance_looks_as_known(simulations: ModuleType) -> None:
    found = {name: figures for name, _, *figures in simulations.by_chance(20_000)}
    assert found.keys() == KNOWN.keys()
    for name, (mean, high, disjoint, covered) in KNOWN.items():
        assert found[name][0] == pytest.approx(mean, abs=0.0006)
        assert found[name][1] == pytest.approx(high, abs=0.002)
        assert found[name][2] == pytest.approx(disjoint, abs=0.015)
        assert found[name][3] == pytest.approx(covered, abs=0.015)


def test_intervals_of_gaps_cover_and_shrunken_gaps_err_less(simulations: ModuleType) -> None:
    n_runs = 24
    for gap, name, truth, covered, sure, error, shrunken in simulations.gaps(n_runs):
        # 0.95 of 24 runs, and four standard deviations less
        assert covered >= 0.77, (gap, name)
        assert abs(shrunken) < 0.015, (gap, name)
        if not gap:
            assert truth == pytest.approx(0, abs=1e-12)
            assert sure == pytest.approx(1 - covered)
            assert abs(shrunken) < error / 2
        elif name == "gender x race":
            assert truth == pytest.approx(gap)
            assert sure >= 0.9


def test_cochran_finds_wordings_that_intervals_do_not(simulations: ModuleType) -> None:
    none, some, much = list(simulations.wordings(16))
    assert none[2] <= 0.4
    assert some[2] >= some[1]
    assert much[2] >= 0.9 > much[1]


def test_intervals_of_single_figures_cover() -> None:
    n_runs = 60
    found = {(name, n): each for name, n, *each in simulations_of_figures.single_figures(n_runs)}
    assert len(found) == 10
    for (name, n), (truth, covered, width) in found.items():
        # 0.94 of 60 runs, and four standard deviations less
        assert covered >= 0.81, (name, n)
        assert 0 < width < 2.5
        assert (truth == 0) == (name == "no calibration error")
    # three times the samples: narrower by the root of three
    for name in ("balanced_accuracy", "macro_f1", "mae"):
        assert found[name, 100][2] / found[name, 300][2] == pytest.approx(3**0.5, rel=0.1)


def test_pictures_of_one_person_are_fewer_observations() -> None:
    # what Wilson covers where each picture is taken for an observation: another program's 20,000 runs
    known = {"2 pictures": 0.887, "5 pictures": 0.743, "10 pictures": 0.595, "ten copies": 0.653}
    n_runs = 200
    found = list(simulations_of_people.people(n_runs))
    assert len(found) == len(known)
    for (name, icc, n_effective, covered, covered_by_people), (known_as, truth) in zip(
        found, known.items(), strict=True
    ):
        assert name.startswith(known_as)
        # four standard deviations
        assert covered == pytest.approx(truth, abs=0.14), name
        assert covered_by_people >= 0.89, name
        assert icc == pytest.approx(1 if "copies" in name else 0.5, abs=0.03), name
        assert n_effective < 700, name


def test_the_best_of_many_flatters_and_held_out_it_does_not() -> None:
    n_runs = 24
    best, covered, held_out, covered_held = simulations_of_many.best_of_many(
        catalogue(), 20, 300, n_runs, accuracy=0.9, shared=0.8
    )
    assert best > 0.006
    assert abs(held_out) < 0.015
    # 0.95 of 24 runs, and four standard deviations less
    assert covered_held >= 0.77
    assert covered_held >= covered


@pytest.mark.parametrize("name", ["all the same", "three groups, 0.03 apart"])
def test_ranks_cover_and_are_narrower_than_by_single_intervals(name: str) -> None:
    covered, width, single, single_width = simulations_of_many.ranks(
        catalogue(), simulations_of_many.RANKS[name], 6, accuracy=0.9, shared=0.8
    )
    assert covered >= 0.85
    assert single >= covered
    assert width < single_width if name != "all the same" else width <= single_width


def test_true_ranks_are_those_of_all_that_are_as_good() -> None:
    rng = np.random.default_rng(0)
    right = simulations_of_many.right_answers(rng, np.array([0.2, 0.8]), 20_000, 0.8)
    assert right.mean(1) == pytest.approx([0.2, 0.8], abs=0.015)
    # who is right with 0.2 is right where the better one is, mostly
    assert (right[0] & right[1]).mean() > 0.2 * 0.9


def test_a_check_of_many_fails_by_chance_only_where_its_intervals_hold_for_one_gap_each() -> None:
    with catalogue() as con:
        by_gap, by_call = simulations_of_checks.families(con, 4, 0.95)
    # 150 intervals of 95 %; of four calls of 5 %, three fail in one of 2,000 runs
    assert (by_gap[0], by_gap[1]) == ("one gap", 36)
    assert by_gap[2] >= 0.75
    assert by_call[1] == 50 * (36 + 21 + 1)
    assert by_call[2] <= 0.5


def test_what_is_not_counted_by_classifier_covers_where_persons_are_known() -> None:
    n_runs = 30
    found = {name: each for name, *each in simulations_of_persons.persons(n_runs)}
    assert len(found) == 11
    for name, (as_people, as_persons, width, wide) in found.items():
        # four standard deviations less than 0.95 of 30 runs, of ten what is drawn anew
        assert as_persons >= (0.67 if name == "macro F1, drawn anew" else 0.79), name
        assert as_persons >= as_people, name
        if width is not None:
            # of five pictures with a correlation of one half, by the root of 3, and of 5 at most
            assert 1.5 < wide / width < 2.5, name
    # pictures that are taken for people cover two of three, as sqrt(3) too narrow intervals do
    assert found["accuracy where annotators agree"][0] < 0.95
