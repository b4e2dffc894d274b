"""`bench`: models on data sets of every form, against a plain computation, and what is refused."""

from __future__ import annotations

import csv
import io
import shutil

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.metrics import accuracy_score, recall_score, top_k_accuracy_score
from support.image_datasets import WORDS, digits, in_class_folders, in_tars, png
from support.saved_models import transformers_folder

from facestore.encoders.open_clip import load_encoder
from facestore.errors import EncoderError, InputError
from facestore.model_names import ModelName
from facestore.steps import Step
from facestore.store import Store

pytestmark = [pytest.mark.portable, pytest.mark.xdist_group("bench")]

SHAPES = ["red square", "blue disc", "green stripe", "yellow cross", "nothing_at_all", "dot"]
COLOURS = [(255, 0, 0), (0, 0, 255), (0, 255, 0), (255, 255, 0)]
TEMPLATES = ["a photo of a {c}.", "a drawing of a {c}.", "an image of {c}"]
PETS = ["Basset_Hound", "Bengal", "Sphynx"]
N = 60


def shapes():
    rng = np.random.default_rng(0)
    for i in range(N):
        pixels = rng.integers(0, 255, (40, 40, 3))
        pixels[8:32, 8:32] = COLOURS[i % 4]
        yield png(pixels), SHAPES[i % 4]


def pets():
    rng = np.random.default_rng(1)
    return [(png(rng.integers(0, 255, (32, 32, 3))), PETS[i % 3]) for i in range(N)]


def as_clip_benchmark(pictures, names, templates):
    """Return acc1, acc5 and mean per-class recall: class vectors are means of normalised templates."""
    encoder = load_encoder(ModelName("tiny"))
    images = [Image.open(io.BytesIO(data)) for data, _ in pictures]
    with torch.no_grad():
        vectors = torch.stack([encoder.preprocess(image) for image in images])
        seen = torch.nn.functional.normalize(encoder._model.encode_image(vectors), dim=-1)
        classes = []
        for name in names:
            texts = encoder._tokenizer(
                [each.format(c=name.replace("_", " ")) for each in templates]
            )
            said = torch.nn.functional.normalize(encoder._model.encode_text(texts), dim=-1)
            mean = said.mean(dim=0)
            classes.append(mean / mean.norm())
        logits = (100 * seen @ torch.stack(classes, dim=1)).numpy()
    true = np.array([names.index(name) for _, name in pictures])
    said = logits.argmax(axis=1)
    five = (
        top_k_accuracy_score(true, logits, k=5, labels=range(len(names)))
        if len(names) > 5
        else None
    )
    recall = recall_score(true, said, labels=np.unique(true), average="macro")
    return accuracy_score(true, said), five, recall


@pytest.fixture(scope="module")
def benched(tmp_path_factory, new_store):
    """Give three data sets, a store and what a benchmark of the tiny model said of them."""
    folder = tmp_path_factory.mktemp("bench")
    in_class_folders(folder / "digits", digits(N))
    in_class_folders(folder / "pets" / "val", pets())
    in_tars(folder / "shapes", shapes(), SHAPES, TEMPLATES)
    with Store.open(folder / "store") as store:
        sources = [folder / "digits", folder / "shapes" / "test", folder / "pets" / "val"]
        done = store.bench(sources, models=["tiny"])
    return folder, done


def test_figures_are_those_of_clip_benchmark(benched):
    _, done = benched
    rows = {row[0]: row for row in done.rows}
    assert done.failures == ()
    expected = {
        "digits": (None, as_clip_benchmark(digits(N), sorted(WORDS), ["a photo of a {c}."])),
        "pets": ("val", as_clip_benchmark(pets(), PETS, ["a photo of a {c}."])),
        "shapes": ("test", as_clip_benchmark(list(shapes()), SHAPES, TEMPLATES)),
    }
    assert rows.keys() == expected.keys()
    for name, (split, (acc1, acc5, recall)) in expected.items():
        row = rows[name]
        assert row[1:5] == (split, name, "tiny", N)
        assert (row[6], row[10]) == pytest.approx((acc1, recall), abs=1e-6)
        assert row[7] <= row[6] <= row[8]
        assert row[11] == pytest.approx(acc1 - 1 / row[5])
        if name == "digits":
            assert row[9] == pytest.approx(acc5, abs=1e-6)


def test_a_second_call_finds_everything_there(benched):
    folder, done = benched
    told = []
    with Store.open(folder / "store", notify=lambda line: told.append(str(line))) as store:
        again = store.bench([folder / "digits"], models=["tiny"])
        named = store.bench(["digits", "pets"], models=["tiny"])
        n_runs = store.sql("select count(*) from predictions").fetchall()
    assert again.rows == tuple(row for row in done.rows if row[0] == "digits")
    assert [row[:7] for row in named.rows] == [row[:7] for row in done.rows if row[0] != "shapes"]
    assert n_runs == [(3 * N,)]


def test_the_board_has_the_models_on_all_data_sets(benched):
    folder, done = benched
    with Store.open(folder / "store") as store:
        board = store.sql(
            "select dataset, model, value from benchmark where metric = 'accuracy' order by dataset"
        ).fetchall()
    assert board == [(row[0], row[3], row[6]) for row in done.rows]


def test_one_model_and_one_data_set_that_cannot_be_had_leave_the_others(benched, tmp_path):
    folder, done = benched
    one = tmp_path / "one"
    in_class_folders(one, [(data, "only") for data, _ in pets()])
    broken = tmp_path / "broken.pt"
    broken.write_bytes(b"no weights")
    with Store.open(tmp_path / "store") as store:
        sources = [folder / "pets" / "val", one]
        again = store.bench(sources, models=["tiny", f"RN50,{broken}"])
    assert [row[:7] for row in again.rows] == [row[:7] for row in done.rows if row[0] == "pets"]
    failed = {each.what: str(each.error) for each in again.failures}
    assert "has one class alone ('only'): two are needed" in failed["one"]
    assert "broken.pt" in failed[f"RN50,{broken}"]


def test_other_templates_are_other_prompts_and_other_classes_are_refused(tmp_path):
    folder = tmp_path / "pets"
    in_class_folders(folder, pets())
    with Store.open(tmp_path / "store") as store:
        one = store.bench([folder], models=["tiny"])
        other = store.bench([folder], models=["tiny"], templates=["{c}, a pet", "a {}"])
        sets = store.sql(
            "select distinct prompt_set from prompt_classes where attribute = 'pets' order by all"
        ).fetchall()
        assert sets == [("pets",), ("pets [{c}, a pet; a {}]",)]
        assert (one.rows[0][:6], one.rows[0][4]) == (other.rows[0][:6], N)
        (folder / "Manx").mkdir()
        (folder / "Manx" / "new.png").write_bytes(pets()[0][0])
        with pytest.raises(InputError, match=r"other classes or templates.*remove prompt-set pets"):
            store.bench([folder], models=["tiny"])
        store.remove_prompt_set("pets", with_classifiers=True)
        again = store.bench([folder], models=["tiny"])
        assert (again.rows[0][4], again.rows[0][5]) == (N + 1, 4)


def test_a_shard_is_called_after_its_folder(tmp_path):
    in_tars(tmp_path / "shapes", shapes(), SHAPES, TEMPLATES)
    with Store.open(tmp_path / "store") as store:
        (row,) = store.bench([tmp_path / "shapes" / "test" / "0.tar"], models=["tiny"]).rows
    assert row[:3] == ("shapes", "test", "shapes")


def test_a_model_that_fails_on_one_data_set_keeps_the_others(tmp_path):
    # words that its tokenizer knows
    for name, pictures in (("one", pets()), ("two", shapes())):
        people = [(data, ("man", "woman")[i % 2]) for i, (data, _) in enumerate(pictures)]
        in_class_folders(tmp_path / name, people)
    model = transformers_folder("clip", tmp_path / "clip")
    told = []

    def spoil(notice):
        told.append(isinstance(notice, Step) and notice.verb == "ingest")
        if sum(told) == 2:
            (model / "model.safetensors").write_bytes(b"no weights any more")

    with Store.open(tmp_path / "store", notify=spoil) as store:
        sources = [tmp_path / "one", tmp_path / "two"]
        again = store.bench(sources, models=[f"transformers:{model}"])
    assert [(row[0], row[4]) for row in again.rows] == [("one", N)]
    (failed,) = again.failures
    assert failed.what == "two"
    assert isinstance(failed.error, EncoderError)


def refused(tmp_path, *sources, **options):
    with Store.open(tmp_path / "store") as store, pytest.raises(InputError) as caught:
        store.bench(list(sources), **({"models": ["tiny"]} | options))
    with Store.open(tmp_path / "store") as store:
        if store.catalog.database.exists:
            assert store.sql("select count(*) from predictions").fetchall() == [(0,)]
    return str(caught.value)


def test_what_cannot_be_meant_is_refused_in_one_line(tmp_path):
    folder = tmp_path / "pets"
    in_class_folders(folder, pets())
    assert "needs a model" in refused(tmp_path, folder, models=[])
    assert "needs a data set" in refused(tmp_path)
    said = refused(tmp_path, folder, templates=["a photo of a pet"])
    assert said == "Template 'a photo of a pet' names no class: put {c} where its name belongs."
    assert "No folder or data set 'petz'" in refused(tmp_path, "petz")
    in_tars(tmp_path / "few", shapes(), SHAPES[:3], TEMPLATES)
    assert "classnames.txt has a name for 0 to 2. Correct the .cls" in refused(
        tmp_path, tmp_path / "few" / "test"
    )
    in_tars(tmp_path / "twice", shapes(), [*SHAPES, "dot"], TEMPLATES)
    assert "names 'dot' twice" in refused(tmp_path, tmp_path / "twice" / "test")
    in_tars(tmp_path / "gap", shapes(), SHAPES, TEMPLATES)
    (tmp_path / "gap" / "classnames.txt").write_text("red square\n\nblue disc\n\n")
    assert "line 2 of '" in refused(tmp_path, tmp_path / "gap" / "test")
    in_tars(tmp_path / "bad", shapes(), SHAPES, ["a photo"])
    assert "Template 'a photo' names no class" in refused(tmp_path, tmp_path / "bad" / "test")
    other = tmp_path / "other" / "pets"
    in_class_folders(other, pets())
    assert "would both be data set 'pets'" in refused(tmp_path, folder, other)


def test_the_command_prints_a_row_a_data_set_and_says_what_failed(facestore, tmp_path):
    in_class_folders(tmp_path / "pets", pets())
    in_class_folders(tmp_path / "one", [(data, "only") for data, _ in pets()])
    ran = facestore(
        "bench", tmp_path / "pets", tmp_path / "one", "--model", "tiny", "--format", "csv"
    )
    assert ran.status == 1
    (row,) = csv.DictReader(io.StringIO(ran.out.strip()))
    assert (row["dataset"], row["model"], row["n_samples"]) == ("pets", "tiny", str(N))
    assert "failed: one: 'one' has one class alone" in ran.err


def test_of_a_web_data_set_the_test_split_is_judged(tmp_path):
    """As CLIP_benchmark does, where the folder above the splits is given."""
    in_tars(tmp_path / "cars", shapes(), SHAPES, TEMPLATES)
    shutil.copytree(tmp_path / "cars" / "test", tmp_path / "cars" / "train")
    with Store.open(tmp_path / "store") as store:
        done = store.bench([tmp_path / "cars"], models=["tiny"])
    assert [row[:5] for row in done.rows] == [("cars", "test", "cars", "tiny", N)]


def test_a_data_set_that_is_called_as_an_attribute_is_refused(tmp_path):
    in_class_folders(tmp_path / "race", pets())
    with (
        Store.open(tmp_path / "store") as store,
        pytest.raises(InputError, match="'race' is the name of another one: rename the folder"),
    ):
        store.bench([tmp_path / "race"], models=["tiny"])
