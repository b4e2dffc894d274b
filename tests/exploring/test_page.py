"""What the page opens with, and that a condition is one before anything is served."""

from __future__ import annotations

import polars as pl
import pyarrow as pa
import pytest

from facestore.errors import QueryError
from facestore.exploring.page import count_rows, initial_state
from facestore.exploring.rows import Shown

ROWS = pa.table(
    {"age": ["0-2", "0-2", "3-9", None], "judged": ["wrong", "right", "wrong", "wrong"]}
)


def test_a_condition_is_counted_as_sql_counts_it():
    assert count_rows(ROWS, "judged = 'wrong' and age = '0-2'") == 1
    assert count_rows(ROWS, "age is null or age in (select age from dataset)") == 4
    assert count_rows(ROWS, "age <> '0-2'") == 1


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("judged =", "syntax error"),
        ("", "syntax error"),
        ("agee = '0-2'", '"agee" not found'),
        ("age", "Could not convert string"),
        ("1 = 1); select (1 = 1", "more than a condition"),
        ("1 = 1) or exists (select * from read_csv('/etc/passwd')", "disabled"),
    ],
)
def test_what_is_no_condition_is_one_line_with_the_columns(where, says):
    with pytest.raises(QueryError, match=says) as refused:
        count_rows(ROWS, where)
    assert str(refused.value).endswith("on columns of these: age, judged.")
    assert "\n" not in str(refused.value)


def shown(**columns):
    picture = pl.Series("picture", [None, None], pl.Struct({"bytes": pl.Binary}))
    return Shown(pl.DataFrame([picture]).with_columns(**columns), ("age",))


def test_charts_are_of_what_is_there():
    state = initial_state(shown(age=pl.Series(["0-2", "3-9"]), sample_id=pl.Series([1, 2])), None)
    assert list(state["charts"]) == ["predicates", "cards", "age"]
    assert state["charts"]["cards"]["columns"] == ["picture", "age"]
    assert state["charts"]["cards"]["viewMode"] == "cards"
    assert (state["charts"]["predicates"]["items"], state["chartStates"]) == ([], {})
    full = shown(
        age=pl.Series(["0-2", "0-2"]), judged=pl.Series(["right", "wrong"]), x=pl.lit(0.0), y=pl.lit(0.0),
        neighbors=pl.lit(1), margin=pl.lit(0.1), suspect=pl.lit("gender: Male"),
    )  # fmt: skip
    state = initial_state(full, "age = '0-2'")
    # one bar says nothing
    assert list(state["charts"]) == ["points", "predicates", "cards", "judged", "margin"]
    assert state["charts"]["points"]["data"] == {
        "x": "x", "y": "y", "image": "picture", "neighbors": "neighbors", "category": "judged",
    }  # fmt: skip
    assert state["chartStates"] == {"predicates": {"selection": ["age = '0-2'"]}}
    asked = [each["predicate"] for each in state["charts"]["predicates"]["items"]]
    assert asked == ["age = '0-2'", "judged = 'wrong'", "suspect is not null"]
    again = initial_state(full, "judged = 'wrong'")["charts"]["predicates"]["items"]
    assert [each["predicate"] for each in again] == ["judged = 'wrong'", "suspect is not null"]
