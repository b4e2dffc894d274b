"""Which rows of a table may have a key: eight bytes a key, whatever its length.

Each number has the first bits of a key's hash in front and the row behind them, so that sorting
them needs nothing beside them. What agrees in these bits need not be the same key: whoever has to
know looks at the row. With a hundred million keys one in some hundred new ones agrees with another.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from facestore.records import Int64

UInt64 = npt.NDArray[np.uint64]
Keys: TypeAlias = Sequence[str] | pl.Series | pa.Array
# A quarter of a billion rows; with more than that there are fewer bits of the hash.
_ROW_BITS = 28
# An image_id has so many hexadecimal digits, of which so many are read.
_N_DIGITS, _N_READ, _BASE = 64, 16, 16
_IS_HASH = re.compile(f"[0-9a-f]{{{_N_READ}}}")
_U = np.uint64


class KeyIndex:
    """Sorted hashes of the keys of a table, with their rows; keys are added in order of rows.

    Runs are merged as they come to be alike in length, so that an addition costs by what is added,
    and a look by the logarithm of what is there. One thread may add while others look.

    Parameters
    ----------
    row_bits
        How many bits of each number are the row, at first.
    """

    def __init__(self, row_bits: int = _ROW_BITS) -> None:
        self._row_bits = row_bits
        self._state: tuple[int, tuple[UInt64, ...]] = (row_bits, ())
        self.n_rows = 0

    @classmethod
    def of(cls, batches: Iterable[Keys], n_rows: int, row_bits: int = _ROW_BITS) -> KeyIndex:
        """Return the index of all keys of a table; sorted once, in place.

        Parameters
        ----------
        batches
            The keys, in order of their rows.
        n_rows
            How many there are; more or fewer may come.
        """
        index = cls(max(row_bits, int(n_rows).bit_length()))
        numbers = np.empty(n_rows, np.uint64)
        for keys in batches:
            made = index._numbers(hashes_of(keys))
            if index.n_rows + len(made) > len(numbers):  # somebody has added rows just now
                numbers = np.concatenate([numbers[: index.n_rows], made])
            else:
                numbers[index.n_rows : index.n_rows + len(made)] = made
            index.n_rows += len(made)
        run = numbers[: index.n_rows]
        run.sort()
        index._state = (index._row_bits, (run,) if len(run) else ())
        return index

    @property
    def n_bytes(self) -> int:
        """Bytes that are held for all keys."""
        return sum(run.nbytes for run in self._state[1])

    def add(self, hashes: UInt64) -> None:
        """Add keys by their hashes; their rows follow those that are there."""
        if not len(hashes):
            return
        made = self._numbers(hashes)
        made.sort()
        bits, runs = self._state
        waiting = [*(self._widened(run, bits) for run in runs), made]
        while len(waiting) > 1 and len(waiting[-2]) <= 2 * len(waiting[-1]):
            last = waiting.pop()
            # of two sorted runs a stable sort makes one by merging them
            waiting[-1] = np.sort(np.concatenate([waiting[-1], last]), kind="stable")
        self._state = (self._row_bits, tuple(waiting))
        self.n_rows += len(made)

    def candidates(self, hashes: UInt64) -> tuple[Int64, Int64]:
        """Return pairs of a key, by its place among those given, and a row that may have it.

        Parameters
        ----------
        hashes
            Of the keys: uint64 (N,).

        Returns
        -------
        places, rows
            int64 (P,) each; a key without a row has none of the keys, for sure.
        """
        bits, runs = self._state
        low = (hashes >> np.uint64(bits)) << np.uint64(bits)
        order = np.argsort(low)  # who looks in order stays near what was read last
        low = low[order]
        mask = np.uint64((1 << bits) - 1)
        places, rows = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for run in runs:
            first = np.searchsorted(run, low)
            maybe = np.flatnonzero(run[np.minimum(first, len(run) - 1)] - low <= mask)
            first = first[maybe]
            n = np.searchsorted(run, low[maybe] | mask, side="right") - first
            within = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
            places.append(np.repeat(order[maybe], n))
            rows.append((run[np.repeat(first, n) + within] & mask).astype(np.int64))
        return np.concatenate(places), np.concatenate(rows)

    def may_have_one(self, key: str) -> bool:
        """Whether a key may be there: quickly, for who has one key at a time."""
        bits, runs = self._state
        low = _hash_of(key) >> bits << bits
        for run in runs:
            first = int(run.searchsorted(np.uint64(low)))
            if first < len(run) and int(run[first]) - low < 1 << bits:
                return True
        return False

    def may_have(self, keys: Keys) -> npt.NDArray[np.bool_]:
        """Say which keys may be there; the others are not."""
        found = np.zeros(len(keys), np.bool_)
        found[self.candidates(hashes_of(keys))[0]] = True
        return found

    def _numbers(self, hashes: UInt64) -> UInt64:
        """Return what is kept of keys whose rows come next."""
        end = self.n_rows + len(hashes)
        if end > 1 << self._row_bits:
            self._row_bits = end.bit_length()
        bits = np.uint64(self._row_bits)
        rows = np.arange(self.n_rows, end, dtype=np.uint64)
        return np.asarray(((hashes >> bits) << bits) | rows)

    def _widened(self, run: UInt64, bits: int) -> UInt64:
        """Return a run with more bits for the row; by what is left of the hash it is in order."""
        if bits == self._row_bits:
            return run
        more, mask = np.uint64(self._row_bits), np.uint64((1 << bits) - 1)
        return np.sort(((run >> more) << more) | (run & mask))


def hashes_of(keys: Keys) -> UInt64:
    """Return a hash of each key: uint64 (N,).

    Of what is a hash already, as every image_id is, these are its first 64 bits.
    """
    texts = text_array(keys)
    starts = np.frombuffer(texts.buffers()[1], np.int64, len(texts) + 1, 8 * texts.offset)
    letters = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    of_digits = np.flatnonzero(np.diff(starts) == _N_DIGITS)
    if len(of_digits) == len(texts):  # side by side
        read = letters[starts[0] : starts[-1]].reshape(-1, _N_DIGITS)[:, :_N_READ]
    else:
        read = letters[starts[of_digits, None] + np.arange(_N_READ)]
    found, is_other = np.empty(len(texts), np.uint64), np.ones(len(texts), np.bool_)
    found[of_digits], is_hash = _read_digits(read)
    is_other[of_digits] = ~is_hash
    for i in np.flatnonzero(is_other):
        found[i] = _digest_of(texts[i].as_py())
    return found


def _read_digits(letters: npt.NDArray[np.uint8]) -> tuple[UInt64, npt.NDArray[np.bool_]]:
    """Return the numbers that sixteen hexadecimal digits stand for, and which are such.

    Eight letters are one number, and computed with at once: a table of digits takes thrice as long.

    Parameters
    ----------
    letters
        (N, 16).
    """
    words = np.ascontiguousarray(letters).view("<u8").astype(np.uint64, copy=False)
    # The lower half of a letter is its digit, and of `a` to `f` nine less.
    digits = (words & _in_each(0x0F)) + (words >> _U(6) & _in_each(1)) * _U(9)
    is_letter = digits + _in_each(6) >> _U(4) & _in_each(1)
    written = digits + _in_each(ord("0")) + is_letter * _U(ord("a") - ord("9") - 1)
    is_digit = (written == words) & (digits & _in_each(0x10) == 0)
    packed = (digits << _U(4) | digits >> _U(8)) & _U(0x00FF00FF00FF00FF)
    packed = (packed | packed >> _U(8)) & _U(0x0000FFFF0000FFFF)
    packed = (packed | packed >> _U(16)) & _U(0xFFFFFFFF)
    return (packed[:, 0] | packed[:, 1] << _U(32)).byteswap(), is_digit.all(axis=1)


def _in_each(byte: int) -> np.uint64:
    """Return eight times the same byte."""
    return _U(0x0101010101010101 * byte)


def _hash_of(key: str) -> int:
    """Return what `hashes_of` returns of one key."""
    is_hash = len(key.encode()) == _N_DIGITS and _IS_HASH.match(key)
    return int(key[:_N_READ], _BASE) if is_hash else _digest_of(key)


def _digest_of(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "little")


def text_array(keys: Keys) -> pa.LargeStringArray:
    """Return keys as one array of texts."""
    if isinstance(keys, pl.Series):
        keys = keys.fill_null("").to_arrow()  # which no table has
    if isinstance(keys, pa.Array):
        return keys.cast(pa.large_string())
    return pa.array(keys, pa.large_string())
