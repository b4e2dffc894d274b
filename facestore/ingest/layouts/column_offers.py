"""Which attribute a column may be of, when its name does not say it: offered, never assumed."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from shlex import quote

import polars as pl

from facestore.errors import TableError, preview
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.spelling import class_of, fold, spellings, synonyms_of
from facestore.table_columns import is_index

# So many distinct values of a column are looked at.
_N_LOOKED_AT = 200
_YES = ("1", "true", "yes", "y", "t")
# As list_eval_partition.txt of CelebA has them.
_SPLITS = {"0": "train", "1": "val", "2": "test"}
_NO = ("0", "-1", "false", "no", "n", "f")


def no_attribute(
    path: Path, table: pl.DataFrame, taken: Sequence[str], rules: LabelRules
) -> TableError:
    """Return the error for a table without labels, with a column that looks like some.

    Parameters
    ----------
    path, table
        The table.
    taken
        Its columns of file names.
    rules
        What may be a label.
    """
    columns = [c for c in table.columns if c not in taken and not is_index(table[c], c)]
    problem = f"no column of a known attribute among {preview(map(repr, table.columns), 8)}"
    offers = [offer for column in columns if (offer := column_offer(table[column], rules))]
    if offers:
        return TableError(path, problem, f"It looks as if you should add {offers[0]} to say which.")
    example = columns[0] if columns else "COLUMN"
    splits = next(
        (_as_splits(table[column]) for column in columns if _has_parts(table[column])), ""
    )
    return TableError(
        path,
        problem,
        "Expected age, gender or race: give the column of one to `columns=`, as "
        f"{quote(f'gender={example}')}; {splits}or add `attributes={quote(example)}` "
        "`new_classes=True` to read another attribute (new classes have no prompts).",
    )


def may_have_labels(
    path: Path, table: pl.DataFrame, taken: Sequence[str], rules: LabelRules
) -> bool:
    """Say whether a table has a column of an attribute or of splits, or one that looks like it.

    Parameters
    ----------
    path, table, taken, rules
        As for `no_attribute`.
    """
    found = rules.columns_in(path, table, taken=taken)
    return bool(found.of_attribute or found.split) or any(
        column_offer(table[name], rules) or _has_parts(table[name]) for name in found.ignored
    )


def _has_parts(column: pl.Series) -> bool:
    """Say whether a column has the numbers by which CelebA tells its splits, and no other."""
    texts = {fold(text) for text in column.drop_nulls().unique().head(_N_LOOKED_AT)}
    return len(texts) > 1 and texts <= _SPLITS.keys()


def _as_splits(column: pl.Series) -> str:
    maps = " ".join(f"`maps={quote(f'split:{key}={name}')}`" for key, name in _SPLITS.items())
    given = quote(f"split={column.name}")
    return f"if these are splits, as in CelebA's partition, add `columns={given}` {maps}; "


def column_offer(column: pl.Series, rules: LabelRules) -> str | None:
    """Return what to add to the command so that a column is read; None: it looks like nothing."""
    texts = column.drop_nulls().unique(maintain_order=True).head(_N_LOOKED_AT).to_list()
    if not texts:
        return None
    attribute = replace(rules, attributes=()).attribute_of(texts)
    if attribute is not None:
        return _offer(attribute, column.name)
    return _called_as_class(column.name, texts, rules) or _called_alike(column.name, texts, rules)


def _offer(attribute: str, column: str) -> str:
    return f"`columns={quote(f'{attribute}={column}')}`"


def _called_as_class(column: str, texts: list[str], rules: LabelRules) -> str | None:
    """Offer `Male` with 1 and -1 as the gender, where yes is one class and no the other."""
    for attribute, classes in rules.classes.items():
        names = [each.name for each in classes]
        name = class_of(column, names, synonyms_of(attribute))
        yes = [text for text in texts if fold(text) in _YES]
        if name is None or len(names) != 2 or len(texts) != 2 or len(yes) != 1:
            continue
        other = next(each for each in names if each != name)
        pairs = [(text, name if text in yes else other) for text in texts]
        maps = [f"`maps={quote(f'{attribute}:{text}={label}')}`" for text, label in pairs]
        return " ".join([_offer(attribute, column), *maps])
    return None


def _called_alike(column: str, texts: list[str], rules: LabelRules) -> str | None:
    """Offer a column with the attribute in its name, if all that it has can be read."""
    if {fold(text) for text in texts} <= {*_YES, *_NO}:
        return None  # flags, which would be read as the years 0 and 1
    for attribute in rules.classes:
        words = {attribute, *spellings().columns.get(attribute, ())}
        meaning = rules.meaning(attribute)
        is_alike = not words.isdisjoint(fold(column).split())
        if is_alike and all(meaning.read(text) is not None for text in texts):
            return _offer(attribute, column)
    return None
