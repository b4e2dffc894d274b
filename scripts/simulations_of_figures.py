"""How often the intervals of single figures cover: balanced accuracy, macro F1, ages, calibration.

Part of `scripts/simulations.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pyarrow as pa
from simulated_store import RACES, SIZES, catalogue

from facestore.catalog.counts import keep

# Of single figures: classes as frequent as in FairFace, and how many of each are found.
PART_OF_RACES = tuple(n / sum(SIZES["race"]) for n in SIZES["race"])
RECALLS = (0.86, 0.75, 0.73, 0.55, 0.66, 0.61, 0.78)
# Mean absolute error of ages in years; they are off by a Laplace distribution.
MEAN_ERROR = 5.0
CALIBRATION_ERRORS = {"no calibration error": 0.0, "calibration error": 0.1}
_N_REPLICATES = 200

_FILL_RUNS = """
update settings set value = 'run,race' where setting = 'group_attributes';
insert into datasets values ('faces', null, null, '2026-01-01');
insert into samples (sample_id, dataset, path) select id, 'faces', id || '.jpg' from drawn;
insert into labels (sample_id, attribute, label) select id, 'run', run from drawn;
insert into labels (sample_id, attribute, label) select id, 'race', race from drawn;
insert into labels (sample_id, attribute, label) select id, 'gender', gender from drawn;
insert into labels (sample_id, attribute, value) select id, 'age', age from drawn;
insert into classifiers (classifier_id, name, kind, attribute)
values (1, 'race', 'imported', 'race'), (2, 'age', 'imported', 'age');
insert into predictions (classifier_id, sample_id, predicted) select 1, id, said from drawn;
insert into predictions (classifier_id, sample_id, value) select 2, id, guess from drawn;
insert into prompt_sets values ('words', null);
insert into prompts values (1, 'a man'), (2, 'a woman');
insert into prompt_set_members values ('words', 1, null), ('words', 2, null);
insert into prompt_classes values ('words', 1, 'gender', 'Male'), ('words', 2, 'gender', 'Female');
"""
_FILL_ENCODER = """
insert into encoders (encoder_id, name, source, architecture, logit_scale, vectors, added_at)
values ({place}, '{name}', 'imported', 'drawn', 100, 'drawn{place}', '2026-01-01');
insert into similarities select {place}, 1, id, male_{place} from drawn;
insert into similarities select {place}, 2, id, 0.4 - male_{place} from drawn;
"""
_BOOTSTRAP = f"""
insert into bootstraps
select
    group_name::integer, classifier_id, dataset, split, group_attribute, group_name, measure, 0,
    {_N_REPLICATES}, n_samples, value, timestamp '2026-01-01', n_effective
from figures_to_bootstrap
where measure = 'macro_f1' and group_attribute = 'run';
insert into bootstrap_figures
select group_name::integer, replicate, value
from replicated_classes(1, 'faces', null, 'run', 0, 1, {_N_REPLICATES})
where measure = 'macro_f1'
"""
# The intervals of each figure, a row a run.
_INTERVALS = {
    "balanced_accuracy": "select ci_low, ci_high from class_averages_by_group "
    "where group_attribute = 'run'",
    "macro_f1": "select ci_low, ci_high from bootstrap_intervals",
    "mae": "select ci_low_mae as ci_low, ci_high_mae as ci_high from age_errors "
    "where group_attribute = 'run'",
    **{
        name: "select ci_low, ci_high from calibration "
        f"where group_attribute = 'run' and aggregation = 'mean' and encoder = '{name}'"
        for name in CALIBRATION_ERRORS
    },
}


def fill_runs(con: duckdb.DuckDBPyConnection, n: int, n_runs: int) -> dict[str, float]:
    """Add a group of samples a run, answers of a classifier of race and one of age, two encoders.

    Returns
    -------
    dict of str to float
        The true figures: `balanced_accuracy`, `macro_f1`, `mae`, and the calibration error of each
        encoder by its name.
    """
    rng = np.random.default_rng(3)
    n_all = n * n_runs
    race = rng.choice(len(RACES), n_all, p=PART_OF_RACES)
    is_right = rng.random(n_all) < np.array(RECALLS)[race]
    other = (race + rng.integers(1, len(RACES), n_all)) % len(RACES)
    age = rng.uniform(20, 60, n_all)
    confidence = {name: rng.uniform(0.5, 1, n_all) for name in CALIBRATION_ERRORS}
    is_male = rng.random(n_all) < 0.5
    rows = {
        "id": np.arange(1, n_all + 1),
        "run": np.repeat(np.arange(1, n_runs + 1), n),
        "race": np.array(RACES)[race],
        "said": np.array(RACES)[np.where(is_right, race, other)],
        "age": age,
        "guess": age + rng.laplace(0, MEAN_ERROR, n_all),
        "gender": np.where(is_male, "Male", "Female"),
    }
    for place, (name, error) in enumerate(CALIBRATION_ERRORS.items(), 1):
        is_found = rng.random(n_all) < confidence[name] - error
        # softmax of 100 times the cosines is the confidence
        apart = np.log(confidence[name] / (1 - confidence[name])) / 100
        rows[f"male_{place}"] = 0.2 + np.where(is_found == is_male, apart, -apart) / 2
    con.register("drawn", pa.table(rows))
    con.execute(_FILL_RUNS)
    for place, name in enumerate(CALIBRATION_ERRORS, 1):
        con.execute(_FILL_ENCODER.format(place=place, name=name))
    keep(con)
    matrix = np.outer(np.multiply(PART_OF_RACES, np.subtract(1, RECALLS)), np.full(7, 1 / 6))
    np.fill_diagonal(matrix, np.multiply(PART_OF_RACES, RECALLS))
    f1 = 2 * np.diag(matrix) / (matrix.sum(0) + matrix.sum(1))
    return {
        "balanced_accuracy": float(np.mean(RECALLS)),
        "macro_f1": float(f1.mean()),
        "mae": MEAN_ERROR,
        **CALIBRATION_ERRORS,
    }


def single_figures(n_runs: int) -> Iterator[tuple[str, int, float, float, float]]:
    """Draw samples of known figures; give how often the intervals of the views cover these.

    Yields
    ------
    tuple
        The figure, the number of samples, the true value, the share of runs in which its interval
        covers it, and its mean width.
    """
    for n in (100, 300):
        with catalogue() as con:
            truths = fill_runs(con, n, n_runs)
            con.execute(_BOOTSTRAP)
            for name, truth in truths.items():
                covered, width = con.execute(
                    "select avg((ci_low <= $truth + 1e-9 and $truth <= ci_high)::integer), "
                    f"avg(ci_high - ci_low) from ({_INTERVALS[name]})",
                    {"truth": truth},
                ).fetchall()[0]
                yield name, n, truth, covered, width
