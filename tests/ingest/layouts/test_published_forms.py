"""Forms in which data sets are published: taken in, or refused with what helps."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.containers import CLASSES
from support.pictures import write_picture

from facestore.errors import InputError
from facestore.ingest.layouts.label_tables import LabelRules
from facestore.ingest.layouts.layouts import SourceRequest, read_manifest


def read(source, **more):
    return read_manifest(SourceRequest(source, LabelRules(CLASSES), **more))


@pytest.mark.parametrize(
    ("layout", "names"),
    [
        ("folder", ["Aaron_Eckhart/Aaron_Eckhart_0001.jpg", "Abel_Pacheco/Abel_Pacheco_0001.jpg"]),
        ("folder", ["train/n000001/0001_01.jpg", "train/n000002/0001_01.jpg"]),
        ("folder", ["faces/30601258@N03/landmark_aligned_face.1.1039_o.jpg"]),
        ("folder", ["img_align_celeba/img_align_celeba/000001.jpg"]),
        ("folder", ["009055_1M54.JPG", "013805_0F32.JPG"]),
        ("utkface", ["part1/26_1_0_20170116174525125.jpg", "part2/1_0_0_20170109190654120.jpg"]),
        ("imagefolder", ["test/Female/1.jpg", "train/Male/1.jpg"]),
    ],
)
def test_a_folder_as_it_is_unpacked_is_taken_in_without_what_systems_leave(tmp_path, layout, names):
    for i, name in enumerate(names):
        write_picture(tmp_path / "f" / name, seed=i)
    (tmp_path / "f" / "__MACOSX").mkdir()
    for left in ("__MACOSX/._1.jpg", ".DS_Store", "._1.jpg", "Thumbs.db"):
        (tmp_path / "f" / left).write_bytes(b"x")
    found = read(tmp_path / "f")
    assert (found.layout, [each.name for each in found.entries]) == (layout, names)


@pytest.mark.parametrize("name", ["archive.zip", "faces.7z"])
def test_an_archive_is_to_be_unpacked(tmp_path, name):
    (tmp_path / name).write_bytes(b"PK")
    with pytest.raises(InputError, match="is an archive: unpack it, and give the folder"):
        read(tmp_path / name)


@pytest.mark.parametrize("kind", [pa.binary(), pa.null()])
def test_a_table_with_paths_of_images_and_no_bytes_says_so(tmp_path, kind):
    struct = pa.struct([("bytes", kind), ("path", pa.string())])
    column = pa.array([{"bytes": None, "path": "1.jpg"}], struct)
    pq.write_table(pa.table({"image": column}), tmp_path / "train.parquet")
    with pytest.raises((InputError, OSError), match="a column `file`"):
        read(tmp_path / "train.parquet").entries[0].file.read_bytes()
    write_picture(tmp_path / "1.jpg", seed=1)
    (tmp_path / "list.csv").write_text("file\n1.jpg\n")  # what the line says
    assert read(tmp_path / "list.csv").entries[0].file.read_bytes()
