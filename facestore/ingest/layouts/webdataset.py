"""WebDataset: tars in which the labels of an image lie beside it, under the same name."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from facestore.documents import RepeatedKeyError, json_of
from facestore.errors import InputError, TableError, by_number, counted, preview
from facestore.images.tars import TarMember, scan_tar
from facestore.images.walk import is_hidden, printable
from facestore.ingest.layouts.beside import pair
from facestore.ingest.layouts.files import is_image
from facestore.ingest.layouts.found_labels import LabelTable, merge_tables
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_tables import labels_in, single_labels
from facestore.ingest.layouts.manifest import Manifest, ReadErrors, split_of_file
from facestore.ingest.layouts.utkface import (
    NAMES,
    UTKFACE_CLASSES,
    looks_like_utkface,
    utkface_labels,
)
from facestore.records import FileEntry

LAYOUT = "webdataset"
# Class names by line, as data sets of CLIP benchmarks have them beside their shards.
_CLASS_NAMES = "classnames.txt"
_MAX_LABEL_BYTES = 1024 * 1024
_TEXTS = ("cls", "txt")
_SIDES = ("json", *_TEXTS)


@dataclass
class _Shard:
    """What one archive holds."""

    images: dict[str, FileEntry] = field(default_factory=dict)
    name_of: dict[str, str] = field(default_factory=dict)  # member -> name
    # suffix -> name without it -> the file of labels
    sides: dict[str, dict[str, TarMember]] = field(
        default_factory=lambda: {suffix: {} for suffix in _SIDES}
    )
    n_repeated: int = 0
    n_other: int = 0
    unread: list[str] = field(default_factory=list)
    unmet: list[str] = field(default_factory=list)


def read_webdataset(root: Path, paths: Sequence[Path], rules: LabelRules, reason: str) -> Manifest:
    """Read tars: a sample is `shard-0000.tar/000123.jpg`.

    Parameters
    ----------
    root
        Names are relative to it.
    paths
        The archives, uncompressed.
    rules
        What may be a label. `.json` has columns; `.cls`, or else `.txt`, is one label.
    reason
        Why this layout was chosen.

    Raises
    ------
    InputError
        If there is no image in any of them.
    TableError
        If a label is refused.
    """
    shards, tables, errors = [], [], ReadErrors()
    splits: dict[str, str] = {}
    for path in paths:
        shard = _scan(root, path, errors)
        shards.append(shard)
        tables.append(_labels(path, shard, rules))
        if split := split_of_file(path):
            splits |= dict.fromkeys(shard.images, split)
    entries = tuple(entry for shard in shards for entry in shard.images.values())
    if not entries:
        why = preview(errors.reasons) or "no member has the suffix of an image"
        message = f"No images in {counted(len(paths), 'tar')} ({why}): check the files."
        raise InputError(message)
    notes = list(errors.notes())
    if n_repeated := sum(shard.n_repeated for shard in shards):
        n = counted(n_repeated, "member has", "members have")
        notes.append(
            f"{n} the name of an earlier one, and {by_number(n_repeated, 'was', 'were')} passed "
            "over"
        )
    if unread := [name for shard in shards for name in shard.unread]:
        n = counted(len(unread), "file of labels", "files of labels")
        notes.append(f"{n} could not be read ({preview(unread)})")
    if unmet := [name for shard in shards for name in shard.unmet]:
        n = counted(len(unmet), "file of labels has", "files of labels have")
        notes.append(f"{n} no image ({preview(unmet, 5)})")
    table = merge_tables(tables)
    if (said := _labels_of_names(entries, table, rules)) is not None:
        table, reason = said, f"{reason}, with names of the form {NAMES}"
    return Manifest(
        layout=LAYOUT,
        reason=reason,
        entries=entries,
        table=table,
        splits=splits,
        n_other=sum(shard.n_other for shard in shards),
        notes=tuple(notes),
    )


def _scan(root: Path, path: Path, errors: ReadErrors) -> _Shard:
    shard = _Shard()
    above = printable(path.relative_to(root).as_posix())
    try:
        for member in scan_tar(path):
            if is_hidden(member.name):
                continue
            stem, _, suffix = member.name.rpartition(".")
            name = f"{above}/{member.name}"
            if is_image(member.name):
                if name in shard.images:
                    shard.n_repeated += 1
                    continue
                shard.images[name] = FileEntry(member, name)
                shard.name_of[member.name] = name
            elif suffix.lower() in _SIDES and isinstance(member, TarMember):
                shard.sides[suffix.lower()].setdefault(stem, member)
            else:
                shard.n_other += 1
    except OSError as error:
        errors.add(path, error)
    return shard


def _labels_of_names(
    entries: Sequence[FileEntry], table: LabelTable, rules: LabelRules
) -> LabelTable | None:
    """Return what the names of UTKFace's files say, where nothing beside them says more."""
    names = [entry.name for entry in entries]
    if table.names or "age" not in rules.classes or not looks_like_utkface(names):
        return None
    return replace(utkface_labels(names, rules.classes["age"]), new_classes=UTKFACE_CLASSES)


def _labels(path: Path, shard: _Shard, rules: LabelRules) -> LabelTable:
    columns: dict[str, dict[str, str]] = {}
    texts: dict[str, dict[str, str]] = {suffix: {} for suffix in _TEXTS}
    class_names = _class_names(path)
    called, unknown = frozenset(class_names.values()), dict[str, Sequence[str]]()
    for suffix, member, names in _beside(shard):
        if suffix == "json":
            columns |= dict.fromkeys(names, _facts(member, shard))
        elif (text := _text(member, shard)) is not None:
            label = class_names.get(text, text) if suffix == "cls" else text
            if suffix == "cls" and class_names and label not in called:
                unknown.setdefault(text, names)
            texts[suffix] |= dict.fromkeys(names, label)
    if unknown:
        raise _no_class(path, unknown, class_names)
    facts = list(dict.fromkeys(name for row in columns.values() for name in row))
    wanted = rules.wanted(facts)
    said = sorted(name for name in wanted if any(row.get(name) for row in columns.values()))
    # A value that is no plain one, such as a list, is not read, and that is told.
    nested = Counter(name for row in columns.values() for name, text in row.items() if not text)
    ignored = [name for name in facts if name not in wanted and name not in nested]
    tables = [_of_columns(path, columns, said, rules.without_missing(said))] if said else []
    if texts["cls"]:  # it says what no .json does
        tables.append(single_labels(path, texts["cls"], _without(rules, said), ".cls"))
    elif texts["txt"] and not said:
        tables.append(single_labels(path, texts["txt"], rules, ".txt"))
    merged = merge_tables(tables)
    each_once = tuple(dict.fromkeys(merged.names))
    ignored = [*ignored, *merged.ignored]
    return replace(merged, names=each_once, ignored=tuple(ignored), left_out=dict(nested))


def _without(rules: LabelRules, said: Sequence[str]) -> LabelRules:
    classes = {name: each for name, each in rules.classes.items() if name not in said}
    attributes = [each for each in rules.attributes if each not in said]
    return replace(rules, classes=classes, attributes=attributes)


def _beside(shard: _Shard) -> Iterator[tuple[str, TarMember, list[str]]]:
    """Yield each file of labels with its suffix, and the images that it lies beside."""
    for suffix, sides in shard.sides.items():
        pairs = pair(tuple(shard.name_of), sides)
        shard.unmet += [sides[stem].name for stem in pairs.unmet]
        names_of: dict[str, list[str]] = {}
        for member, stem in pairs.stem_of.items():
            names_of.setdefault(stem, []).append(shard.name_of[member])
        for stem, names in names_of.items():
            yield suffix, sides[stem], names


def _of_columns(
    path: Path, rows: Mapping[str, Mapping[str, str]], found: Sequence[str], rules: LabelRules
) -> LabelTable:
    schema = dict.fromkeys(found, pl.String)
    table = pl.DataFrame(
        {name: [row.get(name) or None for row in rows.values()] for name in found}, schema=schema
    )
    return labels_in(path, table, pl.Series(list(rows), dtype=pl.String), rules)


def _facts(member: TarMember, shard: _Shard) -> dict[str, str]:
    """Return what a .json says, as text; "" where a value is no plain one."""
    try:
        content = json_of(_read(member), constant=_no_number)
    except RepeatedKeyError as error:
        shard.unread.append(f"{member.name}: {error}")
        return {}
    except (OSError, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        shard.unread.append(member.name)
        return {}
    said = {str(name): value for name, value in content.items() if value not in (None, "")}
    return {name: str(value).strip() if _is_plain(value) else "" for name, value in said.items()}


def _text(member: TarMember, shard: _Shard) -> str | None:
    try:
        return _read(member).strip() or None
    except (OSError, ValueError):
        shard.unread.append(member.name)
        return None


def _read(member: TarMember) -> str:
    if member.size > _MAX_LABEL_BYTES:
        message = "too large for labels"
        raise ValueError(message)
    return member.read_bytes().decode("utf-8-sig")


def _no_number(text: str) -> NoReturn:
    message = f"{text} is no number"
    raise ValueError(message)


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _no_class(
    path: Path, unknown: Mapping[str, Sequence[str]], class_names: Mapping[str, str]
) -> TableError:
    """Return that files say classes which the list of class names has not."""
    problem = (
        f"its .cls files say {preview(map(repr, unknown))} ({preview([*chain(*unknown.values())])})"
        f", and {_CLASS_NAMES} has a name for 0 to {len(class_names) - 1:,}"
    )
    return TableError(path, problem, "Correct the .cls, or give the file a line for each class.")


def _class_names(path: Path) -> dict[str, str]:
    """Return number -> class name, from a file beside the archive or its folder; often none."""
    for file in (path.parent / _CLASS_NAMES, path.parent.parent / _CLASS_NAMES):
        try:
            if file.is_file() and file.stat().st_size <= _MAX_LABEL_BYTES:
                lines = file.read_text(encoding="utf-8-sig").splitlines()
                return {str(i): line.strip() for i, line in enumerate(lines)}
        except (OSError, ValueError):
            continue
    return {}
