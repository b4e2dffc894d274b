"""Captions of synthetic faces: a small grammar, and which captions are true of which face.

A face has three labels, given as indices into GENDERS, RACES and AGES of `faces`. A
caption says something about some of them; it is true of every face whose labels it allows.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from faces import AGES, GENDERS, RACES

Labels = tuple[int, int, int]

_ALL = {
    "gender": frozenset(range(len(GENDERS))),
    "race": frozenset(range(len(RACES))),
    "age": frozenset(range(len(AGES))),
}
_RACE = {name: i for i, name in enumerate(RACES)}


@dataclass(frozen=True)
class Meaning:
    """The labels that a caption allows."""

    gender: frozenset[int] = _ALL["gender"]
    race: frozenset[int] = _ALL["race"]
    age: frozenset[int] = _ALL["age"]

    def allows(self, labels: Labels) -> bool:
        """Whether a face with these labels fits."""
        return labels[0] in self.gender and labels[1] in self.race and labels[2] in self.age

    def __and__(self, other: Meaning) -> Meaning:
        """Return what both allow."""
        return Meaning(self.gender & other.gender, self.race & other.race, self.age & other.age)


@dataclass(frozen=True)
class Caption:
    """A text and what it allows."""

    text: str
    meaning: Meaning


def _male(*ages: int) -> Meaning:
    return Meaning(gender=frozenset({0}), age=frozenset(ages) or _ALL["age"])


def _female(*ages: int) -> Meaning:
    return Meaning(gender=frozenset({1}), age=frozenset(ages) or _ALL["age"])


def _aged(*ages: int) -> Meaning:
    return Meaning(age=frozenset(ages))


def _races(*names: str) -> Meaning:
    return Meaning(race=frozenset(_RACE[name] for name in names))


_ADULT = (3, 4, 5, 6, 7, 8)
GENDERED_NOUNS = {
    "man": _male(*_ADULT), "woman": _female(*_ADULT),
    "boy": _male(1, 2), "girl": _female(1, 2),
    "baby boy": _male(0), "baby girl": _female(0),
    "male person": _male(), "female person": _female(),
    "male": _male(), "female": _female(),
    "guy": _male(2, 3, 4, 5), "lady": _female(*_ADULT), "gentleman": _male(5, 6, 7, 8),
    "grandfather": _male(7, 8), "grandmother": _female(7, 8),
}  # fmt: skip
NEUTRAL_NOUNS = {
    "person": Meaning(), "human": Meaning(), "face": Meaning(),
    "child": _aged(1), "kid": _aged(1), "baby": _aged(0), "infant": _aged(0), "toddler": _aged(0),
    "teenager": _aged(2), "adult": _aged(*_ADULT), "senior": _aged(7, 8),
}  # fmt: skip
AGE_WORDS = {
    "young": _aged(2, 3), "middle-aged": _aged(5, 6), "old": _aged(7, 8), "elderly": _aged(7, 8),
    "teenage": _aged(2), "little": _aged(0, 1), "very old": _aged(8), "adult": _aged(*_ADULT),
}  # fmt: skip
RACE_WORDS = {
    "white": _races("White"), "caucasian": _races("White"),
    "black": _races("Black"), "african american": _races("Black"),
    "indian": _races("Indian"), "south asian": _races("Indian"),
    "latino hispanic": _races("Latino_Hispanic"), "latino": _races("Latino_Hispanic"),
    "hispanic": _races("Latino_Hispanic"),
    "southeast asian": _races("Southeast Asian"), "filipino": _races("Southeast Asian"),
    "east asian": _races("East Asian"), "chinese": _races("East Asian"),
    "asian": _races("East Asian", "Southeast Asian"),
    "middle eastern": _races("Middle Eastern"), "arabic": _races("Middle Eastern"),
    "arab": _races("Middle Eastern"),
}  # fmt: skip
RACE_CLASS_WORDS = tuple(
    {
        "White": ("white", "caucasian"),
        "Black": ("black", "african american"),
        "Indian": ("indian", "south asian"),
        "Latino_Hispanic": ("latino hispanic", "latino", "hispanic"),
        "Southeast Asian": ("southeast asian", "filipino"),
        "East Asian": ("east asian", "chinese"),
        "Middle Eastern": ("middle eastern", "arabic", "arab"),
    }[race]
    for race in RACES
)
DECADES = (
    None,
    None,
    "teens",
    "twenties",
    "thirties",
    "forties",
    "fifties",
    "sixties",
    "seventies",
)
RANGES = (
    "0 to 2", "3 to 9", "10 to 19", "20 to 29", "30 to 39", "40 to 49", "50 to 59", "60 to 69",
    "70 to 90",
)  # fmt: skip
YEARS = (
    (1, 2), (4, 5, 6, 7, 8), (12, 14, 15, 17), (22, 24, 25, 27), (33, 35, 36), (44, 45, 46),
    (53, 55, 57), (64, 65, 66), (72, 75, 78, 82),
)  # fmt: skip
TEMPLATES = (
    "a photo of {}", "a photo of {}", "a portrait of {}", "a picture of {}", "a close-up of {}",
    "the face of {}", "a cropped photo of {}", "a headshot of {}", "an image of {}", "{}",
    "a drawing of {}", "a cartoon of {}", "a face of {}", "this is {}", "an avatar of {}",
)  # fmt: skip
GENDER_PAIRS = (
    ("man", "woman"), ("man", "woman"), ("boy", "girl"), ("baby boy", "baby girl"),
    ("male person", "female person"), ("male", "female"), ("guy", "lady"),
    ("gentleman", "lady"), ("grandfather", "grandmother"),
)  # fmt: skip


def with_article(noun_phrase: str, stream: random.Random | None = None) -> str:
    """Put "a" or "an" before a noun phrase; one time in six "a" where "an" is right.

    Prompt sets in circulation say "a photo of a old man", so the model has to know that too.
    """
    is_sloppy = stream is not None and stream.random() < 1 / 6
    vowel = noun_phrase[0] in "aeiou" and not is_sloppy
    return f"{'an' if vowel else 'a'} {noun_phrase}"


def random_caption(labels: Labels, stream: random.Random) -> Caption:
    """Return a random caption that is true of a face with these labels."""
    noun, meaning = _random_noun(labels, stream)
    words = [noun]
    if stream.random() < 0.55:
        race = stream.choice([word for word, m in RACE_WORDS.items() if m.allows(labels)])
        words.insert(0, race)
        meaning &= RACE_WORDS[race]
    phrase, meaning = _with_age(" ".join(words), meaning, labels, stream)
    return Caption(stream.choice(TEMPLATES).format(phrase), meaning)


def truth_matrix(
    captions: Sequence[Caption], labels: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Say which captions are true of which faces.

    Parameters
    ----------
    captions
        C captions.
    labels : int64 (B, 3)
        Gender, race and age of B faces.

    Returns
    -------
    bool (B, C)
    """
    columns = [
        np.isin(labels[:, 0], list(caption.meaning.gender))
        & np.isin(labels[:, 1], list(caption.meaning.race))
        & np.isin(labels[:, 2], list(caption.meaning.age))
        for caption in captions
    ]
    return np.stack(columns, axis=1)


@dataclass(frozen=True)
class ClassPrompts:
    """One prompt a class of one attribute, as zero-shot classification uses them.

    Attributes
    ----------
    column
        Which label: 0 gender, 1 race, 2 age.
    texts
        A prompt for every class, in order.
    ages
        Age groups of the faces that the prompts make sense for.
    """

    column: int
    texts: tuple[str, ...]
    ages: frozenset[int]


def random_class_prompts(stream: random.Random) -> tuple[ClassPrompts, ClassPrompts, ClassPrompts]:
    """Return random prompts for gender, race and age."""
    return _gender_prompts(stream), _race_prompts(stream), _age_prompts(stream)


def _random_noun(labels: Labels, stream: random.Random) -> tuple[str, Meaning]:
    nouns = GENDERED_NOUNS if stream.random() < 0.6 else GENDERED_NOUNS | NEUTRAL_NOUNS
    fitting = {noun: meaning for noun, meaning in nouns.items() if meaning.allows(labels)}
    noun = stream.choice(list(fitting))
    return noun, fitting[noun]


def _with_age(
    phrase: str, meaning: Meaning, labels: Labels, stream: random.Random
) -> tuple[str, Meaning]:
    """Say the age in one of several ways, or not at all."""
    draw, age = stream.random(), labels[2]
    if draw < 0.24:
        fitting = [word for word, m in AGE_WORDS.items() if m.allows(labels) and word not in phrase]
        if fitting:
            word = stream.choice(fitting)
            return with_article(f"{word} {phrase}", stream), meaning & AGE_WORDS[word]
    elif draw < 0.68:
        return _age_phrase(phrase, age, stream), meaning & _aged(age)
    return with_article(phrase, stream), meaning


def _age_phrase(phrase: str, age: int, stream: random.Random) -> str:
    way, decade = stream.random(), DECADES[age]
    if way < 0.3 and decade is not None:
        return f"{with_article(phrase, stream)} in their {decade}"
    if way < 0.6:
        return f"{with_article(phrase, stream)} aged {RANGES[age]}"
    if way < 0.8:
        return f"{with_article(phrase, stream)}, {stream.choice(YEARS[age])} years old"
    return with_article(f"{stream.choice(YEARS[age])} year old {phrase}", stream)


def _gender_prompts(stream: random.Random) -> ClassPrompts:
    pair = stream.choice(GENDER_PAIRS)
    ages = GENDERED_NOUNS[pair[0]].age & GENDERED_NOUNS[pair[1]].age
    before = ""
    if stream.random() < 0.3:
        fitting = [word for word, meaning in AGE_WORDS.items() if meaning.age & ages]
        before = stream.choice(fitting)
        ages &= AGE_WORDS[before].age
    elif stream.random() < 0.2:
        before = stream.choice(list(RACE_WORDS))
    template = stream.choice(TEMPLATES)
    texts = tuple(
        template.format(with_article(f"{before} {noun}".strip(), stream)) for noun in pair
    )
    return ClassPrompts(0, texts, ages)


def _race_prompts(stream: random.Random) -> ClassPrompts:
    template = stream.choice(TEMPLATES)
    noun = stream.choice(("person", "person", "face", "man", "woman", "man", "woman", "child"))
    ages = _aged(0, 1, 2).age if noun == "child" else _ALL["age"]
    use_first = stream.random() < 0.6
    texts = tuple(
        template.format(
            with_article(f"{words[0] if use_first else stream.choice(words)} {noun}", stream)
        )
        for words in RACE_CLASS_WORDS
    )
    return ClassPrompts(1, texts, ages)


def _age_prompts(stream: random.Random) -> ClassPrompts:
    template = stream.choice(TEMPLATES)
    noun = stream.choice(("person", "person", "face", "human", "man", "woman"))
    way = stream.random()
    texts = tuple(template.format(_age_class_phrase(noun, age, way, stream)) for age in range(9))
    return ClassPrompts(2, texts, _ALL["age"])


def _age_class_phrase(noun: str, age: int, way: float, stream: random.Random) -> str:
    if way < 0.35:
        return f"{with_article(noun)} aged {RANGES[age]}"
    if way < 0.6:
        kind = {0: "baby", 1: "child", 2: "teenager"}.get(age, noun) if way < 0.5 else noun
        return with_article(f"{stream.choice(YEARS[age])} year old {kind}")
    if way < 0.75:
        return f"{with_article(noun)}, {stream.choice(YEARS[age])} years old"
    decade = DECADES[age]
    if decade is None or (age == 2 and way < 0.9):
        return with_article({0: "baby", 1: "child"}.get(age, "teenager"))
    return f"{with_article(noun)} in their {decade}"
