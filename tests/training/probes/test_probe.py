"""Heads on values: the optimum is scikit-learn's, files keep what they are given, nothing leaks."""

from __future__ import annotations

import json
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from facestore.errors import InputError
from facestore.records import EncoderRecord
from facestore.training.features import Features, Part
from facestore.training.files import Head, HeadsFile, load_heads, save_heads
from facestore.training.probes.probe import MAX_ITERATIONS, N_SWEEP_FITS, fit_softmax, sweep_l2
from facestore.training.selection import few_shot, held_back, samples_sha256

pytestmark = pytest.mark.portable

ENCODER = EncoderRecord("imported", "M", "w", None, dim=6)


def cone(n, dim, n_classes, seed=0):
    """Give unit vectors in a narrow cone, as CLIP's are, and noisy classes of unequal size."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=dim) * 2 + rng.normal(size=(n, dim)) * 0.3
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = (vectors - vectors.mean(0)) @ rng.normal(size=(dim, n_classes)) * 20
    scores += rng.gumbel(size=scores.shape) + np.arange(n_classes) * 0.3
    return vectors.astype(np.float32), scores.argmax(1)


def total_loss(vectors, targets, weight, bias, l2, weights=None):
    """Give scikit-learn's objective in float64: sum of cross-entropies and half of l2 * |W|^2."""
    logits = vectors.astype(np.float64) @ weight.T.astype(np.float64) + bias
    logits -= logits.max(1, keepdims=True)
    losses = np.log(np.exp(logits).sum(1)) - logits[np.arange(len(targets)), targets]
    return float((losses * (1 if weights is None else weights)).sum() + l2 / 2 * (weight**2).sum())


@pytest.mark.parametrize("n_classes", [2, 3, 7])
@pytest.mark.parametrize("l2", [0.01, 1.0, 30.0])
@pytest.mark.parametrize("balanced", [False, True])
def test_a_head_is_that_of_scikit_learn(n_classes, l2, balanced):
    vectors, targets = cone(900, 24, n_classes)
    model = LogisticRegression(
        C=1 / l2, tol=1e-8, max_iter=10_000, class_weight="balanced" if balanced else None
    )
    model.fit(vectors.astype(np.float64), targets)
    features = Features.taking_over(vectors.copy())
    part = Part(features.values, targets)
    fitted = fit_softmax(part, n_classes, l2=l2, scale=features.scale, balanced=balanced)
    weight, bias = fitted.on_vectors(features)
    head = Head("a", tuple(map(str, range(n_classes))), weight, bias)
    decided = head.decide(vectors)
    names, score, margin = decided.predicted, decided.score, decided.margin
    expected = model.predict_proba(vectors.astype(np.float64))
    agree = np.array(names, dtype=int) == expected.argmax(1)
    assert agree.mean() >= 0.995
    ordered = np.sort(expected, axis=1)
    assert np.abs(score - ordered[:, -1]).max() < 0.02
    assert np.abs(margin - (ordered[:, -1] - ordered[:, -2])).max() < 0.04
    if n_classes > 2:
        counts = np.bincount(targets)
        weights = (len(targets) / (n_classes * counts))[targets] if balanced else None
        theirs = total_loss(vectors, targets, model.coef_, model.intercept_, l2, weights)
        ours = total_loss(vectors, targets, weight, bias, l2, weights)
        assert ours == pytest.approx(theirs, rel=1e-3)


def test_features_are_changed_in_place_and_undone_by_the_head():
    vectors, targets = cone(200, 8, 3)
    whole = vectors.copy()
    features = Features.taking_over(vectors)
    assert features.values is vectors
    np.testing.assert_allclose(features.values * features.scale + features.mean, whole, atol=1e-6)
    assert np.sqrt((vectors.astype(float) ** 2).mean()) == pytest.approx(1, rel=1e-4)
    fitted = fit_softmax(Part(vectors, targets), 3, l2=1, scale=features.scale)
    weight, bias = fitted.on_vectors(features)
    np.testing.assert_allclose(whole @ weight.T + bias, fitted.logits(vectors), atol=1e-3)


def test_rows_that_follow_one_another_are_no_copy():
    features = Features.taking_over(cone(50, 8, 2)[0])
    assert np.shares_memory(features.rows(np.arange(5, 20)), features.values)
    assert not np.shares_memory(features.rows(np.array([1, 3])), features.values)
    assert features.rows(np.array([], dtype=np.int64)).shape == (0, 8)


def sweep(n_fit=300, **options):
    vectors, targets = cone(600, 24, 3)
    features = Features.taking_over(vectors)
    fit = Part(features.values[:n_fit], targets[:n_fit])
    held = Part(features.values[n_fit:], targets[n_fit:])
    return fit, held, features, *sweep_l2(fit, held, 3, scale=features.scale, **options)


def test_the_sweep_is_that_of_the_clip_paper():
    done = []
    _, _, _, l2, steps = sweep(on_step=lambda: done.append(1))
    exponents = [np.log10(step.l2) for step in steps]
    assert exponents[:7] == pytest.approx([6, 4, 2, 0, -2, -4, -6])
    assert len(done) == len(steps) <= N_SWEEP_FITS == 15
    best = max(steps, key=lambda step: (step.accuracy, -step.loss))
    assert best.l2 == l2
    near = sorted(abs(each - np.log10(l2)) for each in exponents)
    assert near[1] == pytest.approx(1 / 8)  # 8 steps a decade around the best


@pytest.mark.parametrize("balanced", [False, True])
def test_what_the_sweep_says_is_what_a_fresh_fit_gives(balanced):
    fit, held, features, l2, steps = sweep(balanced=balanced)
    step = next(each for each in steps if each.l2 == l2)
    fresh = fit_softmax(fit, 3, l2=l2, scale=features.scale, balanced=balanced)
    right = fresh.logits(held.features).argmax(1) == held.targets
    assert step.accuracy == pytest.approx(right.mean(), abs=0.01)
    recalls = [right[held.targets == each].mean() for each in range(3)]
    assert step.balanced_accuracy == pytest.approx(np.mean(recalls), abs=0.01)
    assert fresh.has_converged
    assert fresh.n_iterations < MAX_ITERATIONS


def heads_file(**changes):
    weight = np.asfortranarray(np.arange(18, dtype=np.float32).reshape(3, 6))
    head = Head(
        "race", ("White", "Black", "Indian"), weight, np.arange(3, dtype=np.float32), {"l2": 2}
    )
    fields = {"name": "n", "kind": "linear_probe", "encoder": ENCODER, "heads": (head,)}
    return HeadsFile(**(fields | {"training": {"split": "train"}} | changes))


def test_a_file_keeps_values_names_and_order_whatever_the_layout(tmp_path):
    saved = heads_file()
    digest = save_heads(tmp_path / "a.safetensors", saved)
    loaded = load_heads(tmp_path / "a.safetensors")
    assert loaded.sha256 == digest
    assert loaded.encoder == ENCODER
    (before,), (after,) = saved.heads, loaded.heads
    np.testing.assert_array_equal(before.weight, after.weight)
    np.testing.assert_array_equal(before.bias, after.bias)
    assert (after.classes, dict(after.details)) == (before.classes, {"l2": 2})
    assert [each.name for each in tmp_path.iterdir()] == ["a.safetensors"]


def rewritten(path, change):
    """Write the tensors of a file again with another description."""
    from safetensors import safe_open
    from safetensors.numpy import save_file

    with safe_open(path, framework="np") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        described = json.loads(file.metadata()["facestore"])
    change(described, tensors)
    save_file(tensors, path, metadata={"facestore": json.dumps(described)})


CHANGES = {
    "its format is 'other'": lambda d, _: d.update(format="other"),
    "its heads take 'pixels'": lambda d, _: d.update(input="pixels"),
    "head 'race' is of type 'regression'": lambda d, _: d["heads"]["race"].update(
        type="regression"
    ),
    "for 2 classes": lambda d, _: d["heads"]["race"]["classes"].pop(),
    "vectors of 7 values": lambda d, _: d["encoder"].update(dim=7),
    "its description is not whole": lambda d, _: d.pop("training"),
    "is not whole": lambda _, t: t.pop("race.bias"),
    "values that are no numbers": lambda _, t: t["race.weight"].fill(np.nan),
}


@pytest.mark.parametrize("problem", CHANGES)
def test_a_file_that_is_not_ours_or_not_whole_is_refused_in_one_line(tmp_path, problem):
    path = tmp_path / "a.safetensors"
    save_heads(path, heads_file())
    rewritten(path, CHANGES[problem])
    with pytest.raises(InputError, match=problem) as raised:
        load_heads(path)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_none_is_refused(tmp_path):
    with pytest.raises(InputError, match="There is no file"):
        load_heads(tmp_path / "a.safetensors")
    (tmp_path / "a.safetensors").write_bytes(b"no heads")
    with pytest.raises(InputError, match="it is no safetensors file"):
        load_heads(tmp_path / "a.safetensors")


def test_of_equal_classes_the_first_wins():
    head = Head("a", ("x", "y", "z"), np.zeros((3, 2), np.float32), np.array([0, 1, 1], np.float32))
    decided = head.decide(np.ones((2, 2), np.float32))
    names, score, margin = decided.predicted, decided.score, decided.margin
    assert names == ["y", "y"]
    assert score == pytest.approx([np.e / (1 + 2 * np.e)] * 2)
    assert margin == pytest.approx([0, 0])


samples = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from([None, "x", "y", "z"])), min_size=1
)


@given(samples=samples, fraction=st.floats(0.01, 0.99), seed=st.integers(0, 9))
def test_no_image_and_no_class_is_lost_to_what_is_held_back(samples, fraction, seed):
    keys, names = [key for key, _ in samples], [name for _, name in samples]
    chosen = held_back(keys, [names], fraction=fraction, seed=seed)
    assert chosen <= set(keys)
    fitted = {name for key, name in samples if key not in chosen}
    assert {name for name in names if name} <= fitted | {None}
    backwards = held_back(keys[::-1], [names[::-1]], fraction=fraction, seed=seed)
    assert backwards == chosen


@given(
    samples=st.lists(
        st.tuples(st.sampled_from("abcdefghijkl"), st.sampled_from("xyz")), min_size=1
    ),
    per_class=st.integers(1, 6),
    seed=st.integers(0, 9),
)
def test_few_shots_take_an_image_once_and_no_more_than_asked(samples, per_class, seed):
    keys, targets = map(list, zip(*samples, strict=True))
    fit, held = few_shot(keys, targets, per_class=per_class, seed=seed)
    taken = [keys[i] for i in fit + held]
    assert len(taken) == len(set(taken))
    counts = partial(np.unique, return_counts=True)
    for numbers, most in ((fit, per_class), (held, min(per_class, 4))):
        assert all(n <= most for n in counts([targets[i] for i in numbers])[1])
    first = dict(reversed(samples))
    assert {targets[i] for i in fit} == set(first.values())


def test_the_fingerprint_does_not_depend_on_the_order():
    pairs = [("b", "x"), ("a", "y"), ("a", "y")]
    assert samples_sha256(pairs) == samples_sha256(reversed(pairs))
    others = [("b", "y"), ("a", "x"), ("a", "y")]
    assert samples_sha256(pairs) != samples_sha256(others)
    assert samples_sha256(pairs) != samples_sha256(pairs[:2])
