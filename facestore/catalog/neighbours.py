"""Pairs of images whose vectors are close, in DuckDB."""

from collections.abc import Iterable

import pyarrow as pa

from facestore.catalog.database import TableFamily


class Neighbours(TableFamily):
    """What a search among the vectors of an encoder found."""

    def replace(
        self, encoder_id: int, *, min_cosine: float, n_vectors: int, pairs: Iterable[pa.Table]
    ) -> int:
        """Write the neighbours of an encoder in place of those that it had; all or none.

        Parameters
        ----------
        encoder_id
            The encoder.
        min_cosine, n_vectors
            What was searched for, and among how many vectors.
        pairs
            Tables of `key_a`, `key_b` and `cosine`; pairs of a key with itself are passed over.

        Returns
        -------
        int
            The number of pairs written.
        """
        n_pairs = 0
        with self._database.writing() as con:
            con.execute("delete from neighbours where encoder_id = ?", [encoder_id])
            con.execute(
                "insert or replace into neighbour_searches "
                "values (?, ?, ?, make_timestamp(epoch_us(now())))",
                [encoder_id, min_cosine, n_vectors],
            )
            for table in pairs:
                con.register("incoming", table)
                row = con.execute(
                    "insert into neighbours select ?, key_a, key_b, cosine from incoming "
                    "where key_a < key_b",
                    [encoder_id],
                ).fetchone()
                con.unregister("incoming")
                n_pairs += int(row[0]) if row else 0
        return n_pairs

    def pairs(self, encoder_id: int, n: int) -> list[tuple[str, str, float]]:
        """Return the keys and the cosine of some pairs."""
        return self._rows(
            "select key_a, key_b, cosine from neighbours where encoder_id = ? "
            "order by key_a, key_b limit ?",
            [encoder_id, n],
        )

    def searched(self) -> dict[int, int]:
        """Return the encoders that were searched, each with the number of its vectors then."""
        rows = self._database.reader().execute(
            "select encoder_id, n_vectors from neighbour_searches"
        )
        return dict(rows.fetchall())

    def recount(self, encoder_id: int, n_before: int, n_after: int) -> None:
        """Say among how many vectors a search was that is still current: some were taken out."""
        with self._database.writing() as con:
            con.execute(
                "update neighbour_searches set n_vectors = ? "
                "where encoder_id = ? and n_vectors = ?",
                [n_after, encoder_id, n_before],
            )
