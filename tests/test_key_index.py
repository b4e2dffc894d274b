from __future__ import annotations

import hashlib

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facestore.key_index import KeyIndex, hashes_of

ODD = [
    "", "a", "é" * 32, "ü" * 64, "F" * 64, "0" * 15 + "g" + "0" * 48, "0" * 16 + "é" * 24,
    "+1" + "0" * 62, "0x" + "0" * 62, " 1" + "0" * 62, "f" * 64, "1" * 64,
]  # fmt: skip


def digest(number):
    return hashlib.sha256(str(number).encode()).hexdigest()


def rows_of(index, keys):
    """Return the rows that may have each key."""
    found = {i: set() for i in range(len(keys))}
    for place, row in zip(*index.candidates(hashes_of(keys)), strict=True):
        found[int(place)].add(int(row))
    return found


def test_a_key_has_the_same_hash_however_it_is_given():
    keys = [*ODD, digest(1)]
    hashes = hashes_of(keys).tolist()
    assert hashes_of(pa.array(["before", *keys])[1:]).tolist() == hashes
    assert hashes_of(pa.array(keys, pa.large_string())).tolist() == hashes
    assert hashes_of(pl.Series(keys)).tolist() == hashes
    assert [hashes_of([key])[0] for key in keys] == hashes
    assert len(set(hashes)) == len(keys)
    assert hashes_of([]).tolist() == []


def test_of_a_hash_it_is_the_first_bits():
    keys = [digest(i) for i in range(300)]
    assert hashes_of(keys).tolist() == [int(key[:16], 16) for key in keys]


@pytest.mark.parametrize("place", [0, 7, 8, 15])
def test_only_digits_are_read_as_such(place):
    """A letter in between makes it another key, of which nothing is read."""
    first = digest(1)
    keys = [first[:place] + chr(c) + first[place + 1 :] for c in range(1, 128)]
    hashes = hashes_of(keys)
    for key, found in zip(keys, hashes, strict=True):
        is_hash = set(key) <= set("0123456789abcdef")
        assert (int(found) == _number_of(key)) == is_hash
    assert [hashes_of([key])[0] for key in keys] == hashes.tolist()
    assert [KeyIndex.of([[key]], 1).may_have_one(key) for key in keys] == [True] * len(keys)


def _number_of(key):
    try:
        return int(key[:16], 16)
    except ValueError:
        return None


@pytest.mark.parametrize("row_bits", [1, 9, 28])
@given(parts=st.lists(st.integers(0, 300), max_size=12), n_first=st.integers(0, 500))
def test_every_key_leads_to_its_row_however_they_were_added(row_bits, parts, n_first):
    keys = [digest(i) for i in range(n_first + sum(parts))]
    index = KeyIndex.of([keys[:n_first]], n_first, row_bits)
    start = n_first
    for n in parts:
        index.add(hashes_of(keys[start : start + n]))
        start += n
    assert index.n_rows == len(keys)
    assert all(row in rows for row, rows in rows_of(index, keys).items())
    assert all(index.may_have_one(key) for key in keys)
    assert index.may_have(keys).all()


def test_a_key_that_is_not_there_is_seldom_taken_for_one_that_is():
    index = KeyIndex.of([[digest(i) for i in range(20_000)]], 20_000)
    others = [digest(i) for i in range(20_000, 40_000)]
    assert not index.may_have(others).any()
    assert not any(index.may_have_one(key) for key in others)
    crowded = KeyIndex.of([[digest(i) for i in range(200)]], 200, row_bits=56)
    taken = crowded.may_have(others)
    assert 0 < taken.mean() < 1
    assert taken.tolist() == [crowded.may_have_one(key) for key in others]


def test_odd_keys_are_kept_apart_and_found_one_by_one_as_together():
    index = KeyIndex.of([ODD], len(ODD))
    assert [index.may_have_one(key) for key in ODD] == [True] * len(ODD)
    assert rows_of(index, ODD) == {i: {i} for i in range(len(ODD))}


def test_a_key_costs_eight_bytes_and_additions_are_merged():
    index = KeyIndex.of([[digest(i) for i in range(5000)]], 5000)
    for start in range(5000, 20_000, 100):
        index.add(hashes_of([digest(i) for i in range(start, start + 100)]))
    assert index.n_bytes == 8 * 20_000
    assert len(index._state[1]) < 12


def test_more_keys_may_come_than_were_counted():
    keys = [digest(i) for i in range(1000)]
    index = KeyIndex.of([keys[:600], keys[600:]], 700)
    assert rows_of(index, keys) == {i: {i} for i in range(1000)}
    assert KeyIndex.of([keys[:10]], 700).n_rows == 10


def test_nothing_is_in_an_empty_index():
    assert not KeyIndex().may_have(["a"]).any()
    assert not KeyIndex().may_have_one("a")
    assert np.array_equal(KeyIndex().candidates(hashes_of(["a"])), np.empty((2, 0)))
