"""The similarity JSON of the prompt-ensemble work: `{file: {prompt: 100 x cosine}}`."""

import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from facestore.documents import json_of
from facestore.encoders.names import model_name
from facestore.errors import OtherValuesError, TableError
from facestore.importing.targets import ImportSummary, Target, imported_encoder, importing
from facestore.locks import only_one
from facestore.numbers import Range, check_number
from facestore.records import AnyPath
from facestore.stores import Stores
from facestore.tables import refusing

DEFAULT_SCALE = 100.0
_SCALES = Range("a number from 1e-9 to 1e9", low=1e-9)
_MOST = 1e100  # json reads integers of any length, which no float holds
_SLACK = 1.001  # float16 vectors are not quite of unit length


def import_similarities(
    store: Stores,
    path: AnyPath,
    *,
    dataset: str,
    model: str,
    split: str | None = None,
    create_samples: bool = False,
    scale: float = DEFAULT_SCALE,
) -> ImportSummary:
    """Import similarities.

    Parameters
    ----------
    path
        JSON, `{file: {prompt: scale x cosine}}`.
    dataset, split, create_samples
        As for `import_labels`.
    model
        The model that was used, as `ARCHITECTURE,PRETRAINED`.
    scale
        What the cosines were multiplied by.

    Raises
    ------
    TableError
        If the file is refused, or names unknown files and no samples may be made.
    OtherValuesError
        If the encoder has other similarities of some of the samples.
    StoreLockedError
        If another process scores, or imports similarities, on this store.
    """
    path, name = Path(path), model_name(model)
    table = read_similarities(path, scale=scale)
    names = table["name"].unique(maintain_order=True).to_list()
    target = Target(dataset, split, create_samples)
    with (
        # What `score` writes, too: it would find missing what is imported meanwhile.
        only_one(store.path, "score", command="import similarities"),
        importing(
            store, "similarities", path, target, names, model=asdict(name), scale=scale
        ) as run,
    ):
        run.create_samples()
        encoder = imported_encoder(store, name)
        known = run.with_sample_ids(table)
        rows = known.select("sample_id", "text", "cosine")
        if others := store.catalog.similarities.others(encoder.encoder_id, rows):
            files = known.filter(pl.col("sample_id").is_in(others))["name"]
            raise OtherValuesError(
                f"Encoder {encoder.name!r}",
                "similarities",
                files.unique(maintain_order=True).to_list(),
                "Give the new ones another `model=` name.",
            )
        n_new = store.catalog.similarities.add_by_text(encoder.encoder_id, rows)
        store.catalog.streams.give_up(encoder.encoder_id)
        run.counts.update({"n_samples_new": run.n_created, "n_similarities": n_new})
    notes = [f"encoder {encoder.name!r}"]
    return run.summary("similarities", n_rows=len(table), n_new=n_new, notes=notes)


def read_similarities(path: Path, *, scale: float = DEFAULT_SCALE) -> pl.DataFrame:
    """Read similarities.

    Parameters
    ----------
    path
        JSON, `{file: {prompt: similarity}}`.
    scale
        What the cosines were multiplied by.

    Returns
    -------
    polars.DataFrame
        `name`, `text`, `cosine` (Float32, in [-1, 1]).

    Raises
    ------
    TableError
        If the file is not of this form, a value is no number, or the scale cannot be right.
    InputError
        If the scale is no number above 0.
    """
    check_number("scale", scale, _SCALES)
    content = _load(path)
    rows: list[tuple[str, str, float]] = []
    for name, scores in content.items():
        if not isinstance(scores, dict) or not scores:
            raise TableError(path, f"{name!r} has no prompts", "Expected {file: {prompt: number}}.")
        for text, value in scores.items():
            if not text.strip():
                raise TableError(path, f"{name!r} has a blank prompt", "Give it its text.")
            if not _is_number(value):
                problem = f"{name!r} has {value!r:.40} for {text!r}"
                raise TableError(path, problem, "Expected a finite number.")
            rows.append((name, text, value / scale))
    table = pl.DataFrame(
        rows, schema={"name": pl.String, "text": pl.String, "cosine": pl.Float64}, orient="row"
    )
    _check_scale(path, table["cosine"], scale)
    return table.with_columns(pl.col("cosine").clip(-1, 1).cast(pl.Float32))


def _load(path: Path) -> dict[str, Any]:
    with refusing(path, "JSON"):
        content = json_of(path.read_text(encoding="utf-8-sig"))
    if not isinstance(content, dict) or not content:
        raise TableError(path, "no files in it", "Expected {file: {prompt: number}}.")
    return content


def _is_number(value: object) -> bool:
    """Whether a value is a finite number, small enough to be a float."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < _MOST and math.isfinite(value)


def _check_scale(path: Path, cosines: pl.Series, scale: float) -> None:
    largest = float(np.abs(cosines.to_numpy()).max())
    if largest > _SLACK:
        raise TableError(
            path,
            f"a similarity is {largest * scale:.4g}, more than the scale {scale:g} allows",
            "Cosines lie in [-1, 1]: give what they were multiplied by as `scale=`.",
        )
    if scale > 1 and 0 < largest * scale <= _SLACK:
        raise TableError(
            path,
            f"no similarity is above {largest * scale:.4g}, so they seem to be plain cosines",
            "Give `scale=1`.",
        )
