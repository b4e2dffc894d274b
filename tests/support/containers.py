"""Tars and Parquet files of pictures for tests, made by code, in the forms that circulate."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from facestore.records import AttributeClass
from support.pictures import picture

CLASSES = {
    "age": [AttributeClass("0-2", 1, 0, 2), AttributeClass("20-29", 2, 20, 29)],
    "gender": [AttributeClass("Male", 1), AttributeClass("Female", 2)],
    "race": [AttributeClass("White", 1), AttributeClass("Black", 2)],
}


def encoded(seed: int, suffix: str = "jpeg", size: int = 24) -> bytes:
    """Return the bytes of a picture."""
    out = io.BytesIO()
    picture(seed, size).save(out, suffix)
    return out.getvalue()


def write_tar(path: Path, members: dict[str, bytes | tarfile.TarInfo]) -> Path:
    """Write a tar: name -> content, or a header of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w") as archive:
        for name, content in members.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
                continue
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return path


def write_hugging_face(
    path: Path,
    images: list[bytes | None],
    columns: dict[str, list[Any]] | None = None,
    class_names: dict[str, list[str]] | None = None,
    *,
    row_group_size: int | None = None,
) -> Path:
    """Write a Parquet file as `datasets` does: image.bytes, and class labels as numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    structs = [{"bytes": content, "path": f"{i}.jpg"} for i, content in enumerate(images)]
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    table = pa.table({"image": pa.array(structs, kind), **(columns or {})})
    features: dict[str, Any] = {"image": {"_type": "Image"}}
    for name, names in (class_names or {}).items():
        features[name] = {"names": names, "_type": "ClassLabel"}
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    pq.write_table(
        table.replace_schema_metadata(metadata),
        path,
        row_group_size=row_group_size,
        write_batch_size=8,  # pages end between batches only
    )
    return path
