"""A model that cannot be had is tried once, and its reason is said once and whole."""

from __future__ import annotations

import logging

import pytest

from facestore.encoders.encoder import LazyEncoder
from facestore.encoders.loading import not_loaded, silent_libraries
from facestore.errors import EncoderError, counted, in_one_line
from facestore.model_names import ModelName

# What open_clip says without a network, as it was seen.
OFFLINE = (
    "Failed to download weights for tag 'openai': Failed to download file (open_clip_pytorch_model"
    ".bin) for timm/vit_base_patch32_clip_224.openai. Last error: An error happened while trying "
    "to locate the file on the Hub and we cannot find the requested files in the local cache. "
    "Please check your connection and try again or make sure your Internet connection is on."
)
TODO = "give a checkpoint file as `pretrained=FILE`"


def test_without_a_network_it_says_what_works_without_one():
    said = str(not_loaded("Model 'ViT-B-32'", OSError(OFFLINE), TODO))
    assert "there is no connection" in said
    assert "`pretrained=FILE`" in said
    assert "`models=tiny`" in said
    assert "Last error" not in said


def test_another_reason_is_kept_and_cut_between_words():
    long = RuntimeError("size mismatch " + "for visual.proj " * 40)
    said = str(not_loaded("Model 'ViT-B-32'", long, TODO))
    reason = said.partition("could not be loaded: ")[2].partition(". Check")[0]
    assert len(reason) <= 300
    assert set(reason.removesuffix("...").rstrip(" .").split()) <= {
        *["size", "mismatch", "for", "visual.proj"]
    }
    assert in_one_line("one\n two  three.") == "one two three"


def test_a_model_that_failed_is_not_tried_again(tmp_path):
    broken = tmp_path / "broken.pt"
    broken.write_bytes(b"no weights")
    lazy = LazyEncoder(ModelName("ViT-S-32-alt", str(broken)), device="cpu")
    with pytest.raises(EncoderError) as first:
        lazy.load()
    broken.unlink()
    with pytest.raises(EncoderError) as second:
        lazy.load()
    assert second.value is first.value


def test_what_libraries_log_of_a_failure_is_not_shown_beside_it(caplog):
    with silent_libraries():
        logging.getLogger("huggingface_hub").warning("Retrying")
        logging.getLogger().error("Failed")
    logging.getLogger("huggingface_hub").error("later")
    assert [each.message for each in caplog.records] == ["later"]


@pytest.mark.parametrize(
    ("n", "noun", "many", "said"),
    [
        (1, "run", None, "1 run"),
        (0, "run", None, "0 runs"),
        (1234, "similarity", None, "1,234 similarities"),
        (2, "day", None, "2 days"),
        (2, "class", None, "2 classes"),
        (1, "file has", "files have", "1 file has"),
        (3, "file has", "files have", "3 files have"),
    ],
)
def test_a_number_and_its_noun_agree(n, noun, many, said):
    assert counted(n, noun, many) == said
