-- half_binomial(n_one, n_other): the probability of so many heads and tails of a fair coin
-- grain: scalar
-- units: probability in [0, 1], of Binomial(n_one + n_other, 1/2)
-- reads:
select exp(
    lgamma(n_one + n_other + 1) - lgamma(n_one + 1) - lgamma(n_other + 1)
    - (n_one + n_other) * ln(2)
)
