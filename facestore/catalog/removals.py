"""Data sets, classifiers, encoders and prompt sets, deleted with what is theirs alone."""

from collections.abc import Sequence

import duckdb

from facestore.catalog.bootstraps import forget_bootstraps
from facestore.catalog.counts import uncount_classifiers, uncount_datasets
from facestore.catalog.database import TableFamily

_OF_CLASSIFIERS = (
    "predictions", "explanations", "training_steps", "classifier_data", "classifiers",
)  # fmt: skip
_OF_ENCODERS = (
    "similarities", "class_text_norms", "neighbours", "neighbour_searches", "explanations",
    "vector_batches", "vector_certificate_queries", "vector_certificates", "vector_indexes",
    "streamed_scores", "encoders",
)  # fmt: skip
_OF_PROMPT_SETS = (
    "class_text_norms", "prompt_classes", "prompt_set_members", "streamed_scores", "prompt_sets",
)  # fmt: skip
_STREAMED_BY = "stream_id in (select stream_id from streamed_scores where {} = ?)"
# Prompts of the set that no other set has.
_ITS_PROMPTS = """
select prompt_id, text from prompts
where prompt_id in (select prompt_id from prompt_set_members where prompt_set = $name)
    and prompt_id not in (select prompt_id from prompt_set_members where prompt_set <> $name)
order by prompt_id
"""


class Removals(TableFamily):
    """What goes whole; each method joins the transaction that it is called in."""

    def classifiers_of(self, column: str, value: object) -> list[str]:
        """Return the names of the classifiers that rely on an encoder or a prompt set."""
        rows = self._rows(f"select name from classifiers where {column} = ? order by name", [value])  # noqa: S608
        return [name for (name,) in rows]

    def heads_of(self, names: Sequence[str]) -> list[str]:
        """Return the files of heads of some classifiers."""
        rows = self._rows(
            "select distinct details ->> 'file' from classifiers "
            "where list_contains(?, name) and (details ->> 'file_sha256') is not null "
            "order by all",
            [list(names)],
        )
        return [file for (file,) in rows]

    def rows_of_dataset(self, dataset: str) -> None:
        """Delete a data set of which no sample is left."""
        with self._database.writing() as con:
            uncount_datasets(con, [dataset])
            forget_bootstraps(con, "dataset", [dataset])
            for table in ("dataset_splits", "vector_certificate_queries", "datasets"):
                con.execute(f"delete from {table} where dataset = ?", [dataset])  # noqa: S608

    def classifiers(self, names: Sequence[str]) -> dict[str, int]:
        """Delete classifiers with their predictions, maps and curves; return the rows."""
        with self._database.writing() as con:
            rows = con.execute(
                "select classifier_id from classifiers where list_contains(?, name)", [list(names)]
            ).fetchall()
            ids = [each for (each,) in rows]
            uncount_classifiers(con, ids)
            forget_bootstraps(con, "classifier_id", ids)
            return {
                f"n_{table}": _deleted(con, table, "list_contains(?, classifier_id)", ids)
                for table in _OF_CLASSIFIERS
            }

    def encoder(self, encoder_id: int) -> dict[str, int]:
        """Delete an encoder with all that was measured with it; return the rows."""
        with self._database.writing() as con:
            winners = _STREAMED_BY.format("encoder_id")
            n_winners = _deleted(con, "streamed_winners", winners, encoder_id)
            counts = {
                f"n_{table}": _deleted(con, table, "encoder_id = ?", encoder_id)
                for table in _OF_ENCODERS
            }
            return counts | {"n_streamed_winners": n_winners}

    def prompts_of(self, prompt_set: str) -> list[tuple[int, str]]:
        """Return id and text of the prompts that no other set has."""
        return self._rows(_ITS_PROMPTS, {"name": prompt_set})

    def prompt_set(self, name: str) -> dict[str, int]:
        """Delete a prompt set, and prompts that no other has, with their similarities."""
        prompt_ids = [prompt_id for prompt_id, _ in self.prompts_of(name)]
        with self._database.writing() as con:
            winners = _STREAMED_BY.format("prompt_set")
            counts = {"n_streamed_winners": _deleted(con, "streamed_winners", winners, name)}
            counts |= {
                f"n_{table}": _deleted(con, table, "prompt_set = ?", name)
                for table in _OF_PROMPT_SETS
            }
            counts["n_explanations"] = _deleted(
                con, "explanations", "(parameters ->> 'prompt_set') = ?", name
            )
            for table in ("similarities", "prompts"):
                counts[f"n_{table}"] = _deleted(
                    con, table, "list_contains(?, prompt_id)", prompt_ids
                )
            return counts


def _deleted(con: duckdb.DuckDBPyConnection, table: str, condition: str, value: object) -> int:
    statement = f"delete from {table} where {condition}"  # noqa: S608
    row = con.execute(statement, [value]).fetchone()
    return int(row[0]) if row else 0
