"""Scoring and predicting without keeping cosines: what the verbs do where there are too many."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa

from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.settings import ALWAYS, NEVER
from facestore.errors import StoreWriteError
from facestore.recorded_vectors import checked_images
from facestore.records import ClassifierRecord, Float32, Int64
from facestore.stores import Stores
from facestore.zero_shot.deciding import Decisions, Places, Pooling, Vote, decisions, winners
from facestore.zero_shot.streaming import Waiting, samples_at_once, scored, votes_of

# Of 6.3 million k_sweep costs 7 s of CPU by rows, and 0.3 of winners; scoring costs 3.4 and 2.4.
ROWS_AT_MOST = 10_000_000
_DECIDED = pa.schema(
    [
        ("sample_id", pa.int32()),
        ("predicted", pa.dictionary(pa.int32(), pa.string())),
        ("score", pa.float64()),
        ("margin", pa.float64()),
    ]
)
# Of a sample and a k: its winner, in order, and in the columns of a table.
_BYTES_OF_WINNER = 6
_BYTES_OF_SAMPLE = 64


def streams(store: Stores, encoder: StoredEncoder, prompt_set: str, n_vectors: int) -> bool:
    """Say whether cosines of an encoder and a prompt set are used and forgotten.

    Parameters
    ----------
    n_vectors
        Vectors of the encoder.
    """
    keeps = store.catalog.settings.text("keep_similarities")
    n_prompts = len(store.catalog.prompts.stored(prompt_set))
    if keeps == ALWAYS or not store.catalog.streams.votes(prompt_set):
        return False  # of prompts that name no class, nothing but cosines is known
    return (
        keeps == NEVER
        or n_vectors * n_prompts > ROWS_AT_MOST
        or store.catalog.streams.has_winners(encoder.encoder_id, prompt_set)
    )


def stream_winners(
    store: Stores,
    encoder: StoredEncoder,
    prompt_set: str,
    texts: Mapping[str, Float32],
    dataset: str | None,
) -> tuple[int, int]:
    """Keep what wins with every k, of samples that are neither streamed nor scored.

    Each block is kept in a transaction of its own: killed, the next call goes on behind it.

    Parameters
    ----------
    texts
        The vector of each prompt.

    Returns
    -------
    tuple of int
        Samples of which it is kept by now, and those that have no vector.
    """
    catalog = store.catalog
    stream_ids = catalog.streams.begin(encoder.encoder_id, prompt_set)
    votes = [each for each in votes_of(catalog.streams, prompt_set).values()
             if each.attribute in stream_ids]  # fmt: skip
    pending = catalog.streams.pending(
        encoder.encoder_id, prompt_set, list(stream_ids.values()), dataset
    )
    waiting = Waiting(pending)
    prompt_ids, matrix = _prompts(store, prompt_set, texts)
    n_bytes = _BYTES_OF_SAMPLE + _BYTES_OF_WINNER * sum(each.k_max for each in votes)
    n_done = 0
    images = checked_images(store, encoder).batches() if len(waiting) else ()
    block = _Block(samples_at_once(len(waiting), n_bytes))
    with store.progress.task("Scoring", len(waiting)) as task:

        def keep() -> int:
            sample_ids, found = block.take()
            catalog.streams.add(sample_ids, found)
            task.advance(len(sample_ids))
            return len(sample_ids)

        for each in scored(images, waiting, matrix):
            block.add(
                each.sample_ids,
                {
                    stream_ids[vote.attribute]: winners(each.cosines, prompt_ids, vote)
                    for vote in votes
                },
            )
            if block.is_full:
                n_done += keep()
        if block.n:
            n_done += keep()
    if not n_done:
        catalog.streams.end_empty()
    return n_done, len(waiting) - n_done


class _Block:
    """Winners of some samples, until they are written.

    Parameters
    ----------
    n_samples
        It is full with so many.
    """

    def __init__(self, n_samples: int) -> None:
        self._n_samples = n_samples
        self._ids: list[Int64] = []
        self._winners: dict[int, list[Places]] = {}
        self.n = 0

    @property
    def is_full(self) -> bool:
        return self.n >= self._n_samples

    def add(self, sample_ids: Int64, winners: Mapping[int, Places]) -> None:
        """Add samples with the winners of each stream."""
        self._ids.append(sample_ids)
        for stream_id, of_stream in winners.items():
            self._winners.setdefault(stream_id, []).append(of_stream)
        self.n += len(sample_ids)

    def take(self) -> tuple[Int64, dict[int, Places]]:
        """Return all that was added, in order of sample_id, and forget it."""
        ids = np.concatenate(self._ids)
        order = np.argsort(ids, kind="stable")
        found = {
            stream_id: np.concatenate(parts)[order] for stream_id, parts in self._winners.items()
        }
        self._ids, self._winners, self.n = [], {}, 0
        return ids[order], found


@contextmanager
def stream_decisions(
    store: Stores,
    encoder: StoredEncoder,
    classifier: ClassifierRecord,
    texts: Mapping[str, Float32],
    dataset: str | None,
) -> Iterator[tuple[pa.RecordBatchReader | None, int]]:
    """Give what a classifier decides of samples that were scored in a stream.

    It lies in a file that is gone when the context ends, or the process.

    Parameters
    ----------
    texts
        The vector of each prompt.

    Yields
    ------
    tuple of pyarrow.RecordBatchReader or None, and int
        `sample_id`, `predicted`, `score`, `margin` of each; and how many have no vector any more.
    """
    prompt_set, attribute = str(classifier.prompt_set), classifier.attribute
    stream = store.catalog.streams.of(encoder.encoder_id, prompt_set).get(attribute)
    if stream is None:
        yield None, 0
        return
    waiting = Waiting(store.catalog.streams.undecided(stream, classifier.name, dataset))
    vote = votes_of(store.catalog.streams, prompt_set)[attribute]
    pooling = _pooling(store, encoder, classifier)
    prompt_ids, matrix = _prompts(store, prompt_set, texts)
    samples_at_once(len(waiting), _BYTES_OF_SAMPLE)
    images = checked_images(store, encoder).batches() if len(waiting) else ()
    n_decided = 0
    with (
        _scratch(store.path) as file,
        store.progress.task("Predicting", len(waiting)) as task,
    ):
        with pa.ipc.new_stream(file, _DECIDED) as writer:
            for each in scored(images, waiting, matrix):
                decided = decisions(each.cosines, prompt_ids, vote, pooling)
                writer.write_batch(_batch(each.sample_ids, vote, decided))
                n_decided += len(each.sample_ids)
                task.advance(len(each.sample_ids))
        file.seek(0)
        yield pa.ipc.open_stream(file), len(waiting) - n_decided


@contextmanager
def _scratch(folder: Path) -> Iterator[pa.PythonFile]:
    """Give a file without a name on the disk of the store."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            yield file
    except OSError as error:
        raise StoreWriteError(folder, error.strerror or str(error)) from error


def _pooling(store: Stores, encoder: StoredEncoder, classifier: ClassifierRecord) -> Pooling:
    norms = None
    if classifier.aggregation == "embedding_mean":
        norms = {
            name: norm
            for prompt_set, attribute, name, norm in store.catalog.similarities.class_norms_of(
                encoder.encoder_id
            )
            if (prompt_set, attribute) == (classifier.prompt_set, classifier.attribute)
        }
    return Pooling(str(classifier.aggregation), classifier.k, norms)


def _prompts(
    store: Stores, prompt_set: str, texts: Mapping[str, Float32]
) -> tuple[list[int], Float32]:
    """Return the ids of the prompts of a set, in the order of rows, and their vectors."""
    stored = store.catalog.prompts.stored(prompt_set)
    return [each.prompt_id for each in stored], np.stack([texts[each.text] for each in stored])


def _batch(sample_ids: Int64, vote: Vote, decided: Decisions) -> pa.RecordBatch:
    classes = pa.array(vote.classes, pa.string())
    predicted = pa.DictionaryArray.from_arrays(pa.array(decided.places, pa.int32()), classes)
    margins = pa.array(decided.margins, pa.float64(), mask=np.isnan(decided.margins))
    columns = [pa.array(sample_ids, pa.int32()), predicted, pa.array(decided.scores), margins]
    return pa.record_batch(columns, schema=_DECIDED)
