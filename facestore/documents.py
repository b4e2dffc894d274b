"""JSON and YAML as people hand them in: a key that occurs twice is refused.

The libraries take the last of the two and say nothing, so that half of a file can be lost.
"""

import json
import math
from collections.abc import Callable, Hashable, Iterator
from typing import Any

import yaml

from facestore.records import first_repeated


class RepeatedKeyError(ValueError):
    """A key occurs twice in one object; its text says which, and where."""


class _Repeating(dict[str, Any]):
    """An object of JSON in which a key occurs twice."""

    key = ""


class _Decoder:
    """Reads JSON, and remembers the objects in which a key occurs twice."""

    def __init__(self, constant: Callable[[str], Any] | None) -> None:
        self._decoder = json.JSONDecoder(object_pairs_hook=self._object, parse_constant=constant)
        self._repeating: list[_Repeating] = []

    def read(self, text: str) -> Any:
        """Return what a text holds."""
        content = self._decoder.decode(text)
        if self._repeating:
            # The last one is the outermost: what it hides cannot be found in what was read.
            found = self._repeating[-1]
            message = f"{found.key!r} occurs twice{_place(content, found)}"
            raise RepeatedKeyError(message)
        return content

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        content = dict(pairs)
        if len(content) == len(pairs):
            return content
        found = _Repeating(content)
        found.key = first_repeated(name for name, _ in pairs) or ""
        self._repeating.append(found)
        return found


def json_of(text: str, *, constant: Callable[[str], Any] | None = None) -> Any:
    """Read JSON.

    Parameters
    ----------
    text
        As it was handed in.
    constant
        Is given `NaN` and `Infinity`, which Python writes and JSON has not; None: they are numbers.

    Raises
    ------
    RepeatedKeyError
        If a key occurs twice in an object.
    ValueError
        If it is no JSON.
    """
    return _Decoder(constant).read(text)


def json_lines(text: str) -> Iterator[tuple[int, Any]]:
    """Yield the number of each line of JSON lines, from 1, and what it holds; blank ones are none.

    Raises
    ------
    RepeatedKeyError
        If a key occurs twice in an object.
    ValueError
        If a line is no JSON.
    """
    decoder = _Decoder(None)
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield number, decoder.read(line)
        except RepeatedKeyError as error:
            message = f"{error} in row {number}"
            raise RepeatedKeyError(message) from error
        except json.JSONDecodeError as error:
            message = f"row {number} is no JSON: {error.msg}, at character {error.colno}"
            raise ValueError(message) from error


def yaml_of(text: str) -> Any:
    """Read YAML with the types that its values have.

    Raises
    ------
    RepeatedKeyError
        If a key occurs twice in a mapping.
    ValueError
        If it is no YAML.
    """
    return _loaded(text, _Typed)


def flow_of(content: Any) -> str:
    """Write YAML in one line, as it can be pasted into a file."""
    written: str = yaml.safe_dump(
        content, default_flow_style=True, allow_unicode=True, sort_keys=False, width=math.inf
    )
    return written.strip()


def texts_of(text: str) -> Any:
    """Read YAML in which every value is a text: no numbers, no truth of `no`, `y` and `1`.

    Raises
    ------
    RepeatedKeyError
        If a key occurs twice in a mapping.
    ValueError
        If it is no YAML.
    """
    return _loaded(text, _Texts)


def _place(content: Any, wanted: _Repeating) -> str:
    """Return where an object is in a document, from the outside in; nothing of the outermost."""
    steps: list[str] = []
    left: list[tuple[Any, tuple[str, ...]]] = [(content, ())]
    while left:
        found, above = left.pop()
        if found is wanted:
            steps = [*above]
            break
        if isinstance(found, dict):
            left += [(each, (*above, repr(key))) for key, each in found.items()]
        elif isinstance(found, list):
            left += [(each, (*above, f"row {i}")) for i, each in enumerate(found, 1)]
    return f" in {', '.join(steps)}" if steps else ""


class _Once:
    """Makes the mappings of a loader of YAML, and refuses a key that one of them has twice."""

    def construct_mapping(self, node: yaml.Node, deep: bool = False) -> dict[Hashable, Any]:
        """Return a mapping."""
        first: dict[Any, int] = {}
        for each, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            # What `<<` brings in is there to be replaced.
            if each.tag == "tag:yaml.org,2002:merge" or not isinstance(each, yaml.ScalarNode):
                continue
            key, line = self.construct_object(each), each.start_mark.line + 1  # type: ignore[attr-defined]
            if key in first:
                where = f"line {line}" if line == first[key] else f"lines {first[key]} and {line}"
                message = f"{each.value!r} occurs twice, in {where}"
                raise RepeatedKeyError(message)
            first[key] = line
        made: dict[Hashable, Any] = super().construct_mapping(node, deep)  # type: ignore[misc]
        return made


class _Texts(_Once, yaml.BaseLoader):
    """Texts, lists and mappings."""


# The one in C reads the shipped sets in a tenth of the time; not every build of PyYAML has it.
class _Typed(_Once, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Numbers and truth as well."""


def _loaded(text: str, loader: Any) -> Any:
    try:
        return yaml.load(text, loader)  # noqa: S506 - neither makes more than plain values
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error
