-- cluster_sizes: how many labelled samples of a group show the same person, or are copies of one picture
-- grain: attribute, dataset, split, group_attribute, group_name
-- units: n_samples of n_clusters persons or pictures have a label of the attribute; mean_cluster_size is the mean over
-- samples of how many of the group are of the same cluster
-- reads: kept_cluster_sizes
-- source: Rao and Scott 1992, 10.2307/2532311
-- note: only groups in which two samples hang together. Figures that are not counted by classifier (of prompts, confidences,
-- ages) take a cluster for one observation, as if its samples were all right or all wrong (an icc of 1): their
-- n_effective is n_samples by mean_cluster_size, and their intervals are rather too wide than too narrow. Counted at the end
-- of a command that writes: of a data set that it was killed before, it is the next one that does
select
    attribute,
    dataset,
    split,
    group_attribute,
    group_name,
    n_samples,
    n_clusters,
    sum_of_squares / n_samples as mean_cluster_size
from kept_cluster_sizes
