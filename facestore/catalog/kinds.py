"""Of what kind data sets are, in DuckDB."""

from facestore.catalog.database import TableFamily
from facestore.errors import InputError, UnknownNameError

_ALL = "all"


class Kinds(TableFamily):
    """The kinds by which models are compared: natural pictures, medical ones, faces."""

    def of_datasets(self) -> list[tuple[str, str]]:
        """Return each data set that the store has figures of, and its kind."""
        rows: list[tuple[str, str]] = self._rows(
            "select dataset, kind from kinds_of_datasets order by kind, dataset"
        )
        return rows

    def set(self, dataset: str, kind: str) -> None:
        """Say of what kind a data set is.

        Parameters
        ----------
        dataset
            One of `of_datasets`.
        kind
            Any name; empty: none, which views call other.

        Raises
        ------
        UnknownNameError
            If the store has no figure of the data set.
        InputError
            If the kind is no name, or that of the mean over all kinds.
        """
        known = [name for name, _ in self.of_datasets()]
        if dataset not in known:
            raise UnknownNameError("data set", dataset, known)
        if kind != kind.strip() or kind.casefold() == _ALL:
            message = (
                f"kind cannot be {kind!r}: expected a name such as 'medical', without blanks at "
                f"its ends; {_ALL!r} is what the means over all kinds are called."
            )
            raise InputError(message)
        with self._database.writing() as con:
            con.execute("delete from dataset_kinds where dataset = ?", [dataset])
            if kind:
                con.execute("insert into dataset_kinds values (?, ?)", [dataset, kind])
