"""Parameters and operations of a model: counted, kept with its encoder, and filled in later."""

from __future__ import annotations

import duckdb
import pytest
import timm
import torch
from open_clip.modified_resnet import ModifiedResNet
from open_clip.transformer import VisionTransformer
from support.towers import VIT

from facestore import resources
from facestore.catalog import migrate
from facestore.config import CATALOG_FILE
from facestore.encoders.encoder import LazyEncoder
from facestore.encoders.sizes import size_of
from facestore.errors import StoreWriteError
from facestore.model_names import ModelName
from facestore.records import EncoderRecord
from facestore.store import Store

pytestmark = pytest.mark.portable

FACTS = "n_parameters, n_parameters_image, gflops"


def test_operations_of_a_vit_are_those_of_its_formula():
    torch.manual_seed(0)
    tower = VisionTransformer(**VIT).eval()
    d, tokens, patches = 32, 10, 9
    patching = patches * 3 * 16 * 16 * d
    layer = tokens * (4 * d * d + 2 * d * 2 * d) + 2 * tokens * tokens * d
    expected = 2 * (patching + 2 * layer + d * 16)
    found = size_of(tower, tower, torch.zeros(1, 3, 48, 48))
    assert found.gflops == pytest.approx(expected / 1e9)
    assert found.n_parameters == sum(each.numel() for each in tower.parameters())


@pytest.mark.parametrize(
    ("name", "giga"),
    # What timm's own table has, results/benchmark-infer-*.csv, of multiplications with additions.
    [("resnet18", 1.82), ("test_vit", 0.04)],
)
def test_operations_are_two_for_each_that_timm_counts(name, giga):
    model = timm.create_model(name).eval()
    side = model.default_cfg["input_size"][1]
    found = size_of(model, model, torch.zeros(1, 3, side, side))
    assert found.gflops / 2 == pytest.approx(giga, abs=0.006)


def test_fused_attention_is_counted_and_left_as_it_was():
    tower = ModifiedResNet([1, 1, 1, 1], output_dim=16, heads=4, image_size=64, width=16).eval()
    was_fused = torch.backends.mha.get_fastpath_enabled()
    pixels = torch.zeros(1, 3, 64, 64)
    assert size_of(tower, tower, pixels).gflops > 0
    assert torch.backends.mha.get_fastpath_enabled() == was_fused
    plain = size_of(tower, tower.bfloat16(), pixels.bfloat16())
    assert plain.gflops == size_of(tower, tower.float(), pixels).gflops


def test_a_tower_that_cannot_be_run_has_no_operations():
    broken = torch.nn.Linear(3, 4)
    found = size_of(broken, broken, torch.zeros(1, 3, 8, 8))
    assert (found.gflops, found.n_parameters) == (None, 16)


@pytest.fixture
def old_store(tmp_path, pictures):
    """Give a store of before there were such columns, with an encoder of it."""
    path = tmp_path / "store"
    path.mkdir()
    record = LazyEncoder(ModelName("tiny"), device="cpu").load().record
    with duckdb.connect(str(path / CATALOG_FILE)) as con:
        migrations = migrate.load_migrations(resources.folder("migrations"))
        migrate.migrate(con, migrations, stop_before=19)
        con.execute(
            "insert into encoders select 1, $name, 'open_clip', 'tiny', null, 'fp32', $dim, "
            "$logit_scale, $preprocessing, $weights, '{}', $vectors, now()::timestamp",
            {
                "name": record.name, "dim": record.dim, "logit_scale": record.logit_scale,
                "preprocessing": record.preprocessing_json, "weights": record.weights_sha256,
                "vectors": record.vectors,
            },
        )  # fmt: skip
    return path


def test_an_older_store_has_them_when_the_model_is_loaded_again(old_store, pictures):
    with Store.open(old_store) as store:
        store.migrate()
        assert store.sql(f"select {FACTS} from encoders").fetchall() == [(None, None, None)]
        store.ingest(pictures, models=["tiny"])
        ((n, n_image, gflops),) = store.sql(f"select {FACTS} from encoders").fetchall()
        assert 0 < n_image < n
        assert 0 < gflops < 1


def test_a_store_that_cannot_be_written_goes_without(old_store, monkeypatch):
    with Store.open(old_store) as store:
        store.migrate()
        record = LazyEncoder(ModelName("tiny"), device="cpu").load().record

        def refuse(*_):
            raise StoreWriteError(old_store, "it may only be read")

        monkeypatch.setattr(store.catalog.encoders, "_complete", refuse)
        assert store.catalog.encoders.register(record).record.gflops is None


def test_an_import_knows_none_of_them(tmp_path):
    with Store.open(tmp_path / "store") as store:
        store.catalog.encoders.register(EncoderRecord("imported", "m", None, None))
        assert store.sql(f"select logit_bias, {FACTS} from encoders").fetchall() == [(None,) * 4]
