"""What is wrong with a model, or with what a store has of it."""

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path

from facestore.errors.base import FacestoreError
from facestore.errors.inputs import InputError
from facestore.errors.wording import preview


class EncoderError(FacestoreError):
    """A model that cannot be loaded or used."""


class EncoderMismatchError(EncoderError):
    """Other weights or preprocessing under the name of a known encoder."""

    def __init__(self, name: str, what: str, *, found: object, expected: object) -> None:
        self.name, self.what, self.found, self.expected = name, what, found, expected
        super().__init__(
            f"Encoder {name!r} has {what} {found}, but the store knows it with {expected}: "
            "vectors of the two must not mix. Use another store, or the original weights."
        )


class HeadsMismatchError(EncoderError):
    """Heads are asked to judge vectors of another encoder than they were trained on."""

    def __init__(self, path: Path, trained_on: str, problem: str) -> None:
        self.path, self.trained_on, self.problem = path, trained_on, problem
        super().__init__(
            f"'{path}' was trained on vectors of encoder {trained_on!r}, but {problem}: vectors of "
            "another encoder mean something else. Ingest with that `models=`, or give other heads."
        )


class NoVectorsError(EncoderError, InputError):
    """An encoder has no image vectors yet."""

    def __init__(self, encoder: str, architecture: str) -> None:
        self.encoder = encoder
        super().__init__(
            f"Encoder {encoder!r} has no image vectors: ingest images with "
            f"`models={architecture}`, or `facestore import embeddings`."
        )


class NoCertificateError(EncoderError, InputError):
    """An index that may not be asked: nobody knows how much of the exact answer it would find.

    Parameters
    ----------
    encoder
        Whose image vectors it is over.
    problem
        What is wrong, as the end of a sentence.
    todo
        What gives a certificate that holds.
    """

    def __init__(self, encoder: str, problem: str, todo: str) -> None:
        self.encoder, self.problem = encoder, problem
        super().__init__(
            f"Encoder {encoder!r} cannot be searched by an index: {problem}. Run {todo}; or search "
            "exactly, without `index=True`."
        )


class TextVectorsMissingError(EncoderError):
    """An imported encoder has no vectors for some texts and no model to make them."""

    def __init__(self, encoder: str, texts: Sequence[str], known: Iterable[str] = ()) -> None:
        self.encoder, self.texts = encoder, tuple(texts)
        near = difflib.get_close_matches(texts[0], list(known), n=1, cutoff=0.8)
        hint = f" It has one for {near[0]!r}." if near else ""
        prompts = f"{len(texts)} prompts" if len(texts) > 1 else "the text"
        super().__init__(
            f"Encoder {encoder!r} was imported without text vectors for {prompts} "
            f"({preview([repr(t) for t in texts])}).{hint} "
            "Import them with `facestore import embeddings ... text=FILE`."
        )
