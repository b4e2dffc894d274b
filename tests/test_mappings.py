from __future__ import annotations

import pytest

from facestore.errors import InputError, ParametersError, TableError
from facestore.mappings import LabelMapping, known_sources, read_mapping, recognised


def test_a_file_says_what_options_say(tmp_path):
    path = tmp_path / "m.yaml"
    path.write_text(
        "file: img\ncolumns: {gender: sex, age: ''}\n"
        "values: {gender: {1: Male, no: Female, u: ~}}\n'null': ['?']\nencoding: latin-1\n"
    )
    options = LabelMapping.of(
        file_column="img",
        columns=["gender=sex", "age="],
        maps=["gender:1=Male", "gender:no=Female", "gender:u="],
        nulls=["?"],
        encoding="latin-1",
    )
    assert read_mapping(str(path)) == options
    assert [options.class_of("gender", text) for text in ("1.0", "NO", "u", "?", "x")] == [
        "Male", "Female", "", "", None,
    ]  # fmt: skip


def test_an_option_comes_before_the_file():
    said = LabelMapping.of(mapping="celeba", maps=["gender:1=Female"], columns=["gender=sex"])
    assert said.class_of("gender", "1") == "Female"
    assert said.class_of("gender", "-1") == "Female"
    assert said.columns["gender"] == "sex"
    assert "gender" not in said.optional


def test_a_value_may_be_a_comparison():
    said = LabelMapping.of(maps=["smile:>0.5=yes", "smile:<=0.5=no"])
    assert [said.class_of("smile", text) for text in ("0.6", "0.5", "-3", "high")] == [
        "yes", "no", "no", None,
    ]  # fmt: skip


def test_a_value_counts_before_a_null_and_a_null_before_a_comparison():
    said = LabelMapping.of(maps=["smile:>0=yes", "smile:0=no"], nulls=["999"])
    assert [said.class_of("smile", text) for text in ("1", "0", "999.0")] == ["yes", "no", ""]


def test_a_null_that_is_typed_comes_before_the_file():
    said = LabelMapping.of(mapping="celeba", nulls=["0"])
    assert [said.class_of("gender", text) for text in ("0", "-1")] == ["", "Female"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"maps": ["gender:1=Male", "gender:1=Female"]},
            "`maps=gender:1=Male` and `maps=gender:1=Female` contradict each other",
        ),
        ({"maps": ["gender:1=Male", "Gender:1="]}, "`maps=gender:1=Male` and `maps=Gender:1=`"),
        ({"columns": ["gender=a", "gender=b"]}, "`columns=gender=a` and `columns=gender=b`"),
        ({"columns": ["gender=a", "gender="]}, "`columns=gender=a` and `columns=gender=`"),
        ({"maps": ["gender:1=Male"], "nulls": ["1.0"]}, "`maps=gender:1=Male` and `nulls=1.0`"),
    ],
)
def test_what_contradicts_is_refused(given, says):
    with pytest.raises(ParametersError, match=says):
        LabelMapping.of(**given)


def test_what_is_said_twice_alike_is_no_contradiction():
    said = LabelMapping.of(
        maps=["gender:1=Male", "gender:1=Male", "gender:2="], nulls=["2"], columns=["race=a"] * 2
    )
    assert said.class_of("gender", "1") == "Male"
    assert said.class_of("gender", "2") == ""


def test_a_file_that_contradicts_itself_is_refused(tmp_path):
    path = tmp_path / "m.yaml"
    path.write_text("values: {gender: {1: Male}}\n'null': [1]\n")
    with pytest.raises(TableError, match="it says gender:1=Male, and by null that '1' is no label"):
        read_mapping(str(path))


def test_what_was_said_in_vain_is_known_but_for_what_is_known_of_a_source():
    said = LabelMapping.of(
        mapping="celeba",
        maps=["gender:3=Male", "gender:-1=Male", "age:>99=", "*:2=", "*:5=yes", "gendr:1=Male"],
        nulls=["?", "x"],
    )
    unmet = said.unmet({"gender": ["1", "-1.0"], "age": ["100", "5"], "hat": ["2", "X"]})
    assert [*map(str, unmet)] == ["gender:3=Male", "*:5=yes", "gendr:1=Male", "?"]
    # Of ours the list of any attribute gives no class.
    any_list = LabelMapping.of(maps=["*:1=yes", "*:2="])
    assert [*map(str, any_list.unmet({"race": ["1", "2"]}))] == ["*:1=yes"]
    assert not known_sources()["celeba"].mapping.unmet({})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"columns": ["gender"]}, "ATTRIBUTE=COLUMN was expected"),
        ({"maps": ["gender=Male"]}, "ATTRIBUTE:VALUE=CLASS was expected"),
        ({"encoding": "klingon"}, "`encoding=klingon` is not known"),
        ({"encoding": "base64"}, "`encoding=base64` is not known"),
        ({"mapping": "nobody"}, "known: adience, afad, agedb, celeba-partition"),
    ],
)
def test_what_is_no_mapping_is_refused(given, says):
    with pytest.raises(InputError, match=says):
        LabelMapping.of(**given)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[1, 2]", "it is no mapping"),
        ("colums: {gender: sex}", "'colums' is no part"),
        ("columns: {gender: [a, b]}", "of another form"),
        ("values: {gender: Male}", "of another form"),
        ("a: [", "not readable as a mapping in YAML"),
        ("!!python/object/apply:os.system [id]", "it is no mapping"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path, text, says):
    path = tmp_path / "m.yaml"
    path.write_text(text)
    with pytest.raises(TableError, match=says):
        read_mapping(str(path))


def test_known_sources_are_told_apart_by_their_columns():
    for source in known_sources().values():
        assert source.about
        if source.recognised_by:
            assert recognised([*source.recognised_by, "more"]) is source
    assert recognised(["file", "age", "gender", "race"]) is None


def test_what_is_known_of_a_source_counts_where_its_columns_are_there():
    known = known_sources()["imdb-wiki"].mapping
    full = ["dob", "photo_taken", "full_path", "gender"]
    assert (known.file_in(full), known.columns_in(full)) == ("full_path", known.columns)
    assert known.file_in(["file", *full]) is None
    assert (known.file_in(full[1:3]), known.columns_in(full[1:])) == ("full_path", {})
    assert known.columns_in([*full, "Age"]) == {}
    assert known_sources()["utkface"].mapping.file_in(["age", "gender", "img_name"]) is None


def test_what_the_user_said_counts_whatever_is_there():
    said = LabelMapping.of(mapping="utkface", file_column="{id:6}.jpg", columns=["race=r"])
    assert said.file_in(["file", "race"]) == "{id:6}.jpg"
    assert said.columns_in(["file", "race"]) == {"race": "r"}
