"""Score: text vectors of a prompt set against the image vectors of an encoder."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from facestore.catalog.encoders import StoredEncoder
from facestore.config import DEFAULT_PRECISION
from facestore.encoders.open_clip import LazyEncoder
from facestore.encoders.preprocessing import resizes_fast
from facestore.errors import NoVectorsError, StoreWriteError, TextVectorsMissingError
from facestore.locks import only_one
from facestore.records import EmbeddingBatch, Float32, ModelName
from facestore.stores import Stores, recorded
from facestore.zero_shot.scoring import class_norms, score_blocks


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
    """

    encoder: str
    prompt_set: str
    n_prompts: int
    n_similarities: int
    n_samples: int
    n_without_vector: int

    def lines(self) -> list[str]:
        """Return the summary for people, one fact a line."""
        done = (
            f"{self.n_similarities:,} similarities of {self.n_samples:,} samples to "
            f"{self.n_prompts:,} prompts of {self.prompt_set!r} with {self.encoder}"
        )
        facts = [done if self.n_similarities else f"nothing new to score for {self.prompt_set!r}"]
        if self.n_without_vector:
            facts.append(
                f"{self.n_without_vector:,} samples have no vector of {self.encoder}: "
                "ingest their images with --model"
            )
        return facts


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
    if record.source != "open_clip":
        return None
    name = ModelName(record.architecture, record.pretrained)
    if given is not None and Path(ModelName.parse(given).pretrained or "").is_file():
        name = ModelName.parse(given)
    return LazyEncoder(
        name,
        precision=record.precision or DEFAULT_PRECISION,
        device=device,
        force_quick_gelu=bool(record.preprocessing.get("quick_gelu")),
        fast_resize=resizes_fast(record.preprocessing),
    )


def score(
    stores: Stores,
    prompt_set: str,
    *,
    encoder: StoredEncoder,
    model: LazyEncoder | None,
    dataset: str | None = None,
) -> ScoreSummary:
    """Write the similarities that are missing between a prompt set and the samples of an encoder.

    Parameters
    ----------
    stores
        The store.
    prompt_set
        Name of a prompt set of the store.
    encoder
        The encoder whose image vectors are scored.
    model
        Its model, for prompts that have no vector yet; None for an imported encoder.
    dataset
        Only samples of this data set.

    Raises
    ------
    UnknownNameError
        If there is no such prompt set or data set.
    NoVectorsError
        If the encoder has no image vectors.
    TextVectorsMissingError
        If prompts have no vector and there is no model to make them.
    """
    prompts = stores.catalog.prompts.get(prompt_set)
    if dataset is not None:
        stores.catalog.samples.require_dataset(dataset)
    images = stores.vectors.images(encoder.vectors)
    keys = images.keys()
    if not keys:
        raise NoVectorsError(encoder.name, encoder.record.architecture)
    arguments = {"prompt_set": prompt_set, "encoder": encoder.name, "dataset": dataset}
    with (
        # Two at once would both write what both found to be missing.
        only_one(stores.catalog.database.path.parent, "score"),
        recorded(stores, "score", arguments) as counts,
    ):
        texts = text_vectors(stores, encoder, [each.text for each in prompts.prompts], model)
        if not stores.catalog.similarities.has_class_norms(encoder.encoder_id, prompt_set):
            norms = class_norms(prompts, texts)
            stores.catalog.similarities.save_class_norms(encoder.encoder_id, prompt_set, norms)
            counts["n_class_norms"] = len(norms)
        pending = stores.catalog.similarities.pending(encoder.encoder_id, prompt_set, dataset)
        ready = pending.filter(pending["vector_key"].is_in(list(keys)))
        vector_of = {
            each.prompt_id: texts[each.text] for each in stores.catalog.prompts.stored(prompt_set)
        }
        n_rows = 0
        with stores.progress.task("Scoring", len(ready)) as task:
            for block in score_blocks(ready, images.batches() if len(ready) else (), vector_of):
                n_rows += stores.catalog.similarities.add(
                    encoder.encoder_id, block.prompt_ids, block.sample_ids, block.cosines
                )
                task.advance(len(block.sample_ids))
        counts["n_similarities"] = n_rows
    return ScoreSummary(
        encoder=encoder.name,
        prompt_set=prompt_set,
        n_prompts=len(prompts.prompts),
        n_similarities=n_rows,
        n_samples=len(ready),
        n_without_vector=len(pending) - len(ready),
    )


def text_vectors(
    stores: Stores,
    encoder: StoredEncoder,
    texts: Sequence[str],
    model: LazyEncoder | None,
    *,
    must_keep: bool = True,
) -> dict[str, Float32]:
    """Return the vector of every text; make and keep those that are missing.

    Parameters
    ----------
    stores, encoder, texts, model
        The store, the encoder, what is wanted, and who makes it.
    must_keep
        Whether a store that cannot be written is an error; not for commands that only read.

    Raises
    ------
    TextVectorsMissingError
        If texts have no vector and there is no model to make them.
    """
    table = stores.vectors.texts(encoder.vectors, asdict(encoder.record))
    vectors = table.get(texts)
    missing = [text for text in texts if text not in vectors]
    if missing:
        if model is None:
            raise TextVectorsMissingError(encoder.name, missing, table.keys())
        loaded = model.load()
        stores.catalog.encoders.register(loaded.record)
        made = loaded.encode_texts(missing)
        with nullcontext() if must_keep else suppress(StoreWriteError):
            table.add(EmbeddingBatch(tuple(missing), made))
        vectors |= dict(zip(missing, made, strict=True))
    return vectors
