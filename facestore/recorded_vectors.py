"""Vectors are recorded where they are written, and checked before they are measured with.

A vector is written to Lance, and its checksum to DuckDB with the rows that rely on it. What a
killed command has written and not recorded is found by the next one that writes, and recorded as it
is found. Cheap comparisons, of counts and of the encoder, are made before each use; those of every
row are made by `facestore doctor --deep`.
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import groupby
from typing import Any

from facestore.catalog.encoders import StoredEncoder, several_encoders
from facestore.catalog.vector_batches import KINDS, DigestedRows, Kind
from facestore.errors import VectorsDifferError, counted
from facestore.precisions import keeps_half, rounded
from facestore.records import EmbeddingBatch, EncoderRecord
from facestore.stores import Stores
from facestore.vector_digests import CHECK_BYTES, row_digests
from facestore.vector_table import VectorTable

# What decides a vector. Libraries' versions do not, and an import may tell some only later.
IDENTITY = (
    "source", "architecture", "pretrained", "precision", "dim", "logit_scale", "preprocessing",
    "weights_sha256",
)  # fmt: skip
_LATER = frozenset(("precision", "dim", "logit_scale"))


class VectorRecord:
    """What a command writes into one Lance table, kept until it is recorded.

    Parameters
    ----------
    store, encoder, kind
        The store, the encoder, and which of its tables.
    """

    def __init__(self, store: Stores, encoder: StoredEncoder, kind: Kind) -> None:
        self._store, self._encoder, self._kind = store, encoder, kind
        self._written: dict[str, bytes] = {}

    def begin(self) -> None:
        """Forget rows that are gone from the table, so that what is added has their places."""
        batches = self._store.catalog.vector_batches
        n_rows = table_of(self._store, self._encoder, self._kind).count()
        if batches.n_recorded(self._encoder.encoder_id, self._kind) > n_rows:
            batches.keep_first(self._encoder.encoder_id, self._kind, n_rows)

    def note(self, batch: EmbeddingBatch) -> None:
        """Keep the digests of vectors that are to be added, as they will be read again."""
        if self._kind == "images" and keeps_half(self._encoder.record.precision):
            batch = rounded(batch)
        self._written.update(zip(batch.keys, row_digests(batch), strict=True))

    def note_digests(self, digests: Mapping[str, bytes]) -> None:
        """Keep digests of rows that are to be written again."""
        self._written.update(digests)

    def is_behind(self) -> bool:
        """Whether the table has rows that are not recorded yet."""
        n_recorded = self._store.catalog.vector_batches.n_recorded(
            self._encoder.encoder_id, self._kind
        )
        return table_of(self._store, self._encoder, self._kind).count() > n_recorded

    def save(self) -> int:
        """Record all rows of the table that are not recorded yet; return how many."""
        if not self.is_behind():
            return 0
        batches = self._store.catalog.vector_batches
        encoder_id = self._encoder.encoder_id
        table = table_of(self._store, self._encoder, self._kind)
        first_row = batches.n_recorded(encoder_id, self._kind)
        rows = list(self._digested(table, first_row))
        self._written.clear()
        return batches.add(encoder_id, self._kind, rows)

    def _digested(self, table: VectorTable, first_row: int) -> Iterator[DigestedRows]:
        """Yield rows with one origin side by side; those written here as they were to be."""
        digests: list[tuple[bool, bytes]] = []
        for batch in table.batches_from(first_row):
            unknown = [key not in self._written for key in batch.keys]
            found = row_digests(batch) if any(unknown) else [b""] * len(unknown)
            digests += [
                (is_found, digest if is_found else self._written[key])
                for key, is_found, digest in zip(batch.keys, unknown, found, strict=True)
            ]
        for is_found, rows in groupby(digests, lambda each: each[0]):
            part = [digest for _, digest in rows]
            yield DigestedRows(first_row, part, is_found)
            first_row += len(part)


def add_vectors(
    store: Stores,
    encoder: StoredEncoder,
    table: VectorTable,
    batch: EmbeddingBatch,
    kind: Kind = "images",
) -> int:
    """Add vectors and record them; return how many were new."""
    table.mend()
    check_table(store, encoder, kind, may_lack=True)
    record = VectorRecord(store, encoder, kind)
    record.begin()
    record.note(batch)
    n_new = table.add(batch)
    record.save()
    return n_new


def drop_vectors(store: Stores, encoder: StoredEncoder, kind: Kind, keys: Collection[str]) -> int:
    """Take vectors out of a Lance table; the checksums of the others go with them to new places.

    Killed at any moment, what is recorded fits what is there: rows whose place may change are not
    recorded while the table is written, and rows of the same keys are found again by the next call.

    Returns
    -------
    int
        How many there were.

    Raises
    ------
    VectorsDifferError
        If a row that stays is not the one that was recorded: it would be recorded as it is.
    """
    batches, table = store.catalog.vector_batches, table_of(store, encoder, kind)
    table.mend()
    if not table.has(list(keys)).any():
        VectorRecord(store, encoder, kind).save()  # they went, and a kill came before the others
        return 0
    first_row, known = _known_digests(store, encoder, kind, keys)
    while True:
        # Held to the end, so that nobody adds vectors, and records them, in between.
        with store.catalog.transaction():
            if batches.n_recorded(encoder.encoder_id, kind) <= first_row:
                record = VectorRecord(store, encoder, kind)
                record.note_digests(known)
                n_before = table.count()
                n_gone = table.drop(keys)
                record.save()
                store.catalog.neighbours.recount(encoder.encoder_id, n_before, table.count())
                if kind == "images":
                    # a table that was written anew has none
                    store.catalog.vector_indexes.forget(encoder.encoder_id)
                return n_gone
            batches.keep_first(encoder.encoder_id, kind, first_row)


def check_droppable(
    store: Stores, encoder: StoredEncoder, kind: Kind, keys: Collection[str]
) -> None:
    """Say before anything is changed what would keep `drop_vectors` from its work.

    Raises
    ------
    VectorsDifferError
        If a row that stays is not the one that was recorded.
    """
    if keys and table_of(store, encoder, kind).has(list(keys)).any():
        _known_digests(store, encoder, kind, keys)


def _known_digests(
    store: Stores, encoder: StoredEncoder, kind: Kind, keys: Collection[str]
) -> tuple[int, dict[str, bytes]]:
    """Return the row of the first of some keys, and the digests of recorded rows from there on."""
    checks = b"".join(
        each.row_checks for each in store.catalog.vector_batches.of(encoder.encoder_id, kind)
    )
    table = table_of(store, encoder, kind)
    first_row, row, known = -1, 0, {}
    for batch in table.batches_from(0):
        for key, digest in zip(batch.keys, row_digests(batch), strict=True):
            check = checks[row * CHECK_BYTES : (row + 1) * CHECK_BYTES]
            if key in keys:
                first_row = row if first_row < 0 else first_row
            elif check and check != digest[:CHECK_BYTES]:
                problem = f"row {row:,} ({key}) is not the one that was recorded"
                raise VectorsDifferError(table.name, problem)
            elif check:
                known[key] = digest
            row += 1
    return max(first_row, 0), known


def table_of(store: Stores, encoder: StoredEncoder, kind: Kind) -> VectorTable:
    """Return a Lance table of an encoder."""
    tables = {"images": store.vectors.images, "texts": store.vectors.texts}
    return tables[kind](encoder.vectors)


def encoder_with_images(store: Stores, wanted: str | None) -> StoredEncoder:
    """Return the encoder that is named, or the only one that has image vectors.

    Raises
    ------
    UnknownNameError
        If there is none of the name.
    InputError
        If none is named, and several have vectors, or none of several has.
    """
    everything = store.catalog.encoders.some() if wanted is None else ()
    able = [each for each in everything if table_of(store, each, "images").count()]
    if len(able) > 1:
        raise several_encoders(able)
    return able[0] if able else store.catalog.encoders.chosen(wanted)


def record_all(store: Stores, encoder: StoredEncoder) -> int:
    """Record what is in both tables of an encoder and not recorded yet; return how many rows."""
    return sum(VectorRecord(store, encoder, kind).save() for kind in KINDS)


def checked_images(store: Stores, encoder: StoredEncoder) -> VectorTable:
    """Return the image vectors of an encoder, to measure with.

    Raises
    ------
    VectorsDifferError
        If rows are gone from one of its tables, or one says that another encoder made it.
    """
    for kind in KINDS:
        check_table(store, encoder, kind)
    return table_of(store, encoder, "images")


def check_table(
    store: Stores, encoder: StoredEncoder, kind: Kind, *, may_lack: bool = False
) -> None:
    """Compare a table with what is known of it, as far as that is cheap.

    Parameters
    ----------
    may_lack
        Whether rows may be gone, because they are about to be made again.

    Raises
    ------
    VectorsDifferError
        If something differs.
    """
    table = table_of(store, encoder, kind)
    n_rows = table.count()
    if not n_rows:
        return
    problem = identity_problem(encoder.record, table.made_by())
    if problem is None and not may_lack:
        problem = count_problem(
            n_rows, store.catalog.vector_batches.n_recorded(encoder.encoder_id, kind)
        )
    if problem is not None:
        raise VectorsDifferError(table.name, problem)


def count_problem(n_rows: int, n_recorded: int) -> str | None:
    """Say whether rows are gone."""
    if n_rows >= n_recorded:
        return None
    return f"it has {counted(n_rows, 'vector')}, {counted(n_recorded, 'was', 'were')} recorded"


def identity_problem(record: EncoderRecord, made_by: Mapping[str, Any] | None) -> str | None:
    """Say in what the encoder that a table was made with differs from the one of the catalogue."""
    if made_by is None:
        return "it does not say which encoder made it"
    for name in IDENTITY:
        if name not in made_by:
            return f"it does not say with which {name} it was made"
        known, found = getattr(record, name), made_by[name]
        if name == "preprocessing":
            known, found = _plain(record, known), _plain(record, found or {})
        told_later = name in _LATER and record.source == "imported" and found is None
        if known != found and not told_later:
            return f"it was made with {name} {found}, the encoder has {known}"
    return None


def _plain(record: EncoderRecord, preprocessing: Any) -> str:
    """Return preprocessing in one order."""
    if not isinstance(preprocessing, Mapping):
        return str(preprocessing)
    return EncoderRecord(
        record.source, record.architecture, None, None, preprocessing=preprocessing
    ).preprocessing_json
