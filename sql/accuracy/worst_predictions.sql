-- worst_predictions: wrong predictions, the most confident first
-- grain: classifier, dataset, split, rank
-- units: rank from 1; score and margin as the classifier gives them
-- reads: judged_predictions
-- note: confidence is the margin where the classifier has one, else the score; without either the
-- order is that of the paths
select
    classifier_id,
    classifier,
    attribute,
    taxonomy,
    sample_id,
    dataset,
    split,
    path,
    label,
    predicted,
    score,
    margin,
    row_number() over (
        partition by classifier, dataset, split
        order by margin desc nulls last, score desc nulls last, path asc
    ) as rank
from judged_predictions
where not is_correct
