"""What a verb is called with from Python: a wrong kind of value is one line, no traceback of ours.

The types that a verb is annotated with say what is expected. Looked at are the kinds that users
confuse: a text where a list of texts belongs would be taken apart into letters. Values of one
parameter that contradict each other are refused.
"""

import inspect
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cache, wraps
from numbers import Integral, Real
from os import PathLike
from types import FunctionType, NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from facestore.errors import InputError, ParametersError

_Class = TypeVar("_Class", bound=type)
_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")
_WORDS = {
    str: "a text",
    PathLike: "a path",
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    NoneType: "None",
}


def checked(bound: _Class) -> _Class:
    """Have the verbs that a class binds look at what they are called with."""
    for name, verb in list(vars(bound).items()):
        if isinstance(verb, FunctionType) and not name.startswith("_"):
            setattr(bound, name, _checked(verb))
    return bound


def check_value(name: str, value: object, hint: Any) -> None:
    """Check that a value is of the kind that is expected.

    Raises
    ------
    InputError
        If it is not.
    """
    if not _fits(value, hint):
        message = (
            f"`{name}={value!r}`: {_in_words(hint)} was expected{_instead(name, value, hint)}."
        )
        raise InputError(message)


def told_once(parameter: str, said: Iterable[tuple[str, _Key, _Value]]) -> dict[_Key, _Value]:
    """Return what the values of a repeatable parameter say, each of something else.

    Parameters
    ----------
    parameter
        As Python has it.
    said
        A value as it was given, what it is about, and what it says of that.

    Raises
    ------
    ParametersError
        If two of them say different things of the same.
    """
    found: dict[_Key, tuple[str, _Value]] = {}
    for text, key, value in said:
        before, known = found.setdefault(key, (text, value))
        if known != value:
            message = (
                f"`{parameter}={before}` and `{parameter}={text}` contradict each other: leave "
                "one of them out."
            )
            raise ParametersError(message)
    return {key: value for key, (_, value) in found.items()}


def _checked(verb: Callable[..., Any]) -> Callable[..., Any]:
    expected = inspect.signature(verb)

    @wraps(verb)
    def called(*given: Any, **named: Any) -> Any:
        hints = _hints(verb)
        values = expected.bind_partial(*given, **named).arguments
        for name, value in values.items():
            if name in hints:
                check_value(name, value, hints[name])
        return verb(*given, **named)

    return called


@cache
def _hints(verb: Callable[..., Any]) -> dict[str, Any]:
    """Return the types of the parameters that have a name of their own, but the store."""
    try:
        hints = get_type_hints(verb)
    except NameError:  # a type that only the type checker imports
        return {}
    single = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    parameters = list(inspect.signature(verb).parameters.values())[1:]
    return {each.name: hints[each.name] for each in parameters if each.kind in single}


def _parts(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _fits(value: object, hint: Any) -> bool:
    return any(_fits_one(value, each) for each in _parts(hint))


def _fits_one(value: object, hint: Any) -> bool:
    kind = get_origin(hint) or hint
    if kind is Sequence:
        return _fits_list(value, get_args(hint))
    if kind is Mapping:
        return isinstance(value, Mapping)
    if kind is bool:
        return isinstance(value, bool) or type(value).__name__ == "bool"  # NumPy's
    if kind in (int, float):
        return isinstance(value, Integral if kind is int else Real) and not isinstance(value, bool)
    if kind in (str, PathLike, NoneType):
        return isinstance(value, kind)
    return True


def _elements(hint: Any) -> tuple[Any, ...]:
    return _parts(get_args(hint)[0]) if get_args(hint) else ()


def _fits_list(value: object, of: tuple[Any, ...]) -> bool:
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        return False
    if not of or not isinstance(value, Sequence):  # what can be gone through once is not touched
        return True
    return all(_fits(each, of[0]) for each in value)


def _in_words(hint: Any) -> str:
    words = []
    for each in _parts(hint):
        kind = get_origin(each) or each
        if kind is Sequence:
            inner = [_WORDS.get(get_origin(one) or one, "a value") for one in _elements(each)]
            words.append(f"a list of {' or '.join(f'{one[2:]}s' for one in inner)}")
        elif kind is Mapping:
            words.append("a dict")
        elif kind in _WORDS:
            words.append(_WORDS[kind])
    return " or ".join(words)


def _instead(name: str, value: object, hint: Any) -> str:
    """Return how to give a single value where a list of it belongs."""
    lists = [each for each in _parts(hint) if get_origin(each) is Sequence]
    if lists and isinstance(value, (str, int)) and _fits_list([value], get_args(lists[0])):
        return f": `{name}=[{value!r}]`"
    return ""
