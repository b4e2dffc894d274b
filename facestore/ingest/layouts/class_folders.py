"""Folders that are called as classes, of one attribute or of several, one below the other."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import polars as pl

from facestore.config import AGES
from facestore.errors import InputError, preview
from facestore.ingest.layouts.files import Folder
from facestore.ingest.layouts.label_refusals import one_by_one
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_tables import labels_in
from facestore.ingest.layouts.manifest import Manifest, split_called

LAYOUT = "imagefolder"
# Image -> the folder that it is in, at one level; those of the lowest level come first.
Level = Mapping[str, str]


def class_folders(folder: Folder, rules: LabelRules) -> dict[str, Level]:
    """Return the folders that are called as classes: attribute -> image -> folder.

    Folders of one level below the splits are those of one attribute: `train/Male/Asian/1.jpg` may
    have two. Pictures that lie above them have none.
    """
    levels = levels_of(folder)
    if rules.attributes:
        return _asked(levels, rules)
    found: dict[str, Level] = {}
    for level in levels:
        folders = sorted({*level.values()})
        attribute = rules.attribute_of(folders)
        if attribute is None or attribute in found:
            continue
        # One class alone would be the name of any folder.
        is_said = any(rules.mapping.class_of(attribute, each) is not None for each in folders)
        if is_said or len({*rules.classes_of(attribute, folders)} - {None}) > 1:
            found[attribute] = level
    return found


def _asked(levels: Sequence[Level], rules: LabelRules) -> dict[str, Level]:
    """Return for each attribute asked for the level of which most can be read.

    That is the lowest one, where nothing can be read in any; years are sooner the folders of which
    there are more: AFAD has `15/111` and `16/112`.
    """
    found: dict[str, Level] = {}
    for attribute in rules.attributes if levels else ():
        fits = [(*_fit(level, attribute, rules), level not in found.values()) for level in levels]
        found[attribute] = levels[fits.index(max(fits))]
    return found


def _fit(level: Level, attribute: str, rules: LabelRules) -> tuple[float, int]:
    """Return the share of folders that can be read as labels of an attribute, and their number."""
    meaning = replace(rules, new_classes=False).meaning(attribute)
    folders = {*level.values()}
    n_read = sum(meaning.read(name) is not None for name in folders)
    return n_read / len(folders), len(folders) * bool(n_read)


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
        last = sorted({*next(iter(levels_of(folder)), {}).values()})
        hints = "".join(f" In particular, {hint}." for hint in folders_like_classes(folder, rules))
        message = (
            f"'{source}' has no metadata.csv or metadata.jsonl, and its folders "
            f"({preview(last or ['none'], 8)}) are not the classes of one known attribute: name "
            f"the attribute with `attributes=NAME`.{hints}"
        )
        raise InputError(message)
    labelled = list(dict.fromkeys(name for level in found.values() for name in level))
    columns = {a: [level.get(name) for name in labelled] for a, level in found.items()}
    text = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    table = labels_in(source, text, pl.Series(labelled, dtype=pl.String), rules)
    return Manifest(
        layout=LAYOUT,
        reason=reason or f"folders called as the classes of {preview(map(repr, found))}",
        entries=folder.entries,
        table=table,
        splits=splits_in(folder),
        n_other=folder.n_other,
        others=folder.other_names,
        notes=folder.notes + folders_like_classes(folder, rules),
    )


def folders_like_classes(folder: Folder, rules: LabelRules) -> tuple[str, ...]:
    """Say of which level some folders are called as classes, and what to add for the others."""
    if rules.attributes:
        return ()
    found = class_folders(folder, rules)
    hints = [
        _like_classes(sorted({*level.values()}), rules, known=found)
        for level in levels_of(folder)
        if level not in found.values()
    ]
    return tuple(filter(None, hints))


def _like_classes(folders: Sequence[str], rules: LabelRules, *, known: Collection[str]) -> str:
    """Say what to add so that folders are read as classes; nothing where none is called so."""
    of_classes = {
        attribute: [
            name
            for name, label in zip(folders, rules.classes_of(attribute, folders), strict=True)
            if label is not None
        ]
        for attribute in rules.guessed
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


def levels_of(folder: Folder) -> list[Level]:
    """Return the levels of folders below the splits, the lowest first."""
    below = [(n, parts) for n, (_, parts) in split_folders(_names(folder)).items() if parts]
    depth = max((len(parts) for _, parts in below), default=0)
    return [
        {name: parts[-i] for name, parts in below if len(parts) >= i} for i in range(1, depth + 1)
    ]


def are_years(folders: Sequence[str]) -> bool:
    """Say whether some folders may be called as ages in years."""
    return len(folders) > 2 and all(
        re.fullmatch(r"\d{1,3}", name) and int(name) <= AGES[1] for name in folders
    )


def splits_in(folder: Folder) -> dict[str, str]:
    """Return the splits, if every image is in the folder of one; single ones may lie beside."""
    below = split_folders(_names(folder))
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


def _names(folder: Folder) -> list[str]:
    return [entry.name for entry in folder.entries]


def _n_shared(folders: Sequence[tuple[str, ...]]) -> int:
    """Return how many first folders all of them have in common."""
    n = 0
    for parts in zip(*folders, strict=False):
        if len(set(parts)) > 1:
            break
        n += 1
    return n
