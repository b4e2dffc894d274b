-- mid_p_values_hold: the mid-p value of a pair is what the macro says of its counts
-- audits: classifier_comparison, mcnemar_mid_p
-- reads: classifier_comparison, mcnemar_mid_p
-- todo: the view is wrong
select
    classifier_a,
    classifier_b,
    p_value_mid
from classifier_comparison
where
    p_value_mid is distinct from mcnemar_mid_p(
        round(n_only_a * (n_effective / n_samples))::bigint,
        round(n_only_b * (n_effective / n_samples))::bigint
    )
