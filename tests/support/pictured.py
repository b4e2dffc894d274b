"""A store with pictures and two classifiers, of which only one says how sure it is."""

from __future__ import annotations

import random
from pathlib import Path

from facestore.store import Store
from support.pictures import write_labels, write_picture

N = 120
GENDERS, RACES, AGES = ("Male", "Female"), ("White", "Black", "Indian"), ("0-2", "20-29", "30-39")
SURE, UNSURE = "says how sure", "says no more"


def fill(folder: Path) -> Path:
    """Make the store and its pictures; return the store."""
    chance = random.Random(5)
    labels = {
        f"{i}.jpg": (chance.choice(AGES), chance.choice(GENDERS), chance.choice(RACES))
        for i in range(1, N + 1)
    }
    for i, name in enumerate(labels):
        write_picture(folder / "pictures" / name, seed=i)
    # more with the same labels than a section shows
    labels |= {f"{i}.jpg": ("20-29", "Male", "White") for i in range(61, N + 1)}
    # the same picture twice, with labels that differ
    labels["1.jpg"], labels["2.jpg"] = ("0-2", "Male", "White"), ("0-2", "Female", "White")
    (folder / "pictures" / "2.jpg").write_bytes((folder / "pictures" / "1.jpg").read_bytes())
    write_labels(folder / "labels.csv", labels)
    sure = ["file,attribute,classifier,predicted,score,margin"]
    unsure = ["file,attribute,classifier,predicted"]
    for name, (_, gender, race) in labels.items():
        said = gender if chance.random() < 0.5 else chance.choice(GENDERS)
        margin = chance.random()
        sure.append(f"{name},gender,{SURE},{said},{margin / 2},{margin}")
        unsure.append(
            f"{name},race,{UNSURE},{race if chance.random() < 0.4 else chance.choice(RACES)}"
        )
    with Store.open(folder / "store") as store:
        store.ingest(folder / "pictures", labels=folder / "labels.csv", dataset="faces")
        for table, lines in (("sure", sure), ("unsure", unsure)):
            path = folder / f"{table}.csv"
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            store.import_predictions(path, dataset="faces")
    return folder / "store"
