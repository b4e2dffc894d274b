"""Hugging Face's imagefolder: metadata (.csv, .jsonl, .parquet) or a folder a class."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import polars as pl

from facestore.errors import InputError, TableError, preview
from facestore.images.walk import printable
from facestore.ingest.layouts.files import Folder
from facestore.ingest.layouts.label_tables import LabelRules, LabelTable, labels_in, merge_tables
from facestore.ingest.layouts.label_tables import single_labels as one_label_each
from facestore.ingest.layouts.manifest import Manifest, split_of_folder
from facestore.tables import read_text_table

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
    if reason or has_class_folders(folder, rules):
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
        notes=folder.notes,
    )


def classes_of_folders(folder: Folder) -> dict[str, str]:
    """Return the name of the folder that each image is in, where it is in one besides its split."""
    names = [entry.name for entry in folder.entries]
    found = {}
    for name in names:
        parts = PurePosixPath(name).parts[:-1]
        if parts and split_of_folder(name):
            parts = parts[1:]
        if parts:
            found[name] = parts[-1]
    return found


def has_class_folders(folder: Folder, rules: LabelRules) -> bool:
    """Whether all images are in folders that are called as the classes of one attribute."""
    found = classes_of_folders(folder)
    return (
        len(found) == len(folder.entries)
        and len(set(found.values())) > 1
        and rules.attribute_of(found.values()) is not None
    )


def read_class_folders(source: Path, folder: Folder, rules: LabelRules, reason: str) -> Manifest:
    """Read a folder with a folder for each class.

    Raises
    ------
    InputError
        If it is not clear which attribute the folders are classes of.
    TableError
        If a folder is no class of it.
    """
    found = classes_of_folders(folder)
    attribute = rules.attribute_of(found.values())
    if attribute is None:
        folders = preview(sorted(set(found.values())) or ["none"], 8)
        message = (
            f"'{source}' has no metadata.csv or metadata.jsonl, and its folders ({folders}) are "
            "not the classes of one known attribute: name the attribute with `attributes=NAME`."
        )
        raise InputError(message)
    table = one_label_each(source, found, rules, "folders")
    return Manifest(
        layout=LAYOUT,
        reason=reason or f"folders called as the classes of {attribute!r}",
        entries=folder.entries,
        table=table,
        splits=_splits(folder),
        n_other=folder.n_other,
        notes=folder.notes,
    )


def _read_one(source: Path, path: Path, rules: LabelRules) -> LabelTable:
    table = read_text_table(path)
    column = next((each for each in _NAME_COLUMNS if each in table.columns), None)
    if column is None:
        problem = f"no column 'file_name' among {preview(map(repr, table.columns), 8)}"
        raise TableError(path, problem, "A row of an imagefolder's metadata names its file.")
    above = PurePosixPath(printable(path.parent.relative_to(source).as_posix()))
    names = [None if name is None else _joined(above, name) for name in table[column].to_list()]
    return labels_in(path, table.drop(column), pl.Series(names, dtype=pl.String), rules)


def _joined(above: PurePosixPath, name: str) -> str:
    return (above / name.replace("\\", "/").removeprefix("./")).as_posix()


def _splits(folder: Folder) -> dict[str, str]:
    """Return the splits, if every image is in the folder of one."""
    names: Sequence[str] = [entry.name for entry in folder.entries]
    found = {name: split for name in names if (split := split_of_folder(name))}
    return found if len(found) == len(names) else {}
