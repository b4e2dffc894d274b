"""How often `check` fails somebody by chance: many classifiers, several attributes, no true gap.

`python scripts/simulations_of_checks.py` prints its table of docs/figures.md in under two minutes
for each accuracy; `--families` says how many calls of `check` are drawn.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

import duckdb
import numpy as np
import pyarrow as pa
from simulated_store import catalogue

# Samples of the validation labels of FairFace.
SIZES = {
    "race": (1556, 1550, 1516, 1623, 1209, 1415, 2085),
    "age": (199, 1356, 1181, 3300, 2330, 1353, 796, 321, 118),
    "gender": (5792, 5162),
}
N_CLASSIFIERS = 50


def fill_people(con: duckdb.DuckDBPyConnection) -> int:
    """Add samples with labels of all attributes, which have nothing to do with each other."""
    rng = np.random.default_rng(3)
    n = sum(SIZES["gender"])
    con.execute("insert into datasets values ('faces', null, null, '2026-01-01')")
    con.execute(
        f"insert into samples (sample_id, dataset, path) select i, 'faces', i || '.jpg' "
        f"from range(1, {n + 1}) as t (i)"
    )
    for attribute, sizes in SIZES.items():
        places = rng.permutation(np.repeat(np.arange(1, len(sizes) + 1), sizes))
        con.register("labelled", pa.table({"id": np.arange(1, n + 1), "place": places}))
        con.execute(
            "insert into labels (sample_id, attribute, label) select id, attribute, class "
            "from labelled inner join classes on ordinal = place and attribute = $name",
            {"name": attribute},
        )
    return n


def fill_classifiers(
    con: duckdb.DuckDBPyConnection, numbers: Sequence[int], n: int, accuracy: float
) -> None:
    """Add classifiers of gender that are right by chance alone, each with the same accuracy."""
    for number in numbers:
        rng = np.random.default_rng((4, number))
        answers = {"id": np.arange(1, n + 1), "is_right": rng.random(n) < accuracy}
        con.register("answers", pa.table(answers))
        con.execute(
            "insert into classifiers (classifier_id, name, kind, attribute) "
            f"values ({number}, 'c{number:06}', 'imported', 'gender')"
        )
        con.execute(
            f"insert into predictions (classifier_id, sample_id, predicted) select {number}, id, "
            "if(is_right = (label = 'Female'), 'Female', 'Male') "
            "from answers inner join labels on id = sample_id and attribute = 'gender'"
        )


def families(
    con: duckdb.DuckDBPyConnection, n_runs: int, accuracy: float
) -> Iterator[tuple[str, int, float]]:
    """Draw families of classifiers without any gap; give how often one of them is failed.

    Parameters
    ----------
    con
        An empty catalogue.
    n_runs
        Families.
    accuracy
        Of every classifier in every group.

    Yields
    ------
    tuple
        What an interval holds for, and for how many pairs; the share of families in which the
        interval of one gap or more begins above 0.
    """
    n = fill_people(con)
    fill_classifiers(con, range(1, n_runs * N_CLASSIFIERS + 1), n, accuracy)
    pairs = {name: len(sizes) * (len(sizes) - 1) // 2 for name, sizes in SIZES.items()}
    in_all = N_CLASSIFIERS * sum(pairs.values())
    for what, n_compared in (("one gap", None), ("all gaps of a check", in_all)):
        gaps = "accuracy_gaps" if n_compared is None else f"accuracy_gaps_among({n_compared})"
        (share,) = con.execute(
            "with families as (select (right(classifier, 6)::integer - 1) // $n as family, "
            f"bool_or(ci_low > 0) as is_failed from {gaps} "
            "where not contains(group_attribute, ' x ') group by family) "
            "select avg(is_failed::integer) from families",
            {"n": N_CLASSIFIERS},
        ).fetchall()[0]
        yield what, n_compared or max(pairs.values()), share


def main() -> None:
    """Print the table of docs/figures.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", type=int, default=120, help="calls of check that are drawn")
    parser.add_argument("--accuracy", type=float, default=0.95, help="of each classifier")
    given = parser.parse_args()
    print("| accuracy | an interval holds for | pairs | some gap begins above 0 |")
    print("|---|---|---|---|")
    with catalogue() as con:
        for what, n_pairs, share in families(con, given.families, given.accuracy):
            print(f"| {given.accuracy:.2f} | {what} | {n_pairs:,} | {share:.3f} |")


if __name__ == "__main__":
    main()
