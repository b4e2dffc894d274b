"""Label tables in the forms in which they are published or made by hand."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from facestore.cli.wording import as_typed
from facestore.errors import ParametersError, TableError
from facestore.ingest.layouts.found_labels import merge_tables
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_tables import read_label_table
from facestore.ingest.layouts.unmet_values import unmet_notes
from facestore.mappings import LabelMapping
from facestore.records import AttributeClass

RACES = [
    "White", "Black", "Indian", "Latino_Hispanic", "Southeast Asian", "East Asian",
    "Middle Eastern",
]  # fmt: skip
LOWEST = {
    "0-2": 0, "3-9": 3, "10-19": 10, "20-29": 20, "30-39": 30, "40-49": 40, "50-59": 50,
    "60-69": 60, "more than 70": 70,
}  # fmt: skip
AGES = [
    AttributeClass(name, i, low, None if low == 70 else int(name.split("-")[1]))
    for i, (name, low) in enumerate(LOWEST.items(), 1)
]
ALL = {
    "age": AGES,
    "gender": [AttributeClass("Male", 1), AttributeClass("Female", 2)],
    "race": [AttributeClass(name, i) for i, name in enumerate(RACES, 1)],
}
CELEBA = "5_o_Clock_Shadow Arched_Eyebrows Bags_Under_Eyes Male Smiling Young"
ADIENCE = "user_id\toriginal_image\tface_id\tage\tgender\tx"
LFW = "person\timagenum\tMale\tAsian\tWhite\tBlack\tChild"


def read(tmp_path, content, name="l.csv", said=None, **options):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    mapping = LabelMapping.of(**(said or {}))
    return read_label_table(path, LabelRules(ALL, mapping=mapping, **options))


def labels(table):
    return {
        name: {a: label for n, a, label, _ in table.labels.iter_rows() if n == name}
        for name in table.names
    }


FORMS = {
    "FairFace's predict.py": (
        "p.csv",
        "face_name_align,race,gender,age,race_scores_fair\nd/a.jpg,Latino_Hispanic,Male,20-29,[0.1]\n",
        {},
        {"d/a.jpg": {"race": "Latino_Hispanic", "gender": "Male", "age": "20-29"}},
    ),
    "CelebA, as it is": (
        "list_attr_celeba.txt",
        f"2\n{CELEBA} \n000001.jpg -1  1  1 -1  1  1\n000002.jpg  1 -1 -1  1 -1  1\n",
        {},
        {"000001.jpg": {"gender": "Female"}, "000002.jpg": {"gender": "Male"}},
    ),
    "CelebA's CSV with 0 and 1": (
        "l.csv",
        f"image_id,{CELEBA.replace(' ', ',')}\n1.jpg,0,1,1,1,0,0\n",
        {"attributes": ["Smiling", "Young"]},
        {"1.jpg": {"gender": "Male", "Smiling": "no", "Young": "no"}},
    ),
    "UTKFace of Kaggle": (
        "l.csv",
        "age,ethnicity,gender,img_name,pixels\n1,2,0,2016.jpg,129 128\n",
        {},
        {"1_0_2_2016.jpg": {"age": "0-2", "gender": "Male", "race": "Asian"}},
    ),
    "Adience": (
        "fold_0_data.txt",
        f"{ADIENCE}\n3@N03\t1_o.jpg\t1\t(25, 32)\tf\t0\n3@N03\t2_o.jpg\t2\t35\tu\t0\n",
        {},
        {
            "3@N03/coarse_tilt_aligned_face.1.1_o.jpg": {
                "gender": "Female", "adience_age": "(25, 32)",
            },
            "3@N03/coarse_tilt_aligned_face.2.2_o.jpg": {},
        },
    ),
    "LFW's attributes": (
        "lfw_attributes.txt",
        f"# lfw_attributes.txt - CAVE\n#\t{LFW}\nAaron Eckhart\t1\t1.5\t-1\t1\t-1\t-0.2\n",
        {"attributes": ["Child"]},
        {"Aaron_Eckhart/Aaron_Eckhart_0001.jpg": {"gender": "Male", "Child": "no"}},
    ),
    "IMDB-WIKI, dates of birth in days": (
        "imdb.csv",
        "dob,photo_taken,full_path,gender\n693726,1968,01/a.jpg,1.0\n725000,1900,b.jpg,NaN\n",
        {},
        {"01/a.jpg": {"age": "60-69", "gender": "Male"}, "b.jpg": {}},
    ),
    "pandas' index": (
        "l.csv",
        ",file,gender\n0,1.jpg,male\n1,2.jpg,female\n",
        {},
        {"1.jpg": {"gender": "Male"}, "2.jpg": {"gender": "Female"}},
    ),
    "files in pandas' index": (
        "l.csv", ",gender\n1.jpg,F\n2.jpg,M\n", {},
        {"1.jpg": {"gender": "Female"}, "2.jpg": {"gender": "Male"}},
    ),
    "Excel in German": (
        "l.csv",
        "sep=;\r\nDatei;Geschlecht;Alter\r\nJürgen.jpg;männlich;25,5\r\n;;\r\n".encode("cp1252"),
        {},
        {"Jürgen.jpg": {"gender": "Male", "age": "20-29"}},
    ),
    "Excel's Unicode text": (
        "l.txt",
        "file\tGender\tRace\r\n1.jpg\tWOMAN\tLatino/Hispanic\r\n".encode("utf-16"),
        {},
        {"1.jpg": {"gender": "Female", "race": "Latino_Hispanic"}},
    ),
    "UTF-16 without a mark": (
        "l.csv", "file,gender\n1.jpg,Male\n".encode("utf-16-be"), {}, {"1.jpg": {"gender": "Male"}},
    ),
    "lines of an old Mac": (
        "l.csv", "file,gender\r1.jpg,Male\r", {}, {"1.jpg": {"gender": "Male"}},
    ),
    "R, with what is missing": (
        "l.csv", '"file","gender","age"\r\n"1.jpg"," Male ",NA\r\n', {}, {"1.jpg": {"gender": "Male"}},
    ),
    "years and ranges of a survey": (
        "l.csv",
        "file|age group\n1.jpg|70+\n2.jpg|21 to 25\n3.jpg|30 years\n4.jpg|10–19\n",
        {},
        {"1.jpg": {"age": "more than 70"}, "2.jpg": {"age": "20-29"}, "3.jpg": {"age": "30-39"},
         "4.jpg": {"age": "10-19"}},
    ),
    "JSON by file": (
        "l.json",
        json.dumps({"1": {"gender": "female", "age": 2.0}}),
        {},
        {"1": {"gender": "Female", "age": "0-2"}},
    ),
    "an attribute called otherwise than its column": (
        "l.csv", "file,label\n1.jpg,round\n", {"said": {"columns": ["shape=label"]}, "new_classes": True},
        {"1.jpg": {"shape": "round"}},
    ),
    "a column that is not read": (
        "l.csv", "file,age,gender\n1.jpg,old,F\n", {"said": {"columns": ["age="]}},
        {"1.jpg": {"gender": "Female"}},
    ),
    "PPB, with numbers of rows": (
        "l.csv",
        "ID,Original Filename,Gender\n1,M0001.jpg,Male\n2,M0002.jpg,Female\n",
        {},
        {"M0001.jpg": {"gender": "Male"}, "M0002.jpg": {"gender": "Female"}},
    ),
    "names of rows, and no other": (
        "l.csv", "name,gender\n7,f\n", {}, {"7": {"gender": "Female"}},
    ),
    "numbers without their zeros": (
        "l.csv", "id,sex\n7,m\n", {"said": {"file_column": "{id:6}.jpg"}},
        {"000007.jpg": {"gender": "Male"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_table_goes_in_as_it_is(tmp_path, form):
    name, content, options, expected = FORMS[form]
    assert labels(read(tmp_path, content, name, **options)) == expected


REFUSED = {
    "codes": "file,gender\n1.jpg,0\n2.jpg,1\n",
    "codes of all": "file,age,gender,race\n1.jpg,0,1,5\n",
    "letters": "file,race\n1.jpg,B\n2.jpg,H\n",
    "words": "file,race\n1.jpg,African\n2.jpg,Asian\n",
    "a range over two classes": 'file,age\n1.jpg,"(25, 32)"\n',
    "ages of nobody": "file,age\n1.jpg,999\n2.jpg,-1\n3.jpg,30\n",
    "an apostrophe": "file,gender\n1.jpg,men's\n",
    "a column of another name": "file,label\n1.jpg,male\n",
    "one column a class": "file,Male\n1.jpg,1\n2.jpg,-1\n",
    "no header": "1.jpg;female\n",
    "an age of another name": "file_name,apparent_age_avg,real_age\n1.jpg,5.1,4\n",
    "another attribute": "file,hat\n1.jpg,yes\n",
}


def offers(message):
    """Return the first way that a message offers, as parameters."""
    typed = re.findall(
        r"--(map|column|null|mapping|attribute|new-classes)\b ?((?:'[^']*'|\"'\"|\S)*)", message
    )
    typed = [
        (kind, value)
        for kind, value in typed
        if kind == "new-classes" or value.strip(",;.") not in ("", "FILE.yaml")
    ]
    kinds = [kind for kind, _ in typed]
    if "mapping" in kinds:
        typed = [next(each for each in typed if each[0] == "mapping")]
    elif kinds[0] in ("map", "column", "null"):
        typed = [each for each in typed if each[0] != "new-classes"]
    values = {
        kind: [shlex.split(v)[0].rstrip(";.,") for k, v in typed if k == kind and v]
        for kind, _ in typed
    }
    said = {
        "maps": values.get("map", ()),
        "columns": values.get("column", ()),
        "nulls": values.get("null", ()),
    }
    if "mapping" in values:
        said = {"mapping": values["mapping"][0]}
    is_new = "new-classes" in values
    return {"said": said, "attributes": values.get("attribute", ()), "new_classes": is_new}


@pytest.mark.parametrize("form", REFUSED)
def test_what_a_refusal_offers_makes_it_work(tmp_path, form):
    with pytest.raises(TableError) as refused:
        read(tmp_path, REFUSED[form])
    message = as_typed(str(refused.value))
    assert "\n" not in message
    table = read(tmp_path, REFUSED[form], **offers(message))
    assert table.names
    assert "--new-classes" not in message or message.index("--new-classes") > max(
        (message.rfind(each) for each in ("--map ", "--mapping", "--null")), default=-1
    )


def test_a_partition_without_a_header_is_offered_as_splits(tmp_path):
    content = "1.jpg 0\n2.jpg 1\n3.jpg 2\n"
    with pytest.raises(TableError) as refused:
        read(tmp_path, content, "list_eval_partition.txt")
    message = as_typed(str(refused.value))
    assert "as gender=2; if these are splits" in message
    table = read(
        tmp_path,
        content,
        "list_eval_partition.txt",
        **offers(message[message.index("if these") : message.index("; or add")]),
    )
    assert table.splits == {"1.jpg": "train", "2.jpg": "val", "3.jpg": "test"}
    with pytest.raises(TableError) as others:
        read(tmp_path, "1.jpg 5\n2.jpg 7\n")
    assert "splits" not in str(others.value)


@pytest.mark.parametrize("flags", [("0", "1"), ("-1", "1"), ("yes", "No")])
def test_flags_are_not_offered_as_years(tmp_path, flags):
    with pytest.raises(TableError) as refused:
        read(tmp_path, "filename,age_young,sex_flag\n1.jpg,{0},{1}\n2.jpg,{1},{0}\n".format(*flags))
    assert "It looks as if" not in str(refused.value)
    assert "as gender=sex_flag; or add `attributes=sex_flag`" in str(refused.value)


def test_new_classes_are_offered_last_and_said_to_have_no_prompts(tmp_path):
    with pytest.raises(
        TableError,
        match=r"; for new classes add `new_classes=True` \(new classes have no prompts\)\.$",
    ):
        read(tmp_path, "file,gender\n1.jpg,Mle\n")


def test_what_was_read_otherwise_than_written_is_said(tmp_path):
    table = read(tmp_path, "Image,Sex,race\na,female,White\nb,m,?\nc,Male,White\n")
    assert table.all_notes == (
        "files are in column 'Image'",
        "column 'Sex' read as gender: 'female' as Female (1), 'm' as Male (1)",
        "race: read '?' as no label (1)",
    )


def test_forty_attributes_are_asked_for_at_once_and_said_in_a_line(tmp_path):
    names = [
        "5_o_Clock_Shadow", "Arched_Eyebrows", "Attractive", "Bags_Under_Eyes", "Bald", "Bangs",
        "Male", "Wearing_Hat", "Wearing_Lipstick", "Young",
    ]  # fmt: skip
    text = f"image_id,{','.join(names)}\n1.jpg{',-1' * 10}\n2.jpg{',1' * 10}\n"
    table = read(tmp_path, text, attributes=["all"])
    assert len(table.labels) == 20
    assert set(table.labels["label"]) == {"Male", "Female", "yes", "no"}
    assert table.all_notes[-1] == (
        "9 attributes (5_o_Clock_Shadow, Arched_Eyebrows, Attractive and 6 more): "
        "read '-1' as no (9), '1' as yes (9)"
    )


@pytest.mark.parametrize("age", ["999", "250", "122.5", "-1", "1985"])
def test_an_age_of_nobody_is_refused_with_its_row(tmp_path, age):
    with pytest.raises(TableError, match=rf"row 4 of column 'age': no age from 0 to 122: '{age}'"):
        read(tmp_path, f"file,age\n1.jpg,25\n\n2.jpg,{age}\n3.jpg,117\n")


@pytest.mark.parametrize("end", ["\n", "\n\n \n", ",\n,\n", " , \n\n"])
def test_a_line_in_which_every_cell_is_empty_is_no_row(tmp_path, end):
    table = read(tmp_path, f"\n\nfile,gender\n1.jpg,Male\n{end}2.jpg,Female\n{end}")
    assert table.names == ("1.jpg", "2.jpg")
    with pytest.raises(TableError, match="row 3 has no file name"):
        read(tmp_path, f"file,gender\n1.jpg,Male\n,Female\n{end}")


def test_splits_of_celeba_have_names(tmp_path):
    table = read(tmp_path, "image_id,partition\n1.jpg,0\n2.jpg,1\n3.jpg,2\n")
    assert table.splits == {"1.jpg": "train", "2.jpg": "val", "3.jpg": "test"}
    maps = [f"split:{i}={name}" for i, name in enumerate(("train", "val", "test"))]
    said = {"columns": ["split=2"], "maps": maps}
    assert read(tmp_path, "1.jpg 0\n3.jpg 2\n", "l.txt", said).splits == {
        "1.jpg": "train",
        "3.jpg": "test",
    }


def test_ages_that_may_be_codes_are_doubted(tmp_path):
    text = "file,age\n" + "".join(f"{i}.jpg,{i}\n" for i in range(9))
    assert "codes of groups" in read(tmp_path, text).notes[0]
    assert read(tmp_path, text + "a.jpg,44\n").notes == ()


@pytest.mark.parametrize("name", ["overall", "a x b"])
def test_an_attribute_is_not_called_as_a_group(tmp_path, name):
    with pytest.raises(TableError, match="a group of samples is"):
        read(tmp_path, f"file,{name}\n1.jpg,yes\n", attributes=[name], new_classes=True)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    with pytest.raises(TableError, match="no text in utf-8"):
        read(tmp_path, bytes(range(256)) * 4)
    with pytest.raises(TableError, match="no text in ascii"):
        read(tmp_path, "file,gender\né.jpg,Male\n", said={"encoding": "ascii"})


def test_what_is_mapped_has_to_be_there(tmp_path):
    text = "file,sex\n1.jpg,0\n"
    assert labels(read(tmp_path, text, said={"maps": ["gender:0=male"]}))["1.jpg"] == {
        "gender": "Male"
    }
    with pytest.raises(TableError, match="no class of 'gender', to which they were mapped: 'Mle'"):
        read(tmp_path, text, said={"maps": ["gender:0=Mle"]})
    with pytest.raises(TableError, match="no column 'gendr' among 'sex'"):
        read(tmp_path, text, said={"columns": ["gender=gendr"]})


def test_the_age_is_that_of_the_photo(tmp_path):
    rows = "\n".join(
        f"{born},2000,{name}.jpg,1" for name, born in (("a", "1970-06-30"), ("b", "1970-07-01"))
    )
    table = read(tmp_path, f"dob,photo_taken,full_path,gender\n{rows}\n")
    assert dict(table.labels.filter(attribute="age").select("name", "value").rows()) == {
        "a.jpg": 30.0,
        "b.jpg": 29.0,
    }


def test_a_column_called_as_a_class_says_yes_or_the_other(tmp_path):
    text = REFUSED["one column a class"]
    with pytest.raises(TableError) as refused:
        read(tmp_path, text)
    assert labels(read(tmp_path, text, **offers(as_typed(str(refused.value))))) == {
        "1.jpg": {"gender": "Male"},
        "2.jpg": {"gender": "Female"},
    }


def test_only_the_one_class_that_is_near_is_offered(tmp_path):
    with pytest.raises(TableError) as refused:
        read(tmp_path, "file,race\n1.jpg,B\n2.jpg,H\n3.jpg,African\n4.jpg,Asian\n")
    for offer in ("race:B=Black", "race:H=Latino_Hispanic", "race:African=", "race:Asian="):
        assert f"`maps={offer}`" in str(refused.value)


def test_two_attributes_may_have_one_column(tmp_path):
    table = read(
        tmp_path,
        "file,age\na.jpg,61\nb.jpg,20\n",
        said={"columns": ["age=age", "old=age"], "maps": ["old:>=60=yes", "old:<60=no"]},
    )
    assert labels(table) == {
        "a.jpg": {"age": "60-69", "old": "yes"},
        "b.jpg": {"age": "20-29", "old": "no"},
    }


def test_an_attribute_that_is_asked_for_and_left_out_is_refused(tmp_path):
    says = "`attributes=gender` and `columns=gender=` contradict each other"
    with pytest.raises(ParametersError, match=says):
        read(tmp_path, "file,gender\na,m\n", said={"columns": ["gender="]}, attributes=["gender"])


def test_values_that_were_mapped_in_vain_are_told(tmp_path):
    said = {
        "mapping": "celeba-partition",
        "columns": ["split=part"],
        "maps": ["gender:3=Male", "split:7=test", "gendr:1=Male", "*:9="],
        "nulls": ["?", "-"],
    }
    table = read(tmp_path, "file,gender,part\na.jpg,m,0\nb.jpg,-,1\n", said=said)
    assert unmet_notes(LabelMapping.of(**said), table) == (
        "`gender:3=Male` met no value of gender; it has: 'm', '-'; "
        "`split:7=test` met no value of split; it has: '0', '1'; "
        "`gendr:1=Male` met nothing: no column was read as gendr; `*:9=` met no value; "
        "null '?' met no value",
    )
    assert unmet_notes(LabelMapping.of(maps=["gender:m=Male"], nulls=["-"]), table) == ()


def test_values_of_several_tables_count_together(tmp_path):
    tables = [read(tmp_path, f"file,gender\n{c}.jpg,{c}\n") for c in "mf"]
    mapping = LabelMapping.of(maps=["gender:m=Male", "gender:f=Female"])
    assert unmet_notes(mapping, merge_tables(tables)) == ()
    assert unmet_notes(mapping, tables[0]) == (
        "`gender:f=Female` met no value of gender; it has: 'm'",
    )
