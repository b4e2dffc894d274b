-- prediction_counts: predictions by cell: how many samples with these labels are predicted as each class
-- grain: classifier, cell, label, predicted
-- units: n_samples and n_ties count predictions; n_ties are those of no class because several have the highest score
-- reads: kept_prediction_counts, current_prediction_counts
-- note: label is that of the attribute of the classifier, NULL where a sample has none; predicted is as the classifier
-- says it, NULL for no class. All views of accuracy follow from these counts, which are kept when predictions are
-- written; what is not kept is counted here
select
    classifier_id,
    dataset,
    split,
    is_excluded,
    cell,
    label,
    predicted,
    n_samples,
    n_ties
from kept_prediction_counts
union all
select
    classifier_id,
    dataset,
    split,
    is_excluded,
    cell,
    label,
    predicted,
    n_samples,
    n_ties
from current_prediction_counts(false)
