"""How faithful the kept maps are: which are not measured yet, and what was measured."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeAlias

import numpy as np
import polars as pl

from facestore.catalog.database import TableFamily
from facestore.records import Float32

_AREAS = pl.Struct(dict.fromkeys(("own", "random", "centre", "randomised"), pl.Float64()))
_SCHEMA = pl.Schema(
    {
        "explanation_id": pl.String(),
        "faithfulness": pl.Struct(
            {
                "seed": pl.Int64(),
                "span": pl.Float64(),
                "likeness": pl.Float64(),
                "deletion": _AREAS,
                "insertion": _AREAS,
            }
        ),
    }
)
_UNMEASURED = """
select explanation_id, relevance, grid_rows, grid_cols
from explanations
where list_contains($ids, explanation_id) and faithfulness.seed is distinct from $seed
"""
# A data class of the fields above.
Measured: TypeAlias = Any


class FaithfulnessOfMaps(TableFamily):
    """What was measured of maps."""

    def unmeasured(self, ids: Sequence[str], seed: int) -> dict[str, Float32]:
        """Return the maps, float32 (rows, cols), that are not measured with a seed, by their id."""
        rows = self._rows(_UNMEASURED, {"ids": list(ids), "seed": seed})
        return {
            each: np.asarray(values, dtype=np.float32).reshape(n_rows, n_cols)
            for each, values, n_rows, n_cols in rows
        }

    def keep(self, measured: Mapping[str, Measured]) -> int:
        """Write what was measured, by explanation_id, in one transaction; return of how many maps.

        What was measured with another seed is replaced.
        """
        rows = [(each, asdict(found)) for each, found in measured.items()]
        incoming = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
        with self._database.writing() as con:
            con.register("incoming", incoming.to_arrow())
            updated = con.execute(
                "update explanations set faithfulness = incoming.faithfulness from incoming "
                "where explanations.explanation_id = incoming.explanation_id"
            ).fetchone()
            con.unregister("incoming")
        return int(updated[0]) if updated else 0
