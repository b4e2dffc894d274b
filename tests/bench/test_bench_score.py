"""`Store.score` against one matrix product on the same vectors in memory, and its parts alone."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from functools import partial

import duckdb
import numpy as np
import pytest

from facestore.catalog.database import Database
from facestore.catalog.encoders import Encoders
from facestore.catalog.similarities import Similarities
from facestore.config import CATALOG_FILE, VECTORS_FOLDER
from facestore.records import EmbeddingBatch, EncoderRecord
from facestore.store import Store
from facestore.unit_rows import unit_rows
from facestore.vectors import VectorStore
from facestore.zero_shot.scoring import score_blocks

PROMPT_SET, WIDTH = "age_race_gender_labels_v2", 768


@pytest.fixture
def scorable(tmp_path, sized):
    """Make a store of an imported encoder with vectors of images and of the texts of a set."""
    n = sized(100_000, 500)
    rng = np.random.default_rng(2)
    folder = tmp_path / "store"
    with Store.open(folder) as store:
        store.migrate()
        texts = tuple(prompt.text for prompt in store.prompt_set(PROMPT_SET).prompts)
    database = Database(folder / CATALOG_FILE)
    encoder = Encoders(database).register(
        EncoderRecord("imported", "ViT-L-14", None, None, dim=WIDTH)
    )
    with database.writing() as con:
        con.execute(
            "insert into samples select i, 'faces', i || '.jpg', sha256(i::varchar), 'val', null, "
            f"null, null from range({n}) as t (i)"
        )
        keys = con.execute("select image_id from samples order by sample_id").fetchall()
    vectors = VectorStore(str(folder / VECTORS_FOLDER))
    images = unit_rows(rng.normal(size=(n, WIDTH)))
    prompts = unit_rows(rng.normal(size=(len(texts), WIDTH)))
    for start in range(0, n, 20_000):
        part = tuple(key for (key,) in keys[start : start + 20_000])
        vectors.images(encoder.vectors, asdict(encoder.record)).add(
            EmbeddingBatch(part, images[start : start + 20_000])
        )
    vectors.texts(encoder.vectors, asdict(encoder.record)).add(EmbeddingBatch(texts, prompts))
    return folder, encoder, images, prompts, texts


def test_score(benchmark, scorable, record, timed, tmp_path):
    folder, encoder, images, prompts, texts = scorable
    catalog, unscored = folder / CATALOG_FILE, tmp_path / "unscored.duckdb"
    shutil.copy(catalog, unscored)

    def fresh():
        shutil.copy(unscored, catalog)
        return (Store.open(folder),), {}

    def score(store):
        with store:
            return store.score(PROMPT_SET)

    summary = benchmark.pedantic(score, setup=fresh, rounds=5, warmup_rounds=1)
    assert (summary.n_similarities, summary.n_without_vector) == (len(images) * len(prompts), 0)
    product, product_seconds = timed(lambda: prompts @ images.T, rounds=5)
    query = (
        "select text, sample_id, cosine from similarities inner join prompts using (prompt_id) "
        "where sample_id % 97 = 0"
    )
    with duckdb.connect(str(catalog), read_only=True) as con:
        for text, sample_id, cosine in con.execute(query).fetchall():
            assert abs(product[texts.index(text), sample_id] - cosine) < 1e-6
        n_steps_back = con.execute(
            "select count(*) from (select prompt_id, sample_id, "
            "lag((prompt_id, sample_id)) over (order by rowid) as before from similarities) "
            "where before > (prompt_id, sample_id)"
        ).fetchone()
    assert n_steps_back == (0,)
    _, read_seconds = timed(lambda: read_all(folder, encoder))
    record(
        times_product=lambda seconds: seconds / product_seconds,
        product_seconds=product_seconds,
        read_vectors_seconds=read_seconds,
        score_seconds_in_memory=score_in_memory(folder, encoder, unscored, scorable, timed),
        write_rows_seconds=write_rows(unscored, catalog, product, timed),
    )


def read_all(folder, encoder):
    table = VectorStore(str(folder / VECTORS_FOLDER)).images(encoder.vectors)
    return sum(len(batch.keys) for batch in table.batches())


def score_in_memory(folder, encoder, unscored, scorable, timed):
    """Return the seconds of matching and multiplying alone: nothing is read, nothing is written."""
    _, _, _, prompts, texts = scorable
    batches = list(VectorStore(str(folder / VECTORS_FOLDER)).images(encoder.vectors).batches())
    database = Database(unscored)
    pending = Similarities(database).pending(encoder.encoder_id, PROMPT_SET, None)
    ids = dict(database.reader().execute("select text, prompt_id from prompts").fetchall())
    database.close()
    vectors = {ids[text]: vector for text, vector in zip(texts, prompts, strict=True)}
    _, seconds = timed(lambda: [*score_blocks(pending, batches, vectors)])
    return seconds


def write_rows(unscored, catalog, product, timed):
    """Return the seconds of writing so many rows, opening and closing the file included."""
    n_prompts, n = product.shape

    def write(similarities):
        similarities.add(1, range(n_prompts), range(n), product)

    seconds = []
    for _ in range(3):
        shutil.copy(unscored, catalog)
        database = Database(catalog)
        database.update()
        seconds.append(timed(partial(write, Similarities(database)), rounds=1)[1])
    return min(seconds)
