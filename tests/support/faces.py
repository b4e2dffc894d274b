"""Random faces for property tests: labels and predictions, some missing, groups of one."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import duckdb
from hypothesis import strategies as st

from support.rows import classifier, load

LABELS = st.sampled_from(["a", "b", "c", "d", None])
PREDICTED = st.sampled_from(["a", "b", "c", "unseen", None])
FACES = st.lists(
    st.fixed_dictionaries(
        {
            "dataset": st.sampled_from(["faces", "other"]),
            "split": st.sampled_from(["val", None]),
            "mood": LABELS,
            "gender": st.sampled_from(["Female", "Male", None]),
            "race": st.sampled_from(["White", "Black", "Indian", None]),
            "first": PREDICTED,
            "second": PREDICTED,
        }
    ),
    min_size=1,
    max_size=30,
)
ATTRIBUTES = ("mood", "gender", "race")
CLASSIFIERS = {1: "first", 2: "second"}
Face = dict[str, Any]
Key = tuple[str, str, str | None]


def fill_faces(con: duckdb.DuckDBPyConnection, faces: list[Face]) -> None:
    numbered = list(enumerate(faces, 1))
    load(
        con,
        samples=[
            {"sample_id": i, "dataset": f["dataset"], "path": f"{i}.jpg", "split": f["split"]}
            for i, f in numbered
        ],
        labels=[
            {"sample_id": i, "attribute": attribute, "label": face[attribute]}
            for i, face in numbered
            for attribute in ATTRIBUTES
            if face[attribute] is not None
        ],
        classifiers=[classifier(i, name, "mood") for i, name in CLASSIFIERS.items()],
        predictions=[
            {"classifier_id": c, "sample_id": i, "predicted": face[name]}
            for i, face in numbered
            for c, name in CLASSIFIERS.items()
            if face[name] is not None
        ],
    )


def judged(faces: list[Face]) -> dict[Key, list[tuple[str, str, Face]]]:
    """Return (label, predicted, face) by classifier, data set and split."""
    parts = defaultdict(list)
    for face in faces:
        for name in CLASSIFIERS.values():
            if face["mood"] is not None and face[name] is not None:
                key = (name, face["dataset"], face["split"])
                parts[key].append((face["mood"], face[name], face))
    return parts


def truth_and_said(part: list[tuple[str, str, Face]]) -> tuple[list[str], list[str]]:
    return [label for label, _, _ in part], [predicted for _, predicted, _ in part]
