"""The exact answers that an index is compared with, and which queries are drawn."""

from __future__ import annotations

import numpy as np
import pytest
from support.indexed import Clusters

from facestore.errors import InputError
from facestore.neighbours.exact import NO_ROW, exact_nearest
from facestore.neighbours.queries import _shares
from facestore.records import VectorBlock

VECTORS = Clusters().draw(300, 1)


def blocks(vectors, rows, size=70):
    order = np.random.default_rng(1).permutation(len(vectors))
    for start in range(0, len(vectors), size):
        part = order[start : start + size]
        yield VectorBlock(rows[part], vectors[part])


def test_the_nearest_of_each_query_are_those_of_a_whole_sort():
    rows = np.arange(300) * 7 + 2**40
    own = np.append(rows[:20], np.full(20, NO_ROW))
    queries = np.concatenate([VECTORS[:20], Clusters().draw(20, 2)])
    found = exact_nearest(blocks(VECTORS, rows), queries, 10, own)
    cosines = queries @ VECTORS.T
    cosines[range(20), range(20)] = -2
    best = np.argsort(-cosines, axis=1)[:, :10]
    assert found.rows[:, :10].tolist() == rows[best].tolist()
    np.testing.assert_allclose(
        found.cosines[:, :10], np.take_along_axis(cosines, best, 1), atol=1e-6
    )
    assert not np.isin(found.rows[0], rows[0]).any()
    assert [found.n_found(3, rows[best[3]]), found.n_found(3, rows[best[3][:4]])] == [10, 4]
    assert found.part(3, 5).n_found(0, rows[best[3]]) == 10
    assert found.n_found(3, rows[np.argsort(-cosines[3])[10:20]]) == 0


def test_any_of_vectors_that_are_as_near_as_the_last_counts():
    vectors = np.concatenate([VECTORS[:5], np.repeat(VECTORS[9:10], 6, axis=0)])
    rows = np.arange(len(vectors))
    found = exact_nearest(blocks(vectors, rows), VECTORS[9:10], 3, np.asarray([NO_ROW]))
    assert found.n_found(0, np.asarray([8, 9, 10])) == 3
    assert found.n_found(0, np.asarray([5, 6, 7, 8])) == 3  # of three there are no four
    assert found.n_found(0, np.asarray([0, 1, 2])) == 0


@pytest.mark.parametrize(
    ("sizes", "n", "shares"),
    [
        ({"a": 900, "b": 100}, 100, {"a": 68, "b": 32}),
        ({"a": 900, "b": 10}, 100, {"a": 90, "b": 10}),
        ({"a": 50, "b": 50}, 100, {"a": 50, "b": 50}),
        ({"a": 10_000, "b": 10_000, "c": 1}, 101, {"a": 50, "b": 50, "c": 1}),
        ({"a": 2, "b": 2, "c": 2}, 4, {"a": 2, "b": 1, "c": 1}),
    ],
)
def test_each_data_set_gives_queries_and_none_more_than_it_has(sizes, n, shares):
    found = _shares(sizes, n)
    assert found == shares
    assert sum(found.values()) == n


def test_more_data_sets_than_queries_are_refused():
    with pytest.raises(InputError, match="3 queries of 4 data sets"):
        _shares(dict.fromkeys("abcd", 9), 3)
