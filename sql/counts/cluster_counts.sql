-- cluster_counts: predictions of the same person or picture, by group and by how many there are of each
-- grain: classifier, dataset, split, group_attribute, group_name, is_judged, n_in_cluster
-- units: n_in_cluster, two or more, is how many of the group are in each of n_clusters clusters: judged predictions, or
-- where is_judged is false all of a class; n_correct counts the right ones of all of these clusters,
-- sum_n_correct_squared adds up the squares of the right ones of each; both are NULL where they are not judged
-- reads: kept_cluster_counts, current_cluster_counts
-- note: empty where no two samples hang together (see sample_clusters). Kept when predictions are written; what is not
-- kept is counted here
select
    classifier_id,
    dataset,
    split,
    group_attribute,
    group_name,
    is_judged,
    n_in_cluster,
    n_clusters,
    n_correct,
    sum_n_correct_squared
from kept_cluster_counts
union all
select
    classifier_id,
    dataset,
    split,
    group_attribute,
    group_name,
    is_judged,
    n_in_cluster,
    n_clusters,
    n_correct,
    sum_n_correct_squared
from current_cluster_counts(false)
