"""Tables of annotations: what each of several annotators says of a file, or how many say what."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from facestore.errors import ParametersError, TableError, counted, preview
from facestore.importing.annotation_counts import CountColumns, count_columns, counts_in, counts_of
from facestore.ingest.layouts.column_offers import no_attribute
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_tables import labels_in
from facestore.ingest.layouts.label_values import Reading, readings_in_words
from facestore.ingest.layouts.unmet_values import unmet_in
from facestore.ingest.layouts.unreadable import Rows, check_named, check_names
from facestore.records import AttributeClass
from facestore.spelling import column_of, fold, same_name, spellings
from facestore.table_columns import FileNames, column_given, file_names
from facestore.tables import TableRows, left_out_in_words, read_text_rows

ANNOTATION_SCHEMA = pl.Schema(
    {
        "name": pl.String(),
        "attribute": pl.String(),
        "annotator": pl.String(),
        "label": pl.String(),
        "n": pl.Int64(),
    }
)
ANNOTATOR, COUNT = "annotator", "count"
# What the column of labels is called where one attribute alone is meant.
_LABEL_COLUMNS = ("label", "annotation")


@dataclass(frozen=True)
class AnnotationRules:
    """What may be an annotation.

    Attributes
    ----------
    labels
        What may be a label; a column of the mapping with `{class}` in its name stands for columns
        of counts, one a class.
    annotator_column
        Column of the annotators; None: found by its name, if there is one.
    count_column
        Column of how many say the label of a row, where nobody is named; None: likewise.
    order
        Classes in their order, of the one attribute that is asked for.
    """

    labels: LabelRules
    annotator_column: str | None = None
    count_column: str | None = None
    order: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not self.order:
            return
        if repeated := [each for each in self.order if self.order.count(each) > 1]:
            message = f"`order={','.join(self.order)}` names {repeated[0]!r} twice."
            raise ParametersError(message)
        if len(self.asked) != 1:
            message = (
                f"`order={','.join(self.order)}` is of one attribute: give its name as "
                "`attributes=NAME`, and import others by themselves."
            )
            raise ParametersError(message)

    @property
    def asked(self) -> tuple[str, ...]:
        """The attributes that the user named."""
        said = {a for a, column in self.labels.mapping.columns.items() if column}
        said -= self.labels.mapping.optional
        return tuple(dict.fromkeys([*self.labels.attributes, *sorted(said)]))

    def with_scales(self, scales: dict[str, Sequence[str]]) -> "AnnotationRules":
        """Return rules in which attributes without classes have those of a scale, or `order`.

        Parameters
        ----------
        scales
            Classes of attributes, in their order.
        """
        given = {self.asked[0]: self.order} if self.order else {}
        found = {
            attribute: [AttributeClass(name, i) for i, name in enumerate(names, 1)]
            for attribute, names in {**scales, **given}.items()
            if not self.labels.classes.get(attribute)
        }
        classes = {**self.labels.classes, **found}
        return replace(self, labels=replace(self.labels, classes=classes))


@dataclass(frozen=True)
class AnnotationTable:
    """Annotations by file name.

    Attributes
    ----------
    names
        File names, as the table writes them, each once.
    rows
        Columns of `ANNOTATION_SCHEMA`. Of counts there is a row for each file and class, also where
        `n` is 0; `annotator` is NULL in them.
    new_classes
        (attribute, class) pairs that were not known.
    readings
        How each text was read.
    ignored
        Columns that were not read, and could be.
    notes
        What else the user should know, a fact a line.
    """

    names: tuple[str, ...]
    rows: pl.DataFrame
    new_classes: tuple[tuple[str, str], ...] = ()
    readings: tuple[Reading, ...] = ()
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def n_annotations(self) -> int:
        """How many annotations there are: counts are of several."""
        return int(self.rows["n"].sum())

    @property
    def attributes(self) -> list[str]:
        """What is annotated."""
        return sorted(self.rows["attribute"].unique().to_list())

    @property
    def all_notes(self) -> tuple[str, ...]:
        """The notes, and what was read otherwise than written."""
        return (*self.notes, *readings_in_words(self.readings))


@dataclass(frozen=True)
class _Parts:
    """A table taken apart.

    Attributes
    ----------
    text, files
        The table and the names of its files.
    annotators
        Who annotates each row; None: nobody is named.
    numbers
        How many say the label of each row; None: one.
    counts
        Columns of counts.
    labels
        The rest, in which columns have labels.
    rules
        What may be a label there.
    notes
        What the user should know of it.
    """

    text: TableRows
    files: FileNames
    annotators: pl.Series | None
    numbers: pl.Series | None
    counts: Sequence[CountColumns]
    labels: pl.DataFrame
    rules: LabelRules
    notes: tuple[str, ...] = ()


def read_annotations(path: Path, rules: AnnotationRules) -> AnnotationTable:
    """Read a table of annotations: CSV, text, JSON or Parquet.

    Parameters
    ----------
    path
        A column of files, and either a column of annotators (`annotator`) with one a labelled
        attribute, a row an annotator and file; or the latter alone, a row an annotation, or with a
        column `count` as many; or columns of counts, one a class (`skin_tone_1` ...
        `skin_tone_10`), a row a file.
    rules
        What may be an annotation.

    Raises
    ------
    TableError
        If the table cannot be read, has no file or no attribute, a label that is no class of its
        attribute or a count that is none, or if an annotator contradicts himself.
    """
    parts = _parts(path, rules)
    rows = Rows(path, "rows", parts.text.rows)
    check_named(rows, parts.files.names)
    if parts.counts:
        check_names(rows, parts.files.names)
    frames = [pl.DataFrame(schema=ANNOTATION_SCHEMA)]
    for each in parts.counts:
        counted_rows = counts_in(path, parts.text, parts.files.names, each)
        frames.append(counted_rows.select(list(ANNOTATION_SCHEMA)).cast(ANNOTATION_SCHEMA))
    numbers = pl.Series([str(i) for i in range(len(parts.labels))], dtype=pl.String)
    labels = labels_in(
        path, parts.labels, numbers, parts.rules, rows=parts.text.rows, taken=parts.files.columns
    )
    if labels.says_nothing and not parts.counts:
        with parts.text.telling_left_out():
            raise no_attribute(
                path, parts.labels, parts.files.columns, parts.rules,
                is_whole=not parts.text.left_out,
            )  # fmt: skip
    frames.append(_labelled(path, parts, numbers, labels.labels))
    readings = (*labels.readings, *(r for each in parts.counts for r in each.readings))
    new = [*labels.new_classes, *(pair for each in parts.counts for pair in each.new_classes)]
    return AnnotationTable(
        names=tuple(parts.files.names.unique(maintain_order=True).to_list()),
        rows=pl.concat(frames),
        new_classes=tuple(dict.fromkeys(new)),
        readings=readings,
        ignored=labels.ignored,
        notes=(*parts.notes, *unmet_in(rules.labels.mapping, readings)),
    )


def _parts(path: Path, rules: AnnotationRules) -> _Parts:
    given = rules.labels
    text = read_text_rows(path, given.mapping.encoding)
    said = filter(None, [rules.annotator_column, rules.count_column])
    text.check_plain(path, (*given.named, *said))
    _, mapping = given.known_of(text.table.columns)
    with text.telling_left_out():
        files = file_names(path, text.table, mapping.file_in(text.table.columns))
    free = [name for name in text.table.columns if name not in files.columns]
    by = _column(path, free, rules.annotator_column, ANNOTATOR)
    if by is not None and rules.count_column is not None:
        problem = f"annotators are named in column {by!r}, and so count one each"
        raise TableError(path, problem, "Leave `count_column=NAME` out, or take that column out.")
    number = None if by is not None else _column(path, free, rules.count_column, COUNT)
    left = text.table.drop([each for each in (by, number) if each is not None])
    counts = count_columns(path, left.drop(files.columns, strict=False), given)
    used = {name for each in counts for name in each.columns}
    of_counts = {each.attribute for each in counts}
    labels = _without_counts(given, of_counts)
    labels = _in_label_column(labels, left.columns)
    notes = [files.note] if files.note else []
    if text.left_out:
        notes.append(left_out_in_words(text.left_out))
    annotators = None if by is None else text.table[by]
    # beside columns of counts it is their sum
    numbers = None if number is None or counts else counts_of(path, text, number)
    left = left.drop(used)
    return _Parts(text, files, annotators, numbers, counts, left, labels, tuple(notes))


def _column(path: Path, free: Sequence[str], given: str | None, what: str) -> str | None:
    """Return the column of annotators, or of how many they are; None: there is none."""
    if given is None:
        words = [what, *spellings().columns[what]]
        fitting = [name for name in free if fold(name) in words]
        return fitting[0] if len(fitting) == 1 else None
    return column_given(path, free, given, f"Give the right one as `{what}_column=NAME`.")


def _without_counts(rules: LabelRules, attributes: set[str]) -> LabelRules:
    """Return the rules for what is left when columns of counts are read."""
    columns = {a: c for a, c in rules.mapping.columns.items() if a not in attributes}
    asked = [name for name in rules.attributes if name not in attributes]
    # Nothing else was asked for: columns that happen to be called `age` are left alone.
    classes = {} if attributes and not asked and not columns else rules.classes
    mapping = replace(rules.mapping, columns=columns)
    return replace(rules, attributes=asked, mapping=mapping, classes=classes)


def _in_label_column(rules: LabelRules, columns: Sequence[str]) -> LabelRules:
    """Return rules in which the one attribute asked for is in the column `label`."""
    if len(rules.attributes) != 1 or column_of(rules.attributes[0], columns) is not None:
        return rules
    (attribute,) = rules.attributes
    found = next((n for word in _LABEL_COLUMNS if (n := same_name(word, columns))), None)
    if found is None or attribute in rules.mapping.columns or rules.takes_all:
        return rules
    mapping = replace(rules.mapping, columns={**rules.mapping.columns, attribute: found})
    return replace(rules, attributes=(), mapping=mapping)


def _labelled(path: Path, parts: _Parts, numbers: pl.Series, labels: pl.DataFrame) -> pl.DataFrame:
    """Return a row an annotator, file and attribute; without annotators labels are counted."""
    annotators = parts.annotators
    who = pl.lit(None, pl.String) if annotators is None else annotators
    rows = (
        parts.text.table.select(
            number=numbers,
            name=parts.files.names,
            row=parts.text.rows,
            annotator=who,
            n=pl.lit(1, pl.Int64) if parts.numbers is None else parts.numbers,
        )
        .join(labels.filter(pl.col("label").is_not_null()), left_on="number", right_on="name")
        .select("row", "name", "attribute", "annotator", "label", "n")
    )
    if annotators is not None:
        _check_annotators(path, rows)
        rows = rows.unique(["name", "attribute", "annotator", "label"], maintain_order=True)
        return rows.select(list(ANNOTATION_SCHEMA))
    keys = ["name", "attribute", "annotator", "label"]
    found = rows.group_by(keys, maintain_order=True).agg(pl.col("n").sum())
    return found.select(list(ANNOTATION_SCHEMA))


def _check_annotators(path: Path, rows: pl.DataFrame) -> None:
    """Refuse labels of nobody, and an annotator who says two things of one file."""
    nobody = rows.filter(pl.col("annotator").is_null())
    if not nobody.is_empty():
        problem = f"row {nobody['row'][0]} has a label and no annotator"
        todo = "Give every row its annotator, or take the column out: labels are then counted."
        raise TableError(path, problem, todo)
    torn = (
        rows.group_by("name", "attribute", "annotator", maintain_order=True)
        .agg(pl.col("label").unique(maintain_order=True))
        .filter(pl.col("label").list.len() > 1)
    )
    if not torn.is_empty():
        first = torn.row(0, named=True)
        more = f", and {counted(len(torn) - 1, 'more such')}" if len(torn) > 1 else ""
        problem = (
            f"annotator {first['annotator']!r} says {preview(map(repr, first['label']))} of "
            f"{first['attribute']} of {first['name']!r}{more}"
        )
        todo = "Keep one label of an annotator, a file and an attribute."
        raise TableError(path, problem, todo)
