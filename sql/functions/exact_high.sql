-- exact_high(n_right, n_all, z, tail): upper limit of a share by the binomial distribution itself
-- grain: scalar
-- units: fraction in [0, 1]; NULL without observations; z in standard deviations, tail the share above it: 0.025 for 1.96
-- reads: pratt_high
-- source: Clopper and Pearson 1934, 10.1093/biomet/26.4.404
-- note: the lower limit is 1 - exact_high(n_all - n_right, n_all, z, tail). With so few right that the approximation has
-- no value, the limit is the wider one of the fewest that have one
select case
    when n_all is null or n_all <= 0 or n_right is null then null
    when n_right <= 0 then 1 - tail ** (1.0e0 / n_all)
    when n_right >= n_all or n_all <= (2 + z ** 2) / 9 then 1
    else least(
        1,
        pratt_high(
            greatest(n_right + 1, (2 + z ** 2) / 9 + 0.5e0),
            n_all + 1 - greatest(n_right + 1, (2 + z ** 2) / 9 + 0.5e0),
            z
        )
    )
end
