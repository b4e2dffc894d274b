"""Prompt sets in DuckDB."""

from collections.abc import Sequence
from dataclasses import dataclass

from facestore.catalog.class_rows import insert_classes
from facestore.catalog.database import TableFamily
from facestore.catalog.prompt_rows import insert_prompt_set, prompt_set_names
from facestore.documents import flow_of
from facestore.errors import InputError, UnknownNameError
from facestore.names import check_name
from facestore.prompts import builtin_prompt_sets
from facestore.records import Prompt, PromptSet


@dataclass(frozen=True)
class StoredPrompt:
    """A prompt with its id in this store."""

    prompt_id: int
    text: str


class Prompts(TableFamily):
    """The prompt sets of a store: those that come with facestore, and those added."""

    def names(self) -> list[str]:
        """Return the names of all prompt sets; without a store, of the bundled ones."""
        if not self._database.exists:
            return [each.name for each in builtin_prompt_sets()]
        return sorted(prompt_set_names(self._database.reader()))

    def get(self, name: str) -> PromptSet:
        """Return a prompt set by name.

        Raises
        ------
        UnknownNameError
            If there is none of this name.
        """
        if name not in (known := self.names()):
            raise UnknownNameError("prompt set", name, known, "`facestore prompts list` shows all.")
        if not self._database.exists:
            return next(each for each in builtin_prompt_sets() if each.name == name)
        con = self._database.reader()
        description = con.execute(
            "select description from prompt_sets where prompt_set = ?", [name]
        ).fetchone()
        rows = con.execute(
            "select text, key, list(attribute order by attribute) filter (attribute is not null), "
            "list(class order by attribute) filter (attribute is not null) "
            "from prompt_set_members inner join prompts using (prompt_id) "
            "left join prompt_classes using (prompt_set, prompt_id) "
            "where prompt_set = ? group by prompt_id, text, key order by prompt_id",
            [name],
        ).fetchall()
        prompts = tuple(
            Prompt(text, key, dict(zip(attributes or (), classes or (), strict=True)))
            for text, key, attributes, classes in rows
        )
        return PromptSet(name, (description or ("",))[0] or "", prompts)

    def stored(self, name: str) -> list[StoredPrompt]:
        """Return the prompts of a set with their ids, in order of id."""
        rows = self._rows(
            "select prompt_id, text from prompt_set_members "
            "inner join prompts using (prompt_id) "
            "where prompt_set = ? order by prompt_id",
            [name],
        )
        return [StoredPrompt(*row) for row in rows]

    def add(self, prompt_set: PromptSet) -> bool:
        """Add a prompt set; return False if the same one is there already.

        Raises
        ------
        InputError
            If another one has its name: scores that were made with it would change their meaning.
            If its new classes would not follow those of the store in the order of the file.
        UnknownNameError
            If it names a class that neither the store knows nor the file brings.
        """
        check_name("name", prompt_set.name)
        if not self._database.exists:
            self._database.update()
        self._check_classes(prompt_set)
        if self._is_there(prompt_set):
            return False
        with self._database.writing() as con:
            if self._is_there(prompt_set):  # another process was quicker
                return False
            self._check_classes(prompt_set)
            insert_classes(
                con, ((of, name) for of, names in prompt_set.new_classes.items() for name in names)
            )
            insert_prompt_set(con, prompt_set)
        return True

    def _is_there(self, prompt_set: PromptSet) -> bool:
        """Whether the same set is there; another one of its name is refused."""
        if prompt_set.name not in self.names():
            return False
        if _content(self.get(prompt_set.name)) == _content(prompt_set):
            return True
        message = (
            f"There is another prompt set {prompt_set.name!r} in the store. "
            "Give the new one a name of its own with `name=`."
        )
        raise InputError(message)

    def _check_classes(self, prompt_set: PromptSet) -> None:
        rows = self._rows("select attribute, class, low from classes order by attribute, ordinal")
        known: dict[str, list[str]] = {}
        for attribute, name, _ in rows:
            known.setdefault(attribute, []).append(name)
        with_years = {attribute for attribute, _, low in rows if low is not None}
        for attribute, names in prompt_set.new_classes.items():
            _check_order(attribute, names, known.get(attribute, []))
            if attribute in with_years and not set(names) <= set(known[attribute]):
                message = (
                    f"Classes of {attribute!r} are years, and a prompt set cannot bring others: "
                    "take them out of new_classes, or give them an attribute of their own."
                )
                raise InputError(message)
        known |= {
            attribute: [*known.get(attribute, []), *names]
            for attribute, names in prompt_set.new_classes.items()
        }
        for prompt in prompt_set.prompts:
            for attribute, name in prompt.classes.items():
                if attribute not in known:
                    todo = _how_to_bring(attribute, prompt_set, ())
                    raise UnknownNameError("attribute", attribute, known, todo)
                if name not in known[attribute]:
                    todo, place = "", f"of {attribute!r}"
                    if attribute not in with_years:
                        todo = _how_to_bring(attribute, prompt_set, known[attribute])
                    raise UnknownNameError("class", name, known[attribute], todo, place=place)


def _check_order(attribute: str, names: Sequence[str], known: Sequence[str]) -> None:
    """Refuse new classes in another order than they would have: a tie goes to the first."""
    ordered = [*known, *(name for name in names if name not in known)]
    expected = [name for name in ordered if name in names]
    if list(names) != expected:
        message = (
            f"The store has classes of {attribute!r} in another order than the file, and a tie "
            f"goes to the first: write `{_new_classes(attribute, expected)}`."
        )
        raise InputError(message)


def _how_to_bring(attribute: str, prompt_set: PromptSet, known: Sequence[str]) -> str:
    """Say how a file brings the classes that no label has."""
    named = dict.fromkeys(
        prompt.classes[attribute] for prompt in prompt_set.prompts if attribute in prompt.classes
    )
    listed = prompt_set.new_classes.get(attribute, ())
    new = [*listed, *(name for name in named if name not in known and name not in listed)]
    what = "an attribute" if not known else f"a class of {attribute!r}"
    return (
        f"If it is {what} that no sample is labelled with, say so in the file, in the order in "
        f"which a tie goes to the first: `{_new_classes(attribute, new)}`."
    )


def _new_classes(attribute: str, names: Sequence[str]) -> str:
    return f"new_classes: {flow_of({attribute: list(names)})}"


def _content(prompt_set: PromptSet) -> set[tuple[str, frozenset[tuple[str, str]]]]:
    return {(prompt.text, frozenset(prompt.classes.items())) for prompt in prompt_set.prompts}
