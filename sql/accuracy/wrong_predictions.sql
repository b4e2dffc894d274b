-- wrong_predictions: sample_judgements that are wrong
-- grain: classifier, sample
-- units: as those of sample_judgements
-- reads: sample_judgements
-- note: worst_predictions has them in their order, with paths
select
    classifier_id,
    sample_id,
    dataset,
    split,
    attribute,
    label,
    predicted,
    score,
    margin
from sample_judgements
where not is_correct
