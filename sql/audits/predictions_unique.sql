-- predictions_unique: a classifier has one prediction of a sample
-- audits: predictions
-- reads: predictions
-- todo: `facestore doctor --repair` drops exact repeats; of two different predictions you have to delete the wrong one
select
    classifier_id,
    sample_id,
    count(*) as n_rows,
    min(predicted) as predicted_first,
    max(predicted) as predicted_last
from predictions
group by classifier_id, sample_id
having count(*) > 1
