-- predictions_are_numbers: scores and margins are numbers, predicted values are finite
-- audits: predictions
-- reads: predictions
-- todo: delete these rows with `facestore sql --write` and import them with numbers, or empty fields
select
    classifier_id,
    sample_id,
    predicted,
    score,
    margin,
    value
from predictions
where
    isnan(score)
    or isnan(margin)
    or not isfinite(value)
