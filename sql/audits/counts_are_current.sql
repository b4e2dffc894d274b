-- counts_are_current: what is kept as counts is what counting the labels and predictions now gives
-- audits: counted_datasets, counted_predictions, kept_label_counts, kept_sample_cells,
-- kept_cell_counts, kept_cell_groups, kept_sample_clusters, kept_cluster_sizes, kept_prediction_counts, kept_cluster_counts
-- reads: count_checks
-- todo: run `facestore doctor --repair`, which counts again; rows that were written by other programs are not counted by themselves
select
    dataset,
    classifier_id
from count_checks
where not is_current
