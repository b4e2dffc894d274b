"""The views hold what they promise in the store of the cookbook, and so in that of the demo."""

from __future__ import annotations

import pytest
from support.invariants import violated_in


@pytest.mark.xdist_group("cookbook")
def test_invariants_hold(cookbook_store):
    assert violated_in(cookbook_store.path) == {}


@pytest.mark.xdist_group("cookbook")
def test_doctor_finds_no_failure(cookbook_store):
    assert [each.name for each in cookbook_store.doctor() if each.status == "failed"] == []
