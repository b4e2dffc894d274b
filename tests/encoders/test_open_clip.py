from __future__ import annotations

import shutil

import numpy as np
import open_clip
import pytest
import torch
from PIL import Image
from support.pictures import picture

from facestore import resources
from facestore.encoders.encoder import LazyEncoder
from facestore.encoders.loading import weights_sha256
from facestore.encoders.open_clip import load_encoder
from facestore.errors import EncoderError, InputError, UnknownNameError
from facestore.model_names import ModelName
from facestore.records import EncoderRecord
from facestore.unit_rows import kept_or_unit_rows, unit_rows

pytestmark = pytest.mark.portable


@pytest.fixture(scope="module")
def tiny():
    return load_encoder(ModelName("tiny"), device="cpu")


SMALL = "ViT-S-32-alt"  # the quickest to build of those that open_clip lists


def saved(architecture, folder):
    """Save a model with random weights, as a user's own checkpoint."""
    torch.manual_seed(0)
    model = open_clip.create_model(architecture)
    path = folder / "random.pt"
    torch.save(model.state_dict(), path)
    return path, model.eval()


@pytest.fixture(scope="module")
def vit_checkpoint(tmp_path_factory):
    return saved(SMALL, tmp_path_factory.mktemp("weights"))


@pytest.mark.parametrize(
    ("text", "pretrained", "expected"),
    [
        ("ViT-L-14,openai", None, ("ViT-L-14", "openai")),
        ("open_clip:ViT-L-14/openai", None, ("ViT-L-14", "openai")),
        ("open_clip:ViT-L-14,openai", None, ("ViT-L-14", "openai")),
        ("ViT-L-14", "openai", ("ViT-L-14", "openai")),
        ("ViT-L-14,openai", "other", ("ViT-L-14", "openai")),
        ("ViT-B/32", "openai", ("ViT-B/32", "openai")),
        ("hf-hub:org/name", None, ("hf-hub:org/name", None)),
        ("hf-hub:org/name", "ignored", ("hf-hub:org/name", None)),
        ("tiny", None, ("tiny", None)),
        ("ViT-B-32,/a/b.pt", None, ("ViT-B-32", "/a/b.pt")),
    ],
)
def test_both_spellings_of_a_model_are_read(text, pretrained, expected):
    name = ModelName.parse(text, pretrained)
    assert (name.architecture, name.pretrained) == expected


def test_vectors_are_open_clip_s_own(tiny):
    images = [picture(seed, 130) for seed in range(3)]
    found = tiny.encode_images([tiny.preprocess(image) for image in images])
    model, _, preprocess = open_clip.create_model_and_transforms(f"local-dir:{tiny_folder()}")
    with torch.inference_mode():
        batch = torch.stack([preprocess(image) for image in images])
        expected = model.eval().encode_image(batch, normalize=True).numpy()
    np.testing.assert_allclose(found, expected, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)


def tiny_folder():
    from facestore import resources

    return resources.asset("tiny_clip")


def test_texts_have_unit_vectors_of_the_same_width(tiny):
    vectors = tiny.encode_texts([f"a photo of person {i}" for i in range(300)])
    assert vectors.shape == (300, tiny.record.dim)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(
        vectors[299], tiny.encode_texts(["a photo of person 299"])[0], atol=1e-5
    )


def test_the_record_has_all_that_identifies_an_encoder(tiny):
    record = tiny.record
    assert record.name == "tiny fp32"
    assert record.precision == "fp32"
    assert record.preprocessing["size"] == (96, 96)
    assert record.preprocessing["interpolation"] == "bicubic"
    assert record.preprocessing["quick_gelu"] is False
    assert len(record.weights_sha256) == 64
    assert {"torch", "open_clip_torch", "pillow"} <= record.versions.keys()
    assert 1 < record.logit_scale < 100.1


def test_a_local_checkpoint_is_loaded_and_named_after_its_file(vit_checkpoint):
    path, reference = vit_checkpoint
    encoder = load_encoder(ModelName(SMALL, str(path)), device="cpu")
    assert encoder.record.name == f"{SMALL} random.pt fp32"
    assert encoder.record.dim == 256
    image = picture(1, 224)
    with torch.inference_mode():
        expected = reference.encode_image(encoder.preprocess(image)[None], normalize=True).numpy()
    np.testing.assert_allclose(
        encoder.encode_images([encoder.preprocess(image)]), expected, atol=1e-5
    )


def test_quick_gelu_is_computed_when_it_is_asked_for(vit_checkpoint):
    path, _ = vit_checkpoint
    plain = load_encoder(ModelName(SMALL, str(path)), device="cpu")
    quick = load_encoder(ModelName(SMALL, str(path)), device="cpu", force_quick_gelu=True)
    assert (plain.record.preprocessing["quick_gelu"], quick.record.preprocessing["quick_gelu"]) == (
        False,
        True,
    )
    assert plain.record.vectors != quick.record.vectors
    inputs = [plain.preprocess(picture(1, 224))]
    assert np.abs(plain.encode_images(inputs) - quick.encode_images(inputs)).max() > 1e-4


def test_openai_s_weights_get_quick_gelu_under_a_plain_name(tmp_path, monkeypatch):
    path, _ = saved("ViT-B-32", tmp_path)
    # What a download gives, without a network: open_clip then builds the model for the tag.
    monkeypatch.setattr("open_clip.factory.download_pretrained", lambda *_, **__: str(path))
    lines = []
    encoder = load_encoder(ModelName("ViT-B-32", "openai"), device="cpu", notify=lines.append)
    assert encoder.record.preprocessing["quick_gelu"] is True
    assert "QuickGELU" in lines[0]


def test_gelu_weights_under_a_quickgelu_name_are_refused():
    with pytest.raises(EncoderError, match=r"use ViT-B-32,laion2b_s34b_b79k"):
        _load_mismatched("ViT-B-32-quickgelu", "laion2b_s34b_b79k")


def _load_mismatched(architecture, tag):
    """Call the check with a pair that open_clip does not list, as a later version might."""
    from facestore.encoders.names import needs_quick_gelu

    plain = open_clip.get_pretrained_cfg(architecture.removesuffix("-quickgelu"), tag)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(open_clip, "get_pretrained_cfg", lambda *_: plain)
        return needs_quick_gelu(ModelName(architecture, tag), print)


@pytest.mark.parametrize("precision", ["bf16", "amp_bf16", "pure_bf16"])
def test_lower_precision_gives_nearly_the_same_vectors_under_another_name(tiny, precision):
    other = load_encoder(ModelName("tiny"), precision=precision, device="cpu")
    assert other.record.name == f"tiny {precision}"
    images = [picture(seed, 96) for seed in range(2)]
    one = tiny.encode_images([tiny.preprocess(image) for image in images])
    two = other.encode_images([other.preprocess(image) for image in images])
    assert two.dtype == np.float32
    assert 0 < np.abs(one - two).max() < 0.05


@pytest.mark.parametrize(
    ("name", "options", "error", "says"),
    [
        (ModelName("ViT-B-23", "openai"), {}, UnknownNameError, "Did you mean 'ViT-B-32'"),
        (ModelName("ViT-B-32"), {}, InputError, "needs weights"),
        (ModelName("ViT-B-32", "opanai"), {}, UnknownNameError, "Did you mean 'openai'"),
        (ModelName("tiny"), {"device": "tpu"}, UnknownNameError, "device"),
        (ModelName("tiny"), {"precision": "fp8"}, UnknownNameError, "precision"),
    ],
)
def test_a_model_that_is_not_there_says_what_is(name, options, error, says):
    with pytest.raises(error) as caught:
        load_encoder(name, **({"device": "cpu"} | options))
    assert says in str(caught.value)


def test_a_checkpoint_of_another_architecture_is_refused(vit_checkpoint):
    with pytest.raises(EncoderError, match="could not be loaded"):
        load_encoder(ModelName("ViT-S-16-alt", str(vit_checkpoint[0])), device="cpu")


def test_a_checkpoint_that_is_a_pickle_of_code_is_refused(tmp_path):
    import pickle

    class Evil:
        def __reduce__(self):
            return (print, ("executed",))

    path = tmp_path / "evil.pt"
    path.write_bytes(pickle.dumps(Evil(), protocol=2))
    with pytest.raises(EncoderError, match="is a pickle of more than weights"):
        load_encoder(ModelName(SMALL, str(path)), device="cpu")


def test_a_lazy_encoder_knows_its_name_before_it_is_loaded():
    lazy = LazyEncoder(ModelName("tiny"), device="cpu")
    assert lazy.name == "tiny fp32"
    assert lazy._loaded is None
    assert lazy.load().record.name == lazy.name
    assert lazy.load() is lazy.load()


def test_the_hash_of_weights_depends_on_names_values_and_types():
    weights = {"a": torch.ones(2, 3), "b": torch.zeros(1)}
    same = {"b": torch.zeros(1), "a": torch.ones(2, 3)}
    assert weights_sha256(weights) == weights_sha256(same)
    for other in (
        {"a": torch.ones(2, 3), "c": torch.zeros(1)},
        {"a": torch.ones(3, 2), "b": torch.zeros(1)},
        {"a": torch.ones(2, 3).half(), "b": torch.zeros(1)},
        {"a": torch.ones(2, 3), "b": torch.ones(1)},
    ):
        assert weights_sha256(other) != weights_sha256(weights)


def test_names_of_lance_tables_are_apart_for_other_weights_and_preprocessing():
    base = {
        "source": "open_clip",
        "architecture": "ViT-L/14",
        "pretrained": "a b",
        "precision": "fp32",
    }
    records = [
        EncoderRecord(**base, weights_sha256="1", preprocessing={"size": 224}),
        EncoderRecord(**base, weights_sha256="2", preprocessing={"size": 224}),
        EncoderRecord(**base, weights_sha256="1", preprocessing={"size": 336}),
    ]
    names = {record.vectors for record in records}
    assert len(names) == 3
    assert all(name.startswith("ViT-L_14_a_b_fp32-") for name in names)


def test_rows_are_scaled_to_unit_length_and_bad_rows_are_named():
    rows = np.asarray([[3.0, 4.0], [0.1, 0.0]])
    np.testing.assert_allclose(unit_rows(rows), [[0.6, 0.8], [1.0, 0.0]], atol=1e-7)
    for bad in (0.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="row 1"):
            unit_rows(np.asarray([[1.0, 0.0], [bad, 0.0]]))


def test_nearly_unit_rows_are_kept_as_they_are():
    rows = np.asarray([[1.0004, 0.0], [0.0, 1.0]], dtype=np.float32)
    assert np.array_equal(kept_or_unit_rows(rows), rows)
    assert np.array_equal(kept_or_unit_rows(2 * rows), [[1.0, 0.0], [0.0, 1.0]])


def test_an_input_has_the_shape_that_the_model_takes(tiny):
    assert tiny.preprocess(Image.new("RGB", (300, 200))).shape == (3, 96, 96)


def test_a_tokenizer_with_more_tokens_than_the_model_is_refused(tmp_path):
    """The tiny model in a folder of its own: open_clip takes CLIP's tokenizer for it."""
    folder = shutil.copytree(resources.asset("tiny_clip"), tmp_path / "copied")
    with pytest.raises(
        EncoderError, match=r"vocabulary of 4,096, .* one of 49,408: name the model's"
    ):
        load_encoder(ModelName.parse(f"local-dir:{folder}"))
