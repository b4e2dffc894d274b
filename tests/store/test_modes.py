"""Who may read what facestore writes is what the umask says, whoever of the libraries wrote it."""

from __future__ import annotations

import json
import os
import stat

import numpy as np
import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")

SET = "raw_gender_labels"


def inputs(folder, files):
    """Write what the imports read; return the commands that write."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(len(files), 16)).astype(np.float32)
    if "copy.jpg" in files:  # the same picture has the same vector
        vectors[files.index("copy.jpg")] = vectors[files.index("1.jpg")]
    np.savez(folder / "v.npz", files=np.array(files), emb=vectors)
    genders = [("Male", "Female")[i % 2] for i in range(len(files))]
    rows = [f"{file},{gender}" for file, gender in zip(files, genders, strict=True)]
    (folder / "labels.csv").write_text("file,gender\n" + "\n".join(rows))
    (folder / "predictions.csv").write_text("file,predicted\n" + "\n".join(rows))
    (folder / "s.json").write_text(json.dumps({file: {"a man": 20.5} for file in files}))
    (folder / "p.csv").write_text("source,dataset,attribute,accuracy\npaper,d,gender,0.9")
    (folder / "mine.yaml").write_text(
        "prompt_set: mine\nprompts: [{text: a man, classes: {gender: Male}}]\n"
    )


def commands(given, pictures, out):
    data = ["--dataset", "d"]
    theirs = ["--model", "RN50,theirs"]
    return [
        ["migrate"],
        ["ingest", pictures, "--labels", given / "labels.csv", *data, "--model", "tiny", "--split", "train"],
        ["score", SET, "--model", "tiny"],
        ["predict", "--prompt-set", SET, "--attribute", "gender", "--model", "tiny", "--name", "prompts"],
        ["import", "labels", given / "labels.csv", *data],
        ["import", "predictions", given / "predictions.csv", *data, "--attribute", "gender", "--classifier", "t"],
        ["import", "embeddings", given / "v.npz", *data, *theirs],
        ["import", "similarities", given / "s.json", *data, *theirs],
        ["import", "published", given / "p.csv"],
        ["prompts", "add", given / "mine.yaml"],
        ["dedup", "--policy", "keep-one", "--export", out / "left-out.csv"],
        ["dedup", "--cosine", "0.9", "--model", "tiny"],
        ["split", *data, "--fractions", "0.5,0.5", "--force"],
        ["train", "probe", "--attribute", "gender", *data, "--force", "--model", "tiny", "--l2", "1"],
        ["near", pictures / "1.jpg", "--model", "tiny", "--html", out / "near" / "page.html"],
        ["explain", "--prompt", "a man", "--limit", "2", "--model", "tiny"],
        ["report", "--images"],
        ["report", "--format", "json", "--out", out / "r"],
        ["report", "--format", "csv", "--out", out / "r"],
        ["export", "fiftyone", out / "f.json"],
        ["export", "fairlearn", out / "f.csv", "--classifier", "prompts"],
        ["export", "atlas", out / "a.parquet", "--model", "tiny"],
        ["export", "clip-benchmark", out / "c.csv"],
        ["export", "clip-benchmark", out / "c"],
        ["snapshot", out / "copy.duckdb"],
        ["snapshot", out / "copy", "--vectors"],
        ["doctor", "--repair"],
    ]  # fmt: skip


# All of it once; another mask is heeded by a part of each library as by the whole.
FEW = ("migrate", "ingest", "score", "report", "export", "snapshot")


@pytest.mark.parametrize(
    ("umask", "file", "folder", "few"),
    [(0o077, 0o600, 0o700, None), (0o022, 0o644, 0o755, FEW)],
    ids=["077", "022"],
)
def test_modes_of_what_is_written(facestore, pictures, tmp_path, umask, file, folder, few):
    given, out = tmp_path / "given", tmp_path / "out"
    inputs(given, sorted(each.name for each in pictures.iterdir()))
    out.mkdir()
    out.chmod(folder)
    wanted = [each for each in commands(given, pictures, out) if few is None or each[0] in few]
    if few is not None:
        wanted = [
            each for each in wanted if "fairlearn" not in each and "clip-benchmark" not in each
        ]
    before = os.umask(umask)
    try:
        ran = {" ".join(map(str, words)): facestore(*words) for words in wanted}
    finally:
        os.umask(before)
    assert {words: each.err for words, each in ran.items() if each.status} == {}
    written = [*out.rglob("*"), *(tmp_path / "store").rglob("*"), tmp_path / "store"]
    assert len(written) > (80 if few is None else 30)
    wrong = {
        str(each.relative_to(tmp_path)): oct(stat.S_IMODE(each.stat().st_mode))
        for each in written
        if stat.S_IMODE(each.stat().st_mode) != (folder if each.is_dir() else file)
    }
    assert wrong == {}
    assert not [each for each in written if each.name.endswith((".part", ".old", ".tmp"))]
