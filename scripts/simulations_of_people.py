"""How often intervals cover where several pictures show the same person.

Part of `scripts/simulations.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pyarrow as pa
from simulated_store import catalogue

from facestore.catalog.counts import keep

# How many pictures each person of 1,000 pictures has, and how much being right hangs together.
PEOPLE = {
    "2 pictures a person": ([2] * 500, 0.5),
    "5 pictures a person": ([5] * 200, 0.5),
    "10 pictures a person": ([10] * 100, 0.5),
    "ten copies of 5 %": ([10] * 34 + [1] * 660, 1.0),
}
ACCURACY_OF_PEOPLE = 0.9


def fill_people(con: duckdb.DuckDBPyConnection, sizes: list[int], icc: float, n_runs: int) -> None:
    """Add people with pictures, and a classifier a run; of a person it gets the same right."""
    rng = np.random.default_rng(3)
    people = np.repeat(np.arange(len(sizes)), sizes)
    samples = np.arange(1, len(people) + 1)
    con.register("pictures", pa.table({"id": samples, "person": people}))
    con.execute("insert into datasets values ('people', null, null, '2026-01-01')")
    con.execute(
        "insert into samples (sample_id, dataset, path, person_id) "
        "select id, 'people', id || '.jpg', person from pictures"
    )
    con.execute("insert into labels select id, 'gender', 'Female', null from pictures")
    for run in range(1, n_runs + 1):
        of_person = (rng.random(len(sizes)) < ACCURACY_OF_PEOPLE)[people]
        own = rng.random(len(people)) < ACCURACY_OF_PEOPLE
        is_right = np.where(rng.random(len(people)) < np.sqrt(icc), of_person, own)
        con.register("answers", pa.table({"id": samples, "is_right": is_right}))
        con.execute(
            "insert into classifiers (classifier_id, name, kind, attribute) "
            f"values ({run}, 'run {run}', 'imported', 'gender')"
        )
        con.execute(
            f"insert into predictions (classifier_id, sample_id, predicted) select {run}, id, "
            "if(is_right, 'Female', 'Male') from answers"
        )
    keep(con)


def people(n_runs: int) -> Iterator[tuple[str, float, float, float, float]]:
    """Draw pictures of people of whom a classifier gets several right, or wrong; give coverages.

    Yields
    ------
    tuple
        The people; mean of the estimated correlation and of n_effective; the share of runs in which
        Wilson's interval of all pictures covers the true accuracy, and in which that of
        `accuracy_by_group` does.
    """
    for name, (sizes, icc) in PEOPLE.items():
        with catalogue() as con:
            fill_people(con, sizes, icc, n_runs)
            figures = con.execute(
                "select avg(icc), avg(n_effective), "
                "avg(($truth between wilson_low(n_correct, n_samples) "
                "and wilson_high(n_correct, n_samples))::integer), "
                "avg(($truth between ci_low and ci_high)::integer) "
                "from accuracy_by_group inner join cluster_effects "
                "using (classifier, group_attribute, n_samples, n_effective) "
                "where group_attribute = 'overall'",
                {"truth": ACCURACY_OF_PEOPLE},
            ).fetchall()[0]
            yield name, *figures
