"""Which attribute a column may be of, when its name does not say it: offered, never assumed."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from shlex import quote

import polars as pl

from facestore.config import AGES
from facestore.errors import TableError, preview
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_values import years_of
from facestore.spelling import class_of, fold, spellings, synonyms_of
from facestore.table_columns import ONE_COLUMN, is_index

# So many distinct values of a column are looked at.
_N_LOOKED_AT = 200
# Codes of groups of ages go so far.
_HIGHEST_CODE = 12
_YES = ("1", "true", "yes", "y", "t")
# As list_eval_partition.txt of CelebA has them.
_SPLITS = {"0": "train", "1": "val", "2": "test"}
_CALLED_SPLITS = {"split", "splits", "partition", "subset", "set", "fold", "part"}
_NO = ("0", "-1", "false", "no", "n", "f")


def no_attribute(
    path: Path,
    table: pl.DataFrame,
    taken: Sequence[str],
    rules: LabelRules,
    *,
    is_whole: bool = True,
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
    is_whole
        Whether these are all its columns: others may have been left out.
    """
    columns = [c for c in table.columns if c not in taken and not is_index(table[c], c)]
    if not columns and is_whole:
        return TableError(path, "it has names of files alone", ONE_COLUMN)
    problem = f"no column of a known attribute among {preview(map(repr, table.columns), 8)}"
    if not columns:
        return TableError(path, problem, "Expected a text or a number a row.")
    offers: dict[str, list[tuple[str, str]]] = {}
    for column in columns:
        if (found := column_offer(table[column], rules)) is not None:
            offers.setdefault(found[0], []).append((column, found[1]))
    if offers:
        added = " ".join(of_one[0][1] for of_one in offers.values())
        others = [column for of_one in offers.values() for column, _ in of_one[1:]]
        others = [repr(column) for column in others if _has_years(table[column])]
        more = f" ({preview(others)} may be meant as well)" if others else ""
        todo = f"It looks as if you should add {added} to say which{more}."
        return TableError(path, problem, todo)
    attribute, column = _example(table, columns, rules)
    splits = next((_as_splits(table[each]) for each in columns if _has_parts(table[each])), "")
    # a column without a header would give the attribute its number for a name
    new = f"columns=NAME={column}" if column.isdecimal() else f"attributes={quote(column)}"
    return TableError(
        path,
        problem,
        "Expected age, gender or race: give the column of one to `columns=`, as "
        f"{quote(f'{attribute}={column}')}; {splits}or add `{new}` `new_classes=True` to read "
        "another attribute (new classes have no prompts).",
    )


def _example(table: pl.DataFrame, columns: Sequence[str], rules: LabelRules) -> tuple[str, str]:
    """Return an attribute and a column that may be of it, by its name, or as it has years."""
    of_years = [name for name in columns if _has_years(table[name])]
    for attribute, classes in rules.classes.items():
        words = {attribute, *spellings().columns.get(attribute, ())}
        named = [name for name in columns if not words.isdisjoint(fold(name).split())]
        if any(each.low is not None for each in classes):
            named = [name for name in named if name in of_years]
        if named:
            return attribute, named[0]
    return ("age", of_years[0]) if of_years else ("gender", columns[0])


def _has_years(column: pl.Series) -> bool:
    """Say whether a column may have years: numbers that are ages, and more than those of a code."""
    texts = column.drop_nulls().unique().head(_N_LOOKED_AT)
    years = [years_of(text) for text in texts]
    found = [each for each in years if each is not None and AGES[0] <= each <= AGES[1]]
    return len(found) == len(texts) > 1 and max(found) > _HIGHEST_CODE


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
    """Say whether a column has the numbers by which CelebA tells its splits, and no other.

    One with a header is called so.
    """
    if not column.name.isdecimal() and _CALLED_SPLITS.isdisjoint(fold(column.name).split()):
        return False
    texts = {fold(text) for text in column.drop_nulls().unique().head(_N_LOOKED_AT)}
    return len(texts) > 1 and texts <= _SPLITS.keys()


def _as_splits(column: pl.Series) -> str:
    maps = " ".join(f"`maps={quote(f'split:{key}={name}')}`" for key, name in _SPLITS.items())
    given = quote(f"split={column.name}")
    return f"if these are splits, as in CelebA's partition, add `columns={given}` {maps}; "


def column_offer(column: pl.Series, rules: LabelRules) -> tuple[str, str] | None:
    """Return the attribute that a column looks like, and what to add to read it; or None."""
    texts = column.drop_nulls().unique(maintain_order=True).head(_N_LOOKED_AT).to_list()
    if not texts:
        return None
    attribute = replace(rules, attributes=()).attribute_of(texts)
    if attribute is not None:
        return _offer(attribute, column.name)
    return _called_as_class(column.name, texts, rules) or _called_alike(column.name, texts, rules)


def _offer(attribute: str, column: str, maps: Sequence[str] = ()) -> tuple[str, str]:
    return attribute, " ".join([f"`columns={quote(f'{attribute}={column}')}`", *maps])


def _called_as_class(column: str, texts: list[str], rules: LabelRules) -> tuple[str, str] | None:
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
        return _offer(attribute, column, maps)
    return None


def _called_alike(column: str, texts: list[str], rules: LabelRules) -> tuple[str, str] | None:
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
