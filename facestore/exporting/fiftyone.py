"""Samples in the JSON that `fiftyone.Dataset.from_json` reads."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from facestore.exporting.selection import Selection, files_of
from facestore.files import write_text
from facestore.stores import Stores

# Fields that every sample of FiftyOne has.
_TAKEN = ("id", "filepath", "tags", "metadata", "created_at", "last_modified_at")


def write(store: Stores, selection: Selection) -> int:
    """Write the samples as JSON; return how many."""
    exports = store.catalog.exports
    scope = (selection.dataset, selection.split)
    samples = exports.samples(*scope)
    labels: dict[int, dict[str, tuple[Any, ...]]] = {}
    for sample_id, attribute, label, value in exports.labels(*scope).rows():
        labels.setdefault(sample_id, {})[attribute] = (label, value)
    said: dict[int, dict[str, tuple[Any, ...]]] = {}
    for row in exports.predictions(*scope, selection.classifiers).rows():
        sample_id, classifier, predicted, score, value = row
        said.setdefault(sample_id, {})[classifier] = (predicted, score, value)
    document = _dataset(
        selection.dataset or "facestore",
        (
            row
            | {
                "labels": labels.get(row["sample_id"], {}),
                "predictions": said.get(row["sample_id"], {}),
            }
            for row in samples.with_columns(files_of(store, samples)).iter_rows(named=True)
        ),
    )
    if len(samples):
        write_text(selection.out, json.dumps(document, ensure_ascii=False))
    return len(samples)


def _dataset(name: str, samples: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a data set with labels and predictions as classifications.

    Parameters
    ----------
    name
        Of the data set.
    samples
        `file`, `split`, `tags`, `width`, `height`, `n_bytes`, and two mappings: `labels`, from an
        attribute to (label, value), and `predictions`, from a classifier to (label, score, value).

    Returns
    -------
    dict
        Names of classifiers became names of fields: `info` says which is which.
    """
    fields: dict[str, str] = {}
    rows = [_sample(sample, fields) for sample in samples]
    return {
        "name": name,
        "media_type": "image",
        "info": {"made_by": "facestore", "fields": {field: of for of, field in fields.items()}},
        "samples": rows,
    }


def _sample(sample: Mapping[str, Any], fields: dict[str, str]) -> dict[str, Any]:
    tags = [*(sample["tags"] or ()), *([sample["split"]] if sample["split"] else ())]
    row: dict[str, Any] = {"filepath": sample["file"], "tags": tags, "metadata": None}
    if sample["width"] is not None:
        row["metadata"] = {
            "_cls": "ImageMetadata",
            "size_bytes": sample["n_bytes"],
            "width": sample["width"],
            "height": sample["height"],
        }
    for attribute, (label, value) in sample["labels"].items():
        _put(row, _field(fields, attribute), label, None, value)
    for classifier, (label, score, value) in sample["predictions"].items():
        _put(row, _field(fields, f"predicted {classifier}"), label, score, value)
    return row


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
