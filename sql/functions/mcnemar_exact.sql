-- mcnemar_exact(n_one, n_other): two-sided exact p-value of McNemar's test
-- grain: scalar
-- units: p-value in [0, 1]; 1 where the two never disagree
-- reads:
-- source: McNemar 1947, 10.1007/BF02295996; twice the lower tail of Binomial(n_one + n_other, 1/2)
select least(
    1,
    2 * list_sum(
        list_transform(
            range(0, least(n_one, n_other)::bigint + 1),
            lambda i: exp(
                lgamma(n_one + n_other + 1) - lgamma(i + 1) - lgamma(n_one + n_other - i + 1)
                - (n_one + n_other) * ln(2)
            )
        )
    )
)
