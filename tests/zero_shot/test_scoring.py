from __future__ import annotations

import numpy as np
import open_clip
import polars as pl
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from facestore.encoders.open_clip import load_encoder
from facestore.model_names import ModelName
from facestore.records import EmbeddingBatch, Prompt, PromptSet
from facestore.unit_rows import class_norms, unit_rows
from facestore.zero_shot.scoring import score_blocks

pytestmark = pytest.mark.portable


def units(n, seed, width=16):
    return unit_rows(np.random.default_rng(seed).normal(size=(n, width)))


def pending(rows):
    schema = {"sample_id": pl.Int32, "vector_key": pl.String, "prompt_ids": pl.List(pl.Int32)}
    return pl.DataFrame(rows, schema=schema, orient="row")


@given(
    n_samples=st.integers(1, 12),
    n_prompts=st.integers(1, 5),
    rows_at_once=st.integers(1, 30),
    seed=st.integers(0, 1000),
)
def test_blocks_hold_every_pair_once_with_its_cosine(n_samples, n_prompts, rows_at_once, seed):
    images, texts = units(n_samples, seed), units(n_prompts, seed + 1)
    keys = tuple(f"i{i}" for i in range(n_samples))
    order = list(range(1, n_prompts + 1))
    rows = [(i, keys[i], order[: 1 + i % n_prompts]) for i in range(n_samples)]
    blocks = score_blocks(
        pending(rows),
        [EmbeddingBatch(keys[:4], images[:4]), EmbeddingBatch(keys[4:], images[4:])],
        {i: texts[i - 1] for i in order},
        rows_at_once=rows_at_once,
    )
    found = {
        (s, p): float(block.cosines[j, i])
        for block in blocks
        for j, p in enumerate(block.prompt_ids)
        for i, s in enumerate(block.sample_ids)
    }
    expected = {(i, p): float(images[i] @ texts[p - 1]) for i, _, todo in rows for p in todo}
    assert found.keys() == expected.keys()
    assert max(abs(found[key] - expected[key]) for key in found) < 1e-6


@given(
    keys=st.lists(st.integers(0, 9), min_size=1, max_size=30),
    sizes=st.lists(st.integers(0, 4), min_size=4, max_size=4),
    rows_at_once=st.integers(1, 60),
    seed=st.integers(0, 1000),
)
def test_samples_may_share_vectors_or_lack_them_in_any_order(keys, sizes, rows_at_once, seed):
    rng = np.random.default_rng(seed)
    images, texts = units(10, seed), units(3, seed + 1)
    stored = rng.permutation(10)[: sum(sizes)]  # the others have no vector
    batches = [
        EmbeddingBatch(tuple(f"i{i}" for i in part), images[part])
        for part in np.split(stored, np.cumsum(sizes)[:-1])
    ]
    todo = {s: [[1], [1, 3], [1, 2, 3]][s * 7 % 3] for s in range(len(keys))}
    rows = [(s, f"i{key}", todo[s]) for s, key in enumerate(keys)]
    found = {}
    for block in score_blocks(
        pending(rows), batches, {i: texts[i - 1] for i in (1, 2, 3)}, rows_at_once=rows_at_once
    ):
        assert list(block.sample_ids) == sorted(block.sample_ids)
        assert block.cosines.shape == (len(block.prompt_ids), len(block.sample_ids))
        for j, p in enumerate(block.prompt_ids):
            for i, s in enumerate(block.sample_ids):
                assert (s, p) not in found
                found[s, p] = block.cosines[j, i]
    expected = {
        (s, p): images[key] @ texts[p - 1]
        for s, key in enumerate(keys)
        for p in todo[s]
        if key in stored
    }
    assert found.keys() == expected.keys()
    assert all(abs(found[key] - expected[key]) < 1e-6 for key in found)


def test_samples_that_share_a_vector_are_both_scored():
    images, texts = units(1, 0), units(1, 1)
    rows = [(7, "same", [1]), (3, "same", [1])]
    (block,) = score_blocks(pending(rows), [EmbeddingBatch(("same",), images)], {1: texts[0]})
    assert block.sample_ids == (3, 7)
    assert block.cosines[0, 0] == block.cosines[0, 1]


def test_a_sample_without_a_vector_is_passed_over():
    images, texts = units(1, 0), units(1, 1)
    rows = [(1, "here", [1]), (2, "missing", [1])]
    (block,) = score_blocks(pending(rows), [EmbeddingBatch(("here",), images)], {1: texts[0]})
    assert block.sample_ids == (1,)


def test_cosines_stay_within_one():
    vector = units(1, 5)
    (block,) = score_blocks(
        pending([(1, "a", [1])]),
        [EmbeddingBatch(("a",), vector * np.float32(1.0005))],
        {1: vector[0]},
    )
    assert block.cosines[0, 0] == 1.0


CLASSES = {"Male": ["a man", "a boy"], "Female": ["a woman", "a girl", "a lady"]}


def test_mean_cosine_over_the_norm_is_open_clip_s_zero_shot_head():
    encoder = load_encoder(ModelName("tiny"), device="cpu")
    prompts = PromptSet(
        "s", "", tuple(Prompt(t, None, {"gender": c}) for c, ts in CLASSES.items() for t in ts)
    )
    texts = [prompt.text for prompt in prompts.prompts]
    vectors = dict(zip(texts, encoder.encode_texts(texts), strict=True))
    images = units(20, 3, width=vectors["a man"].shape[0])
    norms = class_norms(prompts, vectors)
    for name, words in CLASSES.items():
        mean_cosine = np.mean([images @ vectors[word] for word in words], axis=0)
        head = open_clip.build_zero_shot_classifier(
            encoder._model,
            encoder._tokenizer,
            classnames=[""],
            templates=[lambda _, word=word: word for word in words],
            device=torch.device("cpu"),
        )
        reference = images @ head.numpy()[:, 0]
        np.testing.assert_allclose(mean_cosine / norms["gender", name], reference, atol=1e-5)
