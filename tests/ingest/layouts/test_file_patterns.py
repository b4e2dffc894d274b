"""What would name the files that are there, where a table does not: offered, and it works."""

from __future__ import annotations

import re
import shlex

import pytest
from ingest.layouts.test_tables_of_people import ALL, LFW, labels
from support.containers import encoded, write_tar
from support.pictures import write_picture

from facestore.errors import FileNamesError
from facestore.ingest.layouts.file_patterns import fitting_pattern
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.layouts import read_manifest
from facestore.ingest.layouts.source_request import SourceRequest
from facestore.mappings import LabelMapping
from facestore.names import match_names
from facestore.table_columns import fill
from facestore.tables import read_text_rows

ADIENCE = "user_id\toriginal_image\tface_id\tage\tgender\tx"
# A table, the files that are there, and what names them.
FITTING = {
    "FFHQ-Aging": (
        "image_number,age_group,gender,head_roll\n0,0-2,male,-0.6\n12,20-29,female,1\n",
        ["00000/00000.png", "00000/00012.png"],
        "{image_number:5}.png",
    ),
    "CelebA without its zeros": (
        "image_id,gender\n1.jpg,Male\n20.jpg,Female\n",
        ["000001.jpg", "000020.jpg"],
        "{image_id:10}",
    ),
    "APPA-REAL's faces": (
        "file_name,num_ratings,real_age\n000000.jpg,36,4\n000001.jpg,22,5\n",
        ["train/000000.jpg_face.jpg", "train/000001.jpg_face.jpg"],
        "{file_name}_face.jpg",
    ),
    "Adience, aligned": (
        f"{ADIENCE}\n1@N03\t1_o.jpg\t1\t(0, 2)\tf\t0\n1@N03\t2_o.jpg\t2\t(0, 2)\tm\t5\n",
        ["1@N03/landmark_aligned_face.1.1_o.jpg", "1@N03/landmark_aligned_face.2.2_o.jpg"],
        "{user_id}/landmark_aligned_face.{face_id}.{original_image}",
    ),
    "LFW": (
        "name,number,gender\nAJ Cook,1,f\nAJ Lamas,1,m\nAJ Lamas,2,m\n",
        ["AJ_Cook/AJ_Cook_0001.jpg", "AJ_Lamas/AJ_Lamas_0001.jpg", "AJ_Lamas/AJ_Lamas_0002.jpg"],
        "{name:_}_{number:4}.jpg",
    ),
    "FACET, its faces cut out": (
        "person_id,filename,gender\n7,sa_1.jpg,m\n8,sa_1.jpg,f\n",
        ["7.jpg", "8.jpg"],
        "{person_id}.jpg",
    ),
    "img2dataset": (
        "url,key,gender\nhttps://x.org/a.jpg,000000000,f\nhttps://x.org/b.jpg,000000001,m\n",
        ["00000/000000000.jpg", "00000/000000001.jpg"],
        "{key}.jpg",
    ),
    "two columns of pictures": (
        "a,b,gender\nold/1.jpg,new/3.jpg,f\nold/2.jpg,new/4.jpg,m\n", ["3.jpg", "4.jpg"], "b",
    ),
    "VGGFace2, a row a person": (
        'Class_ID, Name, Sample_Num, Flag, Gender\nn000001, "14th_Dalai_Lama", 424, 0, m\n'
        'n000002, "A._Fine, Jr.", 315, 1, f\n',
        ["test/n000001/0001_01.jpg", "test/n000001/0002_01.jpg", "train/n000002/0424_01.jpg"],
        "{Class_ID}/",
    ),
    "flags and ages, which name nothing": (
        "who,age,gender\na,1,f\nb,2,m\nc,2,m\n", ["1.jpg", "2.jpg"], None,
    ),
    "names of others": ("id,gender\nx,f\ny,m\n", ["1.jpg", "2.jpg"], None),
}  # fmt: skip


@pytest.mark.parametrize("form", FITTING)
def test_what_fits_the_files_is_found_and_names_them(tmp_path, form):
    text, files, expected = FITTING[form]
    path = tmp_path / "l.csv"
    path.write_text(text)
    table = read_text_rows(path).table
    assert fitting_pattern(path, table, files) == expected
    if expected and not expected.endswith("/"):
        names = fill(path, table, expected)[0] if "{" in expected else table[expected]
        assert set(match_names(names.to_list(), files).path_of.values()) == set(files)


def folder(tmp_path, names):
    for i, name in enumerate(names):
        write_picture(tmp_path / "f" / name, seed=i)
    return tmp_path / "f"


def read(source, labels=None, file_column=None):
    rules = LabelRules(ALL, mapping=LabelMapping.of(file_column=file_column))
    return read_manifest(SourceRequest(source, rules, labels=labels))


def test_a_row_of_a_folder_holds_for_each_picture_in_it(tmp_path):
    text, names, pattern = FITTING["VGGFace2, a row a person"]
    table = tmp_path / "identity_meta.csv"
    table.write_text(text + 'n000009, "Nobody", 1, 1, f\n')
    found = read(folder(tmp_path, [*names, "cover.jpg"]), table, pattern)
    assert labels(found.table) == {
        "test/n000001/0001_01.jpg": {"gender": "Male"},
        "test/n000001/0002_01.jpg": {"gender": "Male"},
        "train/n000002/0424_01.jpg": {"gender": "Female"},
        "n000009/": {},
    }
    assert "rows are of folders: 2 have pictures" in found.table.notes


def test_a_row_of_a_folder_holds_in_a_tar_too(tmp_path):
    text, _, pattern = FITTING["VGGFace2, a row a person"]
    (tmp_path / "l.csv").write_text(text)
    source = write_tar(tmp_path / "a.tar", {"n000002/1.jpg": encoded(1), "b/2.jpg": encoded(2)})
    found = read(source, tmp_path / "l.csv", pattern)
    assert labels(found.table)["a.tar/n000002/1.jpg"] == {"gender": "Female"}


def test_a_table_that_names_no_file_is_refused_with_what_names_them(tmp_path):
    text, names, pattern = FITTING["FFHQ-Aging"]
    table = tmp_path / "l.csv"
    table.write_text(text)
    source = folder(tmp_path, names)
    with pytest.raises(FileNamesError, match=r"The files here fit `file_column='\{image_num"):
        read(source, table)
    assert labels(read(source, table, pattern).table)["00000.png"] == {
        "age": "0-2",
        "gender": "Male",
    }


@pytest.mark.parametrize(
    ("name", "form", "n"),
    [
        ("identity_meta.csv", "VGGFace2, a row a person", 3),
        ("labels.csv", "FFHQ-Aging", 2),
        ("fold_0_data.txt", "Adience, aligned", 2),
    ],
)
def test_a_table_nearby_is_pointed_at_with_what_names_the_files(tmp_path, name, form, n):
    text, names, _ = FITTING[form]
    (tmp_path / name).write_text(text)
    source = folder(tmp_path, names)
    (note,) = read(source).notes
    said = {k: shlex.split(v)[0] for k, v in re.findall(r"`([a-z_]+)=([^`]*)`", note)}
    found = read(source, tmp_path / name, said.get("file_column"))
    assert len(match_names(found.table.names, names).path_of) == n


@pytest.mark.parametrize(
    "text",
    [
        "image_id,x_1,y_1\n1.jpg,95,71\n",
        "1.jpg 2880\n2.jpg 2937\n",
        f"{LFW}\nA B\t1\t1\t0\t0\t1\t1\n",
    ],
)
def test_a_table_without_labels_of_these_files_is_not_pointed_at(tmp_path, text):
    (tmp_path / "list_bbox_celeba.csv").write_text(text)
    assert read(folder(tmp_path, ["1.jpg", "2.jpg"])).notes == ()
