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

# Whose figure it is.
MODEL_COLUMNS = ("classifier", "architecture")
# What published tables call the columns, in lower case.
_ALSO_CALLED = {
    "data set": "dataset",
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
# What others call the metrics, without blanks and signs.
_METRICS = {
    "acc": "accuracy", "acc1": "accuracy", "top1": "accuracy", "accuracy1": "accuracy",
    "acctop1": "accuracy", "top1acc": "accuracy", "top1accuracy": "accuracy",
    "acc5": "top5_accuracy", "top5": "top5_accuracy", "top5acc": "top5_accuracy",
    "top5accuracy": "top5_accuracy",
    "meanperclassrecall": "balanced_accuracy", "meanperclassaccuracy": "balanced_accuracy",
    "meanclassaccuracy": "balanced_accuracy",
    "acc1adjusted": "chance_adjusted_accuracy", "accuracyadjusted": "chance_adjusted_accuracy",
    "map": "mean_average_precision", "meanaverageprecision": "mean_average_precision",
}  # fmt: skip
# Weights as open_clip names them: `ViT-B-32 laion2b_e16` is an architecture and its weights.
_WEIGHTS = (
    r"^([^\s,]+) ((?:openai|laion|datacomp|commonpool|webli|metaclip|dfn|cc3m|cc12m|yfcc|merged2b|"
    r"mscoco|redcaps|synth)\S*)$"
)
# The task of CLIP_benchmark that needs no classifier of its own to be told from others.
_ZERO_SHOT = "zeroshot_classification"


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
        table = with_weights(table)
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


def with_weights(table: pl.DataFrame) -> pl.DataFrame:
    """Part names of models, `ARCHITECTURE,WEIGHTS` or `ARCHITECTURE WEIGHTS`, in two columns."""
    name = pl.col("architecture").cast(pl.String).str.strip_chars()
    parts = name.str.replace(_WEIGHTS, "$1,$2").str.splitn(",", 2)
    return table.with_columns(
        architecture=parts.struct[0].str.strip_chars(),
        pretrained=parts.struct[1].str.strip_chars(),
    )


def metric_called(name: str) -> str:
    """Return what a metric is called here, such as `accuracy` for `acc1`; else its own name."""
    return _METRICS.get("".join(filter(str.isalnum, name.lower())), name)


def known_metrics(table: pl.DataFrame) -> pl.DataFrame:
    """Give the metrics of a table the names that they have here."""
    if "metric" not in table.columns:
        return table
    names = table["metric"].cast(pl.String).drop_nulls().unique().to_list()
    called = {name: metric_called(name) for name in names}
    return table.with_columns(pl.col("metric").cast(pl.String).replace(called))


def of_clip_benchmark(table: pl.DataFrame) -> pl.DataFrame:
    """Read the columns of CLIP_benchmark's CSV, also as `export clip-benchmark` writes it.

    A task other than zero-shot classification is another classifier of the same model. Our own
    export has `split` and `attribute` besides, and both in the name of the data set.
    """
    if not {"task", "dataset", "architecture"} <= set(table.columns):
        return table
    if "classifier" not in table.columns:
        names = pl.concat_str(
            "architecture", "pretrained", "task", separator=" ", ignore_nulls=True
        )
        is_other = pl.col("task") != _ZERO_SHOT
        table = table.with_columns(classifier=pl.when(is_other).then(names))
    else:  # our own, where who has no encoder is called a model, too
        has_encoder = pl.col("architecture") != pl.col("classifier")
        table = table.with_columns(architecture=pl.when(has_encoder).then("architecture"))
    if {"split", "attribute"} <= set(table.columns):
        end = pl.concat_str("split", "attribute", separator="/", ignore_nulls=True)
        table = table.with_columns(pl.col("dataset").str.strip_suffix(pl.lit("/") + end))
    return table
