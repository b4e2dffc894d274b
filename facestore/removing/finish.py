"""What rows no longer rely on is taken out of files: vectors, free pages, reports, heads.

The rows are gone before, in one transaction: that is the moment at which something is taken out.
All that comes here may be done twice, and a second run ends what a killed one began.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.rewriting import rewrite
from facestore.catalog.vector_batches import KINDS
from facestore.config import EXPLANATIONS_FOLDER, HEADS_FOLDER, REPORTS_FOLDER
from facestore.errors import StoreWriteError, counted
from facestore.files import sync_one
from facestore.leftovers import is_left, is_part, remove
from facestore.recorded_vectors import check_droppable, drop_vectors
from facestore.removing.plan import Removal, begin, begun, ended
from facestore.stores import Stores

# Made again by `facestore report` and `facestore explain`; nobody can tell which of them show what.
_PAGES = (REPORTS_FOLDER, EXPLANATIONS_FOLDER)
_SUFFIXES = (".html", ".js", ".json", ".csv", ".png")
# The card of a model, and what a training goes on from.
_BESIDE_HEADS = (".md", ".checkpoint")


@dataclass(frozen=True)
class Freed:
    """What went out of files.

    Attributes
    ----------
    n_vectors
        Vectors of images and of texts.
    n_bytes
        How much smaller the store is.
    files
        Files and folders that are gone whole, as they are called in the store.
    """

    n_vectors: int = 0
    n_bytes: int = 0
    files: tuple[str, ...] = ()


def go_on(store: Stores) -> Removal | None:
    """End what a killed command was taking out; return what that was, None: there was nothing."""
    removal = begun(store)
    if removal is not None:
        store.notify("A command that was taking something out was stopped: what it left is ended.")
        finish(store, removal)
    return removal


@contextmanager
def taking_out(store: Stores, removal: Removal) -> Iterator[list[Freed]]:
    """Note what is to go; the rows are deleted within; then it goes out of files.

    Yields
    ------
    list of Freed
        At the end it has one, of what went.

    Raises
    ------
    VectorsDifferError
        If vectors that stay are not those that were recorded; then nothing is taken out.
    """
    for encoder in store.catalog.encoders.all():
        for kind, keys in zip(KINDS, (removal.keys, removal.prompts), strict=True):
            check_droppable(store, encoder, kind, frozenset(keys))
    begin(store, removal)
    freed: list[Freed] = []
    yield freed
    freed.append(finish(store, removal))


def finish(store: Stores, removal: Removal) -> Freed:
    """Take out of files what no row relies on."""
    n_before = _n_bytes(store.path)
    keys, prompts = store.catalog.taking_out.unused(removal.keys, removal.prompts)
    encoders = store.catalog.encoders.all()
    n_vectors = sum(
        drop_vectors(store, each, kind, gone)
        for each in encoders
        for kind, gone in zip(KINDS, (keys, prompts), strict=True)
        if gone
    )
    n_vectors += _drop_of_nobody(store, encoders, keys)
    known = {f"{each.vectors}.{kind}" for each in encoders for kind in KINDS}
    # A store may come from somebody else: no name in the note leads out of its folder.
    tables = [each for each in removal.tables if Path(each).name == each and each not in known]
    gone = [f"vectors/{name}.lance" for name in tables if store.vectors.remove(name)]
    if keys or prompts or removal.is_secret:
        for name in store.vectors.names():
            store.vectors.table(name).clean()
    if removal.frees or removal.is_secret:
        rewrite(store.catalog.database)
    store.catalog.close()
    with _told(store):
        gone += _heads(store, removal)
        gone += _pages(store) if removal.is_secret else []
        _leftovers(store)
    ended(store)
    return Freed(n_vectors, max(0, n_before - _n_bytes(store.path)), tuple(gone))


def _drop_of_nobody(store: Stores, encoders: list[StoredEncoder], keys: set[str]) -> int:
    """Take image vectors out of tables that no encoder of the catalogue has."""
    known = {f"{each.vectors}.images" for each in encoders}
    others = [n for n in store.vectors.names() if n.endswith(".images") and n not in known]
    return sum(store.vectors.table(name).drop(keys) for name in others if keys)


def _heads(store: Stores, removal: Removal) -> list[str]:
    """Remove files of heads that no classifier names, with what lies beside them."""
    folder = store.path / HEADS_FOLDER
    used = {name for name, _ in store.catalog.predictions.heads_files()}
    store.catalog.close()
    gone = []
    for name in removal.heads:
        if name in used or Path(name).name != name:
            continue
        for file in (folder / name, *map((folder / name).with_suffix, _BESIDE_HEADS)):
            if file.is_file():
                file.unlink()
                gone.append(f"{HEADS_FOLDER}/{file.name}")
    if gone:
        sync_one(folder)
    return gone


def is_page(parts: Sequence[str]) -> bool:
    """Whether a file of the store is a page, table or picture that was made of it."""
    return parts[0] in _PAGES and Path(parts[-1]).suffix in _SUFFIXES


def _pages(store: Stores) -> list[str]:
    """Remove pages, tables and pictures that were made of the store; other files stay."""
    gone = []
    for name in _PAGES:
        found = (store.path / name).rglob("*")
        files = [each for each in found if is_page(each.relative_to(store.path).parts)]
        for each in files:
            each.unlink()
        if files:
            gone.append(f"{name}/ ({counted(len(files), 'file')})")
        for folder in {each.parent for each in files}:
            sync_one(folder)
    return gone


def _leftovers(store: Stores) -> None:
    """Remove what killed commands left: parts of files, and logs that could not be read."""
    for each in sorted(store.path.rglob("*")):
        if is_part(each.name) and is_left(each):
            remove(each)
    for each in store.path.glob(f"{store.catalog.database.path.name}.wal.set_aside*"):
        each.unlink(missing_ok=True)
    sync_one(store.path)


def _n_bytes(folder: Path) -> int:
    return sum(each.lstat().st_size for each in folder.rglob("*") if each.is_file())


@contextmanager
def _told(store: Stores) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreWriteError(store.path, error.strerror or str(error)) from error
