"""What prompts call the classes of a yes/no attribute: a person with it, and one without it."""

import re
from collections.abc import Mapping
from functools import cache

from facestore import resources
from facestore.documents import texts_of
from facestore.spelling import fold

# Beginnings of names of attributes, and how a phrase goes on after "a person".
_FORMS = (
    (r"wearing (.+)", "wearing {}", "not wearing {}"),
    (r"(?:is|being) (.+)", "who is {}", "who is not {}"),
    (r"no (.+)", "without {}", "with {}"),
    (r"(?:has |have |having |with )?(.+)", "with {}", "without {}"),
)
_GENDER = {"Male": "a man", "Female": "a woman"}


def phrases(attribute: str, positive: str, negative: str) -> dict[str, str]:
    """Return what stands for each class of an attribute in a prompt.

    Parameters
    ----------
    attribute
        Its name, as `Wearing_Hat`.
    positive, negative
        Its classes.

    Returns
    -------
    dict of str
        Class -> `a person wearing a hat`, `a person not wearing a hat`.
    """
    if set(_GENDER) == {positive, negative}:
        return {name: _GENDER[name] for name in (positive, negative)}
    with_it, without = _known().get(fold(attribute)) or _made(attribute)
    return {positive: with_it, negative: without}


def _made(attribute: str) -> tuple[str, str]:
    # WearingHat is written together, Wearing_Hat in parts
    words = fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", attribute))
    for form, with_it, without in _FORMS:
        if found := re.fullmatch(form, words):
            return f"a person {with_it.format(found[1])}", f"a person {without.format(found[1])}"
    return f"a person: {words}", f"a person: not {words}"


@cache
def _known() -> Mapping[str, tuple[str, str]]:
    content = texts_of(resources.asset("phrases.yaml").read_text(encoding="utf-8"))
    return {fold(name): (both[0], both[1]) for name, both in content.items()}
