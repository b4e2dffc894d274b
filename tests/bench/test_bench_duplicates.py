"""Near duplicates against the notebook's loop in numba and imagededup, in one run, and by the million.

The hashes are UTKFace's where FACESTORE_REAL_DATA is set, else made up with bits as uneven as theirs.
The ratios are in `extra_info`; nothing here fails for being slow, only for being wrong.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

UTKFACE, MILLION, DISTANCE = 23_318, 1_000_000, 5
# imagededup takes minutes for all of UTKFace.
PEER = 5_000


@pytest.fixture
def hashes(con, sized):
    """Fill as many images as UTKFace has; return their hashes."""
    n = sized(UTKFACE, 600)
    known = utkface_hashes()
    # Without the real ones: faces of some poses, each of which sets a bit with a chance of its own.
    rng = np.random.default_rng(0)
    poses = rng.beta(0.6, 0.6, (40, 64))
    drawn = rng.random((n, 64)) < poses[rng.integers(0, 40, n)]
    values = (
        drawn @ (np.uint64(1) << np.arange(64, dtype=np.uint64)) if known is None else known[:n]
    )
    insert_images(con, values)
    return values


def utkface_hashes():
    folder = os.environ.get("FACESTORE_REAL_DATA")
    if not folder:
        return None
    rows = pl.read_parquet(Path(folder) / "utkface" / "manifest.parquet").unique(
        "sha256", maintain_order=True
    )
    return np.array([int(each, 16) for each in rows["phash"].drop_nulls()], np.uint64)


def insert_images(con, values):
    con.register("incoming", pa.table({"phash": values, "i": np.arange(len(values))}))
    con.execute(
        "insert into images (image_id, phash) select format('{:07}', i), phash from incoming"
    )
    con.unregister("incoming")


def pairs(con, distance=DISTANCE):
    """Return the pairs as an array of two columns, in order."""
    query = f"select image_id_a::integer, image_id_b::integer from near_duplicates({distance}) order by all"
    found = con.execute(query).fetchnumpy()
    return np.column_stack(list(found.values()))


def test_near_duplicates_against_the_loop_of_the_notebook(benchmark, con, hashes, record, timed):
    numba = pytest.importorskip("numba")
    found = benchmark.pedantic(lambda: pairs(con), rounds=5, warmup_rounds=1)

    # as its authors wrote it, with the threshold they chose
    @numba.jit(nopython=True)
    def hamming_distance(hash1, hash2):
        return np.sum(hash1 != hash2)

    @numba.jit(nopython=True, parallel=True)
    def calculate_distances(i, hashes, threshold):
        is_duplicate = np.zeros(len(hashes), dtype=np.bool_)
        for j in numba.prange(i + 1, len(hashes)):
            hamming_dist = hamming_distance(hashes[i], hashes[j])
            if hamming_dist <= threshold:
                is_duplicate[j] = True
        return np.where(is_duplicate)[0]

    texts = [f"{value:016x}" for value in hashes.tolist()]
    bits = np.array([list(map(int, bin(int(text, 16))[2:].zfill(64))) for text in texts])

    def mark_duplicates():
        marked = {}
        for i in range(len(bits)):
            indices = calculate_distances(i, bits, DISTANCE)
            if len(indices) > 0:
                marked[i] = indices
        return marked

    calculate_distances(0, bits[:2], DISTANCE)  # compiled before it is timed
    marked, seconds = timed(mark_duplicates, rounds=1)
    expected = [(i, j) for i, others in marked.items() for j in others]
    assert np.array_equal(found, expected or np.empty((0, 2), int))
    record(times_faster_than_the_loop=lambda own: seconds / own, loop_seconds=seconds)


@pytest.mark.parametrize("method", ["bktree", "brute_force_cython"])
def test_near_duplicates_against_imagededup(benchmark, con, hashes, record, timed, sized, method):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        methods = pytest.importorskip("imagededup.methods")
    hashes = hashes[: sized(PEER, 600)]
    con.execute("delete from images")
    insert_images(con, hashes)
    found = benchmark.pedantic(lambda: pairs(con), rounds=5, warmup_rounds=1)
    encodings = {f"{i:07}": f"{value:016x}" for i, value in enumerate(hashes.tolist())}
    peer = methods.PHash(verbose=False)

    def search():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return peer.find_duplicates(
                encoding_map=encodings,
                max_distance_threshold=DISTANCE,
                search_method=method,
                num_dist_workers=0,
            )

    duplicates, seconds = timed(search, rounds=1)
    expected = sorted(
        (int(name), int(other))
        for name, others in duplicates.items()
        for other in others
        if name < other
    )
    assert np.array_equal(found, expected or np.empty((0, 2), int))
    record(times_faster_than_imagededup=lambda own: seconds / own, imagededup_seconds=seconds)


@pytest.mark.parametrize("n_flipped", [2, 6])
def test_near_duplicates_of_a_million(benchmark, con, hashes, sized, n_flipped):
    n = sized(MILLION, 2000)
    rng = np.random.default_rng(1)
    values = rng.choice(hashes, n)
    for _ in range(n_flipped):
        values ^= np.uint64(1) << rng.integers(0, 64, n, dtype=np.uint64)
    con.execute("delete from images")
    con.execute("set memory_limit = '4GB'")
    insert_images(con, values)
    query = f"select count(*), max(distance) from near_hashes({DISTANCE})"
    ((n_pairs, farthest),) = benchmark.pedantic(lambda: con.execute(query).fetchall(), rounds=1)
    assert farthest is None or farthest <= DISTANCE
    benchmark.extra_info["pairs"] = n_pairs


def test_groups_of_utkface(benchmark, con, hashes, record):
    query = "select count(distinct group_id), count(*) from duplicate_groups"
    ((n_groups, n_images),) = benchmark.pedantic(lambda: con.execute(query).fetchall(), rounds=5)
    found = pairs(con)
    assert n_images == len(np.unique(found))
    assert n_groups <= len(found)
    record(groups=n_groups)


def test_leakage_between_splits_of_utkface(benchmark, con, hashes, record, timed):
    """Beside the pairs that it looks through: not all pairs of samples."""
    n = len(hashes)
    con.execute(
        "insert into samples select i, 'faces', i || '.jpg', image_id, "
        "if(i % 5 = 0, 'test', 'train'), null, null, null "
        "from (select row_number() over (order by image_id) as i, image_id from images)"
    )
    query = "select count(*) from split_leakage"
    ((n_leaks,),) = benchmark.pedantic(lambda: con.execute(query).fetchall(), rounds=5)
    looked_through = (
        "select count(*), count_if(a % 5 = 0 and b % 5 <> 0 or a % 5 <> 0 and b % 5 = 0) "
    )
    looked_through += "from (select sample_id_a as a, sample_id_b as b from duplicate_pairs)"
    ((n_pairs, n_expected),), seconds = timed(lambda: con.execute(looked_through).fetchall())
    assert n_leaks == n_expected <= n_pairs
    record(samples=n, times_duplicate_pairs=lambda own: own / seconds)
