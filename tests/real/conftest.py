"""The 5,000 validation images of FairFace, encoded once for all tests of one xdist group."""

from __future__ import annotations

import pytest

from facestore.store import Store


@pytest.fixture(scope="session")
def faces_store(real_data, tmp_path_factory):
    """Give the summary of the first ingest, the folder of the store, and what ingests again."""
    fairface = real_data / "fairface"
    folder = tmp_path_factory.mktemp("faces") / "store"

    def ingest(store):
        return store.ingest(
            fairface / "images" / "val",
            labels=fairface / "labels_val.csv",
            dataset="fairface",
            split="val",
            models=["tiny"],
        )

    with Store.open(folder) as store:
        first = ingest(store)
    return first, folder, ingest
