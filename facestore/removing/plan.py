"""What is being taken out, kept in a file while that runs: the next run goes on after a kill.

The file names in clear what goes, for it says where that lies. It is the first thing on the disk
and the last that goes. All in it is a candidate: what rows still rely on is left where it is.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from facestore.config import REMOVING_FILE
from facestore.errors import StoreWriteError
from facestore.files import sync_one, write_text
from facestore.locks import only_one
from facestore.removing.lost_indexes import told_of_lost_indexes
from facestore.stores import Stores


@dataclass(frozen=True)
class Removal:
    """What may lie in files once rows are gone.

    Attributes
    ----------
    what
        The command and the names that it was given, to know it again; nothing of a person.
    keys, prompts
        Of vectors of images and of texts.
    tables
        Lance tables.
    heads
        Files of heads in the store.
    frees
        Whether the DuckDB file is written anew, for the space of what is gone.
    is_secret
        Whether nothing of it may be found again: pages and pictures of the store go, too.
    receipt
        What the row of `runs` has that is written with the last row that goes; empty: none.
    """

    what: str
    keys: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    frees: bool = True
    is_secret: bool = False
    receipt: str = ""


def file_of(store: Stores) -> Path:
    """Return the file; it is there only while something is taken out, or after a kill."""
    return store.path / REMOVING_FILE


def begin(store: Stores, removal: Removal) -> None:
    """Note what is to go, before anything goes.

    Raises
    ------
    StoreWriteError
        If it cannot be written.
    """
    with _told(store):
        write_text(file_of(store), json.dumps(asdict(removal)))


def begun(store: Stores) -> Removal | None:
    """Return what a killed command was taking out; None: there is nothing."""
    try:
        content: dict[str, Any] = json.loads(file_of(store).read_bytes())
        lists = {key: tuple(each) for key, each in content.items() if isinstance(each, list)}
        return Removal(**content | lists)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):  # it is written whole: this is not ours
        reason = "it is not what facestore wrote: move it away"
        raise StoreWriteError(file_of(store), reason) from None


def ended(store: Stores) -> None:
    """Forget the note: all is gone."""
    with _told(store):
        file_of(store).unlink(missing_ok=True)
        sync_one(store.path)


@contextmanager
def alone(store: Stores, command: str) -> Iterator[None]:
    """Hold the locks of all who write what a data set has, or similarities.

    Raises
    ------
    StoreNotFoundError
        If there is no store.
    StoreLockedError
        If another process ingests, scores or takes out.
    """
    store.catalog.database.reader()  # a lock would make a store where there is none
    with ExitStack() as held:
        for lock in ("ingest", "score"):
            held.enter_context(only_one(store.path, lock, command=command))
        held.enter_context(told_of_lost_indexes(store))
        yield


@contextmanager
def _told(store: Stores) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreWriteError(file_of(store), error.strerror or str(error)) from error
