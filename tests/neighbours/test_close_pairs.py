from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facestore.neighbours import close_pairs as nearest
from facestore.neighbours.close_pairs import close_pairs
from facestore.records import VectorBlock
from facestore.unit_rows import unit_rows


def vectors(n, width=4, seed=0):
    return unit_rows(np.random.default_rng(seed).normal(size=(n, width)))


def reader(all_vectors, block_rows, rows=None):
    rows = np.arange(len(all_vectors)) if rows is None else rows

    def read():
        for start in range(0, len(all_vectors), block_rows):
            part = slice(start, start + block_rows)
            yield VectorBlock(rows[part], all_vectors[part])

    return read


def expected(all_vectors, min_cosine, rows=None):
    rows = np.arange(len(all_vectors)) if rows is None else rows
    cosines = all_vectors @ all_vectors.T
    return {
        (int(min(rows[i], rows[j])), int(max(rows[i], rows[j])))
        for i in range(len(rows))
        for j in range(i)
        if cosines[i, j] >= min_cosine
    }


def found(read, min_cosine, **options):
    pairs = [
        (int(a), int(b))
        for each in close_pairs(read, min_cosine, **options)
        for a, b in zip(each.first, each.second, strict=True)
    ]
    assert len(pairs) == len(set(pairs))
    return set(pairs)


@given(
    st.integers(0, 40), st.integers(1, 9), st.integers(1, 20), st.integers(0, 99),
    st.sampled_from([-0.5, 0.1, 0.6, 0.95]),
)  # fmt: skip
def test_pairs_are_those_of_all_products_however_the_rows_are_cut(n, block, at_once, seed, cosine):
    every = vectors(n, seed=seed)
    # a threshold that is no cosine, so that rounding decides nothing
    wanted = expected(every, cosine)
    assert found(reader(every, block), cosine, rows_at_once=at_once) == wanted


def test_rows_may_come_in_any_order(monkeypatch):
    monkeypatch.setattr(nearest, "_TILE_ROWS", 3)
    every = vectors(30, seed=3)
    rows = np.random.default_rng(0).permutation(30) + (10 << 32)
    wanted = expected(every, 0.3, rows)
    assert len(wanted) > 50
    assert found(reader(every, 7, rows), 0.3, rows_at_once=11) == wanted


def test_every_pair_is_compared_once(monkeypatch):
    monkeypatch.setattr(nearest, "_TILE_ROWS", 4)
    read = reader(vectors(50), 8)
    assert sum(each.n_compared for each in close_pairs(read, 0.99, rows_at_once=20)) == 50 * 49 / 2


def test_cosines_are_the_products_and_never_above_one():
    every = np.concatenate([vectors(20, 512), vectors(20, 512)])
    (pairs,) = close_pairs(reader(every, 100), 0.9)
    assert pairs.second.tolist() == (pairs.first + 20).tolist() == list(range(20, 40))
    assert pairs.cosines == pytest.approx(np.ones(20), abs=1e-6)
    assert pairs.cosines.max() <= 1
    assert pairs.cosines.dtype == np.float32


def test_without_vectors_there_are_no_pairs():
    assert list(close_pairs(reader(vectors(0), 5), 0.5)) == []
    assert found(reader(vectors(1), 5), 0.5) == set()
