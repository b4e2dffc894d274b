"""Copies of stores that a test goes on with as if the user had made them there."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from platformdirs import user_state_path

from facestore.files import write_private
from facestore.images.given import _file_of


def copy_as_own(source: Path, target: Path, *, made_at: Path | None = None) -> Path:
    """Copy a store, or a folder with stores; what was given to them is given to the copies.

    `made_at` is where they were made, if that was elsewhere.
    """
    shutil.copytree(source, target)
    old, new = Path(os.path.realpath(made_at or source)), Path(os.path.realpath(target))
    for note in (user_state_path("facestore", appauthor=False) / "given").glob("*.json"):
        try:
            content = json.loads(note.read_text(encoding="utf-8"))
            store = Path(content["store"])
        except (OSError, ValueError, TypeError, KeyError):
            continue  # a test that spoils notes runs at this moment
        if store.is_relative_to(old):
            copy = new / store.relative_to(old)
            write_private(_file_of(copy), json.dumps({**content, "store": str(copy)}))
    return target
