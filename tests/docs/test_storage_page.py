"""docs/storage.md says what the SQL says."""

from __future__ import annotations

import re

import pytest
import storage_page

from facestore import resources
from facestore.catalog import views

PAGE = storage_page.PAGE.read_text(encoding="utf-8")


def test_the_page_is_what_make_docs_writes():
    assert storage_page.render(PAGE) == PAGE, "run `make docs`"


def test_prose_around_the_generated_parts_is_kept():
    emptied = re.sub(r"(<!-- generated: \w+ -->).*?(<!-- end)", r"\1\n\2", PAGE, flags=re.DOTALL)
    assert len(emptied) < len(PAGE) / 2
    assert storage_page.render(emptied) == PAGE


@pytest.mark.parametrize("view", views.load_views(resources.folder("sql")), ids=lambda v: v.name)
def test_every_view_has_what_its_header_says(view):
    shown = view.name if view.parameters is None else f"{view.name}({', '.join(view.parameters)})"
    (part,) = re.findall(rf"^#### `{re.escape(shown)}`\n(.+?)(?=^#|^<!)", PAGE, re.DOTALL | re.M)
    words = re.sub(
        r"\b(grain|units|note|deprecated|source|reads):", "", view.comment.partition(": ")[2]
    )
    missing = set(re.findall(r"\w+", words.lower())) - set(re.findall(r"\w+", part.lower()))
    assert missing == set()
    assert "*gives*: " in part if view.is_scalar else re.search(r"\*columns\*: `\w+` \w", part)
