-- predictions_are_numbers: scores and margins are numbers, predicted values lie between -1e9 and 1e9
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
    -- views count ages in whole years
    or not value between -1e9 and 1e9
