"""Views over counts, in passes over the predictions: at the size of FairFace, and at five times that."""

from __future__ import annotations

import resource

import pytest
from support.rows import classifier, fill

from facestore.catalog.counts import keep, uncount_classifiers

N_CLASSIFIERS = 20
# What a question may cost, in passes that count the predictions by cell.
MOST = {
    "leaderboard": 5,
    "accuracy_by_group": 2,
    "classifier_summary": 2,
    "confusion_matrix": 2,
    "prediction_coverage": 2,
}
PASS = "from current_prediction_counts(true)"


def cpu(con, query):
    """Return seconds of CPU of a query, the median of three."""

    def once():
        start = resource.getrusage(resource.RUSAGE_SELF)
        con.execute(query).fetchall()
        end = resource.getrusage(resource.RUSAGE_SELF)
        return end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime

    once()
    return sorted(once() for _ in range(3))[1]


def fill_judged(con, n):
    """Fill samples with three labels each, and predictions of which a tenth is wrong."""
    con.execute("insert into datasets values ('faces', '/faces', 'folder', now())")
    con.execute(
        "insert into samples select i, 'faces', i || '.jpg', null, 'train', null, null, null "
        f"from range({n}) as t (i)"
    )
    for attribute in ("age", "gender", "race"):
        con.execute(
            "insert into labels select i, $1, names[1 + (hash(i, $1) % len(names))::integer], null "
            f"from range({n}) as t (i) cross join (select list(class order by ordinal) as names "
            "from classes where attribute = $1)",
            [attribute],
        )
    attributes = ["age", "gender", "race"]
    fill(
        con,
        classifiers=[classifier(i, f"c{i}", attributes[i % 3]) for i in range(N_CLASSIFIERS)],
    )
    con.execute(
        "insert into predictions select classifier_id, sample_id, "
        "if(hash(sample_id, classifier_id) % 10 = 0, first, label), null, null, null "
        "from classifiers inner join labels using (attribute) "
        "inner join (select attribute, arg_min(class, ordinal) as first from classes group by all) "
        "using (attribute) order by classifier_id, sample_id"
    )


@pytest.mark.parametrize("copies", [1, 5])
def test_views_over_counts(benchmark, con, sized, record, copies):
    fill_judged(con, sized(86_744, 400) * copies)
    keep(con)
    con.execute("checkpoint")
    a_pass = cpu(con, PASS)
    passes = {view: cpu(con, f"from {view}") / max(a_pass, 1e-9) for view in MOST}
    benchmark.pedantic(lambda: con.execute("from leaderboard").fetchall(), rounds=3)
    record(**{f"{view}_in_passes": lambda _, n=n: n for view, n in passes.items()})
    (right,) = con.execute("select sum(n_samples) from judged_counts where is_correct").fetchone()
    (expected,) = con.execute("select count(*) from judged_predictions where is_correct").fetchone()
    assert right == expected


def test_pairs_of_classifiers(benchmark, con, sized, record):
    """All pairs of twenty classifiers of one attribute, against one pass over their predictions."""
    fill_judged(con, sized(86_744, 400))
    con.execute("update classifiers set attribute = 'gender'")
    keep(con)
    a_pass = cpu(con, PASS)
    found = benchmark.pedantic(
        lambda: con.execute("from classifier_comparison").fetchall(), rounds=3
    )
    assert len(found) == N_CLASSIFIERS * (N_CLASSIFIERS - 1) / 2
    record(in_passes=lambda seconds: seconds / max(a_pass, 1e-9))


def test_counting(benchmark, con, sized, record):
    """Predictions counted anew, against the pass that does nothing but count."""
    fill_judged(con, sized(86_744, 400))
    keep(con)
    a_pass = cpu(con, PASS)

    def count():
        uncount_classifiers(con, list(range(N_CLASSIFIERS)))
        keep(con)

    benchmark.pedantic(count, rounds=3)
    record(in_passes=lambda seconds: seconds / max(a_pass, 1e-9))
    (n,) = con.execute("select sum(n_samples) from kept_prediction_counts").fetchone()
    assert n == con.execute("select count(*) from predictions").fetchone()[0]
