"""Which models are asked: those that were named, that of a classifier, or the only one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facestore.catalog.encoders import StoredEncoder
from facestore.encoders.encoder import LazyEncoder
from facestore.errors import InputError
from facestore.stores import Stores
from facestore.zero_shot.many import OF_ONE, Failure
from facestore.zero_shot.score import model_of


@dataclass(frozen=True)
class Asked:
    """An encoder to ask.

    Attributes
    ----------
    encoder
        Of the store.
    typed
        What it was called, from which its model is loaded; None: as the store calls it.
    """

    encoder: StoredEncoder
    typed: str | None


def models_to_ask(
    store: Stores, classifier: str | None, models: Sequence[str]
) -> Mapping[str, Asked | Failure]:
    """Return the encoders to ask, by name: those that were named, or that of the classifier.

    Raises
    ------
    InputError
        If the only one is not there; of several, that is a `Failure`.
    """
    encoders = store.catalog.encoders
    if classifier is not None:
        known = store.catalog.predictions.find(classifier)
        own = [each for each in encoders.all() if each.encoder_id == known.record.encoder_id]
        if not own:
            message = (
                f"Classifier {classifier!r} was imported without its model, so it cannot be asked "
                "again: explain one that facestore made."
            )
            raise InputError(message)
        return {own[0].name: Asked(own[0], next(iter(models), None))}
    if not models:
        only = encoders.only()
        return {only.name: Asked(only, None)}
    found: dict[str, Asked | Failure] = {}
    for given in models:
        try:
            encoder = encoders.find(given)
            found.setdefault(encoder.name, Asked(encoder, given))
        except OF_ONE as error:
            found[given] = Failure(given, error)
    return found


def model_to_ask(asked: Asked, device: str) -> LazyEncoder:
    """Return the model of an encoder.

    Raises
    ------
    InputError
        If it was imported.
    """
    model = model_of(asked.encoder, asked.typed, device)
    if model is None:
        message = (
            f"Encoder {asked.encoder.name!r} was imported, so there is no model to look into: "
            "ingest the images with `models=`."
        )
        raise InputError(message)
    return model
