"""The store that the questions of docs/cookbook are asked of: the demo's, and what it lacks.

Everything in it is computed by facestore. Beside the demo's 720 drawn faces:

1. a second data set, `second-batch`, of other drawn faces, with pictures of the first one among
   them under other labels, a file that is cut off, and race labels that are missing for old faces;
2. a second encoder, the tiny CLIP in bfloat16;
3. a prompt set of single words for men and women, and scores of the ensemble's first generation;
4. ages in years, and two "published" models: the labels, with errors by a rule;
5. the figures of a "paper" about one of them, one of which is wrong;
6. a third data set, `third-batch`, with two splits which share pictures, and one picture of each
   group of duplicates kept;
7. pairs of faces whose vectors are close;
8. linear heads for gender and race, trained on a data set of other drawn faces;
9. maps of what speaks for Female against Male in 350 faces, of one face for two encoders, and of
   32 faces by two encoders and two methods, whose faithfulness is measured;
10. prompts that call a person a criminal or an animal, classes that no face is labelled with;
11. three annotators of `second-batch`, who err by rules, and counts of its skin tones.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from faces import write_faces
from PIL import Image

from facestore import Store
from facestore.config import DEMO_FACES_FOLDER
from facestore.config import SYNTHETIC_DATASET as DATASET
from facestore.demo.demo import run_demo
from facestore.explaining.explainer import LimeOptions

BATCH, LEAKING = "second-batch", "third-batch"
TRAINING = "training-faces"
_FP32, _BF16 = "tiny fp32", "tiny bf16"
_MIN_COSINE = 0.95
_WORDS = """
prompt_set: gender_words
description: one word for a man or a woman, in one sentence
words:
  gender:
    man: {gender: Male}
    male person: {gender: Male}
    guy: {gender: Male}
    gentleman: {gender: Male}
    grandfather: {gender: Male}
    woman: {gender: Female}
    female person: {gender: Female}
    lady: {gender: Female}
    girl: {gender: Female}
    grandmother: {gender: Female}
templates: ["a photo of a {gender}"]
"""
_HARM = """
prompt_set: harm_labels
description: which harm a model does, after table 6 of the CLIP paper; it says nothing about people
words:
  harm:
    man: {harm: person}
    woman: {harm: person}
    thief: {harm: criminal}
    criminal: {harm: criminal}
    suspicious person: {harm: criminal}
    animal: {harm: non-human}
templates: ["a photo of {a} {harm}"]
new_classes: {harm: [criminal, non-human, person]}
"""
Rows = list[dict[str, str]]


def build(folder: Path) -> Path:
    """Make the store in a folder that is empty or not there yet; return the folder."""
    with Store.open(folder / "store") as store:
        faces = store.path / DEMO_FACES_FOLDER
        run_demo(store, faces)  # without its report
        rows = _read(faces / "labels.csv")
        _second_batch(store, folder / "batch", faces)
        _second_encoder(store, faces)
        _words(store, folder / "gender_words.yaml")
        _published(store, folder, rows)
        _paper(store, folder / "figures.csv")
        _leaking(store, folder / "third")
        store.dedup("keep-one")
        store.find_neighbours(_MIN_COSINE, model=_FP32)
        _probe(store, folder / "training")
        _explanations(store)
        _harm(store, folder / "harm_labels.yaml")
        _annotators(store, folder / "batch" / "labels.csv", folder)
        for groups in ((), ("gender",)):
            store.bootstrap(attribute="race", groups=groups, dataset=DATASET)
    return folder / "store"


def _second_batch(store: Store, folder: Path, demo_faces: Path) -> None:
    """Add other faces, some files of the demo under other labels, and one that is cut off."""
    labels = write_faces(folder, 120, seed=1)
    rows = _read(labels)
    for row in rows:
        if row["age"] in ("60-69", "more than 70") and _number(row["file"]) % 3:
            row["race"] = ""
    for number, age in ((3, "20-29"), (4, "40-49"), (7, "3-9")):
        name = f"images/copy{number}.jpg"
        (folder / name).write_bytes((demo_faces / f"images/{number:06d}.jpg").read_bytes())
        rows.append(rows[0] | {"file": name, "age": age})
    whole = (folder / rows[0]["file"]).read_bytes()
    (folder / "images" / "cut_off.jpg").write_bytes(whole[: len(whole) // 3])
    store.ingest(
        folder / "images",
        dataset=BATCH,
        split="test",
        labels=_write(labels, rows),
        models=["tiny"],
    )
    for prompt_set in ("raw_gender_labels", "age_race_gender_labels_v2"):
        store.score(prompt_set, model=_FP32)
    store.predict(attribute="gender", prompt_set="raw_gender_labels", model=_FP32)
    store.predict(attribute="gender", prompt_set="age_race_gender_labels_v2", model=_FP32)


def _second_encoder(store: Store, demo_faces: Path) -> None:
    """Encode the demo's faces with the same model in bfloat16."""
    store.ingest(
        demo_faces / "images",
        dataset=DATASET,
        split="val",
        labels=demo_faces / "labels.csv",
        models=["tiny"],
        precision="bf16",
    )
    store.score("raw_gender_labels", model=_BF16, dataset=DATASET)
    store.predict(attribute="gender", prompt_set="raw_gender_labels", model=_BF16, dataset=DATASET)


def _words(store: Store, path: Path) -> None:
    path.write_text(_WORDS, encoding="utf-8")
    store.add_prompts(path, attributes=["gender"])
    for prompt_set in ("gender_words", "age_race_gender_labels_v1"):
        store.score(prompt_set, model=_FP32, dataset=DATASET)
    store.predict(attribute="gender", prompt_set="gender_words", model=_FP32, dataset=DATASET)


def _published(store: Store, folder: Path, rows: Rows) -> None:
    """Give every face an age in years, and import two models that err by a rule."""
    years = {row["file"]: _years(row["age"], _number(row["file"])) for row in rows}
    aged = [{"file": row["file"], "age": str(years[row["file"]])} for row in rows]
    store.import_labels(_write(folder / "years.csv", aged), dataset=DATASET)
    genders = [
        {"file": row["file"], "predicted": _other(row) if _errs(row) else row["gender"]}
        for row in rows
    ]
    store.import_predictions(
        _write(folder / "genders.csv", genders),
        dataset=DATASET,
        attribute="gender",
        classifier="published gender model",
    )
    guesses = [
        _guess(row["file"], years[row["file"]], _number(row["file"]))
        for row in rows
        if _number(row["file"]) % 20
    ]
    store.import_predictions(
        _write(folder / "ages.csv", guesses),
        dataset=DATASET,
        attribute="age",
        classifier="published age model",
    )


def _paper(store: Store, path: Path) -> None:
    """Import what a paper might say of the published gender model, among it a wrong figure."""
    figures = {"Male": 0.955, "Female": 0.89, "Black": 0.95, "White": 0.93, "East Asian": 0.94}
    rows = [
        {
            "classifier": "published gender model",
            "dataset": DATASET,
            "attribute": "gender",
            "group_attribute": "gender" if group in ("Male", "Female") else "race",
            "group_name": group,
            "metric": "accuracy",
            "value": str(value),
        }
        for group, value in figures.items()
    ]
    store.import_published(_write(path, rows), source="a paper, table 2")


def _leaking(store: Store, folder: Path) -> None:
    """Split faces by hand, with copies of some training pictures among the test pictures."""
    rows = _read(write_faces(folder / "drawn", 90, seed=2))
    parts: dict[str, Rows] = {"train": rows[:60], "test": rows[60:]}
    for part, faces in parts.items():
        (folder / part).mkdir()
        for row in faces:
            source = folder / "drawn" / row["file"]
            (folder / part / source.name).write_bytes(source.read_bytes())
            row["file"] = source.name
    for row in rows[:6]:
        copy = row | {"file": f"again_{row['file']}"}
        with Image.open(folder / "train" / row["file"]) as picture:
            picture.convert("RGB").save(folder / "test" / copy["file"], quality=60)
        parts["test"].append(copy)
    same = rows[8] | {"file": "same.jpg", "gender": _other(rows[8])}
    (folder / "test" / same["file"]).write_bytes((folder / "train" / rows[8]["file"]).read_bytes())
    parts["test"].append(same)
    for part, faces in parts.items():
        labels = _write(folder / f"{part}.csv", faces)
        store.ingest(folder / part, dataset=LEAKING, split=part, labels=labels)


def _probe(store: Store, folder: Path) -> None:
    """Train heads on faces of their own, and predict the demo's with them."""
    labels = write_faces(folder, 400, seed=3)
    store.ingest(folder / "images", dataset=TRAINING, split="train", labels=labels, models=["tiny"])
    (done,) = store.train_probe(
        attributes=["gender", "race"],
        dataset=TRAINING,
        model=_FP32,
        name="probe",
        drop_leaks=True,
        data_licence="MIT: drawings made by facestore",
    )
    store.predict_with(done.path, dataset=DATASET)


def _explanations(store: Store) -> None:
    """Explain a classifier on half of the demo's faces, and one face in several ways."""
    store.explain(
        classifier=f"{_FP32} raw_gender_labels gender sum",
        class_name="Female",
        against="Male",
        dataset=DATASET,
        limit=350,
        batch_size=32,
    )
    store.explain(
        [f"{DATASET}/images/000003.jpg"],
        prompts=["a photo of a woman", "a photo of a man"],
        models=[_FP32, _BF16],
    )
    measured: dict[str, Any] = {
        "prompts": ["a photo of a woman"],
        "against": "a photo of a man",
        "dataset": DATASET,
        "limit": 32,
        "batch_size": 32,
        "faithfulness": True,
    }
    store.explain(**measured, models=[_FP32, _BF16])
    store.explain(**measured, models=[_FP32], method="lime", lime=LimeOptions(48, 20))


def _harm(store: Store, path: Path) -> None:
    """Predict the demo's faces as what none is labelled with: the nearest of all prompts wins."""
    path.write_text(_HARM, encoding="utf-8")
    store.add_prompts(path, attributes=["harm"])
    store.score("harm_labels", model=_FP32, dataset=DATASET)
    which = {"attribute": "harm", "prompt_set": "harm_labels", "model": _FP32}
    store.predict(aggregation="topk", k=1, dataset=DATASET, **which)


def _annotators(store: Store, labels: Path, folder: Path) -> None:
    """Add what three annotators say of genders, each wrong by another rule, and counts of tones."""
    rows = [row for row in _read(labels) if "copy" not in row["file"]]
    said = [
        {
            "file": row["file"],
            "annotator": annotator,
            "gender": row["gender"] if _number(row["file"]) % every else _other(row),
        }
        for annotator, every in (("ann", 12), ("bob", 9), ("eve", 6))
        for row in rows
    ]
    # one did not see all, so that two of a sample may tie
    said = [row for row in said if row["annotator"] != "eve" or _number(row["file"]) % 5]
    store.import_annotations(_write(folder / "annotators.csv", said), dataset=BATCH)
    tones = []
    for row in rows:
        number = _number(row["file"])
        votes = [1 + number % 10, 1 + number % 10, 1 + (number + number % 3) % 10]
        counts = {f"skin_tone_{tone}": str(votes.count(tone)) for tone in range(1, 11)}
        tones.append({"file": row["file"]} | counts)
    store.import_annotations(_write(folder / "tones.csv", tones), dataset=BATCH)


def _errs(row: dict[str, str]) -> bool:
    """Whether the published model is wrong: one in 18, and one in 3 of the Black women."""
    every = 3 if (row["gender"], row["race"]) == ("Female", "Black") else 18
    return _number(row["file"]) % every == 0


def _other(row: dict[str, str]) -> str:
    return "Male" if row["gender"] == "Female" else "Female"


def _years(group: str, number: int) -> int:
    """Return an age in years within an age group."""
    low, high = (70, 89) if group == "more than 70" else map(int, group.split("-"))
    return low + number % (high - low + 1)


def _guess(file: str, years: int, number: int) -> dict[str, str]:
    """Guess an age up to 9 years wrong, the old by 6 years too young."""
    guess = max(0, years + number * 7 % 19 - 9 - (6 if years >= 60 else 0))
    return {"file": file, "predicted": _group(guess), "value": str(guess)}


def _group(years: int) -> str:
    if years >= 70:
        return "more than 70"
    if years < 10:
        return "0-2" if years < 3 else "3-9"
    return f"{years // 10 * 10}-{years // 10 * 10 + 9}"


def _number(file: str) -> int:
    return int(Path(file).stem)


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: Rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path
