"""A JSON file for each picture, as img2dataset and FFHQ's features have them.

It lies beside the picture, under the same name, or is the only one of that name elsewhere.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from facestore.documents import RepeatedKeyError, json_of
from facestore.errors import InputError, counted, preview
from facestore.images.files import read_part
from facestore.ingest.layouts.beside import pair
from facestore.ingest.layouts.class_folders import splits_in
from facestore.ingest.layouts.files import Folder
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_tables import labels_in
from facestore.ingest.layouts.manifest import Manifest

LAYOUT = "sidecars"
_MAX_BYTES = 1024 * 1024
# So many are read to see whether they have labels.
_N_LOOKED_AT = 20
_UNREADABLE = (OSError, ValueError, RecursionError)

# Name -> text; None where it is a list, which is not read.
Facts = Mapping[str, str | None]


def read_folder(source: Path, folder: Folder, rules: LabelRules, reason: str) -> Manifest | None:
    """Read a folder of pictures, each of which has a JSON file with its labels.

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
        If it was chosen, and no JSON file has the name of a picture.
    TableError
        If labels are refused.
    """
    file_of = _files(folder)
    if not reason and not _have_labels([*file_of.values()][:_N_LOOKED_AT], rules):
        return None
    if not file_of:
        message = f"'{source}' has no JSON file with the name of a picture: check the folder."
        raise InputError(message)
    rows: dict[str, Facts] = {}
    broken = []
    for name, path in file_of.items():
        try:
            rows[name] = _facts(path)
        except RepeatedKeyError as error:
            broken.append(f"{path}: {error}")
        except _UNREADABLE:
            broken.append(str(path))
    lists = Counter(column for facts in rows.values() for column in facts if facts[column] is None)
    columns = list(dict.fromkeys(column for facts in rows.values() for column in facts))
    text = pl.DataFrame(
        {column: [facts.get(column) for facts in rows.values()] for column in columns},
        schema=dict.fromkeys(columns, pl.String),
    )
    table = labels_in(source, text, pl.Series(list(rows), dtype=pl.String), rules)
    table = replace(table, left_out=dict(lists))
    notes = folder.notes
    if broken:
        notes += (f"{counted(len(broken), 'JSON file')} could not be read ({preview(broken)})",)
    used = set(file_of.values())
    others = zip(folder.others, folder.other_names, strict=True)
    left = tuple(name for path, name in others if path not in used)
    return Manifest(
        layout=LAYOUT,
        reason=reason or f"{counted(len(file_of), 'picture')} with a JSON file each",
        entries=folder.entries,
        table=table,
        splits=splits_in(folder),
        n_other=len(left),
        others=left,
        notes=notes,
    )


def _files(folder: Folder) -> dict[str, Path]:
    """Return the JSON file of each picture that has one."""
    pairs = zip(folder.other_names, folder.others, strict=True)
    files = {name[: -len(".json")]: path for name, path in pairs if name.lower().endswith(".json")}
    if not files:
        return {}
    found = pair([entry.name for entry in folder.entries], files).stem_of
    by_stem: dict[str, list[str]] = {}
    for stem in files:
        by_stem.setdefault(PurePosixPath(stem).name, []).append(stem)
    alone = {name: stems[0] for name, stems in by_stem.items() if len(stems) == 1}
    pictures = {entry.name: PurePosixPath(entry.name).stem for entry in folder.entries}
    stem_of = {name: alone[stem] for name, stem in pictures.items() if stem in alone}
    stem_of.update(found)
    return {name: files[stem] for name, stem in stem_of.items()}


def _have_labels(paths: Sequence[Path], rules: LabelRules) -> bool:
    names: dict[str, None] = {}
    for path in paths:
        with suppress(*_UNREADABLE):
            names |= dict.fromkeys(_facts(path))
    wanted = rules.wanted(list(names))
    return bool(wanted) and bool(rules.classes)


def _facts(path: Path) -> Facts:
    """Return what a JSON file says, as text; it is an object, or a list of one."""
    if path.stat().st_size > _MAX_BYTES:
        message = "it is too large"
        raise ValueError(message)
    content = json_of(read_part(path).decode("utf-8-sig"))
    if isinstance(content, list) and len(content) == 1:
        content = content[0]
    if not isinstance(content, dict):
        message = "it is no object"
        raise ValueError(message)  # noqa: TRY004, of a file and not of an argument
    said: dict[str, str | None] = {}
    for name, value in _leaves(content):
        said.setdefault(name, None if isinstance(value, list) else str(value).strip())
    return said


def _leaves(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield values by their names, those further up first; objects are opened."""
    below = [value for value in content.values() if isinstance(value, dict)]
    for name, value in content.items():
        if isinstance(value, str | int | float | list) and value not in ("", []):
            yield str(name), value
    for each in below:
        yield from _leaves(each)
