"""Probes through the store: trained, saved, refused, applied, and judged by the views."""

from __future__ import annotations

import json
import re
import shutil

import numpy as np
import pytest
from sklearn.metrics import classification_report
from support.places import ROOT

from facestore.cli.summaries import lines_of
from facestore.errors import (
    HeadsMismatchError,
    InputError,
    LeakageError,
    ParametersError,
    UnknownNameError,
)
from facestore.store import Store
from facestore.training.files import load_heads, save_heads

pytestmark = pytest.mark.portable

GENDERS = ("Male", "Female")
RACES = ("White", "Black", "Indian")
WIDTH = 16
N = 240


def vectors_of(names, rng, noise):
    """Give vectors of faces: their labels and noise on a common direction, as CLIP's are."""
    axes = np.random.default_rng(7).normal(size=(8, WIDTH))
    rows = axes[0] * 3 + rng.normal(0, noise, (len(names), WIDTH))
    for row, (gender, race) in zip(rows, names, strict=True):
        row += axes[1 + GENDERS.index(gender)] + axes[3 + RACES.index(race)]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def add_faces(store, folder, dataset, split, n, *, seed, model="M,w", noise=0.9, first=0):
    rng = np.random.default_rng(seed)
    names = [(str(rng.choice(GENDERS)), str(rng.choice(RACES))) for _ in range(n)]
    files = [f"{split}{i}.jpg" for i in range(first, first + n)]
    labels = folder / f"{dataset}-{split}.csv"
    lines = [f"{f},20-29,{g},{r}" for f, (g, r) in zip(files, names, strict=True)]
    labels.write_text("\n".join(["file,age,gender,race", *lines]))
    store.import_labels(labels, dataset=dataset, split=split, create_samples=True)
    vectors = folder / f"{dataset}-{split}.npz"
    np.savez(vectors, files=np.array(files), emb=vectors_of(names, rng, noise).astype(np.float32))
    store.import_embeddings(vectors, dataset=dataset, model=model)
    return names


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("probe")
    with Store.open(folder / "store") as store:
        add_faces(store, folder, "faces", "train", N, seed=1)
        add_faces(store, folder, "faces", "val", N, seed=2)
    return folder / "store"


@pytest.fixture
def store(made, tmp_path):
    shutil.copytree(made, tmp_path / "store")
    with Store.open(tmp_path / "store") as opened:
        yield opened


def train(store, attributes=("gender", "race"), **options):
    (summary,) = store.train_probe(attributes=attributes, dataset="faces", **options)
    return summary


def one(store, query):
    (row,) = store.sql(query).fetchall()
    return row


def test_heads_are_trained_saved_and_judged_by_the_views(store):
    summary = train(store, data_licence="CC BY 4.0")
    assert summary.is_new
    assert summary.path == store.path / "heads" / "M_w_imported_probe_faces.safetensors"
    rows = store.sql(
        "select attribute, split, n_samples, accuracy, kind, architecture from leaderboard "
        "order by all"
    ).fetchall()
    assert [row[:3] for row in rows] == [
        ("gender", "train", N), ("gender", "val", N), ("race", "train", N), ("race", "val", N),
    ]  # fmt: skip
    assert {row[4:] for row in rows} == {("linear_probe", "M")}
    assert all(row[3] > 0.8 for row in rows if row[0] == "gender")
    query = "select count(*), min(score), max(score), min(margin) from predictions"
    n, low, high, margin = one(store, query)
    assert n == 4 * N
    assert 1 / 3 <= low < high <= 1
    assert margin >= 0
    assert [each.name for each in store.doctor() if each.status == "failed"] == []


def test_the_same_training_again_changes_nothing(store):
    first = train(store)
    before = first.path.read_bytes()
    again = train(store)
    assert (again.is_new, again.predictions.n_new) == (False, 0)
    assert again.path.read_bytes() == before
    assert one(store, "select count(*) from runs where command = 'train probe'") == (1,)


def test_other_options_under_the_same_name_are_refused(store):
    train(store)
    with pytest.raises(InputError, match=r"other options: give these another `name=`\."):
        train(store, class_weight="balanced")
    assert train(store, class_weight="balanced", name="b").is_new


def test_the_file_says_what_it_was_trained_on(store):
    heads = load_heads(train(store, l2=0.5, data_licence="CC BY 4.0").path)
    gender, race = heads.heads
    assert gender.classes == GENDERS
    assert set(race.classes) == set(RACES)
    assert race.weight.shape == (3, WIDTH)
    assert heads.training["data_licence"] == "CC BY 4.0"
    assert (gender.details["n_samples"], gender.details["l2"]) == (N, 0.5)
    details = json.loads(one(store, "select details from classifiers where attribute='race'")[0])
    assert details["file_sha256"] == heads.sha256
    assert details["samples_sha256"] == race.details["samples_sha256"]
    assert details["samples_sha256"] != gender.details["samples_sha256"]


def test_the_sweep_is_in_training_steps(store):
    train(store, attributes=["race"])
    steps = store.sql(
        "select step, max(value) filter (metric = 'l2') as l2, "
        "max(value) filter (metric = 'accuracy') as accuracy, "
        "max(value) filter (metric = 'loss' and split = 'validation') as loss "
        "from training_steps group by step order by step"
    ).fetchall()
    assert [round(np.log10(step[1])) for step in steps[:7]] == [6, 4, 2, 0, -2, -4, -6]
    assert 7 < len(steps) <= 15
    best = max(steps, key=lambda step: (step[2], -step[3]))
    chosen = one(store, "select (details ->> 'l2')::double from classifiers")
    assert chosen == pytest.approx((best[1],))
    exponents = [(np.log10(step[1]) * 8) % 1 for step in steps]
    assert max(min(each, 1 - each) for each in exponents) < 1e-6


def test_a_validation_split_is_not_fitted(store):
    heads = train(store, val_split="val").heads
    assert [head.details["n_samples"] for head in heads.heads] == [N, N]
    assert [head.details["n_held_back"] for head in heads.heads] == [N, N]


def test_few_shots_are_few_and_chosen_anew_by_each_seed(store):
    done = store.train_probe(
        attributes=["gender"], dataset="faces", few_shot=8, seeds=3, data_licence="x"
    )
    assert [each.path.stem[-6:] for each in done] == ["seed_0", "seed_1", "seed_2"]
    heads = [each.heads.heads[0].details for each in done]
    assert {(each["n_samples"], each["n_held_back"]) for each in heads} == {(16, 8)}
    assert len({each["samples_sha256"] for each in heads}) == 3
    assert one(store, "select count(*) from classifiers") == (3,)


def test_who_is_left_out_is_said(store, tmp_path):
    extra = tmp_path / "extra.csv"
    extra.write_text("file,gender\nnovector.jpg,Male\n")
    store.import_labels(extra, dataset="faces", split="train", create_samples=True)
    store.execute("delete from labels where attribute = 'race' and sample_id <= 10")
    store.execute("update labels set label = 'blue' where attribute = 'race' and sample_id = 11")
    summary = train(store)
    gender, race = summary.heads.heads
    assert gender.details["left_out"] == {"no vector": 1}
    assert race.details["left_out"] == {"class not known": 1, "no label": 10, "no vector": 1}
    assert race.details["n_samples"] == N - 11
    assert "race: left out: 1 (class not known), 10 (no label), 1 (no vector)" in lines_of(summary)
    assert any("1 sample has no vector" in line for line in lines_of(summary))


# The hash of no flat picture.
FIRST = 0x0123456789ABCDEF


def leak(store, distance):
    """Make a training image nearly that of a validation sample."""
    for key, phash, sample in (("a", FIRST, 1), ("b", FIRST ^ ((1 << distance) - 1), N + 1)):
        store.execute(f"insert into images (image_id, phash) values ('{key}', {phash})")
        store.execute(f"update samples set image_id = '{key}' where sample_id = {sample}")


def test_nearly_the_same_image_in_another_split_is_refused(store):
    leak(store, 5)
    match = r"1 training sample is the same image \(0\) or nearly the same \(1\) .*'faces' val "
    with pytest.raises(LeakageError, match=match) as raised:
        train(store)
    assert "\n" not in str(raised.value)
    assert one(store, "select count(*) from classifiers") == (0,)
    assert train(store, force=True).heads.training["leaks"] == "kept on request"


def test_images_that_differ_in_six_bits_are_not_the_same(store):
    leak(store, 6)
    assert train(store).heads.training["leaks"] == "none"


def test_an_image_in_two_splits_can_be_left_out(store):
    store.execute("insert into images (image_id, phash) values ('a', 5)")
    store.execute(f"update samples set image_id = 'a' where sample_id in (1, {N + 1})")
    with pytest.raises(LeakageError, match=r"the same image \(1\) or nearly the same \(0\)"):
        train(store)
    heads = train(store, drop_leaks=True).heads
    assert heads.heads[0].details["n_samples"] == N - 1


def test_heads_go_to_another_store_of_the_same_encoder(store, tmp_path):
    path = train(store).path
    with Store.open(tmp_path / "other") as other:
        add_faces(other, tmp_path, "new", "test", 50, seed=3)
        add_faces(other, tmp_path, "new", "rest", 20, seed=4)
        done = other.predict_with(path, dataset="new", split="test")
        assert done.n_new == 100
        assert other.predict_with(path, split="test").n_new == 0
        assert other.predict_with(path).n_new == 40
        accuracy = (
            "select accuracy from classifier_summary where attribute='gender' and split='test'"
        )
        assert one(other, accuracy)[0] > 0.8
        assert one(other, "select count(*) > 0 from training_steps") == (True,)


def test_heads_of_another_encoder_are_refused(store, tmp_path):
    path = train(store).path
    with Store.open(tmp_path / "other") as other:
        add_faces(other, tmp_path, "new", "test", 20, seed=3, model="M,others")
        with pytest.raises(
            HeadsMismatchError, match=r"'M w imported', but the store has 'M oth"
        ) as e:
            other.predict_with(path)
        assert "\n" not in str(e.value)
        with pytest.raises(HeadsMismatchError, match=r"but 'M others imported' was given"):
            other.predict_with(path, model="M,others")
        assert one(other, "select count(*) from predictions") == (0,)


def test_another_file_under_the_same_name_is_refused(store, tmp_path):
    summary = train(store)
    changed = tmp_path / "changed.safetensors"
    save_heads(changed, load_heads(summary.path).__class__(**{
        **vars(summary.heads), "training": {**summary.heads.training, "seed": 99}
    }))  # fmt: skip
    with pytest.raises(InputError, match=r"There is another classifier .* its file is"):
        store.predict_with(changed)


def test_the_card_is_written_from_the_views(store):
    summary = train(store, data_licence="CC BY 4.0 | mine")
    card = summary.card.read_text()
    n, low, high = one(
        store,
        "select n_samples, ci_low, ci_high from accuracy_by_group where split = 'val' and "
        "attribute = 'gender' and group_attribute = 'race' and group_name = 'Black'",
    )
    assert re.search(rf"\| race: Black \| {n} \| [01]\.\d+ \| {low:.4f} to {high:.4f} \|", card)
    assert "stated by who trained: CC BY 4.0 | mine." in card
    assert card.count("| train | 240 |") == 2  # the summary alone
    assert f"SHA-256 `{summary.heads.sha256}`" in card


def test_the_report_is_scikit_learn_s_to_the_digit(store):
    train(store)
    for attribute in ("gender", "race"):
        rows = store.sql(
            f"select label, predicted from judged_predictions where attribute = '{attribute}' "
            "and split = 'val'"
        ).fetchall()
        labels, predicted = zip(*rows, strict=True)
        expected = classification_report(labels, predicted, digits=4).split("\n")
        for name, *figures in store.sql(
            "select class, precision, recall, f1, support from classification_report "
            f"where attribute = '{attribute}' and split = 'val' order by class"
        ).fetchall():
            *shares, support = figures
            line = " ".join([name, *(f"{each:.4f}" for each in shares), str(support)])
            assert line in [" ".join(each.split()) for each in expected]


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"attributes": ["mood"]}, UnknownNameError, "No attribute 'mood'"),
        ({"attributes": ["age"]}, InputError, "of 1 class or number: a head needs 2"),
        ({"attributes": []}, InputError, "one or more were expected"),
        ({"split": "tain"}, UnknownNameError, "Did you mean 'train'"),
        ({"val_split": "test"}, UnknownNameError, "No split 'test' in data set 'faces'"),
        ({"val_fraction": 0}, InputError, "Nothing is held back"),
        ({"val_fraction": 1.0}, InputError, "`val_fraction=1.0`"),
        ({"class_weight": "even"}, InputError, "'balanced' was expected"),
        ({"seeds": 2}, ParametersError, "goes with `few_shot=K`"),
        ({"few_shot": 0}, InputError, "`few_shot=0`"),
        ({"l2": -1.0}, InputError, "`l2=-1.0`"),
    ],
)
def test_what_cannot_be_trained_is_refused_in_one_line(store, options, error, match):
    with pytest.raises(error, match=match) as raised:
        train(store, **options)
    assert "\n" not in str(raised.value)
    assert not list((store.path / "heads").glob("[!.]*"))  # but for its lock


def test_the_intended_use_is_that_of_the_readme():
    from facestore.training.cards.card import INTENDED_USE

    readme = ROOT / "README.md"
    quoted = re.sub(r"\n> ", " ", readme.read_text(encoding="utf-8"))
    assert INTENDED_USE in quoted
