"""The caption grammar of the tiny CLIP's training, against a reading of its texts from scratch."""

from __future__ import annotations

import functools
import importlib.util
import random
import re
import sys
from itertools import product
from types import ModuleType

import numpy as np
import pytest
from faces import AGES, GENDERS, RACES
from support.places import ROOT

from facestore.prompts import builtin_prompt_sets

SCRIPT = ROOT / "scripts" / "captions.py"
LABELS = list(product(range(len(GENDERS)), range(len(RACES)), range(len(AGES))))
N_CAPTIONS = 3_000

# The reader below shares nothing with the grammar: words and what they allow, by their names.
MALE_WORDS = {"man", "boy", "male", "guy", "gentleman", "grandfather"}
FEMALE_WORDS = {"woman", "girl", "female", "lady", "grandmother"}
RACE_PHRASES = {
    "southeast asian": {"Southeast Asian"},
    "east asian": {"East Asian"},
    "south asian": {"Indian"},
    "asian": {"East Asian", "Southeast Asian"},
    "filipino": {"Southeast Asian"},
    "chinese": {"East Asian"},
    "indian": {"Indian"},
    "african american": {"Black"},
    "black": {"Black"},
    "caucasian": {"White"},
    "white": {"White"},
    "latino hispanic": {"Latino_Hispanic"},
    "latino": {"Latino_Hispanic"},
    "hispanic": {"Latino_Hispanic"},
    "middle eastern": {"Middle Eastern"},
    "arabic": {"Middle Eastern"},
    "arab": {"Middle Eastern"},
}
# Years from and up to (not including) which a word may be used.
AGE_WORDS = {
    "very old": (70, 200),
    "year old": (0, 200),  # the number before it says the age
    "years old": (0, 200),
    "middle-aged": (40, 60),
    "old": (60, 200),
    "elderly": (60, 200),
    "senior": (60, 200),
    "grandfather": (60, 200),
    "grandmother": (60, 200),
    "young": (10, 30),
    "teenage": (10, 20),
    "teenager": (10, 20),
    "teens": (10, 20),
    "little": (0, 10),
    "child": (3, 10),
    "kid": (3, 10),
    "baby": (0, 3),
    "infant": (0, 3),
    "toddler": (0, 3),
    "adult": (20, 200),
    "gentleman": (40, 200),
    "guy": (10, 50),
    "lady": (20, 200),
}
DECADES = ("twenties", "thirties", "forties", "fifties", "sixties", "seventies")
BOUNDS = [(0, 3), (3, 10), *((10 * i, 10 * i + 10) for i in range(1, 7)), (70, 200)]


@pytest.fixture(scope="module")
def captions() -> ModuleType:
    """Load the script, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("training_captions", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def drawn(captions: ModuleType) -> list[tuple[tuple[int, int, int], object]]:
    stream = random.Random(0)
    chosen = [stream.choice(LABELS) for _ in range(N_CAPTIONS)]
    return [(labels, captions.random_caption(labels, stream)) for labels in chosen]


def take(text: str, phrase: str) -> tuple[str, bool]:
    """Take a phrase out of a text: longer phrases first, so that shorter ones cannot match."""
    pattern = rf"\b{re.escape(phrase)}\b"
    return re.sub(pattern, "#", text), re.search(pattern, text) is not None


@functools.cache
def read(text: str) -> tuple[frozenset[str], frozenset[str], tuple[int, int]]:
    """Read genders, races and the span of years that a caption allows."""
    words = set(re.findall(r"[a-z]+", text))
    genders = set(GENDERS)
    if words & MALE_WORDS:
        genders &= {"Male"}
    if words & FEMALE_WORDS:
        genders &= {"Female"}
    races, rest = set(RACES), text
    for phrase in sorted(RACE_PHRASES, key=len, reverse=True):
        rest, found = take(rest, phrase)
        races &= RACE_PHRASES[phrase] if found else set(RACES)
    return frozenset(genders), frozenset(races), read_years(text, words)


def read_years(text: str, words: set[str]) -> tuple[int, int]:
    """Read the span of years that a caption allows."""
    spans = []
    rest = text
    for phrase in sorted(AGE_WORDS, key=len, reverse=True):
        rest, found = take(rest, phrase)
        if found:
            spans.append(AGE_WORDS[phrase])
    spans += [(20 + 10 * i, 30 + 10 * i) for i, word in enumerate(DECADES) if word in words]
    spans += [(int(a), int(b) + 1) for a, b in re.findall(r"aged (\d+) to (\d+)", text)]
    spans += [(int(a), int(a) + 1) for a in re.findall(r"(\d+) years? old", text)]
    # "man" and "woman" are adults, "boy" and "girl" are not; a baby boy is no boy of seven.
    if words & {"man", "woman"}:
        spans.append((20, 200))
    if words & {"boy", "girl"} and "baby" not in words:
        spans.append((3, 20))
    return max((a for a, _ in spans), default=0), min((b for _, b in spans), default=200)


def overlaps(span: tuple[int, int], age: int) -> bool:
    low, high = BOUNDS[age]
    return span[0] < high and low < span[1]


def is_true(text: str, labels: tuple[int, int, int]) -> bool:
    genders, races, span = read(text)
    gender, race, age = labels
    return GENDERS[gender] in genders and RACES[race] in races and overlaps(span, age)


def test_reader_reads() -> None:
    """The reader that the other tests lean on, on texts written out here."""
    assert read("a photo of a southeast asian man")[:2] == ({"Male"}, {"Southeast Asian"})
    assert read("a photo of a south asian woman")[:2] == ({"Female"}, {"Indian"})
    assert read("an old person")[2] == (60, 200)
    assert read("a 25 year old person")[2] == (25, 26)
    assert read("a baby boy")[2] == (0, 3)


def test_same_seed_same_captions(captions: ModuleType) -> None:
    def texts(seed: int) -> list[str]:
        stream = random.Random(seed)
        return [captions.random_caption(labels, stream).text for labels in LABELS]

    assert texts(4) == texts(4)
    assert texts(4) != texts(5)


def test_captions_are_true_of_the_face_they_were_drawn_for(drawn: list) -> None:
    false = [(labels, each.text) for labels, each in drawn if not is_true(each.text, labels)]
    assert false == []


def test_truth_matrix_agrees_with_the_reader(captions: ModuleType, drawn: list) -> None:
    """Every caption against every combination of labels, not only the one it was drawn for."""
    unique = {each.text: each for _, each in drawn}
    truth = captions.truth_matrix(list(unique.values()), np.array(LABELS))
    expected = np.array([[is_true(text, labels) for text in unique] for labels in LABELS])
    wrong = np.argwhere(truth != expected)
    assert truth.shape == (len(LABELS), len(unique))
    assert [(LABELS[i], list(unique)[j]) for i, j in wrong[:10]] == []
    assert 0.01 < truth.mean() < 0.5


def test_a_text_has_one_meaning(drawn: list) -> None:
    meanings: dict[str, set[object]] = {}
    for _, each in drawn:
        meanings.setdefault(each.text, set()).add(each.meaning)
    assert [text for text, found in meanings.items() if len(found) > 1] == []


def test_words_of_the_prompt_sets_are_part_of_the_grammar(drawn: list) -> None:
    """Every word of facestore's prompts occurs in captions: a model cannot know others."""
    known = {word for _, each in drawn for word in re.findall(r"[a-z0-9-]+", each.text)}
    names = {
        "raw_gender_labels",
        "raw_race_labels",
        "age_race_gender_labels_v1",
        "age_race_gender_labels_v2",
        "original_clip_labels_v1",
        "original_clip_labels_v2",
        "fairface_age_labels",
    }
    sets = [each for each in builtin_prompt_sets() if each.name in names]
    assert {each.name for each in sets} == names
    words = {
        word
        for each in sets
        for prompt in each.prompts
        for word in re.findall(r"[a-z0-9-]+", prompt.text.lower())
    }
    assert len(words) > 30
    assert words - known == set()
    texts = " | ".join({each.text for _, each in drawn})
    spoken = {
        word
        for each in sets
        for prompt in each.prompts
        for word in RACE_PHRASES
        if re.search(rf"\b{word}\b", prompt.text)
    }
    assert {"latino hispanic", "southeast asian", "arabic"} <= spoken
    assert {word for word in spoken if not re.search(rf"\b{word}\b", texts)} == set()


def test_articles_are_mostly_but_not_always_right(drawn: list) -> None:
    """Prompt sets in circulation say "a old man" and "a indian woman"; both must be known."""
    texts = [each.text for _, each in drawn]
    wrong = sum(bool(re.search(r"\ba [aeiou]", text)) for text in texts)
    right = sum(bool(re.search(r"\ban [aeiou]", text)) for text in texts)
    assert 0.05 < wrong / (wrong + right) < 0.35
    assert not any(re.search(r"\ban [^aeiou]", text) for text in texts)


def test_class_prompts_hold_one_true_prompt_a_class(captions: ModuleType) -> None:
    """Class k's prompt allows class k of its attribute at the ages it is meant for."""
    stream = random.Random(1)
    for _ in range(300):
        for prompts in captions.random_class_prompts(stream):
            classes = (GENDERS, RACES, AGES)[prompts.column]
            assert len(prompts.texts) == len(classes)
            assert prompts.ages <= set(range(len(AGES)))
            assert prompts.ages
            for k, text in enumerate(prompts.texts):
                assert names_class(text, prompts.column, k, prompts.ages), text


def names_class(text: str, column: int, k: int, ages: frozenset[int]) -> bool:
    """Whether a prompt names the k-th class of an attribute, and no other."""
    genders, races, span = read(text)
    if column == 0:
        return genders == {GENDERS[k]} and all(overlaps(span, age) for age in ages)
    if column == 1:
        return races == {RACES[k]}
    if re.search(r"\b(man|woman)\b", text) and k < 3:
        return True  # "a man aged 3 to 9" fits nobody; it is there to be told from the others
    return [age for age in range(len(AGES)) if overlaps(span, age)] == [k]
