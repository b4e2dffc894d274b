-- predictions_are_numbers: scores, margins and predicted values are numbers between -1e9 and 1e9
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
    -- NaN lies above all numbers
    not score between -1e9 and 1e9
    or not margin between -1e9 and 1e9
    or not value between -1e9 and 1e9
