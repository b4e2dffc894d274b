"""Copies of a store together with what was ingested into it, as if all was made where the copies are."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import duckdb
from platformdirs import user_state_path

from facestore.config import CATALOG_FILE
from facestore.files import write_private
from facestore.images.given import _file_of


def copy_moved(made: Path, target: Path) -> None:
    """Copy a folder with `store` and its pictures; the copy knows nothing of the first one.

    `copied.copy_as_own` copies stores alone, whose pictures stay where they are.
    """
    shutil.copytree(made, target, dirs_exist_ok=True)
    for note in (user_state_path("facestore", appauthor=False) / "given").glob("*.json"):
        try:
            text = note.read_text(encoding="utf-8")
            if json.loads(text)["store"] != os.path.realpath(made / "store"):
                continue
        except (OSError, ValueError, TypeError, KeyError):
            continue  # a test that spoils notes runs at this moment
        for old, new in ((os.path.realpath(made), os.path.realpath(target)), (made, target)):
            text = text.replace(str(old), str(new))
        write_private(_file_of(target / "store"), text)
    with duckdb.connect(target / "store" / CATALOG_FILE) as con:
        for table, column in (("datasets", "source"), ("runs", "arguments")):
            moved = f"replace({column}::varchar, $old, $new)"
            values = {"old": str(made), "new": str(target)}
            con.execute(f"update {table} set {column} = {moved}", values)
