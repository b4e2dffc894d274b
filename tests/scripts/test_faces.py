"""The generator of cartoon faces: what it draws, what it calls it, what it writes."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from pathlib import Path

import faces as synthetic
import imagehash
import numpy as np
import pytest
from faces import (
    AGE_BOUNDS,
    AGES,
    FIRST_DEMO_SEED,
    GENDERS,
    RACES,
    Face,
    make_face,
    near_duplicate,
    render,
    write_faces,
)
from PIL import Image

N_DRAWN = 6_000
N_PICTURES = 120
EDITS = {"reencode", "resize", "brightness", "crop", "blur", "border"}


@pytest.fixture(scope="module")
def faces() -> list[Face]:
    return [make_face(FIRST_DEMO_SEED + i) for i in range(N_DRAWN)]


@pytest.fixture(scope="module")
def pictures(faces: list[Face]) -> list[Image.Image]:
    return [render(face) for face in faces[:N_PICTURES]]


def test_exports_are_sorted_and_exist() -> None:
    names = synthetic.__all__
    # Constants first, then classes, then functions: the order ruff sorts __all__ in.
    assert names == sorted(names, key=lambda name: (not name.isupper(), name.islower(), name))
    assert all(hasattr(synthetic, name) for name in names)


def test_labels_are_those_of_fairface() -> None:
    assert set(GENDERS) == {"Male", "Female"}
    assert set(RACES) == {
        "White",
        "Black",
        "Indian",
        "Latino_Hispanic",
        "Southeast Asian",
        "East Asian",
        "Middle Eastern",
    }
    assert AGES == (
        "0-2",
        "3-9",
        "10-19",
        "20-29",
        "30-39",
        "40-49",
        "50-59",
        "60-69",
        "more than 70",
    )
    assert FIRST_DEMO_SEED == 1_000_000


def test_same_seed_same_face_other_seed_another() -> None:
    assert make_face(7) == make_face(7)
    assert make_face(7).traits != make_face(8).traits


def test_given_labels_are_kept_and_change_nothing_else() -> None:
    free = make_face(11)
    given = make_face(11, gender="Female", race="Indian", age="60-69")
    assert (given.gender, given.race, given.age) == ("Female", "Indian", "60-69")
    assert given.draws == free.draws
    assert make_face(11, gender=free.gender, race=free.race, age=free.age) == free


@pytest.mark.parametrize("labels", [{"gender": "male"}, {"race": "Asian"}, {"age": "70+"}])
def test_unknown_label_is_refused(labels: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="Unknown label"):
        make_face(0, **labels)


@pytest.mark.parametrize(
    ("attribute", "names"), [("gender", GENDERS), ("race", RACES), ("age", AGES)]
)
def test_labels_are_equally_frequent(
    faces: list[Face], attribute: str, names: tuple[str, ...]
) -> None:
    counts = Counter(getattr(face, attribute) for face in faces)
    share = 1 / len(names)
    bound = 4.5 * (share * (1 - share) / N_DRAWN) ** 0.5
    assert set(counts) == set(names)
    assert all(abs(count / N_DRAWN - share) < bound for count in counts.values())


def test_attributes_are_independent(faces: list[Face]) -> None:
    columns = [
        np.array([face.gender == "Male" for face in faces], float),
        np.array([face.race == "Black" for face in faces], float),
        np.array([face.years for face in faces]),
    ]
    correlations = np.corrcoef(columns)
    assert np.abs(correlations[~np.eye(3, dtype=bool)]).max() < 4.5 / N_DRAWN**0.5


def test_years_lie_in_their_group(faces: list[Face]) -> None:
    for face in faces:
        low, high = AGE_BOUNDS[AGES.index(face.age)]
        assert low <= face.years < high
        assert face.apparent_years >= 0


def test_every_trait_overlaps_between_any_two_races(faces: list[Face]) -> None:
    """No trait alone tells two races apart, but traits do shift: else there is nothing to learn."""
    traits = {
        race: np.array([tuple(vars(face.traits).values()) for face in faces if face.race == race])
        for race in RACES
    }
    for first in RACES:
        for second in RACES[: RACES.index(first)]:
            gap = np.abs(traits[first].mean(0) - traits[second].mean(0))
            spread = np.hypot(traits[first].std(0), traits[second].std(0))
            assert (gap / spread).max() > 0.9, (first, second)
    for column in range(8):
        lows = [values[:, column].min() for values in traits.values()]
        highs = [values[:, column].max() for values in traits.values()]
        covered = sorted(zip(lows, highs, strict=True))
        reach = covered[0][1]
        for low, high in covered[1:]:
            assert low < reach  # the ranges form one chain without a gap
            reach = max(reach, high)


def test_gender_expression_and_apparent_age_overlap(faces: list[Face]) -> None:
    male = np.array([face.expression for face in faces if face.gender == "Male"])
    female = np.array([face.expression for face in faces if face.gender == "Female"])
    assert female.mean() - male.mean() > 0.4
    assert (male > np.quantile(female, 0.02)).any()
    assert (female < np.quantile(male, 0.98)).any()
    outside = [
        not AGE_BOUNDS[AGES.index(face.age)][0]
        <= face.apparent_years
        < AGE_BOUNDS[AGES.index(face.age)][1]
        for face in faces
    ]
    assert 0.1 < np.mean(outside) < 0.4


def test_render_is_deterministic(faces: list[Face]) -> None:
    first, again = render(faces[0]), render(faces[0])
    assert first.mode == "RGB"
    assert first.size == (112, 112)
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != render(faces[1]).tobytes()
    assert first.tobytes() != render(faces[0], photo=1).tobytes()


@pytest.mark.parametrize("size", [16, 97, 224])
def test_render_has_the_size_asked_for(size: int) -> None:
    assert render(make_face(3), size=size).size == (size, size)


def test_render_refuses_a_tiny_size() -> None:
    with pytest.raises(ValueError, match="at least 16"):
        render(make_face(3), size=15)


def test_pictures_are_not_blank(pictures: list[Image.Image]) -> None:
    """Every picture varies in its middle, where the face is."""
    middles = [np.asarray(picture)[30:80, 30:80] for picture in pictures]
    assert min(float(middle.std()) for middle in middles) > 5


def test_skin_tone_shows_in_the_picture() -> None:
    """The mean over faces of a group is lighter where the group's skin is drawn lighter."""

    def cheek(race: str) -> float:
        crops = [
            np.asarray(render(make_face(i, race=race, age="20-29")))[62:72, 40:72]
            for i in range(40)
        ]
        return float(np.mean(crops))

    assert cheek("White") > cheek("Indian") + 15
    assert cheek("Indian") > cheek("Black") + 5


def test_near_duplicates_are_near_and_different_faces_are_not(
    pictures: list[Image.Image],
) -> None:
    hashes = [imagehash.phash(picture) for picture in pictures]
    edited = [near_duplicate(picture, i) for i, picture in enumerate(pictures)]
    near = [
        hashed - imagehash.phash(image) for hashed, (image, _) in zip(hashes, edited, strict=True)
    ]
    different = [hashes[i] - hashes[j] for i in range(N_PICTURES) for j in range(i)]
    assert {name for _, name in edited} == EDITS
    assert np.quantile(near, 0.9) <= 10
    assert max(near) <= 18  # of 64 bits
    assert np.quantile(different, 0.01) > 10
    assert np.median(different) >= 24


def test_near_duplicate_is_deterministic_and_changes_the_picture(
    pictures: list[Image.Image],
) -> None:
    for seed, picture in enumerate(pictures[:30]):
        before = picture.tobytes()
        image, name = near_duplicate(picture, seed)
        again, same_name = near_duplicate(picture, seed)
        assert (image.tobytes(), name) == (again.tobytes(), same_name)
        assert image.mode == "RGB"
        assert image.tobytes() != before
        assert picture.tobytes() == before
        assert (image.size != picture.size) == (name in {"resize", "crop", "border"})


N_FILES, N_EXACT, N_NEAR = 160, 8, 40


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faces") / "inner" / "data"
    labels = write_faces(folder, N_FILES, seed=3, n_exact=N_EXACT, n_near=N_NEAR)
    assert labels == folder / "labels.csv"
    return folder


def read_rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def load(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.copy()


def test_write_faces_writes_these_files_and_no_others(written: Path) -> None:
    images = {f"images/{i:06d}.jpg" for i in range(1, N_FILES + 1)}
    assert set(digests(written)) == images | {"labels.csv"}
    assert [path.name for path in written.parent.iterdir()] == ["data"]
    assert [path.name for path in written.parent.parent.iterdir()] == ["inner"]


def test_labels_table_is_that_of_fairface(written: Path) -> None:
    rows = read_rows(written)
    assert list(rows[0]) == ["file", "age", "gender", "race", "service_test"]
    assert [row["file"] for row in rows] == [f"images/{i:06d}.jpg" for i in range(1, N_FILES + 1)]
    assert {row["gender"] for row in rows} == set(GENDERS)
    assert {row["race"] for row in rows} == set(RACES)
    assert {row["age"] for row in rows} == set(AGES)
    tested = Counter(row["service_test"] for row in rows)
    assert set(tested) == {"True", "False"}
    assert 0.35 < tested["True"] / N_FILES < 0.65


def test_images_can_be_read_and_are_rgb_jpegs(written: Path) -> None:
    for path in (written / "images").iterdir():
        with Image.open(path) as image:
            assert (image.format, image.mode) == ("JPEG", "RGB")
            image.load()


def test_exact_copies_are_byte_identical_with_the_same_labels(written: Path) -> None:
    by_digest: dict[str, list[dict[str, str]]] = {}
    found = digests(written)
    for row in read_rows(written):
        by_digest.setdefault(found[row["file"]], []).append(row)
    assert len(by_digest) == N_FILES - N_EXACT
    for rows in by_digest.values():
        assert len({(row["age"], row["gender"], row["race"]) for row in rows}) == 1


def thumbnail(image: Image.Image) -> np.ndarray:
    """Return 16 x 16 colours with mean 0 and length 1: no edit changes them much."""
    pixels = np.asarray(image.convert("RGB").resize((16, 16)), dtype=float).ravel()
    centred = pixels - pixels.mean()
    return centred / np.linalg.norm(centred)


def test_near_duplicates_are_counted_and_only_ages_differ(written: Path) -> None:
    found, rows = digests(written), read_rows(written)
    unique = list({found[row["file"]]: row for row in rows}.values())
    thumbnails = np.stack([thumbnail(load(written / row["file"])) for row in unique])
    likeness = np.triu(thumbnails @ thumbnails.T, k=1)
    pairs = [(unique[i], unique[j]) for i, j in np.argwhere(likeness > 0.93)]
    assert 0.85 * N_NEAR <= len(pairs) <= N_NEAR
    assert all((a["gender"], a["race"]) == (b["gender"], b["race"]) for a, b in pairs)
    steps = Counter(abs(AGES.index(a["age"]) - AGES.index(b["age"])) for a, b in pairs)
    assert set(steps) == {0, 1}
    assert steps[1] < 0.4 * len(pairs)


def test_write_faces_is_deterministic_for_a_seed(tmp_path: Path) -> None:
    for name, seed in (("first", 5), ("again", 5), ("other", 6)):
        write_faces(tmp_path / name, 12, seed=seed, n_exact=1, n_near=2, size=48)
    assert digests(tmp_path / "first") == digests(tmp_path / "again")
    first, other = digests(tmp_path / "first"), digests(tmp_path / "other")
    assert not set(first.values()) & set(other.values())


def test_size_is_that_of_the_originals(tmp_path: Path) -> None:
    write_faces(tmp_path, 4, size=64)
    sizes = {load(path).size for path in (tmp_path / "images").iterdir()}
    assert sizes == {(64, 64)}


@pytest.mark.parametrize(
    ("n_faces", "options"),
    [
        (0, {}),
        (3, {"n_exact": 3}),
        (5, {"n_near": 3}),
        (3, {"n_exact": -1}),
        (3, {"n_near": -1}),
        (3, {"seed": -1}),
    ],
)
def test_write_faces_refuses_impossible_numbers(
    tmp_path: Path, n_faces: int, options: dict[str, int]
) -> None:
    with pytest.raises(ValueError, match=r"negative|originals"):
        write_faces(tmp_path / "data", n_faces, **options)
    assert not (tmp_path / "data").exists()
