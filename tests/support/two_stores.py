"""Two stores of the same faces, with other labels, predictions and classifiers."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import Any

from facestore.store import Store

HOSTILE = 'by "it\'s" </script><img src=x onerror=alert(1)> {{ 7 * 7 }}'
GENDERS = ("Male", "Female")
RACES = ("White", "Black", "Indian")


def faces() -> dict[str, Any]:
    """Give labels and predictions before and after, by file."""
    chance = random.Random(5)
    files = [f"{i}.jpg" for i in range(90)]
    labels = {file: (chance.choice(GENDERS), chance.choice(RACES)) for file in files}

    def said(share: float, among: list[str]) -> dict[str, str]:
        return {
            file: labels[file][0]
            if chance.random() < share
            else GENDERS[labels[file][0] == GENDERS[0]]
            for file in among
        }

    before, after = files[:80], files[4:]  # four files go, ten come
    steady = said(0.8, files[10:60])
    relabelled = labels | {"20.jpg": (GENDERS[labels["20.jpg"][0] == GENDERS[0]], labels["20.jpg"][1])}  # fmt: skip
    return {
        "before": (
            {file: labels[file] for file in before},
            {
                "flips": said(0.7, files[10:60]),
                HOSTILE: said(0.6, before),
                "steady": steady,
                "gone": said(0.5, before),
            },
        ),
        "after": (
            {file: relabelled[file] for file in after},
            {
                "flips": said(0.9, files[10:60]),
                HOSTILE: said(0.8, after),
                "steady": steady,
                "new": said(0.5, after),
            },
        ),
    }


FACES = faces()


def make(folder: Path, which: str, *, turned: bool = False) -> Path:
    """Import one of the two into a new store, the rows from the last to the first if it is turned."""
    labels, classifiers = FACES[which]
    folder.mkdir()
    step = -1 if turned else 1
    rows = [["file", "age", "gender", "race"], *([file, "20-29", *of] for file, of in list(labels.items())[::step])]  # fmt: skip
    with (folder / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    with Store.open(folder / "store") as store:
        store.migrate()
        store.set("min_samples", 1)
        store.import_labels(
            folder / "labels.csv", dataset="faces", split="val", create_samples=True
        )
        for name, said in list(classifiers.items())[::step]:
            with (folder / "said.csv").open("w", newline="") as file:
                csv.writer(file).writerows([["file", "predicted"], *list(said.items())[::step]])
            store.import_predictions(
                folder / "said.csv", dataset="faces", attribute="gender", classifier=name
            )
    return folder / "store"
