-- normal_range(n): mean distance between the largest and the smallest of n numbers from a normal distribution
-- grain: scalar
-- units: standard deviations; 1.128 for two; NULL for fewer
-- reads: chi_square_tail
-- source: Tippett 1925, 10.1093/biomet/17.3-4.364: the integral of 1 - F ** n - (1 - F) ** n, by the trapezoidal rule,
-- whose error is below 1e-9 for n up to 1e6: the integrand is even and smooth
select case
    when n >= 2
        then 0.1e0 * (
            1 - 2 * 0.5e0 ** n
            + 2 * list_sum(
                list_transform(
                    range(1, 101),
                    lambda tenth: 1 - (1 - chi_square_tail((tenth / 10.0e0) ** 2, 1) / 2) ** n
                    - (chi_square_tail((tenth / 10.0e0) ** 2, 1) / 2) ** n
                )
            )
        )
end
