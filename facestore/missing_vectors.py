"""What gives vectors to samples that have none: their pictures, or vectors from elsewhere."""

from collections.abc import Collection
from shlex import quote

from facestore.catalog.encoders import StoredEncoder
from facestore.errors import by_number
from facestore.model_names import ModelName
from facestore.recorded_vectors import table_of
from facestore.stores import Stores

# What the key of a vector begins with where only the name of a file is known; see `vector_keys`.
NO_PICTURE = "sample:"


def todo_without_vectors(
    store: Stores, encoder: StoredEncoder, n: int, dataset: str | None = None
) -> str:
    """Return what to do about samples that have no vector of an encoder.

    Parameters
    ----------
    store, encoder
        The store, and whose vectors are missing.
    n
        How many have none.
    dataset
        Only samples of this data set were looked at.
    """
    unpictured = store.catalog.samples.unpictured(dataset)
    has = table_of(store, encoder, "images").has([key for _, key in unpictured])
    without = [name for (name, _), is_there in zip(unpictured, has, strict=True) if not is_there]
    named = {dataset} if dataset is not None else set(without)
    if encoder.record.source == "imported":
        return f"{import_of(encoder, named)} brings more"
    ingest = "ingest the images with `models=`"
    if not without:
        return ingest
    brings = f"{import_of(encoder, named)} brings vectors, as an encoder of its own"
    if len(without) < n:
        have = by_number(len(without), "has", "have")
        return f"{ingest}; {len(without):,} of them {have} no picture: {brings}"
    return f"no picture was ingested; {brings}"


def import_of(encoder: StoredEncoder, datasets: Collection[str] = ()) -> str:
    """Return the command that imports vectors of an encoder's model, in backquotes.

    Parameters
    ----------
    encoder
        Whose model it is.
    datasets
        The data set; of several, or none, the user names it.
    """
    name = quote(*datasets) if len(datasets) == 1 else "NAME"
    model = quote(str(ModelName.of(encoder.record)))
    return f"`facestore import embeddings FILE dataset={name} model={model}`"
