"""Ingest against what it cannot beat: reading, hashing and decoding the same files, in one run."""

from __future__ import annotations

import time

import pytest

from facestore.embedding import Wanted, map_in_threads, read_image
from facestore.manifest import list_folder
from facestore.store import Store
from facestore.synthetic import write_faces

N_FACES = 600


@pytest.fixture(scope="module")
def faces(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faces")
    write_faces(folder, N_FACES, size=224)
    return folder / "images"


@pytest.mark.parametrize("models", [(), ("tiny",)], ids=["catalogue", "tiny"])
def test_images_a_second(benchmark, faces, tmp_path, models):
    numbers = iter(range(100))

    def fresh():
        return (Store.open(tmp_path / f"store{next(numbers)}"),), {}

    def ingest(store):
        with store:
            return store.ingest(faces, models=models)

    summary = benchmark.pedantic(ingest, setup=fresh, rounds=3, warmup_rounds=1)
    assert summary.changes.n_new == N_FACES
    assert sum(summary.n_encoded.values()) == N_FACES * len(models)
    entries = list_folder(faces).entries
    started = time.perf_counter()
    results = map_in_threads(lambda e: read_image(e, lambda _: Wanted(True), ()), entries, 2, 128)
    assert sum(result.record is not None for result in results) == N_FACES
    limit = N_FACES / (time.perf_counter() - started)
    if benchmark.stats is not None:
        rate = N_FACES / benchmark.stats.stats.min
        benchmark.extra_info["images_per_second"] = round(rate)
        benchmark.extra_info["share_of_decode_only"] = round(rate / limit, 2)


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
