"""What prompts call an attribute and its opposite: every name of CelebA, and names of other forms."""

from __future__ import annotations

import pytest

from facestore.mappings import known_sources
from facestore.phrases import phrases

CELEBA = [
    name for name in known_sources()["celeba"].mapping.values if name not in ("gender", "split")
]


def test_each_attribute_of_celeba_has_two_phrases_of_its_own():
    assert len(CELEBA) == 39
    both = [phrases(name, "yes", "no") for name in (*CELEBA, "Male")]
    texts = [text for each in both for text in each.values()]
    assert len(set(texts)) == 80
    assert not any("_" in text for text in texts)


@pytest.mark.parametrize(
    ("attribute", "yes", "no"),
    [
        ("Wearing_Hat", "a person wearing a hat", "a person not wearing a hat"),
        ("wearing hat", "a person wearing a hat", "a person not wearing a hat"),
        ("WearingScarf", "a person wearing scarf", "a person not wearing scarf"),
        ("5_o_Clock_Shadow", "a person with a five o'clock shadow", "a person without a five o'clock shadow"),
        ("No_Beard", "a person without a beard", "a person with a beard"),
        ("no_glasses", "a person without glasses", "a person with glasses"),
        ("is_happy", "a person who is happy", "a person who is not happy"),
        ("Has_Freckles", "a person with freckles", "a person without freckles"),
        ("High_Cheekbones", "a person with high cheekbones", "a person without high cheekbones"),
        ("Smiling", "a smiling person", "a person who is not smiling"),
    ],
)  # fmt: skip
def test_names_of_every_form_become_words(attribute, yes, no):
    assert phrases(attribute, "yes", "no") == {"yes": yes, "no": no}


def test_men_and_women_are_called_so():
    assert phrases("gender", "Male", "Female") == {"Male": "a man", "Female": "a woman"}
    assert phrases("sex", "Female", "Male") == {"Female": "a woman", "Male": "a man"}
