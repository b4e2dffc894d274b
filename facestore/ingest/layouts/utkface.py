"""Labels in the names of UTKFace files: `[age]_[gender]_[race]_[date and time].jpg`.

Some files lack a field (`61_1_20170109142408075.jpg`): they are kept, without labels.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import polars as pl

from facestore.ingest.layouts.files import Folder
from facestore.ingest.layouts.found_labels import LABEL_SCHEMA, LabelTable
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_values import label_of_age
from facestore.ingest.layouts.manifest import Manifest
from facestore.records import AttributeClass

LAYOUT = "utkface"
NAMES = "age_gender_race_date"
_NAME = re.compile(r"(?P<age>\d{1,3})_(?P<gender>[01])_(?P<race>[0-4])_(?P<when>\d{8,})")
_LOOSE_NAME = re.compile(r"\d{1,3}_[01]?_?\d*_?\d{8,}")
_GENDERS = ("Male", "Female")
_RACES = ("White", "Black", "Asian", "Indian", "Others")

UTKFACE_CLASSES = tuple(("race", race) for race in _RACES)


def read_folder(_source: Path, folder: Folder, rules: LabelRules, reason: str) -> Manifest | None:
    """Read a folder of files that are named as UTKFace's.

    Parameters
    ----------
    folder
        What it holds.
    rules
        Has the age groups.
    reason
        Why this layout was chosen; empty: it is only read where it is recognised, else None.
    """
    names = [entry.name for entry in folder.entries]
    if not reason and not looks_like_utkface(names):
        return None
    found = utkface_labels(names, rules.classes["age"])
    return Manifest(
        layout=LAYOUT,
        reason=reason or f"names of the form {NAMES}",
        entries=folder.entries,
        table=replace(found, new_classes=UTKFACE_CLASSES),
        n_other=folder.n_other,
        others=folder.other_names,
        notes=folder.notes,
    )


def looks_like_utkface(names: Sequence[str]) -> bool:
    """Whether at least nine of ten file names have the form of UTKFace's."""
    fitting = sum(_LOOSE_NAME.match(PurePosixPath(name).name) is not None for name in names)
    return len(names) > 0 and fitting >= 0.9 * len(names)


def utkface_labels(names: Iterable[str], ages: Sequence[AttributeClass]) -> LabelTable:
    """Read the labels out of file names.

    Parameters
    ----------
    names
        Paths of files, relative to their folder.
    ages
        The age groups; a year gets the group it falls into as its label.

    Returns
    -------
    LabelTable
        `malformed` has the names that could not be read.
    """
    rows: list[tuple[str, str, str | None, float | None]] = []
    malformed = []
    read = []
    for name in names:
        match = _NAME.match(PurePosixPath(name).name)
        years = float(match["age"]) if match else None
        label = None if years is None else label_of_age(years, ages)
        if match is None or label is None:
            malformed.append(name)
            continue
        read.append(name)
        rows += [
            (name, "age", label, years),
            (name, "gender", _GENDERS[int(match["gender"])], None),
            (name, "race", _RACES[int(match["race"])], None),
        ]
    return LabelTable(
        names=tuple(read),
        labels=pl.DataFrame(rows, schema=LABEL_SCHEMA, orient="row"),
        malformed=tuple(malformed),
    )
