"""Tables, exchange files, containers and weights that hurt: row of docs/reliability.md -> reading it.

A case takes a folder of its own, writes the file there, reads it as facestore does, and returns in
one line what came out.
"""

from __future__ import annotations

import gzip
import io
import json
import pickle
import tarfile
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from facestore.errors import counted
from facestore.importing.embeddings import read_image_vectors
from facestore.importing.prediction_tables import read_predictions
from facestore.importing.published import read_published
from facestore.importing.similarities import read_similarities
from facestore.ingest.embedding import ReadRequest, read_image
from facestore.ingest.layouts.label_tables import LabelRules, read_label_table
from facestore.ingest.layouts.layouts import read_manifest
from facestore.ingest.layouts.source_request import SourceRequest
from facestore.prompts import read_prompt_file
from support.containers import CLASSES, encoded, write_hugging_face, write_tar

NAMES_OF_CLASSES = {name: [each.name for each in classes] for name, classes in CLASSES.items()}


class Bomb:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def labels(content, name="labels.csv", **options):
    """Read a label table; say how many labels it has."""

    def run(folder):
        path = folder / name
        path.write_bytes(content() if callable(content) else content)
        table = read_label_table(path, LabelRules(CLASSES, **options))
        return counted(len(table.labels), "label")

    return run


def parquet_labels(table):
    def run(folder):
        path = folder / "labels.parquet"
        pq.write_table(table(), path)
        return counted(len(read_label_table(path, LabelRules(CLASSES)).labels), "label")

    return run


def file_for(read, name, content):
    """Write a file and read it with a parser."""

    def run(folder):
        path = folder / name
        path.write_bytes(content(folder) if callable(content) else content)
        return f"read: {read(path)!r:.60}"

    return run


def similarities(content):
    return file_for(read_similarities, "s.json", content)


def prompts(content):
    return file_for(read_prompt_file, "p.yaml", content)


def predictions(content):
    def read(path):
        return read_predictions(path, classes=NAMES_OF_CLASSES, attribute="gender", classifier="c")

    return file_for(read, "p.csv", content)


def published(content):
    def read(path):
        return read_published(
            path, classes=NAMES_OF_CLASSES, attributes={}, constants={}, renamed={}
        )

    return file_for(read, "f.csv", content)


def vectors(name="v.npz", **arrays):
    def content(_folder):
        out = io.BytesIO()
        np.savez(out, **arrays)
        return out.getvalue()

    return file_for(read_image_vectors, name, content)


def npz_bomb(_folder):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("emb.npy", b"")
        archive.infolist()[0].file_size = 0
    content = bytearray(out.getvalue())
    at = content.index(b"PK\x01\x02") + 24  # uncompressed size, in the central directory
    content[at : at + 4] = (4_000_000_000).to_bytes(4, "little")
    return bytes(content)


def source(make, name, **options):
    """Read a source to its last image; say what there is and what went wrong."""

    def run(folder):
        made = make(folder / name)
        assert made is None or made == folder / name
        found = read_manifest(SourceRequest(folder / name, LabelRules(CLASSES), **options))
        read = [read_image(entry, lambda _: ReadRequest(True), ()) for entry in found.entries]
        good = sum(each.error is None for each in read)
        errors = [each.error for each in read if each.error]
        return "; ".join([counted(good, "image"), *errors, *found.notes])

    return run


def tar_of(members):
    def make(path):
        return write_tar(path, members() if callable(members) else members)

    return source(make, "x.tar")


def header(name, **facts):
    found = tarfile.TarInfo(name)
    for key, value in facts.items():
        setattr(found, key, value)
    return found


def negative_tar(path):
    write_tar(path, {"1.jpg": encoded(1), "2.jpg": encoded(2)})
    content = bytearray(path.read_bytes())
    at = content.index(b"2.jpg\0")
    content[at + 124 : at + 136] = b"\xff" * 10 + b"\xf8\x00"  # a size of -2,048, in base 256
    content[at + 148 : at + 156] = b" " * 8
    content[at + 148 : at + 156] = b"%06o\0 " % sum(content[at : at + 512])
    path.write_bytes(content)


def cut_tar(path):
    write_tar(path, {"1.jpg": encoded(1), "2.jpg": encoded(2, size=200)})
    path.write_bytes(path.read_bytes()[:3000])


def nested_junk(path):
    pq.write_table(pa.table({"image": [[{"bytes": [1]}]], "x": [[[1]]]}), path)


def cut_parquet(path):
    write_hugging_face(path, [encoded(1)])
    path.write_bytes(path.read_bytes()[:-20])


def broken_page(path):
    write_hugging_face(path, [encoded(1, size=64), encoded(2, size=64)])
    content = bytearray(path.read_bytes())
    content[20:300] = b"\xff" * 280
    path.write_bytes(content)


def not_utf8(path):
    write_hugging_face(
        path, [encoded(1)], {"gender": pa.array([b"\xda\xff"], pa.binary()).view(pa.string())}
    )


def text(content):
    def make(path):
        path.write_text(content, encoding="utf-8")

    return make


def encoder_pickle(folder):
    import open_clip

    from facestore import resources
    from facestore.encoders.open_clip import load_encoder
    from facestore.model_names import ModelName

    config = json.loads((resources.asset("tiny_clip") / "open_clip_config.json").read_text())
    (folder / "small-vit.json").write_text(json.dumps(config["model_cfg"]))
    open_clip.add_model_config(folder / "small-vit.json")

    (folder / "model.pt").write_bytes(pickle.dumps(Bomb(folder / "executed"), 2))
    load_encoder(ModelName("small-vit", str(folder / "model.pt")), device="cpu")
    return "loaded"


def heads_pickle(folder):
    from facestore.training.files import load_heads

    (folder / "heads.safetensors").write_bytes(pickle.dumps(Bomb(folder / "executed"), 2))
    return repr(load_heads(folder / "heads.safetensors"))


def heads_header(folder):
    from facestore.training.files import load_heads

    (folder / "heads.safetensors").write_bytes((2**62).to_bytes(8, "little") + b"{}")
    return repr(load_heads(folder / "heads.safetensors"))


def checkpoint_pickle(folder):
    from facestore.training.gradients.checkpoint import load_checkpoint

    (folder / "t.ckpt").write_bytes(pickle.dumps(Bomb(folder / "executed"), 2))
    return repr(load_checkpoint(folder / "t.ckpt", "x"))


CASES = {
    # label tables
    "CSV of a million columns": labels(lambda: b",".join([b"file", *[b"c"] * 10**6]) + b"\n"),
    "CSV with a byte order mark": labels(b"\xef\xbb\xbffile,gender\n1.jpg,Male\n"),
    "CSV with semicolons": labels(b"file;gender\n1.jpg;Male\n"),
    "CSV with a header twice": labels(b"file,gender,gender\n1.jpg,Male,Female\n"),
    "CSV without a header": labels(b"1.jpg,Male\n2.jpg,Female\n"),
    "CSV with a header and no rows": labels(b"file,gender\n"),
    "CSV of nothing": labels(b""),
    "CSV in UTF-16": labels("file,gender\n1.jpg,Male\n".encode("utf-16")),
    "CSV in Latin-1": labels("file,gender\né.jpg,Male\n".encode("latin-1")),
    "CSV compressed with gzip": labels(gzip.compress(b"file,gender\n1.jpg,Male\n")),
    "workbook called .csv": labels(b"PK\x03\x04" + b"\x00" * 40),
    "CSV with rows of other lengths": labels(b"file,gender\n1.jpg,Male,x,y\n2.jpg\n"),
    "CSV with a quote that does not end": labels(b'file,gender\n"1.jpg,Male\n2.jpg,Male\n'),
    "CSV with a quote that does not end in its header": labels(b'file,"gender\n1.jpg,Male\n'),
    "CSV with a NUL in a name": labels(b"file,gender\n1\x00.jpg,Male\n"),
    "CSV with a file twice": labels(b"file,gender\n1.jpg,Male\n1.jpg,Female\n"),
    "CSV with SQL as a label": labels(b"file,gender\n1.jpg,'); drop table labels; --\n"),
    "CSV that was in a spreadsheet": labels(b"file,age\n1.jpg,Feb-00\n2.jpg,2-Jan\n"),
    "Parquet of labels with nested junk": parquet_labels(
        lambda: pa.table({"file": ["1.jpg"], "gender": [["Male"]], "x": [{"a": [b"\xff"]}]})
    ),
    "Parquet that is text": labels(b"file,gender\n", "labels.parquet"),
    "JSON lines of labels with a key twice": labels(
        b'{"file": "1.jpg", "gender": "Male"}\n{"file": "2.jpg", "gender": "m", "gender": "f"}',
        "labels.jsonl",
    ),
    # exchange files
    "JSON with NaN": similarities(b'{"1.jpg": {"a": NaN}}'),
    "JSON with a number of 400 digits": similarities(b'{"1.jpg": {"a": 1%s}}' % (b"0" * 400)),
    "JSON with a name twice": similarities(b'{"1.jpg": {"a": 1}, "1.jpg": {"a": 2}}'),
    "JSON nested 100,000 deep": similarities(b"[" * 100_000),
    "JSON that is a list": similarities(b"[1, 2]"),
    "YAML with a key twice": prompts(b"words: {}\nwords: {}\n"),
    "YAML that calls a function": prompts(b"!!python/object/apply:os.system [id]"),
    "YAML of a hundred million prompts": prompts(
        json.dumps(
            {"words": {"w": {str(i): {} for i in range(100)}}, "templates": ["{w}{w}{w}{w}"]}
        ).encode()
    ),
    "YAML nested 2,000 deep": prompts(b"[" * 2_000),
    "predictions with words as scores": predictions(b"file,predicted,score\n1.jpg,Male,high\n"),
    "predictions of an unknown class": predictions(b"file,predicted\n1.jpg,<script>\n"),
    "published figures in per cent": published(b"dataset,attribute,value\nd,gender,95.1\n"),
    "npz with pickled objects": vectors(
        files=np.array([Bomb("/tmp/facestore-executed")]), emb=np.ones((1, 2))
    ),
    "npz that would become gigabytes": file_for(read_image_vectors, "v.npz", npz_bomb),
    "npz that is cut": file_for(read_image_vectors, "v.npz", b"PK\x03\x04half"),
    "npy without names": file_for(read_image_vectors, "v.npy", b"\x93NUMPY"),
    "vectors with NaN": vectors(files=np.array(["1.jpg"]), emb=np.array([[np.nan, 1]])),
    "vectors of length 0": vectors(files=np.array(["1.jpg"]), emb=np.zeros((1, 2))),
    # containers
    "tar with ../ members": tar_of({"../../evil.jpg": encoded(1), "good.jpg": encoded(2)}),
    "tar with absolute members": tar_of({"/tmp/evil.jpg": encoded(1), "good.jpg": encoded(2)}),
    "tar with links and devices": tar_of(
        lambda: {
            "1.jpg": header("1.jpg", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
            "2.jpg": header("2.jpg", type=tarfile.CHRTYPE),
            "3.jpg": encoded(3),
        }
    ),
    "tar that is cut": source(cut_tar, "x.tar"),
    "tar with a negative size": source(negative_tar, "x.tar"),
    "tar that is text": source(text("hello"), "x.tar"),
    "tar with JSON that is NaN": tar_of({"1.jpg": encoded(1), "1.json": b'{"age": NaN}'}),
    "tar that is compressed": source(text("x"), "x.tar.gz"),
    "Parquet with nested junk instead of images": source(
        nested_junk, "x.parquet", layout="parquet"
    ),
    "Parquet with rows without an image": source(
        lambda path: write_hugging_face(path, [None, b"junk", encoded(1)]), "x.parquet"
    ),
    "Parquet that is cut": source(cut_parquet, "x.parquet", layout="parquet"),
    "Parquet with labels that are not UTF-8": source(not_utf8, "x.parquet"),
    "Parquet with a page of junk": source(broken_page, "x.parquet"),
    "list with a URI of a local device": source(text("file\nfile:///dev/zero\n"), "l.csv"),
    "list with a device": source(text("file\n/dev/zero\n"), "l.csv"),
    "list with a URI in a URI": source(text("file\nzip://a::http://127.0.0.1:9/b\n"), "l.csv"),
    "list without a column of files": source(text("who,age\nx,3\n"), "l.csv"),
    "metadata.jsonl that is broken": source(
        lambda path: [
            path.mkdir(),
            (path / "1.jpg").write_bytes(encoded(1)),
            (path / "metadata.jsonl").write_text('{"file_name": '),
        ][0],
        "set",
    ),
    "pattern of a billion files": source(lambda _path: None, "x-{1..1000000000}.tar"),
    # weights
    "weights that are a pickle with code": encoder_pickle,
    "heads that are a pickle with code": heads_pickle,
    "heads with a header of 4 EB": heads_header,
    "checkpoint of a training that is a pickle with code": checkpoint_pickle,
}
