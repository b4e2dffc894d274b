"""Classifiers are meant by their names, or by patterns of names."""

from __future__ import annotations

import pytest

from facestore.catalog.patterns import named
from facestore.errors import UnknownNameError

KNOWN = ["clip sum", "clip topk 1", "clip topk 11", "mine [v*]", "mine v1"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], []),
        (["clip sum"], ["clip sum"]),
        (["*topk*"], ["clip topk 1", "clip topk 11"]),
        (["clip topk ?"], ["clip topk 1"]),
        (["mine v[0-9]"], ["mine v1"]),
        # a name that is there is itself, also where it looks as a pattern
        (["mine [v*]"], ["mine [v*]"]),
        (["clip*1", "clip topk 1", "*"], ["clip topk 1", "clip topk 11", "clip sum", *KNOWN[3:]]),
    ],
)
def test_a_pattern_stands_for_all_names_that_look_so(given, expected):
    assert named(given, KNOWN) == expected


@pytest.mark.parametrize("given", ["Clip*", "clip", "topk*", ""])
def test_what_nothing_looks_like_is_refused(given):
    with pytest.raises(UnknownNameError, match="No classifier"):
        named(["clip sum", given], KNOWN)
