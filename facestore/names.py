"""How a file name in a table meets a file or a sample: by the longest common tail of its path.

`val/17.jpg` in a label table meets `17.jpg` in the folder `images/val`, and `fairface/val/17.jpg`
does so too. Where two paths share a tail of the same length, the name meets neither. An id without
a suffix, `17`, meets the only picture of that name.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from facestore.errors import InputError

# Columns that hold file names in the tables in circulation, likeliest first.
FILE_COLUMNS = ("file", "file_name", "image_path", "path", "filename")

# What an attribute may not be called: groups of samples are.
_GROUPS, _PAIR = ("overall", "CLIP-2 race"), " x "

_SUFFIX = re.compile(r"(?<=[^/\\])\.(?=[^./\\]*[A-Za-z])[A-Za-z0-9]{2,5}$")


@dataclass(frozen=True)
class NameMatch:
    """Which names met which paths.

    Attributes
    ----------
    path_of
        Name -> path.
    unmatched
        Names that met no path, or more than one.
    rivals
        Path -> several names that mean it, in their order; at most one of them met it.
    """

    path_of: dict[str, str]
    unmatched: tuple[str, ...]
    rivals: dict[str, tuple[str, ...]] = field(default_factory=dict)


def check_name(parameter: str, name: str | None) -> None:
    """Refuse a name that nobody could type or see; None was not given.

    Parameters
    ----------
    parameter
        What it was given as, as Python has it.
    name
        Of a data set, a split, a classifier, a prompt set, a model.

    Raises
    ------
    InputError
        If it is blank, has a NUL, or is no Unicode.
    """
    if name is None:
        return
    problem = None
    if not name.strip():
        problem = "a name was expected, and this one is blank"
    elif "\0" in name or any("\ud800" <= each <= "\udfff" for each in name):
        problem = "a name in Unicode was expected, without NUL"
    if problem:
        message = f"`{parameter}={name!r}`: {problem}."
        raise InputError(message)


def names_groups(attribute: str) -> bool:
    """Whether an attribute cannot be called so, because groups of samples are."""
    return attribute in _GROUPS or _PAIR in attribute


def match_names(names: Sequence[str], paths: Iterable[str]) -> NameMatch:
    """Match each name to the path with the longest common tail of whole path parts.

    Parameters
    ----------
    names
        As a table writes them, without repeats; `/` or a backslash between parts.
    paths
        Candidates, `/` between parts.

    Returns
    -------
    NameMatch
        A path is met by at most one name: its own, or else the one with the longer tail.
    """
    known = set(paths)
    if known.issuperset(names):  # mostly, and tails of a million paths take their time
        return NameMatch({name: name for name in names}, ())
    claims = _claims(names, known)
    path_of: dict[str, str] = {}
    rivals: dict[str, tuple[str, ...]] = {}
    for path, claimed in claims.items():
        deepest = max(depth for depth, _ in claimed)
        best = [name for depth, name in claimed if depth == deepest]
        if len(best) == 1:
            path_of[best[0]] = path
        meant = [name for depth, name in claimed if depth == deepest or is_tail(name, path)]
        if len(meant) > 1:
            rivals[path] = tuple(meant)
    unmatched = tuple(name for name in names if name not in path_of)
    if unmatched:
        path_of |= _without_suffix(unmatched, known - set(path_of.values()))
    return NameMatch(path_of, tuple(name for name in unmatched if name not in path_of), rivals)


def _claims(names: Sequence[str], known: Collection[str]) -> dict[str, list[tuple[int, str]]]:
    """Return the names that mean each path, with the number of parts that they have in common."""
    by_tail = _index_tails(sorted(known))
    claims: dict[str, list[tuple[int, str]]] = {}
    for name in names:
        if name in known:  # deeper than any tail can be
            claims.setdefault(name, []).append((len(name) + 1, name))
            continue
        for depth, tail in _tails(name):
            candidates = by_tail.get(tail)
            if candidates is None:
                continue
            if len(candidates) == 1:
                claims.setdefault(candidates[0], []).append((depth, name))
            break
    return claims


def _without_suffix(names: Sequence[str], paths: Iterable[str]) -> dict[str, str]:
    """Match ids, as `000001` for `000001.jpg`: names without a suffix to paths without theirs."""
    ids = [name for name in names if not _suffix(name)]
    stems: dict[str, list[str]] = {}
    for path in paths if ids else ():
        if suffix := _suffix(path):
            stems.setdefault(path.removesuffix(suffix), []).append(path)
    single = {stem: found[0] for stem, found in stems.items() if len(found) == 1}
    if not single:
        return {}
    return {name: single[stem] for name, stem in match_names(ids, single).path_of.items()}


def _suffix(name: str) -> str:
    """Return the suffix of a file name: a dot and a few letters, of which one is no digit."""
    found = _SUFFIX.search(name)
    return found[0] if found else ""


def folded(name: str) -> str:
    """Return what names have in common that differ in letter case and Unicode form alone."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def is_tail(one: str, two: str) -> bool:
    """Say whether one of two paths ends with all of the other: `val/1.jpg` is no `train/1.jpg`."""
    (_, shorter), (_, longer) = sorted(_tails(each)[0] for each in (one, two))
    return f"/{longer}".endswith(f"/{shorter}")


def check_text(text: str, what: str) -> None:
    """Refuse a text with bytes that are no UTF-8: no table and no tokenizer takes it.

    Parameters
    ----------
    text, what
        It, and how a message calls it.

    Raises
    ------
    InputError
        If it has such bytes. Python keeps those of the command line as halves of characters.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        message = (
            f"{what}: it has bytes that are no UTF-8. Give it in UTF-8 (where it is, set "
            "PYTHONUTF8=1)."
        )
        raise InputError(message) from None


def _index_tails(paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Map every tail to its path, or to two of its paths: more are not told apart."""
    index: dict[str, tuple[str, ...]] = {}
    for path in paths:
        for _, tail in _tails(path):
            known = index.get(tail, ())
            if len(known) < 2 and path not in known:
                index[tail] = (*known, path)
    return index


def _tails(path: str) -> list[tuple[int, str]]:
    """Return the tails of a path with their number of parts, longest first."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
    return [(len(parts) - i, "/".join(parts[i:])) for i in range(len(parts))]
