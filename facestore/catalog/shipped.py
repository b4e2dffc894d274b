"""The definitions of all that this version installs, as DuckDB prints them.

How DuckDB prints a definition depends on its version, and on whether it was read from a file. So
a database is made in a file of its own and read back. That takes a second, so the result is kept
in the user's cache, under a name of all that decides it.
"""

import hashlib
import json
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import duckdb
from platformdirs import user_cache_path

from facestore import resources
from facestore.catalog import definitions, migrate, views
from facestore.catalog.definitions import Definitions
from facestore.connections import connect
from facestore.files import is_private, write_private

# Of the way in which definitions are written down here.
_FORM = 1


@cache
def shipped_migrations() -> list[migrate.Migration]:
    """Return the migrations of this version, in order."""
    return migrate.load_migrations(resources.folder("migrations"))


@cache
def shipped_views() -> list[views.ViewFile]:
    """Return the views and macros of this version, in no order that means anything."""
    return views.read_views(resources.folder("sql"))


@cache
def definitions_of_this_version() -> Definitions:
    """Return what this version installs, from the cache where it is there."""
    file = _cache_file()
    kept = _read(file)
    if kept is None:
        kept = _made()
        with suppress(OSError):  # a home that may only be read: it is made again each time
            text = json.dumps([[*key, each] for key, each in kept.items()])
            write_private(file, text)
    return kept


def _made() -> Definitions:
    """Make an empty catalogue and return its definitions."""
    with tempfile.TemporaryDirectory(prefix="facestore-") as folder:
        file = Path(folder) / "shipped.duckdb"
        with connect(file) as con:
            migrate.migrate(con, shipped_migrations())
            views.install_views(con, shipped_views())
        with connect(file, read_only=True) as con:
            return definitions.read(con).definitions


def _cache_file() -> Path:
    """Return the file for this SQL, this DuckDB and this code."""
    digest = hashlib.sha256(f"{_FORM} {duckdb.__version__}".encode())
    for migration in shipped_migrations():
        digest.update(migration.checksum.encode())
    for view in shipped_views():
        digest.update(f"{view.name} {view.checksum}".encode())
    folder = user_cache_path("facestore", appauthor=False)
    return folder / f"definitions-{digest.hexdigest()[:32]}.json"


def _read(file: Path) -> Definitions | None:
    """Return what was kept; None where nothing was, or somebody else could have written it."""
    try:
        if not (is_private(file.parent) and is_private(file)):
            return None
        kept = json.loads(file.read_text(encoding="utf-8"))
        return {(str(kind), str(name)): str(text) for kind, name, text in kept}
    except (OSError, ValueError, TypeError):
        return None
