from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from facestore.errors import InputError, UnknownNameError
from facestore.training.gradients.tower import VectorTower
from facestore.training.heads import NO_CLASS, HeadTask, MultiTaskModel, age_gender_tasks
from facestore.training.inference import predict_batches
from facestore.training.inputs import VectorInputs
from facestore.training.optimizer import make_optimizer, rate_factor

pytestmark = pytest.mark.portable

N, D = 12, 5
GENDERS = ("Male", "Female")
RACES = ("White", "Black", "Indian")


@pytest.fixture
def vectors():
    return np.random.default_rng(0).normal(2, 3, (N, D)).astype(np.float32)


def model_of(vectors, tasks) -> MultiTaskModel:
    """Return a model whose heads are drawn."""
    model = MultiTaskModel(VectorTower.fitted_to(vectors), tasks)
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in model.heads.parameters():
            parameter.normal_()
    return model


def test_the_loss_of_age_and_gender_is_that_of_seed_4(vectors):
    rng = np.random.default_rng(3)
    ages, genders = rng.uniform(1, 90, N), rng.integers(0, 2, N)
    age, gender = age_gender_tasks(GENDERS)
    model = model_of(vectors, [age.fitted_to(ages), gender])
    outputs = model.outputs(torch.from_numpy(vectors))
    found = model.loss(model.sums(outputs, {"age": ages, "gender": genders}))
    # As the notebook writes it.
    age_loss = functional.mse_loss(outputs["age"], torch.from_numpy(ages).float()) * (1 / 10)
    gender_loss = functional.cross_entropy(outputs["gender"], torch.from_numpy(genders)) * (1 / 0.8)
    w = 1 / 2
    torch.testing.assert_close(found, w * age_loss + (1 - w) * gender_loss, rtol=1e-6, atol=0)


def test_the_loss_of_three_tasks_is_the_sum_of_their_cross_entropies(vectors):
    rng = np.random.default_rng(4)
    targets = {"gender": rng.integers(0, 2, N), "race": rng.integers(0, 3, N)}
    model = model_of(vectors, [HeadTask("gender", GENDERS), HeadTask("race", RACES)])
    outputs = model.outputs(torch.from_numpy(vectors))
    expected = sum(
        functional.cross_entropy(outputs[name], torch.from_numpy(values))
        for name, values in targets.items()
    )
    torch.testing.assert_close(
        model.loss(model.sums(outputs, targets)), expected, rtol=1e-6, atol=0
    )


def test_the_huber_loss_is_torch_s(vectors):
    ages = np.linspace(1, 80, N)
    model = model_of(vectors, [HeadTask("age", loss="huber", delta=2.5).fitted_to(ages)])
    outputs = model.outputs(torch.from_numpy(vectors))
    expected = functional.huber_loss(outputs["age"], torch.from_numpy(ages).float(), delta=2.5)
    found = model.loss(model.sums(outputs, {"age": ages}))
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=0)


def test_missing_labels_take_no_part(vectors):
    ages = np.linspace(1, 80, N)
    genders = np.arange(N) % 2
    model = model_of(vectors, [HeadTask("age", loss="mse"), HeadTask("gender", GENDERS)])
    inputs = torch.from_numpy(vectors)
    known_ages, known_genders = np.arange(N) < 7, np.arange(N) >= 5
    masked = {
        "age": np.where(known_ages, ages, np.nan),
        "gender": np.where(known_genders, genders, NO_CLASS),
    }
    sums = model.sums(model.outputs(inputs), masked)
    assert (sums["age"].n, sums["gender"].n) == (7, 7)
    found = model.loss(sums)
    expected = functional.mse_loss(
        model.outputs(inputs[known_ages])["age"], torch.from_numpy(ages[known_ages]).float()
    ) + functional.cross_entropy(
        model.outputs(inputs[known_genders])["gender"], torch.from_numpy(genders[known_genders])
    )
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=0)
    # Heads of a task without any label get no gradient, and the loss stays a number.
    masked["age"] = np.full(N, np.nan)
    loss = model.loss(model.sums(model.outputs(inputs), masked))
    loss.backward()
    assert math.isfinite(float(loss.detach()))
    age_head, gender_head = model.heads
    assert age_head.weight.grad is None or not age_head.weight.grad.any()
    assert gender_head.weight.grad.any()


def test_untrained_heads_say_the_mean_and_even_shares(vectors):
    ages = np.linspace(10, 60, N)
    tasks = [HeadTask("age", loss="mse").fitted_to(ages), HeadTask("race", RACES)]
    model = MultiTaskModel(VectorTower.fitted_to(vectors), tasks)
    ((_, decided),) = predict_batches(model, VectorInputs(vectors))
    np.testing.assert_allclose(decided["age"].value, 35, rtol=1e-6)
    np.testing.assert_allclose(decided["race"].score, 1 / 3)
    assert decided["race"].predicted == ["White"] * N  # of equal classes the first


def test_predictions_are_softmax_margin_and_value(vectors):
    tasks = [HeadTask("age", loss="mse", center=30, spread=10), HeadTask("race", RACES)]
    model = model_of(vectors, tasks)
    batches = list(predict_batches(model, VectorInputs(vectors), batch_size=5))
    assert [len(rows) for rows, _ in batches] == [5, 5, 2]
    with torch.inference_mode():
        outputs = model.outputs(torch.from_numpy(vectors))
    shares = outputs["race"].double().softmax(1)
    two = shares.topk(2, dim=1).values
    race = [decided["race"] for _, decided in batches]
    np.testing.assert_allclose(np.concatenate([each.score for each in race]), two[:, 0], rtol=1e-6)
    np.testing.assert_allclose(
        np.concatenate([each.margin for each in race]), two[:, 0] - two[:, 1], atol=1e-6
    )
    predicted = [name for each in race for name in each.predicted]
    assert predicted == [RACES[i] for i in shares.argmax(1)]
    values = np.concatenate([decided["age"].value for _, decided in batches])
    np.testing.assert_allclose(values, outputs["age"], rtol=1e-6)


def test_folded_heads_do_the_same_to_raw_vectors(vectors):
    tasks = [HeadTask("age", loss="mse", center=30, spread=10), HeadTask("race", RACES)]
    model = model_of(vectors, tasks)
    with torch.inference_mode():
        outputs = model.outputs(torch.from_numpy(vectors))
    for attribute, (weight, bias) in model.linear_heads().items():
        found = vectors @ weight.T + bias
        expected = outputs[attribute].numpy().reshape(N, -1)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"attribute": "age", "loss": "mae"}, UnknownNameError, "No loss 'mae'"),
        ({"attribute": "race", "classes": ("White",)}, InputError, "needs at least 2"),
        ({"attribute": "age", "classes": GENDERS, "loss": "mse"}, InputError, "2 classes"),
        ({"attribute": "age", "loss": "mse", "divisor": 0}, InputError, "divisor 0"),
    ],
)
def test_impossible_tasks_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        HeadTask(**arguments)


def test_two_heads_of_one_attribute_are_refused(vectors):
    with pytest.raises(InputError, match="one each"):
        MultiTaskModel(VectorTower.fitted_to(vectors), [HeadTask("race", RACES)] * 2)


def test_the_rate_rises_in_a_line_and_falls_as_a_cosine():
    found = [rate_factor(step, 10, 2) for step in range(10)]
    expected = [0.5, 1.0] + [0.5 * (1 + math.cos(math.pi * i / 8)) for i in range(8)]
    assert found == pytest.approx(expected)
    assert rate_factor(0, 10, 0) == 1.0


def test_only_matrices_decay_and_heads_have_their_own_rate():
    parameters = {
        "tower.block.weight": torch.nn.Parameter(torch.zeros(2, 2)),
        "tower.norm.weight": torch.nn.Parameter(torch.zeros(2)),
        "heads.0.weight": torch.nn.Parameter(torch.zeros(2, 2)),
        "heads.0.bias": torch.nn.Parameter(torch.zeros(2)),
    }
    optimizer = make_optimizer(parameters, lr=1e-5, head_lr=1e-3, weight_decay=0.1)
    found = {
        next(name for name, p in parameters.items() if p is group["params"][0]): (
            group["lr"],
            group["weight_decay"],
        )
        for group in optimizer.param_groups
    }
    assert found == {
        "tower.block.weight": (1e-5, 0.1),
        "tower.norm.weight": (1e-5, 0.0),
        "heads.0.weight": (1e-3, 0.1),
        "heads.0.bias": (1e-3, 0.0),
    }
