"""What is in a store, in words that agree with their numbers."""

from __future__ import annotations

from support.rows import encoder, fill, labels, read, samples, similarities


def test_one_of_each_is_told_as_one(con):
    fill(con, images=[{"image_id": "a" * 64, "phash": 1}])
    known, broken = samples(2)
    fill(con, samples=[known | {"image_id": "a" * 64, "person_id": "p"}])
    fill(con, samples=[broken | {"error": "cut off"}], labels=labels("gender", ["Male"]))
    details = read(con, "store_contents", "name, n, details", "kind = 'dataset'")
    assert details == [
        ("faces", 2, "1 image, 1 sample labelled, 1 unreadable file, 1 sample of 1 person")
    ]


def test_an_encoder_without_vectors_is_said_to_have_none(con):
    fill(con, samples=samples(1), encoders=[encoder(1), encoder(2, "other") | {"dim": 512}])
    fill(con, prompts=[{"prompt_id": 1, "text": "p"}], similarities=similarities({1: [0.5]}))
    assert read(con, "store_contents", "name, n, details", "kind = 'encoder'") == [
        ("other", 0, "similarities; vectors of 512 values"),
        ("tiny", 1, "similarities; no vectors"),
    ]
