"""Which file of labels lies beside which image of a tar: the one with the longest common stem.

WebDataset cuts names at their first dot, and others at their last one: `22.05.json` is of
`22.05.jpg` and of no other, `22.json` is of `22.jpg` and of `22.left.jpg`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from facestore.names import folded


@dataclass(frozen=True)
class Pairs:
    """Which image met which stem.

    Attributes
    ----------
    stem_of
        Image -> stem of the file beside it.
    unmet
        Stems that met no image.
    """

    stem_of: Mapping[str, str]
    unmet: tuple[str, ...]


def pair(images: Sequence[str], stems: Iterable[str]) -> Pairs:
    """Give each image the longest stem that its name begins with, in whole parts between dots.

    Where none is written alike, one that differs in letter case or Unicode form alone counts, if it
    is the only one of its kind.

    Parameters
    ----------
    images
        Names, with their folders and suffixes.
    stems
        Names without their last suffix, each once.
    """
    known = dict.fromkeys(stems)
    stem_of = {image: stem for image in images if (stem := _longest(image, known)) is not None}
    met = set(stem_of.values())
    rest = [stem for stem in known if stem not in met]
    if rest:
        stem_of |= _alike([image for image in images if image not in stem_of], rest)
        met = set(stem_of.values())
    return Pairs(stem_of, tuple(stem for stem in rest if stem not in met))


def _longest(image: str, known: Mapping[str, object]) -> str | None:
    return next((stem for stem in _beginnings(image) if stem in known), None)


def _alike(images: Sequence[str], stems: Sequence[str]) -> dict[str, str]:
    """Return the pairs that are written alike but for letter case and Unicode form."""
    by_spelling: dict[str, list[str]] = {}
    for stem in stems:
        by_spelling.setdefault(folded(stem), []).append(stem)
    askers: dict[str, set[str]] = {}
    asked: dict[str, str] = {}
    for image in images:
        for beginning in _beginnings(image):
            spelling = folded(beginning)
            if spelling in by_spelling:
                askers.setdefault(spelling, set()).add(beginning)
                asked[image] = spelling
                break
    return {
        image: by_spelling[spelling][0]
        for image, spelling in asked.items()
        if len(by_spelling[spelling]) == 1 and len(askers[spelling]) == 1
    }


def _beginnings(name: str) -> list[str]:
    """Return what a stem of a name may be, longest first: `a/1.b.jpg`, `a/1.b`, `a/1`."""
    folder, slash, file = name.rpartition("/")
    parts = file.split(".")
    return [f"{folder}{slash}{'.'.join(parts[:n])}" for n in range(len(parts), 0, -1)]
