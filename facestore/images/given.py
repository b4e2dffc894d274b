"""Where this user, on this machine, said that pictures are: what a store says of it is no proof.

A store names the folder or list that each data set came from, and whoever hands one over can name
`/` there, or an address inside somebody's network. So an ingest also notes what it was given, in
the user's own folder for such notes and never in the store. Pictures are read again only from what
is noted there for the store at this path, or is named in the same command.
"""

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from platformdirs import user_state_path

from facestore.files import is_private, write_private
from facestore.images.places import ImageSource, root_of
from facestore.images.remote import RemoteFile, origin_of
from facestore.images.walk import printable
from facestore.records import ImageFile

# Folders, or hosts, that a list names: more than these are taken together.
_MOST_PLACES = 10_000


@dataclass(frozen=True)
class Given:
    """What an ingest was given, as it is noted.

    Attributes
    ----------
    source
        As the store has it, in UTF-8.
    at
        Where that is: a path from the root on.
    layout
        How it was read.
    places
        Folders, without links in their names, and the protocol and host of URIs.
    """

    source: str
    at: str
    layout: str
    places: tuple[str, ...]

    @cached_property
    def images(self) -> ImageSource:
        """What reads the pictures."""
        return ImageSource(self.at, self.layout, self.places)


def named(folder: Path) -> ImageSource:
    """Return the pictures of a folder that the user names in this command."""
    return ImageSource(folder, places=(os.path.realpath(folder),))


def given_sources(
    store: Path, sources: Mapping[str, Collection[str]]
) -> dict[str, tuple[Given, ...]]:
    """Return those sources of each data set that were given here; nothing is opened.

    Parameters
    ----------
    store
        The folder of the store.
    sources
        Those of each data set, as the store has them.

    Returns
    -------
    dict
        Data set -> its sources, the newest first; a data set of which none was given is left out.
    """
    notes = _read(_file_of(store)) if sources else {}
    given = {
        dataset: tuple(each for each in reversed(notes.get(dataset, ())) if each.source in said)
        for dataset, said in sources.items()
    }
    return {dataset: found for dataset, found in given.items() if found}


def remember(
    store: Path, dataset: str, source: Path, layout: str, files: Iterable[ImageFile] = ()
) -> None:
    """Note that the user gave a source; a home that cannot be written is no error.

    Parameters
    ----------
    store
        The folder of the store.
    dataset, source, layout
        What was ingested.
    files
        Those that may lie outside the folder: of a list, or behind links that were followed.
    """
    note = Given(printable(str(source)), str(source.absolute()), layout, _places(source, files))
    with suppress(OSError):
        file = _file_of(store)
        notes = _read(file)
        # A folder may be read in more than one way, and `images` be a folder here and there.
        others = [
            each
            for each in notes.get(dataset, ())
            if (each.at, each.layout) != (note.at, note.layout)
        ]
        notes[dataset] = (*others, note)
        _write(file, store, notes)


def copy_notes(store: Path, dataset: str, other: str) -> None:
    """Note of a data set what is noted of another one: it is called so now, or part of it."""
    with suppress(OSError):
        file = _file_of(store)
        notes = _read(file)
        if dataset in notes:
            known = notes.get(other, ())
            notes[other] = (*known, *(each for each in notes[dataset] if each not in known))
            _write(file, store, notes)


def _write(file: Path, store: Path, notes: Mapping[str, tuple[Given, ...]]) -> None:
    content = {
        name: [[each.source, each.at, each.layout, each.places] for each in of]
        for name, of in notes.items()
    }
    write_private(file, json.dumps({"store": os.path.realpath(store), "given": content}))


def _places(source: Path, files: Iterable[ImageFile]) -> tuple[str, ...]:
    root = os.path.realpath(root_of(source))
    origins, folders = set(), {root}
    for file in files:
        if isinstance(file, RemoteFile):
            origins.add(origin_of(file.uri))
        elif isinstance(path := getattr(file, "path", None), Path):
            with suppress(OSError, ValueError):
                folders.add(os.path.dirname(os.path.realpath(path)))  # noqa: PTH120 - of a million
    while len(folders) > _MOST_PLACES:
        folders = {os.path.dirname(each) for each in folders}  # noqa: PTH120
    return (*sorted(folders), *sorted(origins))


def _file_of(store: Path) -> Path:
    key = hashlib.sha256(os.fsencode(os.path.realpath(store))).hexdigest()[:32]
    return user_state_path("facestore", appauthor=False) / "given" / f"{key}.json"


def _read(file: Path) -> dict[str, tuple[Given, ...]]:
    """Return the notes on a store by data set; none where somebody else could have made them."""
    try:
        if not (is_private(file.parent) and is_private(file)):
            return {}
        content = json.loads(file.read_text(encoding="utf-8"))["given"]
        return {
            str(dataset): tuple(Given(s, at, layout, tuple(places)) for s, at, layout, places in of)
            for dataset, of in content.items()
        }
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return {}
