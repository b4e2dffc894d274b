"""Explanations through the store: the scores of classifiers, what is there is left alone, pages."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from faces import make_face, render, write_faces
from PIL import Image
from support.copied import copy_as_own
from support.invariants import violated

from facestore.cli.summaries import lines_of
from facestore.encoders.open_clip import load_encoder
from facestore.errors import InputError, UnknownNameError
from facestore.explaining.explainer import Explainer, LimeOptions, seen_by
from facestore.explaining.relevancy import relevancy_maps
from facestore.images.places import ImageSource
from facestore.model_names import ModelName
from facestore.store import Store
from facestore.training.gradients.finetuned import save_finetuned
from facestore.training.gradients.tower import ImageTower
from facestore.training.heads import MSE, HeadTask, MultiTaskModel

pytestmark = pytest.mark.portable

N = 20
SET = "age_race_gender_labels_v2"
AGGREGATIONS = [("sum", None), ("mean", None), ("embedding_mean", None), ("topk", 3)]
NASTY = "<img src=x onerror=alert(1)>.jpg"
WOMAN, MAN = "a photo of a woman", "a photo of a man"
GENDER = f"tiny fp32 {SET} gender"
QUICK_LIME = LimeOptions(n_samples=40, n_segments=12, seed=3)


@pytest.fixture(scope="module")
def encoder():
    return load_encoder(ModelName("tiny"), device="cpu")


@pytest.fixture(scope="module")
def made(tmp_path_factory, encoder):
    """Give faces, some of them under the wrong gender, four ways to classify them, and heads."""
    folder = tmp_path_factory.mktemp("explain")
    labels = write_faces(folder / "drawn", N, seed=5, size=64)
    rows = list(csv.DictReader(labels.read_text(encoding="utf-8").splitlines()))
    for number, row in enumerate(rows):
        name = NASTY if number == 0 else f"{number}.jpg"
        (folder / "faces").mkdir(exist_ok=True)
        shutil.copy(folder / "drawn" / row["file"], folder / "faces" / name)
        flipped = {"Male": "Female", "Female": "Male"}[row["gender"]]
        row |= {"file": name, "age": str(20 + number)}
        row["gender"] = flipped if number < 5 else row["gender"]
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    with Store.open(folder / "store") as store:
        store.ingest(
            folder / "faces", labels=folder / "labels.csv", split="val", models=["tiny"], workers=0
        )
        store.score(SET)
        for aggregation, k in AGGREGATIONS:
            store.predict(attribute="gender", prompt_set=SET, aggregation=aggregation, k=k)
        store.train_probe(
            attributes=["gender"],
            dataset="faces",
            split="val",
            name="probe",
            l2=1.0,
            val_fraction=0,
        )
        file = store.path / "heads" / "tuned.safetensors"
        save_finetuned(
            file, tuned(encoder), name="tuned", encoder=encoder.record, n_blocks=1, training={}
        )
        store.predict_with(file)
    return folder


def tuned(encoder):
    """Return a model whose heads were drawn: of a gender, and of years."""
    tasks = [HeadTask("gender", ("Male", "Female")), HeadTask("age", loss=MSE, center=30, spread=5)]
    model = MultiTaskModel(ImageTower(encoder.visual, 1), tasks)
    torch.manual_seed(0)
    for head in model.heads:
        torch.nn.init.normal_(head.weight, std=0.1)
    return model


@pytest.fixture(scope="module")
def unchanged(made):
    """Give the store to tests that write nothing."""
    with Store.open(made / "store") as opened:
        yield opened


@pytest.fixture
def store(made, tmp_path):
    copy_as_own(made / "store", tmp_path / "store")
    with Store.open(tmp_path / "store") as opened:
        yield opened


def values(store, query):
    return store.sql(query).fetchall()


def one(store, query):
    (row,) = values(store, query)
    return row


def test_a_prompt_is_explained_by_relevancy_as_the_engine_does(store, made, encoder):
    summary = store.explain(["3.jpg"], prompts=[WOMAN], against=MAN)
    assert (summary.n_new, summary.skipped) == (1, ())
    found = one(store, "select method, target, score, grid_rows, grid_cols, relevance, r_squared "
                       "from explanations")  # fmt: skip
    woman, man = encoder.encode_texts([WOMAN, MAN])
    with Image.open(made / "faces" / "3.jpg") as image:
        pixels = encoder.preprocess(image.convert("RGB"))
    maps = relevancy_maps(encoder.visual, pixels[None], woman - man)
    assert found[:2] == ("relevancy", f"{WOMAN} - {MAN}")
    assert found[2] == pytest.approx(
        float(encoder.encode_images([pixels])[0] @ (woman - man)), abs=1e-5
    )
    assert found[3:5] == maps.values.shape[1:] == (8, 8)
    assert np.array(found[5], np.float32).reshape(8, 8) == pytest.approx(maps.values[0], abs=1e-6)
    assert found[6] is None


@pytest.mark.parametrize(("aggregation", "k"), AGGREGATIONS)
def test_the_score_of_a_zero_shot_classifier_is_the_one_it_decided_by(store, aggregation, k):
    name = " ".join(str(each) for each in (GENDER, aggregation, k) if each is not None)
    store.explain(classifier=name, dataset="faces")
    rows = values(
        store,
        "select explanations.score, predictions.score, target, predicted from explanations "
        "inner join predictions using (classifier_id, sample_id)",
    )
    assert len(rows) == N
    for score, decided, target, predicted in rows:
        assert target == predicted
        assert score == pytest.approx(decided, abs=1e-4)


def test_an_error_is_explained_against_the_label_and_the_worst_comes_first(store):
    name = f"{GENDER} sum"
    summary = store.explain(classifier=name, worst=3)
    wanted = values(
        store,
        "select sample_id, margin, predicted || ' - ' || label from worst_predictions "
        f"where classifier = '{name}' order by rank limit 3",
    )
    found = store.catalog.explanations.get(summary.explanation_ids)
    assert [(f["sample_id"], f["target"]) for f in found] == [
        (i, target) for i, _, target in wanted
    ]
    assert [f["score"] for f in found] == pytest.approx([m for _, m, _ in wanted], abs=1e-4)
    assert {f["is_correct"] for f in found} == {False}


def test_the_logit_of_a_probe_is_explained(store):
    store.explain(classifier="probe gender", class_name="Female", against="Male", limit=6)
    rows = values(
        store,
        "select explanations.score, predictions.score, predicted from explanations "
        "inner join predictions using (classifier_id, sample_id)",
    )
    assert len(rows) == 6
    for logit, share, predicted in rows:
        assert 1 / (1 + np.exp(-abs(logit))) == pytest.approx(share, abs=1e-4)
        assert (logit > 0) == (predicted == "Female")


@pytest.mark.parametrize("method", ["relevancy", "lime"])
def test_years_of_a_regression_head_are_explained(store, method):
    store.explain(classifier="tuned age", worst=2, method=method, lime=QUICK_LIME)
    rows = values(
        store,
        "select target, explanations.score, predictions.value, abs(predictions.value - labels.value) "
        "from explanations inner join predictions using (classifier_id, sample_id) "
        "inner join labels using (sample_id) where labels.attribute = 'age' order by 4 desc",
    )
    assert [row[0] for row in rows] == ["age", "age"]
    assert [row[1] for row in rows] == pytest.approx([row[2] for row in rows], abs=1e-3)
    (furthest,) = one(
        store,
        "select max(abs(predictions.value - labels.value)) from predictions "
        "inner join labels using (sample_id) where labels.attribute = 'age' and predictions.value > 0",
    )
    assert rows[0][3] == furthest


def test_a_fine_tuned_head_is_explained_on_its_own_tower(store, made, encoder):
    store.explain(["4.jpg"], classifier="tuned gender", class_name="Male", against="Female")
    (score, relevance) = one(store, "select score, relevance from explanations")
    model = tuned(encoder)
    with Image.open(made / "faces" / "4.jpg") as image:
        pixels = encoder.preprocess(image.convert("RGB"))[None]
    weight, bias = model.linear_heads()["gender"]
    maps = relevancy_maps(model.tower.module, pixels, weight[0] - weight[1], unit=False)
    assert score == pytest.approx(float(maps.scores[0] + bias[0] - bias[1]), abs=1e-5)
    assert relevance == pytest.approx(maps.values[0].ravel(), abs=1e-5)


def test_lime_keeps_its_fit_and_its_parameters(store):
    store.explain([1], prompts=[WOMAN], method="lime", lime=QUICK_LIME)
    row = one(
        store,
        "select score, grid_rows, r_squared, r_squared_left_out, parameters from explanations",
    )
    store.explain([1], prompts=[WOMAN])
    (plain,) = one(store, "select score from explanations where method = 'relevancy'")
    assert row[0] == pytest.approx(plain, abs=1e-3)
    assert row[1] == 8
    assert row[3] < row[2] <= 1
    assert json.loads(row[4]) == {"n_samples": 40, "n_segments": 12, "seed": 3}
    again = store.explain([1], prompts=[WOMAN], method="lime", lime=LimeOptions(40, 12, 4))
    assert again.n_new == 1


def test_the_same_question_again_changes_nothing(store):
    asked = {"prompt_set": "raw_gender_labels", "class_name": "Female", "against": "Male"}
    first = store.explain(**asked, dataset="faces")
    rows = values(store, "from explanations order by all")
    n_runs = one(store, "select count(*) from runs")
    again = store.explain(**asked, dataset="faces", batch_size=3)
    assert (first.n_new, again.n_new) == (N, 0)
    assert again.explanation_ids == first.explanation_ids
    assert len(set(first.explanation_ids)) == N
    assert values(store, "from explanations order by all") == rows
    assert one(store, "select count(*) from runs") == n_runs
    assert lines_of(again) == [f"nothing new to explain ({N} were there)"]


class Stops:
    """Progress that fails after some batches, as a machine does that is switched off."""

    def __init__(self, after):
        self.left = after
        self.totals = []

    @contextmanager
    def task(self, _title, total):
        self.totals.append(total)
        yield self

    def advance(self, n=1):
        self.left -= n
        if self.left <= 0:
            raise KeyboardInterrupt


def test_after_an_interruption_it_goes_on_where_it_was(made, tmp_path):
    copy_as_own(made / "store", tmp_path / "store")
    asked = {"prompts": [WOMAN], "dataset": "faces", "batch_size": 4, "workers": 0}
    with (
        Store.open(tmp_path / "store", progress=Stops(8)) as store,
        pytest.raises(KeyboardInterrupt),
    ):
        store.explain(**asked)
    rest = Stops(1000)
    with Store.open(tmp_path / "store", progress=rest) as store:
        assert one(store, "select count(*) from explanations") == (8,)
        assert "Interrupt" in one(store, "select outcome from runs where command = 'explain'")[0]
        before = values(store, "select explanation_id, created_at from explanations")
        assert store.explain(**asked).n_new == N - 8
        assert store.explain(**asked).n_new == 0
        assert rest.totals == [N - 8, 0]
        after = values(store, "select explanation_id, created_at from explanations")
    assert len(after) == N
    assert set(before) < set(after)


def test_after_an_interruption_it_goes_on_measuring_where_it_was(made, tmp_path):
    copy_as_own(made / "store", tmp_path / "store")
    asked = {"prompts": [WOMAN], "limit": 8, "batch_size": 3, "workers": 0, "faithfulness": True}
    with (
        Store.open(tmp_path / "store", progress=Stops(8 + 3)) as store,
        pytest.raises(KeyboardInterrupt),
    ):
        store.explain(**asked)
    rest = Stops(1000)
    with Store.open(tmp_path / "store", progress=rest) as store:
        n_measured = "select count(*), count(faithfulness) from explanations"
        assert one(store, n_measured) == (8, 3)
        before = values(store, "select explanation_id, faithfulness from explanations")
        again = store.explain(**asked)
        assert (again.n_new, again.n_measured) == (0, 5)
        assert rest.totals == [0, 5]
        assert one(store, n_measured) == (8, 8)
        after = dict(values(store, "select explanation_id, faithfulness from explanations"))
        assert all(after[each] == found for each, found in before if found is not None)
        (counts,) = one(
            store, "select counts from runs where command = 'explain' order by run_id desc limit 1"
        )
        assert json.loads(counts)["n_measured"] == 5


def test_samples_are_chosen_by_groups_and_number(store):
    group = "gender x race"
    name, n = one(
        store,
        f"select group_name, count(*) from sample_groups where group_attribute = '{group}' "
        "group by 1 order by 2 desc, 1 limit 1",
    )
    gender, race = name.split(" x ")
    one_way = store.explain(prompts=[WOMAN], groups=[f"{group}={name}"])
    other = store.explain(prompts=[WOMAN], groups=[f"gender={gender}", f"race={race}"])
    assert set(one_way.explanation_ids) == set(other.explanation_ids)
    assert len(one_way.explanation_ids) == n > 1
    some = store.explain(prompts=[MAN], limit=4)
    assert len(some.explanation_ids) == 4
    assert store.explain(prompts=[MAN], limit=6).n_new == 2


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"samples": [1]}, "one of `prompts=`, `classifier=` and `prompt_set=`"),
        ({"samples": [1], "prompts": [WOMAN], "classifier": "probe gender"}, "one of `prompts=`"),
        ({"samples": [1], "prompt_set": SET}, "`prompt_set=` needs the `class_name=`"),
        ({"samples": [1], "prompts": [WOMAN], "class_name": "Male"}, "`class_name=` goes with"),
        ({"samples": [1], "classifier": "probe gender", "against": "Male"}, "`against=` needs the"),
        ({"prompts": [WOMAN]}, "All samples of the store would be explained"),
        ({"prompts": [WOMAN], "worst": 3}, "`worst=3`: errors of a classifier"),
        ({"classifier": "probe gender", "worst": 3, "limit": 2}, "give one number"),
        ({"prompts": [WOMAN], "limit": 0}, "`limit=0`: 1 or more"),
        ({"prompts": [WOMAN], "limit": 1, "seed": -1}, "`seed=-1`: a whole number from 0 up"),
        ({"samples": [1], "prompts": [WOMAN, WOMAN]}, "is given twice as `prompts=`"),
        ({"samples": [1], "prompts": ["a cat"], "prompt_set": SET}, "No prompt 'a cat'"),
        ({"samples": [1], "prompts": [WOMAN], "prompt_set": "gendr"}, "No prompt set 'gendr'"),
        ({"prompts": [WOMAN], "groups": ["race"]}, "ATTRIBUTE=NAME was expected"),
        ({"prompts": [WOMAN], "groups": ["gender=Mole"]}, "No group 'gender=Mole'. Did you mean"),
        ({"prompts": [WOMAN], "dataset": "face"}, "Did you mean 'faces'"),
        ({"prompts": [WOMAN], "split": "test"}, "No sample with a readable picture fits"),
        ({"samples": ["11111.jpg"], "prompts": [WOMAN]}, "No image '11111.jpg'"),
        ({"classifier": "prob gender", "worst": 3}, "No classifier 'prob gender'. Did you mean 'probe"),
        ({"samples": [1], "classifier": "probe gender", "class_name": "Femal"}, "No class 'Femal'"),
        ({"samples": [1], "prompts": [WOMAN], "method": "gradcam"}, "No gradcam for image tower"),
        ({"samples": [1], "prompts": [WOMAN], "method": "magic"}, "No method 'magic'"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_in_one_line(unchanged, asked, message):
    with pytest.raises(InputError) as refused:
        unchanged.explain(**asked)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert one(unchanged, "select count(*) from explanations") == (0,)


def test_an_imported_classifier_cannot_be_asked(store, tmp_path):
    (tmp_path / "p.csv").write_text("file,predicted\n3.jpg,Male\n")
    store.import_predictions(
        tmp_path / "p.csv", dataset="faces", attribute="gender", classifier="theirs"
    )
    with pytest.raises(InputError, match="'theirs' was imported without its model"):
        store.explain(classifier="theirs", dataset="faces")


def test_heads_have_to_be_the_file_that_predicted(store, tmp_path):
    with pytest.raises(InputError, match=r"has no heads in '.*nowhere'.*`heads=`"):
        store.explain([1], classifier="probe gender", heads=tmp_path / "nowhere")
    own = store.path / "heads"
    (file,) = own.glob("probe*.safetensors")
    (tmp_path / "elsewhere").mkdir()
    shutil.copy(file, tmp_path / "elsewhere")
    assert store.explain([1], classifier="probe gender", heads=tmp_path / "elsewhere").n_new == 1
    shutil.copy(own / "tuned.safetensors", tmp_path / "elsewhere" / file.name)
    with pytest.raises(InputError, match="is another file than the one that"):
        store.explain([2], classifier="probe gender", heads=tmp_path / "elsewhere")


@pytest.fixture
def moved(made, tmp_path):
    """Give a store whose pictures lie in a folder of the test's own."""
    shutil.copytree(made / "faces", tmp_path / "faces")
    with Store.open(tmp_path / "moved") as opened:
        opened.ingest(tmp_path / "faces", labels=made / "labels.csv", models=["tiny"], workers=0)
        yield opened, tmp_path / "faces"


def test_missing_pictures_are_refused_or_passed_over(moved, made):
    store, folder = moved
    (folder / "3.jpg").unlink()
    (folder / "4.jpg").write_bytes((folder / "5.jpg").read_bytes())
    with pytest.raises(InputError, match=r"pictures of 1 of 1 .*\(faces/3\.jpg\).*`images=`"):
        store.explain(["3.jpg"], prompts=[WOMAN])
    with pytest.raises(InputError, match=r"None of 1 .*4\.jpg' is another image than was ingested"):
        store.explain(["4.jpg"], prompts=[WOMAN])
    summary = store.explain(prompts=[WOMAN], dataset="faces")
    assert summary.n_new == len(summary.explanation_ids) == N - 2
    assert dict(summary.skipped).keys() == {"faces/3.jpg", "faces/4.jpg"}
    assert "2 samples could not be explained (faces/3.jpg: no picture" in lines_of(summary)[1]
    (counts,) = one(
        store, "select counts from runs where command = 'explain' order by run_id desc limit 1"
    )
    assert json.loads(counts) == {"n_explanations": N - 2, "n_skipped": 2}
    again = store.explain(prompts=[WOMAN], dataset="faces", images=made / "faces")
    assert (again.n_new, again.skipped) == (2, ())
    shutil.rmtree(folder)
    with pytest.raises(InputError, match=f"pictures of {N} of {N} samples are not where"):
        store.explain(prompts=[MAN], dataset="faces")
    with pytest.raises(InputError, match="is no folder: give `images=`"):
        store.explain(prompts=[MAN], dataset="faces", images=folder)


@pytest.mark.parametrize(
    ("path", "found"),
    [("1.jpg", b"1"), ("val/1.jpg", b"1"), ("faces/val/1.jpg", b"1"), ("val/2.jpg", b"2")],
)
def test_a_path_may_begin_above_the_folder_that_was_ingested(tmp_path, path, found):
    folder = tmp_path / "faces" / "val"
    (folder / "val").mkdir(parents=True)
    (folder / "1.jpg").write_bytes(b"1")
    (folder / "val" / "2.jpg").write_bytes(b"2")
    source = ImageSource(folder)
    assert source.file(path).read_bytes() == found
    with pytest.raises(OSError, match="No such file"):
        source.file("val/9.jpg").read_bytes()


def test_a_file_that_changes_loses_its_explanations(moved):
    store, folder = moved
    store.explain(prompts=[WOMAN], dataset="faces")
    (folder / "3.jpg").write_bytes((folder / "5.jpg").read_bytes())
    store.ingest(folder, models=["tiny"], workers=0)
    (left,) = one(store, "select count(*) from explanations")
    assert left == N - 1
    assert store.explain(prompts=[WOMAN], dataset="faces").n_new == 1


def test_every_audit_passes_and_every_invariant_holds(store):
    store.explain(classifier=f"{GENDER} sum", worst=3)
    store.explain([1, 2], prompts=[WOMAN], method="lime", lime=QUICK_LIME)
    found = [each for each in store.doctor() if "explanations" in each.about]
    assert len(found) >= 3
    assert [each.name for each in found if each.n_bad] == []
    assert violated(store.catalog.database.reader().cursor()) == {}


def page_of(store, tmp_path, ids, **more):
    page = store.write_explanations(ids, tmp_path / "out", title="Where <it> looks", **more)
    return page.read_text(encoding="utf-8")


def test_the_page_shows_each_picture_beside_its_maps_and_loads_nothing(store, tmp_path):
    summary = store.explain([1, 2], prompts=[WOMAN, MAN])
    text = page_of(store, tmp_path, summary.explanation_ids)
    images = re.findall(r'<img src="(.+?)"', text)
    assert len(images) == 2 + 4
    assert all(each.startswith("data:image/webp;base64,") for each in images)
    assert text.count("<li>\n<strong>faces (val):") == 2
    assert "<h1>Where &lt;it&gt; looks</h1>" in text
    assert not re.search(r"https?://|<script|<link", text)
    assert "default-src 'none'" in text
    assert "what they cannot tell" in text
    assert "Perceived attributes" in text
    files = {file.stem for file in (tmp_path / "out" / "overlays").iterdir()}
    assert files == set(summary.explanation_ids)
    with Image.open(tmp_path / "out" / "overlays" / f"{summary.explanation_ids[0]}.png") as picture:
        assert (picture.size, picture.mode) == ((224, 224), "RGB")


def test_colours_of_one_picture_are_on_one_scale(store, tmp_path):
    # the map of one cell is the lightest that there is, that of all cells alike is nearly dark
    summary = store.explain(["3.jpg"], prompts=[WOMAN, MAN])
    one, even = summary.explanation_ids
    values = {one: "if(i = 27, 5.0, 0.0)", even: "3.0"}
    with store.catalog.database.writing() as con:
        for each, value in values.items():
            con.execute(
                f"update explanations set relevance = list_transform(range(64), lambda i: {value}) "
                f"where explanation_id = '{each}'"
            )
    text = page_of(store, tmp_path, summary.explanation_ids)
    assert "the lightest colour is 64 times an even spread" in text
    lightest = {}
    for each in values:
        with Image.open(tmp_path / "out" / "overlays" / f"{each}.png") as picture:
            red, _, blue = np.moveaxis(np.asarray(picture, dtype=int), -1, 0)
            lightest[each] = (red - blue).max()
    assert lightest[one] > 100
    assert lightest[even] < 30


def test_the_page_tells_label_prediction_and_score(store, tmp_path):
    summary = store.explain(classifier=f"{GENDER} sum", worst=1)
    text = page_of(store, tmp_path, summary.explanation_ids)
    label, predicted, margin = one(
        store,
        f"select label, predicted, margin from worst_predictions where classifier = '{GENDER} sum' "
        "and rank = 1",
    )
    assert f"; label {label}" in text
    assert f"<strong>{predicted} - {label}</strong>, score {margin:.4f}" in text
    assert f"predicted {predicted}, wrong" in text
    assert '<h2 id="by-group">' in text


def test_a_hostile_name_is_only_text(store, tmp_path):
    summary = store.explain([NASTY], prompts=["<script>alert(1)</script>"])
    text = page_of(store, tmp_path, summary.explanation_ids)
    assert "<script" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;.jpg" in text
    assert len(re.findall(r"<img ", text)) == 2
    assert not re.search(r"<img (?!src=\"data:)", text)


def test_the_page_goes_without_pictures_that_are_gone(moved, tmp_path):
    store, folder = moved
    summary = store.explain(["3.jpg"], prompts=[WOMAN])
    (folder / "3.jpg").unlink()
    text = page_of(store, tmp_path, summary.explanation_ids)
    assert text.count("no picture at hand") == 2
    assert not (tmp_path / "out" / "overlays").exists()


def test_the_report_links_to_its_page_of_explanations(store, tmp_path):
    assert not store.report(tmp_path / "report").with_name("explanations.html").exists()
    store.explain([7], prompts=[WOMAN, MAN])
    store.explain(classifier=f"{GENDER} sum", worst=2)
    index = store.report(tmp_path / "report")
    assert '<a href="explanations.html">' in index.read_text(encoding="utf-8")
    text = index.with_name("explanations.html").read_text(encoding="utf-8")
    compared, worst = text.split('<section aria-labelledby="worst">')
    assert compared.count('<img src="data:') == 3
    assert worst.split("</section>")[0].count('<img src="data:') == 4


def test_what_is_shown_is_what_the_model_is_given(made, encoder):
    with Image.open(made / "faces" / "3.jpg") as image:
        wide = image.convert("RGB").resize((150, 90))
    shown = seen_by(json.loads(encoder.record.preprocessing_json))(wide)
    mean, std = (np.array(encoder.record.preprocessing[key], np.float32) for key in ("mean", "std"))
    pixels = (shown.astype(np.float32) / 255 - mean) / std
    assert pixels.transpose(2, 0, 1) == pytest.approx(encoder.preprocess(wide).numpy(), abs=1e-5)


@pytest.mark.parametrize("method", ["relevancy", "lime"])
def test_a_tower_of_half_precision_is_explained_in_float32(encoder, method):
    half = load_encoder(ModelName("tiny"), device="cpu", precision="bf16")
    types = {each.dtype for each in half.visual.parameters()}
    pixels = [encoder.preprocess(render(make_face(seed), size=64)) for seed in (1, 2)]
    woman, man = encoder.encode_texts([WOMAN, MAN])
    target, nothing = np.stack([woman - man] * 2), np.zeros(2, np.float32)
    both = [
        Explainer(
            each.visual, encoder.record.preprocessing, method=method, lime=QUICK_LIME
        ).explain(pixels, target, nothing)
        for each in (encoder, half)
    ]
    for full, halved in zip(*both, strict=True):
        assert halved.score == pytest.approx(full.score, abs=0.02)
        assert np.corrcoef(halved.values.ravel(), full.values.ravel())[0, 1] > 0.98
    assert {each.dtype for each in half.visual.parameters()} == types != {torch.float32}


def test_a_file_finds_its_sample(store, made):
    summary = store.explain([made / "faces" / "6.jpg"], prompts=[WOMAN])
    (path,) = one(store, "select path from explanations inner join samples using (sample_id)")
    assert (path, summary.n_new) == ("6.jpg", 1)
    with pytest.raises(UnknownNameError):
        store.explain([made / "labels.csv"], prompts=[WOMAN])


def test_the_same_question_has_the_same_id_in_another_store(store, moved):
    other, _ = moved
    here = store.explain(["3.jpg"], prompts=[WOMAN]).explanation_ids
    assert other.explain(["3.jpg"], prompts=[WOMAN]).explanation_ids == here
    assert len(here[0]) == len(hashlib.sha256().hexdigest()) // 2
