"""Hugging Face's imagefolder: metadata (.csv, .jsonl, .parquet) or a folder a class."""

from dataclasses import replace
from pathlib import Path, PurePosixPath

import polars as pl

from facestore.errors import TableError, counted, preview
from facestore.images.walk import printable
from facestore.ingest.layouts import class_folders
from facestore.ingest.layouts.files import Folder
from facestore.ingest.layouts.found_labels import LabelTable, merge_tables
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_tables import read_labels
from facestore.ingest.layouts.manifest import Manifest

METADATA = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
LAYOUT = class_folders.LAYOUT
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
    if reason or class_folders.class_folders(folder, rules):
        return class_folders.read_class_folders(source, folder, rules, reason)
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
        n = counted(len(names), "file is", "files are")
        problem = f"{n} in several metadata files ({preview(names)})"
        raise TableError(source, problem, "Keep one row a file.")
    found = preview([f"'{path.relative_to(source)}'" for path in files])
    return Manifest(
        layout=LAYOUT,
        reason=reason or f"images with {found}",
        entries=folder.entries,
        table=table,
        splits=class_folders.splits_in(folder),
        n_other=folder.n_other - len(files),
        others=tuple(n for n in folder.other_names if PurePosixPath(n).name not in METADATA),
        notes=folder.notes,
    )


def _read_one(source: Path, path: Path, rules: LabelRules) -> LabelTable:
    above = PurePosixPath(printable(path.parent.relative_to(source).as_posix()))
    text, _, table = read_labels(
        path,
        rules,
        preferred=_NAME_COLUMNS,
        joined=lambda name: _joined(above, name),
        may_be_empty=True,
    )
    if text.table.is_empty():  # that of one split may have none
        note = f"'{path.relative_to(source)}' has no rows, and so no labels"
        return replace(table, notes=(note,))
    return table


def _joined(above: PurePosixPath, name: str) -> str:
    return (above / name.replace("\\", "/").removeprefix("./")).as_posix()
