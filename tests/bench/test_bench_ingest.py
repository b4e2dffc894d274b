"""Ingest against what it cannot beat, timed in the same run: decoding alone, and encoding alone.

FairFace's pictures where FACESTORE_REAL_DATA is set, else faces of our own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from facestore.embedding import Wanted, map_in_threads, read_image
from facestore.encoder import load_encoder
from facestore.manifest import list_folder
from facestore.records import ModelName
from facestore.store import Store
from facestore.synthetic import write_faces

N_FACES = 600
WORKERS, BATCH = 2, 64


@pytest.fixture(scope="module")
def faces(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faces")
    write_faces(folder, N_FACES, size=224)
    return folder / "images"


@pytest.fixture
def many(sized, faces, tmp_path):
    """Give a function that makes a folder of so many pictures, of FairFace where it is there."""

    def make(full, small):
        n, folder = sized(full, small), tmp_path / "many"
        folder.mkdir()
        real = os.environ.get("FACESTORE_REAL_DATA")
        source = Path(real) / "fairface" / "images" / "val" if real else faces
        for path in sorted(source.iterdir())[:n]:
            (folder / path.name).symlink_to(path)
        return folder

    return make


@pytest.fixture(scope="module")
def random_vit(tmp_path_factory):
    """Give ViT-B-32 with random weights; they take as long as trained ones."""
    import open_clip
    import torch

    path = tmp_path_factory.mktemp("weights") / "random.pt"
    torch.manual_seed(0)
    torch.save(open_clip.create_model("ViT-B-32").state_dict(), path)
    return f"ViT-B-32,{path}"


def decode_only(folder, encoders):
    """Read, hash, decode and transform with as many threads; keep nothing."""
    transforms = [encoder.preprocess for encoder in encoders]
    wanted = Wanted(True, tuple(range(len(encoders))))
    entries = list_folder(folder, follow_links=True).entries
    results = map_in_threads(
        lambda entry: read_image(entry, lambda _: wanted, transforms), entries, WORKERS, 2 * BATCH
    )
    return sum(result.record is not None for result in results)


@pytest.mark.parametrize("model", ["none", "tiny", "ViT-B-32"])
def test_images_a_second(benchmark, many, sized, record, timed, tmp_path, request, model):
    """At least 0.85 of the smaller ceiling where one of the two stages has cores to spare."""
    import torch

    has_gpu = torch.cuda.is_available()
    if model == "ViT-B-32" and sized(False, True):
        pytest.skip("takes long, and says nothing where nothing is timed")
    folder = many(5000 if model != "ViT-B-32" or has_gpu else 512, 40)
    n = len(list(folder.iterdir()))
    name = request.getfixturevalue("random_vit") if model == "ViT-B-32" else model
    models = () if model == "none" else (name,)
    numbers = iter(range(100))

    def fresh():
        return (Store.open(tmp_path / f"store{next(numbers)}"),), {}

    def ingest(store):
        with store:
            options = {"batch_size": BATCH, "workers": WORKERS, "follow_links": True}
            return store.ingest(folder, models=models, **options)

    summary = benchmark.pedantic(ingest, setup=fresh, rounds=sized(3, 1))
    assert summary.changes.n_new == n
    assert summary.bottleneck
    encoders = [load_encoder(ModelName.parse(each)) for each in models]
    decoded, seconds = timed(lambda: decode_only(folder, encoders), rounds=sized(3, 1))
    assert decoded == n
    ceilings = {"decode": n / seconds}
    for encoder in encoders:
        batch = [torch.zeros(encoder.preprocess(_grey()).shape)] * BATCH
        _, seconds = timed(lambda e=encoder, b=batch: [e.encode_images(b) for _ in range(4)])
        ceilings["encode"] = 4 * BATCH / seconds
    record(
        images_per_second=lambda seconds: n / seconds,
        share_of_smaller_ceiling=lambda seconds: n / seconds / min(ceilings.values()),
        **{f"{stage}_only_per_second": rate for stage, rate in ceilings.items()},
    )


def _grey():
    from PIL import Image

    return Image.new("RGB", (224, 224), "grey")


PEAK = """
import resource, sys
from facestore.store import Store
with Store.open(sys.argv[2]) as store:
    store.ingest(sys.argv[1], models=["tiny"], batch_size=16)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_number_of_images(many, sized, tmp_path):
    """Four times as many pictures, all of other bytes, take at most 15 % more at the peak."""
    if sized(False, True):
        pytest.skip("says nothing about few pictures")
    once, four = many(5000, 40), tmp_path / "four"
    four.mkdir()
    for path in once.iterdir():
        for copy in range(4):
            target = four / f"{copy}_{path.name}"
            shutil.copyfile(path, target)
            with target.open("ab") as file:  # other bytes, the same picture
                file.write(bytes([copy]))
    plain = tmp_path / "plain"
    shutil.copytree(once, plain)
    peaks = [
        int(subprocess.check_output([sys.executable, "-c", PEAK, each, tmp_path / f"s{i}"]))
        for i, each in enumerate((plain, four))
    ]
    assert peaks[1] < 1.15 * peaks[0]


def test_hashing(benchmark, faces, record, timed):
    """Reading, SHA-256, decoding and pHash against imagehash's pHash of the same files alone."""
    import imagehash
    from PIL import Image

    entries = list_folder(faces).entries

    def ours():
        return [read_image(entry, lambda _: Wanted(True), ()).record for entry in entries]

    def alone():
        return [imagehash.phash(Image.open(str(entry.file))) for entry in entries]

    found = benchmark.pedantic(ours, rounds=3, warmup_rounds=1)
    hashes, seconds_alone = timed(alone)
    assert [each.phash for each in found] == [int(str(each), 16) for each in hashes]
    record(share_of_imagehash_alone=lambda seconds: seconds_alone / seconds)
