-- normal_tail(depth): quantile of the normal distribution far above its middle
-- grain: scalar
-- units: standard deviations; depth is sqrt(-2 ln p) of the share p above it, for p of 0.02425 and less
-- reads:
-- source: the rational function for tails of Acklam 2003, whose relative error is below 1.2e-9
select
    (
        (
            (
                ((7.784894002430293e-3 * depth + 3.223964580411365e-1) * depth + 2.400758277161838e0)
                * depth + 2.549732539343734e0
            ) * depth - 4.374664141464968e0
        ) * depth - 2.938163982698783e0
    )
    / (
        (
            (
                (7.784695709041462e-3 * depth + 3.224671290700398e-1) * depth
                + 2.445134137142996e0
            ) * depth + 3.754408661907416e0
        ) * depth + 1
    )
