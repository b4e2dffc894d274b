"""Published figures: read from both forms of table, replaced by source, and put beside ours."""

from __future__ import annotations

import shutil

import pytest

from facestore.cli.summaries import lines_of
from facestore.errors import TableError, UnknownNameError
from facestore.store import Store

WIDE = """Model,Mode,accuracy,Male,Female,White,Race Gap
ViT-B-16,Avg Sum,0.75,0.5,1.0,0.8,0.1
ViT-L-14,Avg Sum,0.9,0.9,0.9,,0.05
"""


@pytest.fixture(scope="module")
def made(new_store, tmp_path_factory):
    """Give a store in which a classifier has three of four right, to be copied."""
    folder = tmp_path_factory.mktemp("published")
    shutil.copytree(new_store, folder / "store")
    labels = folder / "labels.csv"
    labels.write_text("file,age,gender,race\n" + "".join(
        f"{i}.jpg,20-29,{gender},White\n" for i, gender in enumerate(["Male", "Female"] * 2)
    ))  # fmt: skip
    table = folder / "predictions.csv"
    table.write_text("file,predicted,architecture,attribute\n" + "".join(
        f"{i}.jpg,{said},ViT-B-16,gender\n"
        for i, said in enumerate(["Male", "Female", "Male", "Male"])
    ))  # fmt: skip
    with Store.open(folder / "store") as opened:
        opened.import_labels(labels, dataset="faces", create_samples=True)
        opened.import_predictions(table, dataset="faces")
    return folder


@pytest.fixture
def store(made, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    with Store.open(tmp_path / "store") as opened:
        yield opened


def write(tmp_path, text, name="paper.csv"):
    path = tmp_path / name
    path.write_text(text)
    return path


def figures(store, columns="architecture, group_attribute, group_name, metric, value"):
    return store.sql(f"select {columns} from published_figures order by all").fetchall()


def test_a_column_for_each_figure_becomes_a_row_for_each(store, tmp_path):
    summary = store.import_published(
        write(tmp_path, WIDE),
        dataset="faces",
        attribute="gender",
    )
    assert lines_of(summary) == [
        "9 published figures: 9 new, 0 of the same source replaced",
        "0 of them are measured in this store: see the view published_comparison",
    ]
    assert {row[0] for row in figures(store, "aggregation")} == {"sum"}
    # the classifier of the store does not say how it pools, so it is not one that pools by sum
    summary = store.import_published(
        write(tmp_path, WIDE.replace("Mode,", "Note,")), dataset="faces", attribute="gender"
    )
    assert lines_of(summary)[1:] == [
        "5 of them are measured in this store: see the view published_comparison",
        "columns not read: Note (name them with --column)",
    ]
    first = ("ViT-B-16",)
    assert [row for row in figures(store) if row[0] == "ViT-B-16"] == [
        (*first, "gender", "Female", "accuracy", 1.0),
        (*first, "gender", "Male", "accuracy", 0.5),
        (*first, "overall", "overall", "accuracy", 0.75),
        (*first, "race", "White", "accuracy", 0.8),
        (*first, "race", None, "mean_minus_min", 0.1),
    ]
    rows = store.sql(
        "select group_name, published, measured from published_comparison "
        "where measured is not null order by all"
    ).fetchall()
    assert rows == [
        ("Female", 1.0, 0.5),
        ("Male", 0.5, 1.0),
        ("White", 0.8, 0.75),
        ("overall", 0.75, 0.75),
        (None, 0.1, 0.0),
    ]


def test_a_figure_a_row_is_taken_as_it_is(store, tmp_path):
    columns = "source,classifier,dataset,attribute,taxonomy,group_attribute,group_name,metric,value"
    text = (
        f"{columns},page\n"
        "table 3,ViT-B-16,faces,gender,gender-2,race,White,accuracy,0.5,7\n"
        "table 3,ViT-B-16,faces,gender,,,,macro_f1,0.6,7\n"
        "table 3,ViT-B-16,faces,gender,,,,,0.7,8\n"
        "table 3,ViT-B-16,faces,gender,,race,Black,accuracy,,8\n"
    )
    summary = store.import_published(write(tmp_path, text))
    assert (summary.n_figures, summary.n_measured, summary.ignored) == (3, 3, ("page",))
    own = ("table 3", "ViT-B-16", "faces", "gender")
    assert figures(store, columns) == [
        (*own, "gender-2", "race", "White", "accuracy", 0.5),
        (*own, None, "overall", "overall", "accuracy", 0.7),
        (*own, None, "overall", "overall", "macro_f1", 0.6),
    ]


def test_options_say_what_no_column_does(store, tmp_path):
    store.import_published(
        write(tmp_path, "accuracy\n0.5\n"),
        dataset="faces",
        attribute="gender",
        model="ViT-B-16,openai",
        split="val",
        prompt_set="raw",
        aggregation="topk",
        k=2,
        source="a paper",
    )
    columns = "source, architecture, pretrained, prompt_set, aggregation, k, dataset, split"
    row = ("a paper", "ViT-B-16", "openai", "raw", "topk", 2, "faces", "val")
    assert figures(store, columns) == [row]


def test_an_import_replaces_what_its_source_said(store, tmp_path):
    options = {"dataset": "faces", "attribute": "gender", "columns": {"Model": "architecture"}}
    store.import_published(write(tmp_path, WIDE), **options)
    again = store.import_published(write(tmp_path, WIDE), **options)
    assert (again.n_figures, again.n_new, again.n_replaced) == (9, 0, 0)
    other = store.import_published(write(tmp_path, WIDE, "other.csv"), **options)
    assert (other.n_new, other.n_replaced) == (9, 0)
    fewer = "\n".join(WIDE.splitlines()[:2]).replace("0.75", "0.76")
    changed = store.import_published(write(tmp_path, fewer), **options)
    assert (changed.n_figures, changed.n_new, changed.n_replaced) == (5, 1, 5)
    assert len(figures(store)) == 9 + 5
    runs = store.sql("select command, counts from runs where command like '%published'").fetchall()
    assert len(runs) == 3


MODELS = """datasource,Mode,accuracy,Male,Race Gap
openai,Avg Sum,0.75,0.5,0.1
laion400m_e32,Avg Sum,0.9,0.9,0.05
"""


def test_rows_that_are_one_figure_are_refused_and_named(store, tmp_path):
    known = {"dataset": "faces", "attribute": "gender", "model": "ViT-B-16"}
    unread = MODELS.replace("datasource", "trained on")
    message = (
        r"rows 1, 2 say one figure, overall accuracy of ViT-B-16 sum: 0\.75, 0\.9\. Tell them apart by "
        r"a column that was not read: `columns=trained on=architecture`"
    )
    with pytest.raises(TableError, match=message):
        store.import_published(write(tmp_path, unread), **known)
    assert figures(store) == []
    # the advice works, and so does the name that these tables have
    told = known | {"columns": {"trained on": "pretrained"}}
    assert store.import_published(write(tmp_path, unread), **told).n_figures == 6
    assert store.import_published(write(tmp_path, MODELS), **known).n_new == 0


@pytest.mark.parametrize(
    "text",
    [
        "architecture,accuracy\nViT-B-16,0.5\nViT-B-16,0.5\n",
        "group_attribute,group_name,value\nrace,White,0.5\nrace,White,0.6\n",
        "Model,metric,value\na,accuracy,0.5\nb,accuracy,0.6\na,,0.7\n",
    ],
)
def test_rows_that_nothing_tells_apart_are_refused_too(store, tmp_path, text):
    with pytest.raises(TableError, match=r"say one figure.*Remove all but one"):
        store.import_published(write(tmp_path, text), dataset="faces", attribute="gender")


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("Avg Sum", ("sum", None)),
        ("sum", ("sum", None)),
        ("Top-3", ("topk", 3)),
        ("Avg Top 11", ("topk", 11)),
        ("Avg", ("mean", None)),
        ("embedding mean", ("embedding_mean", None)),
        ("majority vote", ("majority vote", None)),
    ],
)
def test_modes_are_read_as_aggregations(store, tmp_path, said, read):
    text = f'Model,Mode,Prompt,accuracy\n"ViT-B-16, openai",{said},RP,0.5\n'
    store.import_published(write(tmp_path, text), dataset="faces", attribute="gender")
    columns = "architecture, pretrained, prompt_set, aggregation, k"
    assert figures(store, columns) == [("ViT-B-16", "openai", "RP", *read)]


def test_what_is_said_by_an_option_is_not_read_from_a_column_of_another_name(store, tmp_path):
    text = "Model,Prompt,accuracy\nViT-B-16,RP,0.5\n"
    known = {"dataset": "faces", "attribute": "gender", "prompt_set": "raw_gender_labels"}
    summary = store.import_published(write(tmp_path, text), **known)
    assert figures(store, "architecture, prompt_set") == [("ViT-B-16", "raw_gender_labels")]
    assert summary.ignored == ("Prompt",)


def test_an_attribute_that_the_store_does_not_have_is_one_of_published_figures(store, tmp_path):
    text = "Model,accuracy\nViT-B-16,0.5\n"
    summary = store.import_published(write(tmp_path, text), dataset="faces", attribute="smiling")
    assert summary.notes == (
        "attribute 'smiling' is one of published figures alone, and nothing here is compared with "
        "them",
    )
    assert store.sql("select count(*) from classes where attribute = 'smiling'").fetchone() == (0,)
    slip = store.import_published(write(tmp_path, text), dataset="faces", attribute="gendr")
    assert "was 'gender' meant?" in lines_of(slip)[-1]
    store.report(only=["models"])


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("accuracy\n0.5\n", {"attribute": "gender"}, "no column 'dataset'.*give `dataset=NAME`"),
        ("accuracy\n0.5\n", {"dataset": "faces"}, "no column 'attribute'.*give `attribute=NAME`"),
        ("accuracy\n95.5\n", {}, "95.5 is no fraction.*divide per cent by 100"),
        ("metric,value\nauc,0.5\n", {}, "metric 'auc' is not known"),
        ("group_attribute,group_name,value\nrace,Green,0.5\n", {}, "'Green' is no class of 'race'"),
        ("attribute,accuracy\n,0.5\n", {}, "row 1 has no attribute"),
        ("colour\n0.5\n", {}, "no figures among the columns 'colour'"),
        ("accuracy\n0.5\n", {"columns": {"Model": "architecture"}}, "column 'Model' cannot be"),
        ("accuracy,m\n0.5,1\n", {"columns": {"m": "modell"}}, "cannot be read as 'modell'"),
        ("value\nhalf\n", {}, "'row 1' has 'half' in column 'value'"),
        ("Male\nnan\n", {}, "'row 1' has 'nan' in column 'Male'"),
        ('"Male";accuracy\n0,5;0.6\n', {}, "a point for decimals"),
        ("k,accuracy\n1.5,0.6\n", {}, "'row 1' has '1.5' in column 'k'.*whole number"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused_whole(store, tmp_path, text, options, message):
    known = {"dataset": "faces", "attribute": "gender"}
    wanted = options if "no column" in message else known | options
    with pytest.raises(TableError, match=message):
        store.import_published(write(tmp_path, text), **wanted)
    assert figures(store) == []


def test_a_setting_holds_for_views_and_is_checked(store):
    first = ("min_samples", "1", "groups with fewer samples show their count and no rates")
    assert first in store.settings()
    store.set("min_samples", 3)
    query = "select group_name, accuracy from accuracy_by_group where group_attribute = 'gender'"
    assert store.sql(f"{query} order by all").fetchall() == [("Female", None), ("Male", None)]
    with pytest.raises(UnknownNameError, match="Did you mean 'min_samples'"):
        store.set("min_sample", 3)
    with pytest.raises(ValueError, match=r"min_samples cannot be 0: expected .* at least 1"):
        store.set("min_samples", 0)
    with pytest.raises(ValueError, match=r"duplicate_distance cannot be 13: .* from 0 to 12"):
        store.set("duplicate_distance", 13)
    store.set("duplicate_distance", 0)
    values = {name: value for name, value, _ in store.settings()}
    expected = {"duplicate_distance": "0", "group_attributes": "", "min_samples": "3"}
    assert values == expected | {"keep_similarities": "auto"}
