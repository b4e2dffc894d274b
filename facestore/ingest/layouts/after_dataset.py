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
# The file of a web data set that says it, as it is told to users.
_CLS = ".cls"


def label_column(columns: Iterable[str]) -> str | None:
    """Return the column with the class of a picture, by its name."""
    known = set(columns)
    return next((each for each in LABEL_COLUMNS if each in known), None)


def rules_of_folders(name: str, folder: Folder, rules: LabelRules) -> LabelRules | None:
    """Return rules by which the lowest folders are classes of an attribute called as the data set.

    None where something else is asked for or seen, or the name is that of another attribute.
    """
    levels = levels_of(folder)
    if not levels or not _is_free(name, rules) or class_folders(folder, rules):
        return None
    known = {each.name for each in rules.classes.get(name, ())}
    if known and known.isdisjoint(levels[0].values()):
        return None
    return _named(name, rules)


def rules_of_column(name: str, manifest: Manifest, rules: LabelRules) -> LabelRules | None:
    """Return rules by which a column of labels that was passed over is read; None without one."""
    ignored = manifest.table.ignored
    if not _is_free(name, rules) or manifest.table.labels.height or name in rules.classes:
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
    note = (
        f"labels are those of {name!r}, after the data set: {preview(classes, 8)}; "
        "`attributes=NAME` `new_classes=True` gives another name"
    )
    if manifest.layout == LAYOUT:
        note += ", `layout=folder` reads none"
    return replace(manifest, notes=(*manifest.notes, note))


def _is_free(name: str, rules: LabelRules) -> bool:
    """Whether nobody said what the labels are, and labels may be in the source itself."""
    return bool(name and rules.classes) and not rules.attributes and not rules.mapping.columns


def _named(name: str, rules: LabelRules) -> LabelRules:
    return replace(rules, attributes=(name,), new_classes=True)
