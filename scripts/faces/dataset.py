"""A folder of labelled faces in FairFace's layout."""

import random
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from faces.drawing import render
from faces.identity import AGES, FIRST_DEMO_SEED, Face, make_face
from faces.photo import near_duplicate
from facestore.files import csv_text

_COLUMNS = ("file", "age", "gender", "race", "service_test")
_JPEG_QUALITY = 90
# Seeds of two data sets must not overlap, or they would share faces.
_SEEDS_PER_DATASET = 10_000_000
# Share of near-duplicates whose age label is one group off, as when a picture is labelled twice.
_RELABELLED_SHARE = 0.15


@dataclass(frozen=True)
class _Plan:
    """What one file holds: a face, or a copy of the face of an earlier plan."""

    face: Face
    age: str
    kind: str  # "face", "exact" or "near"


def write_faces(
    folder: Path,
    n_faces: int,
    *,
    seed: int = 0,
    n_exact: int = 0,
    n_near: int = 0,
    size: int = 112,
    years: bool = False,
) -> Path:
    """Write a data set of labelled faces: `images/000001.jpg` and so on, and `labels.csv`.

    Parameters
    ----------
    folder
        Where to write; made if missing. Files of the same names are replaced.
    n_faces
        Number of files, duplicates included; at least 1.
    seed
        Draws everything, 0 or more. The same arguments write the same bytes with one version
        of Pillow. Two seeds share no face, and none shares a face with the training data of
        the bundled model.
    n_exact
        How many files are byte for byte copies of another file, with the same labels.
    n_near
        How many files are edited copies of another picture (see `near_duplicate`), with the same
        labels, except that about one in seven has an age label one group off. No picture is
        edited twice, so there are at most as many as originals.
    size
        Width and height of a picture in pixels; near-duplicates may be larger or smaller.
    years
        Whether ages are labelled in whole years, and not by group.

    Returns
    -------
    pathlib.Path
        Path of `labels.csv`, with the columns file (`images/000001.jpg`), age, gender, race and
        service_test (True or False, by the toss of a coin).

    Raises
    ------
    ValueError
        If a number is negative or out of range, or too few originals are left to copy.
    """
    _check(n_faces, seed, n_exact, n_near)
    stream = random.Random(f"data-set-{seed}")
    plans = _plan(stream, n_faces - n_exact - n_near, seed, n_exact, n_near)
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, plan in enumerate(plans, start=1):
        name = f"{number:06d}.jpg"
        _picture(plan, number, size).save(images / name, "JPEG", quality=_JPEG_QUALITY)
        face, tested = plan.face, stream.random() < 0.5
        age = str(int(face.years)) if years else plan.age
        rows.append((f"images/{name}", age, face.gender, face.race, tested))
    labels = folder / "labels.csv"
    labels.write_text(csv_text(_COLUMNS, rows), encoding="utf-8", newline="")
    return labels


def _check(n_faces: int, seed: int, n_exact: int, n_near: int) -> None:
    """Refuse numbers that no data set can have."""
    if min(seed, n_exact, n_near) < 0:
        raise ValueError("seed, n_exact and n_near must not be negative.")
    originals = n_faces - n_exact - n_near
    if originals < max(1, n_near):
        raise ValueError(
            f"{n_faces} faces with {n_exact} exact and {n_near} near-duplicates leave {originals} "
            f"originals; at least {max(1, n_near)} are needed."
        )
    if originals > _SEEDS_PER_DATASET:
        raise ValueError(f"At most {_SEEDS_PER_DATASET} different faces, not {originals}.")


def _plan(
    stream: random.Random, n_originals: int, seed: int, n_exact: int, n_near: int
) -> list[_Plan]:
    """Plan every file, in the order in which they are numbered: shuffled, as in real folders."""
    first = FIRST_DEMO_SEED + seed * _SEEDS_PER_DATASET
    faces = [make_face(first + i) for i in range(n_originals)]
    plans = [_Plan(face, face.age, "face") for face in faces]
    for _ in range(n_exact):
        face = stream.choice(faces)
        plans.append(_Plan(face, face.age, "exact"))
    # No face twice: two edits of one picture may come out as the same bytes.
    plans += [
        _Plan(face, _second_age_label(stream, face.age), "near")
        for face in stream.sample(faces, n_near)
    ]
    stream.shuffle(plans)
    return plans


def _second_age_label(stream: random.Random, age: str) -> str:
    """Label an age a second time: mostly the same, sometimes a neighbouring group."""
    if stream.random() >= _RELABELLED_SHARE:
        return age
    index = AGES.index(age)
    neighbours = [i for i in (index - 1, index + 1) if 0 <= i < len(AGES)]
    return AGES[stream.choice(neighbours)]


def _picture(plan: _Plan, number: int, size: int) -> Image.Image:
    """Render the picture of a plan; an exact copy renders to the same bytes as its original."""
    picture = render(plan.face, size=size)
    if plan.kind == "near":
        return near_duplicate(picture, plan.face.seed + number)[0]
    return picture
