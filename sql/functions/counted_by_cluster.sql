-- counted_by_cluster(n_all, mean_cluster_size): how many samples there are where each cluster counts once
-- grain: scalar
-- units: samples, rarely a whole number, at least 1 of any; n_all where mean_cluster_size is NULL, as nothing hangs together
-- reads:
-- source: Rao and Scott 1992, 10.2307/2532311, with an intraclass correlation of 1
-- note: mean_cluster_size is that of cluster_sizes, also of a part of its samples, of whom each cluster has rather fewer
select n_all / greatest(1, least(coalesce(mean_cluster_size, 1), n_all))
