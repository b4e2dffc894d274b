"""Models by data sets: means, ranks and their intervals against plain recounts."""

from __future__ import annotations

import itertools
from collections import defaultdict

import numpy as np
import pytest
from scipy import stats
from support.rows import classifier, encoder, fill, labels, load, predictions, read, samples

MODELS = ("A one", "A two", "B one", "C", "D")
KINDS = {"medical": ("pcam", "malaria", "camelyon17"), "plants": ("cassava", "wds/deep_weeds")}
KINDS["other"] = tuple(f"set {i}" for i in range(7))
TASKS = tuple(itertools.chain(*KINDS.values()))


def board(con, values, metric="accuracy"):
    fill(
        con,
        published_figures=[
            {
                "source": "a board", "architecture": model.split()[0],
                "pretrained": " ".join(model.split()[1:]) or None, "dataset": task,
                "attribute": task, "group_attribute": "overall", "group_name": "overall",
                "metric": metric, "value": value,
            }
            for (model, task), value in values.items()
        ],
    )  # fmt: skip


@pytest.fixture
def values(con):
    """Give a board of figures with ties, in which the last model has not all data sets."""
    rng = np.random.default_rng(3)
    made = {
        (model, task): round(float(value), 2)
        for model in MODELS
        for task, value in zip(TASKS, rng.uniform(0.3, 0.7, len(TASKS)), strict=True)
    }
    for task in TASKS[-3:]:
        del made["D", task]
    made["A one", TASKS[0]] = made["B one", TASKS[0]]
    board(con, made)
    return made


def parts(values):
    for kind, tasks in {"all": TASKS, **KINDS}.items():
        table = defaultdict(list)
        for (model, task), value in values.items():
            if task in tasks:
                table[model].append(value)
        yield kind, table


def test_means_are_over_the_tasks_of_a_kind_and_over_those_that_all_have(con, values):
    columns = "kind, model, n_tasks, mean, n_shared, mean_shared, ci_low, ci_high"
    found = {row[:2]: row[2:] for row in read(con, "benchmark_means", columns)}
    assert len(found) == 4 * len(MODELS)
    for kind, table in parts(values):
        longest = max(map(len, table.values()))
        for model, own in table.items():
            n_tasks, mean, n_shared, mean_shared, low, high = found[kind, model]
            assert (n_tasks, mean) == (len(own), pytest.approx(np.mean(own)))
            if len(own) < longest:
                assert (n_shared, mean_shared, low, high) == (0, None, None, None)
                continue
            assert (n_shared, mean_shared) == (longest, pytest.approx(np.mean(own)))
            limits = stats.t.interval(0.95, longest - 1, np.mean(own), stats.sem(own))
            assert (low, high) == pytest.approx(np.clip(limits, 0, 1), abs=1e-9)


def test_ranks_are_those_of_scipy_and_pairs_are_held_to_one_level(con, values):
    columns = (
        "kind, model, n_models, n_tasks, mean_rank, ci_low, ci_high, critical_difference, "
        "rank_best, rank_worst"
    )
    found = {row[:2]: row[2:] for row in read(con, "benchmark_ranks", columns)}
    for kind, table in parts(values):
        longest = max(map(len, table.values()))
        models = [model for model in table if len(table[model]) == longest]
        ranks = stats.rankdata([[-v for v in table[model]] for model in models], axis=0)
        means = dict(zip(models, ranks.mean(axis=1), strict=True))
        k = len(models)
        z = stats.norm.isf(0.05 / (k * (k - 1)))
        critical = z * np.sqrt(k * (k + 1) / (6 * longest))
        assert {model for of, model in found if of == kind} == set(models)
        for model, own in zip(models, ranks, strict=True):
            n_models, n_tasks, mean, low, high, difference, best, worst = found[kind, model]
            assert (n_models, n_tasks, mean) == (k, longest, pytest.approx(means[model]))
            limits = stats.t.interval(0.95, longest - 1, own.mean(), stats.sem(own))
            assert (low, high) == pytest.approx(limits, abs=1e-9, nan_ok=True)
            assert difference == pytest.approx(critical, abs=1e-6)
            assert best == 1 + sum(means[model] - each > critical for each in means.values())
            assert worst == k - sum(each - means[model] > critical for each in means.values())


def test_no_model_is_clearly_best_where_all_are_alike(con):
    rng = np.random.default_rng(5)
    n_runs = 60
    runs = [(f"{run} {i}", f"run {run}") for run in range(n_runs) for i in range(12)]
    board(con, {(m, task): float(rng.uniform()) for m in MODELS for task, _ in runs})
    con.executemany("insert into dataset_kinds values (?, ?)", runs)
    rows = read(con, "benchmark_ranks", "kind, rank_best, rank_worst", "kind <> 'all'")
    assert len(rows) == n_runs * len(MODELS)
    n_wrong = len({kind for kind, *limits in rows if limits != [1, len(MODELS)]})
    assert n_wrong <= 6  # .05 of 60 is 3, and 6 or more would be one in twenty


@pytest.fixture
def measured(con):
    fill(con, samples=samples(20, dataset="cars", split="test"))
    load(con, labels=labels("cars", ["Audi", "BMW"] * 10))
    con.execute(
        "insert into classes (attribute, class, ordinal) values ('cars', 'Audi', 1), ('cars', 'BMW', 2)"
    )
    fill(
        con, encoders=[encoder(1, "RN50 openai") | {"architecture": "RN50", "pretrained": "openai"}]
    )
    made = {"encoder_id": 1, "aggregation": "sum", "attribute": "cars"}
    fill(con, classifiers=[classifier(1, "worse") | made, classifier(2, "better") | made])
    load(con, predictions=predictions(["Audi"] * 20, 1) + predictions(["Audi", "BMW"] * 10, 2))
    figure = {
        "metric": "accuracy",
        "attribute": "cars",
        "dataset": "cars",
        "group_attribute": "overall",
    }
    figure |= {"group_name": "overall", "architecture": "RN50", "pretrained": "openai"}
    fill(con, published_figures=[figure | {"source": "p", "value": 0.99}])
    return con


def test_what_is_measured_stands_for_a_model_before_what_is_published(measured):
    rows = read(
        measured,
        "benchmark",
        "place, model, origin, classifier, split, kind, value",
        "metric = 'accuracy'",
    )
    assert sorted(rows) == [
        (1, "RN50 openai", "measured", "better", "test", "fine-grained", 1.0),
        (2, "RN50 openai", "measured", "worse", "test", "fine-grained", 0.5),
        (3, "RN50 openai", "published", None, "test", "fine-grained", 0.99),
    ]
    ((adjusted,),) = read(
        measured, "benchmark", "value", "metric = 'chance_adjusted_accuracy' and place = 1"
    )
    assert adjusted == 0.5


def test_a_figure_of_seen_samples_is_no_mean(measured):
    seen = {
        "classifier_id": 2,
        "purpose": "trained",
        "dataset": "cars",
        "split": "test",
        "is_whole": False,
    }
    fill(measured, classifier_data=[seen])
    ((name, value),) = read(
        measured, "benchmark", "classifier, value", "metric = 'accuracy' and place = 1"
    )
    assert (name, value) == ("worse", 0.5)
    measured.execute("delete from predictions where classifier_id = 1")
    assert set(read(measured, "benchmark_means", "metric, mean", "kind = 'all'")) == {
        ("accuracy", 0.99)
    }


@pytest.mark.parametrize(
    ("dataset", "kind"),
    [("cars", "fine-grained"), ("tfds/cars", "fine-grained"), ("TFDS/Cars", "fine-grained"),
     ("cars/test", "other"), ("my cars", "other"), ("wds/vtab/pcam", "medical")],
)  # fmt: skip
def test_a_data_set_is_of_the_kind_of_its_name_or_the_last_part_of_it(con, dataset, kind):
    board(con, {("A one", dataset): 0.5})
    assert read(con, "kinds_of_datasets", "dataset, kind") == [(dataset, kind)]
    con.execute(
        "insert into dataset_kinds values (?, 'mine') on conflict do update set kind = 'mine'",
        [dataset],
    )
    assert read(con, "kinds_of_datasets", "kind") == [("mine",)]


def test_sizes_are_those_of_the_encoder_of_a_model_published_or_made_of_its_vectors(con, values):
    named = {"architecture": "A", "pretrained": "one"}
    sized = {"n_parameters": 30, "n_parameters_image": 20, "gflops": 1.5}
    fill(
        con,
        encoders=[
            encoder(1, "A one fp32") | named | sized,
            encoder(2, "A one bf16") | named,
        ],
        classifiers=[
            classifier(1, encoder_id=1, attribute="gender", name="a probe", kind="linear_probe")
        ],
    )
    load(
        con,
        samples=samples(4),
        labels=labels("gender", ["Male"] * 4),
        predictions=predictions(["Male"] * 4),
    )
    found = {row[0]: row[1:] for row in read(con, "model_sizes", "*")}
    assert found.keys() == {*MODELS, "a probe"}
    assert found["A one"] == found["a probe"] == (30, 20, 1.5)
    assert {found[model] for model in MODELS if model != "A one"} == {(None, None, None)}
