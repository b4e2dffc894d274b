-- sample_judgements: judged_predictions in numbers: which classifier is right on which sample
-- grain: classifier, sample
-- units: split_number as in numbered_splits; score and margin as the classifier gives them; label and predicted in the
-- taxonomy of the labels
-- reads: judgements_by_cell, judgements_by_label
-- note: the same samples and classes as judged_predictions, which has names and paths beside them
select
    classifier_id,
    sample_id,
    dataset,
    split,
    split_number,
    attribute,
    label,
    predicted,
    is_correct,
    score,
    margin
from judgements_by_cell
union all
select
    classifier_id,
    sample_id,
    dataset,
    split,
    split_number,
    attribute,
    label,
    predicted,
    is_correct,
    score,
    margin
from judgements_by_label
