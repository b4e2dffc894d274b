"""Leaks from the training split: all that a comparison of every pair finds, and nothing else."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from support.catalogues import in_transactions, rolled_back

from facestore.catalog.training import Training

MAX_DISTANCE = 5  # the setting duplicate_distance of a new store

# What says nothing of a picture: no hash, and the two of pictures of one colour.
NO_HASH = {None, 0, 1 << 63}

# Some bits of a hash are turned; few hashes, so that near ones meet.
hashes = st.builds(
    lambda base, bits: base ^ sum(1 << bit for bit in bits),
    st.sampled_from([0, (1 << 64) - 1, 0x0F0F0F0F_12345678]),
    st.sets(st.integers(0, 63), max_size=8),
)
rows = st.lists(
    st.tuples(
        st.sampled_from(["faces", "other"]),
        st.sampled_from(["train", "val", None]),
        st.one_of(st.none(), hashes),
        st.integers(0, 3),
    ),
    max_size=10,
)


class Reader:
    """A database of which `Training` only needs the connection."""

    def __init__(self, con):
        self._con = con

    def reader(self):
        return self._con


@in_transactions
@given(rows=rows)
def test_leaks_are_those_of_all_pairs(con, rows):
    with rolled_back(con):
        known = {}
        for number, (dataset, split, phash, image) in enumerate(rows):
            if image == 0:  # an image of its own
                image_id = f"own{number}"
            else:  # one that others may share, with one hash
                image_id = f"shared{image}"
                phash = known.get(image_id, phash)
            if image_id not in known:
                con.execute("insert into images (image_id, phash) values (?, ?)", [image_id, phash])
            known[image_id] = phash
            con.execute(
                "insert into samples values (?, ?, ?, ?, ?, null, null, null)",
                [number, dataset, f"{number}.jpg", image_id, split],
            )
        found = Training(Reader(con)).leaks("faces", "train")
        samples = con.execute("select sample_id, dataset, split, image_id from samples").fetchall()
        expected = {}
        for (i, dataset, split, image), (j, _, other_split, other) in product(samples, samples):
            if (dataset, split) != ("faces", "train") or other_split in (None, "train"):
                continue
            distance = 0 if image == other else distance_of(known[image], known[other])
            if distance is not None and distance <= MAX_DISTANCE:
                expected[i, f"{j}.jpg"] = distance
        columns = found.select("sample_id", "held_out_path", "distance").rows()
        assert {(i, path): distance for i, path, distance in columns} == expected
        assert len(found) == len(expected)


def test_five_bits_at_the_edges_of_any_five_bands_are_found(con):
    edges = ((0, 10), (11, 21), (22, 32), (33, 42), (43, 53), (54, 63))
    near = {
        sum(1 << bit for bit in bits)
        for spared in range(6)
        for bits in product(*(edge for number, edge in enumerate(edges) if number != spared))
    }
    assert len(near) == 6 * 2**5
    first = 0x0123456789ABCDEF  # the hash of no flat picture
    for number, phash in enumerate([first, *(first ^ each for each in sorted(near))]):
        split = "val" if number else "train"
        con.execute("insert into images (image_id, phash) values (?, ?)", [str(number), phash])
        con.execute(
            "insert into samples values (?, 'faces', ?, ?, ?, null, null, null)",
            [number, f"{number}.jpg", str(number), split],
        )
    found = Training(Reader(con)).leaks("faces", "train")
    assert found["distance"].to_list() == [5] * len(near)


def distance_of(one, other):
    return None if {one, other} & NO_HASH else (one ^ other).bit_count()
