from __future__ import annotations

import polars as pl
import pytest

from facestore.errors import TableError
from facestore.ingest.layouts.label_tables import LabelRules, read_label_table
from facestore.ingest.layouts.utkface import looks_like_utkface, utkface_labels
from facestore.records import AttributeClass

AGES = [
    AttributeClass("0-2", 1, 0, 2),
    AttributeClass("3-9", 2, 3, 9),
    AttributeClass("10-19", 3, 10, 19),
    AttributeClass("20-29", 4, 20, 29),
    AttributeClass("more than 70", 5, 70),
]
CLASSES = {
    "age": AGES,
    "gender": [AttributeClass("Male", 1), AttributeClass("Female", 2)],
    "race": [AttributeClass("White", 1), AttributeClass("Black", 2)],
}


def read(tmp_path, text, **options):
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8")
    return read_label_table(path, LabelRules(CLASSES, **options))


def rows(table):
    return sorted(table.labels.iter_rows(), key=str)


def test_fairface_columns_become_labels_and_a_tag(tmp_path):
    table = read(
        tmp_path,
        "file,age,gender,race,service_test\n"
        "val/1.jpg,3-9,Male,White,True\nval/2.jpg,0-2,Female,Black,False\n",
    )
    assert table.names == ("val/1.jpg", "val/2.jpg")
    assert rows(table) == [
        ("val/1.jpg", "age", "3-9", None),
        ("val/1.jpg", "gender", "Male", None),
        ("val/1.jpg", "race", "White", None),
        ("val/2.jpg", "age", "0-2", None),
        ("val/2.jpg", "gender", "Female", None),
        ("val/2.jpg", "race", "Black", None),
    ]
    assert table.tags == {"val/1.jpg": ("service_test",)}


def test_years_become_a_value_and_the_group_they_fall_into(tmp_path):
    table = read(tmp_path, "file,age\na.jpg,9\nb.jpg,10\nc.jpg,2.9\nd.jpg,101\n")
    assert rows(table) == [
        ("a.jpg", "age", "3-9", 9.0),
        ("b.jpg", "age", "10-19", 10.0),
        ("c.jpg", "age", "0-2", 2.9),
        ("d.jpg", "age", "more than 70", 101.0),
    ]


def test_an_empty_cell_is_no_label(tmp_path):
    table = read(tmp_path, "file,gender,race\na.jpg,,White\nb.jpg,Male,\n")
    assert rows(table) == [("a.jpg", "race", "White", None), ("b.jpg", "gender", "Male", None)]
    assert table.names == ("a.jpg", "b.jpg")


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("9-Mar", "3-9"),
        ("Mar-09", "3-9"),
        ("3-Sep", "3-9"),
        ("03-Sep", "3-9"),
        ("2025-03-09", "3-9"),
        ("09/03/2025", "3-9"),
        ("Oct-19", "10-19"),
        ("19-Oct", "10-19"),
        ("19-October", "10-19"),
    ],
)
def test_a_table_that_went_through_a_spreadsheet_is_refused(tmp_path, cell, meant):
    text = f"file,age,gender\na.jpg,20-29,Male\nb.jpg,{cell},Male\nc.jpg,{cell},Female\n"
    with pytest.raises(TableError) as caught:
        read(tmp_path, text)
    message = str(caught.value)
    assert "spreadsheet" in message
    assert "rows 3, 4 of column 'age'" in message
    assert f"{cell!r} should be {meant!r}" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("file,gender\na.jpg,Mle\n", "no class of 'gender': 'Mle'"),
        ("file,gender\na.jpg,Male\na.jpg,Male\n", "several rows (a.jpg)"),
        ("who,gender\na,Male\n", "no column 'file'"),
        ("file,hair\na.jpg,red\n", "no column of a known attribute"),
        ("file,gender\n,Male\n", "row 2 has no file name"),
        ("file,gender,service_test\na.jpg,Male,maybe\n", "column 'service_test' has 'maybe'"),
        ("file,age\na.jpg,55\n", "no class of 'age': '55'"),
        ("", "it is empty"),
        (" \n\n", "it is empty"),
        ("file,gender\n", "it has no rows"),
        ("file,gender\n,\n , \n\n", "it has no rows"),
        ("file,hair\n", "it has no rows"),
    ],
)
def test_a_broken_table_is_refused_with_the_reason(tmp_path, text, says):
    with pytest.raises(TableError) as caught:
        read(tmp_path, text)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_table_is_refused(tmp_path):
    with pytest.raises(TableError, match="no such file"):
        read_label_table(tmp_path / "none.csv", LabelRules(CLASSES))


def test_further_columns_are_named_as_ignored_unless_asked_for(tmp_path):
    text = "file,gender,mood\na.jpg,Male,glad\n"
    assert read(tmp_path, text).ignored == ("mood",)
    table = read(tmp_path, text, attributes=["mood"], new_classes=True)
    assert table.ignored == ()
    assert table.new_classes == (("mood", "glad"),)


def test_new_classes_are_taken_only_when_asked_for(tmp_path):
    text = "file,race\na.jpg,Asian\n"
    with pytest.raises(TableError, match="`new_classes=True`"):
        read(tmp_path, text)
    assert read(tmp_path, text, new_classes=True).new_classes == (("race", "Asian"),)


def test_a_spreadsheet_date_is_no_new_class(tmp_path):
    with pytest.raises(TableError, match="spreadsheet"):
        read(tmp_path, "file,age\na.jpg,9-Mar\n", new_classes=True)


def test_a_column_of_splits_is_read(tmp_path):
    table = read(tmp_path, "file,gender,split\na.jpg,Male,train\nb.jpg,Male,\n")
    assert table.splits == {"a.jpg": "train"}


def test_utkface_names_say_age_gender_and_race():
    table = utkface_labels(["20_1_2_20170116174525125.jpg.chip.jpg"], AGES)
    assert rows(table) == [
        ("20_1_2_20170116174525125.jpg.chip.jpg", "age", "20-29", 20.0),
        ("20_1_2_20170116174525125.jpg.chip.jpg", "gender", "Female", None),
        ("20_1_2_20170116174525125.jpg.chip.jpg", "race", "Asian", None),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "61_1_20170109142408075.jpg.chip.jpg",
        "39_1_20170116174525125.jpg.chip.jpg",
        "53__0_20170116184028385.jpg",
        "20_2_0_20170116174525125.jpg",
        "20_1_5_20170116174525125.jpg",
    ],
)
def test_malformed_utkface_names_are_kept_without_labels(name):
    table = utkface_labels([name], AGES)
    assert table.malformed == (name,)
    assert table.labels.is_empty()


def test_utkface_is_recognised_by_nine_names_of_ten():
    good = ["1_0_0_20161219140623097.jpg.chip.jpg"] * 9
    assert looks_like_utkface([*good, "61_1_20170109142408075.jpg"])
    assert not looks_like_utkface([*good, "cat.jpg", "dog.jpg"])
    assert not looks_like_utkface([])


def test_a_table_of_lists_alone_is_refused(tmp_path):
    pl.DataFrame({"a": [[1], [2]]}).write_parquet(tmp_path / "l.parquet")
    with pytest.raises(TableError, match="no column of 'a' has plain values"):
        read_label_table(tmp_path / "l.parquet", LabelRules(CLASSES))
