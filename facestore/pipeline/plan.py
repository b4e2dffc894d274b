"""What an ingest is going to do: which file is which sample, with which labels and split."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from facestore.catalog.samples import LABEL_SCHEMA
from facestore.errors import InputError, preview
from facestore.manifest import (
    UTKFACE_CLASSES,
    LabelTable,
    list_folder,
    looks_like_utkface,
    read_label_table,
    utkface_labels,
)
from facestore.names import match_names
from facestore.pipeline.context import Stores
from facestore.records import FileEntry

LAYOUTS = ("auto", "folder", "csv", "utkface")
_N_COMPARED = 20


@dataclass(frozen=True)
class KnownSample:
    """A sample as the catalogue has it."""

    image_id: str | None
    split: str | None
    tags: tuple[str, ...]
    error: str | None


@dataclass(frozen=True)
class IngestPlan:
    """What is to be done with the files of a folder.

    Attributes
    ----------
    dataset, source, layout
        The data set.
    path_of
        File name, relative to the folder -> path of its sample.
    entries
        The files.
    labels
        Labels to write, in the columns of the catalogue's `LABEL_SCHEMA`; known ones are left out.
    tags, splits
        Path -> what the tables say of it.
    known
        Path -> the sample as the catalogue has it.
    """

    dataset: str
    source: str
    layout: str
    entries: tuple[FileEntry, ...]
    path_of: Mapping[str, str]
    labels: pl.DataFrame
    tags: Mapping[str, tuple[str, ...]]
    splits: Mapping[str, str]
    known: Mapping[str, KnownSample]
    new_classes: tuple[tuple[str, str], ...]
    n_labelled: int
    n_other_files: int
    labels_without_file: tuple[str, ...]
    files_without_label: tuple[str, ...]
    malformed: tuple[str, ...]
    ignored_columns: tuple[str, ...]


def plan_ingest(
    stores: Stores,
    source: Path,
    *,
    dataset: str,
    split: str | None,
    labels: Path | None,
    layout: str,
    attributes: Sequence[str],
    allow_new_classes: bool,
) -> IngestPlan:
    """Match files, labels and known samples; refuse what would mix up samples.

    Raises
    ------
    InputError
        If the layout is unknown, the folder has no images, or its names belong to other samples.
    TableError
        If the label table is refused.
    """
    folder = list_folder(source)
    layout = _layout(layout, labels, [entry.name for entry in folder.entries])
    known = _known_samples(stores, dataset)
    path_of = {entry.name: _known_path(source, entry, known) for entry in folder.entries}
    table = _label_table(
        stores, layout, labels, folder.entries, attributes=attributes, new=allow_new_classes
    )
    file_of = _match_files(source, folder.entries, table, layout)
    for name, file in file_of.items():
        path_of[file] = path_of[file] or name
    final = {file: path or file for file, path in path_of.items()}
    path_of_label = {name: final[file] for name, file in file_of.items()}
    splits = {path: s for name, s in table.splits.items() if (path := path_of_label.get(name))}
    if split is not None:
        splits = dict.fromkeys(final.values(), split)
    _refuse_other_split(splits, known)
    _refuse_other_folder(stores, source, dataset, folder.entries, final, known)
    all_labels = _labels_by_path(table, path_of_label)
    labelled = set(file_of.values())
    return IngestPlan(
        dataset=dataset,
        source=str(source),
        layout=layout,
        entries=folder.entries,
        path_of=final,
        labels=_new_labels(stores, dataset, all_labels),
        tags={p: tags for name, tags in table.tags.items() if (p := path_of_label.get(name))},
        splits=splits,
        known=known,
        new_classes=table.new_classes,
        n_labelled=len(labelled),
        n_other_files=folder.n_other,
        labels_without_file=tuple(name for name in table.names if name not in file_of),
        files_without_label=()
        if layout == "folder"
        else tuple(e.name for e in folder.entries if e.name not in labelled),
        malformed=table.malformed,
        ignored_columns=table.ignored,
    )


def _layout(layout: str, labels: Path | None, names: Sequence[str]) -> str:
    if layout not in LAYOUTS:
        message = f"No layout {layout!r}; known: {', '.join(LAYOUTS)}."
        raise InputError(message)
    if labels is not None:
        if layout not in ("auto", "csv"):
            message = (
                f"--labels goes with --layout csv, not with {layout!r}: leave one of them out."
            )
            raise InputError(message)
        return "csv"
    if layout == "csv":
        message = "--layout csv needs the table: give it as --labels FILE."
        raise InputError(message)
    if layout == "auto":
        return "utkface" if looks_like_utkface(names) else "folder"
    return layout


def _known_samples(stores: Stores, dataset: str) -> dict[str, KnownSample]:
    frame = stores.catalog.samples.of_dataset(dataset)
    columns = ("path", "image_id", "split", "tags", "error")
    return {
        path: KnownSample(image_id, split, tuple(tags or ()), error)
        for path, image_id, split, tags, error in frame.select(columns).iter_rows()
    }


def _known_path(source: Path, entry: FileEntry, known: Mapping[str, KnownSample]) -> str | None:
    """Return the known sample whose whole path is a tail of the file's: `val/1.jpg` for `1.jpg`."""
    above = source.resolve().parts[1:]
    for depth in range(len(above), -1, -1) if known else ():
        path = "/".join([*above[len(above) - depth :], entry.name])
        if path in known:
            return path
    return None


def _label_table(
    stores: Stores,
    layout: str,
    labels: Path | None,
    entries: Sequence[FileEntry],
    *,
    attributes: Sequence[str],
    new: bool,
) -> LabelTable:
    if layout == "csv" and labels is not None:
        classes = stores.catalog.samples.classes()
        return read_label_table(labels, classes, attributes=attributes, allow_new_classes=new)
    if layout == "utkface":
        ages = stores.catalog.samples.classes()["age"]
        table = utkface_labels([entry.name for entry in entries], ages)
        return LabelTable(
            table.names, table.labels, malformed=table.malformed, new_classes=UTKFACE_CLASSES
        )
    return LabelTable((), pl.DataFrame(schema=LABEL_SCHEMA).rename({"path": "name"}))


def _match_files(
    source: Path, entries: Sequence[FileEntry], table: LabelTable, layout: str
) -> dict[str, str]:
    """Return the file that each label belongs to, both by name."""
    if layout != "csv":
        return {name: name for name in table.names}
    whole = {str(source.resolve() / entry.name): entry.name for entry in entries}
    match = match_names(table.names, whole)
    return {name: whole[path] for name, path in match.path_of.items()}


def _labels_by_path(table: LabelTable, path_of_label: Mapping[str, str]) -> pl.DataFrame:
    met = table.labels.filter(pl.col("name").is_in(list(path_of_label)))
    paths = met["name"].replace_strict(dict(path_of_label), return_dtype=pl.String)
    return met.with_columns(path=paths).select(list(LABEL_SCHEMA))


def _new_labels(stores: Stores, dataset: str, labels: pl.DataFrame) -> pl.DataFrame:
    known = stores.catalog.samples.labels_of(dataset)
    return labels.join(known, on=list(LABEL_SCHEMA), how="anti", nulls_equal=True)


def _refuse_other_split(splits: Mapping[str, str], known: Mapping[str, KnownSample]) -> None:
    """Refuse files that are in another split: most likely others of the same name."""
    moved = [
        path
        for path, split in splits.items()
        if path in known and known[path].split not in (None, split)
    ]
    if moved:
        first = known[moved[0]].split
        message = (
            f"{len(moved):,} files are in another split already ({preview(moved)} in {first!r}, "
            f"not {splits[moved[0]]!r}): ingest the folder above both, or give another --dataset."
        )
        raise InputError(message)


def _refuse_other_folder(
    stores: Stores,
    source: Path,
    dataset: str,
    entries: Sequence[FileEntry],
    path_of: Mapping[str, str],
    known: Mapping[str, KnownSample],
) -> None:
    """Refuse a second folder whose names are those of other pictures in the data set.

    A folder that only moved has the same content, which a few files show.
    """
    first_source = stores.catalog.samples.datasets().get(dataset)
    if first_source in (None, str(source)):
        return
    claimed = [e for e in entries if (s := known.get(path_of[e.name])) and s.image_id]
    compared = claimed[:: max(1, len(claimed) // _N_COMPARED)]
    other = [entry for entry in compared if _sha256(entry) != known[path_of[entry.name]].image_id]
    if len(other) * 2 > len(compared):
        message = (
            f"{len(claimed):,} names of '{source}' belong to other pictures of data set "
            f"{dataset!r}, which came from '{first_source}' ({preview(e.name for e in other)}): "
            "ingest the folder above both, give --labels whose names tell them apart, or "
            "another --dataset."
        )
        raise InputError(message)


def _sha256(entry: FileEntry) -> str | None:
    try:
        return hashlib.sha256(entry.file.read_bytes()).hexdigest()
    except OSError:
        return None
