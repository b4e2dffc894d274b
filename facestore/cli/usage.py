"""Which options go together: checked here for every command, before it runs. Exit status 2.

These are options by which one command chooses among verbs, or that only the command line has. What
parameters of one verb exclude, the verb says itself, by a `ParametersError`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import typer

from facestore.cli.parsing import ParsedCommand
from facestore.cli.wording import as_typed, typed_option
from facestore.errors import ParametersError


@dataclass(frozen=True)
class Rule:
    """What is wrong usage of a command.

    Attributes
    ----------
    when
        The parameter that the rule is about; empty: always.
    says
        What is wrong, and what to give instead.
    without
        Parameters that may not be given beside it.
    needs
        Parameters that all have to be given.
    unless
        Parameter beside which the rule does not hold.
    """

    when: str
    says: str
    without: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    unless: str = ""

    def is_broken(self, given: set[str]) -> bool:
        """Whether parameters that were given break the rule."""
        if self.unless in given or (self.when and self.when not in given):
            return False
        return not given.isdisjoint(self.without) or not given.issuperset(self.needs)


_LARGEST = 2**31 - 1  # of an integer in a table
_OF_PROMPTS = "give --prompt-set and --attribute (without --split), or --classifier FILE"
_BY_HASH = ("policy", "export", "dry_run", "max_distance")
_OF_COSINE = "--model, --max-pairs and --index go with --cosine"
_HTML = Rule("images", "--images is only used with --html", needs=("html",))
_RULES = {
    "near": (_HTML,),
    "search": (_HTML,),
    "score": (
        Rule("", "give the name of a prompt set", needs=("prompt_sets",), unless="prompt_set"),
    ),
    "predict": (
        Rule(
            "classifier",
            "give --classifier FILE (it has a name and attributes of its own), or --prompt-set",
            without=("prompt_set", "attribute", "name", "k", "aggregation", "ties"),
        ),
        Rule("split", _OF_PROMPTS, needs=("classifier",)),
        Rule("", _OF_PROMPTS, needs=("prompt_set", "attribute"), unless="classifier"),
    ),
    "sql": (
        Rule("explain", "give --explain NAME or SQL to run, not both", without=("query", "file")),
        Rule("query", "give the SQL as an argument or as -f FILE, not both", without=("file",)),
    ),
    "dedup": (
        Rule("undo", "--undo goes with --dataset alone", without=_BY_HASH),
        *(Rule(each, _OF_COSINE, needs=("cosine",)) for each in ("model", "max_pairs", "index")),
        Rule(
            "cosine",
            "--cosine goes with --model, --max-pairs and --index alone",
            without=(*_BY_HASH, "undo", "dataset"),
        ),
    ),
}


class CheckedCommand(ParsedCommand):
    """A command whose options are held against the rules before it runs."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command, or say what does not go together."""
        check_usage(str(self.name), ctx.params, ctx)
        try:
            return super().invoke(ctx)
        except ParametersError as error:
            raise typer.BadParameter(as_typed(str(error)), ctx=ctx) from error


def check_usage(command: str, values: Mapping[str, Any], ctx: Any = None) -> None:
    """Refuse options that do not go together.

    Parameters
    ----------
    command
        Name of the command.
    values
        Its parameters; None, False and an empty list were not given.
    ctx
        Of the command, whose help the error then names.

    Raises
    ------
    typer.BadParameter
        If a rule is broken, or a number is none.
    """
    for name, value in values.items():
        _check_number(name, value, ctx)
    given = {name for name, value in values.items() if value not in (None, False, [], ())}
    # A number that is 0 was given, too.
    given |= {name for name, value in values.items() if value == 0 and value is not False}
    for rule in _RULES.get(command, ()):
        if rule.is_broken(given):
            raise typer.BadParameter(rule.says, ctx=ctx)


def _check_number(name: str, value: Any, ctx: Any) -> None:
    """Refuse `nan` and `inf`, which Python reads as numbers, and what no column can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) <= _LARGEST:
        return
    expected = f"a {'whole' if isinstance(value, int) else 'finite'} number"
    says = f"{typed_option(name, str(value))}: {expected} up to {_LARGEST:,} in size was expected"
    raise typer.BadParameter(says, ctx=ctx)
