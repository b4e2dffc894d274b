"""Certify: ask an index what is also found exactly, and keep how much of it the index finds."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.vector_indexes import (
    AskedQueries,
    Asking,
    Certificate,
    QueryKind,
    StoredIndex,
)
from facestore.certificates import build_command, index_of, index_problem
from facestore.errors import InputError, NoVectorsError, counted
from facestore.neighbours.enough import (
    MOST_REFINE,
    check_draw,
    check_numbers,
    check_reachable,
    require_enough,
)
from facestore.neighbours.exact import ExactAnswers, exact_nearest
from facestore.neighbours.queries import (
    Queries,
    drawn_images,
    given_queries,
    no_queries,
    stored_texts,
)
from facestore.recorded_vectors import checked_images
from facestore.records import AnyPath, VectorBlock
from facestore.stores import Stores, recorded, require_writable
from facestore.vector_index import IndexSnapshot
from facestore.zero_shot.score import encoder_and_model

# If all of so many are answered in full, at least 0.995 are, 95 times of 100.
N_QUERIES = 765
# Parameters are chosen by others: chosen by the same ones they would look better than they are.
_N_PILOT = 200
# Of what may be missed the pilot has to miss no more than this part, and twice as many partitions
# are looked through as it needs: the least for 200 queries is sometimes too little for others.
_MARGIN, _MORE_PROBES = 10, 2
_REFINE = (5, 10, 20, MOST_REFINE)


@dataclass(frozen=True)
class CertifySummary:
    """What was found out about an index.

    Attributes
    ----------
    encoder
        Whose index it is.
    certificates
        One for each kind of queries that was asked: images, texts.
    n_datasets
        Data sets that images were drawn from.
    max_growth
        By which fraction the table may grow.
    """

    encoder: str
    certificates: tuple[Certificate, ...]
    n_datasets: int
    max_growth: float


@dataclass(frozen=True)
class _Effort:
    """How hard an index looks."""

    probes: int
    refine: int


@dataclass(frozen=True)
class _Trial:
    """Queries of a kind: some to choose parameters by, others to certify by."""

    kind: QueryKind
    pilot: Queries
    certified: Queries


def certify_index(
    store: Stores,
    *,
    model: str | None = None,
    k: int = 10,
    n_queries: int = N_QUERIES,
    queries: AnyPath | None = None,
    probes: int | None = None,
    refine: int | None = None,
    min_recall: float = 0.99,
    max_growth: float = 0.1,
    seed: int = 0,
    device: str = "auto",
) -> CertifySummary:
    """Compare the answers of an index with exact ones, and keep what was found as a certificate.

    Images are drawn from each data set, texts are those that the encoder has vectors of. The
    image that a query was drawn from is left out of both answers.

    Parameters
    ----------
    model
        The encoder, as `score` takes it.
    k
        How many nearest are compared.
    n_queries
        Images that are asked.
    queries
        More queries: an array of vectors (.npy), or texts, one a line.
    probes, refine
        How hard the index looks: partitions for a query, and how many times k vectors are compared
        exactly. If left out as much as finds enough for 200 other queries.
    min_recall
        The lower bound that has to be reached for images.
    max_growth
        By which fraction the vectors may become more before the certificate is void, 0 to 1.
    seed
        Of the draw.
    device
        Where the model runs for texts that have no vector.

    Raises
    ------
    InputError
        If there is no index, there are too few vectors or queries, or the bound is not reached:
        what was certified before stays.
    StoreWriteError
        If the store cannot be written; nothing is compared then.
    """
    encoder, lazy = encoder_and_model(store, model, device)
    table = checked_images(store, encoder)
    width, snapshot = table.width(), index_of(store, encoder).snapshot()
    if snapshot is None or width is None:
        raise NoVectorsError(encoder.name, encoder.record.architecture)
    known = store.catalog.vector_indexes.of(encoder.encoder_id)
    problem = "it has no index" if known is None else index_problem(store, encoder, known)
    if known is None or problem is not None:
        build = build_command(encoder.name, known)
        message = f"Encoder {encoder.name!r}: {problem}. Build one with {build}."
        raise InputError(message)
    partitions = known.parameters["partitions"]
    check_numbers(k, n_queries, probes, refine, min_recall, max_growth, snapshot.n_rows())
    check_draw(seed, probes, partitions)
    require_writable(store)
    given, texts = no_queries(width), no_queries(width)
    if queries is not None:
        given, texts = given_queries(store, encoder, lazy, queries, width)
    check_reachable(n_queries, len(given), min_recall, snapshot.n_rows() - _N_PILOT)
    pilot, images = drawn_images(store, snapshot, n_queries, min(_N_PILOT, n_queries), seed)
    trials = [_Trial("images", pilot, images.with_others(given))]
    stored = stored_texts(store, encoder, n_queries + _N_PILOT, seed, width)
    if len(stored) or len(texts):
        n_first = min(len(stored) // 2, _N_PILOT)
        trials.append(
            _Trial(
                "texts",
                stored.part(range(n_first)),
                stored.part(range(n_first, len(stored))).with_others(texts),
            )
        )
    arguments = {"encoder": encoder.name, "k": k, "seed": seed, "max_growth": max_growth}
    state = index_of(store, encoder).state(known.name)
    results = []
    for trial, exact in zip(trials, _exact(store, snapshot, trials, k), strict=True):
        asked, n_first = _Asked(snapshot, k, partitions), len(trial.pilot)
        effort = asked.effort(trial.pilot, exact.part(0, n_first), min_recall, probes, refine)
        found = asked.found(trial.certified, exact.part(n_first, len(exact.rows)), effort)
        asking = Asking(
            trial.kind, k, effort.probes, effort.refine, seed, snapshot.version,
            snapshot.n_rows(), 0 if state is None else state.n_unindexed, max_growth,
        )  # fmt: skip
        results.append((asking, found))
    with recorded(store, "index certify", arguments) as counts:
        certificates = _kept(store, encoder, known, results, min_recall)
        counts.update({f"n_{each.query_kind}": each.n_queries for each in certificates})
    n_datasets = len({dataset for _, dataset in images.origins})
    return CertifySummary(encoder.name, certificates, n_datasets, max_growth)


def _exact(
    store: Stores, snapshot: IndexSnapshot, trials: list[_Trial], k: int
) -> Iterator[ExactAnswers]:
    """Yield the exact answers of each trial, its pilot first: all vectors are read once."""
    every = [each for trial in trials for each in (trial.pilot, trial.certified)]
    together = every[0].with_others(*every[1:])

    def blocks() -> Iterator[VectorBlock]:
        title = f"Comparing {counted(len(together), 'query')} with all vectors"
        with store.progress.task(title, snapshot.n_rows()) as task:
            for block in snapshot.blocks():
                yield block
                task.advance(len(block.rows))

    answers = exact_nearest(blocks(), together.vectors, k, together.own)
    start = 0
    for trial in trials:
        end = start + len(trial.pilot) + len(trial.certified)
        yield answers.part(start, end)
        start = end


class _Asked:
    """An index that is asked what is known exactly."""

    def __init__(self, snapshot: IndexSnapshot, k: int, partitions: int) -> None:
        self._snapshot, self._k, self._partitions = snapshot, k, partitions

    def effort(
        self,
        pilot: Queries,
        exact: ExactAnswers,
        min_recall: float,
        probes: int | None,
        refine: int | None,
    ) -> _Effort:
        """Return what a user said; of the rest the least that finds enough for a pilot."""
        most = _Effort(probes or self._partitions, refine or MOST_REFINE)
        if (probes and refine) or not len(pilot):
            return most
        enough = 1 - (1 - min_recall) / _MARGIN
        steps = [2**i for i in range(self._partitions.bit_length()) if 2**i < self._partitions]
        for factor in (refine,) if refine else _REFINE:
            # What all partitions do not find at all is lost by rounding: then more are refined.
            if (
                not probes
                and self._recall(pilot, exact, _Effort(self._partitions, factor)) < enough
            ):
                continue
            for number in (probes,) if probes else steps:
                effort = _Effort(number, factor)
                if self._recall(pilot, exact, effort) >= enough:
                    more = number if probes else min(self._partitions, number * _MORE_PROBES)
                    return _Effort(more, factor)
            if not probes:
                return _Effort(self._partitions, factor)
        return most

    def found(self, queries: Queries, exact: ExactAnswers, effort: _Effort) -> list[AskedQueries]:
        """Return what is found, by where the queries came from."""
        hits = self._hits(queries, exact, effort)
        of_origin: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for i, (source, dataset) in enumerate(queries.origins):
            of_origin[source, dataset or ""].append(i)
        return [
            AskedQueries(
                queries.origins[numbers[0]][0],
                dataset or None,
                len(numbers),
                int((hits[numbers] == self._k).sum()),
                int(hits[numbers].sum()),
                float(exact.cosines[numbers, self._k - 1].min()),
            )
            for (_, dataset), numbers in sorted(of_origin.items())
        ]

    def _recall(self, queries: Queries, exact: ExactAnswers, effort: _Effort) -> float:
        return float(self._hits(queries, exact, effort).mean()) / self._k

    def _hits(
        self, queries: Queries, exact: ExactAnswers, effort: _Effort
    ) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Return for each query how many of its k nearest are found."""
        hits = np.zeros(len(queries), np.int64)
        for answers in self._snapshot.nearest(
            queries.vectors, self._k + 1, probes=effort.probes, refine=effort.refine
        ):
            for query in np.unique(answers.queries):
                rows = answers.rows[answers.queries == query]
                rows = rows[rows != queries.own[query]][: self._k]
                hits[query] = exact.n_found(int(query), rows)
        return hits


def _kept(
    store: Stores,
    encoder: StoredEncoder,
    known: StoredIndex,
    results: list[tuple[Asking, list[AskedQueries]]],
    min_recall: float,
) -> tuple[Certificate, ...]:
    """Write what was found, if it is enough for images; return it with its bounds."""
    indexes, certificates = store.catalog.vector_indexes, []
    with store.catalog.transaction():
        if (now := indexes.of(encoder.encoder_id)) is None or now.name != known.name:
            message = (
                f"The index of encoder {encoder.name!r} was built anew or dropped while it was "
                "asked; nothing was changed: run this again when it has one."
            )
            raise InputError(message)
        for asking, found in results:
            indexes.certify(encoder.encoder_id, asking, found)
            if certificate := indexes.certificate(encoder.encoder_id, asking.query_kind):
                certificates.append(certificate)
        require_enough(certificates[0], min_recall, encoder.name, known)
    return tuple(certificates)
