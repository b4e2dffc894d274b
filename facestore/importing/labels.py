"""Import label tables."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import polars as pl

from facestore.catalog.samples import LABEL_SCHEMA, SAMPLE_SCHEMA
from facestore.errors import preview
from facestore.importing.targets import ImportSummary, Target, importing
from facestore.ingest.layouts.label_tables import LabelRules, read_label_table
from facestore.records import AnyPath
from facestore.stores import Stores


def import_labels(
    store: Stores,
    path: AnyPath,
    *,
    dataset: str,
    split: str | None = None,
    create_samples: bool = False,
    attributes: Sequence[str] = (),
    new_classes: bool = False,
) -> ImportSummary:
    """Import a label table for samples that are there, or whose files are not at hand.

    Parameters
    ----------
    path
        CSV or Parquet with a column `file`.
    dataset
        The data set.
    split
        Split of samples that have none yet; it does not choose among them.
    create_samples
        Make samples for names that are unknown, instead of refusing them.
    attributes, new_classes
        Further columns to read as labels, and whether labels may be new classes.

    Raises
    ------
    TableError
        If the table is refused, or names unknown files and no samples may be made.
    """
    path = Path(path)
    rules = LabelRules(store.catalog.samples.classes(), attributes, new_classes)
    table = read_label_table(path, rules)
    target = Target(dataset, split, create_samples)
    with importing(store, "labels", path, target, table.names) as run:
        tags = pl.DataFrame(
            [(run.path_of[name], list(each)) for name, each in table.tags.items()],
            schema={"path": pl.String, "tags": pl.List(pl.String)},
            orient="row",
        )
        samples = run.samples(table.splits).join(tags, on="path", how="left", coalesce=True)
        labels = table.labels.with_columns(path=pl.col("name").replace_strict(run.path_of))
        changes = store.catalog.samples.save(
            dataset,
            source=str(path),
            layout="import",
            samples=samples.select(list(SAMPLE_SCHEMA)),
            labels=labels.select(list(LABEL_SCHEMA)),
            new_classes=table.new_classes,
        )
        run.counts.update(asdict(changes))
    notes = [f"{changes.n_labels_changed:,} labels changed"] if changes.n_labels_changed else []
    if table.ignored:
        notes.append(f"columns not read: {preview(table.ignored)} (name them with `attributes=`)")
    return run.summary("labels", n_rows=len(table.labels), n_new=changes.n_labels_new, notes=notes)
