"""Prompt sets in DuckDB."""

from dataclasses import dataclass

from facestore.catalog.database import TableFamily
from facestore.catalog.prompt_rows import insert_prompt_set, prompt_set_names
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
        UnknownNameError
            If it names a class that the store does not know.
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
        rows = self._rows("select attribute, class from classes")
        known: dict[str, set[str]] = {}
        for attribute, name in rows:
            known.setdefault(attribute, set()).add(name)
        for prompt in prompt_set.prompts:
            for attribute, name in prompt.classes.items():
                if attribute not in known:
                    raise UnknownNameError("attribute", attribute, known)
                if name not in known[attribute]:
                    raise UnknownNameError(
                        "class", name, known[attribute], place=f"of {attribute!r}"
                    )


def _content(prompt_set: PromptSet) -> set[tuple[str, frozenset[tuple[str, str]]]]:
    return {(prompt.text, frozenset(prompt.classes.items())) for prompt in prompt_set.prompts}
