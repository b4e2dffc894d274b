"""Groups of options that several commands have: a dataclass, of which each field is an option."""

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, get_type_hints


def with_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of its groups, where it takes the groups as arguments.

    Typer makes an option of each parameter of a command. Parameters whose type is a dataclass are
    replaced by the fields of it, and the command is called with the dataclass.
    """
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: each for name, each in hints.items() if is_dataclass(each)}
    parameters: list[Parameter] = []
    for each in signature(command).parameters.values():
        if each.name in groups:
            parameters += _parameters_of(groups[each.name])
        else:
            parameters.append(each.replace(annotation=hints[each.name]))

    @wraps(command)
    def called(**values: Any) -> None:
        for name, group in groups.items():
            values[name] = group(**{each.name: values.pop(each.name) for each in fields(group)})
        command(**values)

    called.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {each.name: each.annotation for each in parameters}
    return called


def _parameters_of(group: Any) -> list[Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        Parameter(
            each.name,
            Parameter.KEYWORD_ONLY,
            default=Parameter.empty if each.default is MISSING else each.default,
            annotation=hints[each.name],
        )
        for each in fields(group)
    ]
