"""Probabilities of single prompts: of models with a bias alone, whatever the size of the logit."""

from __future__ import annotations

import math

import pytest
from support.rows import encoder, fill, labels, load, prompt_set, read, samples, similarities

COSINES = {1: [0.3, -1.0], 2: [0.1, 1.0]}


def scored(con, **logits):
    fill(con, samples=samples(2), labels=labels("gender", ["Male", "Female"]))
    fill(con, encoders=[encoder() | logits])
    fill(con, **prompt_set("set", "gender", [(1, "Male"), (2, "Female")]))
    load(con, similarities=similarities(COSINES))


def found(con):
    columns = "sample_id, prompt_id, text, probability"
    return {(s, p): (t, q) for s, p, t, q in read(con, "sigmoid_probabilities", columns)}


def test_each_prompt_has_the_probability_of_its_own_logit(con):
    scored(con, logit_scale=100.0, logit_bias=-15.0)
    rows = found(con)
    texts = dict(con.execute("select prompt_id, text from prompts").fetchall())
    for prompt, cosines in COSINES.items():
        for sample, cosine in enumerate(cosines, 1):
            text, probability = rows[sample, prompt]
            assert text == texts[prompt]
            expected = 1 / (1 + math.exp(-(100 * cosine - 15)))
            assert probability == pytest.approx(expected, rel=1e-5)
    assert len(rows) == 4


def test_logits_of_any_size_are_in_0_to_1(con):
    scored(con, logit_scale=10_000.0, logit_bias=-10.0)
    assert {probability for _, probability in found(con).values()} <= {0.0, 1.0}


@pytest.mark.parametrize(
    "logits",
    [{"logit_scale": 100.0}, {"logit_bias": -10.0}, {"logit_scale": 100.0, "logit_bias": None}],
)
def test_a_model_without_a_bias_or_a_scale_has_none(con, logits):
    scored(con, **logits)
    assert found(con) == {}


def test_a_bias_of_zero_is_one(con):
    scored(con, logit_scale=1.0, logit_bias=0.0)
    assert found(con)[2, 2][1] == pytest.approx(1 / (1 + math.exp(-1)))
