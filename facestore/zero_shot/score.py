"""Score: text vectors of a prompt set against the image vectors of an encoder."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from facestore.catalog.encoders import StoredEncoder
from facestore.config import DEFAULT_PRECISION
from facestore.encoders.encoder import LazyEncoder
from facestore.encoders.preprocessing import resizes_fast
from facestore.errors import EncoderError, NoVectorsError, StoreWriteError, TextVectorsMissingError
from facestore.locks import only_one
from facestore.missing_vectors import todo_without_vectors
from facestore.model_names import ModelName
from facestore.recorded_vectors import (
    VectorRecord,
    checked_images,
    encoder_with_images,
    record_all,
)
from facestore.records import EmbeddingBatch, Float32
from facestore.stores import Stores, recorded
from facestore.unit_rows import class_norms
from facestore.zero_shot.prompt_notes import notes_on
from facestore.zero_shot.scoring import score_blocks
from facestore.zero_shot.streamed import stream_winners, streams


@dataclass(frozen=True)
class ScoreSummary:
    """What scoring changed.

    Attributes
    ----------
    n_similarities
        Rows written.
    n_samples
        Samples that got similarities.
    n_without_vector
        Samples that have no vector of this encoder, and so none.
    todo_without_vector
        What gives those a vector.
    n_streamed
        Samples of which is kept what wins with every k, and no similarity.
    notes
        Prompts that are cut, blank, or the same to the encoder.
    """

    encoder: str
    prompt_set: str
    n_prompts: int
    n_similarities: int
    n_samples: int
    n_without_vector: int
    notes: tuple[str, ...] = ()
    n_streamed: int = 0
    todo_without_vector: str = ""


def model_of(encoder: StoredEncoder, given: str | None, device: str) -> LazyEncoder | None:
    """Return the model of an encoder, for prompts that have no vector yet.

    Parameters
    ----------
    encoder
        The encoder.
    given
        What the user calls it; a checkpoint is found by its path, which a store does not keep.
    device
        Where the model runs.

    Returns
    -------
    LazyEncoder or None
        None for an imported encoder.
    """
    record = encoder.record
    if record.source == "imported":
        return None
    name = ModelName.of(record)
    if given is None:
        _refuse_other_places(name)
    elif _is_here(ModelName.parse(given)):
        name = ModelName.parse(given)
    return LazyEncoder(
        name,
        precision=record.precision or DEFAULT_PRECISION,
        device=device,
        force_quick_gelu=bool(record.preprocessing.get("quick_gelu")),
        fast_resize=resizes_fast(record.preprocessing),
        notify=lambda _: None,  # it was told when the pictures were encoded
    )


def _is_here(name: ModelName) -> bool:
    """Say whether a name leads to a file or a folder, which a store does not keep."""
    return Path(name.pretrained or "").is_file() or bool(name.folder and name.folder.is_dir())


def _refuse_other_places(name: ModelName) -> None:
    """Refuse a model that a store alone names and that lies in a folder, or in somebody's space.

    Raises
    ------
    EncoderError
        If it is one: whoever handed over the store would choose what is opened or fetched here.
    """
    places = [name.whole_architecture] if name.is_place else []
    places += [part for part in (name.pretrained,) if part and Path(part).name != part]
    if places:
        message = (
            f"The store names the model '{places[0]}', which is no name of the backend but a place "
            "to fetch it from: if you trust that, name it yourself as `model=NAME`."
        )
        raise EncoderError(message)


def encoder_and_model(
    store: Stores, named: str | None, device: str
) -> tuple[StoredEncoder, LazyEncoder | None]:
    """Return the encoder that is named, or the only one, and its model as `model_of` has it."""
    encoder = encoder_with_images(store, named)
    return encoder, model_of(encoder, named, device)


def score(
    store: Stores,
    prompt_set: str,
    *,
    model: str | None = None,
    dataset: str | None = None,
    device: str = "auto",
) -> ScoreSummary:
    """Write the similarities that are missing between a prompt set and the images of an encoder.

    Parameters
    ----------
    prompt_set
        Name of the set.
    model
        The encoder, by name or as `ingest` takes it; not needed where only one has image vectors. A
        local checkpoint is given with its path.
    dataset
        Only samples of this data set.
    device
        Where the model runs for prompts that are new.

    Raises
    ------
    UnknownNameError
        If there is no such prompt set, encoder or data set.
    NoVectorsError
        If the encoder has no image vectors.
    VectorsDifferError
        If its vectors are not those that were recorded, as far as that is seen at once.
    TextVectorsMissingError
        If prompts have no vector and there is no model to make them.
    """
    encoder, lazy = encoder_and_model(store, model, device)
    return score_with(store, encoder, lazy, prompt_set, dataset)


def score_with(
    store: Stores,
    encoder: StoredEncoder,
    lazy: LazyEncoder | None,
    prompt_set: str,
    dataset: str | None,
) -> ScoreSummary:
    """Score as `score` does, with an encoder and a model that several sets may share."""
    prompts = store.catalog.prompts.get(prompt_set)
    if dataset is not None:
        store.catalog.samples.require_dataset(dataset)
    arguments = {"prompt_set": prompt_set, "encoder": encoder.name, "dataset": dataset}
    with (
        # Two at once would both write what both found to be missing.
        only_one(store.path, "score"),
        ExitStack() as last,
        recorded(store, "score", arguments) as counts,
    ):
        # What a power cut left unreadable is put aside before anything is compared with it.
        store.vectors.texts(encoder.vectors).mend()
        images = checked_images(store, encoder)
        n_vectors = images.count()
        if not n_vectors:
            raise NoVectorsError(encoder.name, encoder.record.architecture)
        texts = text_vectors(store, encoder, [each.text for each in prompts.prompts], lazy)
        counts["n_vectors_recorded"] = record_all(store, encoder)  # what a killed command left
        is_streamed = streams(store, encoder, prompt_set, n_vectors)
        if not store.catalog.similarities.has_class_norms(encoder.encoder_id, prompt_set):
            norms = class_norms(prompts, texts)
            store.catalog.similarities.save_class_norms(encoder.encoder_id, prompt_set, norms)
            counts["n_class_norms"] = len(norms)
        n_rows = n_samples = n_streamed = 0
        if is_streamed:
            n_streamed, n_without = stream_winners(store, encoder, prompt_set, texts, dataset)
            counts["n_streamed"] = n_streamed
        else:
            n_rows, n_samples, n_without = _keep_rows(store, encoder, prompt_set, texts, dataset)
            counts["n_similarities"] = n_rows
            if n_rows:
                last.enter_context(
                    store.catalog.transaction()
                )  # one for this and the row of `runs`
            # What was streamed before, here or for a smaller set, has its rows by now.
            store.catalog.streams.give_up(encoder.encoder_id)
    return ScoreSummary(
        encoder=encoder.name,
        prompt_set=prompt_set,
        n_prompts=len(prompts.prompts),
        n_similarities=n_rows,
        n_samples=n_samples,
        n_without_vector=n_without,
        notes=tuple(notes_on(prompts, texts, encoder.name, lazy)),
        n_streamed=n_streamed,
        todo_without_vector=(
            todo_without_vectors(store, encoder, n_without, dataset) if n_without else ""
        ),
    )


def _keep_rows(
    store: Stores,
    encoder: StoredEncoder,
    prompt_set: str,
    texts: Mapping[str, Float32],
    dataset: str | None,
) -> tuple[int, int, int]:
    """Write a row a similarity; return rows, their samples, and samples without a vector."""
    similarities, images = store.catalog.similarities, checked_images(store, encoder)
    pending = similarities.pending(encoder.encoder_id, prompt_set, dataset)
    ready = pending.filter(images.has(pending["vector_key"]))
    vector_of = {
        each.prompt_id: texts[each.text] for each in store.catalog.prompts.stored(prompt_set)
    }
    n_rows = 0
    with store.progress.task("Scoring", len(ready)) as task:
        for block in score_blocks(ready, images.batches() if len(ready) else (), vector_of):
            n_rows += similarities.add(
                encoder.encoder_id, block.prompt_ids, block.sample_ids, block.cosines
            )
            task.advance(len(block.sample_ids))
    return n_rows, len(ready), len(pending) - len(ready)


def text_vectors(
    store: Stores,
    encoder: StoredEncoder,
    texts: Sequence[str],
    model: LazyEncoder | None,
    *,
    must_keep: bool = True,
) -> dict[str, Float32]:
    """Return the vector of every text; make and keep those that are missing.

    Parameters
    ----------
    store, encoder, texts, model
        The store, the encoder, what is wanted, and who makes it.
    must_keep
        Whether a store that cannot be written is an error; not for commands that only read.

    Raises
    ------
    TextVectorsMissingError
        If texts have no vector and there is no model to make them.
    """
    table = store.vectors.texts(encoder.vectors, asdict(encoder.record))
    if must_keep:
        table.mend()
    vectors = table.get(texts)
    missing = [text for text in texts if text not in vectors]
    if missing:
        if model is None:
            known = (text for each in table.key_batches() for text in each)
            raise TextVectorsMissingError(encoder.name, missing, known)
        loaded = model.load()
        store.catalog.encoders.register(loaded.record)
        made = loaded.encode_texts(missing)
        batch = EmbeddingBatch(tuple(missing), made)
        if must_keep:
            record = VectorRecord(store, encoder, "texts")
            record.begin()
            record.note(batch)
            table.add(batch)
            record.save()
        else:  # the next command that writes records it
            with suppress(StoreWriteError):
                table.add(batch)
        vectors |= dict(zip(missing, made, strict=True))
    return vectors
