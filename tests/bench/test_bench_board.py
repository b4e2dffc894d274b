"""`bench` against CLIP_benchmark itself: the same figures, and the time of a second model.

Pictures are scikit-learn's digits, the drawn faces that are shipped, and a web data set with
templates; both read them from the disk, in as many processes or threads.
"""

from __future__ import annotations

import json
import os
from functools import partial

import numpy as np
import open_clip
import pytest
import torch
from sklearn.metrics import accuracy_score, balanced_accuracy_score
from support.image_datasets import WORDS, bundled_faces, digits, in_class_folders, in_tars, png

from facestore import resources
from facestore.encoders.open_clip import load_encoder
from facestore.model_names import ModelName
from facestore.store import Store

DEFAULT = ["a photo of a {c}."]
TEMPLATES = ["a photo of a {c}.", "a drawing of a {c}.", "an image of {c}"]
COLOURS = {"red": (255, 0, 0), "blue": (0, 0, 255), "green": (0, 255, 0), "white": (255, 255, 255)}
SIDE = 224
BATCH = 64
# Half of the cores read and half encode.
WORKERS = max(1, (os.cpu_count() or 2) // 2)


def shapes(n):
    """Yield squares of a colour in noise, of the size that pictures of such data sets have."""
    rng = np.random.default_rng(0)
    names = list(COLOURS)
    for i in range(n):
        pixels = rng.integers(0, 255, (SIDE, SIDE, 3))
        pixels[40:180, 40:180] = COLOURS[names[i % 4]]
        yield png(pixels), names[i % 4]


@pytest.fixture(scope="module")
def other_tiny(tmp_path_factory):
    """Give a second model of the size of the tiny one, with random weights."""
    folder = tmp_path_factory.mktemp("other_tiny")
    own = json.loads((resources.asset("tiny_clip") / "open_clip_config.json").read_text())
    own["model_cfg"]["text_cfg"].update(context_length=77, vocab_size=49408)
    (folder / "open_clip_config.json").write_text(json.dumps(own))
    torch.manual_seed(0)
    model = open_clip.CLIP(**own["model_cfg"])
    torch.save(model.state_dict(), folder / "open_clip_pytorch_model.bin")
    return f"local-dir:{folder}"


@pytest.fixture
def data_sets(tmp_path, sized):
    """Write three data sets; give the folders, and how CLIP_benchmark reads each."""
    n = sized(1797, 40)
    in_class_folders(tmp_path / "digits", digits(n))
    in_class_folders(tmp_path / "faces", bundled_faces(sized(720, 40)))
    in_tars(tmp_path / "shapes", shapes(n), list(COLOURS), TEMPLATES)
    return {
        "digits": (tmp_path / "digits", sorted(WORDS), DEFAULT),
        "faces": (tmp_path / "faces", ["man", "woman"], DEFAULT),
        "shapes": (tmp_path / "shapes" / "test", list(COLOURS), TEMPLATES),
    }


def as_they_do(data_sets, model):
    """Return acc1 and mean per-class recall by data set, with CLIP_benchmark's readers and loops.

    The last step of its `evaluate` alone is ours: version 1.6 stops there with NumPy 2.4.
    """
    from clip_benchmark.datasets.builder import build_wds_dataset
    from clip_benchmark.metrics.zeroshot_classification import (
        run_classification,
        zero_shot_classifier,
    )
    from torchvision.datasets import ImageFolder

    encoder = load_encoder(ModelName.parse(model))
    found = {}
    for name, (folder, classes, templates) in data_sets.items():
        if (folder / "nshards.txt").exists():
            data = build_wds_dataset(name, encoder.preprocess, data_dir=str(folder.parent))
        else:
            data = ImageFolder(str(folder), encoder.preprocess)
        loader = torch.utils.data.DataLoader(data, batch_size=BATCH, num_workers=WORKERS)
        of_classes = zero_shot_classifier(
            encoder._model, encoder._tokenizer, classes, templates, "cpu", amp=False
        )
        logits, target = run_classification(encoder._model, of_classes, loader, "cpu", amp=False)
        said = logits.argmax(dim=1)
        found[name] = accuracy_score(target, said), balanced_accuracy_score(target, said)
    return found


# A warning that their reader of web data sets gives to itself.
@pytest.mark.filterwarnings("ignore:WebDataset.shardshuffle:UserWarning")
def test_figures_and_the_second_model(
    benchmark, data_sets, other_tiny, sized, record, timed, tmp_path
):
    """What a second model adds to the first, whose pictures are read with it, against their time."""
    pytest.importorskip("clip_benchmark.datasets.builder")
    numbers = iter(range(100))

    def ours(models):
        with Store.open(tmp_path / f"store-{next(numbers)}") as store:
            folders = [folder for folder, _, _ in data_sets.values()]
            return store.bench(folders, models=models, workers=WORKERS, batch_size=BATCH)

    rounds = sized(3, 1)
    done = benchmark.pedantic(partial(ours, ["tiny", other_tiny]), rounds=rounds)
    _, seconds_of_one = timed(partial(ours, ["tiny"]), rounds=rounds)
    theirs, seconds_theirs = timed(partial(as_they_do, data_sets, other_tiny), rounds=rounds)
    expected = {("tiny", name): said for name, said in as_they_do(data_sets, "tiny").items()}
    expected |= {(other_tiny, name): said for name, said in theirs.items()}
    assert done.failures == ()
    measured = {(row[3], row[0]): (row[6], row[10]) for row in done.rows}
    assert measured.keys() == expected.keys()
    for key, figures in expected.items():
        assert measured[key] == pytest.approx(figures, abs=1e-6), key
    record(
        share_of_their_time=lambda seconds: (seconds - seconds_of_one) / seconds_theirs,
        first_model_share_of_their_time=seconds_of_one / seconds_theirs,
        seconds_theirs=seconds_theirs,
    )
