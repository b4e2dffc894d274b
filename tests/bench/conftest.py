"""What the benchmarks share: catalogues of a size, and ratios to peers timed in the same run."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest
from support.rows import encoder

from facestore.prompts import builtin_prompt_sets

# Those of Male first, then those of Female.
PROMPTS = sorted(
    next(s for s in builtin_prompt_sets() if s.name == "age_race_gender_labels_v2").prompts,
    key=lambda prompt: prompt.classes["gender"] == "Female",
)


@dataclass(frozen=True)
class Scores:
    """What the catalogue was filled with.

    Attributes
    ----------
    texts
        P prompts; the first half names Male, the second Female.
    cosines
        float32 (N, P), as a matrix product gives them.
    is_female
        (N,): the labels.
    """

    texts: list[str]
    cosines: np.ndarray
    is_female: np.ndarray


@pytest.fixture
def sized(request):
    """Give a function that shrinks a size when the benchmarks only run as tests."""
    # `make bench` enables what pyproject.toml disables, so both options are set there.
    is_timed = request.config.getoption("benchmark_enable") or not request.config.getoption(
        "benchmark_disable"
    )
    return lambda full, small: full if is_timed else small


@pytest.fixture
def scores(con):
    """Give a function that fills the catalogue with similarities and labels of so many samples."""

    def fill(n):
        rng = np.random.default_rng(0)
        cosines = rng.normal(0.2, 0.03, (n, len(PROMPTS))).astype(np.float32)
        is_female = rng.random(n) < 0.5
        insert_similarities(con, cosines)
        texts = [prompt.text for prompt in PROMPTS]
        con.executemany("insert into prompts values (?, ?)", list(enumerate(texts)))
        con.execute("insert into prompt_sets values ('s', null)")
        con.execute("insert into prompt_set_members select 's', i, null from range(64) as t (i)")
        con.execute(
            "insert into prompt_classes select 's', i, 'gender', if(i < 32, 'Male', 'Female') "
            "from range(64) as t (i)"
        )
        named = encoder()
        con.execute(
            f"insert into encoders ({', '.join(named)}) values ({', '.join('?' * len(named))})",
            list(named.values()),
        )
        insert_samples(con, n)
        con.register("truth", pa.table({"is_female": is_female, "i": np.arange(n)}))
        con.execute(
            "insert into labels select i, 'gender', if(is_female, 'Female', 'Male'), null from truth"
        )
        con.unregister("truth")
        return Scores(texts, cosines, is_female)

    return fill


def insert_similarities(con, cosines):
    n, n_prompts = cosines.shape
    block = pa.table(
        {
            "prompt_id": np.repeat(np.arange(n_prompts, dtype=np.int32), n),
            "sample_id": np.tile(np.arange(n, dtype=np.int32), n_prompts),
            "cosine": cosines.T.ravel(),
        }
    )
    con.register("block", block)
    con.execute("insert into similarities select 1, * from block")
    con.unregister("block")


def insert_samples(con, n):
    con.execute(
        "insert into datasets values ('faces', '/faces', 'folder', now()); "
        "insert into samples select i, 'faces', i || '.jpg', sha256(i::varchar), 'val', null, null, null "
        f"from range({n}) as t (i)"
    )


@pytest.fixture
def record(benchmark):
    """Give a function that notes figures of the run; it does nothing where nothing is timed."""

    def note(**figures):
        if benchmark.stats is not None:
            seconds = benchmark.stats.stats.min
            for name, value in figures.items():
                figure = value(seconds) if callable(value) else value
                benchmark.extra_info[name] = float(f"{figure:.3g}")

    return note


@pytest.fixture
def timed():
    """Give a function that returns a result and the least seconds it took to make."""

    def run(function, rounds=3):
        seconds = []
        for _ in range(rounds):
            started = time.perf_counter()
            result = function()
            seconds.append(time.perf_counter() - started)
        return result, min(seconds)

    return run
