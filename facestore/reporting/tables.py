"""Results of queries as tables: typed columns, cells as text, blocks and matrices.

Nothing is computed here; a table is cut into blocks and a matrix is laid out, no more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from facestore.reporting.queries import Query

# What one classifier's figures on one part of the data are told apart by.
BLOCK_KEY = ("dataset", "split", "attribute", "classifier")

_NOTHING = "–"
_NO_NUMBER = "?"  # NaN or infinity: `facestore doctor` finds its row
_FRACTION_TYPES = ("FLOAT", "DOUBLE")
_COUNT_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT")
# Numbers that are no fractions, by name: how they are written.
_FORMATS = {
    "p_value": ".2g",
    "p_value_holm": ".2g",
    "cochran_q": ".1f",
    "mae": ".2f",
    "ci_low_mae": ".2f",
    "ci_high_mae": ".2f",
    "bias": ".2f",
    "ci_low_bias": ".2f",
    "ci_high_bias": ".2f",
    "mean_predicted": ".1f",
    "ci_low_mean": ".1f",
    "ci_high_mean": ".1f",
    "chi_square": ".1f",
    "n_expected": ",.1f",
    "ratio_to_uniform": ".2f",
    "ratio_to_largest": ".2f",
    "imbalance_ratio": ".2f",
    "logit_scale": ".1f",
    "value": ".4g",
    "score": ".4g",
    "margin": ".4g",
}
_HEADINGS = {
    "n_samples": "n",
    "ci_low": "95 % from",
    "ci_high": "95 % to",
    "ci_low_balanced": "95 % from",
    "ci_high_balanced": "95 % to",
    "ci_low_macro_f1": "95 % from",
    "ci_high_macro_f1": "95 % to",
    "ci_low_bias": "95 % from",
    "ci_high_bias": "95 % to",
    "ci_low_mean": "95 % from",
    "ci_high_mean": "95 % to",
    "ci_low_precision": "95 % from",
    "ci_high_precision": "95 % to",
    "ci_low_recall": "95 % from",
    "ci_high_recall": "95 % to",
    "ci_low_selection_rate": "95 % from",
    "ci_high_selection_rate": "95 % to",
    "ci_low_true_positive_rate": "95 % from",
    "ci_high_true_positive_rate": "95 % to",
    "ci_low_false_positive_rate": "95 % from",
    "ci_high_false_positive_rate": "95 % to",
    "ci_low_mae": "95 % from",
    "ci_high_mae": "95 % to",
    "ci_low_worst": "95 % from",
    "ci_high_worst": "95 % to",
    "best_ci_low": "95 % from",
    "best_ci_high": "95 % to",
    "gap_ci_low": "95 % from",
    "gap_ci_high": "95 % to",
    "before_ci_low": "before 95 % from",
    "before_ci_high": "before 95 % to",
    "after_ci_low": "after 95 % from",
    "after_ci_high": "after 95 % to",
    "n_samples_before": "n before",
    "n_samples_after": "n after",
    "last_run_at": "last run (UTC)",
    "n_samples_worst": "n of worst",
    "n_samples_best": "n of best",
    "f1": "F1",
    "macro_f1": "macro F1",
    "weighted_f1": "weighted F1",
    "weights_sha256": "weights SHA-256",
    "group_attribute": "grouped by",
    "group_name": "group",
    "n_samples_smallest": "n smallest",
    "added_at": "added (UTC)",
    "started_at": "started (UTC)",
    "p_value": "p",
    "p_value_holm": "p after Holm",
    "cochran_q": "Cochran's Q",
    "mae": "MAE (years)",
    "bias": "bias (years)",
    "image_id": "image id",
}


@dataclass(frozen=True)
class Result:
    """What a query returned.

    Attributes
    ----------
    columns
        Their names.
    types
        DuckDB's types of them.
    rows
        One tuple of values each.
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name
        As the SQL calls it.
    kind
        `fraction`, `count`, `number`, `time`, `truth` or `text`.
    """

    name: str
    kind: str

    @classmethod
    def of(cls, name: str, type_: str) -> Column:
        """Make a column from its name and DuckDB's type."""
        if type_ in _FRACTION_TYPES:
            return cls(name, "number" if name in _FORMATS else "fraction")
        if type_ in _COUNT_TYPES:
            return cls(name, "count")
        if type_.startswith("DECIMAL"):
            return cls(name, "number")
        if type_ == "BOOLEAN":
            return cls(name, "truth")
        return cls(name, "time" if type_.startswith("TIMESTAMP") else "text")

    @property
    def heading(self) -> str:
        """What the reader sees above it."""
        return _HEADINGS.get(self.name, self.name.replace("_", " "))

    @property
    def is_number(self) -> bool:
        """Whether its cells are aligned right."""
        return self.kind in ("fraction", "count", "number")

    def cell(self, value: Any) -> str:
        """Write a value as text: fractions to four decimals, counts with thousands separators."""
        if value is None or value == "":
            return _NOTHING
        if not is_number(value):
            return _NO_NUMBER
        if self.kind == "fraction":
            return f"{value:.4f}"
        if self.kind == "count":
            return f"{value:,}"
        if self.kind == "number":
            return format(value, _FORMATS.get(self.name, ",.1f"))
        if self.kind == "truth":
            return "yes" if value else "no"
        if isinstance(value, datetime):
            return f"{value:%Y-%m-%d %H:%M:%S}"
        return raw(value)


def is_number(value: Any) -> bool:
    """Whether a value can be computed with, if it is of a type of numbers."""
    return not isinstance(value, float) or math.isfinite(value)


def raw(value: Any) -> str:
    """Write a value in full, as it goes into a CSV file; nothing for NULL."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {each}" for key, each in value.items())
    return str(value)


@dataclass(frozen=True)
class Table:
    """A query and its result, ready to be rendered.

    Attributes
    ----------
    query, columns, rows
        What was asked, and what came.
    findings
        What the rows say, in sentences; the first is the title.
    """

    query: Query
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    findings: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: Query, result: Result) -> Table:
        """Give the columns of a result their kinds."""
        columns = tuple(map(Column.of, result.columns, result.types))
        return cls(query, columns, result.rows)

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    def without(self, same: Mapping[str, Any]) -> Table:
        """Leave out columns that have the same known value in all rows, unless nothing is left."""
        kept = [
            i
            for i, column in enumerate(self.columns)
            if column.name not in same or any(row[i] != same[column.name] for row in self.rows)
        ]
        if not kept or len(kept) == len(self.columns):
            return self
        rows = tuple(tuple(row[i] for i in kept) for row in self.rows)
        return replace(self, columns=tuple(self.columns[i] for i in kept), rows=rows)

    @cached_property
    def records(self) -> tuple[dict[str, Any], ...]:
        """The rows as dictionaries by column name."""
        names = [column.name for column in self.columns]
        return tuple(dict(zip(names, row, strict=True)) for row in self.rows)

    @property
    def has_blocks(self) -> bool:
        """Whether the rows say whose figures they are."""
        return set(BLOCK_KEY) <= {column.name for column in self.columns}

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The table cut by classifier, data set, split and attribute, in the order of its rows."""
        names = [column.name for column in self.columns]
        kept = [i for i, name in enumerate(names) if name not in BLOCK_KEY]
        places = [names.index(name) for name in BLOCK_KEY]
        columns = tuple(self.columns[i] for i in kept)
        return tuple(
            Block(BlockKey(*key), columns, tuple(tuple(row[i] for i in kept) for row in rows))
            for key, rows in groupby(self.rows, lambda row: tuple(row[i] for i in places))
        )


@dataclass(frozen=True)
class BlockKey:
    """Whose figures a block has."""

    dataset: str
    split: str | None
    attribute: str
    classifier: str

    @property
    def values(self) -> tuple[str | None, ...]:
        """The values in the order of `BLOCK_KEY`."""
        return (self.dataset, self.split, self.attribute, self.classifier)

    @property
    def part(self) -> str:
        """The data that it speaks of."""
        return f"{self.dataset}, {'no split' if self.split is None else self.split}"

    def __str__(self) -> str:
        """Return one line for a caption."""
        return f"{self.attribute} by {self.classifier} on {self.part}"


@dataclass(frozen=True)
class Block:
    """The rows of one classifier on one data set and split, without the columns of the key."""

    key: BlockKey
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    @cached_property
    def records(self) -> tuple[dict[str, Any], ...]:
        """The rows as dictionaries by column name."""
        names = [column.name for column in self.columns]
        return tuple(dict(zip(names, row, strict=True)) for row in self.rows)

    @cached_property
    def matrix(self) -> Matrix:
        """The cells of a confusion matrix laid out by label and predicted class."""
        cells = {(each["label"], each["predicted"]): each for each in self.records}
        labels = list(dict.fromkeys(label for label, _ in cells))
        return Matrix(
            self.key,
            self.columns,
            tuple(labels),
            tuple(tuple(cells[label, predicted] for predicted in labels) for label in labels),
        )


@dataclass(frozen=True)
class Matrix:
    """A confusion matrix: a row a label, a column a predicted class.

    Attributes
    ----------
    key
        Whose it is.
    columns
        Those of the long form, without the key.
    classes
        Names of both rows and columns.
    rows
        Cells with `n_samples` and `fraction_of_label` (None for a label without samples).
    """

    key: BlockKey
    columns: tuple[Column, ...]
    classes: tuple[str, ...]
    rows: tuple[tuple[Mapping[str, Any], ...], ...]


def percent(fraction: float | None) -> str:
    """Write a fraction for reading, as the macro `as_percent` does."""
    if fraction is None:
        return _NOTHING
    if 0 < fraction < 0.0005:
        return "under 0.1 %"
    if 0.9995 <= fraction < 1:
        return "over 99.9 %"
    return f"{100 * fraction:.1f} %"


def key_of(row: Mapping[str, Any]) -> BlockKey:
    """Return whose figures a row has."""
    return BlockKey(*(row[name] for name in BLOCK_KEY))


def keys_of(main: Table) -> list[BlockKey]:
    """Return the keys of the classifiers that the report shows unfolded."""
    return [key_of(each) for each in main.records]


def best_first(
    blocks: Iterable[Block], best: Sequence[BlockKey]
) -> tuple[list[Block], list[Block]]:
    """Part blocks into those of the best classifiers, in their order, and all others."""
    by_key = {block.key: block for block in blocks}
    first = [by_key[key] for key in best if key in by_key]
    return first, [block for key, block in by_key.items() if key not in set(best)]
