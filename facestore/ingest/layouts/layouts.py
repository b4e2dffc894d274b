"""Which layout a source has: recognised from what is there, or given.

A folder whose images say their labels is read by a module of this folder, which has its line in
`_LABELLED`; files that hold images, by one that has its line in `_CONTAINERS`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote

from facestore.errors import (
    InputError,
    ParametersError,
    UnknownChoiceError,
    by_number,
    counted,
    preview,
)
from facestore.images.files import packed_as
from facestore.images.places import expand, is_pattern, root_of
from facestore.images.remote import is_uri
from facestore.ingest.layouts import (
    imagefolder,
    lists,
    named_files,
    nearby,
    parquet_images,
    sidecars,
    utkface,
    webdataset,
)
from facestore.ingest.layouts.after_dataset import (
    is_after,
    rules_of_column,
    rules_of_folders,
    with_note,
)
from facestore.ingest.layouts.class_folders import read_class_folders, splits_in
from facestore.ingest.layouts.files import Folder, folder_of, is_archive, no_images
from facestore.ingest.layouts.folder_hints import are_few, folder_hints
from facestore.ingest.layouts.found_labels import LabelTable, merge_tables
from facestore.ingest.layouts.given_labels import refuse_folder, table_of
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.manifest import Manifest
from facestore.ingest.layouts.parquet_paths import column_of_paths
from facestore.ingest.layouts.source_request import SourceRequest
from facestore.ingest.layouts.years import years_in_doubt
from facestore.tables import JSON_LINES


@dataclass(frozen=True)
class ContainerLayout:
    """Files that hold images.

    Attributes
    ----------
    suffix
        Of their names.
    what
        They are called so where they were recognised.
    read
        Takes the folder, the files, the rules of labels and why the layout was chosen.
    has_images
        Whether a file with that suffix is one of them; asked where no layout is given.
    """

    suffix: str
    what: str
    read: Callable[[Path, Sequence[Path], LabelRules, str], Manifest]
    has_images: Callable[[Path], bool] = lambda _path: True


FOLDER, CSV = "folder", "csv"
# Folders in which names, folders or metadata say labels, the most particular first. Each takes the
# folder, what it holds, the rules of labels and why it was chosen; where it was not, and the folder
# is of another layout, it returns None.
_LABELLED: Mapping[str, Callable[[Path, Folder, LabelRules, str], Manifest | None]] = {
    imagefolder.LAYOUT: imagefolder.read_folder,
    utkface.LAYOUT: utkface.read_folder,
    named_files.LAYOUT: named_files.read_folder,
    sidecars.LAYOUT: sidecars.read_folder,
}
_CONTAINERS = {
    webdataset.LAYOUT: ContainerLayout(".tar", "tar files", webdataset.read_webdataset),
    parquet_images.LAYOUT: ContainerLayout(
        ".parquet",
        "Parquet files with a column of images",
        parquet_images.read_parquet_images,
        lambda path: parquet_images.has_images(path) and column_of_paths(path) is None,
    ),
}
OF_FOLDERS = (FOLDER, CSV, *_LABELLED)
LAYOUTS = ("auto", *OF_FOLDERS, *_CONTAINERS, lists.LAYOUT)
_COMPRESSED_TARS = (
    ".tar.gz", ".tgz", ".tar.zst", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.lz4",
)  # fmt: skip
_TABLES = (".csv", ".tsv", *JSON_LINES)


def read_manifest(request: SourceRequest) -> Manifest:
    """Find the images of a source and their labels.

    Raises
    ------
    InputError
        If nothing is recognised, or not the layout given.
    TableError
        If labels are refused.
    """
    found = _read(request)
    named = rules_of_column(request.name, found, request.rules)
    if named is None:
        return found
    return with_note(_read(replace(request, rules=named)), request.name)


def _read(request: SourceRequest) -> Manifest:
    source, labels = request.source, request.labels
    _check(request.layout, labels, source)
    if source.is_dir():
        manifest = _of_folder(request)
    elif source.is_file():
        manifest = _of_file(request)
    elif is_pattern(source):
        manifest = _of_pattern(request)
    else:
        message = (
            f"'{source}' is not there: a folder of images was expected, a .tar or .parquet with "
            "images, or a table that lists them."
        )
        raise InputError(message)
    if labels is not None and manifest.layout not in (FOLDER, CSV):
        names = [entry.name for entry in manifest.entries]
        return _with_table(manifest, table_of(labels, request.rules, names))
    return manifest if labels is not None else _without_doubt(manifest, source, request.rules)


def _without_doubt(manifest: Manifest, source: Path, rules: LabelRules) -> Manifest:
    """Return what a source has, if its years may be taken for years."""
    table = manifest.table
    notes = years_in_doubt(source, table.readings, table.unsaid, rules)
    return replace(manifest, table=replace(table, notes=(*table.notes, *notes)))


def _check(layout: str, labels: Path | None, source: Path) -> None:
    if layout not in LAYOUTS:
        raise UnknownChoiceError("layout", layout, LAYOUTS)
    if labels is not None and layout in (FOLDER, *_LABELLED, lists.LAYOUT):
        message = f"`labels=` goes with `layout=csv`, not with {layout!r}: leave one of them out."
        raise ParametersError(message)
    if labels is not None:
        refuse_folder(labels, source)
    if layout == CSV and labels is None:
        message = "`layout=csv` needs the table: give it as `labels=FILE`."
        raise ParametersError(message)
    if is_uri(str(source)) or is_uri(str(source).replace(":/", "://", 1)):
        message = (
            f"'{source}' is a URI: give a CSV or Parquet table with URIs in a column `file`, or "
            "fetch it first."
        )
        raise InputError(message)


def _of_folder(request: SourceRequest) -> Manifest:
    folder = folder_of(request.lists(request.source))
    if request.layout in _CONTAINERS or (request.is_auto and not folder.entries):
        return _of_containers_in(request, folder)
    if request.layout == lists.LAYOUT:
        message = f"'{request.source}' is a folder: give the table that lists the images."
        raise InputError(message)
    if not folder.entries:
        raise no_images(request.source, folder)
    if request.labels is not None:
        table = table_of(request.labels, request.rules, [each.name for each in folder.entries])
        reason = request.reason("images with a table of labels")
        return _images(CSV, reason, _without(folder, [request.labels]), table, by_tail=True)
    return _recognised(request, folder)


def _recognised(request: SourceRequest, folder: Folder) -> Manifest:
    """Return what a folder of images is: most particular first."""
    is_asked = request.layout == imagefolder.LAYOUT and not imagefolder.metadata_files(folder)
    if is_asked and (named := _after_data_set(request, folder)):
        return named
    for layout, read in _LABELLED.items():
        if request.allows(layout):
            found = read(request.source, folder, request.inside, request.reason(""))
            if found is not None:
                return found
    reason = request.reason("images without labels: no table, metadata, folders or names say any")
    tables = nearby.tables_nearby(request.source, folder, request.rules)
    may_be = request.is_auto and not tables
    may_be &= is_after(request.name, request.inside) or are_few(folder, request.inside)
    if may_be and (named := _after_data_set(request, folder)):
        return named
    more = [each.hint for each in tables]
    more += folder_hints(folder, request.inside, has_tables=bool(tables))
    known = [each.path for each in tables]
    return _images(FOLDER, reason, _without(folder, known), more=tuple(more))


def _after_data_set(request: SourceRequest, folder: Folder) -> Manifest | None:
    """Read folders as classes of an attribute that is called as the data set, if they may be."""
    rules = rules_of_folders(request.name, folder, request.inside)
    if rules is None:
        return None
    reason = request.reason("folders that may be classes")
    return with_note(read_class_folders(request.source, folder, rules, reason), request.name)


def _without(folder: Folder, tables: Sequence[Path]) -> Folder:
    """Return a folder without the tables of labels in it: they are no files passed over."""
    known = {table.resolve() for table in tables}
    left = [
        (path, name)
        for path, name in zip(folder.others, folder.other_names, strict=True)
        if path.resolve() not in known
    ]
    return replace(
        folder,
        others=tuple(path for path, _ in left),
        other_names=tuple(name for _, name in left),
    )


def _images(
    layout: str,
    reason: str,
    folder: Folder,
    table: LabelTable | None = None,
    *,
    by_tail: bool = False,
    more: tuple[str, ...] = (),
) -> Manifest:
    return Manifest(
        layout=layout,
        reason=reason,
        entries=folder.entries,
        table=merge_tables([]) if table is None else table,
        by_tail=by_tail,
        splits=splits_in(folder),
        n_other=folder.n_other,
        others=folder.other_names,
        notes=folder.notes + more,
    )


def _of_containers_in(request: SourceRequest, folder: Folder) -> Manifest:
    for layout, container in _CONTAINERS.items():
        paths = [path for path in folder.others if _is_one(request, path, layout, container)]
        if paths:
            return _read_containers(request, layout, sorted(paths), request.source)
    if listing := next((path for path in folder.others if column_of_paths(path)), None):
        message = (
            f"'{listing}' has paths of images and no bytes of them: give the file itself, "
            f"`facestore ingest {quote(str(listing))}`."
        )
        raise InputError(message)
    raise no_images(request.source, folder)


def _is_one(request: SourceRequest, path: Path, layout: str, container: ContainerLayout) -> bool:
    """Whether a file is to be read as a container: it is said to be one, or has images."""
    return (
        path.suffix.lower() == container.suffix
        and request.allows(layout)
        and (not request.is_auto or container.has_images(path))
    )


def _of_file(request: SourceRequest) -> Manifest:
    source, suffix = request.source, request.source.suffix.lower()
    for layout, container in _CONTAINERS.items():
        if _is_one(request, source, layout, container):
            return _read_containers(request, layout, [source], source.parent)
    is_table = suffix in (*_TABLES, ".parquet")
    if request.layout == lists.LAYOUT or (request.is_auto and is_table):
        return lists.read_list(source, request.inside, request.reason(""))
    if source.name.lower().endswith(_COMPRESSED_TARS):
        message = f"'{source}' is a compressed tar: uncompress it to .tar to be read."
        raise InputError(message)
    if is_archive(source.name) or packed_as(source):
        message = f"'{source}' is an archive: unpack it, and give the folder."
        raise InputError(message)
    wanted = "" if request.is_auto else f" as {request.layout!r}"
    message = (
        f"'{source}' is a file that cannot be read{wanted}: expected a folder of images, a .tar or "
        ".parquet with images, or a .csv, .jsonl or .parquet that lists them."
    )
    raise InputError(message)


def _of_pattern(request: SourceRequest) -> Manifest:
    paths = expand(request.source)
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        message = (
            f"{len(missing):,} of the {counted(len(paths), 'file')} that '{request.source}' "
            f"stands for {by_number(len(missing), 'is', 'are')} not there ({preview(missing)}): "
            "correct the range."
        )
        raise InputError(message)
    suffixes = {path.suffix.lower() for path in paths}
    by_suffix = {each.suffix: layout for layout, each in _CONTAINERS.items()}
    layout = by_suffix.get(next(iter(suffixes))) if len(suffixes) == 1 else None
    if layout is None or not request.allows(layout):
        message = f"'{request.source}' names {preview(suffixes)} files: expected .tar or .parquet."
        raise InputError(message)
    return _read_containers(request, layout, paths, root_of(request.source))


def _read_containers(
    request: SourceRequest, layout: str, paths: Sequence[Path], root: Path
) -> Manifest:
    container = _CONTAINERS[layout]
    reason = request.reason(f"{len(paths):,} {container.what}")
    return container.read(root, paths, request.inside, reason)


def _with_table(manifest: Manifest, table: LabelTable) -> Manifest:
    return Manifest(**(vars(manifest) | {"table": table, "by_tail": True}))
