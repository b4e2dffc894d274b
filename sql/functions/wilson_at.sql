-- wilson_at(n_right, n_all, z): Wilson score interval of a share at any normal quantile
-- grain: scalar
-- units: low and high are fractions in [0, 1]; NULL without observations; z in standard deviations: 1.96 for 95 %
-- reads:
-- source: Wilson 1927, 10.1080/01621459.1927.10502953; wilson_low and wilson_high are this at 1.96
select case
    when n_all > 0 and n_right is not null
        then {
            'low': greatest(
                0,
                (n_right + z ** 2 / 2 - z * sqrt(n_right * (1 - n_right / n_all) + z ** 2 / 4))
                / (n_all + z ** 2)
            ),
            'high': least(
                1,
                (n_right + z ** 2 / 2 + z * sqrt(n_right * (1 - n_right / n_all) + z ** 2 / 4))
                / (n_all + z ** 2)
            )
        }
end
