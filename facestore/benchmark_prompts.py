"""Prompts of a benchmark: the classes of a data set in templates, and of yes/no attributes."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from shlex import quote

from facestore.errors import InputError, counted, preview
from facestore.phrases import phrases
from facestore.records import Prompt, PromptSet, TwoClasses
from facestore.stores import Stores

# As CLIP_benchmark has it where a data set says nothing.
DEFAULT_TEMPLATE = "a photo of a {c}."
CLASS_NAMES = "classnames.txt"
_SLOTS = ("{c}", "{}", "{classname}")
_SLOT = "|".join(map(re.escape, _SLOTS))
# A phrase has its own article.
_SLOT_OF_PHRASE = re.compile(rf"(?:\b[Aa]n? )?(?:{_SLOT})")
_MAX_NAME = 100
_DESCRIPTION = "Class names of a data set in templates, made by `facestore bench`."
_YES_NO = "Who has an attribute, and who has not, in templates, made by `facestore bench`."


def set_name(name: str, templates: Sequence[str]) -> str:
    """Name the prompt set of a data set, which has other ones by templates of the user."""
    if not templates:
        return name
    whole = f"{name} [{'; '.join(templates)}]"
    if len(whole) <= _MAX_NAME:
        return whole
    return f"{whole[:_MAX_NAME]}... {hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def check_templates(templates: Sequence[str]) -> None:
    """Refuse a template that names no class.

    Raises
    ------
    InputError
        If there is one.
    """
    for each in templates:
        if not any(slot in each for slot in _SLOTS):
            message = f"Template {each!r} names no class: put {{c}} where its name belongs."
            raise InputError(message)


def add_classes(
    store: Stores, name: str, attribute: str, classes: Sequence[str], templates: Sequence[str]
) -> None:
    """Add a prompt set: each class in each template.

    Raises
    ------
    InputError
        If there are fewer than two classes, or they are not those of the labels or of the set as
        it was before.
    """
    if len(classes) < 2:
        message = (
            f"{attribute!r} has one class alone ({preview(map(repr, classes))}): two are needed to "
            "tell pictures apart."
        )
        raise InputError(message)
    if len(set(classes)) < len(classes):
        twice = next(each for each in classes if list(classes).count(each) > 1)
        message = f"{CLASS_NAMES} of {name!r} names {twice!r} twice: give each class its own name."
        raise InputError(message)
    prompts = tuple(
        Prompt(_filled(template, class_), None, {attribute: class_})
        for class_ in classes
        for template in dict.fromkeys(templates)
    )
    known = store.catalog.samples.class_names().get(attribute, [])
    new = tuple(each for each in classes if each not in known)
    if len(known) > len(classes):
        other = next(each for each in known if each not in classes)
        message = (
            f"{CLASS_NAMES} of {name!r} has {counted(len(classes), 'name')}, and the labels have "
            f"{counted(len(known), 'class', 'classes')}, such as {other!r}: give it a line a class."
        )
        raise InputError(message)
    _add(store, PromptSet(name, _DESCRIPTION, prompts, {attribute: new} if new else {}))


def add_yes_no(
    store: Stores, name: str, attributes: Mapping[str, TwoClasses], templates: Sequence[str]
) -> None:
    """Add a prompt set for several attributes of two classes: both classes in each template.

    A text that says something of two attributes, as of a beard and of no beard, is one prompt.

    Raises
    ------
    InputError
        If the set was another one before.
    """
    named: dict[str, dict[str, str]] = {}
    for attribute, two in attributes.items():
        of_class = phrases(attribute, two.positive, two.negative)
        for class_, phrase in of_class.items():
            for template in templates:
                text = phrase.join(_SLOT_OF_PHRASE.split(template))
                named.setdefault(text, {})[attribute] = class_
    prompts = tuple(Prompt(text, None, classes) for text, classes in named.items())
    _add(store, PromptSet(name, _YES_NO, prompts))


def _add(store: Stores, made: PromptSet) -> None:
    name = made.name
    if name in store.catalog.prompts.names():
        before = store.catalog.prompts.get(name).prompts
        if _content(before) != _content(made.prompts):
            message = (
                f"Data set {name!r} had other classes or templates when it was benchmarked before: "
                "give its folder another name, or take the old one out first with "
                f"`facestore remove prompt-set {quote(name)}`."
            )
            raise InputError(message)
    store.catalog.prompts.add(made)


def _content(prompts: Sequence[Prompt]) -> set[tuple[str, frozenset[tuple[str, str]]]]:
    return {(each.text, frozenset(each.classes.items())) for each in prompts}


def _filled(template: str, class_: str) -> str:
    name = class_.replace("_", " ")
    for slot in _SLOTS:
        template = template.replace(slot, name)
    return template
