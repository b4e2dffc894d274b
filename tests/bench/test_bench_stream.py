"""Scoring in a stream against scoring by rows: every k of the same vectors, at a size and ten times it.

The ratios are in `extra_info`; nothing here fails for being slow, only for being different.
"""

from __future__ import annotations

import resource
import shutil

import pytest
from support.scorable import make_scorable

from facestore.store import Store

SET, WIDTH = "age_race_gender_labels_v2", 512
QUERY = f"from confusion_every_k where prompt_set = '{SET}' order by all"


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def every_k(folder, keep):
    """Score and ask for every k; return what was found, and the seconds of CPU of both."""
    with Store.open(folder) as store:
        store.set("keep_similarities", keep)
        started = cpu_seconds()
        store.score(SET)
        scored = cpu_seconds()
        found = store.rows(QUERY)[1]
        return found, scored - started, cpu_seconds() - scored


@pytest.mark.parametrize("times", [1, 10])
def test_every_k(benchmark, new_store, tmp_path, sized, record, times):
    n = sized(10_954, 150) * times
    made = make_scorable(new_store, tmp_path / "made", n, [SET], width=WIDTH)
    every_k(shutil.copytree(made, tmp_path / "first"), "never")  # the libraries are imported
    by_rows, score_rows, ask_rows = every_k(shutil.copytree(made, tmp_path / "rows"), "always")
    rounds = iter(range(9))

    def fresh():
        return (shutil.copytree(made, tmp_path / f"stream-{next(rounds)}"), "never"), {}

    streamed, score_stream, ask_stream = benchmark.pedantic(every_k, setup=fresh, rounds=3)
    assert by_rows
    assert streamed == by_rows
    record(
        times_less_cpu_than_rows=(score_rows + ask_rows) / (score_stream + ask_stream),
        times_less_cpu_to_ask=ask_rows / ask_stream,
        cpu_seconds_of_stream=score_stream + ask_stream,
        cpu_seconds_of_rows=score_rows + ask_rows,
    )
