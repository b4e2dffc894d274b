"""Cosine similarities of samples and prompts in DuckDB."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl
import pyarrow as pa

from facestore.catalog.database import TableFamily
from facestore.catalog.prompt_rows import insert_prompts
from facestore.records import Float32, Int64

# Cosines that differ by less are the same, written with fewer digits or in float16.
SAME_COSINE = 1e-4
_KEYS_AT_ONCE = 10_000
_ROWS_AT_ONCE = 500_000

# The bounds keep DuckDB from reading what other blocks wrote.
_KNOWN = """
select prompt_id, sample_id from similarities
where encoder_id = $encoder_id
    and prompt_id between $first_prompt and $last_prompt
    and sample_id between $first_sample and $last_sample
"""
_INSERT = """
insert into similarities select $encoder_id, prompt_id, sample_id, cosine from incoming
"""
_INSERT_MISSING = """
insert into similarities
select $encoder_id, prompt_id, sample_id, cosine
from incoming
anti join ({known}) as known using (prompt_id, sample_id)
order by prompt_id, sample_id
"""


class Similarities(TableFamily):
    """What is scored, and what is still to do."""

    def pending(self, encoder_id: int, prompt_set: str, dataset: str | None) -> pl.DataFrame:
        """Return the samples that lack similarities for prompts of a set.

        Returns
        -------
        polars.DataFrame
            `sample_id`, `vector_key` (what the vector is filed under), `prompt_ids` (those missing,
            in order), in order of sample_id.
        """
        return self._frame(
            "with wanted as ("
            "select list(prompt_id order by prompt_id) as prompt_ids from prompt_set_members "
            "where prompt_set = $prompt_set), "
            "done as ("
            "select sample_id, list(prompt_id) as prompt_ids from similarities "
            "where encoder_id = $encoder_id and prompt_id in ("
            "select prompt_id from prompt_set_members where prompt_set = $prompt_set) "
            "group by sample_id) "
            "select vector_keys.sample_id, vector_keys.vector_key, "
            "list_filter(wanted.prompt_ids, lambda p: "
            "not list_contains(coalesce(done.prompt_ids, []), p)) as prompt_ids "
            "from vector_keys cross join wanted left join done using (sample_id) "
            "where ($dataset is null or vector_keys.dataset = $dataset) "
            "and coalesce(len(done.prompt_ids), 0) < len(wanted.prompt_ids) "
            "order by vector_keys.sample_id",
            {"prompt_set": prompt_set, "encoder_id": encoder_id, "dataset": dataset},
        )

    def vector_keys(self, dataset: str) -> dict[str, str]:
        """Return what the vector of each sample of a data set is filed under, by path."""
        rows = self._rows("select path, vector_key from vector_keys where dataset = ?", [dataset])
        return dict(rows)

    def all_vector_keys(self) -> Iterator[tuple[str, str]]:
        """Yield the data set of each readable sample, and what its vector is filed under."""
        rows = self._database.reader().cursor()
        rows.execute("select dataset, vector_key from vector_keys order by dataset")
        while chunk := rows.fetchmany(_KEYS_AT_ONCE):
            yield from chunk

    def scored_encoders(self) -> set[int]:
        """Return the ids of encoders whose text vectors were made or imported, and used."""
        rows = self._database.reader().execute("select encoder_id from class_text_norms")
        return {encoder_id for (encoder_id,) in rows.fetchall()}

    def scored_prompts(self, encoder_id: int) -> list[tuple[int, str]]:
        """Return id and text of each prompt that has similarities of an encoder, by id."""
        return self._rows(
            "select prompt_id, text from prompts where prompt_id in ("
            "select prompt_id from similarities where encoder_id = ?) order by prompt_id",
            [encoder_id],
        )

    def sample_keys(self) -> Iterator[tuple[int, str]]:
        """Yield the id of each readable sample, and what its vector is filed under."""
        rows = self._database.reader().cursor()
        rows.execute("select sample_id, vector_key from vector_keys")
        while chunk := rows.fetchmany(_KEYS_AT_ONCE):
            yield from chunk

    def rows_of(
        self, encoder_id: int, prompt_ids: Sequence[int]
    ) -> Iterator[tuple[Int64, Int64, Float32]]:
        """Yield prompt_id, sample_id and cosine of the similarities to some prompts, in parts."""
        rows = self._database.reader().cursor()
        rows.execute(
            "select prompt_id, sample_id, cosine from similarities "
            "where encoder_id = ? and list_contains(?, prompt_id)",
            [encoder_id, list(prompt_ids)],
        )
        for batch in rows.to_arrow_reader(_ROWS_AT_ONCE):
            ids, samples, cosines = (column.to_numpy(zero_copy_only=False) for column in batch)
            yield ids.astype(np.int64), samples.astype(np.int64), cosines

    def class_norms_of(self, encoder_id: int) -> list[tuple[str, str, str, float]]:
        """Return prompt set, attribute, class and length of each mean text vector."""
        return self._rows(
            "select prompt_set, attribute, class, norm from class_text_norms "
            "where encoder_id = ? order by all",
            [encoder_id],
        )

    def add(
        self,
        encoder_id: int,
        prompt_ids: Sequence[int],
        sample_ids: Sequence[int],
        cosines: Float32,
    ) -> int:
        """Insert a block of similarities, but those that are there by now; return how many.

        Parameters
        ----------
        encoder_id
            The encoder.
        prompt_ids, sample_ids
            P prompts and S samples.
        cosines : float32 (P, S)
            In [-1, 1]; written prompt by prompt, so that the file compresses well.
        """
        # Prompt by prompt, so that no id is repeated in memory for the whole block.
        schema = pa.schema(
            [("prompt_id", pa.int32()), ("sample_id", pa.int32()), ("cosine", pa.float32())]
        )
        samples = pa.array(sample_ids, pa.int32())
        batches = (
            pa.record_batch(
                [pa.repeat(pa.scalar(prompt_id, pa.int32()), len(samples)), samples, row],
                schema=schema,
            )
            for prompt_id, row in zip(prompt_ids, cosines, strict=True)
        )
        with self._database.writing() as con:
            con.register("incoming", pa.RecordBatchReader.from_batches(schema, batches))
            bounds = {
                "encoder_id": encoder_id,
                "first_prompt": min(prompt_ids),
                "last_prompt": max(prompt_ids),
                "first_sample": min(sample_ids),
                "last_sample": max(sample_ids),
            }
            # Of most blocks nothing can be there. A join costs time, and the order of the rows.
            is_new = con.execute(f"{_KNOWN} limit 1", bounds).fetchone() is None
            if is_new:
                inserted = con.execute(_INSERT, {"encoder_id": encoder_id}).fetchone()
            else:
                inserted = con.execute(_INSERT_MISSING.format(known=_KNOWN), bounds).fetchone()
        return int(inserted[0]) if inserted else 0

    def others(self, encoder_id: int, rows: pl.DataFrame) -> list[int]:
        """Return the ids of samples of which the store has other similarities, in order.

        Parameters
        ----------
        encoder_id
            The encoder.
        rows
            As `add_by_text` takes them.
        """
        con = self._database.reader()
        con.register("incoming", rows.to_arrow())
        found = con.execute(
            "select distinct sample_id from incoming inner join prompts using (text) "
            "inner join similarities as known using (prompt_id, sample_id) "
            "where known.encoder_id = ? and abs(incoming.cosine - known.cosine) > ? "
            "order by sample_id",
            [encoder_id, SAME_COSINE],
        ).fetchall()
        con.unregister("incoming")
        return [sample_id for (sample_id,) in found]

    def add_by_text(self, encoder_id: int, rows: pl.DataFrame) -> int:
        """Insert similarities by prompt text, all or none; return the number of new rows.

        Parameters
        ----------
        encoder_id
            The encoder.
        rows
            `sample_id`, `text`, `cosine`; pairs that are there already are left alone.
        """
        with self._database.writing() as con:
            insert_prompts(con, rows["text"].unique(maintain_order=True).to_list())
            con.register("incoming", rows.to_arrow())
            inserted = con.execute(
                "insert into similarities "
                "select $encoder_id, prompts.prompt_id, incoming.sample_id, incoming.cosine "
                "from incoming inner join prompts using (text) "
                "anti join (select * from similarities where encoder_id = $encoder_id) as known "
                "on known.prompt_id = prompts.prompt_id and known.sample_id = incoming.sample_id "
                "order by prompts.prompt_id, incoming.sample_id",
                {"encoder_id": encoder_id},
            ).fetchone()
        return int(inserted[0]) if inserted else 0

    def save_class_norms(
        self, encoder_id: int, prompt_set: str, norms: Mapping[tuple[str, str], float]
    ) -> None:
        """Keep the length of the mean text vector of each (attribute, class) of a prompt set."""
        with self._database.writing() as con:
            con.execute(
                "delete from class_text_norms where encoder_id = ? and prompt_set = ?",
                [encoder_id, prompt_set],
            )
            if not norms:  # no prompt names a class
                return
            con.executemany(
                "insert into class_text_norms values (?, ?, ?, ?, ?)",
                [
                    (encoder_id, prompt_set, attribute, name, norm)
                    for (attribute, name), norm in norms.items()
                ],
            )

    def has_class_norms(self, encoder_id: int, prompt_set: str) -> bool:
        """Whether the norms of a prompt set are there for an encoder."""
        ((has_norms,),) = self._rows(
            "select count(*) > 0 from class_text_norms where encoder_id = ? and prompt_set = ?",
            [encoder_id, prompt_set],
        )
        return bool(has_norms)
