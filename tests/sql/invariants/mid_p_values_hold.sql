-- mid_p_values_hold: the mid-p value of a pair is what the macro says of its counts
-- audits: classifier_comparison, mcnemar_mid_p
-- reads: classifier_comparison, mcnemar_mid_p
-- todo: the view is wrong
with compared as (
    select
        *,
        n_only_a * (n_effective / n_samples) as a,
        n_only_b * (n_effective / n_samples) as b
    from classifier_comparison
)

select
    classifier_a,
    classifier_b,
    p_value_mid
from compared
where
    p_value_mid is distinct from mcnemar_mid_p(
        if(a < b, ceil(a - 1e-6), floor(a + 1e-6))::bigint,
        if(b < a, ceil(b - 1e-6), floor(b + 1e-6))::bigint
    )
