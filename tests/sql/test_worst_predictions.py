from __future__ import annotations

from support.rows import classifier, fill, labels, samples


def test_the_most_confident_mistakes_come_first(con):
    margins = [0.1, 0.4, None, 0.4, 0.9]
    scores = [0.9, 0.2, 0.8, 0.3, 0.9]
    fill(
        con,
        samples=samples(5),
        labels=labels("gender", ["Male"] * 5),
        classifiers=[classifier()],
        predictions=[
            {
                "classifier_id": 1,
                "sample_id": i,
                "predicted": "Male" if i == 5 else "Female",
                "score": score,
                "margin": margin,
            }
            for i, (margin, score) in enumerate(zip(margins, scores, strict=True), 1)
        ],
    )
    rows = con.sql("select rank, path from worst_predictions order by rank").fetchall()
    assert rows == [(1, "4.jpg"), (2, "2.jpg"), (3, "1.jpg"), (4, "3.jpg")]


def test_every_classifier_and_split_is_ranked_alone(con):
    fill(
        con,
        samples=[*samples(1), *samples(1, split="train", first=2)],
        labels=labels("gender", ["Male", "Male"]),
        classifiers=[classifier(1, "a"), classifier(2, "b")],
        predictions=[
            {"classifier_id": c, "sample_id": s, "predicted": "Female"}
            for c in (1, 2)
            for s in (1, 2)
        ],
    )
    rows = con.sql("select classifier, split, rank from worst_predictions order by all").fetchall()
    assert rows == [("a", "train", 1), ("a", "val", 1), ("b", "train", 1), ("b", "val", 1)]
