"""Stage 2: files become image records and vectors. Each file is read and decoded once."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from facestore.errors import InputError
from facestore.images.decoding import DECODE_ERRORS, open_picture, reason_of, to_rgb
from facestore.records import EmbeddingBatch, FileEntry, Float32, ImageFile, ImageRecord
from facestore.stopping import uninterrupted
from facestore.stopwatch import Stopwatch

if TYPE_CHECKING:
    import torch
    from PIL import Image

    from facestore.encoders.encoder import Encoder

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class ReadRequest:
    """What is still to be found out about the content of a file.

    Attributes
    ----------
    record
        Whether the image itself is new.
    encoders
        Positions of the encoders that have no vector of it.
    """

    record: bool
    encoders: tuple[int, ...] = ()


@dataclass(frozen=True)
class ReadImage:
    """What reading a file gave.

    Attributes
    ----------
    entry
        The file.
    image_id
        SHA-256 of its bytes; None if it is no readable image.
    record
        Facts about its content, if they were wanted.
    error
        Why it is no readable image.
    inputs
        Position of an encoder -> its preprocessed input.
    """

    entry: FileEntry
    image_id: str | None = None
    record: ImageRecord | None = None
    error: str | None = None
    inputs: dict[int, torch.Tensor] = field(default_factory=dict)


def read_image(
    entry: FileEntry,
    wanted: Callable[[str], ReadRequest],
    transforms: Sequence[Callable[[Image.Image], torch.Tensor]],
    watch: Stopwatch | None = None,
) -> ReadImage:
    """Read, hash and, where anything is wanted of its content, decode one file.

    Parameters
    ----------
    entry
        The file.
    wanted
        What is to be found out, given the image_id.
    transforms
        The preprocessing of each encoder.
    watch
        Takes the time of `read`, `hash`, `decode` and `transform`.
    """
    watch = watch or Stopwatch()
    try:
        with watch.measure("read"):
            content = entry.file.read_bytes()
    except OSError as error:
        return ReadImage(entry, error=reason_of(error))
    with watch.measure("hash"):
        image_id = hashlib.sha256(content).hexdigest()
    todo = wanted(image_id)
    if not todo.record and not todo.encoders:
        return ReadImage(entry, image_id)
    try:
        with watch.measure("decode"), open_picture(content) as image:
            image_format = image.format
            rgb = to_rgb(image)
    except DECODE_ERRORS as error:
        return ReadImage(entry, error=reason_of(error))
    with watch.measure("hash"):
        phash = perceptual_hash(rgb)
    record = ImageRecord(image_id, phash, rgb.width, rgb.height, image_format, len(content))
    with watch.measure("transform"):
        inputs = {position: transforms[position](rgb) for position in todo.encoders}
    return ReadImage(entry, image_id, record, inputs=inputs)


def read_known_image(file: ImageFile, image_id: str) -> Image.Image:
    """Read an image again that is in the store, in RGB.

    Parameters
    ----------
    file
        Where it is.
    image_id
        SHA-256 (hex) of its bytes when it was ingested.

    Raises
    ------
    InputError
        If the file is not there any more, or is another one.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        message = (
            f"'{file}' cannot be read ({reason_of(error)}), though it was ingested: bring it back, "
            "or ingest its folder again."
        )
        raise InputError(message) from error
    if hashlib.sha256(content).hexdigest() != image_id:
        message = f"'{file}' is another image than was ingested: ingest its folder again."
        raise InputError(message)
    with open_picture(content) as image:
        return to_rgb(image)


def perceptual_hash(image: Image.Image) -> int:
    """Return the 64-bit DCT perceptual hash (pHash, imagehash's default), unsigned."""
    import imagehash

    return int(str(imagehash.phash(image)), 16)


class VectorBuffer:
    """Collects inputs of one encoder, encodes full batches, and keeps the vectors until taken.

    One batch is under way while the next one fills up: a GPU does not wait for this thread.

    Parameters
    ----------
    load
        Returns the encoder; called at the first batch.
    batch_size
        Images a forward pass.
    watch
        Takes the time of `encode`.
    """

    def __init__(
        self, load: Callable[[], Encoder], batch_size: int, watch: Stopwatch | None = None
    ) -> None:
        self._watch = watch or Stopwatch()
        self._load = load
        self._batch_size = batch_size
        self._waiting: dict[str, torch.Tensor] = {}
        self._under_way: Callable[[], Float32] | None = None
        self._encoded: dict[str, None] = {}  # a set that keeps its order
        self._vectors: list[Float32] = []

    def put(self, image_id: str, inputs: torch.Tensor) -> None:
        """Add one image; the same content twice is encoded once."""
        if image_id in self._waiting or image_id in self._encoded:
            return
        self._waiting[image_id] = inputs
        if len(self._waiting) >= self._batch_size:
            self._encode()

    def __len__(self) -> int:
        """Return how many vectors can be taken."""
        return len(self._encoded)

    def take(self, *, rest: bool = True) -> EmbeddingBatch | None:
        """Return all vectors since the last call; None if there are none.

        Parameters
        ----------
        rest
            Whether a batch that is not full is encoded, too.
        """
        if rest:
            self.encode_rest()
        self._finish()
        if not self._encoded:
            return None
        batch = EmbeddingBatch(tuple(self._encoded), np.concatenate(self._vectors))
        self._encoded, self._vectors = {}, []
        return batch

    def encode_rest(self) -> None:
        """Encode a batch that is not full."""
        if self._waiting:
            self._encode()

    def _encode(self) -> None:
        encoder = self._load()
        with self._watch.measure("encode"):
            started = encoder.start_images(list(self._waiting.values()))
        self._finish()
        with uninterrupted():  # vectors are in the order of their keys
            self._under_way = started
            self._encoded |= dict.fromkeys(self._waiting)
            self._waiting = {}

    def _finish(self) -> None:
        """Wait for the batch under way."""
        if self._under_way is not None:
            with self._watch.measure("encode"):
                vectors = self._under_way()
            with uninterrupted():
                self._vectors.append(vectors)
                self._under_way = None


def map_in_threads(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int, window: int
) -> Generator[Result]:
    """Apply a function in threads, in order, with at most `window` items under way.

    The window bounds the memory: decoded pictures wait there for the encoder. No workers: in this
    thread.
    """
    if workers <= 0:
        yield from map(function, items)
        return
    pool = ThreadPoolExecutor(workers)
    futures: deque[Future[Result]] = deque()
    is_waited_for = False  # who stops does not wait for a file that comes from far away
    try:
        for item in items:
            futures.append(pool.submit(function, item))
            if len(futures) >= window:
                yield futures.popleft().result()
        while futures:
            yield futures.popleft().result()
        is_waited_for = True
    finally:
        pool.shutdown(wait=is_waited_for, cancel_futures=True)
