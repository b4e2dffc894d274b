-- classifier_comparison_holds: the four cells add up, p-values are in [0, 1] and differences, in [-1, 1], within their intervals
-- audits: classifier_comparison
-- reads: classifier_comparison
-- todo: the view is wrong
select
    attribute,
    dataset,
    split,
    classifier_a,
    classifier_b,
    n_samples,
    n_both_right,
    n_only_a,
    n_only_b,
    n_both_wrong,
    difference,
    ci_low,
    ci_high,
    p_value,
    p_value_mid,
    p_value_holm
from classifier_comparison
where
    n_samples is null
    or n_samples < 1
    or n_samples is distinct from n_both_right + n_only_a + n_only_b + n_both_wrong
    or least(n_both_right, n_only_a, n_only_b, n_both_wrong) < 0
    or least(accuracy_a, accuracy_b, p_value, p_value_mid, p_value_holm) < 0
    or greatest(accuracy_a, accuracy_b, p_value, p_value_mid, p_value_holm) > 1
    or not (abs(accuracy_a - accuracy_b - difference) < 1e-9)
    or not (ci_low between -1 - 1e-9 and difference + 1e-9)
    or not (ci_high between difference - 1e-9 and 1 + 1e-9)
    or p_value_holm < p_value - 1e-9
