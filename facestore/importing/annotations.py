"""Import what several annotators say of the same pictures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from facestore import resources
from facestore.documents import texts_of
from facestore.errors import TableError, by_number, counted, preview
from facestore.importing.annotation_tables import (
    AnnotationRules,
    AnnotationTable,
    read_annotations,
)
from facestore.importing.targets import ImportSummary, Target, importing
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.plan import known_classes
from facestore.mappings import LabelMapping
from facestore.names import match_names
from facestore.records import AnyPath, AttributeClass
from facestore.stores import Stores

_Classes = Mapping[str, Sequence[AttributeClass]]


@dataclass(frozen=True)
class AnnotationPreview:
    """How a table of annotations would be read.

    Attributes
    ----------
    n_met
        Files that meet a sample of the data set.
    unmet
        Files that do not.
    """

    path: Path
    dataset: str
    table: AnnotationTable
    n_met: int
    unmet: tuple[str, ...]


def import_annotations(
    store: Stores,
    path: AnyPath,
    *,
    dataset: str,
    split: str | None = None,
    create_samples: bool = False,
    attributes: Sequence[str] = (),
    annotator_column: str | None = None,
    count_column: str | None = None,
    new_classes: bool = False,
    order: Sequence[str] = (),
    label_by_majority: bool = False,
    replace: bool = False,
    mapping: LabelMapping | None = None,
) -> ImportSummary:
    """Import what several annotators say of samples: by name, or counted.

    What the same annotators said before of a sample and attribute is replaced, and so are counts;
    annotators that the table does not name stay.

    Parameters
    ----------
    path
        CSV, text, JSON or Parquet, as `read_annotations` takes it.
    dataset, split, create_samples
        As for `import_labels`.
    attributes
        What is annotated, in columns of these names, or in columns of counts `NAME_CLASS`; of one
        alone also in a column `label`. None: all that the store knows, in columns of their names.
    annotator_column
        Column of the annotators; None: found by its name, if there is one.
    count_column
        Column of how many say the label of a row, where nobody is named; None: likewise.
    new_classes
        Whether labels may be new classes.
    order
        All classes of the one attribute, in their order: its agreement is then measured by how far
        classes are apart, too. The Monk skin tone scale (`skin_tone`) and ages have one by
        themselves.
    label_by_majority
        Make the labels of the attribute what most annotators say, where the data set has none, or
        none but those that were made so; a tie makes none.
    replace
        Take out first what the data set has of these attributes.
    mapping
        What columns and values mean, where it is not told by their names; a column `n_{class}`
        stands for columns of counts.

    Raises
    ------
    TableError
        If the table is refused, names unknown files and no samples may be made, or would count
        annotators twice.
    OtherValuesError
        If labels are to be made, and the data set has others.
    """
    path = Path(path)
    known = known_classes(store)
    labels = LabelRules(known, attributes, new_classes, mapping or LabelMapping())
    rules = AnnotationRules(labels, annotator_column, count_column, tuple(order))
    rules = rules.with_scales(scales())
    table = read_annotations(path, rules)
    _check_order(path, known, rules)
    target = Target(dataset, split, create_samples)
    with importing(store, "annotations", path, target, table.names) as run:
        run.create_samples()
        catalog = store.catalog.annotations
        if label_by_majority:
            for attribute in table.attributes:
                catalog.refuse_other_labels(dataset, attribute)
        _make_classes(store, known, rules, table)
        rows = run.with_sample_ids(table.rows)
        changes = catalog.save(path, dataset, rows, replace=replace)
        notes = _notes(table, changes.n_replaced)
        run.counts.update(asdict(changes) | {"n_samples_new": run.n_created})
        if label_by_majority:
            for attribute in table.attributes:
                made = catalog.label_by_majority(dataset, attribute)
                run.counts["n_labels"] = run.counts.get("n_labels", 0) + made.n_changed
                notes += _of_majority(attribute, made.n_changed, made.n_ties)
    notes += _ignored(table.ignored)
    n_rows = len(table.rows.filter(table.rows["n"] > 0))
    return run.summary("annotations", n_rows=n_rows, n_new=changes.n_new, notes=notes)


def preview_annotations(
    store: Stores,
    path: AnyPath,
    *,
    dataset: str,
    attributes: Sequence[str] = (),
    annotator_column: str | None = None,
    count_column: str | None = None,
    new_classes: bool = False,
    order: Sequence[str] = (),
    mapping: LabelMapping | None = None,
) -> AnnotationPreview:
    """Return how a table of annotations would be read; nothing is written, and no store is made.

    Parameters
    ----------
    path, dataset, attributes, annotator_column, count_column, new_classes, order, mapping
        As for `import_annotations`.

    Raises
    ------
    TableError
        If the table is refused.
    """
    path = Path(path)
    known = known_classes(store)
    labels = LabelRules(known, attributes, new_classes, mapping or LabelMapping())
    rules = AnnotationRules(labels, annotator_column, count_column, tuple(order))
    rules = rules.with_scales(scales())
    table = read_annotations(path, rules)
    _check_order(path, known, rules)
    samples = store.catalog.samples.of_dataset(dataset)["path"].to_list()
    met = match_names(list(table.names), samples).path_of
    unmet = tuple(name for name in table.names if name not in met)
    return AnnotationPreview(path, dataset, table, len(met), unmet)


@cache
def scales() -> dict[str, Sequence[str]]:
    """Return the attributes whose classes are published in an order, with these."""
    return dict(texts_of(resources.asset("scales.yaml").read_text(encoding="utf-8")))


def _check_order(path: Path, known: _Classes, rules: AnnotationRules) -> None:
    """Refuse an order of classes that an attribute has in another one: ties go by it."""
    if not rules.order:
        return
    attribute = rules.asked[0]
    names = [each.name for each in known.get(attribute, ())]
    if names and names != list(rules.order):
        problem = f"the store has other classes of {attribute!r}, or in another order"
        shown = preview(names, 20)
        raise TableError(path, problem, f"Leave `order=` out, or give them as there: {shown}.")


def _make_classes(
    store: Stores, known: _Classes, rules: AnnotationRules, table: AnnotationTable
) -> None:
    """Make the classes that are new, and note which attributes have an order."""
    catalog = store.catalog.annotations
    for attribute in table.attributes:
        has_order = attribute in scales() or (rules.order and attribute == rules.asked[0])
        if has_order and not known.get(attribute):
            names = [each.name for each in rules.labels.classes[attribute]]
            catalog.make_classes(attribute, names)
        elif rules.order and attribute == rules.asked[0]:
            catalog.order(attribute)
    catalog.insert_classes(table.new_classes)


def _notes(table: AnnotationTable, n_replaced: int) -> list[str]:
    n_named = table.rows["annotator"].drop_nulls().n_unique()
    who = f"by {counted(n_named, 'annotator')}" if n_named else "counted"
    n = counted(table.n_annotations, "label was", "labels were")
    notes = [f"{n} given of {preview(table.attributes)}, {who}"]
    if n_replaced:
        n = by_number(n_replaced, "row that said otherwise was", "rows that said otherwise were")
        notes.append(f"{n_replaced:,} {n} replaced")
    return [*notes, *table.all_notes]


def _of_majority(attribute: str, n_changed: int, n_ties: int) -> list[str]:
    ties = f"; {counted(n_ties, 'tie has', 'ties have')} none" if n_ties else ""
    return [f"{counted(n_changed, 'label')} of {attribute} made by the majority{ties}"]


def _ignored(columns: Iterable[str]) -> list[str]:
    shown = list(columns)
    if not shown:
        return []
    return [f"columns not read: {preview(shown)} (name them with `attributes=`)"]
