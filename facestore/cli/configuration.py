"""Options that are not typed: variables, and below them the file `facestore.toml`."""

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from facestore.config import MEMORY_VARIABLE, STORE_VARIABLE, WAIT_VARIABLE
from facestore.errors import InputError, UnknownNameError

CONFIG_VARIABLE = "FACESTORE_CONFIG"
_CONFIG_FILE = "facestore.toml"
_PREFIX = "FACESTORE"
# Of the letters of a variable: `FACESTORE_STOR` is near.
_NEAR = 0.9


def check_variables(root: Any) -> None:
    """Refuse a variable that is meant for a command and is of none of its options.

    Parameters
    ----------
    root
        The command of all commands.

    Raises
    ------
    UnknownNameError
        If a variable begins as those of a command, or is nearly one; others are not ours.
    """
    known = {
        STORE_VARIABLE,
        WAIT_VARIABLE,
        MEMORY_VARIABLE,
        CONFIG_VARIABLE,
        *_variables(root, _PREFIX),
    }
    commands = tuple(f"{_PREFIX}_{_capitals(name)}_" for name in root.commands)
    for name in os.environ:
        if not name.startswith(f"{_PREFIX}_") or name in known:
            continue
        near = difflib.get_close_matches(name, known, n=1, cutoff=_NEAR)
        if near or name.startswith(commands):
            # Of hundreds those of one command are worth a look.
            begin = next((each for each in commands if name.startswith(each)), "")
            own = sorted(each for each in known if each.startswith(begin)) if begin else near
            raise UnknownNameError("variable", name, own, "See `facestore COMMAND --help`.")


def _variables(command: Any, prefix: str) -> Iterator[str]:
    """Yield the variables of the options of a command, and of those below it."""
    for parameter in command.params:
        yield f"{prefix}_{_capitals(parameter.name)}"
    for name, below in getattr(command, "commands", {}).items():
        yield from _variables(below, f"{prefix}_{_capitals(name)}")


def _capitals(name: str) -> str:
    return name.replace("-", "_").upper()


def read_defaults(root: Any) -> dict[str, Any]:
    """Return the options of the file, as a context of the root command takes its `default_map`.

    The file is the one that FACESTORE_CONFIG names, or `facestore.toml` in the working folder. It
    has a table a command, `[ingest]` or `[import.labels]`, and may have `store` above them all.

    Raises
    ------
    InputError
        If the named file is not there, is no TOML, or has something else than tables of options.
    UnknownNameError
        If it names a command or an option that there is not.
    """
    named = os.environ.get(CONFIG_VARIABLE)
    path = Path(named or _CONFIG_FILE)
    if not path.is_file():
        if named:
            message = f"There is no file '{path}', which {CONFIG_VARIABLE} names."
            raise InputError(message)
        return {}
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"'{path}' is no TOML ({error}): expected lines such as batch-size = 64."
        raise InputError(message) from error
    everywhere = {key: settings.pop(key) for key in ("store",) if key in settings}
    return _of_group(root, settings, everywhere, path)


def _of_group(
    group: Any, tables: Mapping[str, Any], everywhere: Mapping[str, Any], path: Path
) -> dict[str, Any]:
    for name, table in tables.items():
        if name not in group.commands:
            raise UnknownNameError("command", name, group.commands, place=f"of '{path}'")
        if not isinstance(table, dict):
            message = f"'{path}' says {name} = {table!r}: expected a table [{name}] of options."
            raise InputError(message)
    found = {}
    for name, command in group.commands.items():
        table = tables.get(name, {})
        if hasattr(command, "commands"):
            found[name] = _of_group(command, table, everywhere, path)
        else:
            found[name] = _of_command(name, command, table, everywhere, path)
    return found


def _of_command(
    name: str, command: Any, table: Mapping[str, Any], everywhere: Mapping[str, Any], path: Path
) -> dict[str, Any]:
    options = {
        option.removeprefix("--"): parameter
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--")
    }
    found = {options[key].name: value for key, value in everywhere.items() if key in options}
    for key, value in table.items():
        option = key.replace("_", "-")
        if option not in options:
            raise UnknownNameError("option", option, options, place=f"of [{name}] in '{path}'")
        # Of an option that may be repeated the file has a list, or the one value.
        is_list = isinstance(value, list) or not options[option].multiple
        found[options[option].name] = value if is_list else [value]
    return found
