"""WebDataset: tars whose members of one key, the name up to its first dot, belong together."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from facestore.errors import InputError, preview
from facestore.images.tars import TarMember, scan_tar
from facestore.images.walk import printable
from facestore.ingest.layouts.files import is_image
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_tables import (
    LabelTable,
    labels_in,
    merge_tables,
    single_labels,
)
from facestore.ingest.layouts.manifest import Manifest, ReadErrors, split_of_file
from facestore.records import FileEntry

LAYOUT = "webdataset"
# Class names by line, as data sets of CLIP benchmarks have them beside their shards.
_CLASS_NAMES = "classnames.txt"
_MAX_LABEL_BYTES = 1024 * 1024
_TEXTS = ("cls", "txt")


@dataclass
class _Shard:
    """What one archive holds."""

    images: dict[str, FileEntry] = field(default_factory=dict)
    names_of_key: dict[str, list[str]] = field(default_factory=dict)
    sides: dict[str, dict[str, TarMember]] = field(default_factory=dict)
    n_repeated: int = 0
    n_other: int = 0
    unread: list[str] = field(default_factory=list)


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
        message = f"No images in {len(paths):,} tars ({why}): check the files."
        raise InputError(message)
    notes = list(errors.notes())
    if n_repeated := sum(shard.n_repeated for shard in shards):
        notes.append(f"{n_repeated:,} members have the name of an earlier one and were passed over")
    if unread := [name for shard in shards for name in shard.unread]:
        notes.append(f"{len(unread):,} files of labels could not be read ({preview(unread)})")
    return Manifest(
        layout=LAYOUT,
        reason=reason,
        entries=entries,
        table=merge_tables(tables),
        splits=splits,
        n_other=sum(shard.n_other for shard in shards),
        notes=tuple(notes),
    )


def _scan(root: Path, path: Path, errors: ReadErrors) -> _Shard:
    shard = _Shard()
    above = printable(path.relative_to(root).as_posix())
    try:
        for member in scan_tar(path):
            key, suffix = _key(member.name)
            name = f"{above}/{member.name}"
            if is_image(member.name):
                if name in shard.images:
                    shard.n_repeated += 1
                    continue
                shard.images[name] = FileEntry(member, name)
                shard.names_of_key.setdefault(key, []).append(name)
            elif suffix in ("json", *_TEXTS) and isinstance(member, TarMember):
                shard.sides.setdefault(key, {}).setdefault(suffix, member)
            else:
                shard.n_other += 1
    except OSError as error:
        errors.add(path, error)
    return shard


def _key(name: str) -> tuple[str, str]:
    """Split a name at the first dot after its folders, as WebDataset does."""
    folder, slash, file = name.rpartition("/")
    stem, _, suffix = file.partition(".")
    return f"{folder}{slash}{stem}", suffix.lower()


def _labels(path: Path, shard: _Shard, rules: LabelRules) -> LabelTable:
    columns: dict[str, dict[str, str]] = {}
    texts: dict[str, dict[str, str]] = {suffix: {} for suffix in _TEXTS}
    class_names = _class_names(path)
    for key, names in shard.names_of_key.items():
        for suffix, member in shard.sides.get(key, {}).items():
            if suffix == "json":
                columns |= dict.fromkeys(names, _facts(member, shard))
            elif (text := _text(member, shard)) is not None:
                label = class_names.get(text, text) if suffix == "cls" else text
                texts[suffix] |= dict.fromkeys(names, label)
    tables = []
    facts = list(dict.fromkeys(name for row in columns.values() for name in row))
    wanted = rules.wanted(facts)
    ignored = [name for name in facts if name not in wanted]
    if wanted:
        tables.append(_of_columns(path, columns, sorted(wanted), rules.without_missing(facts)))
    elif texts["cls"]:
        tables.append(single_labels(path, texts["cls"], rules, ".cls"))
    elif texts["txt"]:
        tables.append(single_labels(path, texts["txt"], rules, ".txt"))
    merged = merge_tables(tables)
    return LabelTable(**(vars(merged) | {"ignored": (*ignored, *merged.ignored)}))


def _of_columns(
    path: Path, rows: Mapping[str, Mapping[str, str]], found: Sequence[str], rules: LabelRules
) -> LabelTable:
    schema = dict.fromkeys(found, pl.String)
    table = pl.DataFrame(
        {name: [row.get(name) for row in rows.values()] for name in found}, schema=schema
    )
    return labels_in(path, table, pl.Series(list(rows), dtype=pl.String), rules)


def _facts(member: TarMember, shard: _Shard) -> dict[str, str]:
    """Return what a .json says in plain values, as text."""
    try:
        content = json.loads(_read(member), parse_constant=_no_number)
    except (OSError, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        shard.unread.append(member.name)
        return {}
    return {str(name): str(value).strip() for name, value in content.items() if _is_plain(value)}


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
    return isinstance(value, str | int | float) and value != ""


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
