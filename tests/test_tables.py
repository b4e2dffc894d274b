"""Tables as people hand them in: which row is at fault, and what is in no cell that can be read."""

from __future__ import annotations

import json

import polars as pl
import pytest

from facestore.errors import TableError
from facestore.importing.prediction_tables import read_predictions
from facestore.importing.published import read_published
from facestore.ingest.layouts.found_labels import merge_tables
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_tables import labels_in, read_label_table
from facestore.records import AttributeClass
from facestore.tables import read_rows, read_text_rows

GENDER = {"gender": [AttributeClass("Male", 1), AttributeClass("Female", 2)]}
AGE = {"age": [AttributeClass("0-9", 1, 0, 9), AttributeClass("10+", 2, 10, None)]}


@pytest.fixture
def table(tmp_path):
    def write(content, name="l.csv"):
        path = tmp_path / name
        if isinstance(content, pl.DataFrame):
            content.write_parquet(path)
        elif isinstance(content, list) and name.endswith(".jsonl"):
            path.write_text("".join(f"{json.dumps(row)}\n" for row in content))
        elif isinstance(content, list):
            path.write_text(json.dumps(content))
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("file,gender\n1,Male\n2,Male,x\n", "row 3 has 3 cells, and there are 2 columns. Put a text with a comma"),
        ("\n\nfile;gender\n\n1;Male\n2;Male;x;y\n", "row 6 has 4 cells.* Put a text with a semicolon"),
        ("1.jpg,Male\n2.jpg,Male,x\n", "row 2 has 3 cells"),
        ("file gender\n1.jpg Male\n2.jpg Male x\n", "row 3 has 3 cells.* Part the columns by commas"),
        ('file,a\n1,"x\ny"\n2,u,v\n', "row 3 has 3 cells"),
        # What only Unicode calls the end of a line is none of a row.
        ("file,a\n1,x\u2028y\n2,u,v\n", "row 3 has 3 cells"),
        ('file,gender\n1,Male\n2,"Male\n3,Male\n', r'row 3 has a quote \("\) that is not closed'),
        ('file,gender\n1,Male\n2,"Male\n3,"Male\n', "row 3 has a quote"),
        ('file,note\n1,x\n2,5" wide\n3,6" wide\n4,y\n', "row 3 has a quote"),
        ('file,note\n1,"x"y\n', "row 2 has a quote"),
        ('"file,gender\n1,Male\n2,Male\n', "its header has a quote"),
        ('file,"gender\n1,"Male\n2,Male\n', "its header has a quote"),
        ('fi"le,gender\n1,Male\n', "its header has a quote"),
        ('1.jpg,"Male\n2.jpg,Male\n', "row 1 has a quote"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("read", [read_rows, read_text_rows])
def test_the_row_that_is_no_row_is_named(table, read, content, says):
    with pytest.raises(TableError, match=says):
        read(table(content))


def test_quotes_that_are_closed_are_none_of_a_fault(table):
    found = read_text_rows(table('"fi\nle",note\n1,"a ""b"", c"\n2,"x\ny"\n3,5" by 6"\n'))
    assert found.table.rows() == [("1", 'a "b", c'), ("2", "x\ny"), ("3", '5" by 6"')]


def test_json_is_read_as_it_is_written(table):
    # One key a line has as many blanks in each, which parted the columns of a text once.
    assert read_text_rows(table([{"file": "a  b.jpg"}, {"file": "c  d.jpg"}], "l.jsonl")).table[
        "file"
    ].to_list() == ["a  b.jpg", "c  d.jpg"]
    rows = [{"file": "1", "n": 1, "long": 10**30}, {"file": "2", "n": 2.5, "long": 1}]
    found = read_text_rows(table(rows, "l.json"))
    assert found.table.rows() == [("1", "1", str(10**30)), ("2", "2.5", "1")]
    assert found.rows.to_list() == [1, 2]
    assert read_rows(table(rows, "l.json")).table["n"].to_list() == [1.0, 2.5]


@pytest.mark.parametrize("name", ["l.json", "l.jsonl"])
def test_true_beside_numbers_is_no_year(table, name):
    path = table([{"file": "1", "age": 7}, {"file": "2", "age": True}], name)
    with pytest.raises(TableError, match="row 2 of column 'age': no class of 'age': 'true'"):
        read_label_table(path, LabelRules(AGE))
    scores = [{"file": "1", "predicted": "Male", "score": s} for s in (0.5, True)]
    scores[1]["file"] = "2"
    with pytest.raises(TableError, match="'2' has 'true' in column 'score'"):
        read_predictions(
            table(scores, name), classes={"gender": ["Male"]}, attribute="gender", classifier="c"
        )


@pytest.mark.parametrize("name", ["l.json", "l.jsonl"])
def test_json_of_another_form_is_refused(table, name):
    with pytest.raises(TableError, match="it has 10,001 columns, at most 10,000 are read"):
        read_rows(table([{str(i): i for i in range(10_001)}], name))
    with pytest.raises(TableError, match=r"no list of rows|row 1 is no"):
        read_rows(table("[1, 2]", name))


NESTED = [
    {"file": "1.jpg", "gender": "Male", "tags": ["a"], "box": {"x": 1}},
    {"file": "2.jpg", "gender": ["Male"], "tags": ["b"]},
]
WHOLE = pl.DataFrame(
    {"file": ["1.jpg"], "gender": ["Male"], "tags": [["a"]], "box": [{"x": 1}], "image": [b"x"]}
)


def test_columns_of_lists_are_told(table):
    for name in ("l.json", "l.jsonl"):
        found = read_label_table(table(NESTED, name), LabelRules(GENDER))
        assert found.labels.rows() == [("1.jpg", "gender", "Male", None)]
        assert found.facts == (
            "lists, objects and bytes are not read: left out of 'tags' (2 rows), 'box' (1 row), "
            "'gender' (1 row)",
        )
    found = read_label_table(table(WHOLE, "l.parquet"), LabelRules(GENDER))
    assert "left out of 'tags' (1 row), 'box' (1 row), 'image' (1 row)" in found.all_notes[0]


def test_a_column_of_lists_that_is_wanted_is_refused(table):
    path = table(NESTED, "l.jsonl")
    says = "column 'tags' holds lists, objects or bytes in 2 rows"
    with pytest.raises(TableError, match=says):
        read_label_table(path, LabelRules(GENDER, attributes=["Tags"]))
    read_label_table(path, LabelRules(GENDER, attributes=["all"], new_classes=True))
    predicted = table([{"file": "1", "predicted": ["Male"]}], "p.json")
    with pytest.raises(TableError, match="column 'predicted' holds lists"):
        read_predictions(predicted, classes={"gender": ["Male"]}, attribute="gender")


def test_an_error_about_columns_says_which_were_left_out(table):
    path = table([{"file": "1.jpg", "sex": ["Male"]}], "l.json")
    with pytest.raises(TableError, match=r"known attribute among 'file' \(lists.*'sex' \(1 row\)"):
        read_label_table(path, LabelRules(GENDER))
    with pytest.raises(TableError, match=r"left out of 'file' \(1 row\)"):
        read_label_table(table([{"file": ["1.jpg"], "x": 1}], "l.json"), LabelRules(GENDER))


def test_other_imports_tell_it_as_well(table):
    rows = [{"file": "1", "predicted": "Male", "probs": [0.1]}]
    found = read_predictions(
        table(rows, "p.json"), classes={"gender": ["Male"]}, attribute="gender", classifier="c"
    )
    assert found.notes == ("lists, objects and bytes are not read: left out of 'probs' (1 row)",)
    figure = {"dataset": "d", "attribute": "gender", "accuracy": 0.5, "folds": [0.4, 0.6]}
    read = read_published(
        table([figure], "f.json"),
        classes={"gender": ["Male"]},
        attributes={},
        constants={"source": "s"},
        renamed={},
    )
    assert "'folds' (1 row)" in read.notes[0]


def test_what_several_tables_leave_out_is_told_once(tmp_path):
    rules = LabelRules(GENDER)
    one = labels_in(tmp_path, pl.DataFrame({"gender": ["Male"]}), pl.Series(["1"]), rules)
    tables = [merge_tables([one]) for _ in range(2)]
    tables = [type(one)(**(vars(each) | {"left_out": {"tags": 2}})) for each in tables]
    assert merge_tables(tables).left_out == {"tags": 4}
