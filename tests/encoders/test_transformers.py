"""Models of transformers as encoders: their vectors are the library's own, and faults are one line."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import torch
from faces import write_faces
from PIL import Image
from support.pictures import picture
from support.saved_models import changed_json, transformers_folder

from facestore.encoders.encoder import LazyEncoder, available_models
from facestore.encoders.preprocessing import Preprocessing
from facestore.encoders.transformers import load_encoder
from facestore.errors import EncoderError, InputError
from facestore.explaining.explainer import LimeOptions, seen_by
from facestore.model_names import ModelName
from facestore.store import Store
from facestore.training.gradients.loop_options import LoopOptions

pytestmark = pytest.mark.portable

PICTURES = [picture(seed, 130) for seed in range(3)] + [picture(3, 97).resize((300, 120))]
TEXTS = ["a photo of the face", "man", "a photo of the old woman", "zebra young"]


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Give what returns the folder of a model, which is saved once."""
    root = tmp_path_factory.mktemp("models")

    def place(kind):
        folder = root / kind
        return folder if folder.is_dir() else transformers_folder(kind, folder)

    return place


def loaded(folder, **options):
    return load_encoder(ModelName.parse(f"transformers:{folder}"), device="cpu", **options)


def own(folder):
    from transformers import AutoImageProcessor, AutoModel

    model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
    processor = AutoImageProcessor.from_pretrained(folder)
    with torch.inference_mode():
        return model, processor(PICTURES, return_tensors="pt")


def unit(tensor):
    return torch.nn.functional.normalize(tensor.flatten(1), dim=-1).numpy()


@pytest.mark.parametrize("kind", ["clip", "siglip", "vit", "resnet"])
def test_vectors_are_the_library_s_own(kind, places):
    encoder = loaded(places(kind))
    model, inputs = own(places(kind))
    with torch.inference_mode():
        made = model.get_image_features if kind in ("clip", "siglip") else model
        expected = unit(made(**inputs).pooler_output)
    whole = encoder.encode_images([encoder.preprocess(each) for each in PICTURES])
    halves = encoder.encode_images([encoder.pixels(each) for each in PICTURES])
    np.testing.assert_allclose(whole, expected, atol=1e-6)
    np.testing.assert_allclose(halves, expected, atol=1e-6)
    assert encoder.pixels(PICTURES[0]).dtype == torch.uint8


@pytest.mark.parametrize("kind", ["clip", "siglip"])
def test_texts_and_logits_are_the_library_s_own(kind, places):
    from transformers import AutoTokenizer

    encoder = loaded(places(kind))
    model, inputs = own(places(kind))
    tokens = AutoTokenizer.from_pretrained(places(kind))(
        TEXTS, padding="max_length", max_length=16, return_tensors="pt"
    )
    tokens = {key: tokens[key] for key in ("input_ids", "attention_mask")}
    with torch.inference_mode():
        expected = unit(model.get_text_features(**tokens).pooler_output)
        logits = model(**inputs, **tokens).logits_per_image.numpy()
    texts = encoder.encode_texts(TEXTS)
    np.testing.assert_allclose(texts, expected, atol=1e-6)
    images = encoder.encode_images([encoder.pixels(each) for each in PICTURES])
    record = encoder.record
    assert (record.logit_bias is None) == (kind == "clip")
    ours = record.logit_scale * images @ texts.T + (record.logit_bias or 0)
    np.testing.assert_allclose(ours, logits, atol=2e-5)


def test_a_model_without_its_pooling_is_read_by_its_class_token(places):
    lines = []
    folder = places("vit-without-pooling")
    encoder = loaded(folder, notify=lines.append)
    assert "class token" in lines[0]
    assert encoder.record.preprocessing["vector"] == "class token"
    model, inputs = own(folder)
    with torch.inference_mode():
        expected = unit(model(**inputs).last_hidden_state[:, 0])
    vectors = encoder.encode_images([encoder.pixels(each) for each in PICTURES])
    np.testing.assert_allclose(vectors, expected, atol=1e-6)
    assert loaded(folder, notify=lines.append).record == encoder.record


def test_the_record_has_all_that_identifies_the_encoder(places):
    record = loaded(places("vit")).record
    assert record.name == "transformers:vit fp32"
    assert (record.source, record.dim, record.logit_scale) == ("open_clip", 32, None)
    assert record.preprocessing["vector"] == "pooler_output"
    assert record.preprocessing["size"] == [32, 32]
    assert record.preprocessing["processor"]["image_processor_type"] == "ViTImageProcessor"
    assert {"torch", "transformers", "pillow"} <= record.versions.keys()
    assert record.n_parameters == record.n_parameters_image
    assert record.gflops > 0
    clip = loaded(places("clip")).record
    assert clip.n_parameters_image < clip.n_parameters
    assert clip.logit_scale == pytest.approx(np.exp(2.6592), rel=1e-4)


@pytest.mark.parametrize("size", [{"shortest_edge": 40}, {"height": 24, "width": 32}])
def test_pictures_are_cut_as_a_record_says_without_the_folder(size, places, tmp_path):
    folder = transformers_folder("vit", tmp_path / "vit", size={"height": 32, "width": 32})
    changed_json(folder / "preprocessor_config.json", do_normalize=False, rescale_factor=1 / 127.5)
    encoder = loaded(folder)
    shutil.rmtree(folder)
    again = Preprocessing(encoder.record.preprocessing)
    assert torch.equal(again(PICTURES[3]), encoder.preprocess(PICTURES[3]))
    assert encoder.preprocess(PICTURES[3]).max() > 1.5  # scaled to 0 ... 2, as it is told


def test_scaling_of_whole_batches_is_the_processor_s_own(places):
    for kind in ("clip", "siglip", "vit"):
        encoder = loaded(places(kind))
        _, inputs = own(places(kind))
        ours = torch.stack([encoder.preprocess(each) for each in PICTURES])
        torch.testing.assert_close(ours, inputs["pixel_values"], atol=1e-6, rtol=0)


def test_a_relative_folder_and_its_path_are_one_encoder(places, monkeypatch):
    folder = places("vit")
    monkeypatch.chdir(folder.parent)
    for text in ("transformers:vit", "transformers:./vit", f"transformers:{folder}"):
        assert LazyEncoder(ModelName.parse(text)).name == "transformers:vit fp32"


def test_models_of_the_hub_keep_their_name():
    name = ModelName.parse("transformers:org/name")
    assert LazyEncoder(name).name == "transformers:org/name fp32"
    assert str(name) == "transformers:org/name"
    assert not [each for each in available_models() if each.backend == "transformers"]


def test_prompts_are_scored_by_a_model_that_has_texts(tmp_path, pictures, places):
    model = f"transformers:{places('siglip')}"
    with Store.open(tmp_path / "store") as store:
        store.ingest(pictures, models=[model])
        summary = store.score("raw_gender_labels", model=model)
        assert summary.n_similarities == 6 * 2
        assert store.search("the old man", k=2, model=model)
        # who hands over a store does not choose what is opened here
        with pytest.raises(EncoderError, match="names the model 'transformers:siglip'"):
            store.score("raw_race_labels")


def test_prompts_of_a_model_without_texts_are_refused(tmp_path, pictures, places):
    model = f"transformers:{places('vit')}"
    with Store.open(tmp_path / "store") as store:
        store.ingest(pictures, models=[model])
        with pytest.raises(EncoderError, match=r"'transformers:vit' has no text side") as caught:
            store.score("raw_gender_labels", model=model)
        assert "\n" not in str(caught.value)


def test_heads_are_trained_and_explained_by_a_model_of_transformers(tmp_path, places):
    model = f"transformers:{places('vit-without-pooling')}"
    labels = write_faces(tmp_path / "faces", 12, seed=3, size=48)
    of = {"attributes": ["gender"], "dataset": "faces", "model": model}
    with Store.open(tmp_path / "store") as store:
        store.ingest(
            tmp_path / "faces", labels=labels, dataset="faces", split="train", models=[model]
        )
        loop = LoopOptions(epochs=1, batch_size=8)
        heads = store.train_heads(**of, blocks=1, loop=loop, workers=0)
        assert heads.heads.training["n_trained"] > 0
        classifier = f"{heads.heads.name} gender"
        assert store.sql("select classifier from leaderboard").fetchall() == [(classifier,)]
        asked = {"classifier": classifier, "models": [model], "limit": 1, "workers": 0}
        lime = LimeOptions(n_samples=8, n_segments=4)
        assert store.explain(**asked, lime=lime).n_new == 1
        with pytest.raises(InputError, match="No relevancy for image tower TransformersTower"):
            store.explain(**asked, method="relevancy")


def test_a_model_with_texts_and_no_tokenizer_encodes_images_alone(places, tmp_path):
    folder = shutil.copytree(places("clip"), tmp_path / "clip")
    for file in folder.glob("*token*"):
        file.unlink()
    encoder = loaded(folder)
    assert encoder.encode_images([encoder.pixels(PICTURES[0])]).shape == (1, 16)
    with pytest.raises(EncoderError, match="its folder has no tokenizer"):
        encoder.encode_texts(["a man"])


def changed(tmp_path, places, kind, name, **values):
    folder = shutil.copytree(places(kind), tmp_path / "changed")
    if values:
        changed_json(folder / name, **values)
    else:
        (folder / name).unlink()
    return folder


@pytest.mark.parametrize(
    ("kind", "name", "values", "says"),
    [
        ("vit", "preprocessor_config.json", {}, "has no preprocessor_config.json"),
        ("vit", "config.json", {}, "has no config.json"),
        ("vit", "model.safetensors", {}, "could not be loaded"),
        ("vit", "config.json", {"hidden_size": 48}, "could not be loaded|of another shape"),
        (
            "vit",
            "config.json",
            {"num_hidden_layers": 3},
            r"lacks weights of ViTModel, .* 16 tensors",
        ),
        ("vit", "config.json", {"model_type": "vitt"}, "could not be loaded"),
        ("vit", "preprocessor_config.json", {"do_resize": False}, "no pictures of one size"),
        ("bert", "tokenizer.json", None, "takes 'input_ids' and no pictures"),
    ],
)
def test_a_folder_that_is_no_encoder_says_why(kind, name, values, says, places, tmp_path):
    folder = places(kind)
    if values is not None:
        folder = changed(tmp_path, places, kind, name, **values)
    with pytest.raises((EncoderError, InputError), match=says) as caught:
        loaded(folder)
    assert "\n" not in str(caught.value)


def test_a_folder_that_there_is_not_suggests_one_that_there_is(places):
    folder = places("siglip")
    with pytest.raises(InputError, match=r"Did you mean '.*/siglip'") as caught:
        loaded(folder.with_name("sigclip"))
    assert "\n" not in str(caught.value)


def test_a_name_that_is_a_folder_misspelt_suggests_it(places, monkeypatch):
    monkeypatch.chdir(places("siglip").parent)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EncoderError, match=r"\(did you mean 'siglip'") as caught:
        loaded("siglipp")
    assert "\n" not in str(caught.value)


def test_a_model_that_gives_no_vector_is_refused(places):
    encoder = loaded(places("segformer"))
    with pytest.raises(EncoderError, match=r"gives no vector .* of shape \(1, 16, ") as caught:
        encoder.encode_images([encoder.pixels(PICTURES[0])])
    assert "\n" not in str(caught.value)


def test_a_model_of_the_hub_without_a_network_says_so(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EncoderError, match="there is no connection") as caught:
        loaded("org/no-such-model-here")
    assert "\n" not in str(caught.value)


def test_without_the_library_it_says_what_installs_it(monkeypatch, places):
    monkeypatch.setattr("facestore.encoders.processors.find_spec", lambda _: None)
    with pytest.raises(EncoderError, match=r"`pip install 'facestore\[transformers\]'`"):
        loaded(places("vit"))


@pytest.mark.parametrize("kind", ["clip", "siglip", "vit"])
@pytest.mark.parametrize("size", [(90, 60), (60, 90), (20, 28)])
def test_without_the_library_pictures_are_shown_as_it_would_cut_them(
    monkeypatch, places, kind, size
):
    config = loaded(places(kind)).record.preprocessing
    noise = np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8)
    picture = Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)
    wanted = seen_by(config)(picture).astype(int)
    monkeypatch.setattr("facestore.encoders.processors.find_spec", lambda _: None)
    shown = seen_by(config)(picture).astype(int)
    assert shown.shape == wanted.shape
    assert np.abs(shown - wanted).mean() < 1.5


@pytest.mark.parametrize("option", ["fast_resize", "force_quick_gelu"])
def test_options_of_other_backends_are_refused(option, places):
    with pytest.raises(InputError, match=f"`{option}=True` is for"):
        loaded(places("vit"), **{option: True})


def test_lower_precision_gives_nearly_the_same_vectors(places):
    plain = loaded(places("clip"))
    for precision in ("bf16", "amp_bf16"):
        other = loaded(places("clip"), precision=precision)
        one, two = (each.encode_images([each.pixels(PICTURES[0])]) for each in (plain, other))
        assert 0 < np.abs(one - two).max() < 0.05
        assert np.abs(plain.encode_texts(TEXTS) - other.encode_texts(TEXTS)).max() < 0.05
