"""Settings of a store, which its views obey."""

from facestore.catalog.database import TableFamily
from facestore.errors import InputError, UnknownChoiceError

# The smallest and the largest value of each; None: there is no largest.
_LIMITS: dict[str, tuple[int, int | None]] = {
    "min_samples": (1, None),
    "duplicate_distance": (0, 12),
}


class Settings(TableFamily):
    """What a user may set once for the whole store."""

    def all(self) -> list[tuple[str, str, str]]:
        """Return the name, value and meaning of each setting."""
        rows: list[tuple[str, str, str]] = self._rows(
            "select setting, value, meaning from settings order by setting"
        )
        return rows

    def number(self, name: str) -> int:
        """Return the value of a setting.

        Raises
        ------
        UnknownChoiceError
            If there is no such setting.
        """
        values = {each: value for each, value, _ in self.all()}
        if name not in values:
            raise UnknownChoiceError("setting", name, list(values))
        return int(values[name])

    def set(self, name: str, value: int) -> None:
        """Change a setting.

        Raises
        ------
        UnknownChoiceError
            If there is no such setting.
        InputError
            If the value is out of its limits.
        """
        known = [each for each, _, _ in self.all()]
        if name not in known:
            raise UnknownChoiceError("setting", name, known)
        low, high = _LIMITS.get(name, (1, None))
        if value < low or (high is not None and value > high):
            limits = f"of at least {low}" if high is None else f"from {low} to {high}"
            message = f"{name} cannot be {value}: expected a whole number {limits}."
            raise InputError(message)
        with self._database.writing() as con:
            con.execute("update settings set value = ? where setting = ?", [str(value), name])
