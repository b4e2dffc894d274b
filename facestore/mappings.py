"""What the columns and values of a table mean: said by the user, in a file, or known of its source.

A mapping in YAML, which is also the form of those that come with facestore (`assets/mappings`)::

    file: img_name                  # column of file names, or a pattern: '{person}/{number:4}.jpg'
    columns: {gender: sex, age: ''} # attribute: its column; with none it is not read
    values:
      gender: {m: Male, f: Female, u: ''}    # value: its class; with none it is no label
      '*': {'>0': 'yes', '<=0': 'no'}        # of every attribute that has no list of its own
    'null': ['?', '999']            # no label, whatever the attribute
    encoding: latin-1
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from facestore import resources
from facestore.arguments import told_once
from facestore.errors import InputError, ParametersError, TableError
from facestore.mapping_files import load, parts_of
from facestore.mapping_texts import (
    ANY_ATTRIBUTE,
    Said,
    check_encoding,
    column_said,
    holds,
    is_ours,
    value_said,
)
from facestore.spelling import fold, same_name
from facestore.table_columns import fields_of

Values = Mapping[str, Mapping[str, str]]

_OF_SOURCES = {"about", "named_as", "recognised_by"}


@dataclass(frozen=True)
class LabelMapping:
    """What columns and values of a table mean; whatever it does not say is read by itself.

    Attributes
    ----------
    file
        Column of file names, or a pattern of columns; None: found by its name.
    columns
        Attribute -> its column; '' is: none, it is not read.
    values
        Attribute, or `*` -> value -> class; '' is: no label. A value may be a comparison (`>0`).
    nulls
        Values that are no label, whatever the attribute.
    encoding
        Encoding of the text; None: told by its bytes.
    optional
        Attributes whose columns need not be there: what is known of a source, not said of a table.
    known
        What need not occur for the same reason: (attribute, value), and of a null ('', text).
    source
        Name of the known source that it is of.
    file_is_known
        Whether `file` is what is known of a source, and not said of a table.
    is_named
        Whether a file or a known source was named, which can be done once.
    """

    file: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Values = field(default_factory=dict)
    nulls: Sequence[str] = ()
    encoding: str | None = None
    optional: frozenset[str] = frozenset()
    known: frozenset[tuple[str, str]] = frozenset()
    source: str | None = None
    file_is_known: bool = False
    is_named: bool = field(default=False, compare=False)

    @classmethod
    def of(
        cls,
        *,
        mapping: str | None = None,
        file_column: str | None = None,
        columns: Iterable[str] = (),
        maps: Iterable[str] = (),
        nulls: Sequence[str] = (),
        encoding: str | None = None,
    ) -> "LabelMapping":
        """Read a mapping as the command line gives it.

        Parameters
        ----------
        mapping
            A file, or the name of a known source; what the others say comes before it.
        file_column
            As `file`.
        columns
            Texts of the form ATTRIBUTE=COLUMN.
        maps
            Texts of the form ATTRIBUTE:VALUE=CLASS.
        nulls, encoding
            As they are.

        Raises
        ------
        InputError
            If a text has another form, or there is no such encoding.
        ParametersError
            If texts contradict each other.
        TableError
            If the file is refused.
        """
        check_encoding(encoding)
        pairs = told_once("columns", ((text, *column_said(text)) for text in columns))
        said = told_once("maps", (value_said(text) for text in maps))
        values: dict[str, dict[str, str]] = {}
        for (attribute, value), name in said.items():
            values.setdefault(attribute, {})[value] = name
        given = cls(file_column, pairs, values, tuple(nulls), encoding)
        if torn := given.torn:
            one, other = torn
            message = (
                f"`maps={one}` and `nulls={other}` contradict each other: leave one of them out."
            )
            raise ParametersError(message)
        if mapping is None:
            return given
        return replace(given.over(read_mapping(mapping)), is_named=True)

    def over(self, other: "LabelMapping") -> "LabelMapping":
        """Return what this mapping says, and for the rest what another one does."""
        theirs = {
            attribute: {v: name for v, name in values.items() if not self._is_null(v)}
            for attribute, values in other.values.items()
        }
        attributes = dict.fromkeys([*self.values, *theirs])
        return LabelMapping(
            file=self.file or other.file,
            columns={**other.columns, **self.columns},
            values={a: {**theirs.get(a, {}), **self.values.get(a, {})} for a in attributes},
            nulls=(*self.nulls, *other.nulls),
            encoding=self.encoding or other.encoding,
            optional=self.optional | (other.optional - self.columns.keys()),
            known=self.known | (other.known - {(e.attribute, e.value) for e in self.said}),
            source=self.source or other.source,
            file_is_known=other.file_is_known if self.file is None else self.file_is_known,
            is_named=self.is_named,
        )

    def file_in(self, columns: Sequence[str]) -> str | None:
        """Return the column or the pattern of files of a table; None: it is found by its name.

        What is known of a source counts only where all the columns that it names are there, and
        none is called `file`.
        """
        if self.file is None or not self.file_is_known:
            return self.file
        needed = fields_of(self.file) or [self.file]
        is_whole = all(same_name(name, columns) is not None for name in needed)
        return self.file if is_whole and "file" not in columns else None

    def columns_in(self, columns: Sequence[str]) -> dict[str, str]:
        """Return the column, or pattern of columns, of each attribute; '' is none.

        What is known of a source counts only where the columns are there; one that it computes
        (`{photo_taken} - {dob}`) may be there by the attribute's own name instead.
        """
        found = {}
        for attribute, column in self.columns.items():
            needed = fields_of(column) or [column] * bool(column)
            is_there = all(same_name(name, columns) is not None for name in needed)
            if "{" in column and same_name(attribute, columns) is not None:
                is_there = False
            if is_there or attribute not in self.optional:
                found[attribute] = column
        return found

    @property
    def torn(self) -> tuple[Said, str] | None:
        """A class that is said of a value, and the null that it is as well; None: there is none."""
        nulls = {fold(text): text for text in self.nulls}
        named = (each for each in self.said if each.name and fold(each.value) in nulls)
        return next(((each, nulls[fold(each.value)]) for each in named), None)

    @property
    def said(self) -> list[Said]:
        """What is said of values, but for what is known of a source; nulls have no attribute."""
        pairs = [Said(a, v, name) for a, each in self.values.items() for v, name in each.items()]
        pairs += [Said("", text, "") for text in self.nulls]
        return [each for each in pairs if (each.attribute, each.value) not in self.known]

    def class_of(self, attribute: str, text: str) -> str | None:
        """Return the class that a value was said to be; '': no label, None: nothing was said.

        A value counts before a null, and both before a comparison.
        """
        values = self._values_of(attribute)
        if text in values:
            return values[text]
        wanted = fold(text)
        named = next((name for value, name in values.items() if fold(value) == wanted), None)
        if named is not None:
            return named
        if self._is_null(text):
            return ""
        return next((name for value, name in values.items() if holds(value, wanted)), None)

    def unmet(self, texts: Mapping[str, Iterable[str]]) -> list[Said]:
        """Return what was said of values that are nowhere.

        Parameters
        ----------
        texts
            Attribute -> the texts that there are of it.
        """
        return [each for each in self.said if not each.is_met(self._read_by(each, texts))]

    def _read_by(self, said: Said, texts: Mapping[str, Iterable[str]]) -> Iterator[str]:
        """Yield the texts of which something was said."""
        for attribute, each in texts.items():
            is_listed = said.attribute in ("", ANY_ATTRIBUTE, self._list_of(attribute))
            is_spared = said.attribute == ANY_ATTRIBUTE and said.name and is_ours(attribute)
            if is_listed and not is_spared:
                yield from each

    def _is_null(self, text: str) -> bool:
        return fold(text) in {fold(each) for each in self.nulls}

    def _list_of(self, attribute: str) -> str:
        """Return whose values are those of an attribute."""
        return same_name(attribute, self.values) or ANY_ATTRIBUTE

    def speaks_of(self, attribute: str) -> bool:
        """Say whether anything is said of the values of an attribute."""
        return bool(self._values_of(attribute) or self.nulls)

    def _values_of(self, attribute: str) -> Mapping[str, str]:
        own = self._list_of(attribute)
        of_any = self.values.get(ANY_ATTRIBUTE, {})
        if is_ours(attribute):
            of_any = {value: name for value, name in of_any.items() if not name}
        if own == ANY_ATTRIBUTE:
            return of_any
        return {**of_any, **self.values.get(own, {})}


@dataclass(frozen=True)
class KnownSource:
    """Tables that somebody publishes.

    Attributes
    ----------
    name
        What the mapping is called.
    about
        Where such tables come from.
    recognised_by
        Columns that such a table has, all of them; none: it has to be named.
    mapping
        What they mean.
    named_as
        What the names of its files are, without their suffix: a regular expression, whose groups
        are columns; empty: they say nothing.
    """

    name: str
    about: str
    recognised_by: Sequence[str]
    mapping: LabelMapping
    named_as: str = ""


@cache
def known_sources() -> Mapping[str, KnownSource]:
    """Return the mappings that come with facestore, by name."""
    found = {}
    for path in sorted(resources.asset("mappings").glob("*.yaml")):
        content = load(path)
        extra = {key: content.pop(key) for key in _OF_SOURCES if key in content}
        parsed = _parsed(path, content)
        mapping = replace(
            parsed,
            optional=frozenset(parsed.columns),
            known=frozenset((each.attribute, each.value) for each in parsed.said),
            source=path.stem,
            file_is_known=True,
        )
        found[path.stem] = KnownSource(
            path.stem,
            extra["about"],
            extra.get("recognised_by", ()),
            mapping,
            extra.get("named_as", ""),
        )
    return found


def recognised(columns: Iterable[str]) -> KnownSource | None:
    """Return the source whose tables have these columns; None where none or several do.

    One that has all the columns of another source, and more, is the one that is meant.
    """
    present = set(columns)
    fitting = [
        each
        for each in known_sources().values()
        if each.recognised_by and present.issuperset(each.recognised_by)
    ]
    closest = [
        each
        for each in fitting
        if not any(set(each.recognised_by) < set(other.recognised_by) for other in fitting)
    ]
    return closest[0] if len(closest) == 1 else None


def read_mapping(given: str) -> LabelMapping:
    """Read a mapping from a file, or take that of a known source.

    Raises
    ------
    InputError
        If there is neither.
    TableError
        If the file is not of the form above.
    """
    path = Path(given)
    if not path.is_file():
        if given in known_sources():
            return known_sources()[given].mapping
        message = (
            f"`mapping={given}`: there is no such file, and no known source is called so; known: "
            f"{', '.join(known_sources())}."
        )
        raise InputError(message)
    return _parsed(path, load(path))


def _parsed(path: Path, content: Mapping[str, Any]) -> LabelMapping:
    parsed = LabelMapping(**parts_of(path, content))
    if torn := parsed.torn:
        problem = f"it says {torn[0]}, and by null that {torn[1]!r} is no label"
        raise TableError(path, problem, "Keep one of the two.")
    return parsed
