from __future__ import annotations

import json

import pytest

from facestore.errors import InputError, TableError
from facestore.prompts import builtin_prompt_sets, check_attribute, read_prompt_file

SETS = {each.name: each for each in builtin_prompt_sets()}


def classes_of(prompt_set):
    return {prompt.text: dict(prompt.classes) for prompt in prompt_set.prompts}


def write(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "n_prompts"),
    [
        ("raw_gender_labels", 2),
        ("raw_race_labels", 7),
        ("original_clip_labels_v1", 14),
        ("original_clip_labels_v2", 14),
        ("age_race_gender_labels_v1", 64),
        ("age_race_gender_labels_v2", 64),
        ("fairface_age_labels", 36),
    ],
)
def test_bundled_sets_have_their_prompts_once_each(name, n_prompts):
    texts = [prompt.text for prompt in SETS[name].prompts]
    assert len(texts) == len(set(texts)) == n_prompts


def test_half_of_the_ensemble_names_each_gender():
    for version in ("v1", "v2"):
        genders = [p.classes["gender"] for p in SETS[f"age_race_gender_labels_{version}"].prompts]
        assert genders.count("Male") == genders.count("Female") == 32


def test_asian_names_a_gender_and_no_fairface_race():
    assert classes_of(SETS["age_race_gender_labels_v1"])["a photo of an asian man"] == {
        "gender": "Male"
    }


def test_the_article_follows_the_word_after_it():
    v1 = classes_of(SETS["age_race_gender_labels_v1"])
    assert "a photo of an old indian woman" in v1
    assert "a photo of an arabic man" in v1
    assert "a photo of a young indian woman" in v1


def test_the_second_generation_always_says_a():
    v2 = classes_of(SETS["age_race_gender_labels_v2"])
    assert v2["a photo of a old indian woman"] == {"race": "Indian", "gender": "Female"}


def test_keys_of_the_first_generation_join_age_race_and_gender():
    keys = {p.key: p.text for p in SETS["age_race_gender_labels_v1"].prompts}
    assert keys["middle-aged_black_man"] == "a photo of a middle-aged black man"
    assert keys["woman"] == "a photo of a woman"


def test_age_prompts_cover_all_nine_groups_alike():
    ages = [prompt.classes["age"] for prompt in SETS["fairface_age_labels"].prompts]
    assert {ages.count(age) for age in ages} == {4}
    assert len(set(ages)) == 9


@pytest.mark.parametrize("name", [n for n in SETS if n != "fairface_age_labels"])
def test_the_words_of_a_json_file_say_the_same_classes(tmp_path, name):
    texts = [prompt.text for prompt in SETS[name].prompts]
    read = read_prompt_file(write(tmp_path, "p.json", json.dumps(texts)))
    assert classes_of(read) == classes_of(SETS[name])


def test_woman_is_not_man(tmp_path):
    read = read_prompt_file(write(tmp_path, "p.json", '["a woman", "human hand of a man"]'))
    assert classes_of(read) == {
        "a woman": {"gender": "Female"},
        "human hand of a man": {"gender": "Male"},
    }


def test_a_json_object_gives_keys_and_the_key_helps_a_mute_text(tmp_path):
    read = read_prompt_file(write(tmp_path, "p.json", '{"Male": "someone with a beard"}'))
    assert read.prompts[0].key == "Male"
    assert read.prompts[0].classes == {"gender": "Male"}


def test_yaml_expands_every_combination(tmp_path):
    text = """
prompt_set: mine
words:
  job: {nurse: {}, engineer: {}}
  gender: {man: {gender: Male}, woman: {gender: Female}}
templates: ["{a} {job} who is a {gender}"]
prompts: [{text: "a king", classes: {gender: Male}}]
"""
    read = read_prompt_file(write(tmp_path, "p.yaml", text))
    assert read.name == "mine"
    assert classes_of(read) == {
        "a nurse who is a man": {"gender": "Male"},
        "a nurse who is a woman": {"gender": "Female"},
        "an engineer who is a man": {"gender": "Male"},
        "an engineer who is a woman": {"gender": "Female"},
        "a king": {"gender": "Male"},
    }


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("p.json", '["a photo of a tree"]', "'a photo of a tree' names no class of 'gender'"),
        ("p.json", '["a man and a woman"]', "several classes of 'gender'"),
        ("p.json", '["a man", "a man"]', "'a man' occurs twice"),
        ("p.json", "[1, 2]", "neither a list of texts"),
        ("p.json", "{", "not readable as JSON"),
        ("p.json", "[]", "no prompts"),
        ("p.yaml", "- a", "not a mapping"),
        ("p.yaml", "templates: ['{hue} man']", "slot 'hue' without words"),
        ("p.yaml", "template: ['a man']", "unknown keys template"),
        ("p.yaml", "prompts: [{txt: a}]", "not a prompt set"),
        ("p.yaml", "a: [", "not readable as YAML"),
    ],
)
def test_a_broken_file_is_refused_with_the_reason(tmp_path, name, text, says):
    with pytest.raises(TableError, match="nothing was imported") as caught:
        read_prompt_file(write(tmp_path, name, text), attributes=["gender"])
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_attribute_without_two_classes_cannot_be_predicted():
    with pytest.raises(InputError, match="names 0 classes of 'age'"):
        check_attribute(SETS["raw_gender_labels"], "age")
    check_attribute(SETS["raw_gender_labels"], "gender")
