-- accuracy_disparity_in_range: disparities have their n and lie in [0, 1]; the mean lies between the extremes
-- audits: accuracy_disparity
-- reads: accuracy_disparity
-- todo: the view is wrong
select
    classifier,
    dataset,
    split,
    group_attribute,
    n_groups,
    n_samples,
    accuracy_min,
    accuracy_max,
    accuracy_mean,
    accuracy_difference,
    accuracy_ratio,
    mean_minus_min
from accuracy_disparity
where
    n_groups is null
    or (n_groups > 0 and coalesce(n_samples, 0) < 1)
    or (n_groups = 0 and accuracy_difference is not null)
    or not (accuracy_min between 0 and 1)
    or not (accuracy_max between accuracy_min and 1)
    or not (accuracy_mean between accuracy_min - 1e-9 and accuracy_max + 1e-9)
    or not (abs(accuracy_max - accuracy_min - accuracy_difference) < 1e-9)
    or not (accuracy_ratio between 0 and 1)
    or not (mean_minus_min between -1e-9 and accuracy_difference + 1e-9)
