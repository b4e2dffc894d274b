"""near_duplicates and the groups that they make."""

from __future__ import annotations

import duckdb
import pytest
from support.rows import fill, load, read, samples

Con = duckdb.DuckDBPyConnection

_TURNED = 0x70F0F0F0F0F0F0F0
PAIRS = "image_id_a, image_id_b, distance"
GROUPS = "image_id, group_id, n_images, n_samples, diameter, is_representative"


def image(name: str, phash: int | None, **more: object) -> dict[str, object]:
    """Return an image; none is flat, for distances are the same between the hashes turned over."""
    return {"image_id": name, "phash": None if phash is None else phash ^ _TURNED} | more


def bits(*positions: int) -> int:
    return sum(1 << position for position in positions)


def test_pairs_are_those_within_the_distance_and_each_is_there_once(con: Con) -> None:
    fill(con, images=[image("a", 0), image("b", bits(0)), image("c", bits(0, 40, 63))])
    assert read(con, "near_duplicates(0)", PAIRS) == []
    assert read(con, "near_duplicates(1)", PAIRS) == [("a", "b", 1)]
    assert read(con, "near_duplicates(2)", PAIRS) == [("a", "b", 1), ("b", "c", 2)]
    for distance in (3, 7, 12):
        pairs = [("a", "b", 1), ("a", "c", 3), ("b", "c", 2)]
        assert read(con, f"near_duplicates({distance})", PAIRS) == pairs


def test_images_of_one_hash_are_pairs_and_an_image_without_a_hash_is_in_none(con: Con) -> None:
    fill(con, images=[image("a", 9), image("b", 9), image("c", 9)])
    fill(con, images=[image("x", None), image("y", None)])
    for distance in (0, 12):
        pairs = [("a", "b", 0), ("a", "c", 0), ("b", "c", 0)]
        assert read(con, f"near_duplicates({distance})", PAIRS) == pairs


def test_hashes_that_say_nothing_are_in_no_pair_and_no_group(con: Con) -> None:
    flat = [image("a", _TURNED), image("b", _TURNED), image("c", _TURNED ^ bits(63))]
    fill(con, images=[*flat, image("d", _TURNED ^ bits(63) ^ 1), image("e", _TURNED ^ 1)])
    assert read(con, "near_duplicates(5)", PAIRS) == [("d", "e", 1)]
    assert read(con, "duplicate_groups", "image_id, group_id") == [("d", "d"), ("e", "d")]


def test_the_first_and_the_last_bit_count(con: Con) -> None:
    fill(con, images=[image("a", 2**64 - 1), image("b", 2**64 - 1 - bits(0, 63))])
    assert read(con, "near_duplicates(2)", PAIRS) == [("a", "b", 2)]
    assert read(con, "near_duplicates(1)", PAIRS) == []


@pytest.mark.parametrize("distance", ["-1", "13"])
def test_a_distance_out_of_the_limits_is_an_error(con: Con, distance: str) -> None:
    fill(con, images=[image("a", 0), image("b", 1)])
    with pytest.raises(duckdb.Error, match="max_distance must be 0 to 12 bits, not"):
        read(con, f"near_duplicates({distance})")


def test_no_images_make_no_pairs(con: Con) -> None:
    assert read(con, "near_duplicates(5)") == []
    assert read(con, "duplicate_groups") == []


def test_a_crowd_is_compared_about_once_a_pair(con: Con) -> None:
    # all pairs are further apart than the distance and share most bits: 12 bits of noise
    crowd = [image(str(i), (i << 20) | 7) for i in range(2000)]
    load(con, images=crowd)
    masks = read(con, "hash_masks(12)", "mask")
    n_compared = 0
    for (mask,) in masks:
        seen: dict[int, int] = {}
        for each in crowd:
            seen[each["phash"] & mask] = seen.get(each["phash"] & mask, 0) + 1
        n_compared += sum(n * (n - 1) // 2 for n in seen.values())
    assert n_compared + 8 * len(masks) * len(crowd) <= 2000 * 1999 / 2 + 8 * 2000


def test_a_group_is_a_chain_and_its_diameter_says_how_long(con: Con) -> None:
    chain = [image("a", 0), image("b", bits(0, 1, 2, 3, 4)), image("c", bits(*range(9)))]
    fill(con, images=[*chain, image("z", bits(*range(20, 40)))])
    assert read(con, "near_duplicates(5)", PAIRS) == [("a", "b", 5), ("b", "c", 4)]
    assert read(con, "duplicate_groups", GROUPS) == [
        ("a", "a", 3, 0, 9, True),
        ("b", "a", 3, 0, 9, False),
        ("c", "a", 3, 0, 9, False),
    ]
    con.execute("update settings set value = '4' where setting = 'duplicate_distance'")
    assert read(con, "duplicate_groups", "image_id, group_id") == [("b", "b"), ("c", "b")]
    assert len(read(con, "duplicate_groups_within(5)")) == 3


def test_copies_are_a_group_and_so_are_those_of_pictures_without_a_hash(con: Con) -> None:
    fill(con, images=[image("a", None), image("b", 77), image("c", bits(61, 62, 63))])
    fill(con, samples=[each | {"image_id": "a"} for each in samples(2)])
    fill(con, samples=[each | {"image_id": "b"} for each in samples(3, first=3)])
    fill(con, samples=[each | {"image_id": "c"} for each in samples(1, first=6)])
    assert read(con, "duplicate_groups", GROUPS) == [
        ("a", "a", 1, 2, 0, True),
        ("b", "b", 1, 3, 0, True),
    ]


def test_the_representative_is_the_largest_then_the_first_by_path(con: Con) -> None:
    fill(
        con,
        images=[
            image("a", 1, width=10, height=10),
            image("b", 1, width=5, height=25),
            image("c", 1, width=25, height=5),
            image("d", 1),
        ],
    )
    paths = {"a": "a.jpg", "b": "y.jpg", "c": "x.jpg", "d": "d.jpg"}
    rows = zip(samples(4), paths.items(), strict=True)
    fill(con, samples=[s | {"image_id": i, "path": path} for s, (i, path) in rows])
    assert read(con, "duplicate_groups", "image_id", "is_representative") == [("c",)]
    con.execute("update images set width = null, height = null")
    assert read(con, "duplicate_groups", "image_id", "is_representative") == [("a",)]


def test_the_diameter_of_a_group_of_too_many_hashes_is_not_known(con: Con) -> None:
    load(con, images=[image(f"{i:05}", i) for i in range(5001)])
    assert read(con, "duplicate_groups_within(1)", "distinct n_images, diameter") == [(5001, None)]
    con.execute("delete from images where image_id = '05000'")
    assert read(con, "duplicate_groups_within(1)", "distinct n_images, diameter") == [(5000, 13)]
