-- z_of_pairs(n_pairs): normal quantile for 95 % intervals that hold for all of n pairs at once
-- grain: scalar
-- units: standard deviations; 1.96 for one pair; NULL where there is none
-- reads: normal_tail
-- source: Bonferroni: each interval misses with 0.05 / n_pairs, half of that, 1 / (40 n_pairs), on each side
select case
    when n_pairs = 1 then 1.959963984540054e0
    when n_pairs > 1 then normal_tail(sqrt(2 * ln(40 * n_pairs)))
end
