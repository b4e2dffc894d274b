"""Faces with random labels, predictions and margins, in a catalogue and as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from support.rows import classifier, fill, labels, load, predictions, samples

GENDERS = ("Male", "Female")
RACES = ("White", "Black", "Indian")
AGES = ("3-9", "20-29", "50-59")
Names = npt.NDArray[np.str_]


@dataclass(frozen=True)
class RandomFaces:
    """Labels, what is predicted (`""`: missing), and margins in eighths, so that some are equal."""

    gender: Names
    race: Names
    age: Names
    said: Names
    margin: npt.NDArray[np.float64]

    @property
    def judged(self) -> npt.NDArray[np.bool_]:
        return self.said != ""

    @property
    def is_right(self) -> npt.NDArray[np.bool_]:
        return self.said == self.gender

    def score(self, positive: str) -> npt.NDArray[np.float64]:
        """Return the margins, negative where the other class is predicted."""
        return np.where(self.said == positive, self.margin, -self.margin)


def fill_random(
    con: duckdb.DuckDBPyConnection,
    seed: int,
    n: int = 150,
    *,
    split: str | None = "val",
    first: int = 1,
) -> RandomFaces:
    """Fill a catalogue with faces that a classifier of gender, `c`, knows three of four of."""
    rng = np.random.default_rng(seed)
    gender = rng.choice(GENDERS, n, p=[0.6, 0.4])
    race, age = rng.choice(RACES, n, p=[0.5, 0.3, 0.2]), rng.choice(AGES, n)
    other = np.where(gender == "Male", "Female", "Male")
    said = np.where(
        rng.random(n) < 0.6 + 0.1 * (race == "White") + 0.2 * (age == "20-29"), gender, other
    )
    said = np.where(rng.random(n) < 0.05, "", said)
    margin = rng.integers(1, 9, n) / 8
    fill(con, samples=samples(n, split=split, first=first))
    rows: list[dict[str, Any]] = []
    for attribute, values in (("gender", gender), ("race", race), ("age", age)):
        rows += labels(attribute, values.tolist(), first)
    load(con, labels=rows)
    if first == 1:
        fill(con, classifiers=[classifier()])
    said_rows = predictions([each or None for each in said.tolist()], first=first)
    by_id = dict(enumerate(margin.tolist(), first))
    load(con, predictions=[each | {"margin": by_id[each["sample_id"]]} for each in said_rows])
    return RandomFaces(gender, race, age, said, margin)
