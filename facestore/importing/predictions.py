"""Import predictions: of one classifier, or of many in one file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from facestore.errors import counted
from facestore.importing.prediction_tables import GivenTable, ImportedPredictions, predictions_in
from facestore.importing.targets import ImportSummary, Target, imported_encoder, importing
from facestore.ingest.plan import known_classes
from facestore.mappings import LabelMapping
from facestore.model_names import ModelName
from facestore.names import check_name
from facestore.records import AnyPath, ClassifierRecord
from facestore.seen_data import TRAINED, TUNED, SeenData
from facestore.stores import Stores


def import_predictions(
    store: Stores,
    path: AnyPath,
    *,
    dataset: str,
    split: str | None = None,
    create_samples: bool = False,
    column: str = "predicted",
    attribute: str | None = None,
    classifier: str | None = None,
    mapping: LabelMapping | None = None,
    trained_on: Sequence[str] = (),
    tuned_on: Sequence[str] = (),
) -> ImportSummary:
    """Import the predictions of one or many classifiers.

    Parameters
    ----------
    path
        CSV or Parquet, as `read_predictions` takes it.
    dataset, split, create_samples
        As for `import_labels`.
    column
        Name of the column of predicted classes.
    attribute, classifier
        What is predicted and by whom, where the table does not say.
    mapping
        What columns and values mean: a table with a column for each attribute names them there.
    trained_on, tuned_on
        What all classifiers of the table were trained on, and what chose between versions of them:
        `DATASET` or `DATASET/SPLIT`, which need not be in the store. Said of classifiers that are
        there already, it is added to what is known of them.

    Raises
    ------
    TableError
        If the file is refused, or names unknown files and no samples may be made.
    ParametersError
        If `attribute` is another one than those that have columns.
    InputError
        If a classifier has other predictions for some of the samples.
    """
    check_name("classifier", classifier)
    seen = _said_seen(store, {TRAINED: trained_on, TUNED: tuned_on})
    path = Path(path)
    given = GivenTable(column, attribute, classifier, mapping or LabelMapping())
    table = predictions_in(path, known_classes(store), given)
    names = table.rows["name"].unique(maintain_order=True).to_list()
    target = Target(dataset, split, create_samples)
    with importing(store, "predictions", path, target, names) as run:
        run.create_samples()
        classifiers = _imported_classifiers(store, table, path, seen)
        changes = store.catalog.predictions.add(classifiers, run.with_sample_ids(table.rows))
        run.counts.update(asdict(changes) | {"n_samples_new": run.n_created})
    new = f"{changes.n_classifiers_new:,} of them new"
    notes = [
        f"{counted(len(classifiers), 'classifier')}, {new}",
        *table.notes,
        *_seen_nowhere(store, seen),
    ]
    return run.summary("predictions", n_rows=len(table.rows), n_new=changes.n_new, notes=notes)


def _said_seen(store: Stores, said: Mapping[str, Sequence[str]]) -> tuple[SeenData, ...]:
    """Return the data that texts name."""
    for purpose, texts in said.items():
        for text in texts:
            check_name(f"{purpose}_on", text)
    return tuple(
        store.catalog.seen.meant(purpose, text) for purpose, texts in said.items() for text in texts
    )


def _seen_nowhere(store: Stores, seen: Sequence[SeenData]) -> Iterator[str]:
    """Yield a note on data of which the store has no sample: a slip of the pen marks nothing."""
    for each in seen:
        if not store.catalog.seen.n_samples(each):
            where = each.dataset if each.split is None else f"{each.dataset}/{each.split}"
            yield f"{each.purpose} on {where}: the store has no sample of it, so nothing is marked"


def _imported_classifiers(
    store: Stores, table: ImportedPredictions, path: Path, seen: tuple[SeenData, ...]
) -> list[ClassifierRecord]:
    """Return a record of each classifier; one that names its model belongs to that encoder."""
    classifiers = []
    encoders: dict[ModelName, int] = {}
    for row in table.classifiers.iter_rows(named=True):
        encoder_id = None
        if row.get("architecture"):
            model = ModelName(row["architecture"], row.get("pretrained"))
            if model not in encoders:
                encoders[model] = imported_encoder(store, model).encoder_id
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
                seen=seen,
            )
        )
    return classifiers
