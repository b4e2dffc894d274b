"""Predictions in codes, under a source's names, and tables of them without a row."""

from __future__ import annotations

import shlex

import numpy as np
import polars as pl
import pytest
from ingest.layouts.test_tables_of_people import ALL

from facestore.cli.wording import as_typed
from facestore.errors import TableError
from facestore.importing.embeddings import read_image_vectors
from facestore.importing.prediction_tables import GivenTable, predictions_in
from facestore.importing.published import read_published
from facestore.mappings import LabelMapping

LONG = (
    "file,attribute,predicted\n"
    "a,gender,0\nb,gender,1\na,race,0\nb,race,3\na,age,0\nb,age,1\n"
)  # fmt: skip


def read(tmp_path, text, said=None, **given):
    path = tmp_path / "p.csv"
    path.write_text(text)
    mapping = LabelMapping.of(**(said or {}))
    table = predictions_in(path, ALL, GivenTable(classifier="c", mapping=mapping, **given))
    return sorted(set(table.rows.select("attribute", "predicted").rows()), key=str)


def refusal(tmp_path, text, said=None, **given):
    with pytest.raises(TableError) as refused:
        read(tmp_path, text, said, **given)
    return as_typed(str(refused.value))


def maps_of(message, after):
    words = shlex.split(message[message.index(after) :].split(";")[0].rstrip("."))
    return [words[i + 1] for i, word in enumerate(words) if word == "--map"]


def test_codes_of_all_attributes_are_said_at_once(tmp_path):
    message = refusal(tmp_path, LONG)
    assert (
        "if gender 0 is Male, 1 is Female and race 0 is East Asian, 3 is White and age 0 is 0-2, "
        "1 is 3-9 (as in fairface-hf) add --mapping fairface-hf;"
    ) in message
    assert "(as in utkface) add --map gender:0=Male" in message
    assert "--new-classes" not in message
    by_source = read(tmp_path, LONG, {"mapping": "fairface-hf"})
    assert ("age", "3-9") in by_source
    assert read(tmp_path, LONG, {"maps": maps_of(message, "or say what")}) == by_source


def test_zeros_and_ones_are_years_where_that_is_said(tmp_path):
    rows = LONG.splitlines()
    text = "\n".join([rows[0], *rows[5:]]) + "\n"
    message = refusal(tmp_path, text)
    assert "no value of 'age' but '0', '1', which may be codes" in message
    assert "leave the column out" not in message
    assert read(tmp_path, text, {"maps": maps_of(message, "If they are years")}) == [("age", "0-2")]
    assert "--column" not in refusal(tmp_path, text, attribute="age")  # the rows say which it is
    one = "file,predicted\na,0\nb,1\n"
    assert "If they are years add --column age=predicted;" in refusal(
        tmp_path, one, attribute="age"
    )
    assert read(tmp_path, one, {"columns": ["age=predicted"]}) == [("age", "0-2")]


def test_columns_that_a_source_names_count_where_nobody_named_any(tmp_path):
    said = {"mapping": "utkface"}
    assert read(tmp_path, "file,predicted\na,2\n", said, attribute="race") == [("race", "Asian")]
    # The age beside a prediction is a label.
    text = "file,age,predicted\na,33,1\n"
    assert read(tmp_path, text, said, attribute="gender") == [("gender", "Female")]
    text = "file,age,sex\na,33,1\n"
    named = {"mapping": "utkface", "columns": ["gender=sex"]}
    assert read(tmp_path, text, named) == [("gender", "Female")]
    assert read(tmp_path, "file,Male\na,-1\n", {"mapping": "celeba"}) == [("gender", "Female")]


def test_a_message_names_the_columns_of_the_table_alone(tmp_path):
    message = refusal(tmp_path, "file,guess\na,1\n", attribute="gender")
    assert "no column 'predicted' among 'file', 'guess'." in message


@pytest.mark.parametrize("text", ["file,predicted\n", "file,predicted\n,\n\n", "file,guess\n"])
def test_predictions_without_a_row_are_refused(tmp_path, text):
    assert "it has no rows. Expected a header" in refusal(tmp_path, text, attribute="gender")


def test_figures_and_vectors_without_a_row_are_refused(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("source,dataset,attribute,accuracy\n")
    with pytest.raises(TableError, match="it has no rows"):
        read_published(path, classes={}, attributes={}, constants={}, renamed={})
    kinds = {"file": pl.String, "emb": pl.Array(pl.Float32, 4)}
    pl.DataFrame(schema=kinds).write_parquet(tmp_path / "v.parquet")
    with pytest.raises(TableError, match="it has no rows"):
        read_image_vectors(tmp_path / "v.parquet")
    np.save(tmp_path / "v.npy", np.zeros((0, 4)))
    with pytest.raises(TableError, match="it has no rows"):
        read_image_vectors(tmp_path / "v.npy", metadata=tmp_path / "v.parquet")
    np.savez(tmp_path / "v.npz", files=np.zeros(0, "U5"), emb=np.zeros((0, 4)))
    with pytest.raises(TableError, match="0 names for 0 vectors"):
        read_image_vectors(tmp_path / "v.npz")
