"""Import what others computed: labels, similarities, predictions, vectors. All rows or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import polars as pl

from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.samples import LABEL_SCHEMA, SAMPLE_SCHEMA
from facestore.errors import TableError, preview
from facestore.importing import (
    ImportedPredictions,
    ImportedVectors,
    read_image_vectors,
    read_predictions,
    read_similarities,
    read_text_vectors,
)
from facestore.importing.targets import Target, create, match, with_sample_ids, with_splits
from facestore.ingest.layouts import LabelRules, read_label_table
from facestore.records import ClassifierRecord, EmbeddingBatch, EncoderRecord, ModelName
from facestore.stores import Stores, recorded


@dataclass(frozen=True)
class TextSource:
    """A file of text vectors, and where in it they are."""

    path: Path
    prompts_key: str | None = None
    vectors_key: str | None = None
    template: str = "{}"


@dataclass(frozen=True)
class ImportSummary:
    """What an import changed.

    Attributes
    ----------
    what
        labels, similarities, predictions or vectors.
    n_rows
        Rows of the file.
    n_met
        File names that met a sample which was there already.
    n_created
        Samples made.
    n_new
        Rows written; the others were there already.
    notes
        Further facts.
    """

    what: str
    dataset: str
    n_rows: int
    n_met: int
    n_created: int
    n_new: int
    notes: tuple[str, ...] = ()


def import_labels(
    store: Stores,
    path: Path,
    target: Target,
    *,
    attributes: Sequence[str] = (),
    allow_new_classes: bool = False,
) -> ImportSummary:
    """Import a label table for samples that are there, or whose files are not at hand.

    Raises
    ------
    TableError
        If the table is refused, or names unknown files and no samples may be made.
    """
    classes = store.catalog.samples.classes()
    table = read_label_table(path, LabelRules(classes, attributes, allow_new_classes))
    with (
        recorded(store, "import labels", asdict(target) | {"path": path}) as counts,
        store.catalog.transaction(),
    ):
        path_of, n_created = match(store, path, target, table.names)
        known = store.catalog.samples.of_dataset(target.dataset)
        tags = pl.DataFrame(
            [(path_of[name], list(each)) for name, each in table.tags.items()],
            schema={"path": pl.String, "tags": pl.List(pl.String)},
            orient="row",
        )
        samples = with_splits(table.splits, path_of, target, known)
        samples = samples.join(tags, on="path", how="left", coalesce=True)
        labels = table.labels.with_columns(path=pl.col("name").replace_strict(path_of))
        changes = store.catalog.samples.save(
            target.dataset,
            source=str(path),
            layout="import",
            samples=samples.select(list(SAMPLE_SCHEMA)),
            labels=labels.select(list(LABEL_SCHEMA)),
            new_classes=table.new_classes,
        )
        counts.update(asdict(changes))
    notes = [f"{changes.n_labels_changed:,} labels changed"] if changes.n_labels_changed else []
    if table.ignored:
        notes.append(f"columns not read: {preview(table.ignored)} (name them with --attribute)")
    return ImportSummary(
        "labels",
        target.dataset,
        n_rows=len(table.labels),
        n_met=len(table.names) - n_created,
        n_created=n_created,
        n_new=changes.n_labels_new,
        notes=tuple(notes),
    )


def import_similarities(
    store: Stores, path: Path, target: Target, *, model: ModelName, scale: float
) -> ImportSummary:
    """Import similarities in the JSON form `{file: {prompt: scale x cosine}}`.

    Raises
    ------
    TableError
        If the file is refused, or names unknown files and no samples may be made.
    """
    table = read_similarities(path, scale=scale)
    arguments = asdict(target) | {"path": path, "model": asdict(model), "scale": scale}
    with recorded(store, "import similarities", arguments) as counts, store.catalog.transaction():
        names = table["name"].unique(maintain_order=True).to_list()
        path_of, n_created = match(store, path, target, names)
        create(store, path, target, path_of, n_created)
        encoder = _imported_encoder(store, model)
        rows = with_sample_ids(store, target.dataset, table, path_of)
        n_new = store.catalog.similarities.add_by_text(
            encoder.encoder_id, rows.select("sample_id", "text", "cosine")
        )
        counts.update({"n_samples_new": n_created, "n_similarities": n_new})
    return ImportSummary(
        "similarities",
        target.dataset,
        n_rows=len(table),
        n_met=len(names) - n_created,
        n_created=n_created,
        n_new=n_new,
        notes=(f"encoder {encoder.name!r}",),
    )


def import_predictions(
    store: Stores,
    path: Path,
    target: Target,
    *,
    column: str = "predicted",
    attribute: str | None = None,
    classifier: str | None = None,
) -> ImportSummary:
    """Import the predictions of one or many classifiers.

    Raises
    ------
    TableError
        If the file is refused, or names unknown files and no samples may be made.
    InputError
        If a classifier has other predictions for some of the samples.
    """
    known = {name: [c.name for c in each] for name, each in store.catalog.samples.classes().items()}
    table = read_predictions(
        path, classes=known, column=column, attribute=attribute, classifier=classifier
    )
    with (
        recorded(store, "import predictions", asdict(target) | {"path": path}) as counts,
        store.catalog.transaction(),
    ):
        names = table.rows["name"].unique(maintain_order=True).to_list()
        path_of, n_created = match(store, path, target, names)
        create(store, path, target, path_of, n_created)
        classifiers = _imported_classifiers(store, table, path)
        rows = with_sample_ids(store, target.dataset, table.rows, path_of)
        changes = store.catalog.predictions.add(classifiers, rows)
        counts.update(asdict(changes) | {"n_samples_new": n_created})
    return ImportSummary(
        "predictions",
        target.dataset,
        n_rows=len(table.rows),
        n_met=len(names) - n_created,
        n_created=n_created,
        n_new=changes.n_new,
        notes=(f"{len(classifiers):,} classifiers, {changes.n_classifiers_new:,} of them new",),
    )


def import_embeddings(
    store: Stores,
    path: Path,
    target: Target,
    *,
    model: ModelName,
    names_key: str | None = None,
    vectors_key: str | None = None,
    metadata: Path | None = None,
    text: TextSource | None = None,
    logit_scale: float | None = None,
) -> ImportSummary:
    """Import image vectors, and the vectors of prompts beside them, as an encoder of its own.

    Raises
    ------
    TableError
        If a file is refused, or names unknown files and no samples may be made.
    """
    images = read_image_vectors(
        path, names_key=names_key, vectors_key=vectors_key, metadata=metadata
    )
    texts = None
    if text is not None:
        texts = read_text_vectors(
            text.path,
            prompts_key=text.prompts_key,
            vectors_key=text.vectors_key,
            template=text.template,
        )
        _check_widths(text.path, images, texts)
    arguments = asdict(target) | {"path": path, "model": asdict(model)}
    with recorded(store, "import embeddings", arguments) as counts, store.catalog.transaction():
        path_of, n_created = match(store, path, target, images.batch.keys)
        create(store, path, target, path_of, n_created)
        dim = images.batch.vectors.shape[1]
        encoder = _imported_encoder(store, model, dim, _precision(images.dtype), logit_scale)
        keyed = _keyed_by_content(store, target.dataset, images.batch, path_of)
        identity = asdict(encoder.record)
        n_new = store.vectors.images(encoder.vectors, identity).add(keyed)
        n_texts = 0
        if texts is not None:
            n_texts = store.vectors.texts(encoder.vectors, identity).add(texts.batch)
        counts.update({"n_samples_new": n_created, "n_vectors": n_new, "n_text_vectors": n_texts})
    notes = [f"encoder {encoder.name!r}", f"{n_texts:,} text vectors"]
    return ImportSummary(
        "vectors",
        target.dataset,
        n_rows=len(images.batch.keys),
        n_met=len(images.batch.keys) - n_created,
        n_created=n_created,
        n_new=n_new,
        notes=tuple(notes),
    )


def _imported_encoder(
    store: Stores,
    model: ModelName,
    dim: int | None = None,
    precision: str | None = None,
    logit_scale: float | None = None,
) -> StoredEncoder:
    return store.catalog.encoders.register(
        EncoderRecord(
            source="imported",
            architecture=model.architecture,
            pretrained=model.pretrained,
            precision=precision,
            dim=dim,
            logit_scale=logit_scale,
        )
    )


def _imported_classifiers(
    store: Stores, table: ImportedPredictions, path: Path
) -> list[ClassifierRecord]:
    """Return a record of each classifier; one that names its model belongs to that encoder."""
    classifiers = []
    encoders: dict[ModelName, int] = {}
    for row in table.classifiers.iter_rows(named=True):
        encoder_id = None
        if row.get("architecture"):
            model = ModelName(row["architecture"], row.get("pretrained"))
            if model not in encoders:
                encoders[model] = _imported_encoder(store, model).encoder_id
            encoder_id = encoders[model]
        classifiers.append(
            ClassifierRecord(
                name=row["classifier"],
                kind="imported",
                attribute=row["attribute"],
                encoder_id=encoder_id,
                prompt_set=row.get("prompt_set"),
                aggregation=row.get("aggregation"),
                k=row.get("k"),
                details={"file": path.name},
            )
        )
    return classifiers


def _keyed_by_content(
    store: Stores, dataset: str, batch: EmbeddingBatch, path_of: Mapping[str, str]
) -> EmbeddingBatch:
    """File vectors under the content of their samples; of exact duplicates the first counts."""
    key_of = store.catalog.similarities.vector_keys(dataset)
    first: dict[str, int] = {}
    for i, name in enumerate(batch.keys):
        first.setdefault(key_of[path_of[name]], i)
    return EmbeddingBatch(tuple(first), np.ascontiguousarray(batch.vectors[list(first.values())]))


def _check_widths(path: Path, images: ImportedVectors, texts: ImportedVectors) -> None:
    wide, expected = texts.batch.vectors.shape[1], images.batch.vectors.shape[1]
    if wide != expected:
        problem = f"text vectors have {wide} values, image vectors {expected}"
        raise TableError(path, problem, "Give both of the same model.")


def _precision(dtype: str) -> str:
    return {"float16": "fp16", "float32": "fp32", "float64": "fp64"}.get(dtype, dtype)
