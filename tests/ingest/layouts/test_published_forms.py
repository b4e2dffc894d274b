"""Folders and files in which data sets are published: taken in, or refused with what helps."""

from __future__ import annotations

import gzip
import json
import re
import shlex

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ingest.layouts.test_tables_of_people import ALL
from ingest.layouts.test_tables_of_people import labels as labels_in
from support.containers import encoded, write_tar
from support.pictures import write_picture

from facestore.errors import InputError, TableError
from facestore.ingest.layouts.label_tables import LabelRules
from facestore.ingest.layouts.layouts import read_manifest
from facestore.ingest.layouts.source_request import SourceRequest
from facestore.mappings import LabelMapping

LEFT_BY_SYSTEMS = (
    "__MACOSX/._1.jpg", "__MACOSX/1.jpg", ".DS_Store", "._1.jpg", "Thumbs.db", "sub/desktop.ini",
    "@eaDir/1.jpg/SYNOFILE_THUMB_S.jpg", "$RECYCLE.BIN/1.jpg",
)  # fmt: skip


def read(source, **more):
    return read_manifest(SourceRequest(source, LabelRules(ALL), **more))


@pytest.mark.parametrize(
    ("layout", "names"),
    [
        ("folder", ["Aaron_Eckhart/Aaron_Eckhart_0001.jpg", "Abel_Pacheco/Abel_Pacheco_0001.jpg"]),
        ("folder", ["train/n000001/0001_01.jpg", "train/n000002/0001_01.jpg"]),
        ("folder", ["faces/30601258@N03/landmark_aligned_face.1.1039_o.jpg"]),
        ("folder", ["img_align_celeba/img_align_celeba/000001.jpg"]),
        ("names", ["009055_1M54.JPG", "013805_0F32.JPG"]),
        ("names", ["0_MariaCallas_35_f.jpg", "10001_GretaGarbo_25_f.jpg"]),
        ("names", ["01/nm0000001_rm124825600_1899-5-10_1968.jpg"]),
        ("utkface", ["part1/26_1_0_20170116174525125.jpg", "part2/1_0_0_20170109190654120.jpg"]),
        ("imagefolder", ["test/Female/1.jpg", "train/Male/1.jpg"]),
    ],
)
def test_a_folder_as_it_is_unpacked_is_taken_in_without_what_systems_leave(tmp_path, layout, names):
    for i, name in enumerate(names):
        write_picture(tmp_path / "f" / name, seed=i)
    for left in LEFT_BY_SYSTEMS:
        (tmp_path / "f" / left).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "f" / left).write_bytes(b"x")
    found = read(tmp_path / "f")
    assert (found.layout, [each.name for each in found.entries]) == (layout, names)
    assert found.others == ()


def test_a_tar_is_taken_in_without_what_systems_leave(tmp_path):
    members = {"1.jpg": encoded(1), "1.json": b'{"gender": "Male"}'}
    write_tar(tmp_path / "a.tar", dict.fromkeys(LEFT_BY_SYSTEMS, b"x") | members)
    found = read(tmp_path / "a.tar")
    assert ([each.name for each in found.entries], found.n_other) == (["a.tar/1.jpg"], 0)


@pytest.mark.parametrize(
    "name", ["archive.zip", "faces.7z", "img_celeba.7z.001", "faces.part.rar", "list.csv.gz"]
)
def test_an_archive_is_to_be_unpacked(tmp_path, name):
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / name).write_bytes(b"PK")
    with pytest.raises(InputError, match="is an archive: unpack it, and give the folder"):
        read(tmp_path / "f" / name)
    with pytest.raises(InputError, match=rf"no image files, but archives \({name}\): unpack them"):
        read(tmp_path / "f")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("archive", "is an archive: unpack it"),
        ("a.tar", "packed with gzip: unpack it to a plain .tar"),
        ("a.tgz", "a compressed tar: uncompress it to .tar"),
    ],
)
def test_what_is_compressed_is_told_by_its_content_too(tmp_path, name, says):
    (tmp_path / name).write_bytes(gzip.compress(b"x" * 2000))
    with pytest.raises(InputError, match=says):
        read(tmp_path / name)


@pytest.mark.parametrize(
    ("male", "female"),
    [("Männer", "Frauen"), ("hombres", "mujeres"), ("uomini", "donne"), ("男", "女")],
)
def test_folders_of_classes_may_be_in_other_languages(tmp_path, male, female):
    for i, name in enumerate((male, female)):
        write_picture(tmp_path / name / "1.jpg", seed=i)
    table = read(tmp_path).table
    assert dict(table.labels.select("name", "label").rows()) == {
        f"{male}/1.jpg": "Male",
        f"{female}/1.jpg": "Female",
    }


def parquet_of_paths(path, kind, rows):
    """Write a Parquet file of images in Hugging Face's form: bytes and path of each."""
    struct = pa.struct([("bytes", kind), ("path", pa.string())])
    images = pa.array([{"bytes": content, "path": name} for content, name in rows], struct)
    features = {
        "image": {"_type": "Image"},
        "gender": {"names": ["Male", "Female"], "_type": "ClassLabel"},
    }
    table = pa.table({"image": images, "gender": [i % 2 for i in range(len(rows))]})
    said = {"huggingface": json.dumps({"info": {"features": features}})}
    path.parent.mkdir(exist_ok=True)
    pq.write_table(table.replace_schema_metadata(said), path)
    return path


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary(), pa.null()])
def test_a_table_with_paths_of_images_and_no_bytes_is_a_list(tmp_path, kind):
    other = write_picture(tmp_path / "elsewhere.jpg", seed=1)
    write_picture(tmp_path / "p" / "1.jpg", seed=2)
    rows = [(None, "1.jpg"), (None, str(other))]
    path = parquet_of_paths(tmp_path / "p" / "train-00000-of-00001.parquet", kind, rows)
    found = read(path)
    assert (found.layout, found.reason) == ("list", "a table with paths of images in 'image'")
    assert labels_in(found.table) == {"1.jpg": {"gender": "Male"}, str(other): {"gender": "Female"}}
    assert found.table.splits == {"1.jpg": "train", str(other): "train"}
    assert [each.file.read_bytes() for each in found.entries] == [
        (tmp_path / "p" / "1.jpg").read_bytes(),
        other.read_bytes(),
    ]


def test_a_folder_of_such_tables_says_to_give_them_by_themselves(tmp_path):
    write_picture(tmp_path / "1.jpg", seed=2)
    path = parquet_of_paths(tmp_path / "p" / "a.parquet", pa.binary(), [(None, "../1.jpg")])
    with pytest.raises(InputError, match="no bytes of them: give the file itself"):
        read(tmp_path / "p")
    assert read(path).entries[0].file.read_bytes()


@pytest.mark.parametrize(
    ("paths", "says"),
    [
        (["1.jpg", None], "row 1 has neither bytes of an image nor a path"),
        (["1.jpg", "1.jpg"], r"1 path of 'image' in several rows \(1.jpg\)"),
        (["nowhere.jpg"], "none of its 1 file is there"),
    ],
)
def test_paths_of_images_that_are_none_are_refused(tmp_path, paths, says):
    write_picture(tmp_path / "1.jpg", seed=2)
    rows = [(None, name) for name in paths]
    with pytest.raises(InputError, match=says):
        read(parquet_of_paths(tmp_path / "a.parquet", pa.binary(), rows))


def test_a_row_without_bytes_among_others_is_an_error_of_that_row(tmp_path):
    rows = [(encoded(1), "1.jpg"), (None, "2.jpg")]
    found = read(parquet_of_paths(tmp_path / "a.parquet", pa.binary(), rows))
    assert found.layout == "parquet"
    assert found.entries[0].file.read_bytes()
    with pytest.raises(OSError, match="the row has no image bytes"):
        found.entries[1].file.read_bytes()


# A folder with a .json for each picture: files, and what they say.
SIDECARS = {
    "img2dataset's files": {
        "00000/000000000.jpg": ({"caption": "x", "gender": "Female", "exif": "{}"}, "Female"),
        "00001/000010000.jpg": ({"caption": "x", "gender": "Male", "exif": "{}"}, "Male"),
    },
    "FFHQ's features": {
        "images/00000/00000.png": (
            [{"faceAttributes": {"gender": "female", "age": 23.0}}],
            "Female",
        ),
        "images/00000/00001.png": ([{"faceAttributes": {"gender": "male", "age": 46.0}}], "Male"),
    },
}


@pytest.mark.parametrize("form", SIDECARS)
@pytest.mark.parametrize("is_beside", [True, False])
def test_a_json_for_each_picture_says_its_labels(tmp_path, form, is_beside):
    for i, (name, (said, _)) in enumerate(SIDECARS[form].items()):
        path = write_picture(tmp_path / "f" / name, seed=i)
        file = path.with_suffix(".json") if is_beside else tmp_path / "f/json" / f"{path.stem}.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(said))
    (tmp_path / "f" / "00000_stats.json").write_text('{"count": 2}')
    write_picture(tmp_path / "f" / "cover.png", seed=3)
    found = read(tmp_path / "f")
    expected = {name: label for name, (_, label) in SIDECARS[form].items()}
    gender = found.table.labels.filter(attribute="gender")
    assert dict(gender.select("name", "label").rows()) == expected
    assert (found.layout, found.others) == ("sidecars", ("00000_stats.json",))
    if not is_beside:  # what is given there as labels is told where it belongs
        with pytest.raises(InputError, match=re.escape(f"`facestore ingest {tmp_path / 'f'}`")):
            read(tmp_path / "f" / name.partition("/")[0], labels=tmp_path / "f" / "json")


def test_json_that_says_no_label_is_passed_over_and_broken_json_is_named(tmp_path):
    write_picture(tmp_path / "1.jpg", seed=1)
    (tmp_path / "1.json").write_text('{"caption": "a face"}')
    assert read(tmp_path).layout == "folder"
    with pytest.raises(TableError, match=r"1\.json"):
        read(tmp_path, labels=tmp_path / "1.json")
    (tmp_path / "1.json").write_text('{"caption": "a face", "gender": "Male"}')
    write_picture(tmp_path / "2.jpg", seed=2)
    (tmp_path / "2.json").write_text("[1, 2]")
    found = read(tmp_path)
    assert found.table.names == ("1.jpg",)
    assert "1 JSON file could not be read" in found.notes[0]
    (tmp_path / "2.json").write_text('{"gender": "Male", "gender": "Female", "tags": [1]}')
    found = read(tmp_path)
    assert found.table.names == ("1.jpg",)
    assert "2.json: 'gender' occurs twice" in found.notes[0]
    (tmp_path / "2.json").write_text('{"gender": "Male", "tags": [1]}')
    found = read(tmp_path)
    assert found.table.names == ("1.jpg", "2.jpg")
    assert found.table.facts == (
        "lists, objects and bytes are not read: left out of 'tags' (1 row)",
    )


NAMED = {
    "AgeDB/0_MariaCallas_35_f.jpg": {"age": "30-39", "gender": "Female"},
    "AgeDB/1_ClarkGable_4_m.jpg": {"age": "3-9", "gender": "Male"},
    "MORPH/009055_1M54.JPG": {"age": "50-59", "gender": "Male"},
    "MORPH/013805_0F32.JPG": {"age": "30-39", "gender": "Female"},
    "imdb_crop/01/nm0000001_rm124825600_1899-5-10_1968.jpg": {"age": "60-69"},
    "imdb_crop/48/10000548_1925-04-04_1964.jpg": {"age": "30-39"},
    "imdb_crop/48/10000549_0000-00-00_1964.jpg": {},
}


@pytest.mark.parametrize("folder", ["AgeDB", "MORPH", "imdb_crop"])
def test_names_of_files_say_labels(tmp_path, folder):
    expected = {name.partition("/")[2]: said for name, said in NAMED.items() if folder in name}
    for i, name in enumerate(expected):
        write_picture(tmp_path / name, seed=i)
    found = read(tmp_path)
    assert found.layout == "names"
    assert labels_in(found.table) == expected
    assert found.table.malformed == ()


def test_a_name_that_says_nothing_among_others_is_named(tmp_path):
    for i in range(10):
        write_picture(tmp_path / f"{i}_Somebody_2{i}_m.jpg", seed=i)
    write_picture(tmp_path / "cover.jpg", seed=10)
    found = read(tmp_path)
    assert (found.layout, found.table.malformed) == ("names", ("cover.jpg",))
    (tmp_path / "0_Somebody_20_m.jpg").unlink()  # fewer than nine of ten say labels
    (tmp_path / "1_Somebody_21_m.jpg").unlink()
    assert read(tmp_path).layout == "folder"
    with pytest.raises(InputError, match=r"calls them so \(agedb, imdb-wiki, morph\)"):
        read(tmp_path, layout="names")


# Folders that say labels which nobody could guess: their pictures, and the labels that are read once
# what the line says is added (with what NAME stands for, and its way).
FOLDERS = {
    "AFAD": (
        ["15/111/1-0.jpg", "39/111/2-0.jpg", "70/112/3-0.jpg"],
        {"15/111/1-0.jpg": {"age": "10-19", "gender": "Male"},
         "39/111/2-0.jpg": {"age": "30-39", "gender": "Male"},
         "70/112/3-0.jpg": {"age": "more than 70", "gender": "Female"}},
    ),
    "DiveFace": (
        ["HA4K_120/1@N08_identity_0/1_0.jpg", "MB4K_120/n000002/1_0.jpg"],
        {"HA4K_120/1@N08_identity_0/1_0.jpg": {"gender": "Male", "race": "East Asian"},
         "MB4K_120/n000002/1_0.jpg": {"gender": "Female", "race": "White"}},
    ),
    "RFW, BUPT-Balancedface": (
        ["African/m.0a/1.jpg", "Asian/m.0b/1.jpg", "Caucasian/m.0c/1.jpg", "Indian/m.0d/1.jpg"],
        {"Caucasian/m.0c/1.jpg": {"race": "White"}, "Indian/m.0d/1.jpg": {"race": "Indian"}},
    ),
    "a folder for each year": (
        ["001/1.jpg", "025/2.jpg", "110/3.jpg"],
        {"001/1.jpg": {"age": "0-2"}, "025/2.jpg": {"age": "20-29"},
         "110/3.jpg": {"age": "more than 70"}},
    ),
    "classes of an attribute that is new": (
        [f"{name}/{i}.jpg" for name in ("OLD", "YOUNG") for i in range(5)],
        {f"{name}/{i}.jpg": {"NAME": name} for name in ("OLD", "YOUNG") for i in range(5)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FOLDERS)
def test_what_a_line_about_folders_says_makes_them_labels(tmp_path, form):
    names, expected = FOLDERS[form]
    for i, name in enumerate(names):
        write_picture(tmp_path / name, seed=i)
    found = read(tmp_path)
    assert (found.layout, found.table.names) == ("folder", ())
    (note,) = found.notes
    kinds = ("layout", "attributes", "maps", "mapping", "new_classes")
    said = {kind: [] for kind in kinds} | {"mapping": [None]}
    for kind, value in re.findall(r"`([a-z_]+)=([^`]*)`", note):
        said[kind] = [*filter(None, said[kind]), *shlex.split(value)]
    rules = LabelRules(
        ALL,
        attributes=said["attributes"],
        new_classes=bool(said["new_classes"]),
        mapping=LabelMapping.of(mapping=said["mapping"][0], maps=said["maps"]),
    )
    layout = next(iter(said["layout"]), "auto")
    again = read_manifest(SourceRequest(tmp_path, rules, layout=layout))
    assert {k: v for k, v in labels_in(again.table).items() if v} == expected


def test_years_are_of_the_folders_of_which_there_are_more(tmp_path):
    for i, name in enumerate(("15/111/1.jpg", "16/111/2.jpg", "17/112/3.jpg")):
        write_picture(tmp_path / name, seed=i)
    rules = LabelRules(ALL, attributes=["age"])
    found = read_manifest(SourceRequest(tmp_path, rules, layout="imagefolder"))
    assert set(found.table.labels["value"]) == {15.0, 16.0, 17.0}


@pytest.mark.parametrize("names", [["1/1.jpg", "2/2.jpg"], ["AJ_Cook/1.jpg", "AJ_Lamas/1.jpg"]])
def test_folders_of_persons_are_not_pointed_at(tmp_path, names):
    for i, name in enumerate(names):
        write_picture(tmp_path / name, seed=i)
    assert read(tmp_path).notes == ()


@pytest.mark.parametrize("has_table", [True, False])
def test_folders_of_splits_are_splits_beside_a_table_too(tmp_path, has_table):
    for name in ("train/1.jpg", "val/1.jpg"):
        write_picture(tmp_path / "f" / name, seed=len(name))
    table = tmp_path / "fairface_label_train.csv"
    table.write_text("file,age,gender,race,service_test\ntrain/1.jpg,50-59,Male,White,True\n")
    labels = table if has_table else None
    found = read(tmp_path / "f", labels=labels)
    assert found.splits == {"train/1.jpg": "train", "val/1.jpg": "val"}
