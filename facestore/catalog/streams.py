"""Samples that were scored in a stream: what wins with every k is kept, and no cosine."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from facestore.catalog.database import TableFamily
from facestore.catalog.shipped import shipped_views

_ROWS_AT_ONCE = 100_000
_KS = 8

# Samples of which every cosine of a prompt set is kept.
_SCORED = """
    select sample_id
    from similarities
    where encoder_id = $encoder_id and prompt_id in (
        select prompt_id from prompt_set_members where prompt_set = $prompt_set
    )
    group by sample_id
    having count(*) = (
        select count(*) from prompt_set_members where prompt_set = $prompt_set
    )
"""
# Samples of which nothing is known yet: neither every winner nor every cosine.
_PENDING = f"""
select vector_keys.sample_id, vector_keys.vector_key
from vector_keys
anti join (
    select sample_id
    from streamed_winners
    where k_before = 0 and list_contains($stream_ids, stream_id)
    group by sample_id
    having count(*) = len($stream_ids)
) as streamed on vector_keys.sample_id = streamed.sample_id
anti join ({_SCORED}) as scored on vector_keys.sample_id = scored.sample_id
where $dataset is null or vector_keys.dataset = $dataset
"""  # noqa: S608
_UNDECIDED = """
select vector_keys.sample_id, vector_keys.vector_key
from vector_keys
semi join (
    select sample_id from streamed_winners where k_before = 0 and stream_id = $stream_id
) as streamed on vector_keys.sample_id = streamed.sample_id
anti join (
    select sample_id
    from predictions inner join classifiers using (classifier_id)
    where name = $classifier
) as known on vector_keys.sample_id = known.sample_id
where $dataset is null or vector_keys.dataset = $dataset
"""
_STREAMS = """
select attribute, stream_id from streams
where encoder_id = $encoder_id and prompt_set = $prompt_set and is_current
order by attribute
"""
_STALE = tuple(
    f"delete from {table} where stream_id not in (select stream_id from streams where is_current)"  # noqa: S608
    for table in ("streamed_winners", "streamed_scores")
)
_BEGIN = """
insert into streamed_scores
select
    (select coalesce(max(stream_id), 0) from streamed_scores)
    + row_number() over (order by attribute),
    $encoder_id,
    prompt_set,
    attribute,
    prompts
from prompts_by_class
where prompt_set = $prompt_set and attribute not in (
    select attribute from streamed_scores
    where encoder_id = $encoder_id and prompt_set = $prompt_set
)
"""
# What is there as rows by now.
_GIVE_UP = f"""
delete from streamed_winners
where stream_id in (
    select stream_id from streamed_scores
    where encoder_id = $encoder_id and prompt_set = $prompt_set
)
and sample_id in ({_SCORED})
"""  # noqa: S608
_EMPTY = (
    "delete from streamed_scores where stream_id not in (select stream_id from streamed_winners)"
)


# What is known of cosines that are not kept, or counts rows of them.
_NOT_OF_COSINES = frozenset(("winners_every_k", "content_fingerprints", "store_contents"))


@cache
def views_of_cosines() -> frozenset[str]:
    """Return the table of similarities, and the views and macros that rely on its rows."""
    reads = {each.name: set(each.reads) for each in shipped_views()}
    found = {"similarities"}
    while more := {
        name
        for name, read in reads.items()
        if read & found and name not in found and name not in _NOT_OF_COSINES
    }:
        found |= more
    return frozenset(found)


class Streams(TableFamily):
    """What was scored in streams, and what is still to do."""

    def of(self, encoder_id: int, prompt_set: str) -> dict[str, int]:
        """Return the stream of each attribute of a prompt set; none where it has rows alone."""
        values = {"encoder_id": encoder_id, "prompt_set": prompt_set}
        return dict(self._rows(_STREAMS, values))

    def has_winners(self, encoder_id: int, prompt_set: str) -> bool:
        """Say whether winners of any sample are kept: a killed command may leave a stream alone."""
        stream_ids = list(self.of(encoder_id, prompt_set).values())
        ((found,),) = self._rows(
            "select exists (select 1 from streamed_winners where list_contains(?, stream_id))",
            [stream_ids],
        )
        return bool(found)

    def begin(self, encoder_id: int, prompt_set: str) -> dict[str, int]:
        """Return the stream of each attribute, made where there is none; stale ones are deleted."""
        values = {"encoder_id": encoder_id, "prompt_set": prompt_set}
        known = self.of(encoder_id, prompt_set)
        ((n,),) = self._rows(
            "select count(distinct attribute) from prompt_classes where prompt_set = ?",
            [prompt_set],
        )
        if len(known) < n:
            with self._database.writing() as con:
                for statement in (*_STALE, _EMPTY):
                    con.execute(statement)
                con.execute(_BEGIN, values)
            known = self.of(encoder_id, prompt_set)
        return known

    def votes(
        self, prompt_set: str
    ) -> dict[str, tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]]:
        """Return, by attribute, the classes in order and the ids of the prompts of each."""
        rows = self._rows(
            "select attribute, class, list(prompt_id order by prompt_id) "
            "from prompt_classes inner join class_prompts using (prompt_set, attribute, class) "
            "where prompt_set = ? group by attribute, class, place order by attribute, place",
            [prompt_set],
        )
        found: dict[str, tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]] = {}
        for attribute, name, ids in rows:
            classes, prompts = found.get(attribute, ((), ()))
            found[attribute] = ((*classes, name), (*prompts, tuple(ids)))
        return found

    def pending(
        self, encoder_id: int, prompt_set: str, stream_ids: Sequence[int], dataset: str | None
    ) -> Iterator[pa.RecordBatch]:
        """Yield `sample_id` and `vector_key` of samples that are neither streamed nor scored."""
        values = {"encoder_id": encoder_id, "prompt_set": prompt_set, "dataset": dataset}
        yield from self._batches(_PENDING, values | {"stream_ids": list(stream_ids)})

    def undecided(
        self, stream_id: int, classifier: str, dataset: str | None
    ) -> Iterator[pa.RecordBatch]:
        """Yield `sample_id` and `vector_key` of streamed samples without its prediction."""
        values = {"stream_id": stream_id, "classifier": classifier, "dataset": dataset}
        yield from self._batches(_UNDECIDED, values)

    def add(
        self,
        sample_ids: npt.NDArray[np.integer],
        winners: Mapping[int, npt.NDArray[np.uint16]],
    ) -> None:
        """Keep the winners of samples, of all attributes or, where it is killed, of none.

        Parameters
        ----------
        sample_ids : (S,)
            In order.
        winners : of each stream_id, uint16 (S, k_max)
            Places of classes, as winners_every_k has them.
        """
        samples = pa.array(sample_ids, pa.int32())
        with self._database.writing() as con:
            for stream_id, of_stream in winners.items():
                for k_before in range(0, of_stream.shape[1], _KS):
                    _insert(con, stream_id, samples, k_before, of_stream)

    def give_up(self, encoder_id: int) -> None:
        """Delete the winners of samples of which every cosine is kept by now, of whatever set.

        Rows of a prompt set are those of each smaller one among its prompts, too.
        """
        streamed = self._rows(
            "select distinct prompt_set from streamed_scores where encoder_id = ?", [encoder_id]
        )
        if not streamed:
            return
        with self._database.writing() as con:
            for (prompt_set,) in streamed:
                con.execute(_GIVE_UP, {"encoder_id": encoder_id, "prompt_set": prompt_set})
            con.execute(_EMPTY)

    def end_empty(self) -> None:
        """Delete streams of which no winner is kept: where nothing was to be done."""
        with self._database.writing() as con:
            con.execute(_EMPTY)

    def unkept(self) -> list[tuple[str, str]]:
        """Return encoder and prompt set of what has samples without cosines."""
        return self._rows(
            "select distinct encoders.name, prompt_set from streams "
            "inner join encoders using (encoder_id) where is_current "
            "and stream_id in (select stream_id from streamed_winners) order by all"
        )

    def _batches(self, query: str, values: Mapping[str, object]) -> Iterator[pa.RecordBatch]:
        rows = self._database.reader().cursor()
        rows.execute(query, dict(values))
        yield from rows.to_arrow_reader(_ROWS_AT_ONCE)


def _insert(
    con: duckdb.DuckDBPyConnection,
    stream_id: int,
    samples: pa.Array,
    k_before: int,
    winners: npt.NDArray[np.uint16],
) -> None:
    """Write the winners of eight ks; beyond the last one that of the last counts."""
    last = winners.shape[1] - 1
    columns = [
        pa.array(np.ascontiguousarray(winners[:, min(k_before + i, last)])) for i in range(_KS)
    ]
    names = [f"winner_{i}" for i in range(1, _KS + 1)]
    con.register("incoming", pa.table([samples, *columns], names=["sample_id", *names]))
    con.execute(
        f"insert into streamed_winners select ?, sample_id, ?, {', '.join(names)} from incoming",  # noqa: S608
        [stream_id, k_before],
    )
    con.unregister("incoming")
