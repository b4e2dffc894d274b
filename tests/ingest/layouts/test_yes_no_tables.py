"""Tables of forty yes/no columns under any names: read in one go, or refused with the place."""

from __future__ import annotations

import re

import pytest

from facestore.errors import TableError
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_tables import read_label_table
from facestore.mappings import LabelMapping

NAMES = [f"att_{i}" for i in range(40)]
N = 12


def lines(yes, no, *, names=NAMES, n=N):
    """Return the header and rows: the attribute is so where number and column add up to an even sum."""
    rows = [[yes if (k + i) % 2 == 0 else no for i in range(len(names))] for k in range(n)]
    return [names, *rows]


def write(path, table, *, blanks=False):
    header, *rows = table
    named = [[f"{k:06}.jpg", *row] for k, row in enumerate(rows, 1)]
    if blanks:  # as CelebA has it: the number of rows, and no name for the files
        text = [str(len(rows)), " ".join(header), *(" ".join(row) for row in named)]
    else:
        text = [",".join(row) for row in (["image_id", *header], *named)]
    path.write_text("\n".join(text) + "\n")
    return path


def read(path, *, maps=(), mapping="yes-no", **options):
    said = LabelMapping.of(mapping=mapping, maps=list(maps))
    return read_label_table(path, LabelRules({}, ["all"], mapping=said, **options))


@pytest.mark.parametrize("blanks", [True, False])
@pytest.mark.parametrize(
    ("yes", "no"),
    [("1", "-1"), ("1", "0"), ("yes", "no"), ("True", "False"), ("Y", "N"), ("1.0", "0.0")],
)
def test_forty_columns_are_forty_attributes_of_two_classes(tmp_path, yes, no, blanks):
    table = read(write(tmp_path / "l.txt", lines(yes, no), blanks=blanks))
    assert sorted(table.new_classes) == sorted((name, c) for name in NAMES for c in ("no", "yes"))
    found = {(name, attribute): label for name, attribute, label, _ in table.labels.iter_rows()}
    assert len(found) == N * 40
    for (name, attribute), label in found.items():
        k, i = int(name.removesuffix(".jpg")) - 1, NAMES.index(attribute)
        assert label == ("yes" if (k + i) % 2 == 0 else "no")


def test_where_all_are_yes_the_other_class_is_there_as_well(tmp_path):
    table = read(write(tmp_path / "l.csv", lines("1", "1")))
    assert sorted(table.new_classes) == sorted((name, c) for name in NAMES for c in ("no", "yes"))


def refusal(path, **options):
    with pytest.raises(TableError) as caught:
        read(path, **options)
    return str(caught.value)


def test_without_the_mapping_it_is_offered(tmp_path):
    path = write(tmp_path / "l.csv", lines("1", "-1"))
    said = refusal(path, mapping=None)
    assert "if they say yes and no add `mapping=yes-no`" in said
    path = write(tmp_path / "three.csv", lines("1", "2"))
    assert "yes-no" not in refusal(path, mapping=None)


@pytest.mark.parametrize("value", ["2", "maybe", "-2", "1.5"])
def test_a_cell_that_is_neither_is_named_with_its_place(tmp_path, value):
    table = lines("1", "-1")
    table[5][7] = value
    path = write(tmp_path / "l.txt", table, blanks=True)
    said = refusal(path)
    # the number of rows and the header stand before
    assert f"1 label in row 7 of column 'att_7': neither yes nor no: '{value}'" in said
    assert str(path) in said
    # what is offered works when it is typed
    offered = re.search(r"`maps=(att_7:.*=)`", said)[1]
    assert read(path, maps=[offered]).labels.height == N * 40 - 1


def test_0_beside_minus_1_may_be_not_known(tmp_path):
    table = lines("1", "-1")
    table[5][7] = table[6][7] = "0"
    path = write(tmp_path / "l.csv", table)
    said = refusal(path)
    assert "'0' beside '-1' in rows 6, 7 of column 'att_7'" in said
    not_known, no, of_all = re.findall(r"`maps=(.+?)`", said)
    assert read(path, maps=[not_known]).labels.height == N * 40 - 2
    assert read(path, maps=[no]).labels.height == N * 40
    assert read(path, maps=[of_all.strip("'")]).labels.height == N * 40 - 2


@pytest.mark.parametrize("blanks", [True, False])
def test_a_name_more_or_less_than_there_are_columns_is_refused(tmp_path, blanks):
    for names, says in ((NAMES[1:], "39|41 cells"), ([*NAMES, "more", "and more"], "42|43")):
        _, *rows = lines("1", "-1")
        path = write(tmp_path / "l.txt", [names, *rows], blanks=blanks)
        said = refusal(path)
        assert re.search(says, said), said
        assert "names" in said if blanks else "columns" in said or "names" in said


@pytest.mark.parametrize("n_cells", [39, 41])
def test_a_row_that_lacks_a_value_shifts_none_of_the_others(tmp_path, n_cells):
    table = lines("1", "-1")
    table[5] = (table[5] * 2)[:n_cells]
    said = refusal(write(tmp_path / "l.txt", table, blanks=True))
    assert f"row 7 has {n_cells + 1} cells, and most rows have 41" in said
