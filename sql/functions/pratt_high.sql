-- pratt_high(successes, failures, z): approximate quantile of the beta distribution of `successes` and `failures`
-- grain: scalar
-- units: fraction in [0, 1]; z in standard deviations: 1.96 for the quantile of 97.5 %
-- reads:
-- source: Pratt 1968, 10.1080/01621459.1968.10480939, as in Blyth 1986, 10.1080/01621459.1986.10478343
-- note: 9 times successes has to be larger than 2 + z^2
select
    1 / (
        1
        + (successes / failures) ** 2
        * (
            (
                81.0e0 * successes * failures - 9 * (successes + failures - 1) - 8
                - 3 * z * sqrt(
                    greatest(
                        0,
                        9.0e0 * successes * failures * (9 * (successes + failures - 1) + 5 - z ** 2)
                        + successes + failures
                    )
                )
            )
            / (81.0e0 * successes ** 2 - 9 * successes * (2 + z ** 2) + 1)
        ) ** 3
    )
