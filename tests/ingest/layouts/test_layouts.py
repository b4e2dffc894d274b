from __future__ import annotations

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import polars as pl
import pytest
from support.containers import CLASSES, encoded, write_hugging_face, write_tar
from support.pictures import write_labels, write_picture

from facestore.errors import InputError, TableError
from facestore.images.places import ImageSource, expand, is_there, root_of
from facestore.images.walk import printable
from facestore.ingest.layouts.label_tables import LabelRules
from facestore.ingest.layouts.layouts import read_manifest
from facestore.ingest.layouts.source_request import SourceRequest
from facestore.mappings import LabelMapping

RULES = LabelRules(CLASSES)


def names(manifest):
    return [entry.name for entry in manifest.entries]


def labels(manifest):
    return sorted(manifest.table.labels.select("name", "attribute", "label").rows())


def contents(manifest):
    return [entry.file.read_bytes() for entry in manifest.entries]


def read_again(source, manifest):
    """Read all images again by the path of their samples, as a training does."""
    place = ImageSource(source, manifest.layout)
    return [place.file(name).read_bytes() for name in names(manifest)]


@pytest.fixture
def images():
    return [encoded(seed) for seed in range(5)]


@pytest.fixture
def folder(tmp_path):
    for name in ("train/Male/1.png", "train/Female/2.png", "validation/Male/3.png"):
        write_picture(tmp_path / "set" / name, seed=len(name), size=16)
    return tmp_path / "set"


def test_folders_called_as_classes_are_labels_and_folders_called_as_splits_are_splits(folder):
    found = read_manifest(SourceRequest(folder, RULES))
    assert (found.layout, found.reason) == (
        "imagefolder",
        "folders called as the classes of 'gender'",
    )
    assert labels(found) == [
        ("train/Female/2.png", "gender", "Female"),
        ("train/Male/1.png", "gender", "Male"),
        ("validation/Male/3.png", "gender", "Male"),
    ]
    assert found.splits == {
        "train/Female/2.png": "train",
        "train/Male/1.png": "train",
        "validation/Male/3.png": "validation",
    }
    assert read_again(folder, found) == contents(found)


def test_folders_of_another_attribute_have_to_be_named(folder):
    (folder / "train" / "Male").rename(folder / "train" / "cat")
    assert read_manifest(SourceRequest(folder, RULES)).layout == "folder"
    with pytest.raises(InputError, match=r"cat\).*`attributes=NAME`"):
        read_manifest(SourceRequest(folder, RULES, layout="imagefolder"))
    with pytest.raises(TableError, match="'cat'"):
        read_manifest(SourceRequest(folder, LabelRules(CLASSES, ["gender"])))
    found = read_manifest(SourceRequest(folder, LabelRules(CLASSES, ["animal"], new_classes=True)))
    assert ("train/cat/1.png", "animal", "cat") in labels(found)
    assert set(found.table.new_classes) == {("animal", n) for n in ("cat", "Female", "Male")}


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_metadata_beside_the_images_says_their_labels(folder, kind):
    rows = pl.DataFrame(
        {"file_name": ["Male/1.png", "./Female/2.png", "gone.png"], "age": ["25", "0-2", "0-2"],
         "text": ["a", "b", "c"]}
    )  # fmt: skip
    path = folder / "train" / f"metadata.{kind}"
    {"csv": rows.write_csv, "jsonl": rows.write_ndjson, "parquet": rows.write_parquet}[kind](path)
    found = read_manifest(SourceRequest(folder, RULES))
    assert found.reason == f"images with 'train/metadata.{kind}'"
    assert labels(found)[:2] == [
        ("train/Female/2.png", "age", "0-2"),
        ("train/Male/1.png", "age", "20-29"),
    ]
    assert found.table.names[-1] == "train/gone.png"
    assert found.table.ignored == ("text",)
    assert found.n_other == 0


def test_metadata_without_a_row_is_told(folder):
    for split, row in (("train", "Male/1.png,f\n"), ("validation", ",\n")):
        (folder / split / "metadata.csv").write_text(f"file_name,gender\n{row}")
    found = read_manifest(SourceRequest(folder, RULES))
    assert labels(found) == [("train/Male/1.png", "gender", "Female")]
    assert found.table.notes == ("'validation/metadata.csv' has no rows, and so no labels",)


@pytest.mark.parametrize("text", ["file\tgender\n", "file\tgender\n\t\n"])
def test_a_list_without_a_row_is_refused(tmp_path, text):
    (tmp_path / "l.tsv").write_text(text)
    with pytest.raises(TableError, match="it has no rows"):
        read_manifest(SourceRequest(tmp_path / "l.tsv", RULES))


@pytest.mark.parametrize("said", [None, "utkface"])
def test_paths_of_images_without_their_bytes_are_a_list_whatever_is_known(tmp_path, said):
    pl.DataFrame({"image": [{"path": "a.png", "bytes": None}], "name": ["a"]}).write_parquet(
        tmp_path / "l.parquet"
    )
    write_picture(tmp_path / "a.png", seed=1)
    rules = LabelRules(CLASSES, mapping=LabelMapping.of(mapping=said))
    found = read_manifest(SourceRequest(tmp_path / "l.parquet", rules, layout="list"))
    assert [each.name for each in found.entries] == ["a.png"]


def test_codes_in_metadata_and_in_a_list_are_read_by_a_source_of_other_columns(folder):
    rules = LabelRules(CLASSES, mapping=LabelMapping.of(mapping="utkface"))
    table = folder / "train" / "metadata.csv"
    table.write_text("file_name,gender,race\nMale/1.png,1,0\n")
    assert labels(read_manifest(SourceRequest(folder, rules))) == [
        ("train/Male/1.png", "gender", "Female"),
        ("train/Male/1.png", "race", "White"),
    ]
    assert labels(read_manifest(SourceRequest(table, rules, layout="list")))[0][2] == "Female"


def test_rows_of_parquet_files_are_samples_and_numbers_of_classes_get_their_names(tmp_path, images):
    for number in range(2):
        write_hugging_face(
            tmp_path / "data" / f"train-0000{number}-of-00002.parquet",
            images,
            {"gender": [0, 1, 1, -1, 0], "race": ["White", "Black", "White", None, "Black"],
             "service_test": [True, False, True, True, False], "caption": list("abcde")},
            {"gender": ["Male", "Female"]},
            row_group_size=2,
        )  # fmt: skip
    found = read_manifest(SourceRequest(tmp_path / "data", RULES))
    assert (found.layout, found.reason) == ("parquet", "2 Parquet files with a column of images")
    name = "train-00001-of-00002.parquet"
    assert names(found)[5:] == [f"{name}/{row}" for row in range(5)]
    assert [row for row in labels(found) if row[0] == f"{name}/1"] == [
        (f"{name}/1", "gender", "Female"),
        (f"{name}/1", "race", "Black"),
    ]
    assert not [row for row in labels(found) if row[0] == f"{name}/3"]
    assert found.table.tags[f"{name}/2"] == ("service_test",)
    assert set(found.splits.values()) == {"train"}
    assert found.table.ignored == ("caption",)
    assert contents(found) == images * 2


def test_rows_are_read_in_any_order_and_by_many_threads(tmp_path):
    images = [f"picture {i}".encode() for i in range(200)]
    path = write_hugging_face(tmp_path / "x.parquet", images, row_group_size=70)
    source = ImageSource(path, "parquet")
    order = [*range(199, -1, -7), *range(200)]
    assert [source.file(f"x.parquet/{i}").read_bytes() for i in order] == [images[i] for i in order]
    wrong = []

    def read(rows):
        wrong.extend(i for i in rows if source.file(f"x.parquet/{i}").read_bytes() != images[i])

    threads = [threading.Thread(target=read, args=(range(k, 200, 4),)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_reading_a_parquet_file_of_one_row_group_holds_a_few_rows(tmp_path):
    import pyarrow as pa

    images = [os.urandom(50_000) for _ in range(400)]
    path = write_hugging_face(tmp_path / "big.parquet", images, row_group_size=400)
    before = pa.total_allocated_bytes()
    found = read_manifest(SourceRequest(path, RULES))
    most = 0
    for entry, expected in zip(found.entries, images, strict=True):
        assert entry.file.read_bytes() == expected
        most = max(most, pa.total_allocated_bytes() - before)
    assert most < len(images) * 50_000 / 2


def test_members_of_a_key_belong_together_over_a_range_of_tars(tmp_path, images):
    for shard in range(2):
        write_tar(
            tmp_path / f"shard-000{shard}.tar",
            {
                "a/0001.jpg": images[shard],
                "a/0001.json": json.dumps({"gender": "Male", "age": 25, "id": 7}).encode(),
                "0002.left.PNG": images[2],
                "0002.json": b'{"gender": "Female", "age": null, "boxes": [1]}',
                "0003.webp": images[3],
                "readme.md": b"x",
            },
        )
    pattern = tmp_path / "shard-{0000..0001}.tar"
    found = read_manifest(SourceRequest(pattern, RULES))
    assert (found.layout, found.reason) == ("webdataset", "2 tar files")
    assert names(found)[:3] == [
        f"shard-0000.tar/{n}" for n in ("a/0001.jpg", "0002.left.PNG", "0003.webp")
    ]
    assert labels(found)[:3] == [
        ("shard-0000.tar/0002.left.PNG", "gender", "Female"),
        ("shard-0000.tar/a/0001.jpg", "age", "20-29"),
        ("shard-0000.tar/a/0001.jpg", "gender", "Male"),
    ]
    assert found.table.ignored == ("id",)
    assert found.table.left_out == {"boxes": 2}
    assert found.n_other == 2
    assert contents(found) == [images[i] for i in (0, 2, 3, 1, 2, 3)]
    assert read_again(pattern, found) == contents(found)
    assert is_there(pattern)
    assert not is_there(tmp_path / "shard-{0000..0002}.tar")


def test_numbers_of_classes_have_names_in_a_file_beside_the_tars(tmp_path, images):
    members = {"1.jpg": images[0], "1.cls": b"1\n", "2.jpg": images[1], "2.cls": b"0"}
    write_tar(tmp_path / "test" / "0.tar", members)
    (tmp_path / "classnames.txt").write_text("Male\nFemale\n")
    found = read_manifest(SourceRequest(tmp_path / "test", RULES))
    assert labels(found) == [("0.tar/1.jpg", "gender", "Female"), ("0.tar/2.jpg", "gender", "Male")]


def test_texts_are_labels_where_they_are_classes_and_else_said_to_be_unread(tmp_path, images):
    path = write_tar(tmp_path / "x.tar", {"1.jpg": images[0], "1.txt": b"Female"})
    assert labels(read_manifest(SourceRequest(path, RULES))) == [
        ("x.tar/1.jpg", "gender", "Female")
    ]
    write_tar(path, {"1.jpg": images[0], "1.txt": b"a face"})
    found = read_manifest(SourceRequest(path, RULES))
    assert labels(found) == []
    assert found.table.ignored == (".txt (which attribute is it?)",)


def test_a_label_table_comes_instead_of_the_labels_inside(tmp_path, images):
    path = write_tar(
        tmp_path / "x.tar", {"1.jpg": images[0], "1.txt": b"Female", "2.jpg": images[1]}
    )
    table = write_labels(tmp_path / "l.csv", {"2.jpg": ("0-2", "Male", "White")})
    found = read_manifest(SourceRequest(path, RULES, labels=table))
    assert found.by_tail
    assert {row[0] for row in labels(found)} == {"2.jpg"}


def test_a_list_names_files_of_its_folder_others_and_uris(tmp_path, web):
    write_picture(tmp_path / "lists" / "near.png", seed=1)
    far = write_picture(tmp_path / "elsewhere" / "far.png", seed=2)
    rows = ["near.png", str(far), f"{web}/3.jpg"]
    path = tmp_path / "lists" / "all.csv"
    path.write_text("url,gender\n" + "".join(f"{row},Male\n" for row in rows))
    found = read_manifest(SourceRequest(path, RULES))
    assert (found.layout, found.reason) == (
        "list",
        "a table with a column 'url' of paths and URIs",
    )
    assert names(found) == rows
    assert contents(found)[1:] == [far.read_bytes(), encoded(3)]
    assert read_again(path, found) == contents(found)


def test_uris_that_fail_say_why_in_the_same_words_each_time(web, tmp_path):
    place = ImageSource(tmp_path, "list")
    expected = {
        f"{web}/missing.jpg": "not found at its URI",
        f"{web}/broken.jpg": "cannot be had from its URI (ClientResponseError)",
        "http://127.0.0.1:9/x.jpg": "cannot be had from its URI (ClientConnectorError)",
        "file:///etc/hostname": "URIs of file: are not read",
        "simplecache::http://x/y": "URIs of simplecache: are not read",
        "memory://x": "URIs of memory: are not read",
    }
    for uri, reason in expected.items():
        with pytest.raises(OSError) as raised:
            place.file(uri).read_bytes()
        assert raised.value.strerror == reason


@pytest.fixture(scope="module")
def web():
    """Serve pictures on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            name = self.path.removeprefix("/").removesuffix(".jpg")
            body = encoded(int(name)) if name.isdecimal() else b""
            self.send_response({"missing": 404, "broken": 500}.get(name, 200))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("protocol", "extra"), [("s3", "s3"), ("gs", "gs")])
def test_a_protocol_without_its_library_is_refused_before_anything_is_read(
    tmp_path, protocol, extra, monkeypatch
):
    import fsspec

    def missing(name, **_):
        raise ImportError(name)

    monkeypatch.setattr(fsspec, "filesystem", missing)
    path = tmp_path / "l.csv"
    path.write_text(f"file\n{protocol}://bucket/1.jpg\n")
    with pytest.raises(InputError, match=rf"pip install 'facestore\[{extra}\]'"):
        read_manifest(SourceRequest(path, RULES))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("s-{08..11}.tar", ["s-08.tar", "s-09.tar", "s-10.tar", "s-11.tar"]),
        ("{a,b}-{1..2}", ["a-1", "a-2", "b-1", "b-2"]),
        ("x-{3..1}", ["x-3", "x-2", "x-1"]),
        ("plain", ["plain"]),
    ],
)
def test_braces_are_expanded_as_a_shell_does(pattern, expected):
    from pathlib import Path

    assert [str(path) for path in expand(Path(pattern))] == expected


def test_a_pattern_of_too_many_files_is_refused_at_once(tmp_path):
    for pattern in ("{1..99999999999999}.tar", "{1..999}{1..999}{1..999}.tar"):
        with pytest.raises(InputError, match="1,000,000 files"):
            read_manifest(SourceRequest(tmp_path / pattern, RULES))


def test_paths_start_at_the_folder_before_the_braces(tmp_path):
    assert root_of(tmp_path / "a-{0..1}" / "x.tar") == tmp_path
    assert root_of(tmp_path / "x-{0..1}.tar") == tmp_path
    assert root_of(tmp_path) == tmp_path


@pytest.mark.parametrize(
    ("layout", "says"),
    [
        ("nonsense", "No layout 'nonsense'. Known: auto, csv, folder"),
        ("csv", "needs the table"),
        ("parquet", "has no image files"),
        ("webdataset", "has no image files"),
        ("list", "is a folder: give the table"),
    ],
)
def test_a_layout_that_a_source_does_not_have_is_refused(folder, layout, says):
    with pytest.raises(InputError, match=says):
        read_manifest(SourceRequest(folder, RULES, layout=layout))


def test_a_forced_layout_says_that_it_was_forced(folder):
    found = read_manifest(SourceRequest(folder, RULES, layout="folder"))
    assert (found.layout, found.reason, labels(found)) == ("folder", "as `layout=` says", [])


def test_a_source_that_cannot_be_recognised_says_what_was_expected(tmp_path):
    (tmp_path / "x.tar.gz").write_bytes(b"x")
    (tmp_path / "x.txt").write_text("x")
    for given, says in {
        "x.tar.gz": "compressed tar",
        "x.txt": "expected a folder of images, a .tar",
        "none": "is not there",
        "x-{1..2}.tar": "2 of the 2 files .* are not there",
    }.items():
        with pytest.raises(InputError, match=says):
            read_manifest(SourceRequest(tmp_path / given, RULES))
    from pathlib import Path

    with pytest.raises(InputError, match="is a URI"):
        read_manifest(SourceRequest(Path("s3://bucket/x.tar"), RULES))


def test_a_sample_is_read_again_under_the_name_that_its_label_table_gave_it(tmp_path):
    inner = write_picture(tmp_path / "images" / "val" / "1.png", seed=1)
    deep = write_picture(tmp_path / "images" / "val" / "deep" / "2.png", seed=2)
    place = ImageSource(tmp_path / "images" / "val", "csv")
    assert place.file("val/1.png").read_bytes() == inner.read_bytes()
    assert place.file("fairface/val/1.png").read_bytes() == inner.read_bytes()
    assert place.file("2.png").read_bytes() == deep.read_bytes()


@pytest.mark.parametrize("path", ["../secret.png", "/etc/hostname", "a/../../secret.png"])
def test_the_path_of_a_sample_leads_nowhere_outside(tmp_path, path):
    write_picture(tmp_path / "secret.png", seed=1)
    (tmp_path / "in").mkdir()
    with pytest.raises(OSError, match="leads out of the folder"):
        ImageSource(tmp_path / "in").file(path).read_bytes()


def test_a_name_that_is_no_utf_8_is_written_with_its_bytes():
    assert printable(os.fsdecode(b"a\xff.jpg")) == r"a\xff.jpg"
