"""Which ranks classifiers may have, against a recount that takes each of them by itself."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm
from support.rows import classifier, fill, labels, load, predictions, read, samples

COLUMNS = "classifier, rank, rank_best, rank_worst"


def fill_right(con, right, *, answered=None):
    """Fill a catalogue: bool (M, N), whether each of M classifiers is right on each of N samples."""
    n = right.shape[1]
    load(con, samples=samples(n), labels=labels("gender", ["Male", "Female"] * (n // 2)))
    truth = np.array(["Male", "Female"] * (n // 2))
    other = np.array(["Female", "Male"] * (n // 2))
    for i, row in enumerate(right, 1):
        said = np.where(row, truth, other).tolist()
        if answered is not None:
            said = [each if has else None for each, has in zip(said, answered[i - 1], strict=True)]
        load(con, predictions=predictions(said, i))
    fill(con, classifiers=[classifier(i, f"c{i:02}") for i in range(1, len(right) + 1)])


def critical(rivals, tails):
    return norm.isf(0.025 / max(1, sum(tails[k] for k in rivals)))


def both_beyond(correlation, z):
    """Return the probability that two normal variates are both beyond z, on either side."""
    total = 0.0
    for sign in (1, -1):
        covariance = [[1, sign * correlation], [sign * correlation, 1]]
        total += 2 * multivariate_normal([0, 0], covariance, allow_singular=True).cdf([-z, -z])
    return total


def recounted(right):
    """Return rank, rank_best and rank_worst of each classifier; bool (M, N)."""
    m = len(right)
    x = right.astype(int)
    n_right = x.sum(1)
    by_rank = sorted(range(m), key=lambda i: (-n_right[i], i))
    found = []
    for one in range(m):
        differences = {k: x[k] - x[one] for k in by_rank if k != one}
        apart = {k: int((d**2).sum()) for k, d in differences.items()}
        rivals = [k for k in differences if apart[k]]
        z = norm.isf(0.025 / len(rivals)) if rivals else None
        parents, tails = {}, {}
        for place, k in enumerate(rivals):
            correlations = {
                before: abs(differences[k] @ differences[before])
                / np.sqrt(apart[k] * apart[before])
                for before in rivals[:place]
            }
            parents[k] = max(correlations, key=correlations.get, default=None)
            best = max(correlations.values(), default=0)
            shared = both_beyond(best, z) / (2 * norm.sf(z)) if place else 0
            tails[k] = 1 - shared
        errors = {k: differences[k].sum() / np.sqrt(apart[k]) for k in rivals}
        sure = {k for k in rivals if abs(errors[k]) > critical(rivals, tails)}
        left = [k for k in rivals if k not in sure]
        again = {k: tails[k] if parents[k] in left else 1 for k in left}
        sure |= {k for k in left if abs(errors[k]) > critical(left, again)}
        found.append(
            (
                f"c{one + 1:02}",
                1 + sum(n_right[k] > n_right[one] for k in range(m)),
                1 + sum(errors[k] > 0 for k in sure),
                m - sum(errors[k] < 0 for k in sure),
            )
        )
    return found


def drawn(seed, m, n, spread=0.3):
    """Draw classifiers of different accuracies which mostly agree."""
    rng = np.random.default_rng(seed)
    common = rng.random(n)
    accuracies = np.linspace(0.8 - spread / 2, 0.8 + spread / 2, m)
    own = np.where(rng.random((m, n)) < 0.7, common, rng.random((m, n)))
    return own < accuracies[:, None]


@pytest.mark.parametrize(("seed", "m", "n"), [(1, 12, 400), (2, 7, 150), (3, 3, 60), (4, 2, 40)])
def test_ranks_are_those_of_a_recount(con, seed, m, n):
    right = drawn(seed, m, n)
    fill_right(con, right)
    assert read(con, "rank_intervals", COLUMNS) == recounted(right)
    # the rank itself is that of the leaderboard
    assert read(con, "leaderboard", "classifier, rank") == [row[:2] for row in recounted(right)]


def test_a_second_look_decides_what_the_first_left_open(con):
    rng = np.random.default_rng(8)
    right = np.vstack([rng.random((1, 600)) < 0.85, rng.random((30, 600)) < 0.2])
    close = right[0].copy()
    close[np.flatnonzero(close)[:9]] = False  # 9 against 0: 3.0 standard errors
    right = np.vstack([right, close[None]])
    fill_right(con, right)
    rows = {name: rest for name, *rest in read(con, "rank_intervals", COLUMNS)}
    assert rows["c01"] == [1, 1, 1]
    assert rows["c32"] == [2, 2, 2]


def test_they_are_narrower_than_those_of_single_intervals(con):
    fill_right(con, drawn(5, 16, 800))
    width = "avg(rank_worst - rank_best)"
    ((paired,),) = read(con, "rank_intervals", width)
    ((single,),) = read(con, "leaderboard", width)
    assert paired < 0.8 * single


def test_a_missing_prediction_counts_as_wrong(con):
    right = np.ones((3, 200), bool)
    right[0, :20] = False
    answered = np.ones((3, 200), bool)
    answered[1, 40:] = False  # all 40 right
    answered[2, :40] = False  # and of the third the others: no sample in common
    fill_right(con, right, answered=answered)
    assert read(con, "rank_intervals", COLUMNS) == recounted(right & answered)
    assert read(con, "rank_intervals", COLUMNS)[1] == ("c02", 3, 3, 3)


def test_two_that_are_right_on_the_same_samples_share_their_ranks(con):
    right = drawn(6, 2, 60)
    right[1] = right[0]
    fill_right(con, right)
    assert read(con, "rank_intervals", f"{COLUMNS}, critical_value") == [
        ("c01", 1, 1, 2, None),
        ("c02", 1, 1, 2, None),
    ]


def test_a_classifier_alone_is_first_of_one(con):
    fill_right(con, drawn(7, 1, 40))
    assert read(con, "rank_intervals", f"{COLUMNS}, n_ranked") == [("c01", 1, 1, 1, 1)]


def test_what_was_trained_on_the_split_is_no_rival(con):
    right = drawn(9, 6, 300)
    fill_right(con, right)
    row = {"classifier_id": 6, "purpose": "trained", "dataset": "faces", "split": "val"}
    fill(con, classifier_data=[row | {"is_whole": False}])
    assert read(con, "rank_intervals", COLUMNS) == recounted(right[:5])


@pytest.mark.parametrize("correlation", [-1, -0.7, 0, 0.3, 0.9, 0.999, 1])
@pytest.mark.parametrize("n_pairs", [1, 3.5, 49, 1e4])
def test_tails_in_common_are_those_of_the_bivariate_normal(con, correlation, n_pairs):
    z = norm.isf(0.025 / n_pairs)
    expected = both_beyond(correlation, z)
    query = f"select both_beyond({correlation}::double, {n_pairs}::double)"
    ((found,),) = con.execute(query).fetchall()
    assert found == pytest.approx(expected, rel=2e-3, abs=1e-9)
