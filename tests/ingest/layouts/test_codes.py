"""Codes in label tables: a list of codes decides its own columns, and an offer names all of them."""

from __future__ import annotations

import re
import shlex

import pytest
from ingest.layouts.test_tables_of_people import labels, read

from facestore.cli.wording import as_typed
from facestore.errors import TableError

UTKFACE = "file,gender,race,age\n1.jpg,0,0,25\n2.jpg,1,2,30\n3.jpg,1,4,31\n"
TABLES = {
    "UTKFace's codes": UTKFACE,
    "UTKFace's codes, in which White and East Asian are alone": "file,sex,ethnicity\n1.jpg,1,0\n",
    "FairFace's codes, ages too": "file,age,gender,race\n1.jpg,0,0,0\n2.jpg,8,1,5\n3.jpg,3,1,6\n",
    "ages that may be codes": "file,age,gender\n1.jpg,5,0\n2.jpg,3,1\n",
    "ages of which one may be a code": "file,age,gender\n1.jpg,5,0\n2.jpg,33,1\n",
    "ages that may be flags": "file,age,gender,race\n1.jpg,0,1,1\n2.jpg,1,0,3\n",
    "splits in codes": "file,gender,split\n1.jpg,0,0\n2.jpg,1,2\n",
    "scores": "file,gender\n1.jpg,0.5\n2.jpg,-1.2\n",
}


def refusal(tmp_path, text, **options):
    with pytest.raises(TableError) as refused:
        read(tmp_path, text, **options)
    message = as_typed(str(refused.value))
    assert "\n" not in message
    return message


def ways(message):
    """Return each way that a message offers: its words, and what it adds."""
    parts = message[message.index("Expected ") :].split("; ")
    found = {part: part[part.index("--") :].rstrip(".") for part in parts if "--" in part}
    return {
        part: shlex.split(re.sub(r" \(new classes.*", "", typed)) for part, typed in found.items()
    }


def given(added, said=None, **options):
    """Return options as parameters of `read`."""
    said = {key: list(each) if key == "maps" else each for key, each in (said or {}).items()}
    words = iter(added)
    for word in words:
        if word == "--new-classes":
            options["new_classes"] = True
        elif word == "--mapping":
            assert "mapping" not in said
            said["mapping"] = next(words)
        else:
            assert word in ("--map", "--column", "--null"), word
            said.setdefault(f"{word.removeprefix('--')}s", []).append(next(words))
    return {"said": said, **options}


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


@pytest.mark.parametrize("name", TABLES)
def test_each_way_that_a_refusal_offers_decides_what_it_names_and_nothing_else(tmp_path, name):
    for words, added in ways(refusal(tmp_path, TABLES[name])).items():
        if words.startswith("for new classes"):
            continue
        try:
            table = read(tmp_path, TABLES[name], **given(added))
        except TableError as refused:  # codes that it does not name are asked for next
            message = str(refused)
            assert "as in imdb-wiki" in words or "as in utkface" in words
            assert re.search(r"no class of '(race|gender)'|no value of 'age'", message)
            continue
        for reading in table.readings:
            if reading.value is None and f"={reading.label}" not in words:
                assert f"{reading.text} is {reading.label}" in words
            elif reading.value in (0, 1):
                assert "age is in years" in words or "--column age=age" in words
        assert not table.splits or set(table.splits.values()) <= {"0", "2"} or "split 0 is" in words


def test_codes_of_several_columns_are_said_at_once_with_each_source_that_has_them(tmp_path):
    message = refusal(tmp_path, UTKFACE)
    utkface = "gender 0 is Male, 1 is Female and race 0 is White, 2 is Asian, 4 is Others"
    fairface = "gender 0 is Male, 1 is Female and race 0 is East Asian, 2 is Black, 4 is Middle"
    assert f"if {utkface} (as in utkface) add --mapping utkface;" in message
    assert f"if {fairface} Eastern (as in fairface-hf) add --mapping fairface-hf;" in message
    assert "of column 'gender': no class of 'gender': '0', '1';" in message
    by_hand = next(each for words, each in ways(message).items() if words.startswith("or say"))
    assert by_hand[-1] == "--new-classes"
    assert labels(read(tmp_path, UTKFACE, **given(by_hand)))["2.jpg"] == {
        "gender": "Female", "race": "Asian", "age": "30-39",
    }  # fmt: skip
    assert labels(read(tmp_path, UTKFACE, said={"mapping": "utkface"}))["3.jpg"] == {
        "gender": "Female", "race": "Others", "age": "30-39",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "no_mapping"),
    [
        # It would read the age of one row as a code, and take that of the other for years.
        ("file,age,gender\n1.jpg,5,0\n2.jpg,33,1\n", "fairface-hf"),
        # It would read a part of the races.
        ("file,gender,race\n1.jpg,0,0\n2.jpg,1,5\n", "utkface"),
        # It would read the gender from the other column.
        ("file,gender,Male\n1.jpg,-1,1\n2.jpg,1,0\n", "celeba"),
    ],
)
def test_a_source_that_would_decide_more_is_not_offered_whole(tmp_path, text, no_mapping):
    message = refusal(tmp_path, text)
    assert f"--mapping {no_mapping}" not in message
    assert "--map gender:1=" in message


def test_two_sources_that_differ_beside_what_is_asked_for_are_told_apart(tmp_path):
    message = refusal(tmp_path, TABLES["ages that may be codes"])
    assert "if 0 is Male, 1 is Female (as in utkface) add --mapping utkface;" in message
    assert (
        "if age 5 is 40-49, 3 is 20-29 and gender 0 is Male, 1 is Female (as in fairface-hf)"
        in (message)
    )


def test_a_source_that_reads_less_is_told_where_it_leaves_ages_as_they_are(tmp_path):
    message = refusal(tmp_path, TABLES["FairFace's codes, ages too"])
    assert "if age 0 is 0-2, 8 is more than 70, 3 is 20-29 and gender 0 is Male" in message
    assert "if gender 0 is Male, 1 is Female (as in utkface) add --map gender:0=Male" in message


@pytest.mark.parametrize("named", ["celeba", "FILE"])
def test_where_a_mapping_is_named_already_values_are_offered_one_by_one(tmp_path, named):
    path = tmp_path / "m.yaml"
    path.write_text("values: {gender: {'0': Male, '1': Female}}")
    said = {"mapping": "celeba" if named == "celeba" else str(path)}
    message = refusal(tmp_path, UTKFACE, said=said)
    assert "--mapping" not in message
    for words, added in ways(message).items():
        if " (as in " in words:
            assert read(tmp_path, UTKFACE, **given(added, said)).names
    many = "file,race\n" + "".join(f"{i}.jpg,code {i}\n" for i in range(9))
    assert "--mapping" not in refusal(tmp_path, many, said=said)
    assert "--mapping FILE.yaml, or leave the column out with --column race=" in refusal(
        tmp_path, many
    )


def test_a_source_of_scores_is_none_of_codes(tmp_path):
    assert "lfw" not in refusal(tmp_path, "file,gender\n1.jpg,1\n2.jpg,2\n")
    assert "--mapping lfw-attributes" in refusal(tmp_path, TABLES["scores"])


def test_codes_come_before_an_attribute_that_is_new(tmp_path):
    text = "file,sex,hat\n1.jpg,0,1\n2.jpg,1,0\n"
    message = refusal(tmp_path, text, said={"columns": ["gender=sex"]}, attributes=["hat"])
    assert "no class of 'gender'" in message
    assert "no class of 'hat'" not in message


@pytest.mark.parametrize(
    ("text", "said", "files"),
    [
        (UTKFACE, {"mapping": "utkface"}, ("1.jpg", "2.jpg", "3.jpg")),
        ("file,sex\n1.jpg,0\n", {"mapping": "imdb-wiki"}, ("1.jpg",)),
        ("file,gender,age\n1.jpg,f,33\n", {"mapping": "adience"}, ("1.jpg",)),
        ("name,gender\n1.jpg,0.5\n", {"mapping": "lfw-attributes"}, ("1.jpg",)),
        ("file,age,gender,ethnicity,img_name\n1.jpg,30,0,2,a.jpg\n", {}, ("1.jpg",)),
        ("age,gender,ethnicity,img_name\n30,0,2,a.jpg\n", {}, ("30_0_2_a.jpg",)),
    ],
)
def test_how_a_source_names_its_files_counts_where_its_columns_are_there(
    tmp_path, text, said, files
):
    assert read(tmp_path, text, said=said).names == files
