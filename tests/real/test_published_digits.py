"""Published digits of FairFace, from real labels, predictions, similarities and vectors."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from statsmodels.stats.contingency_tables import mcnemar

from facestore.importing.embeddings import TextSource
from facestore.prompts import builtin_prompt_sets
from facestore.store import Store

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

RACES = (
    "East Asian", "White", "Latino_Hispanic", "Southeast Asian", "Black", "Indian", "Middle Eastern",
)  # fmt: skip


@pytest.fixture(scope="module")
def fairface(real_data):
    return real_data / "fairface"


@pytest.fixture(scope="module")
def store(published_store):
    with Store.open(published_store) as opened:
        yield opened


def accuracy(store, classifier, group="overall"):
    query = f"select accuracy from accuracy_by_group where classifier = '{classifier}' and group_name = '{group}'"
    ((value,),) = store.sql(query).fetchall()
    return round(value, 4)


def test_label_counts(store):
    counts = dict(store.sql("select label, n_samples from label_counts").fetchall())
    assert (counts["Male"], counts["Female"]) == (5792, 5162)
    assert [counts[race] for race in RACES] == [1550, 2085, 1623, 1415, 1556, 1516, 1209]
    tagged = "select count(*) from samples where list_contains(tags, 'service_test')"
    assert store.sql(tagged).fetchall() == [(5162,)]


@pytest.mark.parametrize(
    ("classifier", "expected"),
    [
        ("ViT-L-14 openai age_race_gender_labels sum", 0.9487),
        ("ViT-L-14 openai age_race_gender_labels topk 1", 0.9544),
        ("ViT-L-14 openai age_race_gender_labels topk 2", 0.9554),
        ("ViT-L-14 datacomp_xl_s13b_b90k age_race_gender_labels topk 7", 0.9659),
        ("ViT-B-16 openai raw_race_labels topk 1", 0.5886),
        ("ViT-L-14 openai imported raw_gender_labels gender topk 1", 0.9370),
        ("ViT-L-14 laion400m_e31 imported raw_gender_labels gender topk 1", 0.9513),
    ],
)
def test_accuracies_of_classifiers(store, classifier, expected):
    assert accuracy(store, classifier) == expected


def test_the_published_race_table_by_age_gender_and_race(store, fairface):
    table = pl.read_csv(fairface / "published" / "race_raw_ViT-B-16.csv")
    published = table.filter(pl.col("datasource") == "openai").row(0, named=True)
    classifier = "ViT-B-16 openai raw_race_labels topk 1"
    groups = {
        name: value
        for name, value in published.items()
        if name not in ("datasource", "Mode", "accuracy", "Race Gap")
    }
    assert len(groups) == 18
    assert {name: accuracy(store, classifier, name) for name in groups} == groups
    query = (
        "select mean_minus_min from accuracy_disparity "
        f"where classifier = '{classifier}' and group_attribute = 'race'"
    )
    assert round(store.sql(query).fetchall()[0][0], 4) == published["Race Gap"]


def test_published_tables_lie_beside_the_measured_figures(store, fairface):
    summary = store.import_published(
        fairface / "published" / "race_raw_ViT-B-16.csv",
        dataset="fairface",
        attribute="race",
        model="ViT-B-16",
        prompt_set="raw_race_labels",
        columns={"datasource": "pretrained"},
    )
    assert (summary.n_figures, summary.n_measured) == (120, 20)
    query = (
        "select metric, count(*), max(abs(difference)) < 0.00005, bool_and(is_inside) "
        "from published_comparison where measured is not null group by metric order by metric"
    )
    assert store.sql(query).fetchall() == [
        ("accuracy", 19, True, True),
        ("mean_minus_min", 1, True, None),
    ]


WEIGHTS = ("openai", "laion400m_e31", "datacomp_xl_s13b_b90k", "commonpool_xl_s13b_b90k")
COMPARED = [f"ViT-L-14 {tag} age_race_gender_labels sum" for tag in WEIGHTS]
COMPARED.append("ViT-L-14 openai age_race_gender_labels topk 2")


def test_classifiers_are_compared_on_the_same_faces_as_statsmodels_does(store, fairface):
    truth = pl.read_csv(fairface / "labels_val.csv").select("file", label="gender")
    said = pl.read_parquet(fairface / "predictions.parquet").filter(pl.col("attribute") == "gender")
    right = {}
    for name in COMPARED:
        _, tag, prompt_set, aggregation, *k = name.split()
        mine = said.filter(
            pl.col("pretrained") == tag,
            pl.col("prompt_set") == prompt_set,
            pl.col("aggregation") == aggregation,
            pl.col("k") == int(k[0]) if k else pl.col("k").is_null(),
        )
        joined = truth.join(mine, on="file", how="inner", maintain_order="left")
        assert len(joined) == 10_954
        right[name] = (joined["label"] == joined["predicted"]).to_numpy()
    names = ", ".join(f"'{name}'" for name in COMPARED)
    rows = store.sql(
        "select classifier_a, classifier_b, n_only_a, n_only_b, difference, ci_low, ci_high, "
        f"p_value from classifier_comparison where classifier_a in ({names}) "
        f"and classifier_b in ({names})"
    ).fetchall()
    assert len(rows) == 10
    for a, b, n_only_a, n_only_b, difference, ci_low, ci_high, p_value in rows:
        only_a, only_b = int((right[a] & ~right[b]).sum()), int((~right[a] & right[b]).sum())
        assert (n_only_a, n_only_b) == (only_a, only_b)
        assert difference == pytest.approx(right[a].mean() - right[b].mean(), abs=1e-12)
        exact = mcnemar([[0, only_a], [only_b, 0]], exact=True).pvalue
        assert p_value == pytest.approx(exact, rel=1e-6, abs=1e-300)
        assert ci_low < difference < ci_high


def test_gender_by_race_in_the_form_of_the_clip_paper(store, fairface):
    name = "ViT-L-14 openai age_race_gender_labels sum"
    labels = pl.read_csv(fairface / "labels_val.csv")
    said = pl.read_parquet(fairface / "predictions.parquet").filter(
        pl.col("attribute") == "gender",
        pl.col("pretrained") == "openai",
        pl.col("aggregation") == "sum",
    )
    judged = labels.join(said, on="file").with_columns(
        right=(pl.col("gender") == pl.col("predicted")).cast(pl.Float64)
    )
    expected = {
        (race, gender): right
        for race, gender, right in judged.group_by("race", "gender")
        .agg(pl.col("right").mean())
        .rows()
    }
    rows = store.sql(
        f"select race, gender, accuracy from clip_table_5 where classifier = '{name}'"
    ).fetchall()
    found = {(race, gender): accuracy for race, gender, accuracy in rows}
    assert len(found) == 8 * 3
    assert {key: found[key] for key in expected} == pytest.approx(expected, abs=1e-12)
    women = [expected[race, "Female"] for race in RACES]
    assert found["Average", "Female"] == pytest.approx(sum(women) / 7, abs=1e-12)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("raw_gender_labels", "raw_gender_labels"),
        ("raw_race_labels", "raw_race_labels"),
        ("original_clip_labels.v1", "original_clip_labels_v1"),
        ("original_clip_labels.v2", "original_clip_labels_v2"),
        ("age_race_gender_labels.v1", "age_race_gender_labels_v1"),
        ("age_race_gender_labels.v2", "age_race_gender_labels_v2"),
    ],
)
def test_prompt_sets_are_those_that_were_used_text_for_text(fairface, file, name):
    used = json.loads((fairface / "prompts" / f"{file}.json").read_text())
    ours = next(each for each in builtin_prompt_sets() if each.name == name)
    if isinstance(used, dict):
        assert {prompt.key: prompt.text for prompt in ours.prompts} == used
    else:
        assert sorted(prompt.text for prompt in ours.prompts) == sorted(used)


MALE = (
    "man", "gentleman", "fellow", "young man", "adult male", "male person", "old man", "male", "guy",
    "dude", "boy", "sir", "bachelor", "widower", "patriarch", "valet", "boyfriend", "father figure",
    "unmarried man", "middle-aged man", "paterfamilias",
)  # fmt: skip
FEMALE = (
    "woman", "girl", "lady friend", "bridesmaid", "unmarried woman", "old woman", "young woman",
    "dame", "female person", "young lady", "matron", "gentlewoman", "wife", "widow", "adult female",
    "girlfriend", "madam", "lady", "female", "mother figure", "materfamilias",
)  # fmt: skip


@pytest.fixture(scope="module")
def rn50(fairface, tmp_path_factory):
    """Give a store of the 2,000 training images with CLIP's own RN50 vectors, and two prompt sets."""
    folder = tmp_path_factory.mktemp("rn50")
    vectors = fairface / "rn50_openai_fairface_train2000.npz"
    text = TextSource(vectors, "words", "text", "a photo of a {}")
    with Store.open(folder / "store") as opened:
        opened.ingest(
            fairface / "images" / "train",
            labels=fairface / "labels_train.csv",
            dataset="fairface",
            split="train",
        )
        opened.import_embeddings(vectors, dataset="fairface", model="RN50,openai", text=text)
        for name, n in (("pair", 1), ("words", 21)):
            words = {word: {"gender": "Male"} for word in MALE[:n]}
            words |= {word: {"gender": "Female"} for word in FEMALE[:n]}
            spec = {"words": {"word": words}, "templates": ["a photo of a {word}"]}
            (folder / f"{name}.yaml").write_text(json.dumps(spec))  # YAML holds JSON
            opened.add_prompts(folder / f"{name}.yaml", attributes=["gender"])
            opened.score(name)
        opened.predict(attribute="gender", prompt_set="pair", name="pair")
        yield opened


def test_real_vectors_tell_man_from_woman_as_published(rn50):
    assert (accuracy(rn50, "pair", "Male"), accuracy(rn50, "pair", "Female")) == (0.877, 0.915)


def test_cosines_and_ensembles_of_real_vectors_are_numpy_s(rn50, fairface):
    with np.load(fairface / "rn50_openai_fairface_train2000.npz") as content:
        images = dict(zip(content["files"], content["emb"].astype(np.float64), strict=True))
        words = [f"a photo of a {word}" for word in content["words"]]
        texts = dict(zip(words, content["text"].astype(np.float64), strict=True))
    rows = rn50.sql(
        "select path, text, cosine from similarities inner join samples using (sample_id) "
        "inner join prompts using (prompt_id)"
    ).fetchall()
    assert len(rows) == 2000 * 42  # man and woman are in both sets, and scored once
    assert max(abs(cosine - images[path] @ texts[text]) for path, text, cosine in rows) < 1e-6
    heads = {}
    for name, words in (("Male", MALE), ("Female", FEMALE)):
        mean = np.mean([texts[f"a photo of a {word}"] for word in words], axis=0)
        heads[name] = mean / np.linalg.norm(mean)
    rows = rn50.sql(
        "select path, predicted, score, margin from zero_shot_embedding_mean "
        "inner join samples using (sample_id) where prompt_set = 'words'"
    ).fetchall()
    assert len(rows) == 2000
    for path, predicted, score, margin in rows:
        expected = {name: images[path] @ head for name, head in heads.items()}
        assert predicted == max(expected, key=expected.__getitem__)
        assert score == pytest.approx(expected[predicted], abs=1e-5)
        assert margin == pytest.approx(abs(expected["Male"] - expected["Female"]), abs=1e-5)


def test_five_thousand_images_meet_their_labels_and_each_content_is_encoded_once(faces_store):
    first, folder, ingest = faces_store
    assert first.changes.n_new == first.plan.n_labelled == 5000
    assert first.n_images_new == 4999
    assert first.n_encoded == {"tiny fp32": 4999}
    assert len(first.plan.labels_without_file) == 5954
    with Store.open(folder) as store:
        pair = "select list(path order by path) from samples group by image_id having count(*) > 1"
        assert store.sql(pair).fetchall() == [(["val/4209.jpg", "val/567.jpg"],)]
        again = ingest(store)
        assert again.n_encoded == {"tiny fp32": 0}
        assert (again.changes.n_new, again.changes.n_changed) == (0, 0)


def test_perceptual_hashes_and_labels_of_utkface_names(real_data):
    from facestore.ingest.layouts.utkface import looks_like_utkface, utkface_labels
    from facestore.records import AttributeClass

    names = pl.read_parquet(real_data / "utkface" / "manifest.parquet")["file"].to_list()
    assert looks_like_utkface(names)
    table = utkface_labels(names, [AttributeClass("any", 1, 0, None)])
    assert len(names) == 23_708
    assert len(table.malformed) == 3
    ages = table.labels.filter(pl.col("attribute") == "age")["value"]
    assert (ages.min(), ages.max()) == (1, 116)
