"""What chance alone shows, and how often each interval and test of the views is right.

`python scripts/simulations.py` prints the tables of docs/figures.md in under two minutes. Answers
are drawn with seeds for groups of known accuracy, of the sizes of FairFace's validation labels;
what is drawn goes through the views as predictions of a user do.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from simulated_store import RACES, SIZES, catalogue
from simulations_of_figures import single_figures
from simulations_of_many import tables
from simulations_of_people import people
from simulations_of_persons import persons

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

ACCURACY = 0.95
GAPS = (0.0, 0.048, 0.096)
SPREADS = (0.0, 0.01, 0.02)
WORDINGS = ("photo", "face", "portrait")
# How often two wordings say the same of a sample because they look at the same things.
SHARED = 0.8


def wilson(n_right: npt.NDArray[np.int64], n: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Give both ends of the 95 % interval of Wilson 1927."""
    z = 1.959963984540054
    middle = (n_right + z**2 / 2) / (n + z**2)
    width = z / (n + z**2) * np.sqrt(n_right * (n - n_right) / n + z**2 / 4)
    return middle - width, middle + width


def by_chance(n_runs: int) -> Iterator[tuple[str, int, float, float, float, float]]:
    """Draw groups of one accuracy; give what their largest gap looks like.

    Yields
    ------
    tuple
        The groups and their number; mean and 95th percentile of the largest minus the smallest
        accuracy; the share of runs in which the best and the worst interval are disjoint, and in
        which that of the worst group covers the truth.
    """
    rng = np.random.default_rng(0)
    for name, sizes in SIZES.items():
        n = np.array(sizes)
        n_right = rng.binomial(n, ACCURACY, (n_runs, len(n)))
        shares = n_right / n
        low, high = wilson(n_right, n)
        runs = np.arange(n_runs)
        best, worst = shares.argmax(1), shares.argmin(1)
        gaps = np.ptp(shares, 1)
        yield (
            name,
            len(n),
            float(gaps.mean()),
            float(np.quantile(gaps, 0.95)),
            float((low[runs, best] > high[runs, worst]).mean()),
            float((high[runs, worst] >= ACCURACY).mean()),
        )


def fill_faces(con: duckdb.DuckDBPyConnection) -> None:
    """Add a sample for each face of the validation labels, with gender and race."""
    sizes = SIZES["gender x race"]
    cells = [(gender, race) for gender in ("Female", "Male") for race in RACES]
    genders = [g for (g, _), n in zip(cells, sizes, strict=True) for _ in range(n)]
    races = [r for (_, r), n in zip(cells, sizes, strict=True) for _ in range(n)]
    faces = pa.table({"id": range(1, len(genders) + 1), "gender": genders, "race": races})
    con.register("faces", faces)
    con.execute("insert into datasets values ('faces', null, null, '2026-01-01')")
    con.execute(
        "insert into samples (sample_id, dataset, path, split) select id, 'faces', id || '.jpg', "
        "'val' from faces"
    )
    for attribute in ("gender", "race"):
        con.execute(
            "insert into labels (sample_id, attribute, label) "
            f"select id, '{attribute}', {attribute} from faces"
        )


def fill_answers(con: duckdb.DuckDBPyConnection, accuracies: Floats, n_runs: int) -> None:
    """Add a classifier of gender a run, right with the accuracy of the cell of each face."""
    rng = np.random.default_rng(1)
    of_face = np.repeat(accuracies, SIZES["gender x race"])
    for run in range(1, n_runs + 1):
        answers = pa.table({"is_right": rng.random(len(of_face)) < of_face})
        con.register("answers", answers.append_column("id", [range(1, len(of_face) + 1)]))
        con.execute(
            "insert into classifiers (classifier_id, name, kind, attribute) "
            f"values ({run}, 'run {run}', 'imported', 'gender')"
        )
        con.execute(
            f"insert into predictions (classifier_id, sample_id, predicted) select {run}, id, "
            "if(is_right = (gender = 'Female'), 'Female', 'Male') "
            "from answers inner join faces using (id)"
        )


def gaps(n_runs: int) -> Iterator[tuple[float, str, float, float, float, float, float]]:
    """Draw groups that differ by a known gap; give what the views say of it.

    Yields
    ------
    tuple
        The true gap of the 14 cells; the groups; the true gap between these; the share of runs in
        which the interval of `accuracy_gaps` covers it; in which its lower end is above 0; mean
        error of the gap and of `posterior_gap`.
    """
    for gap in GAPS:
        accuracies = ACCURACY + np.linspace(-gap / 2, gap / 2, len(SIZES["gender x race"]))
        with catalogue() as con:
            fill_faces(con)
            fill_answers(con, accuracies, n_runs)
            for name in ("race", "gender x race"):
                truth = true_gap(accuracies, name)
                found = con.execute(
                    "select avg((ci_low <= $truth and $truth <= ci_high)::integer), "
                    "avg((ci_low > 0)::integer), avg(gap) - $truth from accuracy_gaps "
                    "where group_attribute = $name",
                    {"truth": truth, "name": name},
                ).fetchall()[0]
                (spread,) = con.execute(
                    "select avg(posterior_gap) - $truth from group_spread "
                    "where group_attribute = $name",
                    {"truth": truth, "name": name},
                ).fetchall()[0]
                yield gap, name, truth, *found, spread


def true_gap(accuracies: Floats, name: str) -> float:
    """Give the largest difference of two groups' accuracies."""
    if name != "race":
        return float(np.ptp(accuracies))
    n = np.array(SIZES["gender x race"]).reshape(2, -1)
    return float(np.ptp((accuracies.reshape(2, -1) * n).sum(0) / n.sum(0)))


def fill_wordings(con: duckdb.DuckDBPyConnection, spread: float, n_runs: int, n: int) -> None:
    """Add an encoder a run, for which three wordings are right with accuracies that differ."""
    con.execute("insert into prompt_sets values ('words', null)")
    prompts = [(f"a {word} of a {who}", who) for word in WORDINGS for who in ("man", "woman")]
    for prompt_id, (text, who) in enumerate(prompts, 1):
        con.execute("insert into prompts values ($id, $text)", {"id": prompt_id, "text": text})
        con.execute("insert into prompt_set_members values ('words', $id, null)", {"id": prompt_id})
        con.execute(
            "insert into prompt_classes values ('words', $id, 'gender', $class)",
            {"id": prompt_id, "class": "Male" if who == "man" else "Female"},
        )
    rng = np.random.default_rng(2)
    accuracies = ACCURACY + np.linspace(-spread / 2, spread / 2, len(WORDINGS))
    samples = np.arange(1, n + 1)
    labels = con.execute(
        "select label = 'Male' from labels where attribute = 'gender' and sample_id <= $n "
        "order by sample_id",
        {"n": n},
    ).fetchall()
    is_male = np.array(labels).ravel()
    for run in range(1, n_runs + 1):
        con.execute(
            "insert into encoders (encoder_id, name, source, architecture, vectors, added_at) "
            f"values ({run}, 'run {run}', 'imported', 'run', 'run{run}', '2026-01-01')"
        )
        for place, is_right in enumerate(answers_of_wordings(rng, accuracies, n)):
            says_male = is_right == is_male
            for offset, cosine in enumerate((says_male, ~says_male)):
                rows = pa.table({"sample": samples, "cosine": 0.2 + 0.1 * cosine})
                con.register("cosines", rows)
                con.execute(
                    f"insert into similarities select {run}, {2 * place + offset + 1}, sample, "
                    "cosine from cosines"
                )


def answers_of_wordings(rng: np.random.Generator, accuracies: Floats, n: int) -> Iterator[Bools]:
    """Draw which samples each wording gets right; most of them all wordings get right or wrong."""
    common = rng.random(n)
    for accuracy in accuracies:
        own = np.where(rng.random(n) < SHARED, common, rng.random(n))
        yield own < accuracy


def wordings(n_runs: int, n: int = 2_000) -> Iterator[tuple[float, float, float]]:
    """Draw answers of wordings; give how often each rule says that they differ.

    Yields
    ------
    tuple
        The true spread; the share of runs in which it is larger than the mean width of the
        wordings' intervals, and in which Cochran's Q has p < 0.05.
    """
    for spread in SPREADS:
        with catalogue() as con:
            fill_faces(con)
            fill_wordings(con, spread, n_runs, n)
            by_width, by_test = con.execute(
                "with widths as (select encoder_id, avg(ci_high - ci_low) as width "
                "from wording_accuracy group by encoder_id) "
                "select avg((accuracy_spread > width)::integer), avg((p_value < 0.05)::integer) "
                "from prompt_sensitivity inner join widths using (encoder_id)"
            ).fetchall()[0]
            yield spread, by_width, by_test


def main() -> None:
    """Print the tables of docs/figures.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300, help="runs that go through the views")
    n_runs = parser.parse_args().runs
    print("| groups | n | mean gap | 95th percentile | best and worst disjoint | worst covered |")
    print("|---|---|---|---|---|---|")
    for name, n, *figures in by_chance(20_000):
        mean, high, disjoint, covered = figures
        print(f"| {name} | {n} | {mean:.3f} | {high:.3f} | {disjoint:.2f} | {covered:.2f} |")
    print(
        "\n| groups | true gap | covered | surely above 0 | error of the gap | of posterior_gap |"
    )
    print("|---|---|---|---|---|---|")
    for _, name, truth, covered, sure, error, shrunken in gaps(n_runs):
        shares = f"{covered:.2f} | {sure:.2f}"
        print(f"| {name} | {truth:.3f} | {shares} | {error:+.3f} | {shrunken:+.3f} |")
    print("\n| true spread | larger than the intervals | Cochran's Q below 0.05 |")
    print("|---|---|---|")
    for spread, by_width, by_test in wordings(n_runs // 3):
        print(f"| {spread:.2f} | {by_width:.2f} | {by_test:.2f} |")
    print("\n| figure | samples | true value | covered | mean width |")
    print("|---|---|---|---|---|")
    for name, n, truth, covered, width in single_figures(3 * n_runs):
        shown = name.replace("_", " ")
        print(f"| {shown} | {n} | {truth:.3f} | {covered:.2f} | {width:.3f} |")
    print("\n| 1,000 pictures | icc | n_effective | Wilson covers | with n_effective |")
    print("|---|---|---|---|---|")
    for name, icc, n_effective, covered, covered_by_people in people(5 * n_runs):
        shares = f"{covered:.3f} | {covered_by_people:.3f}"
        print(f"| {name} | {icc:.2f} | {n_effective:.0f} | {shares} |")
    print(
        "\n| 300 pictures of 60 people | covered, persons not known | known | mean width | known |"
    )
    print("|---|---|---|---|---|")
    for name, covered, covered_by_people, *widths in persons(n_runs // 2):
        shown = " | ".join("" if width is None else f"{width:.3f}" for width in widths)
        print(f"| {name} | {covered:.2f} | {covered_by_people:.2f} | {shown} |")
    for line in tables(iter(catalogue, None), n_runs // 3, accuracy=0.9, shared=SHARED):
        print(line)


if __name__ == "__main__":
    main()
