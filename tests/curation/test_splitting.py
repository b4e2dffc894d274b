"""Splits: fractions are met, duplicates stay together, the order of the samples does not matter."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facestore.curation.splitting import assign, parse_fractions
from facestore.errors import InputError
from facestore.records import SplitMember

THREE = {"train": 0.8, "val": 0.1, "test": 0.1}

# As in a store, all samples of a content are in one group, or in none.
GROUPS = {content: "g" if content < 5 else "h" for content in range(9)}
MEMBERS = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from(["White", "Black", None])),
    min_size=1,
    max_size=80,
).map(
    lambda rows: [
        SplitMember(i, f"c{content}", f"{i}.jpg", GROUPS.get(content), (race,))
        for i, (content, race) in enumerate(rows)
    ]
)


def singles(n, stratum=()):
    return [SplitMember(i, f"content {i}", f"{i}.jpg", None, stratum) for i in range(n)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.8,0.1,0.1", THREE),
        ("0.75, 0.25", {"train": 0.75, "test": 0.25}),
        ("fit=0.7, judge=0.3", {"fit": 0.7, "judge": 0.3}),
        ("a=0.1,b=0.2,c=0.3,d=0.4", {"a": 0.1, "b": 0.2, "c": 0.3, "d": 0.4}),
    ],
)
def test_fractions_are_read_in_order(text, expected):
    assert list(parse_fractions(text).items()) == list(expected.items())


@pytest.mark.parametrize(
    "text",
    ["", "1", "0.8", "0.8,0.3", "0.8,0.2,0", "1.2,-0.2", "a=0.5,a=0.5", "a=0.5,0.5", "0.5,nan", "x,y",
     "0.25,0.25,0.25,0.25", "=0.5,b=0.5", "all=1"],
)  # fmt: skip
def test_other_fractions_are_refused_in_one_line(text):
    with pytest.raises(InputError, match=r"^Fractions .*: expected such as .*$") as caught:
        parse_fractions(text)
    assert repr(text) in str(caught.value)


def test_every_split_has_its_fraction_and_samples_are_mixed():
    split_of = assign(singles(1000), THREE, seed=0)
    assert Counter(split_of.values()) == {"train": 800, "val": 100, "test": 100}
    # not every tenth of them in their order
    assert len({i % 10 for i, split in split_of.items() if split == "test"}) == 10


def test_strata_have_the_fractions_too():
    members = [
        SplitMember(i, f"content {i}", f"{i}.jpg", None, (race,))
        for i, race in enumerate(["White"] * 700 + ["Black"] * 250 + [None] * 50)
    ]
    split_of = assign(members, THREE, seed=3)
    cells = Counter((member.stratum[0], split_of[member.sample_id]) for member in members)
    for race, n in (("White", 700), ("Black", 250), (None, 50)):
        for split, fraction in THREE.items():
            assert abs(cells[race, split] - fraction * n) <= 2


@given(members=MEMBERS, seed=st.integers(0, 5), shuffled=st.randoms(use_true_random=False))
def test_a_split_knows_content_and_groups_and_no_order(
    members: list[SplitMember], seed: int, shuffled: random.Random
) -> None:
    split_of = assign(members, THREE, seed)
    again = members.copy()
    shuffled.shuffle(again)
    renumbered = [
        SplitMember(1000 + i, m.content, m.path, m.group, m.stratum) for i, m in enumerate(again)
    ]
    by_path = {m.path: split_of[m.sample_id] for m in members}
    later = assign(renumbered, THREE, seed)
    assert {m.path: later[m.sample_id] for m in renumbered} == by_path
    for together in ("g", "h"):
        assert len({split_of[m.sample_id] for m in members if m.group == together}) <= 1
    alone = [m for m in members if m.group is None]
    contents = {(m.content, split_of[m.sample_id]) for m in alone}
    assert len(contents) == len({m.content for m in alone})


@given(members=MEMBERS)
def test_no_split_is_further_from_its_fraction_than_a_unit(members: list[SplitMember]) -> None:
    sizes = Counter(assign(members, THREE, 0).values())
    largest = max(Counter(m.group or m.content for m in members).values())
    for split, fraction in THREE.items():
        assert abs(sizes[split] - fraction * len(members)) <= 2 * largest


def test_another_seed_gives_another_split():
    first, second = (assign(singles(200), THREE, seed) for seed in (0, 1))
    assert first != second
    assert Counter(first.values()) == Counter(second.values())


def test_the_split_of_a_content_never_changes():
    # what is written into papers; a change of the rule would show here
    split_of = assign(singles(10), {"train": 0.5, "test": 0.5}, seed=7)
    assert sorted(i for i, split in split_of.items() if split == "test") == [1, 2, 5, 8, 9]
