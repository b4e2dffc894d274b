from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from facestore.errors import InputError, ParametersError, TableError
from facestore.importing.embeddings import read_image_vectors, read_text_vectors
from facestore.importing.prediction_tables import GivenTable, predictions_in, read_predictions
from facestore.importing.published_columns import renamed_columns
from facestore.importing.similarities import read_similarities
from facestore.mappings import LabelMapping
from facestore.records import AttributeClass

CLASSES = {"gender": ["Male", "Female"], "age": ["0-2", "3-9"]}


def write_json(tmp_path, content):
    path = tmp_path / "s.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_similarities_are_divided_by_their_scale(tmp_path):
    path = write_json(tmp_path, {"a.jpg": {"a man": 25.0, "a woman": -12.5}})
    assert read_similarities(path).rows() == [
        ("a.jpg", "a man", 0.25),
        ("a.jpg", "a woman", -0.125),
    ]


def test_plain_cosines_have_a_scale_of_one(tmp_path):
    path = write_json(tmp_path, {"a.jpg": {"a man": 0.25}})
    assert read_similarities(path, scale=1).rows() == [("a.jpg", "a man", 0.25)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"a.jpg": {"a man": 0.3}}, "`scale=1`"),
        ({"a.jpg": {"a man": 101.0}}, "more than the scale 100 allows"),
        ({"a.jpg": {"a man": -101.0}}, "more than the scale 100 allows"),
        ({"a.jpg": {"a man": "x"}}, "'a.jpg' has 'x' for 'a man'"),
        ({"a.jpg": {"a man": True}}, "has True"),
        ({"a.jpg": {}}, "'a.jpg' has no prompts"),
        ({}, "no files in it"),
        ([1], "no files in it"),
        ('{"a": {"p": NaN}}', "has nan"),
        ('{"a": {"p": 20}, "a": {"p": 30}}', "'a' occurs twice"),
        ("{", "not readable as JSON"),
    ],
)
def test_broken_similarities_are_refused_with_the_reason(tmp_path, content, says):
    with pytest.raises(TableError) as caught:
        read_similarities(write_json(tmp_path, content))
    assert says in str(caught.value)


def write_csv(tmp_path, **columns):
    path = tmp_path / "p.csv"
    pl.DataFrame(columns).write_csv(path)
    return path


def test_one_classifier_is_named_by_the_caller(tmp_path):
    path = write_csv(tmp_path, file=["a", "b"], guess=["Male", "Female"], score=[0.5, 0.25])
    read = read_predictions(
        path, classes=CLASSES, column="guess", attribute="gender", classifier="mine"
    )
    assert read.rows.rows() == [
        ("a", "mine", "gender", "Male", 0.5, None, None),
        ("b", "mine", "gender", "Female", 0.25, None, None),
    ]


def test_the_name_of_many_classifiers_is_made_from_their_columns(tmp_path):
    path = write_csv(
        tmp_path,
        architecture=["ViT-L-14", "ViT-L-14"],
        pretrained=["openai", "openai"],
        prompt_set=["raw", "raw"],
        attribute=["gender", "gender"],
        aggregation=["topk", "sum"],
        k=[10, None],
        file=["a", "a"],
        predicted=["Male", "Female"],
    )
    read = read_predictions(path, classes=CLASSES)
    assert read.rows["classifier"].to_list() == [
        "ViT-L-14 openai raw topk 10",
        "ViT-L-14 openai raw sum",
    ]
    assert read.classifiers["k"].to_list() == [10, None]


def test_a_name_that_two_attributes_share_gets_the_attribute(tmp_path):
    path = write_csv(
        tmp_path,
        architecture=["m", "m"],
        attribute=["gender", "age"],
        file=["a", "a"],
        predicted=["Male", "0-2"],
    )
    read = read_predictions(path, classes=CLASSES)
    assert read.rows["classifier"].to_list() == ["m gender", "m age"]


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"file": ["a"], "predicted": ["Mle"]}, "no class of 'gender': 'Mle'"),
        ({"file": ["a", "a"], "predicted": ["Male", "Male"]}, "'c' predicts 'a' twice"),
        ({"file": ["a"], "guess": ["Male"]}, "no column 'predicted'"),
        ({"who": ["a"], "predicted": ["Male"]}, "no column 'file'"),
    ],
)
def test_broken_predictions_are_refused_with_the_reason(tmp_path, columns, says):
    with pytest.raises(TableError) as caught:
        read_predictions(
            write_csv(tmp_path, **columns), classes=CLASSES, attribute="gender", classifier="c"
        )
    assert says in str(caught.value)


def test_predictions_without_attribute_or_classifier_say_what_to_give(tmp_path):
    path = write_csv(tmp_path, file=["a"], predicted=["Male"])
    with pytest.raises(TableError, match="`attribute=NAME`"):
        read_predictions(path, classes=CLASSES, classifier="c")
    with pytest.raises(TableError, match="`classifier=NAME`"):
        read_predictions(path, classes=CLASSES, attribute="gender")


UNITS = np.asarray([[0.6, 0.8], [1.0, 0.0]], dtype=np.float32)


def test_vectors_of_an_npz_keep_every_bit_of_unit_vectors(tmp_path):
    stored = UNITS.astype(np.float16)
    np.savez(tmp_path / "v.npz", files=np.asarray(["a", "b"]), emb=stored)
    read = read_image_vectors(tmp_path / "v.npz")
    assert read.batch.keys == ("a", "b")
    assert np.array_equal(read.batch.vectors, stored.astype(np.float32))
    assert read.dtype == "float16"


def test_vectors_of_other_lengths_are_scaled_to_one(tmp_path):
    np.savez(tmp_path / "v.npz", files=np.asarray(["a", "b"]), emb=3 * UNITS)
    np.testing.assert_allclose(
        read_image_vectors(tmp_path / "v.npz").batch.vectors, UNITS, atol=1e-7
    )


def test_clip_retrieval_s_npy_has_its_names_in_parquet(tmp_path):
    np.save(tmp_path / "img_emb_0.npy", UNITS)
    pl.DataFrame({"image_path": ["x/a", "x/b"], "caption": ["", ""]}).write_parquet(
        tmp_path / "metadata_0.parquet"
    )
    read = read_image_vectors(tmp_path / "img_emb_0.npy", metadata=tmp_path / "metadata_0.parquet")
    assert read.batch.keys == ("x/a", "x/b")
    with pytest.raises(TableError, match=r"`metadata=FILE\.parquet`"):
        read_image_vectors(tmp_path / "img_emb_0.npy")


def test_parquet_has_a_column_of_vectors(tmp_path):
    pl.DataFrame({"file": ["a", "b"], "vector": UNITS.tolist()}).write_parquet(
        tmp_path / "v.parquet"
    )
    assert np.array_equal(read_image_vectors(tmp_path / "v.parquet").batch.vectors, UNITS)


def test_a_template_makes_prompts_of_words(tmp_path):
    np.savez(tmp_path / "t.npz", words=np.asarray(["man", "woman"]), text=UNITS)
    read = read_text_vectors(tmp_path / "t.npz", template="a photo of a {}")
    assert read.batch.keys == ("a photo of a man", "a photo of a woman")


def test_a_word_that_occurs_twice_with_one_vector_counts_once(tmp_path):
    words, vectors = np.asarray(["a", "b", "a"]), UNITS[[0, 1, 0]]
    np.savez(tmp_path / "t.npz", words=words, text=vectors)
    assert read_text_vectors(tmp_path / "t.npz").batch.keys == ("a", "b")


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"files": np.asarray(["a"]), "emb": UNITS}, "1 name for 2 vectors"),
        ({"files": np.asarray(["a", "a"]), "emb": UNITS}, "two different vectors"),
        ({"files": np.asarray(["a", "b"]), "emb": UNITS * 0}, "row 0 is zero"),
        ({"files": np.asarray(["a", "b"]), "emb": UNITS * np.nan}, "NaN"),
        ({"emb": UNITS}, "no file names"),
        ({"files": np.asarray(["a", "b"])}, "no vectors"),
    ],
)
def test_broken_vectors_are_refused_with_the_reason(tmp_path, arrays, says):
    np.savez(tmp_path / "v.npz", **arrays)
    with pytest.raises(TableError) as caught:
        read_image_vectors(tmp_path / "v.npz")
    assert says in str(caught.value)


def test_pickled_arrays_are_never_loaded(tmp_path):
    np.savez(tmp_path / "v.npz", files=np.asarray([{"a": 1}], dtype=object), emb=UNITS[:1])
    with pytest.raises(TableError, match="not readable"):
        read_image_vectors(tmp_path / "v.npz")


def test_an_attribute_beside_the_column_of_another_is_refused():
    mapping = LabelMapping.of(columns=["race=x"])
    with pytest.raises(ParametersError, match="`attribute=gender` and `columns=race=x`"):
        GivenTable(attribute="gender", mapping=mapping)
    GivenTable(attribute="race", mapping=mapping)
    GivenTable(attribute="gender", mapping=LabelMapping.of(mapping="celeba"))


def test_values_of_predictions_that_were_mapped_in_vain_are_told(tmp_path):
    path = write_csv(tmp_path, file=["a.jpg"], predicted=[1])
    classes = {"gender": [AttributeClass("Male", 1), AttributeClass("Female", 2)]}
    mapping = LabelMapping.of(maps=["gender:1=Male", "gender:2=Female"])
    found = predictions_in(path, classes, GivenTable("predicted", "gender", "c", mapping))
    assert found.notes[0] == "`gender:2=Female` met no value of gender; it has: '1'"


@pytest.mark.parametrize(
    ("renamed", "says"),
    [
        ({"a": "k", "b": "k"}, "`columns=a=k` and `columns=b=k` contradict each other"),
        ({"a": "metric"}, "it has a column 'metric', besides 'a' that is to be read as it"),
    ],
)
def test_two_columns_of_published_figures_are_not_read_as_one(tmp_path, renamed, says):
    table = pl.DataFrame({"a": [1], "b": [2], "metric": [3]})
    with pytest.raises(InputError, match=says):
        renamed_columns(tmp_path, table, renamed)
    swapped = renamed_columns(tmp_path, table, {"metric": "k", "a": "metric"})
    assert swapped.columns == ["metric", "b", "k"]
