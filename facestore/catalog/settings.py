"""Settings of a store, which its views obey."""

from __future__ import annotations

from facestore.catalog.database import Database
from facestore.errors import InputError, UnknownNameError


class Settings:
    """What a user may set once for the whole store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[tuple[str, str, str]]:
        """Return the name, value and meaning of each setting."""
        rows: list[tuple[str, str, str]] = (
            self._database.reader()
            .execute("select setting, value, meaning from settings order by setting")
            .fetchall()
        )
        return rows

    def set(self, name: str, value: int) -> None:
        """Change a setting.

        Parameters
        ----------
        name
            `min_samples`.
        value
            At least 1.

        Raises
        ------
        UnknownNameError
            If there is no such setting.
        InputError
            If the value is less than 1.
        """
        known = [each for each, _, _ in self.all()]
        if name not in known:
            raise UnknownNameError("setting", name, known)
        if value < 1:
            message = f"{name} cannot be {value}: expected a whole number of at least 1."
            raise InputError(message)
        with self._database.writing() as con:
            con.execute("update settings set value = ? where setting = ?", [str(value), name])
