"""Ingest against what it cannot beat, and against CLIP_benchmark's loop, timed in the same run.

FairFace's pictures where FACESTORE_REAL_DATA is set, else faces of our own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import pytest
from faces import write_faces

from facestore.cli.ingested import profile_of
from facestore.encoders.open_clip import load_encoder
from facestore.images.walk import walk
from facestore.ingest.embedding import ReadRequest, map_in_threads, read_image
from facestore.ingest.layouts.files import folder_of
from facestore.lance_folders import LanceFolder
from facestore.model_names import ModelName
from facestore.store import Store

MOST_DRAWN = 600
BATCH = 64
# Half of the cores read and half encode, so that neither takes the time of the other.
WORKERS = max(1, (os.cpu_count() or 2) // 2)
SIDE_BY_SIDE_SECONDS = 8.0


@pytest.fixture
def many(sized, tmp_path):
    """Give a function that makes a folder of so many pictures, of FairFace where it is there."""

    def make(full, small):
        n, folder = sized(full, small), tmp_path / "many"
        real = os.environ.get("FACESTORE_REAL_DATA")
        if not real:
            write_faces(folder, min(n, MOST_DRAWN), size=224)
            return folder / "images"
        folder.mkdir()
        for path in sorted((Path(real) / "fairface" / "images" / "val").iterdir())[:n]:
            shutil.copyfile(path, folder / path.name)
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


@pytest.fixture
def half_of_the_cores():
    """Have the model compute in the cores that do not read."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(max(1, before - WORKERS))
    yield
    torch.set_num_threads(before)


@pytest.fixture
def fresh(tmp_path):
    """Give a function that opens a new store whose DuckDB file is there, with its views."""
    numbers = iter(range(100))

    def make():
        store = Store.open(tmp_path / f"store{next(numbers)}")
        store.add_prompts(prompts)
        return store

    prompts = tmp_path / "prompts.yaml"
    prompts.write_text('prompts: [{text: "a man", classes: {gender: Male}}]\n')
    return make


def ingest(store, folder, models, **options):
    with store:
        return store.ingest(folder, models=models, batch_size=BATCH, workers=WORKERS, **options)


def decoded(folder, encoders):
    """Yield every picture as the threads of an ingest read, hash, decode and resize it."""
    transforms = [encoder.pixels for encoder in encoders]
    wanted = ReadRequest(True, tuple(range(len(encoders))))
    entries = folder_of(walk(folder)).entries
    return map_in_threads(
        lambda entry: read_image(entry, lambda _: wanted, transforms), entries, WORKERS, 2 * BATCH
    )


def decode_only(folder, encoders):
    return sum(result.record is not None for result in decoded(folder, encoders))


def batch_of(encoder):
    from PIL import Image

    return [encoder.pixels(Image.new("RGB", (224, 224), "grey"))] * BATCH


def alone(folder, encoder, timed):
    """Return images a second of decoding and of encoding while the other cores have no work."""
    n, seconds = timed(lambda: decode_only(folder, [encoder]))
    batch = batch_of(encoder)
    _, seconds_encoding = timed(lambda: [encoder.encode_images(batch) for _ in range(4)])
    return n / seconds, 4 * BATCH / seconds_encoding


def side_by_side(folder, encoder, seconds):
    """Return images a second of both at once; neither waits for the other, as in an ingest."""
    until = time.perf_counter() + seconds
    rates = {}

    def repeat(what, name):
        n, started = 0, time.perf_counter()
        while time.perf_counter() < until:
            n += what()
        rates[name] = n / (time.perf_counter() - started)

    batch = batch_of(encoder)
    results = iter(())

    def decode():
        nonlocal results
        if (result := next(results, None)) is None:
            results = decoded(folder, [encoder])
            result = next(results)
        return int(result.record is not None)

    reading = Thread(target=repeat, args=(decode, "decode"))
    reading.start()
    repeat(lambda: len(encoder.encode_images(batch)), "encode")
    reading.join()
    results.close()
    return rates["decode"], rates["encode"]


def test_images_a_second_without_a_model(benchmark, many, sized, fresh, record, timed):
    folder = many(5000, 40)
    n = len(list(folder.iterdir()))
    ceilings = []

    def setup():
        # Before each round, so that both have the same good and bad moments of the machine.
        found, seconds = timed(lambda: decode_only(folder, []), rounds=1)
        assert found == n
        ceilings.append(n / seconds)
        return (fresh(), folder, ()), {}

    summary = benchmark.pedantic(ingest, setup=setup, rounds=sized(8, 1))
    assert summary.changes.n_new == n
    record(
        images_per_second=lambda seconds: n / seconds,
        decode_only_per_second=max(ceilings),
        share_of_ceiling=lambda seconds: n / seconds / max(ceilings),
    )


@pytest.mark.parametrize("resize", ["pillow", "fast"])
@pytest.mark.parametrize("model", ["tiny", "ViT-B-32"])
@pytest.mark.usefixtures("half_of_the_cores")
def test_images_a_second(benchmark, many, sized, fresh, record, timed, request, model, resize):
    """The ceiling is the smaller of what reading and encoding reach side by side."""
    import torch

    if model == "ViT-B-32" and (sized(False, True) or resize == "fast"):
        pytest.skip("takes long, and reading is a small part of it")
    folder = many(5000 if model == "tiny" or torch.cuda.is_available() else 640, 40)
    n = len(list(folder.iterdir()))
    name = model if model == "tiny" else request.getfixturevalue("random_vit")
    encoder = load_encoder(ModelName.parse(name), fast_resize=resize == "fast")
    encoder.encode_images(batch_of(encoder))
    ceilings = []

    def setup():
        # Before each round, so that all have the same good and bad moments of the machine.
        ceilings.append(side_by_side(folder, encoder, sized(SIDE_BY_SIDE_SECONDS, 0.1)))
        return (fresh(), folder, [name]), {"fast_resize": resize == "fast"}

    summary = benchmark.pedantic(ingest, setup=setup, rounds=sized(3, 1), warmup_rounds=sized(1, 0))
    assert summary.changes.n_new == n
    assert profile_of(summary)[-1].startswith("bottleneck: ")
    decode, encode = (max(each) for each in zip(*ceilings, strict=True))
    decode_alone, encode_alone = alone(folder, encoder, timed)
    record(
        images_per_second=lambda seconds: n / seconds,
        share_of_ceiling=lambda seconds: n / seconds / min(decode, encode),
        decode_per_second=decode,
        encode_per_second=encode,
        share_of_ceiling_alone=lambda seconds: n / seconds / min(decode_alone, encode_alone),
        decode_alone_per_second=decode_alone,
        encode_alone_per_second=encode_alone,
    )


@pytest.mark.parametrize("resize", ["pillow", "fast"])
@pytest.mark.parametrize("model", ["tiny", "ViT-B-32"])
def test_against_the_loop_of_clip_benchmark(
    benchmark, many, sized, fresh, record, timed, request, model, resize
):
    """The same model, batches and processes or threads; its loop neither hashes nor stores."""
    loops = pytest.importorskip("clip_benchmark.metrics.zeroshot_classification")
    import torch
    from torchvision.datasets import ImageFolder

    if model == "ViT-B-32" and (sized(False, True) or resize == "fast"):
        pytest.skip("takes long, and reading is a small part of it")
    folder = many(5000 if model == "tiny" or torch.cuda.is_available() else 640, 40)
    n = len(list(folder.iterdir()))
    name = model if model == "tiny" else request.getfixturevalue("random_vit")
    options = {"fast_resize": resize == "fast"}
    benchmark.pedantic(
        ingest,
        setup=lambda: ((fresh(), folder, [name]), options),
        rounds=sized(3, 1),
        warmup_rounds=sized(1, 0),
    )
    encoder = load_encoder(ModelName.parse(name))
    (folder / "class").mkdir()
    for path in folder.glob("*.*"):
        path.rename(folder / "class" / path.name)
    weights = torch.eye(encoder.encode_texts(["a"]).shape[1], 2)
    loader = torch.utils.data.DataLoader(
        ImageFolder(str(folder), encoder.preprocess), batch_size=BATCH, num_workers=WORKERS
    )

    def theirs():
        return loops.run_classification(encoder._model, weights, loader, "cpu", amp=False)

    (logits, _), seconds_theirs = timed(theirs, rounds=sized(3, 1))
    assert len(logits) == n
    record(times_faster=lambda seconds: seconds_theirs / seconds, seconds_of_loop=seconds_theirs)


# Not ru_maxrss: a process begins with that of the one that started it.
PEAK = """
import re, sys
from facestore.store import Store
with Store.open(sys.argv[2]) as store:
    store.ingest(sys.argv[1], models=["tiny"], batch_size=64)
with open("/proc/self/status") as status:
    print(int(re.search(r"VmHWM:\\s*(\\d+) kB", status.read())[1]) / 1024)
"""


def test_memory_does_not_grow_with_the_number_of_images(benchmark, many, sized, record, tmp_path):
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

    def peak(folder):
        command = [sys.executable, "-c", PEAK, folder, tmp_path / f"store-{folder.name}"]
        return float(subprocess.check_output(command))

    mib = peak(once)
    mib_of_four_times = benchmark.pedantic(peak, (four,), rounds=1)
    record(
        peak_mib=mib,
        peak_mib_of_four_times=mib_of_four_times,
        times=mib_of_four_times / mib,
    )
    assert mib_of_four_times < 1.15 * mib


@pytest.mark.parametrize("full", [500, 5000])
def test_waiting_for_the_disk(benchmark, many, sized, fresh, record, monkeypatch, full):
    """Ingest waits for the disk in all its syncs for less than 5 % of its time, at any size."""
    folder, waited = many(full, 40), []
    n = len(list(folder.iterdir()))

    def timed_sync(*arguments, _real=LanceFolder.sync):
        started = time.perf_counter()
        _real(*arguments)
        waited.append(time.perf_counter() - started)

    def setup():
        waited.clear()
        return (fresh(), folder, ["tiny"]), {}

    monkeypatch.setattr(LanceFolder, "sync", timed_sync)
    summary = benchmark.pedantic(ingest, setup=setup, rounds=1, warmup_rounds=sized(1, 0))
    assert summary.changes.n_new == n
    assert len(waited) >= 2
    share = sum(waited) / summary.seconds["total"]
    record(share=share, syncs=len(waited), seconds_a_sync=sum(waited) / len(waited))
    assert share < 0.05 or sized(False, True)


def test_hashing(benchmark, many, record, timed):
    """Reading, SHA-256, decoding and pHash against imagehash's pHash of the same files alone."""
    import imagehash
    from PIL import Image

    entries = folder_of(walk(many(600, 40))).entries

    def ours():
        return [read_image(entry, lambda _: ReadRequest(True), ()).record for entry in entries]

    def phash_alone():
        return [imagehash.phash(Image.open(str(entry.file))) for entry in entries]

    found = benchmark.pedantic(ours, rounds=3, warmup_rounds=1)
    hashes, seconds_alone = timed(phash_alone)
    assert [each.phash for each in found] == [int(str(each), 16) for each in hashes]
    record(share_of_imagehash_alone=lambda seconds: seconds_alone / seconds)
