-- chi_square_tail(x, df): probability of a chi-square statistic above x, for a whole number of degrees of freedom
-- grain: scalar
-- units: p-value in [0, 1]; NULL where there is no degree of freedom; its relative error is below 1e-12
-- reads:
-- source: the finite sums of Abramowitz and Stegun 26.4.4 and 26.4.5 (DLMF 8.4.8 to 8.4.15): of an even df all of
-- it; of an odd one with erfc(sqrt(x / 2)), by its series (DLMF 7.6.2) up to x = 6 and by its continued fraction (DLMF 7.9.2)
-- note: not 1 minus a sum, so it keeps its digits where the probability is small
select case -- noqa: PRS
    when df > 0 and x <= 0 then 1.0e0
    when df > 0 and x > 0
        then least(
            1,
            case
                when df % 2 = 0 then 0
                when x <= 6
                    then 1 - exp(-x / 2) * list_sum(
                        list_transform(
                            range(80),
                            lambda term: exp((term + 0.5e0) * ln(x / 2) - lgamma(term + 1.5e0))
                        )
                    )
                else
                    exp(-x / 2) * sqrt(x / 2) / sqrt(pi())
                    / list_reduce(
                        list_transform(range(120, 0, -1), lambda step: step::double),
                        lambda below, step: if(step % 2 = 1, x / 2, 1) + step / 2 / below,
                        1.0e0
                    )
            end
            + coalesce(
                list_sum(
                    list_transform(
                        range(((df - df % 2) / 2)::bigint),
                        lambda term: exp(
                            (term + if(df % 2 = 0, 0, 0.5e0)) * ln(x / 2)
                            - x / 2
                            - lgamma(term + if(df % 2 = 0, 1, 1.5e0))
                        )
                    )
                ),
                0
            )
        )
end
