"""Leaks from the training split: all that a comparison of every pair finds, and nothing else."""

from __future__ import annotations

from itertools import product

from catalogues import in_transactions, rolled_back
from hypothesis import given
from hypothesis import strategies as st

from facestore.catalog.training import MAX_DISTANCE, Training

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
                "insert into samples values (?, ?, ?, ?, ?, null, null)",
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


def distance_of(one, other):
    return None if one is None or other is None else (one ^ other).bit_count()
