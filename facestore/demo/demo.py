"""The demo: the whole job on synthetic faces with the bundled tiny CLIP, without a network."""

import zipfile
from collections.abc import Callable
from pathlib import Path

from facestore import resources
from facestore.config import DEFAULT_PRECISION, DEMO_FACES_FOLDER, SYNTHETIC_DATASET
from facestore.encoders.names import TINY
from facestore.ingest.ingest import ingest
from facestore.reporting.report import report
from facestore.stores import Stores
from facestore.zero_shot.predict import predict
from facestore.zero_shot.score import score

_ENCODER = f"{TINY} {DEFAULT_PRECISION}"
_LABELS = "labels.csv"

# attribute, prompt set, aggregation, k: one prompt a class beside ensembles of them
_CLASSIFIERS = (
    ("gender", "raw_gender_labels", "sum", None),
    ("gender", "age_race_gender_labels_v2", "sum", None),
    ("gender", "age_race_gender_labels_v2", "topk", 1),
    ("gender", "age_race_gender_labels_v2", "topk", 11),
    ("gender", "age_race_gender_labels_v2", "embedding_mean", None),
    ("race", "raw_race_labels", "sum", None),
    ("race", "age_race_gender_labels_v2", "sum", None),
    ("race", "age_race_gender_labels_v2", "embedding_mean", None),
    ("age", "fairface_age_labels", "topk", 1),
    ("age", "fairface_age_labels", "embedding_mean", None),
)


def demo(store: Stores) -> Path:
    """Run the whole job on synthetic faces with the bundled tiny CLIP; return the report.

    Parameters
    ----------
    store
        A store of its own; the faces are unpacked into its folder.
    """
    run_demo(store, store.path / DEMO_FACES_FOLDER)
    return report(store)


def run_demo(store: Stores, folder: Path) -> None:
    """Unpack faces, encode them, score prompts, predict.

    Parameters
    ----------
    store
        A store of its own.
    folder
        Where the faces are unpacked.
    """
    labels = unpack_faces(folder, store.notify)
    summary = ingest(
        store,
        folder / "images",
        dataset=SYNTHETIC_DATASET,
        split="val",
        labels=labels,
        models=[TINY],
    )
    store.notify(summary)
    for prompt_set in dict.fromkeys(each[1] for each in _CLASSIFIERS):
        store.notify(score(store, prompt_set, model=_ENCODER))
    for attribute, prompt_set, aggregation, k in _CLASSIFIERS:
        done = predict(
            store,
            attribute=attribute,
            prompt_set=prompt_set,
            aggregation=aggregation,
            k=k,
            model=_ENCODER,
        )
        store.notify(done)


def unpack_faces(folder: Path, notify: Callable[[object], None]) -> Path:
    """Unpack the bundled faces: drawings with labels, in the layout of FairFace.

    Parameters
    ----------
    folder
        Where `images/` and `labels.csv` go; files of these names are replaced.
    notify
        Is told how many faces there are, and what they are.

    Returns
    -------
    pathlib.Path
        Path of `labels.csv`.
    """
    with zipfile.ZipFile(resources.asset("faces.zip")) as archive:
        n_faces = sum(name != _LABELS for name in archive.namelist())
        notify(f"Unpacking {n_faces:,} synthetic faces (drawings, not people) in '{folder}' ...")
        archive.extractall(folder)
    return folder / _LABELS
