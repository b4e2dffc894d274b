-- judged_predictions_hold: a judged prediction has a label and a class, and is right where the two are one
-- audits: judged_predictions
-- reads: judged_predictions
-- todo: the view is wrong
select
    classifier,
    sample_id,
    label,
    predicted,
    is_correct
from judged_predictions
where
    label is null
    or predicted is null
    or is_correct is distinct from (label = predicted)
