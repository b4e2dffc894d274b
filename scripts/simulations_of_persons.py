"""How often figures of scores, years, annotators and maps cover where people have several pictures.

Part of `scripts/simulations.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from simulated_store import catalogue

from facestore.catalog.counts import keep

Floats = npt.NDArray[np.float64]

# A run is a split of 60 people with 5 pictures each.
N_PEOPLE, N_PICTURES = 60, 5
# What is drawn of two pictures of a person is the same in half of the cases.
CORRELATION = 0.5
RECALLS = {"Female": 0.9, "Male": 0.8}
MEAN_ERROR = 5.0
CALIBRATION_ERROR = 0.1
WORDINGS = ("photo", "face", "portrait")
# How often two wordings say the same of a sample because they look at the same things.
SHARED = 0.8
N_REPLICATES = 200

_FILL = """
insert into datasets values ('faces', null, null, '2026-01-01');
insert into samples (sample_id, dataset, path, split, person_id)
select id, 'faces', id || '.jpg', run, if($are_known, person, null) from drawn;
insert into labels (sample_id, attribute, label) select id, 'gender', gender from drawn;
insert into labels (sample_id, attribute, label) select id, 'race', race from drawn;
insert into labels (sample_id, attribute, value) select id, 'age', age from drawn;
insert into classifiers (classifier_id, name, kind, attribute)
values (1, 'gender', 'imported', 'gender'), (2, 'age', 'imported', 'age');
insert into predictions (classifier_id, sample_id, predicted) select 1, id, said from drawn;
insert into predictions (classifier_id, sample_id, value) select 2, id, guess from drawn;
insert into annotations (sample_id, attribute, annotator, label, n)
select id, 'gender', annotator, gender, 1
from drawn cross join (values ('one'), ('two')) as annotators (annotator);
insert into encoders (encoder_id, name, source, architecture, logit_scale, vectors, added_at)
values (1, 'drawn', 'imported', 'drawn', 100, 'drawn', '2026-01-01');
insert into prompt_sets values ('words', null), ('wordings', null);
insert into prompts values (1, 'a man'), (2, 'a woman'), (9, 'anything');
insert into prompt_set_members values ('words', 1, null), ('words', 2, null);
insert into prompt_classes values ('words', 1, 'gender', 'Male'), ('words', 2, 'gender', 'Female');
insert into similarities select 1, 1, id, 0.2 + apart / 2 from drawn;
insert into similarities select 1, 2, id, 0.2 - apart / 2 from drawn;
insert into similarities select 1, 9, id, liked from drawn;
insert into explanations
select
    id::varchar, 1, null, id, 'relevancy', 'a man', '{}', 0.5, 1, 3,
    [looked, (1 - looked) / 2, (1 - looked) / 2], null, null, timestamp '2026-01-01', null
from drawn
"""
_FILL_WORDING = """
insert into prompts values ({man}, 'a {word} of a man'), ({woman}, 'a {word} of a woman');
insert into prompt_set_members values ('wordings', {man}, null), ('wordings', {woman}, null);
insert into prompt_classes
values ('wordings', {man}, 'gender', 'Male'), ('wordings', {woman}, 'gender', 'Female');
insert into similarities select 1, {man}, id, if({word} = (gender = 'Male'), 0.3, 0.2) from drawn;
insert into similarities select 1, {woman}, id, if({word} = (gender = 'Male'), 0.2, 0.3) from drawn
"""
_KEEP_FIGURES = f"""
insert into bootstraps
select
    split[5:]::integer, classifier_id, dataset, split, group_attribute, group_name, measure, 0,
    {N_REPLICATES}, n_samples, value, timestamp '2026-01-01', n_effective
from figures_to_bootstrap
where measure = 'macro_f1' and group_attribute = 'overall' and split[5:]::integer <= {{n_runs}}
"""
_DRAW = f"""
insert into bootstrap_figures
select {{run}}, replicate, value
from replicated_classes(1, 'faces', 'run {{run}}', 'overall', 0, 1, {N_REPLICATES})
where measure = 'macro_f1'
"""
_ACCURACY = sum(RECALLS.values()) / 2
_CONFIDENT = 0.75 - CALIBRATION_ERROR
_OVERALL = "where group_attribute = 'overall'"
# Of each figure its true value and its intervals, a row a run.
_INTERVALS = {
    "balanced accuracy": (_ACCURACY, f"class_averages_by_group {_OVERALL}"),
    "macro F1, drawn anew": (0.0, "bootstrap_intervals"),
    "mean error of ages": (
        MEAN_ERROR,
        "(select ci_low_mae as ci_low, ci_high_mae as ci_high, group_attribute from age_errors) "
        f"{_OVERALL}",
    ),
    "accuracy where annotators agree": (
        _ACCURACY,
        f"accuracy_by_agreement {_OVERALL} and agreement_kind = 'all'",
    ),
    "accuracy with k = 1": (_CONFIDENT, "k_sweep where k = 1 and prompt_set = 'words'"),
    "accuracy of a wording": (_ACCURACY, "wording_accuracy where wording like '% photo %'"),
    "label at the first place": (
        _CONFIDENT,
        f"top_n_accuracy(1) {_OVERALL} and prompt_set = 'words' and aggregation = 'mean'",
    ),
    "calibration error": (
        CALIBRATION_ERROR,
        f"calibration {_OVERALL} and prompt_set = 'words' and aggregation = 'mean'",
    ),
    "share of relevance": (1 / 3, f"region_shares_by_group {_OVERALL} and region = 'left'"),
    "skew of a ranking": (
        0.0,
        "ranking_skew_by_group('anything', null, 'race', 60) where group_name = 'White'",
    ),
}


def fill_persons(con: duckdb.DuckDBPyConnection, n_runs: int, *, are_known: bool) -> float:
    """Add a split a run, with a classifier of gender and of age, scores, annotations and maps.

    Returns
    -------
    float
        The true macro F1.
    """
    rng = np.random.default_rng(4)
    n = n_runs * N_PEOPLE * N_PICTURES
    person = np.repeat(np.arange(n_runs * N_PEOPLE), N_PICTURES)

    def drawn(method: str = "random") -> Floats:
        """Draw numbers by a method of NumPy; those of a person hang together."""
        one_by_one = getattr(rng, method)
        of_person = one_by_one(size=n_runs * N_PEOPLE)[person]
        is_of_person = rng.random(n) < np.sqrt(CORRELATION)
        return np.where(is_of_person, of_person, one_by_one(size=n))

    is_male = (rng.random(n_runs * N_PEOPLE) < 0.5)[person]
    gender = np.where(is_male, "Male", "Female")
    other = np.where(is_male, "Female", "Male")
    age = rng.uniform(20, 60, n)
    confidence = rng.uniform(0.5, 1, n)
    # softmax of 100 times the cosines is the confidence
    apart = np.log(confidence / (1 - confidence)) / 100
    is_found = drawn() < confidence - CALIBRATION_ERROR
    recall = np.where(is_male, RECALLS["Male"], RECALLS["Female"])
    common = drawn()
    rows = {
        "id": np.arange(1, n + 1),
        "run": np.char.add("run ", (person // N_PEOPLE + 1).astype(str)),
        "person": person.astype(str),
        "gender": gender,
        "race": np.where((rng.random(n_runs * N_PEOPLE) < 0.5)[person], "White", "Black"),
        "age": age,
        "guess": age + drawn("laplace") * MEAN_ERROR,
        "said": np.where(drawn() < recall, gender, other),
        "apart": np.where(is_found == is_male, apart, -apart),
        "liked": drawn("normal") / 10,
        "looked": drawn() * 2 / 3,
        **{word: np.where(drawn() < SHARED, common, drawn()) < _ACCURACY for word in WORDINGS},
    }
    con.register("drawn", pa.table(rows))
    con.execute(_FILL.replace("$are_known", str(are_known).lower()))
    for place, word in enumerate(WORDINGS):
        con.execute(_FILL_WORDING.format(word=word, man=3 + 2 * place, woman=4 + 2 * place))
    keep(con)
    right = np.array(list(RECALLS.values()))
    # of two classes that are as frequent
    return float(np.mean(2 * right / (1 + right + (1 - right[::-1]))))


def persons(n_runs: int) -> Iterator[tuple[str, float, float, float, float]]:
    """Draw people with five pictures each; give coverages where it is known who they are, and not.

    Yields
    ------
    tuple
        The figure; how often its interval covers the true one where pictures are taken for people,
        and where persons are known; mean widths of both. Of Cochran's Q, how often its p-value is
        not below 0.05 where all wordings are as good, and no width.
    """
    found: dict[str, list[tuple[float, float]]] = {}
    for are_known in (False, True):
        with catalogue() as con:
            macro_f1 = fill_persons(con, n_runs, are_known=are_known)
            n_drawn = n_runs // 3
            con.execute(_KEEP_FIGURES.format(n_runs=n_drawn))
            for run in range(1, n_drawn + 1):
                con.execute(_DRAW.format(run=run))
            for name, (truth, intervals) in _INTERVALS.items():
                figures = con.execute(
                    "select avg((ci_low <= $truth + 1e-9 and $truth <= ci_high)::integer), "
                    f"avg(ci_high - ci_low) from {intervals}",
                    {"truth": macro_f1 if intervals == "bootstrap_intervals" else truth},
                ).fetchall()[0]
                found.setdefault(name, []).append(figures)
            figures = con.execute(
                "select avg((p_value >= 0.05)::integer), null from prompt_sensitivity "
                "where prompt_set = 'wordings'"
            ).fetchall()[0]
            found.setdefault("Cochran's Q, no difference", []).append(figures)
    for name, (as_people, as_persons) in found.items():
        yield name, as_people[0], as_persons[0], as_people[1], as_persons[1]
