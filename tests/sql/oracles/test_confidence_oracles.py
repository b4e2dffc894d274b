"""Random cosines: confidences, calibration, top-n and single wordings equal other libraries."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import open_clip
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import top_k_accuracy_score
from support.catalogues import close, fewer, in_transactions, rolled_back
from support.rows import encoder, load, read
from torchmetrics.functional.classification import multiclass_calibration_error

CLASSES = ("White", "Black", "Indian", "Latino_Hispanic")
SCALE = 25.0


@st.composite
def scored(draw: st.DrawFn) -> dict[str, Any]:
    """Draw cosines (samples, classes), labels as places in CLASSES, and a group of each sample.

    Cosines are far enough apart that float32, in which torchmetrics counts, decides as float64.
    """
    n_classes = draw(st.integers(2, len(CLASSES)))
    n_samples = draw(st.integers(1, 25))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return {
        "cosines": rng.uniform(-0.15, 0.15, (n_samples, n_classes)).astype(np.float32),
        "labels": rng.integers(0, n_classes, n_samples),
        "female": rng.random(n_samples) < 0.5,
    }


def fill_scored(con: duckdb.DuckDBPyConnection, case: dict[str, Any]) -> None:
    """Give each class one prompt, and each sample a race and a gender."""
    n_samples, n_classes = case["cosines"].shape
    key = {"prompt_set": "set", "attribute": "race"}
    load(
        con,
        encoders=[encoder(1, "tiny") | {"logit_scale": SCALE}],
        samples=[
            {"sample_id": i, "dataset": "faces", "path": f"{i}.jpg"} for i in range(n_samples)
        ],
        labels=[
            {"sample_id": i, "attribute": "race", "label": CLASSES[place]}
            for i, place in enumerate(case["labels"])
        ]
        + [
            {"sample_id": i, "attribute": "gender", "label": "Female" if female else "Male"}
            for i, female in enumerate(case["female"])
        ],
        prompts=[
            {"prompt_id": p, "text": f"a photo of a {CLASSES[p].lower()} person"}
            for p in range(n_classes)
        ],
        prompt_classes=[key | {"prompt_id": p, "class": CLASSES[p]} for p in range(n_classes)],
        similarities=[
            {
                "encoder_id": 1,
                "prompt_id": p,
                "sample_id": i,
                "cosine": float(case["cosines"][i, p]),
            }
            for p in range(n_classes)
            for i in range(n_samples)
        ],
    )


def groups(case: dict[str, Any]) -> dict[str, np.ndarray]:
    """Return which samples are in a group, for the groups that have any."""
    masks = {"overall": np.ones(len(case["labels"]), bool)}
    masks |= {"Female": case["female"], "Male": ~case["female"]}
    return {name: mask for name, mask in masks.items() if mask.any()}


@in_transactions
@given(case=scored())
def test_confidences_are_the_softmax_of_the_logits(
    con: duckdb.DuckDBPyConnection, case: dict[str, Any]
) -> None:
    with rolled_back(con):
        fill_scored(con, case)
        rows = read(con, "zero_shot_confidences", "sample_id, predicted, confidence")
    logits = torch.from_numpy(case["cosines"]).double() * SCALE
    confidences, places = logits.softmax(dim=1).max(dim=1)
    expected = zip(places.tolist(), confidences.tolist(), strict=True)
    assert rows == [(i, CLASSES[p], close(c)) for i, (p, c) in enumerate(expected)]


@fewer
@given(case=scored())
def test_calibration_is_that_of_torchmetrics(
    con: duckdb.DuckDBPyConnection, case: dict[str, Any]
) -> None:
    with rolled_back(con):
        fill_scored(con, case)
        columns = (
            "group_name, n_samples, accuracy, expected_calibration_error,"
            "maximum_calibration_error, confidence, overconfidence"
        )
        rows = read(con, "calibration", columns, "group_attribute in ('overall', 'gender')")
    probabilities = torch.from_numpy(case["cosines"] * SCALE).softmax(dim=1)
    labels = torch.from_numpy(case["labels"])
    found = {row[0]: row[1:] for row in rows}
    assert set(found) == set(groups(case))
    for name, mask in groups(case).items():
        part, truth = probabilities[mask], labels[mask]
        expected, largest = (
            float(multiclass_calibration_error(part, truth, part.shape[1], n_bins=15, norm=norm))
            for norm in ("l1", "max")
        )
        confidence, places = part.max(dim=1)
        accuracy = float((places == truth).double().mean())
        n, *figures = found[name]
        assert n == mask.sum()
        # torchmetrics counts in float32
        bias = float(confidence.mean()) - accuracy
        wanted = [accuracy, expected, largest, float(confidence.mean()), bias]
        assert figures == pytest.approx(wanted, abs=2e-6)


@in_transactions
@given(case=scored(), n=st.integers(1, 5))
def test_top_n_accuracy_is_that_of_scikit_learn(
    con: duckdb.DuckDBPyConnection, case: dict[str, Any], n: int
) -> None:
    with rolled_back(con):
        fill_scored(con, case)
        columns = "group_name, n_samples, n_classes, accuracy"
        where = "group_attribute in ('overall', 'gender') and aggregation = 'mean'"
        rows = read(con, f"top_n_accuracy({n})", columns, where)
    n_classes = case["cosines"].shape[1]
    expected = {}
    for name, mask in groups(case).items():
        truth, scores = case["labels"][mask], case["cosines"][mask]
        if n >= n_classes:
            share = 1.0
        elif n_classes == 2:  # of which scikit-learn takes no columns of scores
            share = float((scores.argmax(axis=1) == truth).mean())
        else:
            share = top_k_accuracy_score(truth, scores, k=n, labels=np.arange(n_classes))
        expected[name] = (int(mask.sum()), n_classes, close(share))
    assert {row[0]: row[1:] for row in rows} == expected


class TextTower(torch.nn.Module):
    """Has the one method of a CLIP model that ensembling calls; texts are numbers of rows."""

    def __init__(self, vectors: np.ndarray) -> None:
        super().__init__()
        self.vectors = torch.from_numpy(vectors)

    def encode_text(self, numbers: torch.Tensor, normalize: bool = False) -> torch.Tensor:
        rows = self.vectors[numbers]
        return torch.nn.functional.normalize(rows, dim=-1) if normalize else rows


@fewer
@given(seed=st.integers(0, 2**32 - 1), n_templates=st.integers(1, 5), n_samples=st.integers(1, 8))
def test_embedding_mean_is_the_classifier_that_open_clip_builds(
    con: duckdb.DuckDBPyConnection, seed: int, n_templates: int, n_samples: int
) -> None:
    from facestore.records import Prompt, PromptSet
    from facestore.unit_rows import class_norms

    rng = np.random.default_rng(seed)
    n_prompts = n_templates * len(CLASSES)
    texts = rng.normal(size=(n_prompts, 16)) + 1
    images = rng.normal(size=(n_samples, 16)) + 0.3
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    images /= np.linalg.norm(images, axis=1, keepdims=True)
    numbers = {
        (class_, template): place * n_templates + template
        for place, class_ in enumerate(CLASSES)
        for template in range(n_templates)
    }
    weights = open_clip.build_zero_shot_classifier(
        TextTower(texts),
        tokenizer=lambda names: torch.tensor([int(name) for name in names]),
        classnames=CLASSES,
        templates=[
            lambda class_, template=template: str(numbers[class_, template])
            for template in range(n_templates)
        ],
        use_tqdm=False,
    ).numpy()
    prompts = tuple(
        Prompt(str(number), None, {"race": class_}) for (class_, _), number in numbers.items()
    )
    vectors = {str(i): row.astype(np.float32) for i, row in enumerate(texts)}
    norms = class_norms(PromptSet("set", "", prompts), vectors)
    key = {"prompt_set": "set", "attribute": "race"}
    with rolled_back(con):
        load(
            con,
            prompt_classes=[key | {"prompt_id": n, "class": c} for (c, _), n in numbers.items()],
            class_text_norms=[
                key | {"encoder_id": 1, "class": class_, "norm": norm}
                for (_, class_), norm in norms.items()
            ],
            similarities=[
                {"encoder_id": 1, "prompt_id": p, "sample_id": s, "cosine": float(cosine)}
                for s, row in enumerate(images @ texts.T)
                for p, cosine in enumerate(row)
            ],
        )
        rows = read(con, "zero_shot_embedding_mean", "sample_id, predicted, score")
    logits = images @ weights
    assert [row[0] for row in rows] == list(range(n_samples))
    for s, predicted, score in rows:
        assert score == pytest.approx(logits[s].max(), abs=1e-6)
        ranked = np.sort(logits[s])
        assert ranked[-1] - ranked[-2] < 1e-6 or predicted == CLASSES[logits[s].argmax()]
