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
from facestore.records import ClassifierRecord, Float32
from facestore.stores import Stores
from facestore.zero_shot.deciding import Decisions, Pooling, Vote, decisions, winners
from facestore.zero_shot.streaming import Waiting, blocks, samples_at_once, votes_of

# Above, k_sweep costs more than 7 s of CPU by rows; a stream of as many costs 3.
ROWS_AT_MOST = 20_000_000
_DECIDED = pa.schema(
    [
        ("sample_id", pa.int32()),
        ("predicted", pa.dictionary(pa.int32(), pa.string())),
        ("score", pa.float64()),
        ("margin", pa.float64()),
    ]
)
# Of a sample: winners of each k, as they are and in the columns of a table; or what is decided.
_BYTES_OF_WINNER = 6
_BYTES_OF_DECISION = 64
_BYTES_OF_COSINE = 12


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
        or bool(store.catalog.streams.of(encoder.encoder_id, prompt_set))
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
    n_bytes = _BYTES_OF_COSINE * len(prompt_ids) + _BYTES_OF_WINNER * sum(
        each.k_max for each in votes
    )
    n_done = 0
    images = checked_images(store, encoder).slices() if len(waiting) else ()
    at_once = samples_at_once(len(waiting), n_bytes)
    with store.progress.task("Scoring", len(waiting)) as task:
        for block in blocks(images, waiting, matrix, at_once):
            found = {
                stream_ids[each.attribute]: winners(block.cosines, prompt_ids, each)
                for each in votes
            }
            catalog.streams.add(block.sample_ids, found)
            n_done += len(block.sample_ids)
            task.advance(len(block.sample_ids))
    return n_done, len(waiting) - n_done


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
    n_bytes = _BYTES_OF_COSINE * len(prompt_ids) + _BYTES_OF_DECISION
    at_once = samples_at_once(len(waiting), n_bytes)
    images = checked_images(store, encoder).slices() if len(waiting) else ()
    n_decided = 0
    with (
        _scratch(store.path) as file,
        store.progress.task("Predicting", len(waiting)) as task,
    ):
        with pa.ipc.new_stream(file, _DECIDED) as writer:
            for block in blocks(images, waiting, matrix, at_once):
                decided = decisions(block.cosines, prompt_ids, vote, pooling)
                writer.write_batch(_batch(block.sample_ids, vote, decided))
                n_decided += len(block.sample_ids)
                task.advance(len(block.sample_ids))
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


def _batch(sample_ids: np.ndarray, vote: Vote, decided: Decisions) -> pa.RecordBatch:
    classes = pa.array(vote.classes, pa.string())
    predicted = pa.DictionaryArray.from_arrays(pa.array(decided.places, pa.int32()), classes)
    margins = pa.array(decided.margins, pa.float64(), mask=np.isnan(decided.margins))
    columns = [pa.array(sample_ids, pa.int32()), predicted, pa.array(decided.scores), margins]
    return pa.record_batch(columns, schema=_DECIDED)
