"""An index against the exact search, in one run, as shares of its CPU; and how much of it is found.

Vectors are clustered, and have a direction in common, as those of CLIP have.
"""

from __future__ import annotations

import time

import numpy as np
from support.indexed import Clusters, add_images

from facestore import Store
from facestore.certificates import index_of, valid_certificate

K = 10


def cpu_of(ask, keys):
    """Return the seconds of CPU of one question, over all threads; the first is not counted."""
    ask(keys[0])
    started = time.process_time()
    for key in keys[1:]:
        ask(key)
    return (time.process_time() - started) / (len(keys) - 1)


def test_the_index_against_the_exact_search(benchmark, tmp_path, sized, record):
    n, width = sized(100_000, 2_000), sized(512, 64)
    clusters = Clusters(n_clusters=n // 50, width=width)
    with Store.open(tmp_path / "store") as store:
        vectors = clusters.draw(n, 1)
        add_images(store, "faces", vectors)
        built = store.build_index()
        certificate = store.certify_index(min_recall=sized(0.99, 0.9)).certificates[0]
        (encoder,) = store.catalog.encoders.all()
        table, index = store.vectors.images(encoder.vectors), index_of(store, encoder)
        effort = {"probes": certificate.probes, "refine": certificate.refine}
        queries = [vectors[i] for i in range(sized(20, 3))]
        exact = cpu_of(lambda vector: table.nearest(vector, K + 1), queries)
        by_index = cpu_of(lambda vector: index.nearest(vector, K + 1, **effort), queries)
        found = [
            len(set(table.nearest(each, K)[0]) & set(index.nearest(each, K, **effort)[0]))
            for each in queries
        ]
        assert np.mean(found) >= sized(0.99, 0.8) * K
        assert valid_certificate(store, encoder, "images", K) == certificate
        benchmark(lambda: index.nearest(queries[0], K + 1, **effort))
        record(
            share_of_exact_cpu=by_index / exact,
            build_in_exact_searches=built.cpu_seconds / exact,
            recall_at_least=certificate.recall_at_least,
        )
