"""How often the views are right about the best of many classifiers and about ranks.

Part of `scripts/simulations.py`. A run is a split of its own, which all classifiers are judged
on, so that one catalogue has many runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

BEST_OF = ((50, 500), (10, 500))
RANKED, RANKED_ON = 20, 1_000
# True accuracies around the mean: none differ, all do, three groups of equal ones.
RANKS: dict[str, Floats] = {
    "all the same": np.zeros(RANKED),
    "evenly over 0.06": np.linspace(-0.03, 0.03, RANKED),
    "three groups, 0.03 apart": np.repeat([-0.03, 0.0, 0.03], [7, 6, 7]),
}


def right_answers(rng: np.random.Generator, accuracies: Floats, n: int, shared: float) -> Bools:
    """Draw which of n samples each classifier gets right: mostly all get the same ones right.

    Parameters
    ----------
    accuracies
        M true accuracies.
    shared
        How often the answer of a classifier hangs on the sample alone.
    """
    own = rng.random((len(accuracies), n))
    common = np.broadcast_to(rng.random(n), own.shape)
    return np.where(rng.random(own.shape) < shared, common, own) < accuracies[:, None]


def fill_runs(
    con: duckdb.DuckDBPyConnection, accuracies: Floats, n_runs: int, n: int, shared: float
) -> None:
    """Add a classifier for each accuracy, and n samples a run, each run in a split of its own."""
    rng = np.random.default_rng(3)
    con.execute("insert into datasets values ('faces', null, null, '2026-01-01')")
    con.execute(
        "insert into samples (sample_id, dataset, path, split) "
        f"select i, 'faces', i || '.jpg', 'run ' || (i // {n}) from range({n_runs * n}) as t(i)"
    )
    con.execute(
        "insert into labels (sample_id, attribute, label) select sample_id, 'gender', 'Female' "
        "from samples"
    )
    for number in range(len(accuracies)):
        con.execute(
            "insert into classifiers (classifier_id, name, kind, attribute) "
            f"values ({number}, 'c{number:02}', 'imported', 'gender')"
        )
    is_right = np.concatenate(
        [right_answers(rng, accuracies, n, shared) for _ in range(n_runs)], axis=1
    )
    for number, answers in enumerate(is_right):
        rows = pa.table({"id": np.arange(n_runs * n), "is_right": answers})
        con.register("answers", rows)
        con.execute(
            "insert into predictions (classifier_id, sample_id, predicted) "
            f"select {number}, id, if(is_right, 'Female', 'Male') from answers"
        )
    con.unregister("answers")


def best_of_many(
    catalogue: AbstractContextManager[duckdb.DuckDBPyConnection],
    n_classifiers: int,
    n: int,
    n_runs: int,
    *,
    accuracy: float,
    shared: float,
) -> tuple[float, float, float, float]:
    """Draw equally good classifiers; give what the view says of the best of them.

    Returns
    -------
    tuple
        Mean error of its accuracy, the share of runs in which its interval covers the truth; both
        again of the held-out accuracy.
    """
    with catalogue as con:
        fill_runs(con, np.full(n_classifiers, accuracy), n_runs, n, shared)
        (found,) = con.execute(
            "select avg(accuracy) - $truth, "
            "avg(($truth between ci_low and ci_high)::integer), "
            "avg(held_out_accuracy) - $truth, "
            "avg(($truth between ci_low_held_out and ci_high_held_out)::integer) "
            "from best_classifier",
            {"truth": accuracy},
        ).fetchall()
        return found  # type: ignore[no-any-return]


def ranks(
    catalogue: AbstractContextManager[duckdb.DuckDBPyConnection],
    differences: Floats,
    n_runs: int,
    *,
    accuracy: float,
    shared: float,
) -> tuple[float, float, float, float]:
    """Draw classifiers of known ranks; give what two views say which ranks they may have.

    Returns
    -------
    tuple
        Of `rank_intervals` the share of classifiers and runs in which all ranks that it truly has
        (several where others are as good) are in the interval, and the mean width, in ranks; both
        again of the intervals of single accuracies, which `leaderboard` has.
    """
    better = (differences[:, None] < differences).sum(1)
    as_good = (differences[:, None] == differences).sum(1)
    truth = pa.table(
        {
            "classifier": [f"c{i:02}" for i in range(len(differences))],
            "first": 1 + better,
            "last": better + as_good,
        }
    )
    figures: list[float] = []
    with catalogue as con:
        fill_runs(con, accuracy + differences, n_runs, RANKED_ON, shared)
        con.register("truth", truth)
        for view in ("rank_intervals", "leaderboard"):
            (found,) = con.execute(
                "select avg((rank_best <= first and last <= rank_worst)::integer), "
                f"avg(rank_worst - rank_best + 1) from {view} inner join truth using (classifier)"
            ).fetchall()
            figures += found
    covered, width, covered_single, width_single = figures
    return covered, width, covered_single, width_single


def tables(
    catalogues: Iterator[AbstractContextManager[duckdb.DuckDBPyConnection]],
    n_runs: int,
    *,
    accuracy: float,
    shared: float,
) -> Iterator[str]:
    """Yield the lines of both tables of docs/figures.md."""
    yield "\n| of | n | error of the best | covered | error held out | covered |"
    yield "|---|---|---|---|---|---|"
    for m, n in BEST_OF:
        error, covered, error_held, covered_held = best_of_many(
            next(catalogues), m, n, 2 * n_runs, accuracy=accuracy, shared=shared
        )
        figures = f"{error:+.4f} | {covered:.2f} | {error_held:+.4f} | {covered_held:.2f}"
        yield f"| {m} | {n:,} | {figures} |"
    yield "\n| true accuracies | covered | mean width | single intervals cover | mean width |"
    yield "|---|---|---|---|---|"
    for name, differences in RANKS.items():
        covered, width, covered_single, width_single = ranks(
            next(catalogues), differences, n_runs, accuracy=accuracy, shared=shared
        )
        yield (
            f"| {name} | {covered:.2f} | {width:.1f} | {covered_single:.2f} | {width_single:.1f} |"
        )
