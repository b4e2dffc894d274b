"""JSON and YAML of people: a key that occurs twice is refused wherever one is handed in."""

from __future__ import annotations

import io
import tarfile

import pytest

from facestore.documents import RepeatedKeyError, json_lines, json_of, texts_of, yaml_of
from facestore.errors import FacestoreError, TableError
from facestore.importing.similarities import read_similarities
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_tables import read_label_table
from facestore.ingest.layouts.webdataset import read_webdataset
from facestore.mappings import read_mapping
from facestore.prompts import read_prompt_file
from facestore.records import AttributeClass
from facestore.training.published.config import read_json

GENDER = {"gender": [AttributeClass("Male", 1), AttributeClass("Female", 2)]}


def labels(path):
    return read_label_table(path, LabelRules(GENDER))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"a": 1, "a": 2}', "'a' occurs twice"),
        ('[{"a": 1}, {"b": {"a": 1, "a": 1}}]', "'a' occurs twice in row 2, 'b'"),
        ('{"x": {"a": 1, "a": 2}, "x": 3}', "'x' occurs twice"),
        ('{"1.jpg": {"a": 1, "a": 2}}', "'a' occurs twice in '1.jpg'"),
    ],
)
def test_a_key_of_json_is_named_with_its_place(text, says):
    with pytest.raises(RepeatedKeyError) as error:
        json_of(text)
    assert str(error.value) == says


def test_json_lines_are_numbered_as_an_editor_counts():
    assert [*json_lines('{"a": 1}\n\n3\r\n')] == [(1, {"a": 1}), (3, 3)]
    with pytest.raises(RepeatedKeyError, match=r"^'a' occurs twice in row 3$"):
        [*json_lines('{"a": 1}\n\n{"a": 1, "a": 1}')]
    with pytest.raises(ValueError, match=r"^row 2 is no JSON: Expecting value, at character 7$"):
        [*json_lines('{"a": 1}\n{"a": }')]


@pytest.mark.parametrize("read", [yaml_of, texts_of])
def test_a_key_of_yaml_is_named_with_its_lines(read):
    with pytest.raises(RepeatedKeyError, match=r"^'a' occurs twice, in lines 1 and 3$"):
        read("a: 1\nb: 2\na: 3\n")
    with pytest.raises(RepeatedKeyError, match=r"^'c' occurs twice, in line 2$"):
        read("a: 1\nb: {c: 1, c: 1}\n")
    with pytest.raises(ValueError, match="line 2"):
        read("a: [\n")


def test_what_yaml_brings_in_may_be_replaced():
    assert yaml_of("a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}")["b"] == {"x": 3, "y": 2}
    assert texts_of("{1: a, no: b}") == {"1": "a", "no": "b"}


@pytest.mark.parametrize(
    ("read", "name", "content", "says"),
    [
        (labels, "l.json", '[{"file": "1", "gender": "m", "gender": "f"}]', "'gender' .* in row 1"),
        (labels, "l.json", '{"1.jpg": "Male", "1.jpg": "Female"}', "'1.jpg' occurs twice"),
        (labels, "l.jsonl", '{"file": "1", "file": "2"}', "'file' occurs twice in row 1"),
        (read_similarities, "s.json", '{"1.jpg": {"a": 1, "a": 2}}', "'a' .* twice in '1.jpg'"),
        (read_prompt_file, "p.json", '{"a": "a man", "a": "a woman"}', "'a' occurs twice"),
        (read_prompt_file, "p.yaml", "templates: [a]\ntemplates: [b]", "in lines 1 and 2"),
        (read_mapping, "m.yaml", "values: {gender: {1: Male, '1': Female}}", "'1' occurs twice"),
        (read_json, "config.json", '{"a": 1, "a": 2}', "'a' occurs twice"),
    ],
)  # fmt: skip
def test_every_file_that_is_handed_in_is_refused(tmp_path, read, name, content, says):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(FacestoreError, match=says):
        read(path if read is not read_mapping else str(path))


def test_a_member_of_a_tar_is_named_with_its_key(tmp_path):
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as tar:
        for name, content in (
            ("1.jpg", b"x"), ("1.json", b'{"gender": "Male", "gender": "Female"}'),
            ("2.jpg", b"x"), ("2.json", b'{"gender": "Male"}'),
        ):  # fmt: skip
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    found = read_webdataset(tmp_path, [path], LabelRules(GENDER), "")
    assert found.table.labels["name"].to_list() == ["x.tar/2.jpg"]
    assert any("(1.json: 'gender' occurs twice)" in note for note in found.notes)


def test_the_error_of_a_table_says_what_to_do(tmp_path):
    (tmp_path / "l.jsonl").write_text('{"file": "1", "file": "2"}')
    with pytest.raises(TableError) as error:
        labels(tmp_path / "l.jsonl")
    assert str(error.value).endswith("'file' occurs twice in row 1. Keep one of the two.")
