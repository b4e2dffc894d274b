-- difference_high(n_right_a, n_a, n_right_b, n_b, correlation): upper limit of the 95 % interval of a difference of shares, a - b
-- grain: scalar
-- units: fraction in [-1, 1]; NULL where one of the two has no samples
-- reads: wilson_low, wilson_high
-- source: Newcombe 1998, method 10 for samples of the same people (correlation from pair_correlation) and of others
-- (0): 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I
select
    n_right_a / n_a - n_right_b / n_b + sqrt(
        greatest(
            (wilson_high(n_right_a, n_a) - n_right_a / n_a) ** 2
            + (n_right_b / n_b - wilson_low(n_right_b, n_b)) ** 2
            - 2 * correlation
            * (wilson_high(n_right_a, n_a) - n_right_a / n_a)
            * (n_right_b / n_b - wilson_low(n_right_b, n_b)),
            0
        )
    )
