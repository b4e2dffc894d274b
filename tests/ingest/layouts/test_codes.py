"""Codes in label tables: a list of codes decides its own columns, and no other."""

from __future__ import annotations

import pytest
from ingest.layouts.test_tables_of_people import labels, read

from facestore.errors import TableError


@pytest.mark.parametrize("attribute", ["race", "ethnicity"])
def test_yes_and_no_of_celeba_are_no_classes_of_ours(tmp_path, attribute):
    text = f"file,gender,{attribute}\n1.jpg,0,0\n2.jpg,1,1\n"
    with pytest.raises(TableError, match=f"of column '{attribute}'"):
        read(tmp_path, text, said={"mapping": "celeba"})


def test_a_value_of_every_attribute_gives_ours_no_class(tmp_path):
    mapping = tmp_path / "m.yaml"
    mapping.write_text("values: {'*': {'1': 'yes', '0': 'no', hidden: ''}}")
    said = {"mapping": str(mapping)}
    text = "file,gender,hat\n1.jpg,hidden,1\n2.jpg,Male,hidden\n"
    table = read(tmp_path, text, said=said, attributes=["hat"])
    assert labels(table) == {"1.jpg": {"hat": "yes"}, "2.jpg": {"gender": "Male"}}
    with pytest.raises(TableError, match="of column 'ethnicity': no class of 'race': '1'"):
        read(tmp_path, "file,ethnicity\n1.jpg,1\n", said=said)


def test_columns_that_celeba_lacks_are_not_read_by_its_codes(tmp_path):
    text = "file,smiling,quality\n1.jpg,1,1\n2.jpg,-1,0\n"
    said = {"mapping": "celeba"}
    table = read(tmp_path, text, said=said, attributes=["smiling"])
    assert labels(table) == {"1.jpg": {"smiling": "yes"}, "2.jpg": {"smiling": "no"}}
    with pytest.raises(TableError, match="no class of 'quality': '1', '0'"):
        read(tmp_path, text, said=said, attributes=["all"])
