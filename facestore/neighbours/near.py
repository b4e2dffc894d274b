"""Near and search: the images of a store that are nearest to an image or to a text."""

from pathlib import Path

from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.lookup import Hit
from facestore.encoders.encoder import LazyEncoder
from facestore.errors import InputError, NoVectorsError
from facestore.files import sha256_of
from facestore.ingest.embedding import ReadRequest, read_image
from facestore.recorded_vectors import checked_images
from facestore.records import AnyPath, FileEntry, Float32
from facestore.stores import Stores
from facestore.zero_shot.score import encoder_and_model, text_vectors

# Copies and other data sets are passed over, so more are asked for than are wanted, and
# again more where that was too few.
_MORE_AT_FIRST = 4
_MORE_AGAIN = 8


def near(
    store: Stores,
    image: AnyPath | int,
    *,
    k: int = 10,
    model: str | None = None,
    dataset: str | None = None,
    device: str = "auto",
) -> list[Hit]:
    """Return the samples whose images are nearest to one, best first; nothing is written.

    Parameters
    ----------
    image
        A file, DATASET/PATH, a sample_id, or an image_id or its first digits. What it names in
        the store is left out; copies under other names are not.
    k
        How many images; samples that show the same one share a rank.
    model
        The encoder, as `score` takes it.
    dataset
        Only samples of this data set.
    device
        Where the model runs for a file that is not in the store.

    Raises
    ------
    NoVectorsError
        If the encoder has no image vectors.
    UnknownNameError
        If nothing is known by that name, or there is no such data set.
    InputError
        If several images are, the file is no image, or its vector cannot be had.
    """
    encoder, lazy = encoder_and_model(store, model, device)
    _check(store, encoder, k, dataset)
    given = str(image)
    if Path(given).is_file():
        vector = _vector_of_file(store, Path(given), encoder, lazy)
        return _hits(store, encoder, vector, k, dataset)
    found = store.catalog.lookup.find(given)
    known = store.vectors.images(encoder.vectors).one(found.key)
    if known is None:
        message = (
            f"'{found.name}' has no vector of {encoder.name}: ingest its data set with "
            f"`models={encoder.record.architecture}`, or name another encoder with `model=`."
        )
        raise InputError(message)
    return _hits(store, encoder, known, k, dataset, found.sample_ids)


def search(
    store: Stores,
    text: str,
    *,
    k: int = 10,
    model: str | None = None,
    dataset: str | None = None,
    device: str = "auto",
) -> list[Hit]:
    """Return the samples whose images are nearest to a text, best first.

    The vector of the text is kept, as `score` keeps those of prompts, where the store can be
    written.

    Parameters
    ----------
    text
        A whole sentence, as a prompt.
    k, model, dataset, device
        As `near` takes them.

    Raises
    ------
    NoVectorsError
        If the encoder has no image vectors.
    UnknownNameError
        If there is no such data set.
    TextVectorsMissingError
        If the text has no vector and there is no model to make one.
    """
    encoder, lazy = encoder_and_model(store, model, device)
    _check(store, encoder, k, dataset)
    if not text.strip():
        message = "The text is empty: give a sentence, such as 'a photo of a woman'."
        raise InputError(message)
    vector = text_vectors(store, encoder, [text], lazy, must_keep=False)[text]
    return _hits(store, encoder, vector, k, dataset)


def _check(store: Stores, encoder: StoredEncoder, k: int, dataset: str | None) -> None:
    if k < 1:
        message = f"k cannot be {k}: expected a whole number of at least 1."
        raise InputError(message)
    if dataset is not None:
        store.catalog.samples.require_dataset(dataset)
    if not checked_images(store, encoder).count():
        raise NoVectorsError(encoder.name, encoder.record.architecture)


def _vector_of_file(
    store: Stores, file: Path, encoder: StoredEncoder, model: LazyEncoder | None
) -> Float32:
    """Return the vector of a file: the one of its content, or a new one that is not kept."""
    image_id = sha256_of(file)
    known = store.vectors.images(encoder.vectors).one(image_id)
    if known is not None:
        return known
    if model is None:
        message = (
            f"'{file}' is not among the images of {encoder.name}, and an imported encoder has no "
            "model to encode it: give an image of the store, or another encoder with `model=`."
        )
        raise InputError(message)
    loaded = model.load()
    store.catalog.encoders.register(loaded.record)
    entry = FileEntry(file, file.name)
    read = read_image(entry, lambda _: ReadRequest(record=False, encoders=(0,)), [loaded.pixels])
    if read.error is not None:
        message = (
            f"'{file}' cannot be read as an image ({read.error}): give a picture, or an image of "
            "the store by DATASET/PATH, sample_id or image_id."
        )
        raise InputError(message)
    vector: Float32 = loaded.encode_images([read.inputs[0]])[0]
    return vector


def _hits(
    store: Stores,
    encoder: StoredEncoder,
    vector: Float32,
    k: int,
    dataset: str | None,
    without: tuple[int, ...] = (),
) -> list[Hit]:
    table = store.vectors.images(encoder.vectors)
    n_asked = _MORE_AT_FIRST * k + 1
    while True:
        keys, cosines = table.nearest(vector, n_asked)
        hits = store.catalog.lookup.samples_of(keys, cosines, k=k, dataset=dataset, without=without)
        if len({hit.rank for hit in hits}) == k or len(keys) < n_asked:
            return hits
        n_asked *= _MORE_AGAIN
