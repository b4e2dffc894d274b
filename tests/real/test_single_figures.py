"""Intervals of balanced accuracy and macro F1 of the published predictions of FairFace."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from facestore.store import Store

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

RACES_BY_RAW_PROMPTS = "ViT-B-16 openai raw_race_labels topk 1"


def test_a_bootstrap_of_real_predictions_agrees_with_one_of_numpy(published_store):
    with Store.open(published_store) as store:
        summary = store.bootstrap(classifiers=[RACES_BY_RAW_PROMPTS])
        assert summary.n_figures == 2
        rows = store.sql(
            "select measure, value, standard_error, ci_low, ci_high from bootstrap_intervals "
            f"where classifier = '{RACES_BY_RAW_PROMPTS}' order by measure"
        ).fetchall()
        (balanced, f1) = rows
        given = store.sql(
            "select label, predicted from judged_predictions "
            f"where classifier = '{RACES_BY_RAW_PROMPTS}' order by sample_id"
        ).fetchnumpy()
        by_formula = store.sql(
            "select ci_low_balanced, ci_high_balanced from classifier_summary "
            f"where classifier = '{RACES_BY_RAW_PROMPTS}'"
        ).fetchall()[0]
    assert [round(each, 4) for each in (balanced[1], f1[1])] == [0.6056, 0.5947]
    truth, said = (np.asarray(given[name], str) for name in ("label", "predicted"))
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, len(truth), (200, len(truth)))
    values = [f1_score(truth[each], said[each], average="macro") for each in drawn]
    # two standard deviations of 200 and of 500 draws: each is known to 5 and 3 %
    assert f1[2] == pytest.approx(np.std(values), rel=0.2)
    # the formula and the draws
    assert balanced[3:] == pytest.approx(by_formula, abs=0.0005)
