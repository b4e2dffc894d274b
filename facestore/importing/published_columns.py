"""What published tables call their columns, and how they pool prompts."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from facestore.arguments import told_once
from facestore.errors import TableError, preview

PUBLISHED_SCHEMA = pl.Schema(
    {
        "source": pl.String(),
        "classifier": pl.String(),
        "architecture": pl.String(),
        "pretrained": pl.String(),
        "prompt_set": pl.String(),
        "aggregation": pl.String(),
        "k": pl.Int32(),
        "dataset": pl.String(),
        "split": pl.String(),
        "attribute": pl.String(),
        "taxonomy": pl.String(),
        "group_attribute": pl.String(),
        "group_name": pl.String(),
        "metric": pl.String(),
        "value": pl.Float64(),
    }
)

# What published tables call the columns, in lower case.
_ALSO_CALLED = {
    "model": "architecture",
    "backbone": "architecture",
    "datasource": "pretrained",
    "weights": "pretrained",
    "prompt": "prompt_set",
    "prompts": "prompt_set",
    "mode": "aggregation",
    "top_k": "k",
}
# And the ways to pool prompts, without blanks and signs; `top-3`, `Avg Top 3` say their k.
_MODES = {"avgsum": "sum", "average": "mean", "avg": "mean", "embeddingmean": "embedding_mean"}
_TOP = r"(?i)^(?:avg\W*)?top\W*(\d+)$"


def renamed_columns(path: Path, table: pl.DataFrame, renamed: Mapping[str, str]) -> pl.DataFrame:
    """Read columns under the names that the user said: name in the table -> in the schema.

    Raises
    ------
    TableError
        If a name is not there, or none of the schema.
    ParametersError
        If two columns are to be read as one.
    """
    for old, new in renamed.items():
        if old not in table.columns or new not in PUBLISHED_SCHEMA:
            found = preview(map(repr, table.columns if old not in table.columns else [new]), 10)
            problem = f"column {old!r} cannot be read as {new!r}: found {found}"
            todo = f"Give `columns=TABLE_COLUMN=NAME`, NAME one of {preview(PUBLISHED_SCHEMA, 20)}."
            raise TableError(path, problem, todo)
        if new in table.columns and new not in renamed:
            problem = f"it has a column {new!r}, besides {old!r} that is to be read as it"
            raise TableError(path, problem, f"Leave `columns={old}={new}` out.")
    told_once("columns", ((f"{old}={new}", new, old) for old, new in renamed.items()))
    return table.rename(dict(renamed))


def also_called(table: pl.DataFrame, known: set[str]) -> pl.DataFrame:
    """Read the columns of published tables under the names that they have here.

    Parameters
    ----------
    table
        As it was read, with the columns renamed that the user named.
    known
        What the user said, by an option or of a column; it is not read from another one.
    """
    for column in table.columns:
        name = _ALSO_CALLED.get(column.lower())
        if name and name not in table.columns and name not in known:
            table = table.rename({column: name})
    if "architecture" in table.columns and "pretrained" not in {*table.columns, *known}:
        parts = pl.col("architecture").cast(pl.String).str.splitn(",", 2)
        table = table.with_columns(
            architecture=parts.struct[0].str.strip_chars(),
            pretrained=parts.struct[1].str.strip_chars(),
        )
    if "aggregation" not in table.columns:
        return table
    text = pl.col("aggregation").cast(pl.String)
    plain = text.str.to_lowercase().str.replace_all(r"[\W_]+", "")
    mode = pl.coalesce(plain.replace_strict(_MODES, default=None), text)
    k = text.str.extract(_TOP, 1)
    if "k" not in table.columns and "k" not in known:
        table = table.with_columns(k=k)
    return table.with_columns(
        aggregation=pl.when(k.is_not_null()).then(pl.lit("topk")).otherwise(mode)
    )
