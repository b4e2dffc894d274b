"""Samples in the JSON that `fiftyone.Dataset.from_json` reads."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from facestore.exporting.selection import Selection, files_of
from facestore.files import replacing
from facestore.stores import Stores

# Fields that every sample of FiftyOne has.
_TAKEN = ("id", "filepath", "tags", "metadata", "created_at", "last_modified_at", "person_id")
# Samples whose labels and predictions are in memory at once.
_AT_ONCE = 10_000


def write(store: Stores, selection: Selection) -> int:
    """Write the samples as JSON; return how many."""
    samples = store.catalog.exports.samples(selection.dataset, selection.split)
    samples = samples.with_columns(files_of(store, samples))
    if len(samples):
        with (
            replacing(selection.out) as part,
            part.open("w", encoding="utf-8", newline="") as file,
        ):
            file.writelines(_document(store, selection, samples))
    return len(samples)


def _document(store: Stores, selection: Selection, samples: pl.DataFrame) -> Iterator[str]:
    """Give the text of a data set with labels and predictions as classifications, piece by piece.

    Names of classifiers became names of fields: `info`, which comes last, says which is which.
    """
    fields: dict[str, str] = {}
    name = json.dumps(selection.dataset or "facestore", ensure_ascii=False)
    yield f'{{"name": {name}, "media_type": "image", "samples": ['
    separator = ""
    for part in samples.iter_slices(_AT_ONCE):
        for row in _with_what_is_said(store, selection, part):
            yield separator + json.dumps(_sample(row, fields), ensure_ascii=False)
            separator = ", "
    info = {"made_by": "facestore", "fields": {field: of for of, field in fields.items()}}
    yield f'], "info": {json.dumps(info, ensure_ascii=False)}}}'


def _with_what_is_said(
    store: Stores, selection: Selection, samples: pl.DataFrame
) -> Iterator[dict[str, Any]]:
    """Give the rows of samples, with three mappings more.

    `labels` is from an attribute to (label, value), `annotations` to what annotators say, and
    `predictions` from a classifier to (label, score, value).
    """
    exports = store.catalog.exports
    sample_ids = samples["sample_id"].to_list()
    labels = _by_sample(exports.labels_of(sample_ids))
    annotations = _by_sample(exports.annotations_of(sample_ids))
    said = _by_sample(exports.predictions_of(sample_ids, selection.classifiers))
    for row in samples.iter_rows(named=True):
        sample_id = row["sample_id"]
        yield row | {
            "labels": labels.get(sample_id, {}),
            "annotations": annotations.get(sample_id, {}),
            "predictions": said.get(sample_id, {}),
        }


def _by_sample(rows: pl.DataFrame) -> dict[int, dict[str, tuple[Any, ...]]]:
    """Return rows by the sample of their first column, and by the name in their second."""
    found: dict[int, dict[str, tuple[Any, ...]]] = {}
    for sample_id, name, *values in rows.rows():
        found.setdefault(sample_id, {})[name] = tuple(values)
    return found


def _sample(sample: Mapping[str, Any], fields: dict[str, str]) -> dict[str, Any]:
    tags = [*(sample["tags"] or ()), *([sample["split"]] if sample["split"] else ())]
    row: dict[str, Any] = {"filepath": sample["file"], "tags": tags, "metadata": None}
    if sample["person_id"] is not None:
        row["person_id"] = sample["person_id"]
    if sample["width"] is not None:
        row["metadata"] = {
            "_cls": "ImageMetadata",
            "size_bytes": sample["n_bytes"],
            "width": sample["width"],
            "height": sample["height"],
        }
    for attribute, (label, value) in sample["labels"].items():
        _put(row, _field(fields, attribute), label, None, value)
    for attribute, (said,) in sample["annotations"].items():
        row[_field(fields, f"annotated {attribute}")] = _annotations(said)
    for classifier, (label, score, value) in sample["predictions"].items():
        _put(row, _field(fields, f"predicted {classifier}"), label, score, value)
    return row


def _annotations(said: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what annotators say: the share of each label, and who says it where that is known."""
    n_all = sum(each["n"] for each in said)
    found = [
        {
            "_cls": "Classification",
            "label": each["label"],
            "confidence": each["n"] / n_all,
            "tags": [each["annotator"]] if each["annotator"] is not None else [],
        }
        for each in said
    ]
    return {"_cls": "Classifications", "classifications": found}


def _put(
    row: dict[str, Any], field: str, label: str | None, score: float | None, value: float | None
) -> None:
    if label is not None:
        row[field] = {"_cls": "Classification", "label": label, "confidence": score}
    if value is not None:
        row[f"{field}_value"] = value


def _field(fields: dict[str, str], of: str) -> str:
    """Return the name of a field: letters, digits and underscores, and no other's name."""
    if of not in fields:
        plain = re.sub(r"[^A-Za-z0-9]+", "_", of).strip("_").lower() or "field"
        name, number = plain if plain[0].isalpha() else f"f_{plain}", 1
        taken = {*_TAKEN, *fields.values(), *(f"{each}_value" for each in fields.values())}
        while name in taken or f"{name}_value" in taken:
            number += 1
            name = f"{plain}_{number}"
        fields[of] = name
    return fields[of]
