"""What is known of a sample, in columns beside it: for eyes, in Embedding Atlas."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from facestore.catalog.encoders import StoredEncoder
from facestore.errors import NoVectorsError
from facestore.exporting.label_columns import label_column
from facestore.exporting.selection import with_column
from facestore.images.pictures import Pictures
from facestore.images.small import shown_small
from facestore.recorded_vectors import checked_images
from facestore.records import Float32
from facestore.stores import Stores

# A struct of this kind is drawn as a picture by Embedding Atlas, as by Hugging Face's viewer.
_PICTURE = pl.Struct({"bytes": pl.Binary(), "path": pl.String()})


def with_vectors(
    store: Stores, encoder: StoredEncoder, samples: pl.DataFrame
) -> tuple[pl.DataFrame, Float32]:
    """Return the samples that have a vector, and their vectors: float32 (N, D).

    Raises
    ------
    NoVectorsError
        If the encoder has no image vectors at all.
    """
    table = checked_images(store, encoder)
    wanted = set(samples["vector_key"].to_list())
    vectors = {
        key: batch.vectors[i]
        for batch in table.batches()
        for i, key in enumerate(batch.keys)
        if key in wanted
    }
    if not vectors and not table.count():
        raise NoVectorsError(encoder.name, encoder.record.architecture)
    samples = samples.filter(pl.col("vector_key").is_in(list(vectors)))
    found = [vectors[key] for key in samples["vector_key"]]
    return samples, np.stack(found) if found else np.empty((0, 0), np.float32)


def with_labels(samples: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """Add a column for each attribute; `label: NAME` where that name stands for something else."""
    taken = {name.casefold() for name in samples.columns}
    for (attribute,), part in labels.group_by("attribute", maintain_order=True):
        name = label_column(str(attribute), taken)
        label = pl.coalesce("label", pl.col("value").cast(pl.String))
        samples = with_column(samples, name, part, label)
    return samples


def with_judgements(
    samples: pl.DataFrame, judgements: pl.DataFrame, names: Mapping[str, Sequence[str]]
) -> pl.DataFrame:
    """Add what classifiers say, and whether it is right; the margin only where there is one.

    Parameters
    ----------
    judgements
        As `Exports.judgements_of` returns them.
    names
        From a classifier to the names of its columns: predicted, judged, margin.
    """
    parts = {str(key[0]): part for key, part in judgements.partition_by(
        "classifier", maintain_order=True, as_dict=True).items()}  # fmt: skip
    for classifier, (predicted, judged, margin) in names.items():
        part = parts.get(classifier, judgements.clear())
        samples = with_column(samples, predicted, part, pl.col("predicted"))
        samples = with_column(samples, judged, part, pl.col("judged"))
        samples = samples.with_columns(pl.col(judged).fill_null("no prediction"))
        if part["margin"].count():
            samples = with_column(samples, margin, part, pl.col("margin"))
    return samples


def with_doubts(store: Stores, samples: pl.DataFrame) -> pl.DataFrame:
    """Add `duplicate_group` and `suspect`, each only where a sample has one."""
    sample_ids = samples["sample_id"].to_list()
    exports = store.catalog.exports
    for name, found in (
        ("duplicate_group", exports.duplicates_of(sample_ids)),
        ("suspect", exports.suspects_of(sample_ids)),
    ):
        if len(found):
            samples = with_column(samples, name, found, pl.col(name))
    return samples


def small_pictures(
    store: Stores, samples: pl.DataFrame, pictures: Mapping[str, Pictures]
) -> pl.Series:
    """Return the pictures of samples, small, in a column `picture`; NULL where there is none.

    Parameters
    ----------
    samples
        `dataset`, `path` and `image_id`. A picture whose bytes are not those of `image_id` any
        more is none.
    """
    found = []
    with store.progress.task("Reading pictures", len(samples)) as task:
        for dataset, path, image_id in samples.select("dataset", "path", "image_id").rows():
            content = None
            if dataset in pictures and image_id is not None:
                content = pictures[dataset].content(path, image_id)
            small = None if content is None else shown_small(content)
            found.append(None if small is None else {"bytes": small, "path": path})
            task.advance()
    return pl.Series("picture", found, _PICTURE)
