"""Published figures in DuckDB."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from facestore.catalog.database import TableFamily


@dataclass(frozen=True)
class PublishedChanges:
    """What a write of published figures changed."""

    n_new: int
    n_replaced: int


class Published(TableFamily):
    """Figures that others published, next to which views put those of the store."""

    def replace(self, figures: pl.DataFrame) -> PublishedChanges:
        """Write figures in place of all that the store has of their sources.

        Parameters
        ----------
        figures
            The columns of `published_figures`, in their order.

        Returns
        -------
        PublishedChanges
            Nothing but zeros if they are there already.
        """
        with self._database.writing() as con:
            con.register("incoming", figures.to_arrow())
            # `except all` counts rows, so that a figure given twice is not taken for one
            row = con.execute(
                "with known as (from published_figures "
                "where source in (select source from incoming)), "
                "gone as (from known except all from incoming), "
                "new as (from incoming except all from known) "
                "select (select count(*) from gone), (select count(*) from new)"
            ).fetchone()
            n_gone, n_new = row or (0, 0)
            if n_gone or n_new:
                con.execute(
                    "delete from published_figures where source in (select source from incoming)"
                )
                con.execute("insert into published_figures by name from incoming")
            con.unregister("incoming")
        return PublishedChanges(n_new=n_new, n_replaced=n_gone)

    def n_measured(self, sources: Sequence[str]) -> int:
        """Return how many figures of some sources the store measures as well."""
        ((n_measured,),) = self._rows(
            "select count(distinct published_row) from published_comparison "
            "where measured is not null and list_contains(?, source)",
            [list(sources)],
        )
        return int(n_measured)
