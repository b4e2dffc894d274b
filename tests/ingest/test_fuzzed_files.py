"""Whatever is in a file, its parser gives a result or an error of facestore, and nothing else."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.containers import CLASSES, encoded, write_hugging_face, write_tar

from facestore.errors import FacestoreError
from facestore.images.places import ImageSource
from facestore.importing.embeddings import read_image_vectors, read_text_vectors
from facestore.importing.prediction_tables import read_predictions
from facestore.importing.published import read_published
from facestore.importing.similarities import read_similarities
from facestore.ingest.embedding import ReadRequest, read_image
from facestore.ingest.layouts.label_tables import LabelRules, read_label_table
from facestore.ingest.layouts.layouts import read_manifest
from facestore.ingest.layouts.source_request import SourceRequest
from facestore.ingest.layouts.utkface import utkface_labels
from facestore.prompts import read_prompt_file

RULES = LabelRules(CLASSES)
NAMES = {name: [each.name for each in classes] for name, classes in CLASSES.items()}
QUICK = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])

cells = st.one_of(
    st.sampled_from(
        ["file", "gender", "age", "Male", "1.jpg", "25", "predicted", "value", "split"]
    ),
    st.text(max_size=8),
    st.floats().map(str),
)
tables = st.lists(st.lists(cells, max_size=5), max_size=5).map(
    lambda rows: "\n".join(",".join(row) for row in rows).encode("utf-8", "surrogatepass")
)
headed = st.tuples(
    st.sampled_from(
        [b"file,gender,age\n", b"file,predicted,score\n", b"dataset,attribute,value\n"]
    ),
    tables,
).map(b"".join)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | cells,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(cells, inner, max_size=3),
    max_leaves=8,
)
jsons = values.map(lambda value: json.dumps(value).encode())
junk = st.binary(max_size=200)


def outcome(read, name, content):
    """Read a file with this content; any error besides facestore's comes out."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            return read(path)
        except FacestoreError:
            return None


def images_of(path):
    """Read a source to its last image, twice: by its entries and by the paths of samples."""
    found = read_manifest(SourceRequest(path, RULES))
    place = ImageSource(path, found.layout)
    for entry in found.entries:
        result = read_image(entry, lambda _: ReadRequest(True), ())
        assert (result.error is None) == (result.image_id is not None)
        again = read_image(
            type(entry)(place.file(entry.name), entry.name), lambda _: ReadRequest(True), ()
        )
        assert again.image_id == result.image_id
    return found


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet", ".jsonl"])
@given(content=headed | tables | jsons | junk)
@example(content=b'file,gender\n"a\x00,Male\r')
@QUICK
def test_label_tables(suffix, content):
    outcome(lambda path: read_label_table(path, LabelRules(CLASSES)), f"l{suffix}", content)


@given(
    names=st.lists(
        st.text(max_size=30) | st.from_regex(r"\d{1,4}_[0-9]_[0-9]_\d{5,17}"), max_size=5
    )
)
@QUICK
def test_utkface_names(names):
    table = utkface_labels(names, CLASSES["age"])
    assert len(table.names) + len(table.malformed) == len(names)


@given(content=jsons | junk)
@QUICK
def test_similarities(content):
    outcome(read_similarities, "s.json", content)


@given(scores=st.dictionaries(st.text(max_size=5), st.dictionaries(cells, values, max_size=3)))
@QUICK
def test_similarities_of_nearly_the_right_form(scores):
    table = outcome(read_similarities, "s.json", json.dumps(scores).encode())
    assert table is None or table["cosine"].is_between(-1, 1).all()


@given(content=headed | tables | junk)
@QUICK
def test_predictions(content):
    def read(path):
        return read_predictions(path, classes=NAMES, attribute="gender", classifier="c")

    outcome(read, "p.csv", content)


@given(
    columns=st.dictionaries(
        st.sampled_from(["file", "predicted", "classifier", "attribute", "score", "k", "value"]),
        st.lists(values, min_size=2, max_size=2),
        max_size=5,
    )
)
@QUICK
def test_predictions_in_parquet(columns):
    try:
        content = io.BytesIO()
        pl.DataFrame(columns, strict=False).write_parquet(content)
    except (pl.exceptions.PolarsError, TypeError, OverflowError, ValueError):
        return  # no table can be made of it

    def read(path):
        return read_predictions(path, classes=NAMES)

    outcome(read, "p.parquet", content.getvalue())


@given(content=headed | tables | junk)
@QUICK
def test_published_figures(content):
    def read(path):
        return read_published(
            path, classes=NAMES, attributes={}, constants={"dataset": "d"}, renamed={}
        )

    outcome(read, "f.csv", content)


dtypes = st.sampled_from(["f4", "f8", "f2", "i8", "U5", "S5", "c8", "?", "M8[s]", "u1"])
shapes = st.lists(st.integers(0, 3), max_size=3)


@given(kinds=st.tuples(dtypes, dtypes), sizes=st.tuples(shapes, shapes), cut=st.integers(0, 300))
@QUICK
def test_vectors_in_npz(kinds, sizes, cut):
    out = io.BytesIO()
    arrays = [np.zeros(size, kind) for kind, size in zip(kinds, sizes, strict=True)]
    np.savez(out, files=arrays[0], emb=arrays[1])
    content = out.getvalue()
    for whole in (content, content[: len(content) - cut]):
        outcome(read_image_vectors, "v.npz", whole)
        outcome(read_text_vectors, "v.npz", whole)


@given(
    content=junk, header=st.sampled_from([b"", b"\x93NUMPY\x01\x00v\x00{'descr': '<f4'", b"PAR1"])
)
@QUICK
def test_vectors_of_junk(content, header):
    for name in ("v.npz", "v.parquet"):
        outcome(read_image_vectors, name, header + content)
    with tempfile.TemporaryDirectory() as folder:
        names = Path(folder) / "names.parquet"
        pl.DataFrame({"key": ["a"]}).write_parquet(names)
        outcome(lambda path: read_image_vectors(path, metadata=names), "v.npy", header + content)


@given(content=jsons | junk | st.text(max_size=60).map(lambda text: text.encode()))
@example(content=b"?")
@QUICK
def test_prompts(content):
    outcome(read_prompt_file, "p.yaml", content)
    outcome(read_prompt_file, "p.json", content)


@given(
    spec=st.fixed_dictionaries(
        {},
        optional={
            "words": values | st.dictionaries(st.just("w"), values),
            "templates": values | st.lists(st.sampled_from(["{w}", "{a} {w}", "{", "{x}"])),
            "prompts": values,
            "key": values | st.just("{w:class}"),
            "description": values,
        },
    )
)
@QUICK
def test_prompts_of_nearly_the_right_form(spec):
    outcome(read_prompt_file, "p.yaml", json.dumps(spec).encode())


members = st.dictionaries(
    st.sampled_from(["a.jpg", "a.json", "a.cls", "a.txt", "b.png", "../c.jpg", "d/e.webp"]),
    st.sampled_from([encoded(1), encoded(2, "png")]) | jsons | junk,
    max_size=5,
)


@given(content=members, at=st.integers(0, 5000), byte=st.integers(0, 255), cut=st.integers(0, 9000))
@QUICK
def test_webdataset(content, at, byte, cut):
    with tempfile.TemporaryDirectory() as folder:
        whole = bytearray(write_tar(Path(folder) / "x.tar", content).read_bytes())
    broken = bytearray(whole)
    broken[at % len(broken)] = byte
    for each in (whole, broken, whole[: len(whole) - cut], b"x"):
        outcome(images_of, "x.tar", bytes(each))


@given(
    labels=st.lists(values, min_size=2, max_size=2),
    at=st.integers(0, 5000),
    byte=st.integers(0, 255),
    metadata=values,
)
@QUICK
def test_hugging_face_parquet(labels, at, byte, metadata):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.parquet"
        write_hugging_face(
            path,
            [encoded(1), b"junk"],
            {"gender": [str(each) for each in labels]},
            {"gender": metadata},
        )
        whole = bytearray(path.read_bytes())
    broken = bytearray(whole)
    broken[at % len(broken)] = byte
    outcome(images_of, "x.parquet", bytes(whole))
    outcome(images_of, "x.parquet", bytes(broken))


def test_metadata_that_is_no_text_is_passed_over():
    strange = {b"\xff": b"\xfe"}
    images = pa.array([{"bytes": encoded(1), "path": None}])
    fields = [pa.field("image", images.type), pa.field("gender", pa.string(), metadata=strange)]
    table = pa.table([images, ["Male"]], schema=pa.schema(fields, metadata=strange))
    content = io.BytesIO()
    pq.write_table(table, content)
    found = outcome(images_of, "x.parquet", content.getvalue())
    assert found.table.labels["label"].to_list() == ["Male"]


@given(
    rows=st.lists(st.text(max_size=20) | st.sampled_from(["/dev/zero", "..", "x://y"]), max_size=4)
)
@QUICK
def test_lists(rows):
    table = io.BytesIO()
    pl.DataFrame({"file": rows}, schema={"file": pl.String}).write_parquet(table)
    outcome(images_of, "l.parquet", table.getvalue())
