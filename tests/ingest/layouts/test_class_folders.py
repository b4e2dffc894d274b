"""Folders of classes of which some are called otherwise: what to add is said, nothing is refused."""

from __future__ import annotations

import shlex

import pytest
from ingest.layouts.test_tables_of_people import ALL

from facestore.cli.wording import as_typed
from facestore.errors import InputError
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.layouts import read_manifest
from facestore.ingest.layouts.source_request import SourceRequest
from facestore.mappings import LabelMapping


@pytest.fixture
def read(tmp_path):
    def reading(folders, said=None, layout="auto", **options):
        for folder in folders:
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / "1.png").touch()
        rules = LabelRules(ALL, mapping=LabelMapping.of(**(said or {})), **options)
        return read_manifest(SourceRequest(tmp_path, rules, layout=layout))

    return reading


def labels(manifest):
    return {label for (label,) in manifest.table.labels.select("label").rows()}


@pytest.mark.parametrize(
    ("folders", "says", "then"),
    [
        (["male", "femal"], "folder 'femal' is not", {"Male", "Female"}),
        (["men", "femlae"], "folder 'femlae' is not", {"Male", "Female"}),
        (["male", "others"], "folder 'others' is not", {"Male"}),
        (["male", "a", "b", "c"], "folders 'a', 'b', 'c' are not", {"Male"}),
        (["male", "female", "other stuff"], "folder 'other stuff' is not", {"Male", "Female"}),
        (["train/male", "train/femal", "test/male"], "folder 'femal' is not", {"Male", "Female"}),
        (["male/anna", "femal/ben"], "folder 'femal' is not", {"Male", "Female"}),
        (["White", "Blak", "Asian"], "folders 'Asian', 'Blak' are not", {"White", "Black"}),
    ],
)
def test_folders_that_are_no_classes_are_named_with_what_to_add(read, folders, says, then):
    found = read(folders)
    assert (found.layout, labels(found)) == ("folder", set())
    (note,) = [as_typed(note) for note in found.notes]
    assert says in note
    maps = [each for each in shlex.split(note[note.index("--map") :]) if each != "--map"]
    again = read(folders, {"maps": maps})
    assert (again.layout, labels(again)) == ("imagefolder", then)
    assert again.notes == ()


def test_folders_that_would_be_new_classes_are_named_as_well(read):
    (note,) = read(["male", "femal"], new_classes=True).notes
    assert "folder 'femal' is not" in note


def test_a_folder_called_as_a_class_among_those_of_persons_is_a_note(read):
    persons = [f"person {i}" for i in range(20)]
    found = read(["Male", *persons])
    assert (found.layout, labels(found), len(found.entries)) == ("folder", set(), 21)
    (note,) = found.notes
    assert "folder 'Male' is called as a class" in note
    assert "17 more are not: if all of them are meant so, say what they mean in a `mapping=" in note


def test_one_folder_alone_is_a_class_where_that_is_said(read):
    (note,) = read(["male"]).notes
    assert "add `layout=imagefolder` `attributes=gender`" in note
    found = read(["male"], layout="imagefolder", attributes=["gender"])
    assert (labels(found), found.notes) == ({"Male"}, ())


def test_the_other_of_two_levels_is_told_as_well(read):
    folders = ["male/white", "male/blck", "female/white"]
    found = read(folders)
    assert labels(found) == {"Male", "Female"}
    (note,) = found.notes
    assert "no labels of 'race' were read: folder 'white' is called as a class" in note
    assert "`maps=race:blck=Black`" in note
    assert "Black" in labels(read(folders, {"maps": ["race:blck=Black"]}))


def test_a_folder_that_stands_for_no_label_is_read_so(read):
    found = read(["male", "female", "unknown"])
    assert (labels(found), found.notes) == ({"Male", "Female"}, ())


def test_where_the_layout_is_said_the_error_says_what_to_add(read):
    with pytest.raises(InputError, match=r"name the attribute with .*`maps=gender:femal=Female`"):
        read(["male", "femal"], layout="imagefolder")


def test_folders_of_other_things_have_no_note(read):
    assert read(["cats", "dogs", "2019"]).notes == ()
