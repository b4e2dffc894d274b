-- normal_quantile(share): quantile of the normal distribution
-- grain: scalar
-- units: standard deviations; share is the part below it, above 0 and below 1; NULL for any other
-- reads: normal_tail
-- source: the rational functions of Acklam 2003, whose relative error is below 1.2e-9: one for the middle, normal_tail
-- for the 2.425 % at each end
select case
    when share >= 0.02425 and share <= 0.97575
        then
            (share - 0.5)
            * (
                (
                    (
                        (
                            (
                                -3.969683028665376e1 * (share - 0.5) ** 2 + 2.209460984245205e2
                            ) * (share - 0.5) ** 2 - 2.759285104469687e2
                        ) * (share - 0.5) ** 2 + 1.383577518672690e2
                    ) * (share - 0.5) ** 2 - 3.066479806614716e1
                ) * (share - 0.5) ** 2 + 2.506628277459239e0
            )
            / (
                (
                    (
                        (
                            (
                                -5.447609879822406e1 * (share - 0.5) ** 2 + 1.615858368580409e2
                            ) * (share - 0.5) ** 2 - 1.556989798598866e2
                        ) * (share - 0.5) ** 2 + 6.680131188771972e1
                    ) * (share - 0.5) ** 2 - 1.328068155288572e1
                ) * (share - 0.5) ** 2 + 1
            )
    when share > 0 and share < 0.02425 then -normal_tail(sqrt(-2 * ln(share)))
    when share > 0.97575 and share < 1 then normal_tail(sqrt(-2 * ln(1 - share)))
end
