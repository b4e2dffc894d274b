"""Labels of which nobody said the attribute: one that is called as the data set."""

from collections.abc import Iterable
from dataclasses import replace

from facestore.errors import preview
from facestore.ingest.layouts.class_folders import LAYOUT, class_folders, levels_of
from facestore.ingest.layouts.files import Folder
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.manifest import Manifest

# What tables call the column with the class of a picture, the first that is there.
LABEL_COLUMNS = ("label", "labels", "class", "cls", "target", "fine_label")
# Attributes that every store has: a data set of such a name does not make them its own.
SHIPPED = frozenset(("age", "gender", "race"))
# The file of a web data set that says it, as it is told to users.
_CLS = ".cls"


def called_as_data_sets(datasets: Iterable[str], attributes: Iterable[str]) -> frozenset[str]:
    """Return the attributes that are called as data sets."""
    return frozenset(datasets) & frozenset(attributes) - SHIPPED


def label_column(columns: Iterable[str]) -> str | None:
    """Return the column with the class of a picture, by its name."""
    known = set(columns)
    return next((each for each in LABEL_COLUMNS if each in known), None)


def rules_of_folders(name: str, folder: Folder, rules: LabelRules) -> LabelRules | None:
    """Return rules by which the lowest folders are classes of an attribute called as the data set.

    None where something else is asked for or seen, or the name is that of another attribute.
    """
    if not levels_of(folder) or not _is_free(name, rules) or class_folders(folder, rules):
        return None
    return _named(name, rules)


def rules_of_column(name: str, manifest: Manifest, rules: LabelRules) -> LabelRules | None:
    """Return rules by which a column of labels that was passed over is read; None without one."""
    ignored = manifest.table.ignored
    if not _is_free(name, rules) or manifest.table.labels.height:
        return None
    if any(each.startswith(_CLS) for each in ignored):
        return _named(name, rules)
    column = label_column(ignored)
    if column is None:
        return None
    mapping = replace(rules.mapping, columns={**rules.mapping.columns, name: column})
    return replace(_named(name, rules), mapping=mapping)


def with_note(manifest: Manifest, name: str) -> Manifest:
    """Say after what the attribute is called, and how it would be called otherwise."""
    classes = sorted({*manifest.table.labels["label"].drop_nulls()})
    if not classes:
        return manifest
    note = (
        f"labels are those of {name!r}, after the data set: {preview(classes, 8)}; "
        "`attributes=NAME` `new_classes=True` gives another name"
    )
    if manifest.layout == LAYOUT:
        note += ", `layout=folder` reads none"
    return replace(manifest, notes=(*manifest.notes, note))


def is_after(name: str, rules: LabelRules) -> bool:
    """Whether there is an attribute already that is called as the data set."""
    return name in rules.classes and name in rules.of_data_sets


def _is_free(name: str, rules: LabelRules) -> bool:
    """Whether nobody said what the labels are, and the name is of no attribute but its own."""
    is_told = rules.attributes or rules.mapping.columns or not rules.classes
    return bool(name) and not is_told and (name not in rules.classes or is_after(name, rules))


def _named(name: str, rules: LabelRules) -> LabelRules:
    return replace(rules, attributes=(name,), new_classes=True)
