-- wilson_low(n_right, n_all): lower limit of the 95 % Wilson score interval of a share
-- grain: scalar
-- units: fraction in [0, 1]; NULL without observations or where either is NULL
-- reads:
-- source: Wilson 1927, 10.1080/01621459.1927.10502953; 1.959963984540054 is the 97.5 % normal quantile;
-- the literals have exponents to be doubles: as decimals they would overflow
select case
    when n_all > 0 and n_right is not null
        then greatest(
            0,
            (
                n_right + 1.920729410347062e0
                - 1.959963984540054e0
                * sqrt(n_right * (1 - n_right / n_all) + 0.960364705173531e0)
            )
            / (n_all + 3.841458820694124e0)
        )
end
