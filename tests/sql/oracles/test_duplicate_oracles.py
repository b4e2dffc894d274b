"""Random and adversarial hashes: pairs equal those of all pairs, groups those of networkx."""

from __future__ import annotations

from itertools import combinations
from math import comb

import duckdb
import networkx as nx
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import chi2, chi2_contingency
from support.catalogues import close, in_transactions, rolled_back
from support.rows import load, read

Con = duckdb.DuckDBPyConnection
Pairs = list[tuple[str, str, int]]

HASH = st.integers(0, 2**64 - 1)
DISTANCE = st.integers(0, 12)


@st.composite
def clustered(draw: st.DrawFn) -> list[int]:
    """Draw hashes around a few centres, a few bits away from them."""
    centres = draw(st.lists(HASH, min_size=1, max_size=4))
    member = st.tuples(st.sampled_from(centres), st.sets(st.integers(0, 63), max_size=8))
    return [
        centre ^ sum(1 << bit for bit in flipped)
        for centre, flipped in draw(st.lists(member, min_size=2, max_size=40))
    ]


def fill_hashes(con: Con, hashes: list[int | None]) -> None:
    # as arrow would guess int64, the hashes go as text
    rows = [
        {"image_id": f"{i:06}", "phash": None if h is None else str(h)}
        for i, h in enumerate(hashes)
    ]
    load(con, images=rows)


# The hashes of pictures of one colour, which say nothing.
_FLAT = (0, 1 << 63)


def all_pairs(hashes: list[int | None], distance: int) -> Pairs:
    """Return what comparing every image with every other one gives."""
    known = [i for i, h in enumerate(hashes) if h not in (None, *_FLAT)]
    values = np.array([hashes[i] for i in known], dtype=np.uint64)
    pairs = []
    for place, i in enumerate(known):
        apart = np.bitwise_count(values[place + 1 :] ^ values[place])
        for offset in np.flatnonzero(apart <= distance):
            pairs.append((f"{i:06}", f"{known[place + 1 + offset]:06}", int(apart[offset])))
    return sorted(pairs)


# Few hashes are compared each with each; among so many others masks of bands are worth it.
OTHERS = [int(h) for h in np.random.default_rng(1).integers(0, 2**64, 700, dtype=np.uint64)]


def n_bands_to_agree_on(con: Con, distance: int) -> int:
    """Return the number of bands in each mask that was chosen; 0: all pairs are compared."""
    n_masks = len(read(con, f"hash_masks({distance})"))
    return next(n for n in range(4) if comb(distance + n, n) == n_masks)


def found(con: Con, distance: int) -> Pairs:
    return read(con, f"near_duplicates({distance})", "image_id_a, image_id_b, distance")


@in_transactions
@given(hashes=st.lists(st.none() | HASH, max_size=40) | clustered(), distance=DISTANCE)
@example(hashes=[0, 2**64 - 1, None, 0], distance=0)
@example(hashes=[0, (1 << 13) - 1, (1 << 12) - 1], distance=12)
def test_pairs_are_those_of_all_pairs(con: Con, hashes: list[int | None], distance: int) -> None:
    for more in ([], OTHERS):
        with rolled_back(con):
            fill_hashes(con, hashes + more)
            assert found(con, distance) == all_pairs(hashes + more, distance)
            if more and distance:
                assert n_bands_to_agree_on(con, distance) == 1


@pytest.mark.parametrize(("n", "distance", "n_bands"), [(5000, 1, 2), (5000, 3, 3), (30_000, 1, 3)])
def test_pairs_of_a_crowd_are_found_by_more_bands(
    con: Con, n: int, distance: int, n_bands: int
) -> None:
    rng = np.random.default_rng(2)
    places = rng.choice(64, 16, replace=False)
    values = rng.choice(2**16, n, replace=False)
    crowd = [sum(1 << int(p) for i, p in enumerate(places) if value >> i & 1) for value in values]
    fill_hashes(con, list(crowd))
    assert n_bands_to_agree_on(con, distance) == n_bands
    assert found(con, distance) == all_pairs(list(crowd), distance)


def adversarial() -> dict[str, list[int]]:
    rng = np.random.default_rng(0)
    half = rng.integers(0, 2**32, 5000, dtype=np.uint64)
    scattered = np.zeros(400, np.uint64)
    for place in rng.choice(64, 32, replace=False).astype(np.uint64):
        scattered |= rng.integers(0, 2, 400, dtype=np.uint64) << place
    crowd = [sum(1 << bit for bit in chosen) for chosen in combinations(range(64), 2)]
    return {
        "all equal": [5] * 300,
        "all zero but one bit": [0] + [1 << bit for bit in range(64)],
        "all zero but two bits": crowd[:800],
        "one bit after the other": [(1 << bit) - 1 for bit in range(65)],
        "the same lower half": [int(h) << 32 | 0xDEADBEEF for h in half[:2500]],
        "the same upper half": [int(h) | 0xDEADBEEF << 32 for h in half[:600]],
        "the same half, scattered": [int(h) for h in scattered],
        "a crowd among others": crowd[:500] + [int(h) << 16 for h in half[:500]],
        "counted up": list(range(700)),
    }


ADVERSARIAL = adversarial()


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_pairs_of_adversarial_hashes_are_those_of_all_pairs(con: Con, name: str) -> None:
    fill_hashes(con, list(ADVERSARIAL[name]))
    within_12 = all_pairs(list(ADVERSARIAL[name]), 12)
    for distance in range(13):
        expected = [pair for pair in within_12 if pair[2] <= distance]
        assert found(con, distance) == expected, distance


@in_transactions
@given(hashes=clustered(), distance=DISTANCE)
def test_groups_are_the_components_of_networkx(con: Con, hashes: list[int], distance: int) -> None:
    graph = nx.Graph()
    graph.add_edges_from((a, b) for a, b, _ in all_pairs(list(hashes), distance))
    expected = {}
    for component in nx.connected_components(graph):
        values = [hashes[int(name)] for name in component]
        diameter = max((a ^ b).bit_count() for a in values for b in values)
        expected |= {name: (min(component), len(component), diameter) for name in component}
    with rolled_back(con):
        fill_hashes(con, list(hashes))
        columns = "image_id, group_id, n_images, diameter, is_representative"
        rows = read(con, f"duplicate_groups_within({distance})", columns)
    assert {name: row for name, *row, _ in rows} == {n: list(e) for n, e in expected.items()}
    # nothing else being known of them, the smallest image_id stands for its group
    assert {row[0] for row in rows if row[4]} == {row[1] for row in rows}


@in_transactions
@given(statistic=st.floats(0, 2000), n_free=st.integers(1, 2000))
@example(statistic=0.0, n_free=1)
@example(statistic=5000.0, n_free=4900)
@example(statistic=1e-300, n_free=1)
def test_chi_square_is_that_of_scipy(con: Con, statistic: float, n_free: int) -> None:
    row = con.execute("select chi_square_tail(?, ?)", [statistic, n_free]).fetchone()
    assert row == (pytest.approx(chi2.sf(statistic, n_free), abs=1e-11),)


@in_transactions
@given(
    cells=st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["train", "val", "test"])),
        min_size=2,
        max_size=60,
    ).filter(lambda cells: len({split for _, split in cells}) > 1)
)
def test_the_splits_are_as_alike_as_scipy_says(con: Con, cells: list[tuple[str, str]]) -> None:
    names, splits = (sorted(set(each)) for each in zip(*cells, strict=True))
    table = [[cells.count((name, split)) for split in splits] for name in names]
    with rolled_back(con):
        load(con, samples=[
            {"sample_id": i, "dataset": "d", "path": str(i), "split": split}
            for i, (_, split) in enumerate(cells)
        ])  # fmt: skip
        load(con, labels=[
            {"sample_id": i, "attribute": "mood", "label": name} for i, (name, _) in enumerate(cells)
        ])  # fmt: skip
        columns = "chi_square, p_value, degrees_of_freedom, n_groups_too_small"
        (row,) = read(con, "split_chi_square", columns)
        balance = read(con, "split_balance", "group_name, split, n_samples, n_expected")
    expected = chi2_contingency(table, correction=False)
    p_value = close(expected.pvalue) if expected.dof else None
    n_small = sum(sum(counts) < len(splits) for counts in table)
    assert row == (pytest.approx(expected.statistic, abs=1e-9), p_value, expected.dof, n_small)
    assert balance == [
        (name, split, table[i][j], pytest.approx(expected.expected_freq[i][j]))
        for i, name in enumerate(names)
        for j, split in sorted(enumerate(splits), key=lambda each: each[1])
    ]
