"""Import label tables."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import polars as pl

from facestore.catalog.sample_rows import LABEL_SCHEMA, SAMPLE_SCHEMA
from facestore.errors import TableError, counted, preview
from facestore.importing.targets import ImportSummary, Target, importing
from facestore.ingest.layouts.folder_rows import is_of_folders, of_pictures
from facestore.ingest.layouts.found_labels import LabelTable
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_tables import read_label_table
from facestore.ingest.layouts.unmet_values import unmet_notes
from facestore.ingest.plan import known_classes
from facestore.ingest.rivals import Rivals, rivals_in
from facestore.mappings import LabelMapping
from facestore.names import match_names
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
    mapping: LabelMapping | None = None,
) -> ImportSummary:
    """Import a label table for samples that are there, or whose files are not at hand.

    Parameters
    ----------
    path
        CSV, text, JSON or Parquet with a column of files.
    dataset
        The data set.
    split
        Split of samples that have none yet; it does not choose among them.
    create_samples
        Make samples for names that are unknown, instead of refusing them.
    attributes, new_classes
        Further columns to read as labels (`all`: every one), and whether labels may be new classes.
    mapping
        What columns and values mean, where it is not told by their names.

    Raises
    ------
    TableError
        If the table is refused, or names unknown files and no samples may be made.
    """
    path = Path(path)
    # A store is made by what is imported, not by what is refused.
    rules = LabelRules(known_classes(store), attributes, new_classes, mapping or LabelMapping())
    table = _read(path, rules)
    if create_samples and is_of_folders(table):
        todo = "Ingest the pictures first, and leave `create_samples=True` out."
        raise TableError(path, f"its rows are of folders ({preview(table.names)})", todo)
    table = _of_samples(store, dataset, table)
    target = Target(dataset, split, create_samples)
    with importing(store, "labels", path, target, table.names) as run:
        tags = pl.DataFrame(
            [(run.path_of[name], list(each)) for name, each in table.tags.items()],
            schema={"path": pl.String, "tags": pl.List(pl.String)},
            orient="row",
        )
        persons = pl.DataFrame(
            [(run.path_of[name], who) for name, who in table.persons.items()],
            schema={"path": pl.String, "person_id": pl.String},
            orient="row",
        )
        samples = run.samples(table.splits)
        for said in (tags, persons):
            samples = samples.join(said, on="path", how="left", coalesce=True)
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
    n = changes.n_labels_changed
    notes = [f"{counted(n, 'label')} changed"] if n else []
    notes += table.all_notes
    if table.ignored:
        notes.append(f"columns not read: {preview(table.ignored)} (name them with `attributes=`)")
    return run.summary("labels", n_rows=len(table.labels), n_new=changes.n_labels_new, notes=notes)


def _of_samples(store: Stores, dataset: str, table: LabelTable) -> LabelTable:
    """Return a table whose rows are of samples, where they were of folders of these."""
    if not is_of_folders(table):
        return table
    known = store.catalog.samples.of_dataset(dataset)["path"].to_list()
    found = of_pictures(table, known)
    return replace(found, names=tuple(name for name in found.names if not name.endswith("/")))


@dataclass(frozen=True)
class LabelPreview:
    """How a table of labels would be read.

    Attributes
    ----------
    n_met
        Files that meet a sample of the data set.
    unmet
        Files that meet none.
    rivals
        Files that mean the same sample; they are none of those that meet none.
    """

    path: Path
    dataset: str
    table: LabelTable
    n_met: int
    unmet: tuple[str, ...]
    rivals: tuple[Rivals, ...]


def preview_labels(
    store: Stores,
    path: AnyPath,
    *,
    dataset: str,
    attributes: Sequence[str] = (),
    new_classes: bool = False,
    mapping: LabelMapping | None = None,
) -> LabelPreview:
    """Return how a label table would be read; nothing is written, and no store is made.

    Parameters
    ----------
    path, dataset, attributes, new_classes, mapping
        As for `import_labels`.

    Raises
    ------
    TableError
        If the table is refused.
    """
    path = Path(path)
    rules = LabelRules(known_classes(store), attributes, new_classes, mapping or LabelMapping())
    table = _of_samples(store, dataset, _read(path, rules))
    known = store.catalog.samples.of_dataset(dataset)["path"].to_list()
    found = match_names(list(table.names), known)
    torn = {name for names in found.rivals.values() for name in names}
    unmet = tuple(name for name in found.unmatched if name not in torn)
    rivals = rivals_in(table, found.path_of, found.rivals)
    return LabelPreview(path, dataset, table, len(found.path_of), unmet, rivals)


def _read(path: Path, rules: LabelRules) -> LabelTable:
    """Read a table, and note what was said of it in vain."""
    table = read_label_table(path, rules)
    return replace(table, notes=(*table.notes, *unmet_notes(rules.mapping, table)))
