"""Results in the columns of CLIP_benchmark's CSV, and in its JSON."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from facestore.errors import InputError, counted
from facestore.exporting.selection import Selection
from facestore.files import csv_text, write_text
from facestore.folders import replacing_folder
from facestore.stores import Stores

# The columns that `clip_benchmark build` writes, in its order; behind them what tells results of
# one model apart here, and what the name of the data set is made of.
CSV_COLUMNS = (
    "acc1", "acc5", "mean_per_class_recall", "dataset", "model", "pretrained", "task",
    "mean_average_precision", "image_retrieval_recall@5", "text_retrieval_recall@5",
    "model_fullname", "language", "split", "attribute", "classifier",
)  # fmt: skip
_MEAN_AP = "mean_average_precision"
_METRICS = ("acc1", "acc5", "mean_per_class_recall")
_TASKS = {"zero_shot": "zeroshot_classification", "linear_probe": "linear_probe"}
# The prompts that come with facestore are English.
_LANGUAGE = "en"


def write(store: Stores, selection: Selection) -> int:
    """Write a CSV, or a folder of JSON files; return the number of results.

    Raises
    ------
    InputError
        If the folder is a file.
    """
    asked = (selection.dataset, selection.split, selection.classifiers)
    found = store.catalog.exports.results(*asked)
    together = store.catalog.exports.yes_no_results(*asked)
    results = [_result(row, _METRICS) for row in found.iter_rows(named=True)]
    # CLIP_benchmark has this alone where a picture has several labels.
    results += [_result(row, (_MEAN_AP,)) for row in together.iter_rows(named=True)]
    if n_streamed := int(found["is_streamed"].sum()):
        store.notify(
            f"acc5 of {counted(n_streamed, 'result')} is missing, or lacks samples: their cosines "
            "were not kept. `facestore settings keep_similarities always`, and scoring again, "
            "keeps them."
        )
    out = selection.out
    if not results:
        return 0
    if out.suffix.lower() == ".csv":
        rows = map(_csv_row, results)
        write_text(out, csv_text(CSV_COLUMNS, rows, quote_text=True, raw=selection.raw))
        return len(results)
    if out.is_file():
        message = f"'{out}' is a file: give a .csv, or a folder for one JSON a result."
        raise InputError(message)
    with replacing_folder(out) as new:
        for name, result in _named(results):
            (new / name).write_text(json.dumps(result, indent=2), encoding="utf-8")
    return len(results)


def _result(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return one result as CLIP_benchmark writes it to a file.

    Parameters
    ----------
    row
        `acc1`, `acc5` (None with fewer than five classes), `mean_per_class_recall`, `dataset`,
        `split`, `attribute`, `kind`, `architecture`, `pretrained`, `classifier`; of several yes/no
        attributes `mean_average_precision`, and the name of the data set for the attribute.
    names
        Of its metrics.
    """
    parts = (row["dataset"], row["split"], row["attribute"])
    metrics = {name: float("nan") if row[name] is None else row[name] for name in names}
    return {
        "dataset": "/".join(part for part in parts if part),
        "model": row["architecture"] or row["classifier"],
        "pretrained": row["pretrained"] or "",
        "task": _TASKS.get(row["kind"], row["kind"]),
        "metrics": metrics,
        "language": _LANGUAGE,
        "split": row["split"],
        "attribute": row["attribute"],
        "classifier": row["classifier"],
    }


def _csv_row(result: Mapping[str, Any]) -> list[Any]:
    """Return a result of `_result` in `CSV_COLUMNS`; retrieval has no figures here."""
    known = {**result, **{name: _or_none(value) for name, value in result["metrics"].items()}}
    known["model_fullname"] = f"{result['model']} {result['pretrained']}".strip()
    return [known.get(name) for name in CSV_COLUMNS]


def _named(results: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield results with the names of their JSON files: CLIP_benchmark's, and the classifier.

    Two that would be one file, as of `a/b` and `a_b`, or of `A` and `a`, are told apart.
    """
    parts = ("dataset", "pretrained", "model", "language", "task", "classifier")
    taken: set[str] = set()
    for result in results:
        whole = "_".join(str(result[part]) for part in parts)
        name = "".join(c if c.isalnum() or c in "-_. " else "_" for c in whole)[:200]
        if name.casefold() in taken:
            name = f"{name[:190]}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"
        taken.add(name.casefold())
        yield f"{name}.json", result


def _or_none(value: float) -> float | None:
    return None if value != value else value
