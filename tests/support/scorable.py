"""A store with vectors of images and texts, ready to be scored without a model."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa

from facestore.config import VECTORS_FOLDER
from facestore.records import EmbeddingBatch, EncoderRecord
from facestore.store import Store
from facestore.unit_rows import unit_rows
from facestore.vectors import VectorStore

WIDTH = 32
_AT_ONCE = 20_000


def make_scorable(
    new_store: Path,
    folder: Path,
    n: int,
    prompt_sets: Sequence[str],
    *,
    width: int = WIDTH,
    seed: int = 0,
    same_texts: Sequence[tuple[str, str]] = (),
    n_clusters: int = 50,
) -> Path:
    """Fill a store: every tenth sample has the content of another one, and a few have no vector.

    Parameters
    ----------
    same_texts
        Pairs of texts of which the model reads the same.
    """
    shutil.copytree(new_store, folder)
    rng = np.random.default_rng(seed)
    with Store.open(folder) as store:
        encoder = store.catalog.encoders.register(
            EncoderRecord("imported", "m", None, None, dim=width, logit_scale=100.0)
        )
        texts = sorted({p.text for name in prompt_sets for p in store.prompt_set(name).prompts})
        vectors = VectorStore(str(folder / VECTORS_FOLDER))
        of_texts = dict(zip(texts, unit_rows(rng.normal(size=(len(texts), width))), strict=True))
        for one, other in same_texts:
            of_texts[other] = of_texts[one]
        identity = asdict(encoder.record)
        vectors.texts(encoder.vectors, identity).add(
            EmbeddingBatch(tuple(of_texts), np.stack(list(of_texts.values())))
        )
        contents = np.arange(n)
        contents[1::10] = contents[::10][: len(contents[1::10])]
        keys = [hashlib.sha256(str(i).encode()).hexdigest() for i in contents]
        with store.catalog.transaction() as con:
            assert con is not None
            con.register("given", pa.table({"i": np.arange(n), "image_id": keys}))
            con.execute("insert into datasets values ('faces', null, 'import', '2026-01-01')")
            con.execute("insert into images (image_id) select distinct image_id from given")
            con.execute(
                "insert into samples select i, 'faces', i || '.jpg', image_id, "
                "if(i % 3 = 0, 'val', 'train'), null, null, null from given order by i"
            )
            con.execute(
                "insert into labels select i, 'gender', if(hash(i) % 2 = 0, 'Male', 'Female'), null "
                "from given where i % 7 <> 3 union all "
                "select i, 'race', ['White', 'Black', 'Indian'][1 + (hash(i) % 3)::integer], null "
                "from given where i % 5 <> 3"
            )
            con.unregister("given")
        own = np.unique(contents)
        own = own[own % 97 != 96]
        centres = rng.normal(size=(n_clusters, width))
        table = vectors.images(encoder.vectors, identity)
        for first in range(0, len(own), _AT_ONCE):
            part = own[first : first + _AT_ONCE]
            near = centres[rng.integers(0, n_clusters, len(part))]
            rows = unit_rows(near + rng.normal(size=near.shape) * 0.3)
            table.add(EmbeddingBatch(tuple(keys[i] for i in part), rows))
        store.migrate()
    return folder
