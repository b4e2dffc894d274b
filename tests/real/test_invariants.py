"""The views hold what they promise in the store of published predictions and similarities."""

from __future__ import annotations

import pytest
from support.invariants import violated_in

from facestore.store import Store

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]


def test_invariants_hold(published_store):
    assert violated_in(published_store) == {}


def test_doctor_finds_nothing(published_store):
    with Store.open(published_store) as store:
        assert {each.name for each in store.doctor() if each.status != "ok"} == set()
