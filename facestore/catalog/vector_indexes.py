"""Indexes over image vectors and their certificates, in DuckDB."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Literal

import duckdb
import pyarrow as pa

from facestore.catalog.database import TableFamily

QueryKind = Literal["images", "texts"]
QUERY_KINDS: tuple[QueryKind, ...] = ("images", "texts")
Source = Literal["stored", "given"]

_DRAW = """
with keyed as (
    select distinct vector_keys.dataset, incoming.row
    from incoming
    inner join vector_keys on incoming.key = vector_keys.vector_key
),

-- an image of several data sets stands for the first of them
once as (
    select row, min(dataset) as dataset from keyed group by row
)

select
    dataset,
    row,
    row_number() over (
        partition by dataset order by md5(concat_ws(':', $seed, row)), row
    ) as place,
    count(*) over (partition by dataset) as n_vectors
from once
qualify place <= $n
order by dataset, place
"""
_CERTIFICATE = """
select
    encoder_id, query_kind, k, probes, refine, n_queries, recall, recall_at_least,
    all_found_at_least, lowest_cosine, n_rows, max_rows, table_version
from index_certificates
where encoder_id = ? and query_kind = ?
"""
_NOT_ASKED = """
select dataset from datasets where dataset not in (
    select dataset from vector_certificate_queries
    where encoder_id = ? and query_kind = 'images' and dataset is not null
)
"""


@dataclass(frozen=True)
class StoredIndex:
    """An index that was built.

    Attributes
    ----------
    encoder_id
        Whose image vectors it is over.
    name
        Of the index in the Lance table.
    kind
        IVF_RQ or IVF_PQ.
    parameters
        `partitions`, `bits`, `sub_vectors`.
    n_rows
        Vectors that were indexed.
    cpu_seconds
        What building took.
    """

    encoder_id: int
    name: str
    kind: str
    parameters: Mapping[str, int]
    n_rows: int
    cpu_seconds: float


@dataclass(frozen=True)
class Asking:
    """How an index was asked when it was compared with exact answers.

    Attributes
    ----------
    query_kind
        images or texts.
    k, probes, refine, seed, table_version, n_rows, n_unindexed, max_growth
        As the columns of `vector_certificates`.
    """

    query_kind: QueryKind
    k: int
    probes: int
    refine: int
    seed: int
    table_version: int
    n_rows: int
    n_unindexed: int
    max_growth: float


@dataclass(frozen=True)
class AskedQueries:
    """What was found for queries of one origin.

    Attributes
    ----------
    source, dataset, n_queries, n_all_found, n_hits, lowest_cosine
        As the columns of `vector_certificate_queries`.
    """

    source: Source
    dataset: str | None
    n_queries: int
    n_all_found: int
    n_hits: int
    lowest_cosine: float


@dataclass(frozen=True)
class Certificate:
    """What the view `index_certificates` says of an index; see there."""

    encoder_id: int
    query_kind: QueryKind
    k: int
    probes: int
    refine: int
    n_queries: int
    recall: float
    recall_at_least: float
    all_found_at_least: float
    lowest_cosine: float
    n_rows: int
    max_rows: int
    table_version: int


class VectorIndexes(TableFamily):
    """What was built over image vectors, and what was found out about it."""

    def all(self) -> list[StoredIndex]:
        """Return all indexes, in order of their encoders."""
        if not self._database.exists:
            return []
        rows = self._rows(
            "select encoder_id, name, kind, parameters, n_rows, cpu_seconds from vector_indexes "
            "order by encoder_id"
        )
        return [
            StoredIndex(i, name, kind, json.loads(p), *more) for i, name, kind, p, *more in rows
        ]

    def of(self, encoder_id: int) -> StoredIndex | None:
        """Return the index of an encoder; None where none was built."""
        return next((each for each in self.all() if each.encoder_id == encoder_id), None)

    def built(self, index: StoredIndex) -> None:
        """Write an index in place of the one that its encoder had, and of its certificates."""
        with self._database.writing() as con:
            self.forget(index.encoder_id)
            con.execute(
                "insert into vector_indexes "
                "values (?, ?, ?, ?, ?, ?, make_timestamp(epoch_us(now())))",
                [
                    index.encoder_id,
                    index.name,
                    index.kind,
                    json.dumps(dict(index.parameters), sort_keys=True),
                    index.n_rows,
                    index.cpu_seconds,
                ],
            )

    def forget(self, encoder_id: int) -> None:
        """Delete what is known of the index of an encoder."""
        with self._database.writing() as con:
            forget_index(con, encoder_id)

    def certify(self, encoder_id: int, asking: Asking, queries: Sequence[AskedQueries]) -> None:
        """Write what was found for queries of a kind, in place of what was known of that kind."""
        kind = asking.query_kind
        with self._database.writing() as con:
            self.void(encoder_id, kind)
            con.execute(
                "insert into vector_certificates "
                "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, make_timestamp(epoch_us(now())))",
                [encoder_id, *astuple(asking)],
            )
            for each in queries:
                con.execute(
                    "insert into vector_certificate_queries values (?, ?, ?, ?, ?, ?, ?, ?)",
                    [encoder_id, kind, *astuple(each)],
                )

    def void(self, encoder_id: int, kind: QueryKind) -> None:
        """Delete what is known of how an index answers queries of a kind."""
        with self._database.writing() as con:
            for table in ("vector_certificate_queries", "vector_certificates"):
                con.execute(
                    f"delete from {table} where encoder_id = ? and query_kind = ?",  # noqa: S608
                    [encoder_id, kind],
                )

    def certificate(self, encoder_id: int, kind: QueryKind) -> Certificate | None:
        """Return what was found for queries of a kind; None where none were asked."""
        rows = self._rows(_CERTIFICATE, [encoder_id, kind])
        return Certificate(*rows[0]) if rows else None

    def draw(self, numbered: pa.RecordBatchReader, n: int, seed: int) -> pa.Table:
        """Draw rows of a table of vectors, at most so many of each data set.

        Parameters
        ----------
        numbered
            `key` and `row` of all vectors; read once.
        n
            How many of each data set.
        seed
            The same seed draws the same rows.

        Returns
        -------
        pa.Table
            `dataset`, `row`, `place` (from 1, in the order of the draw) and `n_vectors`, those
            that the data set has in all; an image of several data sets is of the first.
        """
        con = self._database.reader()
        con.register("incoming", numbered)
        try:
            drawn = con.execute(_DRAW, {"seed": seed, "n": n}).to_arrow_table()
        finally:
            con.unregister("incoming")
        return drawn

    def strangers(self, encoder_id: int, keys: Callable[[], Iterable[Sequence[str]]]) -> list[str]:
        """Return the data sets that vectors are of, and no query of the certificate was.

        Parameters
        ----------
        encoder_id
            Whose certificate it is.
        keys
            Starts to read the keys of the vectors; only where there are data sets of which none
            was asked.
        """
        con = self._database.reader()
        if not con.execute(_NOT_ASKED, [encoder_id]).fetchall():
            return []
        schema = pa.schema([pa.field("key", pa.string())])
        batches = (pa.record_batch([pa.array(each, pa.string())], schema=schema) for each in keys())
        con.register("incoming", pa.RecordBatchReader.from_batches(schema, batches))
        try:
            rows = con.execute(
                "select distinct vector_keys.dataset from vector_keys "  # noqa: S608
                "inner join incoming on vector_keys.vector_key = incoming.key "
                f"where vector_keys.dataset in ({_NOT_ASKED}) order by all",
                [encoder_id],
            ).fetchall()
        finally:
            con.unregister("incoming")
        return [dataset for (dataset,) in rows]


def forget_index(con: duckdb.DuckDBPyConnection, encoder_id: int) -> None:
    """Delete what is known of the index of an encoder."""
    for table in ("vector_certificate_queries", "vector_certificates", "vector_indexes"):
        con.execute(f"delete from {table} where encoder_id = ?", [encoder_id])  # noqa: S608


def merge_queries(con: duckdb.DuckDBPyConnection, mine: str, theirs: str) -> None:
    """Give queries of a data set the name of another one, where both were asked.

    Where one was not, its images would count as asked under the name of the other: then what is
    known of images is deleted.
    """
    one_alone = (
        "encoder_id in (select encoder_id from vector_certificate_queries "
        "where query_kind = 'images' and dataset in ($mine, $theirs) "
        "group by encoder_id having count(distinct dataset) = 1)"
    )
    names = {"mine": mine, "theirs": theirs}
    con.execute(
        f"delete from vector_certificates where query_kind = 'images' and {one_alone}",  # noqa: S608
        names,
    )
    con.execute(
        "delete from vector_certificate_queries where (encoder_id, query_kind) not in "
        "(select (encoder_id, query_kind) from vector_certificates)"
    )
    con.execute(
        "update vector_certificate_queries set dataset = $theirs where dataset = $mine", names
    )
