"""What an ingest is going to do: which file is which sample, with which labels and split."""

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import polars as pl

from facestore.catalog.sample_rows import LABEL_SCHEMA
from facestore.errors import InputError, by_number, counted, preview
from facestore.images.places import root_of
from facestore.images.walk import printable
from facestore.ingest.layouts.file_patterns import fitting_file_column
from facestore.ingest.layouts.found_labels import LabelTable
from facestore.ingest.layouts.label_values import Reading
from facestore.ingest.layouts.layouts import OF_FOLDERS, read_manifest
from facestore.ingest.layouts.manifest import Manifest
from facestore.ingest.layouts.source_request import SourceRequest
from facestore.ingest.layouts.unmet_values import unmet_notes
from facestore.ingest.rivals import Rivals, rivals_in
from facestore.names import NameMatch, match_names
from facestore.records import AttributeClass, FileEntry
from facestore.stores import Stores

_N_COMPARED = 20


@dataclass(frozen=True, slots=True)
class KnownSample:
    """A sample as the catalogue has it."""

    image_id: str | None
    split: str | None
    tags: tuple[str, ...]
    error: str | None
    person: str | None


@dataclass(frozen=True)
class IngestPlan:
    """What is to be done with the images of a source.

    Attributes
    ----------
    dataset, source, layout
        The data set.
    reason
        Why it was read in this layout.
    path_of
        File name, relative to the folder -> path of its sample.
    entries
        The files.
    labels
        Labels to write, in the columns of the catalogue's `LABEL_SCHEMA`; known ones are left out.
    tags, splits, persons
        Path -> what the tables say of it.
    known
        Path -> the sample as the catalogue has it.
    labelled
        Paths of the files that have a label.
    n_other_files, other_files, n_named_others
        How many files were passed over; which, if they can be named; how many of them the labels
        name, which come first.
    file_column
        Where labels met no file: what would name the other files by the table, if that is seen.
    labels_without_file
        Names of labels that meet no file.
    rivals
        Names of labels that mean the same file; they are none of those without one.
    readings
        How each text of the labels was read.
    """

    dataset: str
    source: str
    layout: str
    reason: str
    entries: tuple[FileEntry, ...]
    path_of: Mapping[str, str]
    labels: pl.DataFrame
    tags: Mapping[str, tuple[str, ...]]
    splits: Mapping[str, str]
    persons: Mapping[str, str]
    known: Mapping[str, KnownSample]
    new_classes: tuple[tuple[str, str], ...]
    labelled: frozenset[str]
    n_other_files: int
    other_files: tuple[str, ...]
    n_named_others: int
    labels_without_file: tuple[str, ...]
    file_column: str | None
    rivals: tuple[Rivals, ...]
    files_without_label: tuple[str, ...]
    malformed: tuple[str, ...]
    ignored_columns: tuple[str, ...]
    readings: tuple[Reading, ...]
    notes: tuple[str, ...]

    @property
    def n_labelled(self) -> int:
        """How many files have a label."""
        return len(self.labelled)


def known_classes(store: Stores) -> Mapping[str, Sequence[AttributeClass]]:
    """Return the classes of every attribute without making a store that is not there yet."""
    if store.catalog.database.exists:
        return store.catalog.samples.classes()
    with tempfile.TemporaryDirectory(prefix="facestore-") as folder, Stores(folder) as new:
        return new.catalog.samples.classes()


def plan_ingest(
    store: Stores, request: SourceRequest, *, dataset: str, split: str | None
) -> IngestPlan:
    """Match files, labels and known samples; refuse what would mix up samples.

    Parameters
    ----------
    request
        What is read.
    dataset, split
        The data set, and the split of all files.

    Raises
    ------
    InputError
        If the layout is unknown, there are no images, or their names belong to other samples.
    TableError
        If the label table is refused.
    """
    source, manifest = request.source, read_manifest(request)
    entries, table = manifest.entries, manifest.table
    known = _known_samples(store, dataset)
    match = _match_files(source, manifest)
    file_of = match.path_of
    final = _paths(source, manifest, file_of, known)
    path_of_label = {name: final[file] for name, file in file_of.items()}
    # What a sample is in already, as by `split`, stays: the place of its file says what it was.
    splits = {
        final[name]: each
        for name, each in manifest.splits.items()
        if (sample := known.get(final[name])) is None or sample.split is None
    }
    splits |= {path: s for name, s in table.splits.items() if (path := path_of_label.get(name))}
    if split is not None:
        splits = dict.fromkeys(final.values(), split)
    _refuse_other_split(splits, known)
    _refuse_other_folder(store, source, dataset, entries, final, known)
    labelled = {file_of[name] for name in table.labels["name"].unique() if name in file_of}
    torn = {name for names in match.rivals.values() for name in names}
    unmet = tuple(name for name in table.names if name not in file_of and name not in torn)
    others, n_named = _others(manifest, unmet)
    return IngestPlan(
        dataset=dataset,
        source=printable(str(source)),
        layout=manifest.layout,
        reason=manifest.reason,
        entries=entries,
        path_of=final,
        labels=_new_labels(store, dataset, _labels_by_path(table, path_of_label)),
        tags={p: tags for name, tags in table.tags.items() if (p := path_of_label.get(name))},
        splits=splits,
        persons={p: each for name, each in table.persons.items() if (p := path_of_label.get(name))},
        known=known,
        new_classes=table.new_classes,
        labelled=frozenset(final[name] for name in labelled),
        n_other_files=manifest.n_other,
        other_files=others,
        n_named_others=n_named,
        labels_without_file=unmet,
        file_column=_fitting(request, manifest, {*file_of.values()}) if unmet else None,
        rivals=rivals_in(table, file_of, match.rivals),
        files_without_label=_without_label(manifest, labelled),
        malformed=table.malformed,
        ignored_columns=table.ignored,
        readings=table.readings,
        notes=(*table.all_notes, *unmet_notes(request.rules.mapping, table), *manifest.notes),
    )


def _paths(
    source: Path,
    manifest: Manifest,
    file_of: Mapping[str, str],
    known: Mapping[str, KnownSample],
) -> dict[str, str]:
    """Return the path of the sample of each file.

    A folder can be given from above or below, and a label table names its files; members of
    containers and rows of lists have one name only.
    """
    if manifest.layout not in OF_FOLDERS:
        return {entry.name: entry.name for entry in manifest.entries}
    above = source.resolve().parts[1:]
    path_of = {entry.name: _known_path(above, entry, known) for entry in manifest.entries}
    for name, file in file_of.items():
        path_of[file] = path_of[file] or _with_suffix(name, file)
    return {file: path or file for file, path in path_of.items()}


def _with_suffix(name: str, file: str) -> str:
    """Return an id as the name of its file, by which the picture is found again."""
    suffix = PurePosixPath(file).suffix
    is_id = not name.endswith(suffix) and PurePosixPath(file).stem == PurePosixPath(name).name
    return name + suffix if is_id else name


def _others(manifest: Manifest, unmet: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """Return the files passed over, those that labels name first, and how many these are."""
    if not manifest.others or not unmet:
        return manifest.others, 0
    named = set(match_names(unmet, manifest.others).path_of.values())
    return tuple(sorted(manifest.others, key=lambda name: name not in named)), len(named)


def _without_label(manifest: Manifest, labelled: set[str]) -> tuple[str, ...]:
    if not manifest.table.names and not manifest.table.malformed:
        return ()
    return tuple(each.name for each in manifest.entries if each.name not in labelled)


def _known_samples(store: Stores, dataset: str) -> dict[str, KnownSample]:
    frame = store.catalog.samples.of_dataset(dataset)
    columns = ("path", "image_id", "split", "tags", "error", "person_id")
    return {
        path: KnownSample(image_id, split, tuple(tags or ()), error, person)
        for path, image_id, split, tags, error, person in frame.select(columns).iter_rows()
    }


def _known_path(
    above: Sequence[str], entry: FileEntry, known: Mapping[str, KnownSample]
) -> str | None:
    """Return the known sample whose whole path is a tail of the file's: `val/1.jpg` for `1.jpg`.

    Parameters
    ----------
    above
        The names of the folder of the files and of those above it.
    """
    for depth in range(len(above), -1, -1) if known else ():
        path = "/".join([*above[len(above) - depth :], entry.name])
        if path in known:
            return path
    return None


def _match_files(source: Path, manifest: Manifest) -> NameMatch:
    """Return the file that each label belongs to, both by name."""
    names = {entry.name for entry in manifest.entries}
    if not manifest.by_tail:
        return NameMatch({name: name for name in manifest.table.names if name in names}, ())
    root = root_of(source).resolve()
    whole = {str(root / name): name for name in names}
    match = match_names(manifest.table.names, whole)
    return NameMatch(
        {name: whole[path] for name, path in match.path_of.items()},
        match.unmatched,
        {whole[path]: names for path, names in match.rivals.items()},
    )


def _fitting(request: SourceRequest, manifest: Manifest, met: set[str]) -> str | None:
    """Return what names the files that no label met, if it is another thing than was tried."""
    files = [entry.name for entry in manifest.entries if entry.name not in met]
    if request.labels is None or not files:
        return None
    found = fitting_file_column(request.labels, request.rules.mapping.encoding, files)
    return None if found == request.rules.mapping.file else found


def _labels_by_path(table: LabelTable, path_of_label: Mapping[str, str]) -> pl.DataFrame:
    met = table.labels.filter(pl.col("name").is_in(list(path_of_label)))
    paths = met["name"].replace_strict(dict(path_of_label), return_dtype=pl.String)
    return met.with_columns(path=paths).select(list(LABEL_SCHEMA))


def _new_labels(store: Stores, dataset: str, labels: pl.DataFrame) -> pl.DataFrame:
    known = store.catalog.samples.labels_of(dataset)
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
            f"{counted(len(moved), 'file is', 'files are')} in another split already "
            f"({preview(moved)} in {first!r}, "
            f"not {splits[moved[0]]!r}): ingest the folder above both, or give another `dataset=`."
        )
        raise InputError(message)


def _refuse_other_folder(
    store: Stores,
    source: Path,
    dataset: str,
    entries: Sequence[FileEntry],
    path_of: Mapping[str, str],
    known: Mapping[str, KnownSample],
) -> None:
    """Refuse a second folder whose names are those of other pictures in the data set.

    A folder that only moved has the same content, which a few files show.
    """
    before = store.catalog.samples.sources().get(dataset, [])
    if not known or printable(str(source)) in before:
        return
    claimed = [e for e in entries if (s := known.get(path_of[e.name])) and s.image_id]
    compared = claimed[:: max(1, len(claimed) // _N_COMPARED)]
    other = [entry for entry in compared if _sha256(entry) != known[path_of[entry.name]].image_id]
    if len(other) * 2 > len(compared):
        belong = by_number(len(claimed), "belongs", "belong")
        message = (
            f"{counted(len(claimed), 'name')} of '{source}' {belong} to other pictures of data set "
            f"{dataset!r}, which came from {preview(map(repr, before))} "
            f"({preview(e.name for e in other)}): ingest the folder above both, give `labels=` "
            "whose names tell them apart, or another `dataset=`."
        )
        raise InputError(message)


def _sha256(entry: FileEntry) -> str | None:
    try:
        return hashlib.sha256(entry.file.read_bytes()).hexdigest()
    except OSError:
        return None
