"""Prompts that a model does not read as they are meant, and ties between classes, are told."""

from __future__ import annotations

import json
import shutil

import pytest
import yaml
from support.moved import copy_moved
from support.pictures import write_pictures

from facestore.cli.summaries import lines_of
from facestore.encoders.open_clip import load_tokenizer
from facestore.encoders.reading import read_texts
from facestore.errors import InputError, TableError
from facestore.model_names import ModelName
from facestore.store import Store

pytestmark = pytest.mark.usefixtures("store_is_there")

LONG = "a photo of a person " + "who stands in the light of the morning " * 20


@pytest.fixture(scope="module")
def tokenizer():
    return load_tokenizer(ModelName("tiny"))


@pytest.fixture(scope="module")
def made(new_store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ties")
    shutil.copytree(new_store, folder / "store")
    with Store.open(folder / "store") as opened:
        opened.ingest(write_pictures(folder / "pictures"), models=["tiny"], dataset="d")
    return folder


@pytest.fixture
def store(made, tmp_path):
    copy_moved(made, tmp_path)
    with Store.open(tmp_path / "store") as opened:
        yield opened


def add(store, name, texts):
    path = store.path.parent / f"{name}.yaml"
    prompts = [{"text": text, "classes": {"gender": gender}} for text, gender in texts]
    path.write_text(yaml.safe_dump({"prompts": prompts}))
    store.add_prompts(path)


def test_a_tokenizer_tells_what_is_cut_and_what_is_blank(tokenizer):
    context = tokenizer([""]).shape[1]
    fits = " ".join(["a"] * (context - 2))
    reading = read_texts(tokenizer, [fits, f"{fits} a", "a man", "  ", LONG])
    assert (reading.context, reading.cut, reading.blank) == (context, (f"{fits} a", LONG), ("  ",))


@pytest.mark.parametrize("cleaned", ["SimpleTokenizer", "HFTokenizer"])
def test_tokenizers_of_other_models_are_asked_in_the_same_way(cleaned, tmp_path):
    open_clip = pytest.importorskip("open_clip")
    if cleaned == "SimpleTokenizer":
        made = open_clip.get_tokenizer("ViT-B-32")
    else:
        made = open_clip.tokenizer.HFTokenizer(
            str(words_of(tmp_path)), context_length=8, clean="canonicalize"
        )
    context = made([""]).shape[1]
    long = " ".join(["man"] * (context + 3))
    reading = read_texts(made, ["man", long, " \t"])
    assert (reading.context, reading.cut, reading.blank) == (context, (long,), (" \t",))


def words_of(folder):
    """Write a tokenizer of whole words in the form of Hugging Face."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    words = Tokenizer(
        models.WordLevel({"[PAD]": 0, "[CLS]": 1, "[SEP]": 2, "[UNK]": 3, "man": 4}, "[UNK]")
    )
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=words,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    )
    fast.save_pretrained(folder / "words")
    return folder / "words"


def test_the_same_to_the_model_is_told_whenever_it_is_scored(store):
    add(store, "p", [("a photo of a man", "Male"), ("A  photo of a MAN", "Female"), ("x", "Male")])
    for _ in range(2):
        (note,) = store.score("p").notes
        assert note.startswith("2 prompts of 'p' are the same to tiny fp32: 'a photo of a man', ")
        assert note.endswith("; nothing can decide between their classes of gender")
    assert store.score("raw_race_labels").notes == ()


def test_a_tie_is_no_prediction_unless_the_first_class_is_asked_for(store):
    add(store, "p", [("a photo of a man", "Male"), ("A photo of a man", "Female")])
    store.score("p")
    summary = store.predict(attribute="gender", prompt_set="p")
    assert lines_of(summary)[:2] == [
        "0 predictions of gender by 'tiny fp32 p gender sum'",
        "ties: of 6 samples several classes have the same highest score, and none is predicted "
        "(--ties first would take the first)",
    ]
    assert store.predict(attribute="gender", prompt_set="p").changes.n_new == 0
    with pytest.raises(
        InputError, match=r"is there with `ties=none`, not 'first': .*another `name=`"
    ):
        store.predict(attribute="gender", prompt_set="p", ties="first")
    first = store.predict(attribute="gender", prompt_set="p", ties="first", name="first")
    assert (first.changes.n_new, first.changes.n_ties) == (6, 0)
    rows = store.sql(
        "select name, details ->> 'ties', predicted, margin, count(*) from predictions "
        "inner join classifiers using (classifier_id) group by all order by all"
    ).fetchall()
    assert rows == [
        ("first", "first", "Male", 0.0, 6),
        ("tiny fp32 p gender sum", "none", None, 0.0, 6),
    ]
    coverage = "select classifier, n_predicted, n_ties from prediction_coverage order by all"
    assert store.sql(coverage).fetchall() == [("first", 6, 0), ("tiny fp32 p gender sum", 0, 6)]
    tables = json.loads(store.report(format="json").read_text())["tables"]
    assert {(row["classifier"], row["n_ties"]) for row in tables["coverage"]["rows"]} == {
        ("first", 0),
        ("tiny fp32 p gender sum", 6),
    }
    assert all(finding.n_bad == 0 for finding in store.doctor())


def test_a_classifier_of_an_older_version_goes_on_as_it_did(store):
    add(store, "p", [("a photo of a man", "Male"), ("A photo of a man", "Female")])
    store.score("p")
    store.predict(attribute="gender", prompt_set="p", ties="first")
    store.execute("update classifiers set details = null; delete from predictions")
    assert store.predict(attribute="gender", prompt_set="p").changes.n_ties == 0
    with pytest.raises(InputError, match="`ties=last`: none or first was expected"):
        store.predict(attribute="gender", prompt_set="p", ties="last")


def test_k_that_no_class_reaches_and_classes_of_many_prompts_are_told(store):
    men = [(f"a photo of a man {i}", "Male") for i in range(6)]
    add(store, "p", [*men, ("a photo of a woman", "Female")])
    store.score("p")

    def notes(**options):
        return store.predict(attribute="gender", prompt_set="p", **options).notes

    (uneven,) = notes()
    assert uneven.startswith("'Male' has 6 prompts to add up, 'Female' 1: a sum favours")
    assert notes(aggregation="mean") == ()
    assert notes(aggregation="topk", k=1) == ()
    assert notes(aggregation="topk", k=3)[0].startswith("'Male' has 3 prompts to add up")
    above = notes(aggregation="topk", k=7)
    assert above[0].startswith("`k=7`: no class has more than 6 prompts")
    assert len(above) == 2


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["a man", " "], "prompt 2 is blank"),
        ([""], "prompt 1 is blank"),
        ([3, "a"], "a prompt is 3, not text"),
    ],
)
def test_blank_prompts_are_not_added(tmp_path, texts, said):
    path = tmp_path / "p.yaml"
    path.write_text(yaml.safe_dump({"prompts": [{"text": each} for each in texts]}))
    with Store.open(tmp_path / "store") as opened, pytest.raises(TableError, match=said):
        opened.add_prompts(path)


def test_the_fault_as_it_was_seen(facestore, tmp_path, pictures):
    facestore("ingest", pictures, "--dataset", "d", "--model", "tiny")
    prompts = [
        {"text": f"{LONG}and is a {word}", "classes": {"gender": gender}}
        for word, gender in (("man", "Male"), ("woman", "Female"))
    ]
    (tmp_path / "p.yaml").write_text(yaml.safe_dump({"prompts": prompts}))
    facestore("prompts", "add", tmp_path / "p.yaml", "--name", "p")
    for _ in range(2):
        ran = facestore("score", "p")
        assert "2 prompts of 'p' are longer than the " in ran.out
        assert "2 prompts of 'p' are the same to tiny fp32, after the cut: " in ran.out
    ran = facestore("predict", "--prompt-set", "p", "--attribute", "gender")
    assert "0 predictions of gender" in ran.out
    assert "ties: of 6 samples" in ran.out
