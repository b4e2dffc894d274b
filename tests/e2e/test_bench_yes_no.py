"""`bench` on a data set of forty yes/no attributes, as CelebA: one row a model, and what is refused."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import average_precision_score, roc_auc_score

from facestore.encoders.names import TINY
from facestore.errors import InputError, ParametersError, TableError
from facestore.mappings import known_sources
from facestore.store import Store

pytestmark = [pytest.mark.portable, pytest.mark.xdist_group("bench_yes_no")]

NAMES = sorted(
    {*known_sources()["celeba"].mapping.values, "Male"} - {"gender", "split"}, key=str.lower
)
N = 48
# All pictures are of one class of it.
ONE_CLASS = "Bald"


@pytest.fixture(scope="module")
def celeba(tmp_path_factory):
    """Give a folder of pictures and CelebA's table of forty attributes, which hang on the pixels."""
    folder = tmp_path_factory.mktemp("celeba")
    rng = np.random.default_rng(5)
    (folder / "images").mkdir()
    rows = [str(N), " ".join(NAMES)]
    for i in range(1, N + 1):
        pixels = rng.integers(0, 256, (40, 32, 3)) * rng.uniform(0.2, 1)
        Image.fromarray(pixels.astype("uint8")).save(folder / "images" / f"{i:06}.png")
        values = ["-1" if name == ONE_CLASS else rng.choice(["1", "-1"]) for name in NAMES]
        rows.append(" ".join([f"{i:06}.png", *values]))
    (folder / "list_attr_celeba.txt").write_text("\n".join(rows) + "\n")
    return folder


@pytest.fixture(scope="module")
def benched(celeba, new_store):
    """Give a store with the data set, and what a benchmark of the tiny model said of it."""
    with Store.open(celeba / "store") as store:
        labels = celeba / "list_attr_celeba.txt"
        store.ingest(
            celeba / "images", labels=labels, attributes=["all"], dataset="celeba", models=[TINY]
        )
        store.set("min_samples", 1)
        done = store.bench(["celeba"], models=[TINY])
    return celeba / "store", done


def test_one_row_has_the_means_over_the_attributes(benched):
    path, done = benched
    (row,) = done.rows
    assert row[:6] == ("celeba", None, "celeba", "tiny", N, 40)
    assert done.failures == ()
    (note,) = done.notes
    assert "of 39 of 40 attributes: samples of Bald have one label alone" in note
    with Store.open(path) as store:
        said = store.sql(
            "select classifiers.attribute, label, predicted, margin from predictions "
            "inner join classifiers using (classifier_id) inner join labels using (sample_id, attribute)"
        ).pl()
    assert said["attribute"].n_unique() == 40
    assert len(said) == 40 * N
    figures = []
    for (attribute,), part in said.group_by("attribute"):
        positive = "Male" if attribute == "gender" else "yes"
        label, predicted = (part[name].to_numpy() == positive for name in ("label", "predicted"))
        score = np.where(predicted, part["margin"], -part["margin"].to_numpy())
        right = (label == predicted).mean()
        ranks = (
            [each(label, score) for each in (average_precision_score, roc_auc_score)]
            if attribute != ONE_CLASS
            else [None, None]
        )
        figures.append((right, *ranks))
    right, precision, area = zip(*figures, strict=True)
    assert row[6] == pytest.approx(np.mean(right), abs=1e-12)
    assert row[12] == pytest.approx(np.mean([p for p in precision if p is not None]), abs=1e-12)
    assert row[13] == pytest.approx(np.mean([a for a in area if a is not None]), abs=1e-12)


def test_one_set_has_the_prompts_of_all_attributes(benched):
    with Store.open(benched[0]) as store:
        prompts = {p.text: p.classes for p in store.prompt_set("celeba").prompts}
    assert len(prompts) == 80
    assert prompts["a photo of a person wearing a hat."] == {"Wearing_Hat": "yes"}
    assert prompts["a photo of a person not wearing a hat."] == {"Wearing_Hat": "no"}
    assert prompts["a photo of a man."] == {"gender": "Male"}


def test_a_second_call_finds_everything_there_and_one_line_tells_of_forty(benched, facestore):
    path, done = benched
    ran = facestore("bench", "celeba", "--model", "tiny", "--store", path, "--format", "csv")
    assert ran.status == 0
    (row,) = csv.DictReader(io.StringIO(ran.out.strip()))
    assert float(row["mean_average_precision"]) == pytest.approx(done.rows[0][12], abs=1e-12)
    assert "as before: 40 classifiers of 40 attributes" in ran.err
    assert ran.err.count("Smiling") <= 1
    assert "samples of Bald have one label alone" in ran.err
    with Store.open(path) as store:
        assert store.sql("select count(*) from predictions").fetchall() == [(40 * N,)]


def test_other_templates_take_the_phrases_as_well(benched):
    with Store.open(benched[0]) as store:
        store.bench(["celeba"], models=[TINY], templates=["a drawing of a {c}", "{}"])
        (name,) = [each for each in store.catalog.prompts.names() if each.startswith("celeba [")]
        texts = {each.text for each in store.prompt_set(name).prompts}
        store.remove_prompt_set(name, with_classifiers=True)
    assert {
        "a drawing of a bald person",
        "a bald person",
        "a drawing of an attractive person",
    } <= texts


def test_the_mean_goes_out_and_comes_back_as_clip_benchmark_has_it(benched, tmp_path):
    path, done = benched
    of_one = ["tiny fp32 celeba Bangs embedding_mean"]
    with Store.open(path) as store:
        assert store.export("clip-benchmark", tmp_path / "out.csv", classifiers=of_one) == 2
        rows = list(csv.DictReader((tmp_path / "out.csv").open()))
        assert store.export("clip-benchmark", tmp_path / "json", classifiers=of_one) == 2
        assert store.import_published(tmp_path / "out.csv", source="back").n_figures == 3
        figures = store.sql(
            "select origin, attribute, dataset, model, value from benchmark "
            "where metric = 'mean_average_precision' order by origin"
        ).fetchall()
        store.execute("delete from published_figures where source = 'back'")
    (row,) = [each for each in rows if each["mean_average_precision"]]
    assert (row["acc1"], row["task"]) == ("", "zeroshot_classification")
    assert float(row["mean_average_precision"]) == pytest.approx(done.rows[0][12], abs=1e-12)
    metrics = [json.loads(each.read_text())["metrics"] for each in (tmp_path / "json").iterdir()]
    assert sorted(map(len, metrics)) == [1, 3]
    assert [row[:4] for row in figures] == [
        (origin, "celeba", "celeba", "tiny") for origin in ("measured", "published")
    ]
    assert figures[0][4] == pytest.approx(figures[1][4], abs=1e-12)


def test_a_published_mean_of_others_is_of_all_attributes(benched, tmp_path):
    board = tmp_path / "board.csv"
    board.write_text("model,dataset,mAP\nRN50,celeba,0.5\n")
    with Store.open(benched[0]) as store:
        store.import_published(board, source="others")
        figures = store.sql("select attribute, metric, value from published_figures").fetchall()
        store.execute("delete from published_figures")
        board.write_text("model,dataset,acc1\nRN50,celeba,0.5\n")
        with pytest.raises(TableError, match="'celeba' has several"):
            store.import_published(board, source="others")
    assert figures == [("celeba", "mean_average_precision", 0.5)]


PAIRS = """
prompt_set: pairs
yes_no:
  Smiling: {positive: a smiling person, negative: [a serious person, a sad person]}
  Young: {positive: [a girl, a boy], negative: an old person}
"""


def test_prompts_of_a_file_are_taken_for_the_attributes_that_it_names(benched, tmp_path):
    path = tmp_path / "pairs.yaml"
    path.write_text(PAIRS)
    with Store.open(benched[0]) as store:
        added = store.add_prompts(path)
        done = store.bench(["celeba"], models=[TINY], prompt_set="pairs")
        store.remove_prompt_set("pairs", with_classifiers=True)
        path.write_text("prompts: [{text: a smile, classes: {Smiling: 'yes'}}]")
        store.add_prompts(path, name="one side")
        with pytest.raises(
            InputError, match="names 1 class of 'Smiling', at least 2 were expected"
        ):
            store.bench(["celeba"], models=[TINY], prompt_set="one side")
        assert store.sql("select count(*) from similarities").fetchall() == [(80 * N,)]
        store.remove_prompt_set("one side")
        with pytest.raises(ParametersError, match="exclude each other"):
            store.bench(["celeba"], models=[TINY], prompt_set="pairs", templates=["{c}"])
        with pytest.raises(InputError, match=r"names classes of race.*one of them was expected"):
            store.bench(["celeba"], models=[TINY], prompt_set="raw_race_labels")
    assert {p.text: dict(p.classes) for p in added.prompts}["a sad person"] == {"Smiling": "no"}
    assert [row[:6] for row in done.rows] == [("celeba", None, "celeba", "tiny", N, 2)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{Smiling: {positive: a smile}}", "'Smiling' of yes_no has no negative prompt"),
        ("{Smiling: {negative: a frown}}", "'Smiling' of yes_no has no positive prompt"),
        ("{Smiling: {positive: a smile, negative: []}}", "'Smiling' of yes_no has no negative prompt"),
        ("{Smiling: {positive: a smile, negative: a smile}}", "'a smile' on both sides"),
        ("{Smiling: {positive: a, negative: b, other: c}}", "'Smiling' of yes_no has 'other'"),
        ("{Smiling: {positive: a, negative: [1]}}", "texts were expected"),
        ("{Smiling: a smile}", "no positive prompt"),
        ("[Smiling]", "no positive prompt"),
    ],
)  # fmt: skip
def test_a_file_that_lacks_a_side_is_refused_and_nothing_is_written(benched, tmp_path, text, says):
    path = tmp_path / "bad.yaml"
    path.write_text(f"yes_no: {text}\n")
    with Store.open(benched[0]) as store:
        with pytest.raises(TableError, match=says):
            store.add_prompts(path)
        assert "bad" not in store.catalog.prompts.names()


def test_the_report_has_the_means_and_details_the_attributes_that_make_groups(benched):
    with Store.open(benched[0]) as store:
        folder = store.report().parent
    pages = {
        name: (folder / f"{name}.html").read_text() for name in ("models", "groups", "mistakes")
    }
    assert "Yes/no attributes" in pages["models"]
    for name in ("groups", "mistakes"):
        assert "Arched_Eyebrows" in pages[name]
        assert "Wearing_Hat" not in pages[name]
