"""Tables of labels in the forms in which data sets are published: read, or refused with what helps."""

from __future__ import annotations

import re

import pytest
from ingest.layouts.test_tables_of_people import labels as labels_in
from ingest.layouts.test_tables_of_people import read as read_table

from facestore.errors import TableError

MAAD = "Male,Young,Middle_Aged,Senior,5_o_Clock_Shadow,Bags_Under_Eyes,Arched_Eyebrows"
IMDB = "dob,photo_taken,full_path,gender"
# What is read of a table: its name, its content, what else is given, the labels of its files.
TABLES = {
    "MAAD-Face, where 0 is not known": (
        f"Filename,Identity,{MAAD}\nn000002/0001_01.jpg,2,0,1,0,0,0,0,0\n"
        "n000002/0002_01.jpg,2,-1,0,0,0,0,0,0\n",
        {"attributes": ["Young"]},
        {"n000002/0001_01.jpg": {"Young": "yes"}, "n000002/0002_01.jpg": {"gender": "Female"}},
    ),
    "IMDB-WIKI, its cells as pandas writes them": (
        f"{IMDB}\n723671,2009,['17/1_1981-05-05_2009.jpg'],1.0\n",
        {},
        {"17/1_1981-05-05_2009.jpg": {"age": "20-29", "gender": "Male"}},
    ),
    "predict.py of FairFace, with scores over lines": (
        "face_name_align,race,race4,gender,age,race_scores_fair,age_scores_fair\n"
        'd/a_face0.jpg,East Asian,Asian,Female,70+,"[1.4e-05 2.7e-04\n 9.9e-01]",[0.1]\n',
        {},
        {"d/a_face0.jpg": {"race": "East Asian", "gender": "Female", "age": "more than 70"}},
    ),
    "MORPH": (
        "id_num,picture_num,dob,doa,race,gender,facial_hair,age,age_diff,glasses,photo\n"
        "009055,1,1945-03-05,1999-06-24,W,M,N,54,0,N,Album2/009055_1M54.JPG\n",
        {},
        {"Album2/009055_1M54.JPG": {"race": "White", "gender": "Male", "age": "50-59"}},
    ),
    "DeepFace, as CSV": (
        'img_path,age,gender,dominant_gender,dominant_race\n'
        """a.jpg,31,"{'Woman': 99.9, 'Man': 0.1}",Woman,latino hispanic\n""",
        {},
        {"a.jpg": {"age": "30-39", "gender": "Female", "race": "Latino_Hispanic"}},
    ),
    "CelebAMask-HQ": (
        "1\n5_o_Clock_Shadow Arched_Eyebrows Bags_Under_Eyes Male Young\n0.jpg  -1 1 -1 -1 1\n",
        {},
        {"0.jpg": {"gender": "Female"}},
    ),
    "decades, bins and other words of a survey": (
        "Image Name , Gender ,Age Group ,,\n1.jpg, Prefer not to say,20s,,\n2.jpg,女性,\"(19, 29]\",,\n"
        "3.jpg,w,under 3,,\n,,,,\n",
        {},
        {"1.jpg": {"age": "20-29"}, "2.jpg": {"gender": "Female", "age": "20-29"},
         "3.jpg": {"gender": "Female", "age": "0-2"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", TABLES)
def test_a_table_is_read_as_it_is_published(tmp_path, form):
    content, more, expected = TABLES[form]
    assert labels_in(read_table(tmp_path, content, **more)) == expected


# What is refused, and the line that helps; {} is what to add.
REFUSED = {
    "a list without a header, of two attributes": (
        "1.jpg Female 20-29\n2.jpg Male 30-39\n",
        "add `columns=gender=2` `columns=age=3` to say which",
        {"columns": ["gender=2", "age=3"]},
        {"gender": "Female", "age": "20-29"},
    ),
    "APPA-REAL": (
        "file_name,num_ratings,apparent_age_avg,apparent_age_std,real_age\n"
        "1.jpg,36,5.05,1.37,4\n2.jpg,22,40.7,0.98,39\n",
        "add `columns=age=apparent_age_avg` to say which ('real_age' may be meant as well)",
        {"columns": ["age=real_age"]},
        {"age": "3-9"},
    ),
    "ChaLearn LAP, without a header": (
        "1.jpg;20;3.14\n2.jpg;41;2.1\n", "as age=2", {"columns": ["age=2"]}, {"age": "20-29"},
    ),
    "ChaLearn LAP": (
        "image,mean,stdv\n1.jpg,20.5,3.14\n2.jpg,41,2.1\n",
        "as age=mean; or add",
        {"columns": ["age=mean"]},
        {"age": "20-29"},
    ),
    "FACET": (
        "person_id,filename,age_presentation_young,gender_presentation_masc\n"
        "7,1.jpg,0,1\n8,2.jpg,1,0\n",
        "as gender=gender_presentation_masc; or add",
        {"columns": ["gender=gender_presentation_masc"],
         "maps": ["gender:1=Male", "gender:0=Female"]},
        {"gender": "Male"},
    ),
    "identities of CelebA": (
        "1.jpg 2880\n2.jpg 2937\n",
        "or add `columns=NAME=2` `new_classes=True`",
        {"columns": ["NAME=2"]},
        {"NAME": "2880"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", REFUSED)
def test_a_table_that_is_refused_is_read_once_the_line_is_followed(tmp_path, form):
    content, says, said, expected = REFUSED[form]
    with pytest.raises(TableError, match=re.escape(says)):
        read_table(tmp_path, content)
    found = read_table(tmp_path, content, said=said, new_classes="NAME=2" in str(said))
    assert labels_in(found)["1.jpg"] == expected


@pytest.mark.parametrize("text", ["1.jpg\n2.jpg\n", "20\n3\n65\n"])
def test_names_and_labels_in_files_of_their_own_are_to_be_put_side_by_side(tmp_path, text):
    with pytest.raises(TableError, match=r"'paste -d, NAMES LABELS > TABLE\.csv'") as refused:
        read_table(tmp_path, text)
    assert "`" not in str(refused.value)
    table = read_table(tmp_path, "1.jpg,20\n2.jpg,3\n", said={"columns": ["age=2"]})
    assert labels_in(table)["1.jpg"] == {"age": "20-29"}
