from __future__ import annotations

import hashlib
import threading

import imagehash
import numpy as np
import pytest
from PIL import Image
from support.pictures import picture, write_picture

from facestore.ingest.embedding import (
    ReadRequest,
    VectorBuffer,
    map_in_threads,
    perceptual_hash,
    read_image,
)
from facestore.records import FileEntry

EVERYTHING = ReadRequest(record=True)


def read(path, wanted=EVERYTHING, transforms=()):
    return read_image(FileEntry(path, path.name), lambda _: wanted, transforms)


def test_a_picture_is_described_by_its_content(tmp_path):
    path = write_picture(tmp_path / "a.png", seed=1, size=40)
    result = read(path)
    assert result.error is None
    assert result.image_id == hashlib.sha256(path.read_bytes()).hexdigest()
    assert result.record is not None
    assert (result.record.width, result.record.height) == (40, 40)
    assert result.record.format == "PNG"
    assert result.record.n_bytes == path.stat().st_size


def test_the_perceptual_hash_is_imagehash_s():
    image = picture(3)
    assert f"{perceptual_hash(image):016x}" == str(imagehash.phash(image))


def test_nothing_is_decoded_where_nothing_is_wanted(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"no picture")
    result = read(path, ReadRequest(record=False))
    assert result.error is None
    assert result.record is None


def test_only_the_encoders_that_lack_it_get_an_input(tmp_path):
    path = write_picture(tmp_path / "a.png", seed=1)
    result = read(path, ReadRequest(False, (1,)), [lambda _: "first", lambda image: image.mode])
    assert result.inputs == {1: "RGB"}


def _truncated(path):
    content = write_picture(path, seed=1, size=200).read_bytes()
    path.write_bytes(content[: len(content) // 2])


def _bomb(path):
    Image.new("1", (10_000, 10_000)).save(path)  # within twice the limit Pillow only warns


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        ("text.jpg", lambda p: p.write_text("hello"), "not an image"),
        ("empty.jpg", lambda p: p.write_bytes(b""), "not an image"),
        ("cut.jpg", _truncated, "truncated"),
        ("cut.png", _truncated, "OSError"),
        ("bomb.png", _bomb, "DecompressionBomb"),
        ("none.jpg", lambda p: None, "No such file"),
    ],
)
def test_a_file_that_is_no_picture_gives_its_reason(tmp_path, name, make, says):
    path = tmp_path / name
    make(path)
    first, second = read(path), read(path)
    assert first.image_id is None
    assert first.record is None
    assert says in first.error
    assert first.error == second.error  # the same at every run, so nothing changes


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_picture_of_which_pillow_only_warns_is_refused_too(tmp_path):
    path = tmp_path / "bomb.png"
    _bomb(path)
    assert "10000 x 10000 pixels are more than the limit" in read(path).error


class FakeEncoder:
    """Counts its batches; the vector of an input is the input."""

    def __init__(self):
        self.sizes = []

    def start_images(self, inputs):
        self.sizes.append(len(inputs))
        return lambda: np.asarray([[float(each), 1.0] for each in inputs], dtype=np.float32)


def test_images_are_encoded_in_full_batches_and_the_rest_at_the_end():
    encoder = FakeEncoder()
    buffer = VectorBuffer(lambda: encoder, 3)
    for i in range(7):
        buffer.put(f"id{i}", i)
    batch = buffer.take()
    assert encoder.sizes == [3, 3, 1]
    assert batch.keys == tuple(f"id{i}" for i in range(7))
    assert batch.vectors[:, 0].tolist() == list(range(7))
    assert buffer.take() is None


def test_a_batch_is_under_way_while_the_next_one_fills_up():
    events = []

    class Slow:
        def start_images(self, inputs):
            events.append(f"start {inputs}")
            return lambda: (
                events.append(f"fetch {inputs}") or np.zeros((len(inputs), 2), np.float32)
            )

    buffer = VectorBuffer(Slow, 2)
    for i in range(5):
        buffer.put(f"id{i}", i)
    buffer.put("id2", 2)  # of the batch under way
    assert events == ["start [0, 1]", "start [2, 3]", "fetch [0, 1]"]
    assert buffer.take(rest=False).keys == ("id0", "id1", "id2", "id3")
    assert events[3:] == ["fetch [2, 3]"]
    assert buffer.take().keys == ("id4",)
    assert events[4:] == ["start [4]", "fetch [4]"]


def test_the_same_content_is_encoded_once():
    encoder = FakeEncoder()
    buffer = VectorBuffer(lambda: encoder, 2)
    for image_id in ("a", "a", "b", "a", "b"):
        buffer.put(image_id, 1)
    assert buffer.take().keys == ("a", "b")
    assert encoder.sizes == [2]


@pytest.mark.parametrize("workers", [0, 1, 4])
def test_results_come_in_order_and_few_are_under_way(workers):
    running, most, lock = [0], [0], threading.Lock()

    def work(item):
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        with lock:
            running[0] -= 1
        return item * item

    assert list(map_in_threads(work, range(50), workers, window=5)) == [i * i for i in range(50)]
    assert most[0] <= max(workers, 1)


def test_no_more_items_are_taken_than_the_window_holds():
    taken = []

    def items():
        for i in range(100):
            taken.append(i)
            yield i

    results = map_in_threads(lambda item: item, items(), workers=2, window=6)
    assert next(results) == 0
    assert len(taken) <= 7
    results.close()


def test_an_error_in_a_thread_comes_out():
    def fail(item):
        raise RuntimeError(item)

    with pytest.raises(RuntimeError, match="0"):
        list(map_in_threads(fail, range(3), workers=2, window=2))
