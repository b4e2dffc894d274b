from __future__ import annotations

import copy
import dataclasses
import math
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import scipy.special
import torch
from support import training_run
from support.training_run import OPTIONS, faces, image, losses, new_model, small_training, tiny

from facestore.errors import InputError, UnknownNameError
from facestore.training.events import EventFiles
from facestore.training.gradients.loop import Training
from facestore.training.gradients.loop_options import LoopOptions
from facestore.training.gradients.tower import VectorTower
from facestore.training.heads import AgeOptions, HeadTask, MultiTaskModel, age_gender_tasks
from facestore.training.inference import predict_batches
from facestore.training.inputs import (
    Augmentation,
    ImageInputs,
    Labelled,
    VectorInputs,
    epoch_batches,
)
from facestore.training.records import EpochRecord, StepRecord

pytestmark = pytest.mark.portable


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def undisturbed():
    torch.set_num_threads(1)
    training = small_training()
    return training, list(training.run())


def weights(training: Training) -> dict[str, torch.Tensor]:
    return {name: p.detach().clone() for name, p in training.model.trained().items()}


def assert_same(one: Training, two: Training) -> None:
    assert one.history == two.history
    found, expected = weights(one), weights(two)
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def vector_samples(n: int = 400, seed: int = 0) -> Labelled:
    """Give vectors of which one direction is the gender and another the age."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(n, 8)).astype(np.float32)
    genders = (vectors[:, 0] > 0).astype(np.int64)
    ages = 40 + 12 * vectors[:, 1] + rng.normal(0, 2, n)
    return Labelled(VectorInputs(vectors), {"age": ages, "gender": genders})


def vector_training(options: LoopOptions, validation: Labelled | None = None) -> Training:
    samples = vector_samples()
    age, gender = age_gender_tasks(("Male", "Female"))
    tasks = [age.fitted_to(samples.targets["age"]), gender]
    tower = VectorTower.fitted_to(samples.inputs._vectors)
    return Training(MultiTaskModel(tower, tasks), samples, validation, options)


def test_the_loss_falls_and_says_how(undisturbed):
    training, records = undisturbed
    steps = [each for each in records if isinstance(each, StepRecord)]
    assert [each.step for each in steps] == list(range(1, 16))  # 72 faces, 16 a step, 3 times
    assert {each.n_steps for each in steps} == {training.n_steps} == {15}
    # Heads that start at zero guess: the sum of ln K.
    assert steps[0].metrics.loss == pytest.approx(math.log(2) + math.log(7) + math.log(9), rel=1e-6)
    assert [sum(each.metrics.n.values()) for each in steps[:5]] == [48, 48, 48, 48, 24]
    first, *_, last = training.history
    assert last.train.loss < 0.75 * first.train.loss
    assert last.validation.loss < first.validation.loss
    assert last.validation.figures["gender"]["accuracy"] > 0.7
    assert [each for each in records if isinstance(each, EpochRecord)] == list(training.history)


def test_only_the_last_block_and_the_final_norm_change(undisturbed):
    training, _ = undisturbed
    original = tiny()[0].visual.state_dict()
    changed = {
        name.removeprefix("transformer.resblocks.")[:2]
        for name, values in training.model.tower.module.state_dict().items()
        if not torch.equal(values, original[name])
    }
    assert changed == {"3.", "ln"}


def test_the_metrics_of_an_epoch_are_those_of_its_samples(undisturbed):
    training, _ = undisturbed
    samples = faces(1_000, 32)
    decided = [d for _, d in predict_batches(training.model, samples.inputs, batch_size=10)]
    best = min(training.history, key=lambda each: each.validation.loss)
    for attribute, classes in training_run.CLASSES.items():
        truth = samples.targets[attribute]
        with torch.inference_mode():
            logits = training.model.outputs(samples.inputs.batch(np.arange(32)))[attribute]
        expected = scipy.special.log_softmax(logits.numpy(), axis=1)[np.arange(32), truth]
        assert best.validation.task_losses[attribute] == pytest.approx(-expected.mean(), rel=1e-5)
        predicted = [classes.index(name) for each in decided for name in each[attribute].predicted]
        assert best.validation.figures[attribute]["accuracy"] == np.mean(
            np.array(predicted) == truth
        )
    assert best.validation.loss == pytest.approx(sum(best.validation.task_losses.values()))


def test_workers_change_nothing_and_another_seed_does(undisturbed):
    training, records = undisturbed
    threaded = small_training(workers=2)
    assert losses(list(threaded.run())) == losses(records)
    assert_same(threaded, training)
    other = small_training(options=dataclasses.replace(OPTIONS, seed=1))
    second = [next(run).metrics.loss for run in [other.run()] for _ in range(2)][1]
    assert second != losses(records)[2]


@pytest.mark.parametrize("interrupted_at", [3, 5, 9])
def test_a_resumed_run_is_the_undisturbed_run(undisturbed, tmp_path, interrupted_at):
    training, records = undisturbed
    file = tmp_path / "run.ckpt"
    first = small_training(file)

    class InterruptedTrainingError(Exception):
        pass

    seen = []

    def run_until():
        for record in first.run():
            seen.append(record)
            if isinstance(record, StepRecord) and record.step == interrupted_at:
                raise InterruptedTrainingError

    with pytest.raises(InterruptedTrainingError):
        run_until()
    resumed = small_training(file)
    # Step 5 ends an epoch, but its record came before the validation was done.
    assert 0 < resumed.n_done <= interrupted_at
    assert resumed.n_done >= interrupted_at - OPTIONS.checkpoint_every
    n_done = resumed.n_done
    found = list(resumed.run())
    expected = losses(records)
    assert losses(found) == {step: expected[step] for step in range(n_done + 1, 16)}
    assert_same(resumed, training)
    again = small_training(file)
    assert list(again.run()) == []  # it is finished
    assert_same(again, training)
    assert list(tmp_path.iterdir()) == [file]


def test_a_run_that_is_killed_ends_as_an_undisturbed_run(undisturbed, tmp_path):
    training, _ = undisturbed
    file, result = tmp_path / "run.ckpt", tmp_path / "result"
    # As a module, not by its path: beside it lies another `faces` than that of scripts/.
    command = [sys.executable, "-m", training_run.__name__, str(file), str(result), "8"]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=env) as process:
        deadline = time.monotonic() + 120
        while not result.exists() and time.monotonic() < deadline:
            assert process.poll() is None
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    resumed = small_training(file)
    assert resumed.n_done == 8
    list(resumed.run())
    assert_same(resumed, training)


def test_a_checkpoint_of_another_training_is_refused(tmp_path):
    file = tmp_path / "run.ckpt"
    run = small_training(file).run()
    for _ in range(3):
        next(run)
    with pytest.raises(InputError, match="other samples, labels or options"):
        small_training(file, options=dataclasses.replace(OPTIONS, lr=1e-4))
    small_training(file, options=dataclasses.replace(OPTIONS, checkpoint_every=7))
    file.write_bytes(b"something else")
    with pytest.raises(InputError, match="is no checkpoint of a training") as caught:
        small_training(file)
    assert "\n" not in str(caught.value)


def test_it_stops_early_and_keeps_the_best_epoch():
    validation = vector_samples(200, seed=1)
    wrong = Labelled(
        validation.inputs,
        {"age": validation.targets["age"], "gender": 1 - validation.targets["gender"]},
    )
    options = LoopOptions(epochs=9, batch_size=50, head_lr=0.05, patience=2)
    training = vector_training(
        options,
        dataclasses.replace(
            wrong, targets={"age": np.full(200, np.nan), "gender": wrong.targets["gender"]}
        ),
    )
    list(training.run())
    # Labels the other way round: the loss rises from the first epoch on.
    assert [each.is_best for each in training.history] == [True, False, False]
    found = training.evaluate(training._validation)
    assert found == training.history[0].validation
    without = vector_training(dataclasses.replace(options, epochs=4))
    list(without.run())
    assert [each.validation for each in without.history] == [None] * 4


def test_age_and_gender_are_learned_from_stored_vectors():
    options = LoopOptions(epochs=20, batch_size=32, head_lr=0.05, patience=None)
    validation = vector_samples(200, seed=1)
    training = vector_training(options, validation)
    list(training.run())
    last = training.history[-1].validation
    assert last.figures["age"]["mae"] < 2.2  # the noise: mean absolute error 1.6 years
    assert last.figures["gender"] == {"accuracy": pytest.approx(1, abs=0.05)}
    expected = 0.5 * last.task_losses["age"] / 10 + 0.5 * last.task_losses["gender"] / 0.8
    assert last.loss == pytest.approx(expected)
    rows = list(training.history[-1].rows("age"))
    assert ("epoch", 20, "validation", "mae", last.figures["age"]["mae"]) in rows
    assert {row[3] for row in rows} == {"total_loss", "loss", "mae"}


def test_batches_have_every_sample_once_and_hang_on_seed_and_epoch():
    batches = epoch_batches(10, 4, 0, 0)
    assert [len(batch) for batch in batches] == [4, 4, 2]
    assert sorted(np.concatenate(batches).tolist()) == list(range(10))
    flat = {
        (seed, epoch): tuple(np.concatenate(epoch_batches(10, 4, seed, epoch)).tolist())
        for seed in range(2)
        for epoch in range(2)
    }
    assert len(set(flat.values())) == 4


def test_pictures_change_by_seed_epoch_and_sample():
    inputs = ImageInputs([lambda: image(7)] * 2, tiny()[1], augmentation=Augmentation())
    rows = np.array([0, 1])
    plain = inputs.batch(rows)
    assert torch.equal(plain[0], plain[1])
    one = inputs.batch(rows, (0, 0))
    assert torch.equal(one, inputs.batch(rows, (0, 0)))
    assert not torch.equal(one[0], one[1])
    assert not torch.equal(one, inputs.batch(rows, (0, 1)))
    assert not torch.equal(one, inputs.batch(rows, (1, 0)))
    # Small changes: a face stays more like itself than like another.
    other = tiny()[1](image(8))
    for changed in one:
        near = min((changed - plain[0]).abs().mean(), (changed.flip(2) - plain[0]).abs().mean())
        assert near < (changed - other).abs().mean()


def test_without_changes_a_picture_stays_as_it_is():
    picture = image(7)
    same = Augmentation(flip=0, min_area=1, ratio=0, color=0)(picture, np.random.default_rng(0))
    assert same.tobytes() == picture.tobytes()


def test_a_loss_that_is_no_number_stops_it():
    samples = Labelled(VectorInputs(np.full((8, 2), 3, np.float32)), {"age": np.full(8, 1e30)})
    tower = VectorTower(np.zeros(2, np.float32), np.ones(2, np.float32))
    training = Training(
        MultiTaskModel(tower, [HeadTask("age", loss="mse")]), samples, None, LoopOptions()
    )
    with pytest.raises(InputError, match="loss at step 1 is inf"):
        list(training.run())


def test_impossible_options_are_refused():
    with pytest.raises(UnknownNameError, match="No precision 'fp8'"):
        LoopOptions(precision="fp8")
    with pytest.raises(ValueError, match="3 labels of 'age' for 2 inputs"):
        Labelled(VectorInputs(np.zeros((2, 2), np.float32)), {"age": np.zeros(3)})


@pytest.mark.parametrize("bad", [-1, math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    "name", ["lr", "head_lr", "weight_decay", "warmup", "clip_norm", "epochs", "patience"]
)
def test_numbers_that_no_training_can_have_are_refused(name, bad):
    if name in ("epochs", "patience") and bad != -1:
        bad = 0  # whole numbers
    with pytest.raises(InputError, match=rf"`{name}={bad}`: a .* was expected"):
        LoopOptions(**{name: bad})


@pytest.mark.parametrize("bad", [-1, math.nan, math.inf])
@pytest.mark.parametrize("name", ["share", "delta", "divisor", "gender_divisor"])
def test_weights_that_no_loss_can_have_are_refused(name, bad):
    with pytest.raises(InputError, match=rf"`{name}={bad}`: a .* was expected"):
        AgeOptions(**{name: bad})


def test_event_files_have_every_step_and_epoch(tmp_path, undisturbed):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    training, records = undisturbed
    events = EventFiles(tmp_path, pytest.fail)
    for record in records:
        events.write(record)
    events.close()
    written = EventAccumulator(str(tmp_path)).Reload()

    def curve(tag):
        return {each.step: pytest.approx(each.value, rel=1e-6) for each in written.Scalars(tag)}

    assert losses(records) == curve("step/loss")
    assert {each.epoch: each.validation.loss for each in training.history} == curve(
        "validation/loss"
    )
    assert {
        each.epoch: each.validation.figures["race"]["accuracy"] for each in training.history
    } == curve("validation/race accuracy")
    assert {each.epoch: each.train.task_losses["age"] for each in training.history} == curve(
        "fit/age loss"
    )


def test_without_tensorboard_one_line_says_so(tmp_path, undisturbed, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    lines: list[str] = []
    events = EventFiles(tmp_path, lines.append)
    events.write(undisturbed[1][0])
    events.close()
    (line,) = lines
    assert "TensorBoard is not installed" in line
    assert list(tmp_path.iterdir()) == []


def test_bfloat16_keeps_weights_and_heads_in_float32():
    options = dataclasses.replace(OPTIONS, epochs=1, precision="amp_bf16")
    model = new_model()
    before = copy.deepcopy(model.trained())
    training = Training(model, faces(0, 16), None, options)
    (step, _) = list(training.run())
    assert {p.dtype for p in model.trained().values()} == {torch.float32}
    assert math.isfinite(step.metrics.loss)
    assert any(not torch.equal(p, before[name]) for name, p in model.trained().items())
    with torch.autocast("cpu", dtype=torch.bfloat16), torch.inference_mode():
        outputs = model.outputs(faces(0, 2).inputs.batch(np.array([0, 1])))
    assert {values.dtype for values in outputs.values()} == {torch.float32}
