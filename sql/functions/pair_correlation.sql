-- pair_correlation(n_both, n_only_a, n_only_b, n_neither): how two judgements of the same samples go together
-- grain: scalar
-- units: in [-1, 1]; 0 where one of the two is always or never right
-- reads:
-- source: Newcombe 1998, 10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C, method 10: a
-- positive determinant loses half the sample, down to zero
select coalesce(
    if(
        n_both * n_neither > n_only_a * n_only_b,
        greatest(
            n_both * n_neither - n_only_a * n_only_b
            - (n_both + n_only_a + n_only_b + n_neither) / 2,
            0
        ),
        n_both * n_neither - n_only_a * n_only_b
    )
    / nullif(
        sqrt(n_both + n_only_a) * sqrt(n_only_b + n_neither)
        * sqrt(n_both + n_only_b) * sqrt(n_only_a + n_neither),
        0
    ),
    0
)
