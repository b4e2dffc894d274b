"""FairFace's own images give the same catalogue from a folder, from Parquet and from tars."""

from __future__ import annotations

import json

import polars as pl
import pytest
from support.containers import write_hugging_face, write_tar

from facestore.store import Store

pytestmark = pytest.mark.real
NAMES = {"gender": ["Male", "Female"]}


def test_a_folder_parquet_and_tars_of_fairface_are_one_catalogue(real_data, tmp_path):
    fairface = real_data / "fairface"
    table = pl.read_csv(fairface / "labels_val.csv", infer_schema=False).head(40)
    rows = table.to_dicts()
    images = [(fairface / "images" / row["file"]).read_bytes() for row in rows]
    for row, content in zip(rows, images, strict=True):
        (tmp_path / "folder" / row["file"]).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "folder" / row["file"]).write_bytes(content)
    table.write_csv(tmp_path / "labels.csv")
    columns = {name: table[name].to_list() for name in ("age", "race", "service_test")}
    numbers = [NAMES["gender"].index(row["gender"]) for row in rows]
    write_hugging_face(tmp_path / "x.parquet", images, {"gender": numbers, **columns}, NAMES)
    members = {}
    for number, (row, content) in enumerate(zip(rows, images, strict=True)):
        members[f"{number}.jpg"] = content
        members[f"{number}.json"] = json.dumps(row).encode()
    write_tar(tmp_path / "x-0.tar", members)
    with Store.open(tmp_path / "store") as store:
        store.ingest(tmp_path / "folder", labels=tmp_path / "labels.csv", dataset="folder")
        store.ingest(tmp_path / "x.parquet", dataset="parquet")
        store.ingest(tmp_path / "x-{0..0}.tar", dataset="tars")
        found = {
            dataset: store.sql(
                "select image_id, attribute, label, value, tags from samples inner join labels "
                f"using (sample_id) where dataset = '{dataset}' order by image_id, attribute"
            ).fetchall()
            for dataset in ("folder", "parquet", "tars")
        }
    assert len(found["folder"]) == 120
    assert found["parquet"] == found["folder"]
    assert found["tars"] == found["folder"]
