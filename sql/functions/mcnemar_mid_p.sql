-- mcnemar_mid_p(n_one, n_other): two-sided mid-p value of McNemar's test, less conservative
-- grain: scalar
-- units: p-value in [0, 1]; 1 where both sides are equal
-- reads: mcnemar_exact, half_binomial
-- source: Fagerland, Lydersen and Laake 2013, 10.1186/1471-2288-13-91: the exact p-value less the
-- probability of just the numbers seen
select if(
    n_one = n_other,
    1,
    mcnemar_exact(n_one, n_other) - half_binomial(n_one, n_other)
)
