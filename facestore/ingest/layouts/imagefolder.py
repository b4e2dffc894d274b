"""Hugging Face's imagefolder: metadata (.csv, .jsonl, .parquet) or a folder a class."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import polars as pl

from facestore.errors import InputError, TableError, preview
from facestore.images.walk import printable
from facestore.ingest.layouts.files import Folder
from facestore.ingest.layouts.label_refusals import one_by_one
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_tables import LabelTable, labels_in, merge_tables
from facestore.ingest.layouts.manifest import Manifest, split_called
from facestore.table_columns import file_names
from facestore.tables import read_text_rows

METADATA = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
LAYOUT = "imagefolder"
_NAME_COLUMNS = ("file_name", "image_file_name")


def read_folder(source: Path, folder: Folder, rules: LabelRules, reason: str) -> Manifest | None:
    """Read a folder with metadata files, or with a folder for each class.

    Parameters
    ----------
    source, folder
        The folder, and what it holds.
    rules
        What may be a label.
    reason
        Why this layout was chosen; empty: it is only read where it is recognised, else None.

    Raises
    ------
    InputError
        If it is not clear which attribute the folders are classes of.
    TableError
        If labels are refused.
    """
    if metadata_files(folder):
        return read_metadata(source, folder, rules, reason)
    if reason or class_folders(folder, rules):
        return read_class_folders(source, folder, rules, reason)
    return None


def metadata_files(folder: Folder) -> list[Path]:
    """Return the metadata files of a folder and of those below it."""
    return [path for path in folder.others if path.name in METADATA]


def read_metadata(source: Path, folder: Folder, rules: LabelRules, reason: str) -> Manifest:
    """Read a folder of images with metadata files.

    Raises
    ------
    TableError
        If a metadata file is refused.
    """
    files = metadata_files(folder)
    table = merge_tables([_read_one(source, path, rules) for path in files])
    repeated = pl.Series(table.names, dtype=pl.String)
    if repeated.is_duplicated().any():
        names = repeated.filter(repeated.is_duplicated()).unique(maintain_order=True).to_list()
        problem = f"{len(names):,} files are in several metadata files ({preview(names)})"
        raise TableError(source, problem, "Keep one row a file.")
    found = preview([f"'{path.relative_to(source)}'" for path in files])
    return Manifest(
        layout=LAYOUT,
        reason=reason or f"images with {found}",
        entries=folder.entries,
        table=table,
        splits=_splits(folder),
        n_other=folder.n_other - len(files),
        others=tuple(n for n in folder.other_names if PurePosixPath(n).name not in METADATA),
        notes=folder.notes,
    )


def class_folders(folder: Folder, rules: LabelRules) -> dict[str, dict[str, str]]:
    """Return the folders that are called as classes: attribute -> image -> folder.

    Folders of one level below the splits are those of one attribute: `train/Male/Asian/1.jpg` may
    have two. Pictures that lie above them have none.
    """
    levels = _levels(folder)
    if rules.attributes:  # the user says what the last folder is
        attribute = rules.attribute_of([])
        return {attribute: levels[0] if levels else {}} if attribute else {}
    found: dict[str, dict[str, str]] = {}
    for named in levels:
        folders = sorted({*named.values()})
        attribute = rules.attribute_of(folders)
        if attribute is None or attribute in found:
            continue
        # One class alone would be the name of any folder.
        is_said = any(rules.mapping.class_of(attribute, each) is not None for each in folders)
        if is_said or len({*rules.classes_of(attribute, folders)} - {None}) > 1:
            found[attribute] = named
    return found


def folders_like_classes(folder: Folder, rules: LabelRules) -> tuple[str, ...]:
    """Say of which level some folders are called as classes, and what to add for the others."""
    if rules.attributes:
        return ()
    found = class_folders(folder, rules)
    hints = [
        _like_classes(sorted({*named.values()}), rules, known=found)
        for named in _levels(folder)
        if named not in found.values()
    ]
    return tuple(filter(None, hints))


def _levels(folder: Folder) -> list[dict[str, str]]:
    """Return the folder of each image at each level below the splits, the last level first."""
    names = [entry.name for entry in folder.entries]
    below = {name: parts for name, (_, parts) in split_folders(names).items() if parts}
    return [
        {name: parts[-level] for name, parts in below.items() if len(parts) >= level}
        for level in range(1, 1 + max(map(len, below.values()), default=0))
    ]


def _like_classes(folders: Sequence[str], rules: LabelRules, *, known: Collection[str]) -> str:
    """Say what to add so that folders are read as classes; nothing where none is called so."""
    of_classes = {
        attribute: [
            name
            for name, label in zip(folders, rules.classes_of(attribute, folders), strict=True)
            if label is not None
        ]
        for attribute in rules.classes
        if attribute not in known
    }
    attribute = max(of_classes, key=lambda each: len(of_classes[each]), default="")
    like = of_classes.get(attribute)
    if not like:
        return ""
    called = _are(like, "called as a class", "called as classes")
    before = f"no labels of {attribute!r} were read: {called}"
    meaning = replace(rules.meaning(attribute), new_classes=False)
    other = [name for name in folders if meaning.read(name) is None]
    if not other:
        return f"{before}: add `layout=imagefolder` `attributes={attribute}` if it is meant so"
    todo = one_by_one(meaning, other)
    return f"{before}, and {_are(other, 'not', 'not')}: if all of them are meant so, {todo}"


def _are(folders: Sequence[str], one: str, many: str) -> str:
    shown = preview(map(repr, folders))
    return f"folder {shown} is {one}" if len(folders) == 1 else f"folders {shown} are {many}"


def read_class_folders(source: Path, folder: Folder, rules: LabelRules, reason: str) -> Manifest:
    """Read a folder with a folder for each class.

    Raises
    ------
    InputError
        If it is not clear which attribute the folders are classes of.
    TableError
        If a folder is no class of it.
    """
    found = class_folders(folder, rules)
    if not found:
        last = sorted({name for named in _levels(folder)[:1] for name in named.values()})
        hints = "".join(f" In particular, {hint}." for hint in folders_like_classes(folder, rules))
        message = (
            f"'{source}' has no metadata.csv or metadata.jsonl, and its folders "
            f"({preview(last or ['none'], 8)}) are not the classes of one known attribute: name "
            f"the attribute with `attributes=NAME`.{hints}"
        )
        raise InputError(message)
    labelled = list(dict.fromkeys(name for named in found.values() for name in named))
    columns = {a: [named.get(name) for name in labelled] for a, named in found.items()}
    text = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    table = labels_in(source, text, pl.Series(labelled, dtype=pl.String), rules)
    return Manifest(
        layout=LAYOUT,
        reason=reason or f"folders called as the classes of {preview(map(repr, found))}",
        entries=folder.entries,
        table=table,
        splits=_splits(folder),
        n_other=folder.n_other,
        others=folder.other_names,
        notes=folder.notes + folders_like_classes(folder, rules),
    )


def _read_one(source: Path, path: Path, rules: LabelRules) -> LabelTable:
    text = read_text_rows(path, rules.mapping.encoding, may_be_empty=True)
    if text.table.is_empty():  # that of one split may have none
        note = f"'{path.relative_to(source)}' has no rows, and so no labels"
        return replace(merge_tables([]), notes=(note,))
    _, mapping = rules.known_of(text.table.columns)
    files = file_names(path, text.table, mapping.file_in(text.table.columns), _NAME_COLUMNS)
    above = PurePosixPath(printable(path.parent.relative_to(source).as_posix()))
    joined = [None if name is None else _joined(above, name) for name in files.names.to_list()]
    names = pl.Series(joined, dtype=pl.String)
    return labels_in(path, text.table, names, rules, rows=text.rows, taken=files.columns)


def _joined(above: PurePosixPath, name: str) -> str:
    return (above / name.replace("\\", "/").removeprefix("./")).as_posix()


def _splits(folder: Folder) -> dict[str, str]:
    """Return the splits, if every image is in the folder of one; single ones may lie beside."""
    below = split_folders([entry.name for entry in folder.entries])
    found = {name: split for name, (split, _) in below.items() if split}
    is_whole = all(split or not parts for split, parts in below.values())
    return found if is_whole else {}


def split_folders(names: Sequence[str]) -> dict[str, tuple[str | None, tuple[str, ...]]]:
    """Return the split of each image, and the folders that it is in below that.

    Splits are the first folders below those that all images share: `Dataset/Train/Male/1.jpg`.
    """
    folders = {name: PurePosixPath(name).parts[:-1] for name in names}
    n_shared = _n_shared([parts for parts in folders.values() if parts])
    found: dict[str, tuple[str | None, tuple[str, ...]]] = {}
    for name, parts in folders.items():
        first = parts[: n_shared + 1]
        at = next((i for i, part in enumerate(first) if split_called(part)), None)
        found[name] = (None, parts) if at is None else (split_called(parts[at]), parts[at + 1 :])
    return found


def _n_shared(folders: Sequence[tuple[str, ...]]) -> int:
    """Return how many first folders all of them have in common."""
    n = 0
    for parts in zip(*folders, strict=False):
        if len(set(parts)) > 1:
            break
        n += 1
    return n
