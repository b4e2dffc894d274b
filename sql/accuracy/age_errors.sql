-- age_errors: errors of predicted ages in years, with the tolerance of 8 years
-- grain: classifier, dataset, split, group_attribute, group_name
-- units: mae (mean absolute error) and bias (predicted - true) in years; within_8_years is a fraction
-- in [0, 1] of n_samples, with its 95 % Wilson interval; ci_low_mae and ci_high_mae: 95 % interval of mae;
-- both are of n_effective samples: a person, or a picture and its copies, counts as one (see cluster_sizes)
-- reads: age_errors_within
select
    classifier,
    dataset,
    split,
    seen,
    group_attribute,
    group_name,
    n_samples,
    mae,
    bias,
    within_tolerance as within_8_years,
    ci_low,
    ci_high,
    ci_low_mae,
    ci_high_mae,
    n_effective
from age_errors_within(8)
