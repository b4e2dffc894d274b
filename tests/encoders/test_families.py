"""Every family of image towers that open_clip builds does the whole job, or says what it cannot."""

from __future__ import annotations

import encoders_page
import open_clip
import pytest
from faces import write_faces
from families import FAMILIES, family_of, save

from facestore.errors import FacestoreError
from facestore.explaining.explainer import LimeOptions
from facestore.explaining.methods import METHODS
from facestore.store import Store
from facestore.training.gradients.loop_options import LoopOptions

pytestmark = pytest.mark.portable

# Before other tests add architectures of their own.
MODELS = open_clip.list_models()
LOOP = LoopOptions(epochs=1, batch_size=8, lr=1e-3, head_lr=1e-2)
LIME = LimeOptions(n_samples=8, n_segments=4)


def test_no_model_of_open_clip_is_of_another_family():
    others = [name for name in MODELS if family_of(open_clip.get_model_config(name)) is None]
    assert others == []


def test_the_page_is_what_make_docs_writes():
    page = encoders_page.PAGE.read_text(encoding="utf-8")
    assert encoders_page.render(page) == page, "run `make docs`"


@pytest.fixture(scope="module")
def faces(tmp_path_factory):
    """Give a folder of faces, and the table of their labels."""
    folder = tmp_path_factory.mktemp("faces")
    return folder / "train", write_faces(folder / "train", 12, seed=3, size=64)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_does_the_whole_job(name, faces, tmp_path):
    model = f"local-dir:{save(name, tmp_path / 'model')}"
    folder, labels = faces
    of = {"dataset": "faces", "model": model}
    with Store.open(tmp_path / "store") as store:
        store.ingest(
            folder, labels=labels, dataset="faces", split="train", models=[model], workers=0
        )
        assert store.score("raw_gender_labels", model=model).n_similarities == 12 * 2
        store.predict(attribute="gender", prompt_set="raw_gender_labels")
        assert len(store.search("a man", model=model, k=3)) == 3
        (probe,) = store.train_probe(attributes=["gender"], split="train", val_fraction=0.25, **of)
        heads = store.train_heads(
            attributes=["gender"],
            split="train",
            blocks=1,
            loop=LOOP,
            workers=0,
            augment=False,
            **of,
        )
        assert heads.heads.training["n_trained"] > 0
        explained = {method: explain(store, model, method) for method in METHODS}
        assert "lime" in {method for method, said in explained.items() if said is None}
        assert all(
            "\n" not in said and "use `method=" in said for said in explained.values() if said
        )
        judged = store.sql("select distinct classifier from leaderboard").fetchall()
        assert len(judged) == 1 + len(probe.heads.classifier_names) + len(
            heads.heads.classifier_names
        )
        facts = "n_parameters > n_parameters_image, gflops > 0, logit_bias is not null"
        siglip = name == "SigLIP"
        assert store.sql(f"select {facts} from encoders").fetchall() == [(True, True, siglip)]
        n_sigmoid = store.sql("select count(*) from sigmoid_probabilities").fetchall()
        assert n_sigmoid == [(12 * 2 if siglip else 0,)]


def explain(store, model, method):
    """Explain a sample; return None, or why the method cannot."""
    try:
        made = store.explain(
            prompts=["a man"], models=[model], limit=1, method=method, lime=LIME, workers=0
        )
    except FacestoreError as error:
        return str(error)
    assert made.n_new == 1
    return None
