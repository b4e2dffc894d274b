"""Rows of labels that mean the same file: what they say differently, and which of them is read."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from facestore.ingest.layouts.found_labels import LabelTable


@dataclass(frozen=True)
class Rivals:
    """Several rows that mean one file.

    Attributes
    ----------
    file
        The file, or the sample.
    names
        What the rows call it.
    read
        The name that is read; None: none of them, since all fit alike.
    differences
        What the first two say differently, in words.
    """

    file: str
    names: tuple[str, ...]
    read: str | None
    differences: tuple[str, ...]

    @property
    def words(self) -> str:
        """Return the first two rows, what they say, and which one is read."""
        one, two, *_ = self.names
        said = f"and differ: {', '.join(self.differences)}" if self.differences else "and agree"
        what = "neither is read" if self.read is None else f"{self.read!r} is read"
        return f"{one!r} and {two!r} are both {self.file!r} {said}; {what}"


def rivals_in(
    table: LabelTable, path_of: Mapping[str, str], rivals: Mapping[str, tuple[str, ...]]
) -> tuple[Rivals, ...]:
    """Return the rows of a table that mean the same file, those that differ first.

    Parameters
    ----------
    table
        The labels.
    path_of
        Name -> the file that it met.
    rivals
        File -> the names that mean it, as `match_names` returns them.
    """
    names = [name for each in rivals.values() for name in each]
    said: dict[str, dict[str, str]] = {name: {} for name in names}
    for name, attribute, label, value in table.labels.filter(
        pl.col("name").is_in(names)
    ).iter_rows():
        said[name][attribute] = repr(label) if value is None else f"{value:g}"
    for name in names:
        if name in table.splits:
            said[name]["split"] = repr(table.splits[name])
        if name in table.persons:
            said[name]["person"] = repr(table.persons[name])
    found = [
        Rivals(
            file,
            each,
            next((name for name in each if path_of.get(name) == file), None),
            _differences(said[each[0]], said[each[1]]),
        )
        for file, each in rivals.items()
    ]
    return tuple(sorted(found, key=lambda each: not each.differences))


def _differences(one: Mapping[str, str], two: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(
        f"{attribute} {one.get(attribute, 'nothing')} and {two.get(attribute, 'nothing')}"
        for attribute in dict.fromkeys([*one, *two])
        if one.get(attribute) != two.get(attribute)
    )
