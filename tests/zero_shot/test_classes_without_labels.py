"""Classes that nothing is labelled with: prompt sets bring them, and they are judged by shares alone."""

from __future__ import annotations

import re
import shutil

import numpy as np
import pytest

from facestore import Store
from facestore.errors import InputError, TableError, UnknownNameError
from facestore.importing.embeddings import TextSource
from facestore.upkeep.info import overview

# Prompts are the axes of a space, and a face lies on that of the prompt which it is nearest to.
PROMPTS = {
    "a photo of a thief": ("criminal", None), "a photo of an animal": ("non-human", None),
    "a photo of a man": ("person", "Male"), "a photo of a woman": ("person", "Female"),
}  # fmt: skip
NEAREST = [0, 1, 2, 3, 2, 3, 0, 2]
SAID = ["criminal", "non-human", *["person"] * 4, "criminal", "person"]
RACES = ["White", "White", "Black", "Black", "White", "Black", "Black", "White"]
GENDERS = ["Male", "Female", "Male", "Female", "Male", "Female", "Female", "Male"]
NEW = "new_classes: {harm: [criminal, non-human, person]}\n"
CLASSIFIER = "RN50 openai imported probe harm topk 1"


def probe(attribute="harm", more=""):
    lines = [
        f'  - {{text: "{text}", classes: {{{attribute}: {harm}'
        + (f", gender: {gender}}}}}" if gender and attribute != "gender" else "}}")
        for text, (harm, gender) in PROMPTS.items()
    ]
    return "\n".join(["prompts:", *lines, more])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Give a folder with a store of the vectors of eight faces and their labels; to be copied."""
    folder = tmp_path_factory.mktemp("harm")
    axes = np.eye(4, dtype=np.float32)
    files = np.array([f"{i}.jpg" for i in range(1, 9)])
    words = np.array(list(PROMPTS))
    np.savez(folder / "v.npz", files=files, emb=axes[NEAREST], words=words, text=axes)
    rows = zip(files, GENDERS, RACES, strict=True)
    (folder / "l.csv").write_text("file,gender,race\n" + "\n".join(map(",".join, rows)))
    with Store.open(folder / "store") as opened:
        opened.import_embeddings(
            folder / "v.npz",
            dataset="d",
            model="RN50,openai",
            create_samples=True,
            names_key="files",
            vectors_key="emb",
            text=TextSource(folder / "v.npz", prompts_key="words", vectors_key="text"),
        )
        opened.import_labels(folder / "l.csv", dataset="d")
        opened.set("min_samples", 1)
    return folder


@pytest.fixture
def store(made, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    with Store.open(tmp_path / "store") as opened:
        yield opened


def add(store, text, name="probe"):
    path = store.path.parent / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return store.add_prompts(path)


def predict(store):
    add(store, probe(more=NEW))
    store.score("probe")
    return store.predict(attribute="harm", prompt_set="probe", aggregation="topk", k=1)


def classes_of(store, attribute="harm"):
    query = f"select class from classes where attribute = '{attribute}' order by ordinal"
    return [name for (name,) in store.sql(query).fetchall()]


def advice_of(refused):
    return re.search(r"`(new_classes: .+)`", str(refused.value))[1]


def test_an_unknown_attribute_is_refused_and_the_advice_makes_it_known(store):
    with pytest.raises(
        UnknownNameError, match=r"No attribute 'harm'\. Known: .*no sample"
    ) as refused:
        add(store, probe())
    assert classes_of(store) == []
    add(store, probe(more=advice_of(refused)))
    assert classes_of(store) == ["criminal", "non-human", "person"]


def test_a_misspelt_attribute_is_told_the_one_that_was_meant(store):
    with pytest.raises(UnknownNameError, match=r"No attribute 'gendr'\. Did you mean 'gender'"):
        add(store, probe("gendr"))
    with pytest.raises(
        UnknownNameError, match=r"No class 'persn' of 'harm'\. Did you mean 'person'"
    ):
        add(store, probe(more=NEW).replace("harm: person", "harm: persn", 1))


def test_the_order_is_that_of_the_file_and_later_classes_follow(store):
    add(store, probe(more="new_classes: {harm: [person, criminal, non-human]}"))
    assert classes_of(store) == ["person", "criminal", "non-human"]
    cat = probe(more="new_classes: {harm: [%s]}").replace("non-human", "cat")
    with pytest.raises(InputError, match="in another order than the file") as refused:
        add(store, cat % "cat, criminal, person", "cats")
    assert "cat" not in classes_of(store)
    assert "cats" not in [each.name for each in store.prompt_sets()]
    add(store, cat.replace("new_classes: {harm: [%s]}", advice_of(refused)), "cats")
    assert classes_of(store) == ["person", "criminal", "non-human", "cat"]


def test_a_class_more_is_advised_and_follows_those_that_are_there(store):
    add(store, probe(more=NEW))
    cats = probe().replace("non-human", "cat")
    with pytest.raises(UnknownNameError, match="a class of 'harm' that no sample") as refused:
        add(store, cats, "cats")
    assert advice_of(refused) == "new_classes: {harm: [cat]}"
    add(store, cats + advice_of(refused), "cats")
    assert classes_of(store) == ["criminal", "non-human", "person", "cat"]


def test_the_same_set_is_added_once(store):
    add(store, probe(more=NEW))
    add(store, probe(more=NEW))
    assert classes_of(store) == ["criminal", "non-human", "person"]


def test_years_get_no_other_classes(store):
    with pytest.raises(InputError, match="Classes of 'age' are years"):
        add(store, probe("age", "new_classes: {age: [criminal, non-human, person]}"))


def test_shares_are_those_of_the_nearest_prompts(store):
    predict(store)
    columns = "group_attribute, group_name, predicted, n_predicted, n_samples"
    rows = store.sql(
        f"select {columns} from predicted_shares where group_attribute in ('gender', 'race')"
    ).fetchall()
    expected = {
        (of, group, name): (
            sum(g == group and s == name for g, s in zip(groups, SAID, strict=True)),
            groups.count(group),
        )
        for of, groups in (("gender", GENDERS), ("race", RACES))
        for group in groups
        for name in SAID
    }
    assert {tuple(row[:3]): tuple(row[3:]) for row in rows} == expected


JUDGES = [
    "accuracy_by_group", "accuracy_gaps", "accuracy_disparity", "classifier_summary", "leaderboard",
    "classification_report", "confusion_matrix", "judged_predictions", "rates_by_group",
    "equalized_odds", "predictive_parity", "conditional_gaps", "selective_accuracy",
    "worst_predictions", "shrunken_accuracy", "group_spread", "measured_figures",
]  # fmt: skip


def test_nothing_judges_it(store):
    predict(store)
    store.score("raw_gender_labels")
    store.predict(attribute="gender", prompt_set="raw_gender_labels")
    judged = {"RN50 openai imported raw_gender_labels gender sum"}
    for view in JUDGES:
        found = {
            name for (name,) in store.sql(f"select distinct classifier from {view}").fetchall()
        }
        assert CLASSIFIER not in found, view
        if view in ("accuracy_by_group", "leaderboard", "judged_predictions"):
            assert found == judged, view
    (coverage,) = store.sql(
        f"select n_labelled, n_predicted, n_judged from prediction_coverage "
        f"where classifier = '{CLASSIFIER}'"
    ).fetchall()
    assert coverage == (0, 8, 0)


def test_every_view_can_be_read_of_nothing_else(store):
    predict(store)
    views = store.sql(
        "select view_name from duckdb_views() where not internal and schema_name = 'main'"
    ).fetchall()
    for (view,) in views:
        store.sql(f"from {view}").fetchall()
    assert [each.name for each in store.doctor() if each.status == "failed"] == []
    assert "predict" in store.report().read_text(encoding="utf-8")
    (row,) = overview(store).classifiers
    assert (row["classifier"], row["n_predicted"], row["n_judged"]) == (CLASSIFIER, 8, 0)
    with pytest.raises(InputError, match="Nothing to hold against `min_accuracy=`"):
        store.check(min_accuracy=0.5, attribute="harm")


def test_a_class_without_labels_beside_others_is_a_wrong_answer(store):
    classes = {"criminal": "none", "non-human": "none", "person": "Male"}
    text = probe("gender", "new_classes: {gender: [none]}")
    for harm, gender in classes.items():
        text = text.replace(harm, gender)
    text = text.replace('woman", classes: {gender: Male', 'woman", classes: {gender: Female')
    add(store, text)
    assert classes_of(store, "gender") == ["Male", "Female", "none"]
    store.score("probe")
    store.predict(attribute="gender", prompt_set="probe", aggregation="topk", k=1)
    query = "select n_samples, n_correct from accuracy_by_group where group_name = 'overall'"
    assert store.sql(query).fetchall() == [(8, 5)]
    query = "select n_predicted from predicted_shares where group_name = 'overall' and predicted = 'none'"
    assert store.sql(query).fetchall() == [(3,)]
    assert [each.name for each in store.doctor() if each.status == "failed"] == []


def test_predictions_are_imported_once_the_classes_are_known(store):
    path = store.path.parent / "p.csv"
    path.write_text("file,predicted\n" + "\n".join(f"{i}.jpg,{s}" for i, s in enumerate(SAID, 1)))
    options = {"dataset": "d", "attribute": "harm", "classifier": "theirs"}
    with pytest.raises(TableError, match="come with a prompt set: `facestore prompts add FILE`"):
        store.import_predictions(path, **options)
    add(store, probe(more=NEW))
    store.import_predictions(path, **options)
    columns = "group_attribute, group_name, predicted, n_samples, n_predicted"
    theirs = store.sql(f"select {columns} from predicted_shares order by all").fetchall()
    predict(store)
    where = f"where classifier = '{CLASSIFIER}'"
    ours = store.sql(f"select {columns} from predicted_shares {where} order by all").fetchall()
    assert theirs == ours != []


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("new_classes: harm", "new_classes is 'harm'"),
        ("new_classes: {harm: criminal}", "Expected attributes with lists of text"),
        ("new_classes: {harm: []}", "Expected attributes with lists of text"),
        ("new_classes: {harm: [criminal, no]}", "Expected attributes with lists of text"),
        ("new_classes: {harm: [criminal, criminal]}", "'criminal' of 'harm' twice"),
        ("new_classes: {harm: [criminal, ' ']}", "blank class of 'harm'"),
        ("new_classes: {harm: [criminl]}", "no prompt names the class 'criminl' of 'harm'"),
        ("new_classes: {overall: [criminal]}", "cannot be called 'overall'"),
        ("new_classes: {a x b: [criminal]}", "cannot be called 'a x b'"),
        ("new_classes: {' ': [criminal]}", "an attribute of new_classes is blank"),
    ],
)
def test_what_is_no_list_of_new_classes_is_refused(store, new, message):
    with pytest.raises(TableError, match=message):
        add(store, probe(more=new))
    assert classes_of(store) == []


def test_a_class_that_yaml_does_not_read_as_text_is_refused(store):
    with pytest.raises(TableError, match="a class of 'harm' is False, not text"):
        add(store, probe(more=NEW).replace("harm: criminal", "harm: no"))
    with pytest.raises(TableError, match="an attribute is True, not text"):
        add(store, probe("yes"))
