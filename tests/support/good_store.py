"""A small store in which everything holds, with something in every view."""

from __future__ import annotations

from itertools import combinations

import duckdb

from facestore.catalog.counts import keep, uncount_classifiers, uncount_datasets
from support.rows import (
    classifier,
    encoder,
    explanation,
    fill,
    ingests,
    labels,
    load,
    measured,
    neighbours,
    predictions,
    prompt_set,
    samples,
    vector_index,
)
from support.rows import similarities as similarity_rows

Con = duckdb.DuckDBPyConnection
# As of a model that was trained with a sigmoid, so that views of such models have rows.
LOGITS = {"logit_scale": 100.0, "logit_bias": -10.0}
SIZE = {"n_parameters": 30, "n_parameters_image": 20, "gflops": 1.5}
IMAGE, NEAR = "ab" * 32, "cd" * 32


def fill_good(con: Con) -> None:
    """Fill a store in which everything holds: something in every view, and gaps that are allowed."""
    fill(con, **ingests("faces", "first", "second", "first"))
    fill(con, images=[{"image_id": IMAGE, "phash": 5, "width": 9, "height": 9, "n_bytes": 99}])
    fill(con, samples=samples(6) + samples(4, split=None, first=7))
    con.execute("update samples set path = sample_id || '.jpg'")
    con.execute(f"update samples set image_id = '{IMAGE}' where sample_id <= 2")
    con.execute("update samples set person_id = 'ann' where sample_id in (4, 5)")
    fill(con, labels=labels("gender", ["Male", "Female"] * 4 + [None, "Male"]))
    fill(con, labels=labels("race", ["White", "Black", None, "White", "Indian"] * 2))
    ages = [(1, "20-29", 25), (2, "3-9", 9.5), (4, "more than 70", 116), (7, None, 30)]
    keys = ("sample_id", "attribute", "label", "value")
    fill(con, labels=[dict(zip(keys, (i, "age", label, v), strict=True)) for i, label, v in ages])
    fill(con, encoders=[encoder(1, "tiny") | LOGITS | SIZE, encoder(2, "other")])
    gender = [(i, "Male" if i <= 2 else "Female") for i in range(1, 6)]
    fill(con, **prompt_set("set", "gender", gender))
    cosines = {i: [(i * s % 7) / 8 - 0.2 for s in range(10)] for i in range(1, 6)}
    load(con, similarities=similarity_rows(cosines))
    stream(con, 2, "set", {"Male": ["p1", "p2"], "Female": ["p3", "p4", "p5"]}, range(1, 8))
    norm = {"encoder_id": 1, "prompt_set": "set", "attribute": "gender", "norm": 0.9}
    fill(con, class_text_norms=[norm | {"class": name} for name in ("Male", "Female")])
    zero_shot = {"kind": "zero_shot", "prompt_set": "set", "encoder_id": 1}
    fill(con, classifiers=[classifier(1, "a", aggregation="topk", k=2, **zero_shot)])
    fill(con, classifiers=[classifier(2, "b", prompt_set="published"), classifier(3, "r", "race")])
    fill(con, classifiers=[classifier(4, "years", "age")])
    con.execute(
        "insert into predictions select 1, sample_id, predicted, score, margin, null "
        "from zero_shot_topk(2)"
    )
    fill(con, predictions=predictions(["Male", "Male", "Female", None] * 2 + ["Male"], 2))
    fill(con, predictions=predictions(["White", "Black", "White", "Black"], 3))
    guesses = [{"classifier_id": 4, "sample_id": i, "value": 20 + i} for i in (1, 2, 4, 7)]
    fill(con, predictions=guesses)
    fill(con, classifiers=[classifier(5, "probe", kind="linear_probe", encoder_id=2)])
    shares = {"score": 0.75, "margin": 0.5}
    fill(con, predictions=[each | shares for each in predictions(["Male", "Female"] * 5, 5)])
    probe = {"classifier_id": 5, "is_whole": False}
    fill(con, classifier_data=[probe | {"purpose": "trained", "dataset": "faces", "split": None}])
    fill(con, classifier_data=[probe | {"purpose": "tuned", "dataset": "faces", "split": "tune"}])
    elsewhere = {"purpose": "trained", "dataset": "elsewhere", "is_whole": True}
    fill(con, classifier_data=[elsewhere | {"classifier_id": 5}])
    step = {"classifier_id": 5, "unit": "sweep", "step": 1, "split": "validation"}
    steps = [("l2", 0.0), ("loss", 1.5), ("accuracy", 1.0)]
    fill(con, training_steps=[step | {"metric": m, "value": v} for m, v in steps])
    figure = {"dataset": "faces", "attribute": "gender", "metric": "accuracy", "value": 0.5}
    figure |= {"group_attribute": "overall", "group_name": "overall", "source": "p"}
    fill(con, published_figures=[figure | {"classifier": name} for name in ("a", "b", "unknown")])
    # a board: three models on three tasks, and one that has fewer
    board = figure | {"source": "board", "metric": "accuracy"}
    values = {"x": (0.9, 0.8, 0.7), "y": (0.7, 0.8, 0.6), "z": (0.5, 0.4, 0.6), "w": (0.9,)}
    fill(
        con,
        published_figures=[
            board | {"architecture": name, "dataset": dataset, "attribute": dataset, "value": value}
            for name, each in values.items()
            for dataset, value in zip(("vtab/pets", "cars", "pcam"), each, strict=False)
        ],
    )
    keys = [IMAGE, *(f"sample:faces/{i}.jpg" for i in (4, 6, 7, 8))]
    fill(con, **neighbours([(a, b, 0.9375) for a, b in combinations(keys, 2)]))
    con.execute(
        "insert into vector_batches "
        "select 1, 'images', 2 * i, 2, repeat('a', 64), repeat('x', 8)::blob, 'written', '2026-01-01' "
        "from range(2) as batches(i)"
    )
    asked = [("stored", "faces", 700, 695, 6_994, 0.5), ("stored", "more", 65, 60, 640, 0.4)]
    texts = [("given", None, 20, 20, 200, 0.2)]
    fill(con, **vector_index({"images": asked, "texts": texts}))
    con.execute("insert into forgotten values (repeat('a', 64), 'content')")
    con.execute("insert into forgotten_key values (repeat('c', 64))")
    fill_without_groups(con, 6)
    fill_without_labels(con, 7)
    fill_rules(con, 8)
    fill_yes_no(con, 12)
    fill_annotations(con)
    fill_explanations(con)
    fill_duplicates(con)
    count_some(con)
    draw_figures(con)


def fill_without_groups(con: Con, classifier_id: int) -> None:
    """Add an attribute that makes no groups, as others are named, and a classifier of it."""
    con.execute("update settings set value = 'gender,race,age' where setting = 'group_attributes'")
    named = [{"attribute": "glasses", "class": name} for name in ("Yes", "No")]
    fill(con, classes=[each | {"ordinal": i} for i, each in enumerate(named, 1)])
    fill(con, labels=labels("glasses", ["Yes", "No", "Yes", None]))
    fill(con, classifiers=[classifier(classifier_id, "glasses", "glasses")])
    fill(con, predictions=predictions(["Yes", "No", "No", "Yes"], classifier_id))


def fill_annotations(con: Con) -> None:
    """Add what annotators say: three by name, of which one agrees with few, and counts of skin tones."""
    keys = ("sample_id", "attribute", "annotator", "label", "n")
    said = {
        "ann": ["Male", "Female", "Male", "Female", "Male"],
        "bob": ["Male", "Female", "Female", None, "Male"],
        "eve": ["Male", "Male", None, None, "Female"],
    }
    rows = [
        (i, "gender", who, label, 1)
        for who, each in said.items()
        for i, label in enumerate(each, 1)
        if label is not None
    ]
    fill(con, annotations=[dict(zip(keys, row, strict=True)) for row in rows])
    tones = [{"attribute": "skin_tone", "class": str(i), "ordinal": i} for i in range(1, 11)]
    fill(con, classes=tones, ordered_attributes=[{"attribute": "skin_tone"}])
    counts = {1: {2: 3}, 2: {2: 1, 3: 1}, 3: {5: 2, 6: 1}, 4: {9: 1}, 7: {2: 1, 4: 2}}
    rows = [
        (i, "skin_tone", None, str(tone), n)
        for i, tones_of in counts.items()
        for tone, n in tones_of.items()
    ]
    fill(con, annotations=[dict(zip(keys, row, strict=True)) for row in rows])


def fill_without_labels(con: Con, classifier_id: int) -> None:
    """Add an attribute that nothing is labelled with, and a classifier of it, with a tie."""
    named = [{"attribute": "harm", "class": name} for name in ("criminal", "person")]
    fill(con, classes=[each | {"ordinal": i} for i, each in enumerate(named, 1)])
    fill(con, classifiers=[classifier(classifier_id, "harm", "harm")])
    said = ["person", "criminal", None, "person", "person", "criminal"]
    fill(con, predictions=predictions(said, classifier_id))
    tie = {"classifier_id": classifier_id, "sample_id": 7, "score": 0.5, "margin": 0.0}
    fill(con, predictions=[tie])


def fill_rules(con: Con, first: int, encoder_id: int = 3) -> None:
    """Add what a model was imported with: one prompt a class, and two ks of a set without cosines."""
    fill(con, **prompt_set("single", "gender", [(91, "Male"), (92, "Female")]))
    fill(con, encoders=[encoder(encoder_id, "imported")])
    of_it = {"encoder_id": encoder_id, "aggregation": "topk"}
    rules = [("single", 1), ("imported", 1), ("imported", 2)]
    said = [
        ["Male", "Female"] * 4,
        ["Male", "Male"] * 4,
        ["Female", "Female", "Male", "Female"] * 2,
    ]
    for i, ((name, k), classes) in enumerate(zip(rules, said, strict=True), first):
        # a set of which only predictions were imported has no prompts here
        kind = "imported" if name == "imported" else "zero_shot"
        about = of_it | {"prompt_set": name, "k": k, "kind": kind}
        fill(con, classifiers=[classifier(i, f"{name} {k}", **about)])
        fill(con, predictions=predictions(classes, i))


def fill_yes_no(con: Con, first: int) -> None:
    """Add two yes/no attributes of one prompt set, of which one is of one label in a split."""
    names = ("smiling", "bald")
    named = [{"attribute": a, "class": c} for a in names for c in ("no", "yes")]
    fill(con, classes=[each | {"ordinal": 1 + i % 2} for i, each in enumerate(named)])
    fill(con, labels=labels("smiling", ["yes", "no", "yes", "no", "yes", "no"] + ["yes"] * 4))
    fill(
        con, labels=labels("bald", ["no", "no", "no", "yes", "no", "yes", "yes", "no", "no", "yes"])
    )
    of_set = {"kind": "imported", "encoder_id": 1, "prompt_set": "smiles", "aggregation": "mean"}
    margins = (0.25, 0.5, 0.5, 0.125, 0.25, 0.75, 0.0, 0.5, 0.25, 1.0)
    for i, name in enumerate(names, first):
        fill(con, classifiers=[classifier(i, f"tiny smiles {name} mean", name, **of_set)])
        said = ["yes" if k % (i % 3 + 2) else "no" for k in range(10)]
        rows = predictions([c if m else None for c, m in zip(said, margins, strict=True)], i)
        fill(con, predictions=[r | {"margin": margins[r["sample_id"] - 1]} for r in rows])
        tie = {"classifier_id": i, "sample_id": 7, "score": 0.5, "margin": 0.0}
        fill(con, predictions=[tie])


def stream(con: Con, encoder_id: int, name: str, prompts: dict[str, list[str]], ids: range) -> None:
    """Add samples that were scored in a stream with prompts of gender, eight a class at most."""
    texts = [f"{label}: {text}" for label, of_label in prompts.items() for text in of_label]
    key = {"stream_id": encoder_id, "encoder_id": encoder_id, "prompt_set": name}
    fill(con, streamed_scores=[key | {"attribute": "gender", "prompts": texts}])
    rows = [
        {"stream_id": encoder_id, "sample_id": i, "k_before": 0}
        | {f"winner_{k}": 1 + (i * k % 5) // 3 for k in range(1, 9)}
        for i in ids
    ]
    fill(con, streamed_winners=rows)


def count_some(con: Con, dataset: str = "more", classifier_id: int = 2) -> None:
    """Keep counts but for a data set and a classifier, so that views have both kinds of rows."""
    keep(con)
    uncount_datasets(con, [dataset])
    uncount_classifiers(con, [classifier_id])


def draw_figures(con: Con) -> None:
    """Keep two replicates of each figure of all samples, as if they had been drawn."""
    con.execute(
        "insert into bootstraps select row_number() over (), classifier_id, dataset, "
        "split, group_attribute, group_name, measure, 0, 2, n_samples, value, '2026-01-01', n_effective "
        "from (from figures_to_bootstrap order by all) where group_attribute = 'overall'"
    )
    con.execute(
        "insert into bootstrap_figures select bootstrap_id, replicate, value * (0.8 + replicate / 10) "
        "from bootstraps cross join (values (1), (2)) as replicates (replicate) order by all"
    )


def fill_explanations(con: Con) -> None:
    """Add maps of a text and of a classifier, on grids of several sizes, one of nothing."""
    maps = [
        (1, [0.0, 1.0, 2.0, 3.0] * 4, 4),
        (2, [0.5, 0.0, 0.25, 1.0, 0.0, 2.0], 3),
        (5, [0.0], 1),
    ]
    fill(con, explanations=[explanation(i, i, m, cols=c) for i, m, c in maps])
    fill(con, explanations=[explanation(9, 1, [1.0, 2.0], cols=2, target="a photo of a man")])
    lime = {
        "method": "lime",
        "r_squared": 0.5,
        "r_squared_left_out": 0.25,
        "parameters": '{"seed": 0}',
        "classifier_id": 1,
    }
    signed = [0.5, -0.25, 0.0, 1.0]
    fill(con, explanations=[explanation(10 + i, i, signed, cols=2, **lime) for i in range(1, 7)])
    other = {"method": "gradcam", "cols": 2}
    fill(
        con,
        explanations=[explanation(20 + i, i, [0.0, 1.0, 2.0, 0.5], **other) for i in (1, 2, 5)],
    )
    measure_explanations(con)


def measure_explanations(con: Con) -> None:
    """Say how faithful the maps are; nothing moves the score of one sample, and one map is flat."""
    for (number,) in con.execute("select distinct sample_id from explanations").fetchall():
        for method, worse in (("relevancy", 0.0), ("gradcam", 0.1), ("lime", number / 20)):
            part = number / 10 - worse
            found = measured(
                (0.5 - part, 0.5, 0.4, 0.5 - part / 2),
                (0.5 + part, 0.5, 0.6, 0.5 + part / 2),
                span=0.0 if number == 6 else 0.5 + part,
                likeness=None if number == 5 else part,
            )
            con.execute(
                "update explanations set faithfulness = $found "
                "where sample_id = $number and method = $method",
                {"found": found, "number": number, "method": method},
            )


def fill_duplicates(con: Con) -> None:
    """Add a picture that is nearly the same, in another split and another data set as well."""
    fill(con, datasets=[{"dataset": "more", "layout": "import", "added_at": "2026-01-01"}])
    fill(con, images=[{"image_id": NEAR, "phash": 4, "width": 9, "height": 9, "n_bytes": 98}])
    fill(con, samples=samples(1, split="wild", first=11))
    fill(con, samples=samples(1, dataset="more", split="train", first=12))
    con.execute(f"update samples set image_id = '{NEAR}' where sample_id in (3, 11)")
    con.execute(f"update samples set image_id = '{IMAGE}' where sample_id = 12")
    fill(con, labels=labels("gender", ["Female", "Male"], first=11))
    con.execute(
        "insert into excluded_samples select sample_id, reason, policy, 5, kept_sample_id "
        "from duplicate_exclusions(5) where policy = 'keep-one'"
    )
    con.execute(
        "insert into dataset_splits "
        "values ('more', ['train', 'test'], [0.5, 0.5], ['gender'], 0, '2026-01-01')"
    )
