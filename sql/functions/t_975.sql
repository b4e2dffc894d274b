-- t_975(n_free): 97.5 % quantile of Student's t distribution, for 95 % intervals of means
-- grain: scalar
-- units: none; NULL where there is no degree of freedom
-- reads:
-- source: exact values up to 30; beyond, the expansion in 1 / n_free of Fisher and Cornish (1960), Abramowitz and
-- Stegun 26.7.5, whose error is below 4e-8 there
select case
    when n_free between 1 and 30
        then list_extract(
            [
                12.706204736174694e0, 4.302652729749462e0, 3.1824463052837078e0,
                2.7764451051977934e0, 2.5705818356363146e0, 2.4469118511449786e0,
                2.364624251592784e0, 2.306004135204166e0, 2.262157162798205e0,
                2.228138851986274e0, 2.200985160091639e0, 2.1788128296672284e0,
                2.1603686564627913e0, 2.144786687917804e0, 2.131449545559776e0,
                2.1199052992212546e0, 2.1098155778333156e0, 2.1009220402410382e0,
                2.0930240544083087e0, 2.085963447265864e0, 2.0796138447276795e0,
                2.0738730679040254e0, 2.0686576104190486e0, 2.0638985616280245e0,
                2.0595385527532972e0, 2.0555294386428735e0, 2.0518305164802846e0,
                2.0484071417952454e0, 2.045229642132703e0, 2.0422724563012378e0
            ],
            n_free::bigint
        )
    when n_free > 30
        then
            1.959963984540054e0
            + 2.372271230298562e0 / n_free
            + 2.8224986157396112e0 / n_free ** 2
            + 2.555849679507722e0 / n_free ** 3
            + 1.5895340533938225e0 / n_free ** 4
end
