"""What a verb is called with from Python: a wrong kind of value is one line."""

from __future__ import annotations

import numpy as np
import pytest

from facestore.errors import InputError
from facestore.store import Store


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store") as opened:
        yield opened


@pytest.mark.parametrize(
    ("verb", "given", "says"),
    [
        ("score", {"prompt_set": None}, "`prompt_set=None`: a text was expected."),
        ("ingest", {"source": "x", "models": "tiny"}, "a list of texts was expected: `models=['tiny']`."),
        ("ingest", {"source": "x", "models": [None]}, "`models=[None]`: a list of texts"),
        ("ingest", {"source": None}, "`source=None`: a text or a path"),
        ("ingest", {"source": "x", "batch_size": 2.5}, "`batch_size=2.5`: a whole number"),
        ("split", {"dataset": "x", "fractions": [0.8, 0.2]}, "a text or a dict"),
        ("predict", {"attribute": "gender", "prompt_set": "p", "k": "3"}, "a whole number or None"),
        ("predict", {"attribute": ["gender"], "prompt_set": "p"}, "`attribute=['gender']`: a text"),
        ("report", {"only": "groups"}, "`only=['groups']`"),
        ("report", {"images": "yes"}, "`images='yes'`: True or False"),
        ("explain", {"samples": 5}, "a list of texts or paths or whole numbers"),
        ("check", {"max_gap": "5 %"}, "a number or None"),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_one_line(store, verb, given, says):
    with pytest.raises(InputError) as told:
        getattr(store, verb)(**given)
    assert says in str(told.value)
    assert "\n" not in str(told.value)


def test_a_store_is_opened_by_a_path():
    with pytest.raises(InputError, match="`path=3`: a text or a path was expected"):
        Store.open(3)


def test_what_stands_for_a_kind_is_let_through(store, pictures):
    done = store.ingest(str(pictures), models=(), batch_size=np.int64(8), attributes={"gender"})
    assert done.n_files == 6
    limits = {"max_gap": np.float64(0.5), "groups": ()}
    with pytest.raises(InputError, match="Nothing to hold against"):
        store.check(**limits)
