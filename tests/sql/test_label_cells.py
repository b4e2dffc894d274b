from __future__ import annotations

from support.rows import fill, labels, samples


def test_cells_join_all_attributes_in_alphabetical_order(con):
    fill(
        con,
        samples=samples(4),
        labels=[
            *labels("race", ["White", "White", "Black"]),
            *labels("gender", ["Male", "Male", "Male", "Female"]),
        ],
    )
    rows = con.sql(
        "select cell_attributes, cell, n_samples, fraction from label_cells order by all"
    ).fetchall()
    assert rows == [
        ("gender", "Female", 1, 0.25),
        ("gender x race", "Male x Black", 1, 0.25),
        ("gender x race", "Male x White", 2, 0.5),
    ]


def test_fractions_are_of_one_data_set_and_split(con):
    fill(
        con,
        samples=[*samples(2), *samples(1, split=None, first=3), *samples(1, dataset="b", first=4)],
        labels=labels("gender", ["Male", "Female", "Male", "Male"]),
    )
    rows = con.sql("select dataset, split, cell, fraction from label_cells order by all").fetchall()
    assert rows == [
        ("b", "val", "Male", 1.0),
        ("faces", "val", "Female", 0.5),
        ("faces", "val", "Male", 0.5),
        ("faces", None, "Male", 1.0),
    ]
