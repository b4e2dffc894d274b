-- chi_square_p(chi_square, n_free): probability of a chi-square statistic at least this large by chance
-- grain: scalar
-- units: p-value in [0, 1]; NULL where there is no degree of freedom
-- reads:
-- source: 1 minus the regularised lower incomplete gamma function P(n_free / 2, chi_square / 2) by its
-- series, DLMF 8.11.4 (https://dlmf.nist.gov/8.11#E4): all terms are positive; the error is below 1e-12
select case
    when n_free > 0 and chi_square between 0 and 1e-300 then 1.0e0
    when n_free > 0 and chi_square > 0
        then greatest(
            0,
            1 - list_sum(
                list_transform(
                    range(0, (chi_square / 2 + 10 * sqrt(chi_square) + 60)::bigint),
                    lambda i: exp(
                        (n_free / 2 + i) * ln(chi_square / 2)
                        - chi_square / 2
                        - lgamma(n_free / 2 + i + 1)
                    )
                )
            )
        )
end
