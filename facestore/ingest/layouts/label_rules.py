"""What may be a label, and which columns of a table have labels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from facestore.errors import ParametersError, TableError, preview
from facestore.ingest.layouts.label_values import Decision, Meaning
from facestore.mappings import KnownSource, LabelMapping, recognised
from facestore.records import AttributeClass
from facestore.spelling import column_of, same_name
from facestore.table_columns import column_given, fields_of, has_no_labels, is_index

# Asked for instead of the name of a column: all of them.
ALL_COLUMNS = "all"
SPLIT = "split"
PERSON = "person_id"
TAG_COLUMNS = ("service_test",)


@dataclass(frozen=True)
class LabelColumns:
    """Which columns of a table are read.

    Attributes
    ----------
    of_attribute
        Attribute -> its column, or a pattern of columns.
    split
        The column of splits.
    person
        The column, or a pattern of columns, of who a picture shows.
    mapping
        What their values mean.
    ignored
        Columns that are not read, and could be.
    is_left_out
        Whether the user left an attribute out on purpose.
    said
        Attributes of which the user named the column, or what is known of a source does.
    """

    of_attribute: Mapping[str, str]
    split: str | None
    person: str | None
    mapping: LabelMapping
    ignored: tuple[str, ...] = ()
    is_left_out: bool = False
    said: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LabelRules:
    """What may be a label.

    Attributes
    ----------
    classes
        The classes of every known attribute.
    attributes
        Columns to read as attributes besides the known ones; `all`: every column.
    new_classes
        Take labels that no class has as new classes.
    mapping
        What the user said of columns and values.
    of_data_sets
        Attributes that are called as data sets: labels without a column are not taken for theirs,
        whatever they are called. Two data sets may both have cats.
    """

    classes: Mapping[str, Sequence[AttributeClass]]
    attributes: Sequence[str] = ()
    new_classes: bool = False
    mapping: LabelMapping = field(default_factory=LabelMapping)
    of_data_sets: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        left_out = [attribute for attribute, column in self.mapping.columns.items() if not column]
        for attribute in self.attributes:
            if attribute in left_out and attribute not in self.mapping.optional:
                message = (
                    f"`attributes={attribute}` and `columns={attribute}=` contradict each other: "
                    "leave one of them out."
                )
                raise ParametersError(message)

    @property
    def takes_all(self) -> bool:
        """Whether every column is a label."""
        return ALL_COLUMNS in self.attributes

    @property
    def named(self) -> tuple[str, ...]:
        """The columns that the user named, as attributes or as theirs, or for the files."""
        said = [c for a, c in self.mapping.columns.items() if c and a not in self.mapping.optional]
        files = self.mapping.file or ""
        patterns = [each for each in (files, *said) if "{" in each]
        plain = [each for each in (files, *said, *self.attributes) if each not in patterns]
        return (*filter(None, plain), *(name for each in patterns for name in fields_of(each)))

    def meaning(self, attribute: str, mapping: LabelMapping | None = None) -> Meaning:
        """Return how the labels of an attribute are read."""
        return Meaning(
            attribute, self.classes.get(attribute, ()), mapping or self.mapping, self.new_classes
        )

    def attribute_of(self, labels: Iterable[str]) -> str | None:
        """Return the attribute that labels without a column belong to.

        That is the one asked for; or else the only one whose classes include all of them, by their
        names, or in another spelling; some may be no label.
        """
        if self.attributes:
            return next(iter(self.attributes)) if len(self.attributes) == 1 else None
        wanted = sorted(set(labels))
        if not wanted:
            return None
        exact = [
            name
            for name, classes in self.guessed.items()
            if {each.name for each in classes}.issuperset(wanted)
        ]
        fitting = exact or [name for name in self.guessed if self._are_classes(name, wanted)]
        return fitting[0] if len(fitting) == 1 else None

    @property
    def guessed(self) -> Mapping[str, Sequence[AttributeClass]]:
        """The attributes that labels without a column may be of, though nobody said so."""
        return {name: of for name, of in self.classes.items() if name not in self.of_data_sets}

    def _are_classes(self, attribute: str, texts: Sequence[str]) -> bool:
        """Say whether all texts are classes of an attribute, or no label; one is a class."""
        read = self._read(attribute, texts)
        return all(each and each[1] is None for each in read) and any(
            each and each[0] for each in read
        )

    def classes_of(self, attribute: str, texts: Iterable[str]) -> list[str | None]:
        """Return the class of an attribute that each text means; a number of years means none."""
        read = self._read(attribute, texts)
        return [each[0] if each and each[1] is None else None for each in read]

    def _read(self, attribute: str, texts: Iterable[str]) -> list[Decision | None]:
        meaning = Meaning(attribute, self.classes.get(attribute, ()), self.mapping)
        return [meaning.read(text) for text in texts]

    def known_of(self, columns: Sequence[str]) -> tuple[KnownSource | None, LabelMapping]:
        """Return the source that a table with these columns is of, and what is known or said."""
        source = recognised(columns)
        return source, self.mapping.over(source.mapping) if source else self.mapping

    def wanted(self, columns: Sequence[str]) -> set[str]:
        """Return the columns that have labels, splits or tags; the user's are there or not."""
        present = [name for name in columns if name]
        asked = {column_of(name, present) for name in self.attributes}
        given = {same_name(name, present) for name in self.mapping.columns.values()}
        known = self._known(present).values()
        others = (same_name(SPLIT, present), column_of(PERSON, present), *TAG_COLUMNS)
        found = {*known, *asked, *given, *others}
        return set(present) if self.takes_all else {name for name in found if name in present}

    def without_missing(self, columns: Sequence[str]) -> "LabelRules":
        """Return the rules for one of several tables, which may lack columns asked for."""
        return replace(
            self,
            attributes=[name for name in self.attributes if column_of(name, columns)],
            mapping=replace(self.mapping, optional=frozenset(self.mapping.columns)),
        )

    def columns_in(self, path: Path, table: pl.DataFrame, *, taken: Sequence[str]) -> LabelColumns:
        """Find the columns of labels in a table.

        Parameters
        ----------
        path
            Where it is from, for messages.
        table
            Columns of text.
        taken
            Those that have the names of files.

        Raises
        ------
        TableError
            If a column that the user named is not there.
        """
        _, mapping = self.known_of(table.columns)
        of_files = taken if len(taken) == 1 else ()
        free = [
            name
            for name in table.columns
            if name not in of_files and not is_index(table[name], name)
        ]
        found: dict[str, str] = {}
        said: dict[str, str] = {}
        if self.classes or self.attributes:  # else the labels come from elsewhere
            said, asked = self._said(path, free, mapping), self._asked(path, free)
            left = [name for name in free if name not in {*said.values(), *asked.values()}]
            # DeepFace has scores of each class in `gender`, and the class in `dominant_gender`.
            plain = [name for name in left if not has_no_labels(table[name])]
            found = {**self._known(left), **self._known(plain), **asked, **said}
        split = found.pop(SPLIT, None) or same_name(SPLIT, free)
        unread = [name for name in free if name not in found.values()]
        person = found.pop(PERSON) if PERSON in found else column_of(PERSON, unread)
        found = {attribute: column for attribute, column in found.items() if column}
        used = {*found.values(), split, person, *TAG_COLUMNS, *mapping.columns.values()}
        computed = (*found.values(), person or "")
        used |= {name for column in computed for name in fields_of(column)}
        rest = tuple(name for name in free if name not in used and name not in taken)
        if self.takes_all:
            found |= {name: name for name in rest if name not in found}
            rest = ()
        is_left_out = "" in self.mapping.columns.values()
        return LabelColumns(
            found, split, person or None, mapping, rest, is_left_out, frozenset(said)
        )

    def _said(self, path: Path, free: Sequence[str], mapping: LabelMapping) -> dict[str, str]:
        """Return the columns that a mapping names; '' is none."""
        said = mapping.columns_in(free)
        for attribute, column in said.items():
            if column and not fields_of(column):
                todo = f"Name the column of {attribute!r} as `columns={attribute}=COLUMN`."
                said[attribute] = column_given(path, free, column, todo)
        return said

    def _asked(self, path: Path, free: Sequence[str]) -> dict[str, str]:
        """Return the columns of attributes asked for; one may be mapped to another column."""
        asked = {}
        for attribute in self.attributes:
            is_all = attribute == ALL_COLUMNS and ALL_COLUMNS not in free
            if is_all or attribute in self.mapping.columns:
                continue
            column = column_of(attribute, free)
            if column is None:
                todo = f"It has {preview(free, 12)}; or say `columns={attribute}=COLUMN`."
                raise TableError(path, f"no column {attribute!r}", todo)
            asked[attribute] = column
        return asked

    def _known(self, free: Sequence[str]) -> dict[str, str]:
        """Return the columns of known attributes that nobody had to name."""
        found = {attribute: column_of(attribute, free) for attribute in self.classes}
        return {attribute: column for attribute, column in found.items() if column}
