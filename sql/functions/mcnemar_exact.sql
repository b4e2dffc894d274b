-- mcnemar_exact(n_one, n_other): two-sided exact p-value of McNemar's test
-- grain: scalar
-- units: p-value in [0, 1]; 1 where the two never disagree
-- reads: half_binomial
-- source: McNemar 1947, 10.1007/BF02295996; twice the lower tail of Binomial(n_one + n_other, 1/2)
-- note: terms which are 40 standard deviations below the largest are left out: they are less than its rounding
select least(
    1,
    2 * list_sum(
        list_transform(
            range(
                greatest(
                    0, least(n_one, n_other) - 20 * ceil(sqrt(n_one + n_other)) - 100
                )::bigint,
                least(n_one, n_other)::bigint + 1
            ),
            lambda i: half_binomial(i, n_one + n_other - i)
        )
    )
)
