"""Copies of a store that still have what was taken out: nobody but their owner may change them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from facestore.catalog.taking_out import Leaving
from facestore.config import CATALOG_FILE
from facestore.connections import connect
from facestore.stores import Stores

_IS_CATALOGUE = (
    "select count(*) from system.main.duckdb_tables() "
    "where schema_name = 'main' and table_name in ('samples', 'images', 'schema_migrations')"
)
_HOLDS = """
select
    exists (
        select 1 from main.samples
        where image_id in (select image_id from given_images)
            or (dataset, path) in (select (dataset, path) from given_names)
    )
    or exists (select 1 from main.images where image_id in (select image_id from given_images))
"""


@dataclass(frozen=True)
class Copy:
    """A file beside the store.

    Attributes
    ----------
    path
        It.
    problem
        Why it could not be looked into; None: it has what was taken out.
    """

    path: str
    problem: str | None = None


def copies_with(store: Stores, leaving: Leaving) -> Iterator[Copy]:
    """Yield the snapshots and stores in and beside the folder of a store that have some of it.

    Parameters
    ----------
    store
        The store.
    leaving
        What is taken out of it.
    """
    for path in _beside(store.path.resolve()):
        try:
            if _holds(path, leaving):
                yield Copy(str(path))
        except duckdb.Error as error:
            yield Copy(str(path), " ".join(str(error).split())[:120])


def _beside(folder: Path) -> list[Path]:
    own = (folder / CATALOG_FILE).resolve()
    found: set[Path] = set()
    for place in (folder, folder.parent):
        try:
            found.update(place.glob("*.duckdb"))
            found.update(place.glob(f"*/{CATALOG_FILE}"))
        except OSError:  # not ours to look into
            continue
    return sorted(each for each in found if each.is_file() and each.resolve() != own)


def _holds(path: Path, leaving: Leaving) -> bool:
    with path.open("rb") as file:
        if file.read(12)[8:] != b"DUCK":
            return False
    with connect(path, read_only=True) as con:
        if con.execute(_IS_CATALOGUE).fetchall() != [(3,)]:
            return False
        con.register("given_images", pa.table({"image_id": pa.array(leaving.images, pa.string())}))
        datasets, paths = zip(*leaving.names, strict=True) if leaving.names else ((), ())
        names = {"dataset": pa.array(datasets, pa.string()), "path": pa.array(paths, pa.string())}
        con.register("given_names", pa.table(names))
        return con.execute(_HOLDS).fetchall() == [(True,)]
