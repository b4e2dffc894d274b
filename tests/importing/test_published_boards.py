"""Boards of models by data sets: a model a column, a data set a column, and CLIP_benchmark's own CSV."""

from __future__ import annotations

import csv
import shutil

import pytest

from facestore.cli.summaries import lines_of
from facestore.errors import TableError
from facestore.store import Store

BY_MODEL = """dataset,ViT-B-16 laion400m_e32,"ViT-L-14, openai",Some net of ours,note
cars,0.836836,0.776893,0.5,checked
vtab/pets,0.892341,,-0.25,
"""
BY_DATASET = """Model,cars,vtab/pets
ViT-B-16 laion400m_e32,0.836836,0.892341
RN50,0.5,0.25
"""


@pytest.fixture
def store(new_store, tmp_path):
    shutil.copytree(new_store, tmp_path / "store")
    with Store.open(tmp_path / "store") as opened:
        yield opened


def write(tmp_path, text, name="board.csv"):
    path = tmp_path / name
    path.write_text(text)
    return path


def figures(store, columns="architecture, pretrained, dataset, attribute, metric, value"):
    return store.sql(f"select {columns} from published_figures order by all").fetchall()


def test_a_column_for_each_model_becomes_a_row_for_each(store, tmp_path):
    summary = store.import_published(write(tmp_path, BY_MODEL), metric="acc1_adjusted")
    assert (summary.n_figures, summary.ignored) == (5, ("note",))
    assert figures(store) == [
        ("Some net of ours", None, "cars", "cars", "chance_adjusted_accuracy", 0.5),
        ("Some net of ours", None, "vtab/pets", "vtab/pets", "chance_adjusted_accuracy", -0.25),
        ("ViT-B-16", "laion400m_e32", "cars", "cars", "chance_adjusted_accuracy", 0.836836),
        (
            "ViT-B-16",
            "laion400m_e32",
            "vtab/pets",
            "vtab/pets",
            "chance_adjusted_accuracy",
            0.892341,
        ),
        ("ViT-L-14", "openai", "cars", "cars", "chance_adjusted_accuracy", 0.776893),
    ]
    assert "2 data sets without an attribute: each has one of its own name, such as 'cars'" in (
        lines_of(summary)
    )
    assert store.import_published(write(tmp_path, BY_MODEL), metric="acc1_adjusted").n_new == 0


def test_a_column_for_each_data_set_becomes_a_row_for_each(store, tmp_path):
    store.import_published(write(tmp_path, BY_DATASET))
    assert figures(store, "architecture, dataset, metric, value") == [
        ("RN50", "cars", "accuracy", 0.5),
        ("RN50", "vtab/pets", "accuracy", 0.25),
        ("ViT-B-16", "cars", "accuracy", 0.836836),
        ("ViT-B-16", "vtab/pets", "accuracy", 0.892341),
    ]


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("acc1", "accuracy"), ("Top-1", "accuracy"), ("acc@1", "accuracy"), ("top1 acc.", "accuracy"),
        ("acc5", "top5_accuracy"), ("mean_per_class_recall", "balanced_accuracy"),
        ("Mean class accuracy", "balanced_accuracy"), ("mAP", "mean_average_precision"),
        ("macro_f1", "macro_f1"),
    ],
)  # fmt: skip
def test_metrics_have_the_names_in_use(store, tmp_path, said, known):
    long = f"model,dataset,metric,value\nRN50,cars,{said},0.5\n"
    store.import_published(write(tmp_path, long))
    assert figures(store, "metric") == [(known,)]
    wide = f"model,dataset,{said}\nRN50,cars,0.25\n"
    store.import_published(write(tmp_path, wide))
    assert figures(store, "metric, value") == [(known, 0.25)]


def test_the_csv_of_clip_benchmark_is_read_and_a_probe_is_another_classifier(store, tmp_path):
    text = (
        "acc1,acc5,mean_per_class_recall,dataset,model,pretrained,task,mean_average_precision,"
        "image_retrieval_recall@5,text_retrieval_recall@5,model_fullname,language\n"
        "0.63,0.88,0.62,wds/cars,ViT-B-32,openai,zeroshot_classification,,,,ViT-B-32 openai,en\n"
        "0.81,0.97,0.81,wds/cars,ViT-B-32,openai,linear_probe,,,,ViT-B-32 openai,en\n"
        ",,,wds/voc2007_multilabel,ViT-B-32,openai,zeroshot_classification,0.76,,,ViT-B-32 openai,en\n"
        ",,,wds/flickr30k,ViT-B-32,openai,zeroshot_retrieval,,0.83,0.94,ViT-B-32 openai,en\n"
    )
    store.import_published(write(tmp_path, text))
    assert figures(store, "classifier, dataset, metric, value") == [
        ("ViT-B-32 openai linear_probe", "wds/cars", "accuracy", 0.81),
        ("ViT-B-32 openai linear_probe", "wds/cars", "balanced_accuracy", 0.81),
        ("ViT-B-32 openai linear_probe", "wds/cars", "top5_accuracy", 0.97),
        (None, "wds/cars", "accuracy", 0.63),
        (None, "wds/cars", "balanced_accuracy", 0.62),
        (None, "wds/cars", "top5_accuracy", 0.88),
        (None, "wds/voc2007_multilabel", "mean_average_precision", 0.76),
    ]


def test_what_is_exported_for_clip_benchmark_comes_back_and_is_what_is_measured(store, tmp_path):
    lines = "".join(f"{i}.jpg,{label}\n" for i, label in enumerate(["cat", "dog"] * 4))
    labels = write(tmp_path, "file,pet\n" + lines, "labels.csv")
    store.import_labels(
        labels,
        dataset="a/b",
        split="x/y",
        attributes=["pet"],
        create_samples=True,
        new_classes=True,
    )
    for name in ("one", "two"):
        rows = "".join(f"{i}.jpg,{'cat' if i < 5 else name[:0] + 'dog'}\n" for i in range(8))
        said = write(tmp_path, "file,predicted\n" + rows, f"{name}.csv")
        store.import_predictions(said, dataset="a/b", attribute="pet", classifier=name)
    store.export("clip-benchmark", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open() as file:
        written = list(csv.DictReader(file))
    assert [row["dataset"] for row in written] == ["a/b/x/y/pet"] * 2
    summary = store.import_published(tmp_path / "out.csv", source="export")
    assert (summary.n_figures, summary.n_measured) == (4, 4)
    compared = store.sql(
        "select classifier, split, metric, measured, difference from published_comparison order by all"
    ).fetchall()
    assert [row[:3] for row in compared] == [
        (name, "x/y", metric)
        for name in ("one", "two")
        for metric in ("accuracy", "balanced_accuracy")
    ]
    assert all(row[3] == 0.625 and row[4] == 0 for row in compared)


def test_the_attribute_is_that_which_is_labelled(store, tmp_path):
    labels = write(tmp_path, "file,gender,race\n1.jpg,Male,White\n", "labels.csv")
    store.import_labels(labels, dataset="faces", create_samples=True)
    other = write(tmp_path, "file,gender\n1.jpg,Male\n", "other.csv")
    store.import_labels(other, dataset="more", create_samples=True)
    store.import_published(write(tmp_path, "model,more\nRN50,0.5\n"))
    assert figures(store, "dataset, attribute") == [("more", "gender")]
    with pytest.raises(
        TableError, match=r"no column 'attribute'.*'faces' has several.*`attribute="
    ):
        store.import_published(write(tmp_path, "model,faces\nRN50,0.5\n"))
    store.import_published(write(tmp_path, "model,faces\nRN50,0.5\n"), attribute="race")
    assert figures(store, "dataset, attribute") == [("faces", "race")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dataset,A,B\ncars,0.5,0.6\npets,0.7,n/a\n", "'row 2' has 'n/a' in column 'B'"),
        ("dataset,A\ncars,83.7\n", "the value 83.7 is no fraction.*divide per cent by 100"),
        ("dataset,A\ncars,0.5\ncars,0.6\n", "rows 1, 2 say one figure, overall accuracy of A"),
        ("Model,cars\n,0.5\nA,0.6\n", "row 1 has no architecture"),
        ("dataset,A\n,0.5\ncars,0.6\n", "row 1 has no dataset"),
        ("dataset,note\ncars,fine\n", "no figures among the columns 'dataset', 'note'"),
        ("net,cars\nA,0.5\n", "no figures among the columns 'net', 'cars'"),
    ],
)
def test_a_board_that_cannot_be_meant_is_refused_whole(store, tmp_path, text, message):
    with pytest.raises(TableError, match=message):
        store.import_published(write(tmp_path, text))
    assert figures(store) == []


def test_means_and_sizes_are_no_tasks_and_no_models(store, tmp_path):
    text = "model,gflops,cars,pets,Average (2)\nA,4.4,0.5,0.7,0.6\nB,9.1,0.25,0.75,0.5\n"
    done = store.import_published(write(tmp_path, text), metric="acc1")
    shown = {"Average (2)", "gflops"}
    assert shown <= set(done.ignored)
    assert figures(store, "architecture, dataset, value") == [
        ("A", "cars", 0.5), ("A", "pets", 0.7), ("B", "cars", 0.25), ("B", "pets", 0.75),
    ]  # fmt: skip
