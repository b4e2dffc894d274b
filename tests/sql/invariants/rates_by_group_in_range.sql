-- rates_by_group_in_range: rates have their n, lie in [0, 1] and in their intervals
-- audits: rates_by_group
-- reads: rates_by_group
-- todo: the view is wrong
select
    classifier,
    dataset,
    split,
    group_attribute,
    group_name,
    class,
    n_samples,
    n_labelled,
    n_predicted,
    selection_rate,
    true_positive_rate,
    false_positive_rate,
    precision,
    f1,
    ci_low_selection_rate,
    ci_high_selection_rate,
    ci_low_true_positive_rate,
    ci_high_true_positive_rate,
    ci_low_false_positive_rate,
    ci_high_false_positive_rate
from rates_by_group
where
    n_samples is null
    or n_samples < 1
    or n_labelled is null
    or n_predicted is null
    or greatest(n_labelled, n_predicted) > n_samples
    or least(selection_rate, true_positive_rate, false_positive_rate, precision, f1) < 0
    or greatest(selection_rate, true_positive_rate, false_positive_rate, precision, f1) > 1
    or ci_low_selection_rate > selection_rate + 1e-9
    or ci_high_selection_rate < selection_rate - 1e-9
    or ci_low_true_positive_rate > true_positive_rate + 1e-9
    or ci_high_true_positive_rate < true_positive_rate - 1e-9
    or ci_low_false_positive_rate > false_positive_rate + 1e-9
    or ci_high_false_positive_rate < false_positive_rate - 1e-9
