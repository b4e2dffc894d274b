-- trained_scores_are_shares: a trained head gives shares: its score is in (0, 1], its margin in [0, score]
-- audits: predictions, classifiers
-- reads: predictions, classifiers
-- todo: delete these rows with `facestore sql --write` and run `facestore predict --classifier FILE` again
-- note: a head for a number, such as age in years, has no score
select
    classifiers.name as classifier,
    predictions.sample_id,
    predictions.predicted,
    predictions.score,
    predictions.margin
from predictions
inner join classifiers on predictions.classifier_id = classifiers.classifier_id
where
    classifiers.kind in ('linear_probe', 'finetuned')
    and (
        predictions.score <= 0
        or predictions.score > 1 + 1e-6
        or predictions.margin < 0
        or predictions.margin > predictions.score
    )
