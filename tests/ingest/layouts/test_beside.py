"""Files of labels in tars meet the images that they lie beside, however a writer cuts names."""

from __future__ import annotations

import json
import unicodedata

import pytest
from support.containers import CLASSES, encoded, write_tar

from facestore.ingest.layouts.beside import pair
from facestore.ingest.layouts.label_tables import LabelRules
from facestore.ingest.layouts.layouts import read_manifest
from facestore.ingest.layouts.source_request import SourceRequest

COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "José") for form in ("NFC", "NFD"))


@pytest.mark.parametrize(
    ("images", "stems", "expected"),
    [
        # every name is that of its image but for the last suffix
        (["26.jpg.chip.jpg", "22.05.jpg", "22.06.jpg"], ["26.jpg.chip", "22.05", "22.06"],
         {"26.jpg.chip.jpg": "26.jpg.chip", "22.05.jpg": "22.05", "22.06.jpg": "22.06"}),
        # the key of WebDataset, up to the first dot
        (["1.left.jpg", "1.right.jpg", "10.jpg"], ["1"], {"1.left.jpg": "1", "1.right.jpg": "1"}),
        # the longest one of several
        (["1.left.jpg", "1.jpg"], ["1", "1.left"], {"1.left.jpg": "1.left", "1.jpg": "1"}),
        # the suffix of labels was put behind that of the image
        (["1.jpg", "2.jpg"], ["1.jpg", "3.jpg"], {"1.jpg": "1.jpg"}),
        # never the labels of another one
        (["22.06.jpg", "a/1.jpg"], ["22.05", "b/1"], {}),
        (["IMG_1.JPG"], ["img_1"], {"IMG_1.JPG": "img_1"}),
        (["IMG_1.JPG", "img_1.jpg"], ["img_1"], {"img_1.jpg": "img_1"}),
        (["IMG_1.JPG", "img_1.jpg"], ["Img_1"], {}),
        (["IMG_1.JPG"], ["img_1", "Img_1"], {}),
        ([f"{COMPOSED}/1.jpg"], [f"{DECOMPOSED}/1"], {f"{COMPOSED}/1.jpg": f"{DECOMPOSED}/1"}),
    ],
)  # fmt: skip
def test_an_image_meets_the_longest_stem_and_no_other(images, stems, expected):
    pairs = pair(images, stems)
    assert pairs.stem_of == expected
    assert set(pairs.unmet) == set(stems) - set(expected.values())


def test_labels_meet_their_images_and_those_that_meet_none_are_named(tmp_path):
    members = {
        "26_1_2_20170101000000000.jpg.chip.jpg": encoded(1),
        "22.05.jpg": encoded(2),
        "22.06.jpg": encoded(3),
        "26_1_2_20170101000000000.jpg.chip.JSON": json.dumps({"gender": "Female"}).encode(),
        "22.05.json": json.dumps({"gender": "Male"}).encode(),
        "22.06.JSON": json.dumps({"gender": "Female"}).encode(),
        "22.07.json": json.dumps({"gender": "Male"}).encode(),
        "._22.05.jpg": b"what macOS writes beside each file",
        "__MACOSX/._22.05.json": b"{}",
    }
    source = write_tar(tmp_path / "dots.tar", members)
    found = read_manifest(SourceRequest(source, LabelRules(CLASSES)))
    labels = dict(zip(found.table.labels["name"], found.table.labels["label"], strict=True))
    assert labels == {
        "dots.tar/26_1_2_20170101000000000.jpg.chip.jpg": "Female",
        "dots.tar/22.05.jpg": "Male",
        "dots.tar/22.06.jpg": "Female",
    }
    assert len(found.entries) == 3
    assert found.notes == ("1 file of labels has no image (22.07.json)",)


def test_what_no_json_says_is_read_from_cls(tmp_path):
    members: dict[str, bytes] = {}
    for i, label in enumerate(("Male", "Female")):
        members |= {
            f"{i}.jpg": encoded(i),
            f"{i}.json": json.dumps({"age": 25, "nested": {"race": "White"}}).encode(),
            f"{i}.cls": label.encode(),
        }
    source = write_tar(tmp_path / "a.tar", members)
    found = read_manifest(SourceRequest(source, LabelRules(CLASSES)))
    assert sorted(found.table.labels.select("attribute", "label").rows()) == [
        ("age", "20-29"), ("age", "20-29"), ("gender", "Female"), ("gender", "Male"),
    ]  # fmt: skip
    assert found.table.names == ("a.tar/0.jpg", "a.tar/1.jpg")
    assert found.table.ignored == ()
    assert "nested" in found.table.left_out


def test_names_in_a_tar_say_labels_where_nothing_lies_beside_them(tmp_path):
    members = {
        "UTKFace/20_1_0_20170101000000000.jpg.chip.jpg": encoded(1),
        "UTKFace/61_1_20170109142408075.jpg.chip.jpg": encoded(2),
    }
    source = write_tar(tmp_path / "UTKFace.tar", members)
    found = read_manifest(SourceRequest(source, LabelRules(CLASSES)))
    assert found.table.labels.select("attribute", "label").rows() == [
        ("age", "20-29"), ("gender", "Female"), ("race", "White"),
    ]  # fmt: skip
    assert found.table.malformed == ("UTKFace.tar/UTKFace/61_1_20170109142408075.jpg.chip.jpg",)
    assert "age_gender_race_date" in found.reason
