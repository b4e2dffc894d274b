-- intraclass_correlation(n_all, n_right, n_clusters, n_groups, sizes, squares, group_squares): how much being right hangs together
-- grain: scalar
-- units: in [0, 1], within clusters; n_right of n_all samples are right, of n_clusters clusters in n_groups groups, the
-- same cluster counting once in each; sizes adds up the mean cluster sizes of the groups (sum of n ** 2 by n of the
-- group), squares n_right ** 2 / n of the clusters, and group_squares that of the groups
-- reads:
-- source: the analysis-of-variance estimator: Donner 1986, 10.2307/1403259; Ridout, Demetrio and Firth 1999,
-- 10.1111/j.0006-341X.1999.00137.x; within groups, whose own means are taken out of what is between clusters
-- note: below 0 it is 0. It is 1, as if a cluster were one sample, where it cannot be told: there is one cluster a group,
-- or all samples are right, or wrong
select greatest(
    0,
    least(
        1,
        coalesce(
            (
                (squares - group_squares) / nullif(n_clusters - n_groups, 0)
                - (n_right - squares) / nullif(n_all - n_clusters, 0)
            )
            / nullif(
                (squares - group_squares) / nullif(n_clusters - n_groups, 0)
                + ((n_all - sizes) / nullif(n_clusters - n_groups, 0) - 1)
                * (n_right - squares) / nullif(n_all - n_clusters, 0),
                0
            ),
            1
        )
    )
)
