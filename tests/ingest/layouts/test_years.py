"""Numbers that may be years: 0 and 1 are as likely codes, or no and yes, and nothing is guessed."""

from __future__ import annotations

import json

import pytest
from ingest.layouts.test_codes import given, refusal
from ingest.layouts.test_tables_of_people import ALL, labels, read
from support.containers import encoded, write_tar

from facestore.errors import TableError
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_values import years_of
from facestore.ingest.layouts.layouts import read_manifest
from facestore.ingest.layouts.source_request import SourceRequest
from facestore.mappings import LabelMapping

FLAGS = "file,gender,age\n1.jpg,f,{}\n2.jpg,m,{}\n3.jpg,m,\n"


@pytest.mark.parametrize("values", [("0", "1"), ("1.0", "0.0"), ("1", "1"), ("0", "nan")])
def test_zeros_and_ones_are_years_only_where_that_is_said(tmp_path, values):
    text = FLAGS.format(*values)
    message = refusal(tmp_path, text)
    assert "no value of 'age' but" in message
    assert "If they are years add --column age=age;" in message
    assert "if they say no and yes leave the column out with --column age=." in message
    table = read(tmp_path, text, said={"columns": ["age=age"]})
    assert set(table.labels["value"].drop_nulls()) <= {0, 1}
    table = read(tmp_path, text, said={"columns": ["age="]})
    assert set(table.labels["attribute"]) == {"gender"}
    codes = message[message.index("(as in fairface-hf) add ") + 24 : message.index("; if they say")]
    table = read(tmp_path, text, **given(codes.split()))
    assert set(table.labels.filter(attribute="age")["label"]) <= {"0-2", "3-9"}
    assert table.labels["value"].is_null().all()


@pytest.mark.parametrize("other", ["2", "30", "10-19", "1 year"])
def test_other_ages_beside_them_make_them_years(tmp_path, other):
    assert labels(read(tmp_path, FLAGS.format("1", other)))["1.jpg"]["age"] == "0-2"


def test_minus_one_and_one_are_no_ages_of_which_some_are_wrong(tmp_path):
    text = FLAGS.format("-1", "1")
    message = refusal(tmp_path, text)
    assert "If they are years, and -1 an unknown age, add --null -1 --column age=age;" in message
    said = {"nulls": ["-1"], "columns": ["age=age"]}
    assert labels(read(tmp_path, text, said=said))["2.jpg"]["age"] == "0-2"
    assert "no age from 0 to 122: '-1'" in refusal(tmp_path, FLAGS.format("-1", "30"))


def test_what_is_mapped_is_in_no_doubt_and_a_label_that_is_none_comes_first(tmp_path):
    table = read(tmp_path, FLAGS.format("0", "1"), said={"maps": ["age:0=3-9"]})
    assert labels(table)["1.jpg"]["age"] == "3-9"
    text = "file,age,gender\n1.jpg,0,Mle\n2.jpg,1,f\n"
    assert "no class of 'gender': 'Mle'" in refusal(tmp_path, text)


def test_a_source_whose_ages_are_years_says_so(tmp_path):
    text = "age,gender,ethnicity,img_name\n1,0,2,a.jpg\n"
    assert labels(read(tmp_path, text))["1_0_2_a.jpg"]["age"] == "0-2"
    text = "file,age,gender\n1.jpg,1,0\n"
    assert labels(read(tmp_path, text, said={"mapping": "utkface"}))["1.jpg"]["age"] == "0-2"


def test_infants_alone_in_one_tar_of_several_are_no_flags(tmp_path):
    for name, ages in (("a", (1, 1)), ("b", (1, 40))):
        files = {}
        for number, age in enumerate(ages):
            files[f"{name}{number}.png"] = encoded(number)
            files[f"{name}{number}.json"] = json.dumps({"age": age}).encode()
        write_tar(tmp_path / f"{name}.tar", files)
    found = read_manifest(SourceRequest(tmp_path, LabelRules(ALL)))
    assert sorted(found.table.labels["value"]) == [1, 1, 1, 40]
    with pytest.raises(TableError, match="no value of 'age' but '1'"):
        read_manifest(SourceRequest(tmp_path / "a.tar", LabelRules(ALL)))
    said = LabelRules(ALL, mapping=LabelMapping.of(columns=["age=age"]))
    assert read_manifest(SourceRequest(tmp_path / "a.tar", said)).table.names


def test_ages_that_are_said_to_be_years_are_not_doubted(tmp_path):
    text = "file,age\n" + "".join(f"{i}.jpg,{i}\n" for i in range(3))
    assert "or `mapping=fairface-hf`" in read(tmp_path, text).notes[0]
    assert read(tmp_path, text, said={"columns": ["age=age"]}).notes == ()
    assert read(tmp_path, text + "9.jpg,10-19\n").notes == ()
    said = {"mapping": "celeba"}  # it can be named once
    assert "mapping" not in read(tmp_path, text, said=said).notes[0]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("1,000", 1000), ("1_000", 1000), ("1 000", 1000), ("1'000", 1000), ("12,345.5", 12345.5),
        ("-2,000", -2000), ("1,000 years", 1000), ("25,5", 25.5), ("0,500", 0.5), ("1.000", 1),
        ("2_5", None), ("1,0000", 1),
    ],
)  # fmt: skip
def test_what_parts_thousands_is_no_sign_of_a_fraction(text, years):
    assert years_of(text) == years


def test_a_thousand_years_are_refused_with_a_way_out(tmp_path):
    text = 'file,age\n1.jpg,"1,000"\n2.jpg,1_000\n3.jpg,33\n'
    message = refusal(tmp_path, text)
    assert "no age from 0 to 122: '1,000', '1_000'" in message
    added = message[message.index("--null") : message.index(" if they stand")].split()
    assert labels(read(tmp_path, text, **given(added))) == {
        "1.jpg": {}, "2.jpg": {}, "3.jpg": {"age": "30-39"},
    }  # fmt: skip
