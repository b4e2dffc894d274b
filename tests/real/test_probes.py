"""Probes on real CLIP vectors; tests/bench sets them beside prompts on drawn faces."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from statsmodels.stats.proportion import proportion_confint

from facestore.store import Store
from facestore.training.features import Features, Part
from facestore.training.files import Head
from facestore.training.probes.probe import fit_softmax

pytestmark = pytest.mark.real


def test_five_fold_gender_probe_is_scikit_learn_s(real_data, tmp_path):
    """Gender is confounded with race here: 1,000 males of all races, 1,000 White females."""
    folder = real_data / "fairface"
    vectors = folder / "rn50_openai_fairface_train2000.npz"
    with Store.open(tmp_path / "store") as store:
        with np.load(vectors) as content:
            wanted = set(content["files"].tolist())
        lines = (folder / "labels_train.csv").read_text().splitlines()
        kept = [line for line in lines[1:] if line.split(",")[0] in wanted]
        (tmp_path / "labels.csv").write_text("\n".join([lines[0], *kept]))
        store.import_labels(
            tmp_path / "labels.csv", dataset="fairface", split="train", create_samples=True
        )
        store.import_embeddings(vectors, dataset="fairface", model="RN50,openai")
        stored = store
        (encoder,) = stored.catalog.encoders.all()
        samples = stored.catalog.training.samples("fairface", "train")
        labels = stored.catalog.training.labels("fairface", "train")
        of_key = dict(
            samples.join(labels, on="sample_id")
            .filter(attribute="gender")
            .select("vector_key", "label")
            .rows()
        )
        (batch,) = stored.vectors.images(encoder.vectors).batches()
    targets = np.array([of_key[key] == "Female" for key in batch.keys]).astype(np.int64)
    assert targets.sum() == 1000
    right = agree = 0
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    for fit, held in folds.split(batch.vectors, targets):
        features = Features.taking_over(batch.vectors[fit])
        fitted = fit_softmax(
            Part(features.values, targets[fit]), 2, l2=1 / 0.316, scale=features.scale
        )
        head = Head("gender", ("0", "1"), *fitted.on_vectors(features))
        ours = np.array(head.decide(batch.vectors[held]).predicted, dtype=int)
        model = LogisticRegression(C=0.316, max_iter=1000).fit(batch.vectors[fit], targets[fit])
        agree += (ours == model.predict(batch.vectors[held])).sum()
        right += (ours == targets[held]).sum()
    low, high = proportion_confint(right, 2000, method="wilson")
    print(f"5-fold accuracy {right / 2000:.4f} ({low:.4f} to {high:.4f}), agree {agree / 2000:.4f}")  # noqa: T201
    assert agree / 2000 >= 0.995
    assert right / 2000 > 0.88
