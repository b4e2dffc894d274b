-- wrong_predictions: sample_judgements that are wrong
-- grain: classifier, sample
-- units: as those of sample_judgements
-- reads: sample_judgements
-- note: as few columns as tell which and how wrong: worst_predictions has them in their order, with names and paths
select
    classifier_id,
    sample_id,
    label,
    predicted,
    score,
    margin
from sample_judgements
where not is_correct
