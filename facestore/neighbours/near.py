"""Near and search: the images of a store that are nearest to an image or to a text."""

from dataclasses import dataclass
from pathlib import Path

from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.lookup import Hit
from facestore.catalog.vector_indexes import Certificate, QueryKind
from facestore.certificates import (
    bound_line,
    certify_command,
    index_of,
    valid_certificate,
)
from facestore.encoders.encoder import LazyEncoder
from facestore.errors import InputError, NoCertificateError, NoVectorsError, ParametersError
from facestore.files import sha256_of
from facestore.ingest.embedding import ReadRequest, read_image
from facestore.missing_vectors import NO_PICTURE, import_of
from facestore.recorded_vectors import checked_images
from facestore.records import AnyPath, FileEntry, Float32
from facestore.stores import Stores
from facestore.zero_shot.score import encoder_and_model, text_vectors

# Copies and other data sets are passed over, so more are asked for than are wanted, and
# again more where that was too few.
_MORE_AT_FIRST = 4
_MORE_AGAIN = 8
# Between LanceDB's cosines and NumPy's.
_ULPS = 1e-5


def near(
    store: Stores,
    image: AnyPath | int,
    *,
    k: int = 10,
    model: str | None = None,
    dataset: str | None = None,
    device: str = "auto",
    index: bool = False,
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
    index
        Ask the index of the encoder, and tell how much of the exact answer it surely finds; else
        all vectors are compared.

    Raises
    ------
    NoCertificateError
        If there is no index, or its certificate does not hold.
    NoVectorsError
        If the encoder has no image vectors.
    UnknownNameError
        If nothing is known by that name, or there is no such data set.
    InputError
        If several images are, the file is no image, or its vector cannot be had.
    """
    encoder, lazy = encoder_and_model(store, model, device)
    _check(store, encoder, k, dataset)
    way = _Way(
        store, encoder, k, dataset, _certificate(store, encoder, "images", k, dataset, index)
    )
    given = str(image)
    if Path(given).is_file():
        return way.hits(_vector_of_file(store, Path(given), encoder, lazy))
    found = store.catalog.lookup.find(given)
    known = store.vectors.images(encoder.vectors).one(found.key)
    if known is None:
        todo = f"ingest its data set with `models={encoder.record.architecture}`"
        if encoder.record.source == "imported" or found.key.startswith(NO_PICTURE):
            todo = f"{import_of(encoder)} brings vectors"
        message = (
            f"'{found.name}' has no vector of {encoder.name}: {todo}, or name another encoder with "
            "`model=`."
        )
        raise InputError(message)
    return way.hits(known, found.sample_ids, found.key)


def search(
    store: Stores,
    text: str,
    *,
    k: int = 10,
    model: str | None = None,
    dataset: str | None = None,
    device: str = "auto",
    index: bool = False,
) -> list[Hit]:
    """Return the samples whose images are nearest to a text, best first.

    The vector of the text is kept, as `score` keeps those of prompts, where the store can be
    written.

    Parameters
    ----------
    text
        A whole sentence, as a prompt.
    k, model, dataset, device, index
        As `near` takes them.

    Raises
    ------
    NoCertificateError
        If there is no index, or its certificate for texts does not hold.
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
    way = _Way(store, encoder, k, dataset, _certificate(store, encoder, "texts", k, dataset, index))
    return way.hits(text_vectors(store, encoder, [text], lazy, must_keep=False)[text])


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


def _certificate(
    store: Stores,
    encoder: StoredEncoder,
    kind: QueryKind,
    k: int,
    dataset: str | None,
    index: bool,
) -> Certificate | None:
    """Return what an index may be asked by; None: it is not wanted."""
    if not index:
        return None
    if dataset is not None:
        message = (
            "`index=True` and `dataset=`: the certificate is of the nearest of all data sets. "
            "Leave one of them out."
        )
        raise ParametersError(message)
    return valid_certificate(store, encoder, kind, k)


@dataclass(frozen=True)
class _Way:
    """How the nearest are found: exactly, or with a certificate by the index."""

    store: Stores
    encoder: StoredEncoder
    k: int
    dataset: str | None
    certificate: Certificate | None

    def hits(
        self, vector: Float32, without: tuple[int, ...] = (), own: str | None = None
    ) -> list[Hit]:
        """Return the samples nearest to a vector, without those that it is of.

        What a certificate promises of them is told once they are found.

        Parameters
        ----------
        vector
            float32 (D,) of unit length.
        without, own
            Samples that are left out, and the key of their vector.
        """
        n_asked = _MORE_AT_FIRST * self.k + 1
        if self.certificate is not None:
            n_asked = max(n_asked, self.certificate.k + 1)
        while True:
            keys, cosines = self._nearest(vector, n_asked)
            if self.certificate is not None:
                _refuse_unlike(self.certificate, self.encoder, keys, cosines, own)
            hits = self.store.catalog.lookup.samples_of(
                keys, cosines, k=self.k, dataset=self.dataset, without=without
            )
            if len({hit.rank for hit in hits}) == self.k or len(keys) < n_asked:
                if self.certificate is not None:
                    self.store.notify(bound_line(self.certificate))
                return hits
            n_asked *= _MORE_AGAIN

    def _nearest(self, vector: Float32, n: int) -> tuple[list[str], Float32]:
        if self.certificate is None:
            return self.store.vectors.images(self.encoder.vectors).nearest(vector, n)
        index, probes = index_of(self.store, self.encoder), self.certificate.probes
        return index.nearest(vector, n, probes=probes, refine=self.certificate.refine)


def _refuse_unlike(
    certificate: Certificate,
    encoder: StoredEncoder,
    keys: list[str],
    cosines: Float32,
    own: str | None,
) -> None:
    """Refuse a query that lies further from everything than all that the certificate is of.

    Were it one of their kind, that would happen once in as many queries as there were, and one.
    """
    others = cosines[[key != own for key in keys]]
    if (
        len(others) >= certificate.k
        and others[certificate.k - 1] >= certificate.lowest_cosine - _ULPS
    ):
        return
    last = float(others[certificate.k - 1]) if len(others) >= certificate.k else -1
    problem = (
        f"of what was asked for, neighbour {certificate.k} has a cosine of {last:.4f}, and those "
        f"of the queries of the certificate have {certificate.lowest_cosine:.4f} or more, so it "
        "is of another kind"
    )
    todo = f"{certify_command(encoder.name, 'queries=FILE')} with such queries"
    raise NoCertificateError(encoder.name, problem, todo)
