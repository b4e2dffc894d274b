"""Audits of the LanceDB half of a store, and of the folders that files came from.

Usually keys, counts and encoders are compared; `deep` reads the vectors, too. Of keys only a 64-bit
hash is kept, so that millions of them fit.
"""

import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from facestore.catalog.audit_files import Finding
from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.vector_batches import KINDS, Kind
from facestore.certificates import index_problems
from facestore.errors import counted
from facestore.images.given import given_sources
from facestore.images.places import is_there
from facestore.recorded_vectors import count_problem, identity_problem, table_of
from facestore.records import EmbeddingBatch
from facestore.stores import Stores
from facestore.unit_rows import UNIT_TOLERANCE
from facestore.upkeep.digest_audit import DigestAudit
from facestore.upkeep.tallies import Tally
from facestore.vector_table import VectorTable

Hashes = npt.NDArray[np.int64]

_MEND = (
    "run `facestore doctor repair=True`, which goes back to the newest version that can be read, "
    "and ingest or import again what is missing"
)
_AGAIN = "delete its folder in vectors/ and ingest with `models=`, or import the vectors, again"


def _tallies() -> list[Tally]:
    return [
        Tally(
            "vectors_fit_their_encoders",
            "the Lance tables of an encoder can be read, were made with it, have all vectors that "
            "were recorded, and are there once it was scored",
            ("table", "problem"),
            f"{_MEND}; where nothing is left or the width is wrong, {_AGAIN}",
        ),
        Tally("vectors_unique", "a Lance table has a key once", ("table", "key", "n_rows"), _AGAIN),
        Tally(
            "vectors_folder_has_tables_alone",
            "what is in vectors/ is a Lance table",
            ("name", "problem"),
            "see what it is, and delete it or put it elsewhere; a table that cannot be opened has "
            "to be made again: delete its folder and ingest with `models=`",
        ),
        Tally(
            "vectors_are_unit",
            "vectors have length 1",
            ("table", "key", "length"),
            _AGAIN,
            is_deep=True,
        ),
        Tally(
            "vectors_are_those_recorded",
            "keys and vectors are, to the bit and in their order, those whose checksums were "
            "recorded",
            ("table", "row", "key", "problem"),
            f"restore the store from a copy, or {_AGAIN}",
            is_deep=True,
        ),
        Tally(
            "vectors_are_recorded",
            "every vector has a checksum",
            ("table", "n_without"),
            "the next command that writes vectors records them as they are; `facestore doctor "
            "repair=True` does it now",
            is_note=True,
        ),
        Tally(
            "vectors_have_samples",
            "every image vector belongs to a sample",
            ("table", "key"),
            "nothing has to be done: they are used again if their files come back",
            is_note=True,
        ),
        Tally(
            "images_have_vectors",
            "an encoder that has vectors of a data set has those of all its readable images",
            ("table", "dataset", "n_samples_without"),
            "ingest the data set again with `models=`, or import the other vectors",
            is_note=True,
        ),
        Tally(
            "vectors_have_encoders",
            "every Lance table belongs to an encoder",
            ("table",),
            "nothing has to be done: the program does not read these tables",
            is_note=True,
        ),
        Tally(
            "neighbours_are_current",
            "neighbours were searched among all image vectors of the encoder",
            ("encoder", "n_vectors_then", "n_vectors_now"),
            "run `facestore dedup min_cosine=` again, if pairs with the new images matter",
            is_note=True,
        ),
        Tally(
            "indexes_are_certified",
            "an index has a certificate that holds of the vectors as they are",
            ("encoder", "queries", "problem"),
            "nothing asks it, and searches are exact: run `facestore index certify`, or "
            "`facestore index build` where it is gone, or `facestore index drop`",
            is_note=True,
        ),
        Tally(
            "datasets_have_folders",
            "the folder that a data set was ingested from is there",
            ("dataset", "folder"),
            "nothing has to be done: it is only needed to ingest again",
            about=("datasets",),
            is_note=True,
        ),
    ]


NAMES = tuple(each.name for each in _tallies())
DEEP_NAMES = tuple(each.name for each in _tallies() if each.is_deep)


class VectorAudit:
    """One look at the Lance tables of all encoders.

    Parameters
    ----------
    n_examples
        How many bad rows of each audit are kept.
    deep
        Whether vectors are read, and not keys alone.
    """

    def __init__(self, store: Stores, n_examples: int, *, deep: bool) -> None:
        self._store, self._deep = store, deep
        self._tallies = {each.name: each for each in _tallies() if deep or not each.is_deep}
        for tally in self._tallies.values():
            tally.n_kept = n_examples

    def findings(self) -> Iterator[Finding]:
        """Audit everything; the first finding took the time of all."""
        started = time.perf_counter()
        tallies, store = self._tallies, self._store
        fits = tallies["vectors_fit_their_encoders"]
        encoders: list[StoredEncoder] = []
        names, scored = self._names(), set[int]()
        of_datasets: dict[str, Hashes] = {}
        with fits.surviving("the encoders of the catalogue"):
            encoders = store.catalog.encoders.all()
            scored = store.catalog.similarities.scored_encoders()
        with tallies["vectors_have_samples"].surviving("the samples of the catalogue"):
            rows = store.catalog.similarities.all_vector_keys()
            of_datasets = {
                dataset: _hashes(key for _, key in part)
                for dataset, part in groupby(rows, itemgetter(0))
            }
        for encoder in encoders:
            for kind in KINDS:
                table = table_of(store, encoder, kind)
                with fits.surviving(table.name, is_row=True):
                    if table.name in names:
                        self._audit_table(table, encoder, kind, of_datasets)
                    else:
                        self._missing(table, encoder, kind, scored)
        with tallies["neighbours_are_current"].surviving("the searches for neighbours"):
            tallies["neighbours_are_current"].add(self._searched_before(encoders))
        with tallies["indexes_are_certified"].surviving("the indexes of the catalogue"):
            tallies["indexes_are_certified"].add(self._void(encoders))
        known = {f"{each.vectors}.{kind}" for each in encoders for kind in KINDS}
        if encoders:
            tallies["vectors_have_encoders"].add((name,) for name in sorted(names - known))
        with tallies["datasets_have_folders"].surviving("the data sets of the catalogue"):
            sources = store.catalog.samples.sources()
            # a path of another's choice is not even looked at
            gone = {
                (dataset, each.source): None
                for dataset, given in given_sources(store.path, sources).items()
                for each in given
                if not is_there(each.at)
            }
            tallies["datasets_have_folders"].add(gone)
        for tally in tallies.values():
            yield tally.finding(started)
            started = time.perf_counter()

    def _names(self) -> set[str]:
        """Return the names of the tables, and tell of what is none."""
        names: set[str] = set()
        tally = self._tallies["vectors_folder_has_tables_alone"]
        with tally.surviving("vectors/"):
            for name, problem in self._store.vectors.contents():
                if problem is None:
                    names.add(name)
                else:
                    tally.add([(name, problem)])
        return names

    def _missing(
        self, table: VectorTable, encoder: StoredEncoder, kind: Kind, scored: Collection[int]
    ) -> None:
        fits = self._tallies["vectors_fit_their_encoders"]
        n_recorded = self._store.catalog.vector_batches.n_recorded(encoder.encoder_id, kind)
        if encoder.encoder_id in scored:
            fits.add([(table.name, f"it is not there, but {encoder.name!r} was scored with it")])
        elif n_recorded:
            were = counted(n_recorded, "vector was", "vectors were")
            fits.add([(table.name, f"it is not there, but {were} recorded")])

    def _audit_table(
        self,
        table: VectorTable,
        encoder: StoredEncoder,
        kind: Kind,
        of_datasets: Mapping[str, Hashes],
    ) -> None:
        tallies, batches = self._tallies, self._store.catalog.vector_batches
        fits = tallies["vectors_fit_their_encoders"]
        width, n_rows = table.width(), table.count()
        n_recorded = batches.n_recorded(encoder.encoder_id, kind)
        if encoder.record.dim is not None and width != encoder.record.dim:
            problem = f"its vectors have {width} values, {encoder.record.dim} were expected"
            fits.add([(table.name, problem)])
        else:
            made_by = identity_problem(encoder.record, table.made_by()) if n_rows else None
            fits.add((table.name, each) for each in (made_by,) if each)
        gone = count_problem(n_rows, n_recorded)
        fits.add((table.name, each) for each in (gone,) if each)
        if n_rows > n_recorded:
            tallies["vectors_are_recorded"].add([(table.name, n_rows - n_recorded)])
        wanted = of_datasets if kind == "images" else None
        everywhere = np.concatenate([np.empty(0, np.int64), *(wanted or {}).values()])
        digests = None
        if self._deep:
            recorded = batches.of(encoder.encoder_id, kind)
            digests = DigestAudit(table.name, recorded, tallies["vectors_are_those_recorded"])
        hashes = [np.empty(0, np.int64)]
        for keys in self._keys(table, digests):
            hashes.append(_hashes(keys))
            if wanted is not None:
                unknown = np.flatnonzero(~np.isin(hashes[-1], everywhere))
                tallies["vectors_have_samples"].add((table.name, keys[i]) for i in unknown)
        found, counts = np.unique(np.concatenate(hashes), return_counts=True)
        tallies["images_have_vectors"].add(_incomplete(table, wanted or {}, found))
        repeated = set(found[counts > 1].tolist())
        tallies["vectors_unique"].add(_repeated_keys(table, repeated))

    def _keys(self, table: VectorTable, digests: DigestAudit | None) -> Iterator[tuple[str, ...]]:
        """Yield all keys; with their vectors looked at on the way where they are read."""
        if digests is None:
            yield from table.key_batches()
            return
        for batch in table.batches_from(0):
            self._tallies["vectors_are_unit"].add(_not_unit(table.name, batch))
            digests.compare(batch)
            yield batch.keys
        digests.end()

    def _searched_before(self, encoders: Iterable[StoredEncoder]) -> Iterator[tuple[str, int, int]]:
        """Yield the encoders that had other numbers of vectors when neighbours were searched."""
        searched = self._store.catalog.neighbours.searched()
        for encoder in encoders:
            then = searched.get(encoder.encoder_id)
            # another audit tells of a table that cannot be read
            with Tally("", "", (), "").surviving(encoder.name):
                now = table_of(self._store, encoder, "images").count()
                if then is not None and then != now:
                    yield encoder.name, then, now

    def _void(self, encoders: Iterable[StoredEncoder]) -> Iterator[tuple[str, str, str]]:
        """Yield the encoders whose index may not be asked, and why."""
        for encoder in encoders:
            # another audit tells of a table that cannot be read
            with Tally("", "", (), "").surviving(encoder.name):
                for kind, problem in index_problems(self._store, encoder):
                    yield encoder.name, kind, problem


def unopened(store: Stores, n_examples: int) -> Finding:
    """Look at the Lance tables alone, where the catalogue cannot be opened."""
    started = time.perf_counter()
    tally = Tally(
        "vectors_can_be_read", "every Lance table can be read", ("table", "problem"), _AGAIN
    )
    tally.n_kept = n_examples
    with tally.surviving("vectors/"):
        for name, problem in store.vectors.contents():
            if problem is not None:
                tally.add([(name, problem)])
                continue
            vectors, _, kind = name.rpartition(".")
            of_kind = {"images": store.vectors.images, "texts": store.vectors.texts}.get(kind)
            with tally.surviving(name, is_row=True):
                for _ in of_kind(vectors).batches_from(0) if of_kind else ():
                    pass
    return tally.finding(started)


def _not_unit(name: str, batch: EmbeddingBatch) -> Iterator[tuple[str, str, float]]:
    lengths = np.linalg.norm(batch.vectors.astype(np.float64), axis=1)
    for i in np.flatnonzero(~(np.abs(lengths - 1) < UNIT_TOLERANCE)):
        yield name, batch.keys[i], float(lengths[i])


def _incomplete(
    table: VectorTable, wanted: Mapping[str, Hashes], found: Hashes
) -> Iterator[tuple[str, str, int]]:
    """Yield the data sets of which some vectors are there and some are not."""
    for dataset, hashes in wanted.items():
        has = np.isin(hashes, found)
        if has.any() and not has.all():
            yield table.name, dataset, int((~has).sum())


def _repeated_keys(table: VectorTable, repeated: set[int]) -> Iterator[tuple[str, str, int]]:
    """Read a table once more for the names of keys whose hashes occur twice."""
    if not repeated:
        return
    keys = Counter(key for keys in table.key_batches() for key in keys if hash(key) in repeated)
    for key, n_rows in keys.items():
        if n_rows > 1:
            yield table.name, key, n_rows


def _hashes(keys: Iterable[str]) -> Hashes:
    return np.fromiter((hash(key) for key in keys), dtype=np.int64)
