from __future__ import annotations

import pytest

from facestore.spelling import (
    class_of,
    column_of,
    fold,
    same_name,
    span_of,
    spellings,
    synonyms_of,
)

RACES = [
    "White", "Black", "Indian", "Latino_Hispanic", "Southeast Asian", "East Asian",
    "Middle Eastern",
]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Latino_Hispanic", "latino/hispanic"),
        ("Latino_Hispanic", " LATINO - HISPANIC "),
        ("Female", "Ｆｅｍａｌｅ"),
        ("Female", "\ufeffFe\u00admale"),
        ("10-19", "10–19"),
        ("é", "e\u0301"),
        ("1", "1.0"),
        ("-1", "−1.00"),
        ("0", "-0"),
    ],
)
def test_what_only_spelling_adds_makes_no_difference(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("1", "-1"), ("1.5", "15"), ("Male", "Female")])
def test_what_tells_apart_stays(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("caucasian", "White"),
        ("Hispanic", "Latino_Hispanic"),
        ("south-east asian", "Southeast Asian"),
        ("African-American", "Black"),
        ("AfroAmerican", "Black"),
        ("asian", None),
        ("", None),
    ],
)
def test_a_word_means_one_class_or_none(text, meant):
    assert class_of(text, RACES, synonyms_of("race")) == meant


def test_a_name_that_two_classes_have_in_other_spellings_is_none_of_them():
    assert class_of("MALE", ["Male", "male"], synonyms_of("gender")) is None
    assert class_of("m", ["Male", "Man"], {"Male": ["m"], "Man": ["m"]}) is None
    assert class_of("MALE", ["Male", "male", "Man"], {"Man": ["male"]}) is None
    assert class_of("male", ["Male", "male"], synonyms_of("gender")) == "male"
    assert same_name("SEX", ["sex", "Sex"]) is None


def test_a_column_is_the_attribute_of_which_it_has_a_word_unless_two_have():
    assert column_of("gender", ["id", "Sex"]) == "Sex"
    assert column_of("gender", ["sex", "gender"]) == "gender"
    assert column_of("gender", ["sex", "sex_label"]) is None


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("(25, 32)", (25, 32)),
        ("25–32", (25, 32)),
        ("70+", (70, None)),
        ("more than 70", (71, None)),
        (">= 70", (70, None)),
        ("20~29 years", (20, 29)),
        ("(19, 29]", (20, 29)),
        ("[20.0, 30.0)", (20, 29)),
        ("under 3", (0, 2)),
        ("<= 2 yrs", (0, 2)),
        ("32-25", None),
        ("9-Mar", None),
    ],
)
def test_limits_of_ages_are_read(text, span):
    assert span_of(text) == span


def test_no_word_stands_for_two_classes_of_an_attribute():
    for attribute, classes in spellings().values.items():
        words = [*map(fold, classes), *(word for each in classes.values() for word in {*each})]
        assert len(words) == len({*words}), attribute
        nothing = {*spellings().no_label["known"], *spellings().no_label[attribute]}
        assert nothing.isdisjoint(words)
