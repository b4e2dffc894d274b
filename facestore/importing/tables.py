"""Reading a CSV or Parquet table as it is."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from facestore.errors import TableError


def read_table(path: Path) -> pl.DataFrame:
    """Read a CSV or Parquet table.

    Raises
    ------
    TableError
        If it cannot be read.
    """
    try:
        if path.suffix.lower() == ".parquet":
            return pl.read_parquet(path)
        return pl.read_csv(path, infer_schema_length=None)
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise TableError(path, f"not readable as a table ({reason})", "Check the file.") from error
