"""Prompt sets: the template language, the sets that come with facestore, and files of users.

A prompt set in YAML has vocabularies, whose words name classes, and templates::

    prompt_set: my_labels
    description: optional
    words:
      race: {white: {race: White}, asian: {}}       # word: the classes that it names
      gender: {man: {gender: Male}, woman: {gender: Female}}
    templates: ["a photo of {a} {race} {gender}"]   # {a} is "a" or "an", by the word after it
    key: "{race}_{gender:class}"                    # optional name of each prompt
    prompts:                                        # optional, besides or instead of templates
      - {text: "a photo of a nurse", classes: {gender: Female}}
    new_classes: {harm: [criminal, person]}         # optional: classes that no label has, in order
    yes_no:                                         # optional: attributes of the classes yes and no
      Smiling: {positive: a smiling person, negative: [a serious person, a sad person]}

Every template stands for all combinations of the words of its slots.
"""

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from facestore import resources
from facestore.documents import json_of, yaml_of
from facestore.errors import InputError, TableError, counted, preview
from facestore.names import names_groups
from facestore.records import Prompt, PromptSet, first_repeated
from facestore.tables import refusing

Words = Mapping[str, Mapping[str, Mapping[str, str]]]

# The sides of yes_no, and the classes that they are.
_SIDES = {"positive": "yes", "negative": "no"}
_MOST_PROMPTS = 100_000
_SLOT = re.compile(r"\{(\w+)\}")
_KEY_SLOT = re.compile(r"\{(\w+)(:class)?\}")
_ARTICLE = re.compile(r"\{a\} (?=(\w))")


@cache
def builtin_prompt_sets() -> tuple[PromptSet, ...]:
    """Return the prompt sets that come with facestore, by name."""
    files = sorted(resources.asset("prompts").glob("*.yaml"))
    return tuple(_from_spec(_load_yaml(path), path) for path in files if path.stem != "vocabulary")


def read_prompt_file(
    path: Path, *, name: str | None = None, attributes: Sequence[str] = ()
) -> PromptSet:
    """Read a prompt set from YAML (as above) or JSON (a list of texts, or key -> text).

    Parameters
    ----------
    path
        The file.
    name
        Name of the set; by default the one in the file, or the file's own.
    attributes
        Attributes for which every prompt has to name a class.

    Raises
    ------
    TableError
        If the file is not as described, a text occurs twice, a prompt names two classes of one
        attribute, or none of an attribute asked for, or none names one of the new classes.
    """
    with refusing(path, "a prompt set"):
        prompt_set = _read(path, name)
        _check(prompt_set, attributes, path)
        _check_new_classes(prompt_set, path)
        return prompt_set


def check_attribute(prompt_set: PromptSet, attribute: str) -> None:
    """Check that at least two classes of an attribute are named by a prompt set.

    Raises
    ------
    InputError
        If not: nothing could be predicted.
    """
    classes = {p.classes[attribute] for p in prompt_set.prompts if attribute in p.classes}
    if len(classes) < 2:
        known = sorted({each for p in prompt_set.prompts for each in p.classes})
        message = (
            f"Prompt set {prompt_set.name!r} names {counted(len(classes), 'class')} of "
            f"{attribute!r}, at "
            f"least 2 were expected. It names classes of: {', '.join(known) or 'nothing'}."
        )
        raise InputError(message)


def _read(path: Path, name: str | None) -> PromptSet:
    if path.suffix.lower() == ".json":
        prompts = tuple(_classified(text, key, path) for text, key in _json_prompts(path))
        return PromptSet(name or path.stem, f"from {path.name}", prompts)
    spec = _load_yaml(path)
    return _from_spec(spec | {"prompt_set": name or spec.get("prompt_set", path.stem)}, path)


def _check(prompt_set: PromptSet, attributes: Sequence[str], path: Path) -> None:
    if not prompt_set.prompts:
        raise TableError(path, "it has no prompts", "Give a list of texts, or words and templates.")
    for number, prompt in enumerate(prompt_set.prompts, 1):
        if not prompt.text.strip():
            raise TableError(path, f"prompt {number} is blank", "Give it a text, or remove it.")
    repeated = first_repeated(prompt.text for prompt in prompt_set.prompts)
    if repeated is not None:
        raise TableError(path, f"prompt {repeated!r} occurs twice", "Remove one of the two.")
    for prompt in prompt_set.prompts:
        for attribute in attributes:
            if attribute not in prompt.classes:
                raise TableError(
                    path,
                    f"prompt {prompt.text!r} names no class of {attribute!r}",
                    "Name its classes in a YAML file: the help of `facestore prompts add` has one.",
                )


def _check_new_classes(prompt_set: PromptSet, path: Path) -> None:
    """Refuse new classes that no prompt names: one of the two is misspelt, or one is missing."""
    named = {each for prompt in prompt_set.prompts for each in prompt.classes.items()}
    for attribute, names in prompt_set.new_classes.items():
        if not attribute.strip() or names_groups(attribute):
            problem = f"an attribute cannot be called {attribute!r}: a group of samples is"
            if not attribute.strip():
                problem = "an attribute of new_classes is blank"
            raise TableError(path, problem, "Call it otherwise.")
        for name in names:
            if (attribute, name) not in named:
                problem = f"no prompt names the class {name!r} of {attribute!r}"
                raise TableError(path, problem, "Add one, or take it out of new_classes.")


def _from_spec(spec: Mapping[str, Any], path: Path) -> PromptSet:
    """Expand a YAML specification."""
    known = {"prompt_set", "description", "words", "templates", "key", "prompts"}
    known |= {"new_classes", "yes_no"}
    if unknown := sorted(set(spec) - known):
        expected = f"Expected keys: {', '.join(sorted(known))}."
        raise TableError(path, f"unknown keys {', '.join(unknown)}", expected)
    words = spec.get("words", {})
    for what, strange in _strange_texts(spec.get("prompts", ())):
        problem = f"{what} is {strange!r:.40}, not text"
        raise TableError(path, problem, "Put it in quotes, as 'a photo of a man'.")
    try:
        expanded = [
            prompt
            for template in spec.get("templates", ())
            for prompt in _expand(template, words, spec.get("key"))
        ]
        listed = [
            Prompt(each["text"], each.get("key"), dict(each.get("classes", {})))
            for each in spec.get("prompts", ())
        ]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        todo = "The help of `facestore prompts add` shows the form of such a file."
        raise TableError(path, f"not a prompt set ({error!r})", todo) from error
    name = str(spec.get("prompt_set", path.stem))
    description = str(spec.get("description", "")).strip()
    prompts = (*expanded, *listed, *_yes_no(spec.get("yes_no", {}), path))
    return PromptSet(name, description, prompts, _new_classes(spec, path))


def _yes_no(given: Any, path: Path) -> Iterator[Prompt]:
    """Yield the prompts of attributes of yes and no; one text may speak of several of them."""
    named: dict[str, dict[str, str]] = {}
    for attribute, sides in given.items() if isinstance(given, dict) else [("yes_no", given)]:
        texts = {
            side: [each] if isinstance(each, str) else each
            for side, each in (sides.items() if isinstance(sides, dict) else ())
        }
        missing = [each for each in _SIDES if not texts.get(each)]
        if missing and set(texts) <= set(_SIDES):
            problem = f"{attribute!r} of yes_no has no {missing[0]} prompt"
        elif not all(isinstance(each, list) and _are_texts(each) for each in texts.values()):
            problem = f"{attribute!r} of yes_no has {sides!r:.60}, and texts were expected"
        elif unknown := sorted(map(str, set(texts) - set(_SIDES))):
            problem = f"{attribute!r} of yes_no has {preview(map(repr, unknown))}"
        elif both := set(texts["positive"]) & set(texts["negative"]):
            problem = f"{attribute!r} of yes_no has {min(both)!r} on both sides"
        else:
            for side, class_ in _SIDES.items():
                for text in texts[side]:
                    named.setdefault(text, {})[attribute] = class_
            continue
        todo = "Expected `Smiling: {positive: a smiling person, negative: a serious person}`."
        raise TableError(path, problem, todo)
    yield from (Prompt(text, None, classes) for text, classes in named.items())


def _are_texts(texts: Sequence[Any]) -> bool:
    return all(isinstance(each, str) for each in texts)


def _new_classes(spec: Mapping[str, Any], path: Path) -> dict[str, tuple[str, ...]]:
    """Return the classes that come with a set: attribute -> names, in the order of the file."""
    given = spec.get("new_classes", {})
    lists = given.values() if isinstance(given, dict) else [given]
    names = [name for each in lists for name in (each if isinstance(each, list) else [each])]
    is_read = isinstance(given, dict) and all(isinstance(each, list) and each for each in lists)
    if not is_read or not all(isinstance(each, str) for each in [*given, *names]):
        problem = f"new_classes is {given!r:.60}"
        todo = "Expected attributes with lists of text: `new_classes: {harm: [criminal, person]}`."
        raise TableError(path, problem, todo)
    for attribute, each in given.items():
        if (repeated := first_repeated(each)) is not None:
            problem = f"new_classes has {repeated!r} of {attribute!r} twice"
            raise TableError(path, problem, "Remove one of the two.")
        if not all(name.strip() for name in each):
            raise TableError(path, f"new_classes has a blank class of {attribute!r}", "Name it.")
    return {attribute: tuple(each) for attribute, each in given.items()}


def _strange_texts(prompts: Any) -> Iterator[tuple[str, Any]]:
    """Yield what of a prompt YAML read as something else than text: a number, or `no` as false."""
    for each in prompts if isinstance(prompts, list) else ():
        if isinstance(each, dict) and not isinstance(each.get("text", ""), str):
            yield "a prompt", each["text"]
        classes = each.get("classes") if isinstance(each, dict) else None
        for attribute, name in classes.items() if isinstance(classes, dict) else ():
            if not isinstance(attribute, str):
                yield "an attribute", attribute
            if not isinstance(name, str):
                yield f"a class of {attribute!r}", name


def _expand(template: str, words: Words, key: str | None) -> Iterator[Prompt]:
    """Yield a prompt for every combination of the words of a template's slots."""
    slots = [slot for slot in _SLOT.findall(template) if slot != "a"]
    n_prompts = math.prod(len(words[slot]) for slot in slots if slot in words)
    if n_prompts > _MOST_PROMPTS:
        message = f"template {template!r} stands for {n_prompts:,} prompts"
        raise ValueError(message)
    missing = [slot for slot in slots if slot not in words]
    if missing:
        message = f"template {template!r} has a slot {missing[0]!r} without words"
        raise ValueError(message)
    for chosen in itertools.product(*(words[slot].items() for slot in slots)):
        word_of = {slot: str(word) for slot, (word, _) in zip(slots, chosen, strict=True)}
        classes_of = dict(zip(slots, (classes or {} for _, classes in chosen), strict=True))
        text = _fill(template, word_of)
        merged = {name: str(each) for named in classes_of.values() for name, each in named.items()}
        yield Prompt(_with_articles(text), _key(key, word_of, classes_of), merged)


def _fill(template: str, word_of: Mapping[str, str]) -> str:
    return _SLOT.sub(lambda slot: word_of.get(slot[1], slot[0]), template)


def _with_articles(text: str) -> str:
    return _ARTICLE.sub(lambda slot: "an " if slot[1].lower() in "aeiou" else "a ", text)


def _key(
    key: str | None, word_of: Mapping[str, str], classes_of: Mapping[str, Mapping[str, str]]
) -> str | None:
    """Fill in a key; a slot that the template does not have leaves no trace."""
    if key is None:
        return None
    parts = [
        "_".join(classes_of[slot].values()) if as_class else word_of[slot]
        for slot, as_class in _KEY_SLOT.findall(key)
        if slot in word_of
    ]
    return "_".join(parts)


def _classified(text: str, key: str | None, path: Path) -> Prompt:
    """Find out from its words which classes a text names, or else from its key."""
    classes = _named_classes(text, path)
    if not classes and key:
        classes = _named_classes(key.replace("_", " "), path)
    return Prompt(text, key, classes)


def _named_classes(text: str, path: Path) -> dict[str, str]:
    classes = {}
    for attribute, words in _vocabulary().items():
        found = re.findall(rf"\b(?:{'|'.join(map(re.escape, words))})\b", text.lower())
        named = {words[word] for word in found} - {None}
        if len(named) > 1:
            raise TableError(
                path,
                f"prompt {text!r} names several classes of {attribute!r}: {preview(sorted(named))}",
                "Split it, or name its class in a YAML file.",
            )
        classes.update(dict.fromkeys([attribute], *named) if named else {})
    return classes


@cache
def _vocabulary() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = _load_yaml(resources.asset("prompts") / "vocabulary.yaml")
    return loaded


def _json_prompts(path: Path) -> list[tuple[str, str | None]]:
    with refusing(path, "JSON"):
        content = json_of(path.read_text(encoding="utf-8-sig"))
    items = [(text, key) for key, text in content.items()] if isinstance(content, dict) else None
    if items is None and isinstance(content, list):
        items = [(text, None) for text in content]
    if items is None or not all(isinstance(text, str) for text, _ in items):
        todo = 'Expected ["a photo of a man", ...] or {"man": "a photo of a man", ...}.'
        raise TableError(path, "neither a list of texts nor names with texts", todo)
    return items


def _load_yaml(path: Path) -> dict[str, Any]:
    with refusing(path, "YAML"):
        content = yaml_of(path.read_text(encoding="utf-8-sig"))
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise TableError(path, "not a mapping", "Expected the keys words, templates or prompts.")
    return content
