-- binomial_mean_deviation(n_all, share): how far a number of successes is from the expected one on average
-- grain: scalar
-- units: as the number: the mean of |X - n p| for X of Binomial(n, p); NULL where either is
-- reads:
-- source: De Moivre 1730: 2 v C(n, v) p^v (1 - p)^(n - v + 1) with v = floor(n p) + 1; Diaconis and Zabell 1991,
-- 10.1214/ss/1177011699
select case
    when share between 0 and 1 and n_all >= 0 and share * n_all * (1 - share) = 0 then 0
    when share between 0 and 1 and n_all > 0
        then 2 * (floor(n_all * share) + 1) * exp(
            lgamma(n_all + 1) - lgamma(floor(n_all * share) + 2) - lgamma(n_all - floor(n_all * share))
            + (floor(n_all * share) + 1) * ln(share)
            + (n_all - floor(n_all * share)) * ln(1 - share)
        )
end
