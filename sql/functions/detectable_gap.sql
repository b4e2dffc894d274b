-- detectable_gap(n_groups, n_one, n_other, share): smallest true gap between two of many groups that is found with 80 % power
-- grain: scalar
-- units: a fraction; share is the accuracy that both are near, n_one and n_other their samples; NULL for a single group;
-- above 1 where the groups are too small to show any
-- reads: z_of_pairs
-- source: the usual normal approximation (Fleiss, Levin and Paik 2003, chapter 4), found at the simultaneous level of
-- all pairs of n_groups groups; 0.8416212335729143 is the 80 % normal quantile
select
    (z_of_pairs(n_groups * (n_groups - 1) / 2) + 0.8416212335729143e0)
    * sqrt(share * (1 - share) * (1 / nullif(n_one, 0) + 1 / nullif(n_other, 0)))
