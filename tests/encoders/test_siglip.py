"""Models that were trained with a sigmoid: their bias is kept, and probabilities are open_clip's own."""

from __future__ import annotations

import open_clip
import pytest
import torch
from families import save
from PIL import Image

from facestore.store import Store

pytestmark = pytest.mark.portable


@pytest.fixture(scope="module")
def siglip(tmp_path_factory):
    return f"local-dir:{save('SigLIP', tmp_path_factory.mktemp('siglip') / 'model')}"


def test_probabilities_of_prompts_are_those_of_open_clip(siglip, tmp_path, pictures):
    with Store.open(tmp_path / "store") as store:
        store.ingest(pictures, models=[siglip], workers=0)
        store.score("raw_gender_labels", model=siglip)
        found = store.sql(
            "select path, text, probability, logit_bias from sigmoid_probabilities "
            "inner join samples using (sample_id) inner join encoders using (encoder_id)"
        ).fetchall()
    model, _, preprocess = open_clip.create_model_and_transforms(siglip)
    tokenizer = open_clip.get_tokenizer(siglip)
    assert len(found) == 6 * 2
    (bias,) = {bias for *_, bias in found}
    assert bias == pytest.approx(model.logit_bias.item(), abs=1e-6)
    for path, text, probability, _ in found:
        image = preprocess(Image.open(pictures / path).convert("RGB"))[None]
        with torch.inference_mode():
            logits, _ = model.eval().get_logits(image, tokenizer([text]))
        assert probability == pytest.approx(float(torch.sigmoid(logits)), abs=1e-6)
    assert len({round(probability, 9) for _, _, probability, _ in found}) > 2


def test_heads_and_vectors_know_their_encoder_again(siglip, tmp_path, pictures):
    with Store.open(tmp_path / "store") as store:
        store.ingest(pictures, models=[siglip], workers=0)
        (stored,) = store.catalog.encoders.all()
        assert stored.record.logit_bias == pytest.approx(-10, abs=0.1)
        assert store.catalog.encoders.register(stored.record) == stored
        assert store.ingest(pictures, models=[siglip]).n_encoded == {stored.name: 0}
