"""5,000 faces of FairFace, scored by rows and in a stream: the same is decided of them."""

from __future__ import annotations

import shutil

import pytest

from facestore.store import Store

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

SET = "age_race_gender_labels_v2"


def test_streamed_faces_are_decided_as_by_rows(faces_store, tmp_path):
    _, folder, _ = faces_store
    found = []
    for name, keep in (("rows", "always"), ("stream", "never")):
        shutil.copytree(folder, tmp_path / name)
        with Store.open(tmp_path / name) as store:
            store.set("keep_similarities", keep)
            assert store.score(SET).n_similarities == (5_000 * 64 if name == "rows" else 0)
            for attribute, aggregation, k in (("gender", "topk", 11), ("race", "mean", None)):
                store.predict(
                    attribute=attribute,
                    prompt_set=SET,
                    aggregation=aggregation,
                    k=k,
                    name=attribute,
                )
            found.append(
                [
                    store.rows(query)[1]
                    for query in (
                        f"from confusion_every_k where prompt_set = '{SET}' order by all",
                        f"from best_k where prompt_set = '{SET}' order by all",
                        "from predictions order by all",
                        "from accuracy_by_group order by all",
                    )
                ]
            )
    assert found[0] == found[1]
    assert all(found[0])
