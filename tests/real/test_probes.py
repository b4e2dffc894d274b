"""Probes on real CLIP vectors, and on as many drawn faces as it takes to be as good as prompts."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from statsmodels.stats.proportion import proportion_confint

from facestore.store import Store
from facestore.synthetic import write_faces
from facestore.training import Features, Head, Part, fit_softmax

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
        stored = store._stores
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


PROMPTS = {
    "gender": [("raw_gender_labels", "sum", None), ("age_race_gender_labels_v2", "sum", None)],
    "race": [("raw_race_labels", "sum", None), ("age_race_gender_labels_v2", "sum", None)],
    "age": [("fairface_age_labels", "topk", 1), ("fairface_age_labels", "embedding_mean", None)],
}


def test_a_probe_on_enough_faces_is_as_good_as_prompts(real_data, tmp_path):
    """Take minutes: the bundled model was trained with these very prompts on 228,000 drawn faces."""
    del real_data  # it only says that there is time
    with Store.open(tmp_path / "store") as store:
        for dataset, split, n, seed in (("a", "train", 8000, 5), ("b", "test", 2000, 6)):
            labels = write_faces(tmp_path / dataset, n, seed=seed)
            store.ingest(
                tmp_path / dataset / "images",
                labels=labels,
                dataset=dataset,
                split=split,
                models=["tiny"],
            )
        for attribute, sets in PROMPTS.items():
            for prompt_set, aggregation, k in sets:
                store.score(prompt_set, dataset="b")
                store.predict(
                    attribute=attribute, prompt_set=prompt_set, aggregation=aggregation, k=k
                )
        (done,) = store.train_probe(
            attributes=list(PROMPTS), dataset="a", drop_leaks=True, name="probe"
        )
        store.predict_with(done.path)
        pairs = store.sql(
            "select attribute, classifier_b, n_only_a, n_only_b, difference, p_value "
            "from classifier_comparison where classifier_a like 'probe %' and dataset = 'b'"
        ).fetchall()
        assert len(pairs) == 6
        print(*pairs, sep="\n")  # noqa: T201
        # At least as good: better by count, or no difference that McNemar's test can tell.
        assert all(only_a >= only_b or p > 0.5 for _, _, only_a, only_b, _, p in pairs)
