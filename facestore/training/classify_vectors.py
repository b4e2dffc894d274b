"""Linear heads on stored vectors: the encoder that they need, and what they decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from facestore.catalog.encoders import StoredEncoder
from facestore.errors import HeadsMismatchError, preview
from facestore.recorded_vectors import checked_images
from facestore.records import EncoderRecord, Float32
from facestore.stores import Stores
from facestore.training.decisions import Batches, Decided
from facestore.training.files import Head, HeadsFile, load_heads


@dataclass(frozen=True)
class VectorClassifier:
    """Linear heads, and the encoder of the store whose vectors they take.

    Attributes
    ----------
    path, heads
        The file and what is in it.
    encoder
        The encoder.
    """

    path: Path
    heads: HeadsFile
    encoder: StoredEncoder

    @property
    def vectors_of(self) -> str:
        """Name of the encoder."""
        return self.encoder.name

    def batches(self, store: Stores, image_ids: pl.Series) -> tuple[int, Batches]:
        """Return how many images are wanted, and decisions on batches of stored vectors."""
        return len(image_ids), self._batches(store) if len(image_ids) else iter(())

    def _batches(self, store: Stores) -> Batches:
        heads = {head.attribute: head for head in self.heads.heads}
        for batch in checked_images(store, self.encoder).batches():
            yield batch.keys, partial(_decide, heads, batch.vectors)


def open_vector_classifier(store: Stores, path: Path, given: str | None) -> VectorClassifier:
    """Read linear heads, and find the encoder whose vectors they were trained on.

    Parameters
    ----------
    path
        The file.
    given
        The encoder that the user names; None: whichever it is.

    Raises
    ------
    HeadsMismatchError
        If it is another one, or is not in the store.
    """
    heads = load_heads(path)
    encoders = store.catalog.encoders
    known = [encoders.find(given)] if given is not None else encoders.all()
    for encoder in known:
        if _difference(heads.encoder, encoder.record) is None:
            return VectorClassifier(path, heads, encoder)
    same_name = next((each for each in known if each.name == heads.encoder.name), None)
    if same_name is not None:
        problem = f"that of the store has {_difference(heads.encoder, same_name.record)}"
    elif given is not None:
        problem = f"{known[0].name!r} was given"
    else:
        problem = f"the store has {preview([repr(each.name) for each in known]) or 'none'}"
    raise HeadsMismatchError(path, heads.encoder.name, problem)


def _decide(
    heads: dict[str, Head], vectors: Float32, attribute: str, rows: Sequence[int]
) -> Decided:
    return heads[attribute].decide(vectors[rows])


def _difference(trained: EncoderRecord, known: EncoderRecord) -> str | None:
    """Say in what an encoder differs from that of the heads; None: it is the same.

    The weights decide, whatever they are called; where they are not known, the name does.
    """
    if trained.weights_sha256 is None or known.weights_sha256 is None:
        if trained.name != known.name or trained.weights_sha256 != known.weights_sha256:
            return f"the name {known.name!r}"
    elif trained.weights_sha256 != known.weights_sha256:
        return f"other weights ({known.weights_sha256[:8]}, not {trained.weights_sha256[:8]})"
    if trained.dim != known.dim:
        return f"vectors of {known.dim} values, not {trained.dim}"
    if trained.precision != known.precision:
        return f"precision {known.precision!r}, not {trained.precision!r}"
    if trained.preprocessing_json != known.preprocessing_json:
        return "other preprocessing"
    return None
