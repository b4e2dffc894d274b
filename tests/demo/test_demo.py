"""The faces of the demo: what is bundled is what is drawn, and unpacking it again changes nothing."""

from __future__ import annotations

import csv
import hashlib
import zipfile
from pathlib import Path

import bundle_faces
import pytest

from facestore.demo.demo import unpack_faces


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_bundled_faces_are_those_that_are_drawn(tmp_path):
    bundle_faces.bundle(tmp_path / "faces.zip")
    drawn, bundled = contents(tmp_path / "faces.zip"), contents(bundle_faces.ASSET)
    assert list(drawn) == list(bundled)
    assert drawn["labels.csv"] == bundled["labels.csv"]
    with zipfile.ZipFile(bundle_faces.ASSET) as archive:
        drawn_by = archive.comment.decode()
    if drawn_by != bundle_faces.drawn_by():
        pytest.skip(f"JPEGs of {bundle_faces.drawn_by()} may differ from those of {drawn_by}")
    assert (tmp_path / "faces.zip").read_bytes() == bundle_faces.ASSET.read_bytes()


def test_each_bundled_face_has_a_picture_and_labels(tmp_path):
    told: list[object] = []
    labels = unpack_faces(tmp_path / "faces", told.append)
    assert told == [
        f"Unpacking 720 synthetic faces (drawings, not people) in '{tmp_path / 'faces'}' ..."
    ]
    with labels.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [f"images/{number:06d}.jpg" for number in range(1, 721)]
    assert [row["file"] for row in rows] == names
    assert all(all(row.values()) for row in rows)
    found = digests(tmp_path / "faces")
    assert set(found) == {*names, "labels.csv"}
    assert len({found[name] for name in names}) == 720 - bundle_faces.N_EXACT


def test_unpacking_again_changes_nothing_and_mends_what_is_cut_off(tmp_path):
    labels = unpack_faces(tmp_path, print)
    first = digests(tmp_path)
    (tmp_path / "images" / "000007.jpg").write_bytes(b"cut off")
    assert unpack_faces(tmp_path, print) == labels
    assert digests(tmp_path) == first
