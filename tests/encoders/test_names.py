"""Names of models are read in the spellings in circulation, and advice names what there is."""

from __future__ import annotations

import subprocess
import sys

import open_clip
import pytest

from facestore.encoders.encoder import LazyEncoder
from facestore.encoders.names import create_name, model_name, spelled
from facestore.errors import InputError, UnknownNameError
from facestore.model_names import ModelName
from facestore.records import EncoderRecord
from facestore.store import Store

# Before other tests add architectures of their own.
ARCHITECTURES = open_clip.list_models()


@pytest.mark.parametrize(
    ("text", "architecture", "pretrained"),
    [
        ("ViT-B/32,openai", "ViT-B-32", "openai"),
        ("open_clip:ViT-B/32/openai", "ViT-B-32", "openai"),
        ("open_clip:ViT-B/32", "ViT-B-32", None),
        ("ViT-B/32/openai", "ViT-B-32", "openai"),
        ("ViT-L/14@336px,OpenAI", "ViT-L-14-336", "openai"),
        ("vit-b-32,openai", "ViT-B-32", "openai"),
        ("vit_b_32,laion2b-s34b-b79k", "ViT-B-32", "laion2b_s34b_b79k"),
        ("rn50X4,openai", "RN50x4", "openai"),
        ("vit-bigg-14,laion2b_s39b_b160k", "ViT-bigG-14", "laion2b_s39b_b160k"),
        ("ViT-B-32,/w/My-Weights.pt", "ViT-B-32", "/w/My-Weights.pt"),
        ("open_clip:ViT-B-32//w/My-Weights.pt", "ViT-B-32", "/w/My-Weights.pt"),
        ("hf-hub:org/Name-B/32", "hf-hub:org/Name-B/32", None),
        ("FaceNet,VGGFace2", "FaceNet", "VGGFace2"),
    ],
)
def test_other_spellings_of_known_names_are_the_known_names(text, architecture, pretrained):
    model = LazyEncoder(model_name(text)).model
    assert (model.architecture, model.pretrained) == (architecture, pretrained)


def test_each_architecture_of_open_clip_has_a_spelling_of_its_own():
    for name in ARCHITECTURES:
        assert spelled(name) == name
        assert spelled(name.lower().replace("-", "/")) == name


def test_a_name_is_read_without_loading_open_clip():
    code = "import sys; from facestore.encoders.names import spelled; spelled('vit-b/32'); "
    code += "assert 'open_clip' not in sys.modules and 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (ModelName("openai/clip-vit-base-patch32"), "is called 'ViT-B-32,openai'"),
        (ModelName("laion/CLIP-ViT-B-32"), "is called 'hf-hub:laion/CLIP-ViT-B-32'"),
        (ModelName("ViT-e-14", "openai"), "has no weights of 'ViT-e-14': give a checkpoint file"),
        (ModelName("ViT-B-32", "openia"), "Did you mean 'openai'"),
        (ModelName("ViT-B-23", "openai"), "Did you mean 'ViT-B-32'"),
    ],
)
def test_advice_on_a_name_that_there_is_not_names_what_there_is(name, says):
    with pytest.raises(InputError, match=says) as error:
        create_name(name)
    assert "yet" not in str(error.value)


def test_an_encoder_of_a_store_is_found_by_other_spellings(tmp_path):
    record = EncoderRecord("imported", "ViT-L-14", "openai", None)
    with Store.open(tmp_path / "store") as store:
        stored = store.catalog.encoders.register(record)
        for wanted in ("ViT-L/14", "vit-l-14,OpenAI", "open_clip:ViT-L/14/openai"):
            assert store.catalog.encoders.find(wanted) == stored
        with pytest.raises(UnknownNameError, match="Did you mean 'ViT-L-14 openai imported'"):
            store.catalog.encoders.find("VIT L-14 OPENAI fp32")


@pytest.mark.parametrize(
    ("name", "known", "says"),
    [
        ("FAIRFACE", ["fairface", "utkface"], "Did you mean 'fairface'?"),
        ("fair_face", ["fair face"], "Did you mean 'fair face'?"),
        ("??", ["fairface"], "Known: fairface."),
    ],
)
def test_a_name_in_another_spelling_is_the_first_that_is_suggested(name, known, says):
    assert says in str(UnknownNameError("data set", name, known))
