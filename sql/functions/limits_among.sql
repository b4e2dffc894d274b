-- limits_among(n_right, n_all, n_compared): interval of a share that holds together with those of many others
-- grain: scalar
-- units: low and high are fractions in [0, 1]; NULL without observations; n_compared counts the intervals
-- reads: wilson_at, exact_high, z_of_pairs
-- source: Bonferroni's correction of the wider of two limits: Wilson 1927, 10.1080/01621459.1927.10502953; Clopper and
-- Pearson 1934, 10.1093/biomet/26.4.404
-- note: Wilson's goes by the normal distribution, which is not that of few errors so far from the middle: among 2,900, of
-- 118 samples with a true share of 0.95, it fails ten times as often as it promises
select
    {
        'low': least(
            wilson_at(n_right, n_all, z_of_pairs(n_compared)).low,
            1 - exact_high(n_all - n_right, n_all, z_of_pairs(n_compared), 1 / (40.0e0 * n_compared))
        ),
        'high': greatest(
            wilson_at(n_right, n_all, z_of_pairs(n_compared)).high,
            exact_high(n_right, n_all, z_of_pairs(n_compared), 1 / (40.0e0 * n_compared))
        )
    }
