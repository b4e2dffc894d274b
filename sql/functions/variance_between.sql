-- variance_between(n_groups, n_all, n_right, sum_n_squared, sum_of_squares): variance of the true accuracies of groups
-- grain: scalar
-- units: tau squared, of fractions; sum_n_squared is the sum of the groups' n ** 2, sum_of_squares that of their
-- n_right ** 2 / n; 0 where the groups differ by no more than chance; NULL for a single group
-- reads:
-- source: DerSimonian and Laird 1986, 10.1016/0197-2456(86)90046-2, with the weights n / (p (1 - p)) of the pooled
-- accuracy p: (Q - (n_groups - 1)) / C, multiplied out so that p (1 - p) falls out of Q and C
select case
    when n_groups > 1
        then greatest(
            0,
            (
                sum_of_squares - n_right ** 2 / n_all
                - (n_groups - 1) * (n_right / n_all) * (1 - n_right / n_all)
            )
            / (n_all - sum_n_squared / n_all)
        )
end
