"""A model without texts, from pictures to the leaderboard, its neighbours and near copies."""

from __future__ import annotations

import zipfile

import pytest
from support.saved_models import timm_checkpoint

from facestore import resources

pytestmark = pytest.mark.portable

N = 24


@pytest.fixture
def faces(tmp_path):
    """Give a folder of some of the bundled faces, with the table of their labels; two are alike."""
    folder = tmp_path / "faces"
    with zipfile.ZipFile(resources.asset("faces.zip")) as archive:
        pictures = [each for each in archive.namelist() if each.endswith((".jpg", ".png"))][:N]
        for name in [*pictures, "labels.csv"]:
            archive.extract(name, folder)
    return folder


def test_a_model_of_timm_does_all_that_needs_no_prompt(facestore, faces, tmp_path):
    path, _ = timm_checkpoint("resnet18", tmp_path)
    model = f"timm:resnet18,{path}"
    said = facestore(
        "ingest", faces, "--labels", faces / "labels.csv", "--dataset", "faces", "--split", "train",
        "--model", model,
    )  # fmt: skip
    assert said.status == 0, said.err
    assert f"{N} vectors" in said.out or str(N) in said.out
    of = ("--attribute", "gender", "--dataset", "faces", "--model", model)
    said = facestore("train", "probe", *of, "--val-fraction", "0.25")
    assert said.status == 0, said.err
    rows = facestore(
        "sql", "select classifier, n_samples from leaderboard", "--format", "json"
    ).rows  # fmt: skip
    assert [each["n_samples"] for each in rows] == [N]
    assert "timm:resnet18 resnet18.pt fp32" in rows[0]["classifier"]
    first = sorted(faces.rglob("*.jpg"))[0]
    near = facestore("near", first, "-k", "3", "--model", model, "--format", "json").rows
    assert near[0]["cosine"] == pytest.approx(1, abs=1e-6)
    assert len(near) == 3
    said = facestore("dedup", "--cosine", "0.5", "--model", model)
    assert said.status == 0, said.err
    pairs = facestore("sql", "select count(*) as n from neighbour_pairs", "--format", "json").rows
    assert pairs[0]["n"] > 0
    refused = facestore("score", "raw_gender_labels", "--model", model)
    assert refused.status == 1
    assert "has no text side" in refused.err
    assert "facestore train probe" in refused.err
    assert "no encoder" in facestore("audit", faces, "--model", "tim:resnet18").err.lower()
