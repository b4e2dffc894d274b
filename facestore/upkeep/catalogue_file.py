"""Audits of the DuckDB file as a file: whether it and its log can be opened."""

import time

import duckdb

from facestore.catalog.audit_files import Finding
from facestore.catalog.blocks import differing_blocks
from facestore.catalog.wal import is_log, n_unread_bytes, wal_of
from facestore.errors import NotAStoreError
from facestore.removing.plan import file_of
from facestore.stores import Stores
from facestore.upkeep.tallies import Tally, in_short

LOG_NAME, BLOCKS_NAME = "catalogue_log_is_read", "catalogue_blocks_are_whole"
REMOVAL_NAME = "nothing_is_half_taken_out"
NAMES = (LOG_NAME, BLOCKS_NAME, REMOVAL_NAME)
ABOUT = ("tables",)


def broken(store: Stores) -> Finding | None:
    """Say what keeps the catalogue from being opened; no store, or an old one, is an error."""
    started = time.perf_counter()
    try:
        store.catalog.database.is_altered()  # which reads as little as can be
    except (NotAStoreError, duckdb.Error) as error:
        tally = Tally(
            "catalogue_can_be_opened",
            "the DuckDB file can be opened",
            ("problem",),
            "restore the store from a copy; the vectors can be kept if they can be read",
            about=ABOUT,
        )
        tally.add([(in_short(error.__cause__ or error),)])
        return tally.finding(started)
    return None


def log_finding(store: Stores) -> Finding:
    """Say how much of the log DuckDB passes over; after a kill a little is nothing bad."""
    started = time.perf_counter()
    tally = Tally(
        LOG_NAME,
        "DuckDB reads all of the log that a killed command left",
        ("file", "n_bytes_unread"),
        "if a command was killed, nothing: it is what was not committed. Else the file is damaged, "
        "and what was committed last may be missing: compare with a copy of the store",
        about=ABOUT,
        is_note=True,
    )
    log = wal_of(store.catalog.database.path)
    with tally.surviving(log.name):
        if log.exists() and not is_log(log):
            tally.problem = f"{log.name}: it is no log of DuckDB, and nothing of it is read"
        elif log.exists() and (n_bytes := n_unread_bytes(log)):
            tally.add([(log.name, n_bytes)])
    return tally.finding(started)


def removal_finding(store: Stores) -> Finding:
    """Say whether a command was killed that was taking something out."""
    started = time.perf_counter()
    tally = Tally(
        REMOVAL_NAME,
        "what was taken out of the rows is out of the files as well",
        ("file",),
        "run `facestore forget` without a name, or the command that was killed: it ends what is "
        "left, and until then files may still have what was taken out",
        about=ABOUT,
        is_note=True,
    )
    if file_of(store).exists():
        tally.add([(file_of(store).name,)])
    return tally.finding(started)


def blocks_finding(store: Stores) -> Finding:
    """Say which blocks of the DuckDB file are damaged, whether or not they are read."""
    started = time.perf_counter()
    tally = Tally(
        BLOCKS_NAME,
        "blocks of the DuckDB file have the checksum that was written in them",
        ("block",),
        "if a command was killed, nothing: it is a block that was not committed. Else the file is "
        "damaged: blocks in use are refused by DuckDB where they are read, so restore the store "
        "from a copy",
        about=ABOUT,
        is_note=True,
        is_deep=True,
    )
    path = store.catalog.database.path
    with tally.surviving(path.name):
        tally.add((number,) for number in differing_blocks(path))
    return tally.finding(started)
