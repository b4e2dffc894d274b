"""Settings of a store, which its views obey."""

from facestore.catalog.counts import keep
from facestore.catalog.database import TableFamily
from facestore.errors import InputError, UnknownChoiceError, UnknownNameError, preview

# The smallest and the largest value of each; None: there is no largest.
_LIMITS: dict[str, tuple[int, int | None]] = {
    "min_samples": (1, None),
    "duplicate_distance": (0, 12),
}
GROUP_ATTRIBUTES = "group_attributes"
AUTO, ALWAYS, NEVER = "auto", "always", "never"
# Settings that are one of some words.
_WORDS = {"keep_similarities": (AUTO, ALWAYS, NEVER)}
# Of eight there are 92 attributes, pairs and triples, and up to as many cells as samples.
_MOST_ATTRIBUTES = 8


class Settings(TableFamily):
    """What a user may set once for the whole store."""

    def all(self) -> list[tuple[str, str, str]]:
        """Return the name, value and meaning of each setting."""
        rows: list[tuple[str, str, str]] = self._rows(
            "select setting, value, meaning from settings order by setting"
        )
        return rows

    def number(self, name: str) -> int:
        """Return the value of a setting that is a number.

        Raises
        ------
        UnknownChoiceError
            If there is no such setting.
        """
        return int(self.text(name))

    def text(self, name: str) -> str:
        """Return the value of a setting, as `number` does."""
        values = {each: value for each, value, _ in self.all()}
        if name not in values:
            raise UnknownChoiceError("setting", name, list(values))
        return values[name]

    def set(self, name: str, value: int | str) -> None:
        """Change a setting.

        Raises
        ------
        UnknownChoiceError
            If there is no such setting.
        UnknownNameError
            If an attribute that shall make groups is none of the store.
        InputError
            If the value is out of its limits, or nothing would be in a group.
        """
        known = [each for each, _, _ in self.all()]
        if name not in known:
            raise UnknownChoiceError("setting", name, known)
        is_list = name == GROUP_ATTRIBUTES
        if is_list:
            text = self._attributes(str(value))
        elif name in _WORDS:
            text = _word(name, str(value))
        else:
            text = str(_number(name, value))
        with self._database.writing() as con:
            con.execute("update settings set value = ? where setting = ?", [text, name])
            if is_list:
                keep(con)

    def without_labels(self) -> list[str]:
        """Return the attributes that shall make groups, and of which the store has no label."""
        named = [each for each in self.text(GROUP_ATTRIBUTES).split(",") if each]
        labelled = self._labelled()
        return [each for each in named if each not in labelled]

    def _labelled(self) -> list[str]:
        rows = self._rows("select distinct attribute from label_counts order by 1")
        return [attribute for (attribute,) in rows]

    def _attributes(self, value: str) -> str:
        """Return a list of attributes as it is stored; empty: all up to five."""
        names = list(dict.fromkeys(each.strip() for each in value.split(",") if each.strip()))
        known = [
            name for (name,) in self._rows("select distinct attribute from classes order by 1")
        ]
        for each in names:
            if each not in known:
                raise UnknownNameError("attribute", each, known)
        if len(names) > _MOST_ATTRIBUTES:
            message = (
                f"{GROUP_ATTRIBUTES} cannot be {value!r}: expected at most {_MOST_ATTRIBUTES} "
                "attributes, whose pairs and triples still have samples."
            )
            raise InputError(message)
        labelled = self._labelled()
        if names and labelled and not set(names) & set(labelled):
            message = (
                f"{GROUP_ATTRIBUTES} cannot be {','.join(names)!r}: nothing would be in a group, "
                f"as the store has labels of {preview(labelled, _MOST_ATTRIBUTES)} alone. Name "
                "some of these, or import labels first."
            )
            raise InputError(message)
        return ",".join(names)


def _word(name: str, value: str) -> str:
    if value not in _WORDS[name]:
        message = f"{name} cannot be {value!r}: expected {', '.join(_WORDS[name])}."
        raise InputError(message)
    return value


def _number(name: str, value: int | str) -> int:
    low, high = _LIMITS.get(name, (1, None))
    limits = f"of at least {low}" if high is None else f"from {low} to {high}"
    given = value if str(value).strip() else repr(value)
    message = f"{name} cannot be {given}: expected a whole number {limits}."
    try:
        number = int(value)
    except ValueError as error:
        raise InputError(message) from error
    if number < low or (high is not None and number > high):
        raise InputError(message)
    return number
