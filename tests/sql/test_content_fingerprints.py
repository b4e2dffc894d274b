"""The fingerprint of what is in a store: of contents, whatever their order and their ids."""

from __future__ import annotations

import hashlib
import random

import duckdb
import pytest
from support.rows import (
    classifier,
    encoder,
    fill,
    labels,
    load,
    predictions,
    prompt_set,
    similarities,
)

N = 30
FACES = [
    {"dataset": d, "path": f"{i}.jpg", "split": "val" if i % 3 else None, "image_id": f"{i:064x}"}
    for d in ("faces", "other")
    for i in range(N // 2)
]


def filled(con, seed=None):
    """Fill a catalogue; a seed shuffles the rows and gives everything other ids."""
    chance = random.Random(seed)
    ids = list(range(1, N + 1))
    tables = {
        "labels": labels("gender", ["Male", "Female", None] * (N // 3)),
        "predictions": [
            row | {"score": row["sample_id"] / 7, "margin": None, "value": None}
            for row in predictions(["Male", "Female"] * (N // 2))
        ],
        "similarities": similarities({p: [(p * s % 11) / 11 for s in ids] for p in (1, 2)}),
    }
    made = prompt_set("pair", "gender", [(1, "Male"), (2, "Female")])
    move = {"sample_id": 0, "prompt_id": 0, "encoder_id": 0, "classifier_id": 0}
    if seed is not None:
        chance.shuffle(ids)
        move = {"sample_id": 1000, "prompt_id": 70, "encoder_id": 5, "classifier_id": 9}
    place = dict(zip(range(1, N + 1), ids, strict=True))

    def shuffled(rows):
        moved = [{k: v + move.get(k, 0) if k in move and v else v for k, v in row.items()}
                 for row in ({**row, "sample_id": place[row["sample_id"]]} if "sample_id" in row
                             else row for row in rows)]  # fmt: skip
        chance.shuffle(moved) if seed is not None else None
        return moved

    faces = [{"sample_id": i, **row} for i, row in enumerate(FACES, 1)]
    names = [{"dataset": name, "added_at": f"2026-01-0{chance.randint(1, 9)}"} for name in ("faces", "other")]  # fmt: skip
    fill(con, datasets=names, encoders=shuffled([encoder()]))
    fill(con, **{name: shuffled(rows) for name, rows in made.items()})
    fill(con, classifiers=shuffled([classifier(encoder_id=1, prompt_set="pair")]))
    load(con, samples=shuffled(faces), **{name: shuffled(rows) for name, rows in tables.items()})


def digests(con):
    rows = con.execute("select kind, name, digest from content_fingerprints").fetchall()
    return {(kind, name): digest for kind, name, digest in rows}


def changed(con, statement):
    """Give what a statement changes besides the row of everything."""
    before = digests(con)
    con.execute(statement)
    after = digests(con)
    found = {key for key in before | after if before.get(key) != after.get(key)}
    assert (("store", "everything") in found) == bool(found)
    return found - {("store", "everything")}


def test_order_and_ids_of_rows_do_not_matter(con, new_catalogue):
    filled(con)
    known = digests(con)
    with duckdb.connect() as other:
        other.execute(f"attach '{new_catalogue}' as new (read_only)")
        other.execute("copy from database new to memory")
        filled(other, seed=4)
        assert other.execute("select min(sample_id) from samples").fetchone() == (1001,)
        assert digests(other) == known
        # the same in any number of threads
        other.execute("set threads = 1")
        assert digests(other) == known
    assert ("data set", "faces") in known
    assert len(set(known.values())) == len(known) == 12


@pytest.mark.parametrize(
    ("statement", "kind", "name"),
    [
        ("update labels set label = 'Male' where sample_id = 2", "labels", "faces"),
        ("update labels set value = 1 where sample_id = 2", "labels", "faces"),
        ("delete from labels where sample_id = 29", "labels", "other"),
        ("update samples set split = 'test' where sample_id = 1", "data set", "faces"),
        ("update samples set image_id = 'x' where sample_id = 30", "data set", "other"),
        ("update samples set tags = ['a'] where sample_id = 3", "data set", "faces"),
        ("update predictions set predicted = 'Female' where sample_id = 1", "classifier", "c"),
        ("update predictions set score = score + 1e-9 where sample_id = 1", "classifier", "c"),
        ("update predictions set value = score, score = null where sample_id = 1", "classifier", "c"),
        ("update classifiers set k = 3", "classifier", "c"),
        ("update similarities set cosine = cosine + 1e-6 where sample_id = 4", "encoder", "tiny"),
        ("update encoders set weights_sha256 = 'ab'", "encoder", "tiny"),
        ("update prompt_classes set class = 'Male'", "prompt set", "pair"),
        ("update prompt_set_members set key = 'k' where prompt_id = 1", "prompt set", "pair"),
        ("update settings set value = '7' where setting = 'min_samples'", "setting", "min_samples"),
        ("insert into excluded_samples values (1, 'twice', 'keep-one', 5, 2)", "left out as duplicates", "faces"),
    ],
)  # fmt: skip
def test_one_change_changes_the_fingerprint_of_its_part_alone(con, statement, kind, name):
    filled(con)
    assert changed(con, statement) == {(kind, name)}


def annotated(con, *more):
    rows = [
        (1, "ann", "Male", 1),
        (1, "bob", "Female", 1),
        (2, "ann", "Male", 1),
        (30, None, "Male", 3),
        *more,
    ]
    keys = ("sample_id", "annotator", "label", "n")
    fill(
        con,
        annotations=[{"attribute": "gender"} | dict(zip(keys, row, strict=True)) for row in rows],
    )


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("update annotations set label = 'Female' where sample_id = 2", "faces"),
        ("update annotations set annotator = 'cy' where sample_id = 2", "faces"),
        ("update annotations set attribute = 'mood' where sample_id = 2", "faces"),
        ("update annotations set sample_id = 3 where sample_id = 2", "faces"),
        ("update annotations set n = 2 where sample_id = 30", "other"),
        ("delete from annotations where sample_id = 30", "other"),
    ],
)  # fmt: skip
def test_annotations_are_in_it_and_their_order_is_not(con, statement, name):
    filled(con)
    before = digests(con)
    annotated(con)
    assert digests(con).keys() - before.keys() == {
        ("annotations", "faces"),
        ("annotations", "other"),
    }
    con.execute("create temp table kept as from annotations order by n desc, label; delete from annotations; insert into annotations from kept")  # fmt: skip
    assert changed(con, statement) == {("annotations", name)}


def test_two_values_that_change_places_are_a_change(con):
    filled(con)
    swap = "update similarities set cosine = case sample_id when 1 then b else a end from (select max(cosine) filter (where sample_id = 1) as a, max(cosine) filter (where sample_id = 3) as b from similarities where prompt_id = 1) where prompt_id = 1 and sample_id in (1, 3)"
    assert changed(con, swap) == {("encoder", "tiny")}
    swap = (
        "update labels set label = if(label = 'Male', 'Female', 'Male') where sample_id in (1, 2)"
    )
    assert changed(con, swap) == {("labels", "faces")}


def test_what_no_figure_follows_from_is_not_in_it(con):
    filled(con)
    run = "insert into runs values (1, 'ingest', null, null, null, '2026-01-01', '2026-01-01', 'done')"
    assert changed(con, run) == set()
    assert changed(con, "update datasets set source = '/home/me', added_at = '2027-01-01'") == set()
    assert changed(con, 'update classifiers set details = \'{"file": "a"}\'') == set()


def test_a_broken_cosine_does_not_stop_it(con):
    filled(con)
    assert changed(con, "update similarities set cosine = 'nan' where sample_id = 1") == {("encoder", "tiny")}  # fmt: skip


def test_keys_of_samples_follow_from_their_paths_alone(con):
    filled(con, seed=3)
    shown = con.execute("select sample_id, sample_key, weight from sample_keys").fetchall()
    assert len(shown) == N
    paths = dict(con.execute("select sample_id, (dataset, path) from samples").fetchall())
    for sample_id, key, weight in shown:
        digest = hashlib.md5("\x1f".join(paths[sample_id]).encode()).digest()
        assert key == int.from_bytes(digest[8:], "little")
        assert weight == key >> 8
