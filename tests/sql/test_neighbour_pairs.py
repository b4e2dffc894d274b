"""neighbour_pairs and embedding_leakage: from pairs of images to pairs of samples."""

from __future__ import annotations

from support.rows import encoder, fill, neighbours, read, samples

A, B, C = ("a" * 64, "b" * 64, "c" * 64)


def fill_images(con):
    """Fill images A (samples 1 and 4), B (2) and C (3), in two splits and two data sets."""
    fill(con, samples=samples(2, split="train") + samples(1, split="test", first=3))
    fill(con, samples=samples(1, dataset="other", split="train", first=4))
    fill(con, images=[{"image_id": each} for each in (A, B, C)])
    for sample_id, image in ((1, A), (2, B), (3, C), (4, A)):
        con.execute("update samples set image_id = ? where sample_id = ?", [image, sample_id])
    fill(con, encoders=[encoder()])


def test_a_pair_of_images_is_a_pair_of_all_samples_that_show_them(con):
    fill_images(con)
    fill(con, **neighbours([(A, B, 0.96875), (B, C, 0.9375)]))
    columns = "encoder, sample_a, sample_b, path_a, path_b, dataset_b, split_b, cosine"
    assert read(con, "neighbour_pairs", columns) == [
        ("tiny", 1, 2, "1.jpg", "2.jpg", "faces", "train", 0.96875),
        ("tiny", 2, 3, "2.jpg", "3.jpg", "faces", "test", 0.9375),
        ("tiny", 2, 4, "2.jpg", "4.jpg", "other", "train", 0.96875),
    ]


def test_leakage_is_between_splits_or_data_sets(con):
    fill_images(con)
    fill(con, **neighbours([(A, B, 0.96875), (B, C, 0.9375)]))
    columns = "sample_a, sample_b, is_across_datasets"
    assert read(con, "embedding_leakage", columns) == [(2, 3, False), (2, 4, True)]


def test_no_split_is_a_split_of_its_own(con):
    fill_images(con)
    con.execute("update samples set split = null where sample_id = 2")
    fill(con, **neighbours([(A, B, 0.96875)]))
    columns = "sample_a, sample_b, split_a, split_b, is_across_datasets"
    assert read(con, "embedding_leakage", columns) == [
        (1, 2, "train", None, False),
        (2, 4, None, "train", True),
    ]
    con.execute("update samples set split = null where sample_id = 1")
    assert read(con, "embedding_leakage", "sample_a, sample_b") == [(2, 4)]


def test_pairs_of_images_without_samples_are_passed_over(con):
    fill_images(con)
    con.execute("delete from samples where sample_id = 3")
    fill(con, **neighbours([(B, C, 0.9375)]))
    assert read(con, "neighbour_pairs") == []


def test_a_file_that_could_not_be_read_is_no_neighbour(con):
    fill_images(con)
    con.execute("update samples set error = 'cut off' where sample_id = 2")
    fill(con, **neighbours([(A, B, 0.96875)]))
    assert read(con, "neighbour_pairs") == []
