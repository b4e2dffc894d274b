"""How every command reads its line: an option once, words for a wrong value, help without markup.

Typer's parser keeps the last of two values and says nothing; its validator speaks of "input"; its
help takes brackets for markup. All three are put right here, once for all commands and groups.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from shlex import quote
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from facestore.cli.help import HELP_ALL, short_help

# What Typer's validator calls an error -> what was expected; bounds are in its context.
_EXPECTED = {
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number of fewer digits",
    "float_parsing": "a number",
    "bool_parsing": "yes or no",
    "greater_than_equal": "{ge:g} or more",
    "greater_than": "more than {gt:g}",
    "less_than_equal": "{le:g} or less",
    "less_than": "less than {lt:g}",
    "enum": "{expected}",
    "literal_error": "{expected}",
}
# Of the letters of a word; `remove` is not near `demo`.
_NEAR = 0.65


class _Parsed:
    """What commands and groups have in common; comes before Typer's class."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the words behind a command, and refuse an option with one value too many."""
        words = list(args)  # the parser empties the list
        try:
            rest: list[str] = super().parse_args(ctx, args)  # type: ignore[misc]
        except typer.BadParameter as error:
            self._refuse_repeats(ctx, words)
            _in_words(error)
            raise
        except TyperException as error:
            if hasattr(error, "possibilities"):
                self._hint_at_dashes(ctx, words, error)
            raise
        if not ctx.resilient_parsing:
            self._refuse_repeats(ctx, words)
        return rest

    def _hint_at_dashes(self, ctx: Any, words: list[str], error: Any) -> None:
        """Add how a name is given that begins as an option does, where no option is near it."""
        kinds = [each.param_type_name for each in self.get_params(ctx)]  # type: ignore[attr-defined]
        named = next((word for word in words if word.startswith(error.option_name)), "")
        if "argument" not in kinds or not named or error.possibilities:
            return
        others = [quote(word) for word in words if word != named]
        if kinds.count("argument") > 1:  # the order of several counts
            others = ["..."]
        command = " ".join([ctx.command_path, *others, "--", quote(named)])
        error.message = (
            f"{error.message}. A name that begins with a dash stands behind all options and "
            f"`--`: `{command}`."
        )

    def _refuse_repeats(self, ctx: Any, words: list[str]) -> None:
        parser = type(self.make_parser(ctx))(ctx)  # type: ignore[attr-defined]
        add_option = parser.add_option

        def add_list(action: str = "store", **option: Any) -> None:
            """Add an option of which the parser keeps every value."""
            add_option(action="append" if action == "store" else action, **option)

        parser.add_option = add_list
        parameters = self.get_params(ctx)  # type: ignore[attr-defined]
        for each in parameters:
            each.add_to_parser(parser, ctx)
        values, _, _ = parser.parse_args(args=words)
        for each in parameters:
            is_single = each.param_type_name == "option" and not (each.multiple or each.is_flag)
            given = values.get(each.name)
            if is_single and isinstance(given, list) and len(given) > 1:
                shown = ", ".join(quote(value) for value in given[:-1])
                message = (
                    f"{each.opts[-1]} takes one value and was given {shown} and "
                    f"{quote(given[-1])}: leave one."
                )
                raise typer.BadParameter(message, ctx=ctx)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the parts of the usage line: an argument is shown as NAME, not as {name}."""
        pieces: list[str] = super().collect_usage_pieces(ctx)  # type: ignore[misc]
        return [_argument(piece) for piece in pieces]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help; brackets in texts are no markup."""
        commands = getattr(self, "commands", {}).values()
        described = [self, *self.get_params(ctx), *commands]  # type: ignore[attr-defined]
        with _without_markup(described):
            super().format_help(ctx, formatter)  # type: ignore[misc]


class ParsedCommand(_Parsed, TyperCommand):
    """A command: its help fits a screen, and `--help-all` has all of it."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, and what asks for help."""
        found: list[Any] = super().get_params(ctx)
        return [*found, self._help_all(ctx)]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the short help."""
        formatter.write(short_help(self, ctx))

    def _help_all(self, ctx: Any) -> Any:
        def show(context: Any, _: Any, value: bool) -> None:
            if value and not context.resilient_parsing:
                super(ParsedCommand, self).format_help(context, context.make_formatter())
                context.exit()

        option: Any = copy(self.get_help_option(ctx))
        option.name, option.opts, option.callback = "help_all", [HELP_ALL], show
        option.help = "Show all of each text, defaults and variables."
        return option


class ParsedGroup(_Parsed, TyperGroup):
    """A group of commands."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that is meant; a name that is none has near ones named."""
        is_name = bool(args) and not args[0].startswith("-") and not ctx.resilient_parsing
        if is_name and args[0] not in self.commands:
            near = difflib.get_close_matches(args[0], self.commands, cutoff=_NEAR)
            hint = f" Did you mean {', '.join(map(repr, near))}?" if near else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)


def _in_words(error: typer.BadParameter) -> None:
    """Say in plain words what was given and what was expected."""
    details: list[Any] = getattr(error.__cause__, "errors", lambda: [])()
    if not details:
        return
    first = details[0]
    expected = _EXPECTED.get(first["type"])
    given = first.get("input")
    if expected is None or given is None:
        error.message = f"{error.message.removeprefix('Value error, ').rstrip('.')}."
        return
    context = first.get("ctx", {})
    error.message = f"{str(given)!r} was given, {expected.format_map(context)} was expected."


def _argument(piece: str) -> str:
    name = piece.strip("{}[]. ")
    return piece.replace(f"{{{name}}}", name.upper()).replace(f"[{name}]", f"[{name.upper()}]")


@contextmanager
def _without_markup(described: Sequence[Any]) -> Iterator[None]:
    from rich.markup import escape

    before = [
        (each, name, getattr(each, name))
        for each in described
        for name in ("help", "short_help", "epilog")
        if isinstance(getattr(each, name, None), str)
    ]
    try:
        for each, name, text in before:
            setattr(each, name, escape(text))
        yield
    finally:
        for each, name, text in before:
            setattr(each, name, text)
