"""An index over vectors: what it is certified to find, and when it may not be asked."""

from __future__ import annotations

import re
import shutil
from collections import Counter

import numpy as np
import pytest
from support.indexed import MODEL, WIDTH, Clusters, add_images, add_texts

from facestore import Store
from facestore.catalog.vector_indexes import merge_queries
from facestore.certificates import certificate_problem, index_of
from facestore.cli.summaries import lines_of
from facestore.errors import InputError, NoCertificateError, ParametersError
from facestore.progress import SilentProgress
from facestore.unit_rows import unit_rows

# Of which 16 partitions can be made, and each image has many more than ten neighbours of its cluster.
N_FACES, N_FEW = 1_400, 100
FACES = Clusters(n_clusters=25)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("index") / "store"
    with Store.open(folder) as store:
        add_images(store, "faces", FACES.draw(N_FACES, 1))
        add_images(store, "few", FACES.draw(N_FEW, 2))
        add_texts(store, FACES.draw(60, 3))
        store.build_index()
        store.certify_index()
    return folder


# what is enough where it does not matter how many were asked
FEW = {"n_queries": 100, "min_recall": 0.9}


@pytest.fixture
def said():
    return []


@pytest.fixture
def store(made, tmp_path, said):
    shutil.copytree(made, tmp_path / "store")
    with Store.open(tmp_path / "store", notify=said.append) as opened:
        yield opened


def paths(hits):
    return [(hit.dataset, hit.path) for hit in hits]


def refused(store, match, verb="near"):
    given = "faces/7.jpg" if verb == "near" else "text 1"
    with pytest.raises(NoCertificateError, match=match):
        getattr(store, verb)(given, index=True)
    assert len(getattr(store, verb)(given)) == 10  # exactly it goes on


def twin_of(vector, seed=0):
    noise = np.random.default_rng(seed).standard_normal(vector.shape).astype(np.float32)
    return unit_rows((vector + 0.01 * noise)[None])


def all_vectors(store):
    (encoder,) = store.catalog.encoders.all()
    table = store.vectors.images(encoder.vectors)
    return {k: v for each in table.batches() for k, v in zip(each.keys, each.vectors, strict=True)}


def vector_of(store, key):
    (encoder,) = store.catalog.encoders.all()
    return store.vectors.images(encoder.vectors).one(key)


def test_a_certificate_says_how_much_is_surely_found(store):
    (row,) = store.sql("from index_certificates where query_kind = 'images'").pl().to_dicts()
    assert (row["encoder"], row["index_kind"], row["k"], row["n_queries"]) == (MODEL, "IVF_RQ", 10, 765)  # fmt: skip
    assert row["recall"] >= row["recall_at_least"] >= 0.99
    assert row["recall_at_least"] <= 765 / (765 + 1.959963984540054**2)
    assert 0 < row["all_found_at_least"] <= row["all_found"] <= row["recall"]
    assert (row["n_rows"], row["n_unindexed"], row["max_rows"]) == (1_500, 0, 1_650)
    by_dataset = dict(store.sql("select dataset, n_queries from vector_certificate_queries where query_kind = 'images'").fetchall())  # fmt: skip
    assert set(by_dataset) == {"faces", "few"}
    assert by_dataset["few"] >= 24
    assert sum(by_dataset.values()) == 765
    (texts,) = store.sql("select n_queries, sources from index_certificates where query_kind = 'texts'").fetchall()  # fmt: skip
    assert texts == (30, "stored")
    assert [each.name for each in store.doctor() if each.status != "ok"] == []


def test_the_index_answers_as_the_exact_search_does_and_says_its_bound(store, said):
    hits = []
    for number in range(50):
        by_index = store.near(f"faces/{number}.jpg", index=True)
        hits.append(len(set(paths(by_index)) & set(paths(store.near(f"faces/{number}.jpg")))))
        assert ("faces", f"{number}.jpg") not in paths(by_index)
    assert sum(hits) >= 493
    assert re.fullmatch(
        r"by the index: at least 0\.99\d\d of the 10 nearest are found \(95 % sure, 765 queries of "
        r"images; all 10 for at least 0\.\d{4} of queries\)", said[0],
    )  # fmt: skip
    exact, by_index = store.search("text 1"), store.search("text 1", index=True)
    assert len(set(paths(exact)) & set(paths(by_index))) >= 9
    assert "30 queries of texts" in said[-1]


def test_the_exact_search_is_the_default_and_does_not_ask_the_index(store):
    store.catalog.close()
    before = paths(store.near("faces/7.jpg"))
    store.drop_index()
    assert paths(store.near("faces/7.jpg")) == before
    assert store.drop_index() is False


def test_new_images_are_found_before_they_are_in_the_index(store):
    new = FACES.draw(140, 9)
    new[0] = twin_of(vector_of(store, "sample:faces/7.jpg"))[0]
    add_images(store, "faces", new, first=N_FACES)
    assert paths(store.near("faces/7.jpg", index=True))[0] == ("faces", f"{N_FACES}.jpg")
    assert paths(store.near(f"faces/{N_FACES}.jpg", index=True))[0] == ("faces", "7.jpg")
    (encoder,) = store.catalog.encoders.all()
    store.vectors.images(encoder.vectors).compact()  # which takes them into the index
    assert paths(store.near("faces/7.jpg", index=True))[0] == ("faces", f"{N_FACES}.jpg")
    found = [paths(store.near(f"faces/{i}.jpg", index=True)) == paths(store.near(f"faces/{i}.jpg")) for i in range(50)]  # fmt: skip
    assert sum(found) >= 45
    add_images(store, "faces", FACES.draw(11, 10), first=N_FACES + 140)
    refused(store, r"its certificate of 1,500 vectors allows for 1,650, and there are 1,651. Run `facestore index certify model='x m imported'`; or search")  # fmt: skip
    assert noted(store) == [("indexes_are_certified", 2)]
    assert store.certify_index(**FEW).certificates[0].max_rows == 1_816
    assert len(store.near("faces/7.jpg", index=True)) == 10


def noted(store):
    return [(each.name, each.n_bad) for each in store.doctor() if each.status != "ok"]


def test_another_kind_of_vectors_voids_the_certificate(store):
    add_images(store, "drawings", Clusters(5).draw(20, 1))
    refused(store, "vectors came since of data set drawings, of which no image was asked")
    store.certify_index(**FEW)
    assert len(store.near("faces/7.jpg", index=True)) == 10
    asked = store.sql("select n_queries from vector_certificate_queries where dataset = 'drawings'")
    assert asked.fetchall() == [(10,)]  # as many chose parameters


def test_a_query_of_another_kind_is_refused(store, tmp_path):
    add_images(
        store, "faces", Clusters(5).draw(1, 1), first=N_FACES
    )  # under the name of a known one
    with pytest.raises(
        NoCertificateError, match=r"neighbour 10 has a cosine of .* of another kind"
    ):
        store.near(f"faces/{N_FACES}.jpg", index=True)


def test_what_has_no_certificate_is_refused_with_the_command_that_makes_one(store):
    store.execute("delete from vector_certificates; delete from vector_certificate_queries")
    refused(store, r"was not compared with exact answers for images. Run `facestore index certify model='x m imported'`")  # fmt: skip
    store.certify_index(max_growth=0.5, **FEW)
    with pytest.raises(NoCertificateError, match=r"is of the 10 nearest, and 11 are asked for. Run `facestore index certify model='x m imported' k=11`"):  # fmt: skip
        store.near("faces/7.jpg", k=11, index=True)
    with pytest.raises(ParametersError, match="the nearest of all data sets"):
        store.near("faces/7.jpg", dataset="few", index=True)
    store.build_index()
    refused(store, "was not compared with exact answers for images")
    store.drop_index()
    refused(store, r"it has no index. Run `facestore index build model='x m imported'`, then `facestore index certify")  # fmt: skip
    with pytest.raises(InputError, match=r"it has no index\. Build one"):
        store.certify_index(**FEW)


def test_an_index_that_another_program_dropped_or_made_is_not_asked(store):
    (encoder,) = store.catalog.encoders.all()
    table = store.vectors.images(encoder.vectors)
    (index,) = table.opened().list_indices()
    table.change(lambda lance: lance.drop_index(index.name))
    refused(store, "its index is gone, as the table was written anew or copied")
    assert ("indexes_are_certified", 1) in noted(store)


def test_what_is_taken_out_is_not_given_by_the_index(store, tmp_path):
    near = paths(store.near("faces/7.jpg", index=True))[0]
    store.forget(["/".join(near)])
    refused(store, "it has no index")
    assert store.sql("from vector_indexes").fetchall() == []
    assert near not in paths(store.near("faces/7.jpg"))
    indices = list((tmp_path / "store" / "vectors").rglob("_indices/*"))
    assert indices == []  # nothing of it is left in files
    store.build_index()
    store.certify_index(**FEW)
    assert near not in paths(store.near("faces/7.jpg", index=True))


def test_rows_that_another_program_deleted_void_the_certificate(store):
    (encoder,) = store.catalog.encoders.all()
    table = store.vectors.images(encoder.vectors)
    table.change(lambda lance: lance.delete("image_id = 'sample:faces/9.jpg'"))
    known = store.catalog.vector_indexes.of(encoder.encoder_id)
    certificate = store.catalog.vector_indexes.certificate(encoder.encoder_id, "images")
    problem = certificate_problem(store, encoder, known, certificate)
    assert (
        problem == "vectors are gone: there were 1,500 when it was certified, and there are 1,499"
    )


def test_names_of_data_sets_and_encoders_are_followed(store):
    store.rename_dataset("few", "some")
    names = "select distinct dataset from vector_certificate_queries where dataset is not null order by 1"  # fmt: skip
    assert store.sql(names).fetchall() == []  # vectors of names are filed anew
    store.build_index()
    store.certify_index(**FEW)
    store.execute("update samples set dataset = 'faces' where false")
    store.catalog.renaming.dataset("some", "others")
    assert store.sql(names).fetchall() == [("faces",), ("others",)]
    store.rename_encoder(MODEL, "RN50,openai")
    assert store.sql("from vector_certificates").fetchall() == []


def test_what_is_removed_leaves_nothing_of_its_name(store):
    store.catalog.removals.rows_of_dataset("few")
    names = "select distinct dataset from vector_certificate_queries order by 1 nulls last"
    assert store.sql(names).fetchall() == [("faces",), (None,)]
    store.remove_encoder(MODEL)
    for table in ("vector_indexes", "vector_certificates", "vector_certificate_queries"):
        assert store.sql(f"select count(*) from {table}").fetchone() == (0,)


@pytest.mark.parametrize("n", [1, 257])
def test_many_are_asked_at_once_as_one_by_one(store, n):
    (encoder,) = store.catalog.encoders.all()
    index = index_of(store, encoder)
    snapshot = index.snapshot()
    keys = dict(zip(snapshot.keys().rows.tolist(), snapshot.keys().keys.to_pylist(), strict=True))
    vectors = FACES.draw(n, 11)
    found = list(snapshot.nearest(vectors, 5, probes=16, refine=10))
    assert np.concatenate([each.queries for each in found]).tolist() == [i for i in range(n) for _ in range(5)]  # fmt: skip
    rows = np.concatenate([each.rows for each in found]).reshape(n, 5)
    cosines = np.concatenate([each.cosines for each in found]).reshape(n, 5)
    for i in {0, n - 1}:
        alone, its = index.nearest(vectors[i], 5, probes=16, refine=10)
        assert [keys[row] for row in rows[i].tolist()] == alone
        np.testing.assert_allclose(cosines[i], its, atol=1e-6)
        assert (np.diff(its) <= 0).all()


def test_data_sets_that_become_one_were_both_asked_or_are_not(store):
    rows = "select dataset, count(*) from vector_certificate_queries group by all order by all"
    with store.catalog.transaction() as con:
        merge_queries(con, "few", "faces")
    assert store.sql(rows).fetchall() == [("faces", 2), (None, 1)]
    with store.catalog.transaction() as con:
        merge_queries(con, "new", "faces")
    assert store.sql(rows).fetchall() == [(None, 1)]
    kinds = store.sql("select query_kind from vector_certificates").fetchall()
    assert kinds == [("texts",)]


def test_a_copy_of_a_store_searches_exactly(store, tmp_path):
    store.snapshot(tmp_path / "copy", vectors=True)
    with Store.open(tmp_path / "copy") as copy:
        refused(copy, "its index is gone")


def test_pairs_by_the_index_are_those_of_all_pairs_but_for_what_it_says(store):
    # a twin of each of fifty, and a crowd of one, each of which has more than ten that close
    of = [*range(50), *[50] * 12]
    twins = np.concatenate(
        [twin_of(vector_of(store, f"sample:faces/{i}.jpg"), n) for n, i in enumerate(of)]
    )
    add_images(store, "few", twins, first=N_FEW)
    exact = store.find_neighbours(0.98)
    pairs = store.sql("select key_a, key_b from neighbours").fetchall()
    summary = store.find_neighbours(0.98, index=True)
    found = set(store.sql("select key_a, key_b from neighbours").fetchall())
    assert len(pairs) == exact.n_pairs >= 50 + 13 * 12 / 2
    assert found <= set(pairs)
    assert len(found) == summary.n_pairs
    n_close = Counter(key for pair in pairs for key in pair)
    lost = [pair for pair in set(pairs) - found if min(n_close[key] for key in pair) <= 10]
    assert len(lost) <= 0.02 * len(pairs)
    assert "by the index: at least 0.99" in lines_of(summary)[1]
    n_full = sum(n >= 10 for n in n_close.values())
    assert summary.n_full == n_full == 13
    assert "13 images have 10 that close" in lines_of(summary)[2]
    assert [each.name for each in store.doctor() if each.status == "failed"] == []


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"kind": "hnsw"}, "hnsw"),
        ({"bits": 9}, "`bits=9`: expected a whole number from 1 to 8"),
        ({"sub_vectors": 8}, "is of `kind=ivf_pq`"),
        ({"kind": "ivf_pq", "bits": 1}, "is of `kind=ivf_rq`"),
        ({"kind": "ivf_pq", "sub_vectors": 7}, "a number that divides the 64 values"),
        ({"partitions": 0}, "`partitions=0`"),
        ({"partitions": 24}, "1,500 vectors are too few for IVF_RQ with 24 partitions: 1,536"),
    ],
)
def test_an_index_that_cannot_be_is_refused_and_the_old_one_stays(store, given, match):
    with pytest.raises(InputError, match=match):
        store.build_index(**given)
    assert len(store.near("faces/7.jpg", index=True)) == 10


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"n_queries": 49}, "of fewer than 50"),
        ({"n_queries": 1_301}, r"1,500 vectors of samples cannot give 1,501 queries"),
        ({"k": 0}, "`k=0`"),
        ({"k": 1_500}, "there are 1,500 vectors"),
        ({"probes": 0}, "`probes=0`"),
        ({"probes": 17}, r"`probes=17`: the index has 16 partitions"),
        ({"seed": -1}, "`seed=-1`"),
        ({"min_recall": 1.1}, "`min_recall=1.1`"),
        ({"max_growth": -0.1}, "`max_growth=-0.1`"),
        ({"probes": 1, "refine": 1}, r"finds 0\.\d+ of the 10 nearest with 1 probe and refine 1, surely 0\.\d+, and 0.99 is wanted; nothing was changed: give more `probes=` \(of 16\)"),
        ({"queries": "nowhere.npy"}, "There is no file 'nowhere.npy'"),
    ],
)  # fmt: skip
def test_what_cannot_be_certified_is_refused_and_the_certificate_stays(store, given, match):
    before = store.sql("from index_certificates order by all").fetchall()
    with pytest.raises(InputError, match=match):
        store.certify_index(**given)
    assert store.sql("from index_certificates order by all").fetchall() == before


class _Dropping(SilentProgress):
    """Drops the index while it is asked."""

    def __init__(self, store):
        self._store = store

    def task(self, title, total):
        if title.startswith("Comparing"):
            assert self._store.drop_index()
        return super().task(title, total)


def test_an_index_that_goes_while_it_is_asked_is_not_certified(store):
    store.progress = _Dropping(store)
    with pytest.raises(InputError, match="built anew or dropped while it was asked"):
        store.certify_index(**FEW)
    assert store.sql("from vector_certificates").fetchall() == []


@pytest.mark.parametrize("values", [np.full((2, WIDTH), "a"), np.full((2, WIDTH), 1j)])
def test_queries_that_are_no_numbers_are_refused(store, tmp_path, values):
    np.save(tmp_path / "bad.npy", values)
    with pytest.raises(InputError, match=r"has values of type .*: expected numbers"):
        store.certify_index(queries=tmp_path / "bad.npy")


def test_queries_of_a_user_count(store, tmp_path):
    np.save(tmp_path / "more.npy", 3 * FACES.draw(40, 8).astype(np.float64))
    store.certify_index(queries=tmp_path / "more.npy", **FEW)
    counts = Counter(dict(store.sql("select source, sum(n_queries) from vector_certificate_queries where query_kind = 'images' group by 1").fetchall()))  # fmt: skip
    assert counts == {"stored": 100, "given": 40}
    (tmp_path / "texts.txt").write_text("text 1\n\ntext 2\n")
    store.certify_index(queries=tmp_path / "texts.txt", **FEW)
    assert store.sql("select source, n_queries from vector_certificate_queries where query_kind = 'texts' order by all").fetchall() == [("given", 2), ("stored", 30)]  # fmt: skip
    for name, content, match in (
        ("wide.npy", np.ones((3, WIDTH + 1)), "expected a row of 64 values"),
        ("zero.npy", np.zeros((3, WIDTH)), "Row 0 of .* is no direction"),
        ("objects.npy", np.array([{}]), "no array that NumPy reads"),
    ):
        np.save(tmp_path / name, content, allow_pickle=True)
        with pytest.raises(InputError, match=match):
            store.certify_index(queries=tmp_path / name)
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="no text in UTF-8"):
        store.certify_index(queries=tmp_path / "bad.txt")
    (tmp_path / "empty.txt").write_text("\n")
    with pytest.raises(InputError, match="has no text in it"):
        store.certify_index(queries=tmp_path / "empty.txt")


@pytest.mark.parametrize("given", [{"kind": "ivf_pq", "sub_vectors": 16}, {"bits": 4}])
def test_other_indexes_are_certified_alike(store, given):
    summary = store.build_index(partitions=20, **given)
    assert (summary.n_vectors, summary.parameters["partitions"]) == (1_500, 20)
    assert summary.cpu_seconds > 0
    certificates = store.certify_index(**FEW).certificates
    assert certificates[0].recall_at_least >= 0.9
    assert len(store.near("faces/7.jpg", index=True)) == 10
    (encoder,) = store.catalog.encoders.all()
    table = store.vectors.images(encoder.vectors)
    assert len(table.opened().list_indices()) == 1


def test_the_same_seed_draws_the_same_queries(store):
    rows = "from vector_certificate_queries order by all"
    store.certify_index(seed=4, **FEW)
    first = store.sql(rows).fetchall()
    store.certify_index(seed=4, **FEW)
    assert store.sql(rows).fetchall() == first
    store.certify_index(seed=5, **FEW)
    assert store.sql(rows).fetchall() != first
