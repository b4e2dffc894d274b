"""The sections of the page of faces: who is behind a cell of a matrix, or behind a group."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import duckdb

from facestore.connections import quoted_name
from facestore.exporting.label_columns import label_column
from facestore.reporting.links import Links, cell_section, group_section
from facestore.reporting.tables import BlockKey, Table, key_of
from facestore.reporting.thumbnails import Sample

QUERY = "faces"
_PAIR = " x "
# As the query has them.
_BANDS = ("surest tenth", "surer half", "less sure half")
_SHELL = frozenset('"$`\\!\n')


@dataclass(frozen=True)
class Section:
    """Faces of a label and what it is called, or of a group that is called wrong.

    Attributes
    ----------
    anchor
        Its `id`, which charts and matrices link to.
    key
        Whose predictions they are.
    title
        What a reader sees.
    n_faces
        How many there are; `rows` may be some of them.
    group
        Labels of the group by attribute; empty: it is a cell of the matrix.
    rows
        Of the query, one a face.
    """

    anchor: str
    key: BlockKey
    title: str
    n_faces: int
    group: Mapping[str, str]
    rows: Sequence[Mapping[str, Any]]

    @property
    def label(self) -> str:
        """The label of all of them; nothing for a group."""
        return "" if self.group else self.rows[0]["label"]

    @property
    def predicted(self) -> str:
        """What all of them are called; nothing for a group."""
        return "" if self.group else self.rows[0]["predicted"]

    @property
    def is_right(self) -> bool:
        """Whether they are called what they are labelled."""
        return not self.group and self.label == self.predicted

    @cached_property
    def calls(self) -> dict[tuple[str, str], list[str]]:
        """Paths by label and what it is called, the most frequent first."""
        found: dict[tuple[str, str], list[str]] = {}
        for row in self.rows:
            found.setdefault((row["label"], row["predicted"]), []).append(row["path"])
        return dict(sorted(found.items(), key=lambda each: -len(each[1])))

    @property
    def sql(self) -> str:
        """A select of all of them."""
        dataset, split, classifier = self.key.dataset, self.key.split, self.key.classifier
        conditions = [f"classifier = {_text(classifier)}", *_place(dataset, split)]
        if self.group:
            conditions.append("not is_correct")
            conditions += [
                "sample_id in (select sample_id from labels "  # noqa: S608 - texts are quoted
                f"where attribute = {_text(attribute)} and label = {_text(label)})"
                for attribute, label in self.group.items()
            ]
        else:
            conditions += [f"label = {_text(self.label)}", f"predicted = {_text(self.predicted)}"]
        return (
            "select path, label, predicted, margin from judged_predictions\nwhere "  # noqa: S608 - as above
            + "\n    and ".join(conditions)
        )

    def where(self, same: Mapping[str, Any]) -> str:
        """Return what picks all of them among the rows that can be looked at by hand.

        Parameters
        ----------
        same
            Data set and split, where there is only one.
        """
        conditions = [] if same else _place(self.key.dataset, self.key.split)
        if self.group:
            conditions += ["judged = 'wrong'", *_of_group(self.group)]
        else:
            conditions.append(f"{_column(self.key.attribute)} = {_text(self.label)}")
            conditions.append(f"predicted = {_text(self.predicted)}")
        return " and ".join(conditions)


def sections_of(table: Table) -> dict[BlockKey, list[Section]]:
    """Part the rows of the query by whose they are, and then by what they show."""
    made: dict[BlockKey, list[Section]] = {}
    for (key, group_attribute, group_name, *_), rows in groupby(table.records, _whose):
        made.setdefault(key, []).append(_section(key, group_attribute, group_name, list(rows)))
    return made


@dataclass(frozen=True)
class Faces:
    """What the page of faces shows, and what its filters may ask for.

    Attributes
    ----------
    parts
        Sections by whose predictions they are of.
    places
        Number of each label, by attribute and label.
    bands
        How confident predictions are, the surest first; empty where no classifier says.
    """

    parts: Mapping[BlockKey, Sequence[Section]]
    places: Mapping[tuple[str, str], int]
    bands: Sequence[str]

    @property
    def groups(self) -> dict[str, Section]:
        """A section of each group, by its name."""
        sections = (section for part in self.parts.values() for section in part)
        return {section.title: section for section in sections if section.group}

    def asked(self, same: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the script of the filters has to know.

        Parameters
        ----------
        same
            Data set and split, where there is only one.
        """
        return {
            "judges": [
                {
                    "classifier": key.classifier,
                    "attribute": _column(key.attribute),
                    "place": [] if same else _place(key.dataset, key.split),
                }
                for key in self.parts
            ],
            "groups": {
                title: {
                    "labels": [self.places[label] for label in section.group.items()],
                    "where": _of_group(section.group),
                }
                for title, section in self.groups.items()
            },
        }


def faces_of(table: Table) -> Faces:
    """Return what the page of faces shows."""
    labels = dict.fromkeys(label for row in table.records for label in row["labels"].items())
    said = {row["confidence"] for row in table.records}
    return Faces(
        sections_of(table),
        {label: i for i, label in enumerate(labels)},
        [band for band in _BANDS if band in said],
    )


def links_to(tables: Mapping[str, Table]) -> Links:
    """Return what numbers can lead to; nowhere without the page of faces."""
    if QUERY not in tables:
        return Links()
    parts = sections_of(tables[QUERY]).values()
    return Links(frozenset(section.anchor for part in parts for section in part))


def wanted_pictures(tables: Iterable[Table]) -> list[Sample]:
    """Return the samples whose pictures some tables show, each once."""
    rows = (row for table in tables if table.query.layout == "cards" for row in table.records)
    return list(dict.fromkeys(sample for row in rows for sample in _samples(row)))


def _samples(row: Mapping[str, Any]) -> Iterable[Sample]:
    """Return the sample of a row, or the two of a pair."""
    for end in ("", "_a", "_b"):
        if row.get(f"image_id{end}") is not None:
            dataset = row.get(f"dataset{end}", row.get("dataset"))
            yield Sample(str(dataset), row[f"path{end}"], row[f"image_id{end}"])


def _whose(row: Mapping[str, Any]) -> tuple[Any, ...]:
    group = (row["group_attribute"], row["group_name"])
    cell = (None, None) if row["group_name"] is not None else (row["label"], row["predicted"])
    return (key_of(row), *group, *cell)


def _section(
    key: BlockKey, group_attribute: str | None, group_name: str | None, rows: list[dict[str, Any]]
) -> Section:
    first = rows[0]
    if group_attribute is None or group_name is None:
        anchor, group = cell_section(key, first["label"], first["predicted"]), {}
    else:
        anchor = group_section(key, group_attribute, group_name)
        # of a pair from the labels of a face: the name of a class may look like one of two
        names = group_attribute.split(_PAIR) if _PAIR in group_attribute else []
        group = {name: first["labels"][name] for name in names} or {group_attribute: group_name}
    return Section(anchor, key, first["section"], first["n_section"], group, rows)


def _place(dataset: str | None, split: str | None) -> list[str]:
    return [
        f"dataset = {_text(dataset)}",
        "split is null" if split is None else f"split = {_text(split)}",
    ]


def _of_group(group: Mapping[str, str]) -> list[str]:
    return [f"{_column(attribute)} = {_text(label)}" for attribute, label in group.items()]


def _text(value: str | None) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _column(attribute: str) -> str:
    """Return the column with the labels of an attribute among the rows that `explore` shows."""
    column = label_column(attribute)
    is_name = [kind for _, kind in duckdb.tokenize(column)] == [duckdb.token_type.identifier]
    return column if is_name and column.isidentifier() else quoted_name(column)


def in_shell(text: str) -> str:
    """Quote a text for a shell, so that SQL in it stays readable where it can."""
    return shlex.quote(text) if _SHELL & set(text) else f'"{text}"'
