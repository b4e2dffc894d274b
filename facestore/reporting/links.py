"""Where a number leads to: the faces behind a group, or behind a label and what it is called."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass

from facestore.reporting.tables import BlockKey

FACES_FILE = "faces.html"
_DIGITS = 12


@dataclass(frozen=True)
class Links:
    """The sections of the page of faces, by what they show.

    Attributes
    ----------
    sections
        The `id` of each; without the page of faces there is none, and nothing is linked.
    """

    sections: Collection[str] = ()

    def group(self, key: BlockKey, group_attribute: str, group_name: str) -> str:
        """Return the address of the faces of a group that are called wrong; or nothing."""
        return self._address(group_section(key, group_attribute, group_name))

    def cell(self, key: BlockKey, label: str, predicted: str) -> str:
        """Return the address of the faces of a label that are called so; or nothing."""
        return self._address(cell_section(key, label, predicted))

    def _address(self, section: str) -> str:
        return f"{FACES_FILE}#{section}" if section in self.sections else ""


def group_section(key: BlockKey, group_attribute: str, group_name: str) -> str:
    """Return the `id` of the section of faces of a group that a classifier is wrong about."""
    return _section("g", *key.values, group_attribute, group_name)


def cell_section(key: BlockKey, label: str, predicted: str) -> str:
    """Return the `id` of the section of faces of a label that a classifier calls so."""
    return _section("c", *key.values, label, predicted)


def _section(kind: str, *names: str | None) -> str:
    """Make an `id` of names, which may be any text."""
    told = json.dumps(names, ensure_ascii=False)
    return f"{kind}-{hashlib.sha256(told.encode('utf-8', 'replace')).hexdigest()[:_DIGITS]}"
