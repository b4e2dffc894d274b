-- calibration_bins: reliability diagram: how often predictions of about one confidence are right
-- grain: aggregation, encoder, prompt_set, attribute, dataset, split, group_attribute, group_name, bin
-- units: bin counts from 1 to 15, of equal width; confidence_from and confidence_to are its ends;
-- confidence (mean) and accuracy are fractions in [0, 1] of n_samples; ci_low and ci_high: 95 % Wilson
-- interval of accuracy, of n_effective samples: a person, or a picture and its copies, counts as one (see cluster_sizes)
-- reads: calibration_counts, cell_groups, cluster_sizes, encoders, if_enough, counted_by_cluster, wilson_clustered
-- note: a bin without predictions has no row; a group with fewer than min_samples samples (a setting of
-- the store) has no rates
with counts as materialized (
    select
        calibration_counts.aggregation,
        calibration_counts.encoder_id,
        calibration_counts.prompt_set,
        calibration_counts.attribute,
        calibration_counts.taxonomy,
        calibration_counts.dataset,
        calibration_counts.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        calibration_counts.bin,
        sum(calibration_counts.n_correct)::bigint as n_correct,
        sum(calibration_counts.n_samples)::bigint as n_samples,
        sum(calibration_counts.sum_confidence) / sum(calibration_counts.n_samples) as confidence,
        sum(sum(calibration_counts.n_samples)) over (
            partition by
                calibration_counts.aggregation,
                calibration_counts.encoder_id,
                calibration_counts.prompt_set,
                calibration_counts.attribute,
                calibration_counts.dataset,
                calibration_counts.split,
                cell_groups.group_attribute,
                cell_groups.group_name
        ) as n_group
    from calibration_counts
    inner join cell_groups using (cell)
    group by
        calibration_counts.aggregation,
        calibration_counts.encoder_id,
        calibration_counts.prompt_set,
        calibration_counts.attribute,
        calibration_counts.taxonomy,
        calibration_counts.dataset,
        calibration_counts.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        calibration_counts.bin
),

-- by the clusters of the whole group, as the clusters within a bin are no larger
sized as (
    select
        counts.*,
        counted_by_cluster(counts.n_samples, cluster_sizes.mean_cluster_size) as n_effective
    from counts
    left join cluster_sizes
        on
            counts.attribute = cluster_sizes.attribute
            and counts.dataset = cluster_sizes.dataset
            and counts.split is not distinct from cluster_sizes.split
            and counts.group_attribute = cluster_sizes.group_attribute
            and counts.group_name = cluster_sizes.group_name
),

intervals as (
    select
        *,
        wilson_clustered(n_correct, n_samples, n_effective) as limits
    from sized
)

select
    counts.aggregation,
    counts.encoder_id,
    encoders.name as encoder,
    counts.prompt_set,
    counts.attribute,
    counts.taxonomy,
    counts.dataset,
    counts.split,
    counts.group_attribute,
    counts.group_name,
    counts.bin,
    (counts.bin - 1) / 15 as confidence_from,
    counts.bin / 15 as confidence_to,
    counts.n_samples,
    counts.n_correct,
    if_enough(counts.confidence, counts.n_group) as confidence,
    if_enough(counts.n_correct / nullif(counts.n_samples, 0), counts.n_group) as accuracy,
    if_enough(counts.limits.low, counts.n_group) as ci_low,
    if_enough(counts.limits.high, counts.n_group) as ci_high,
    counts.n_effective
from intervals as counts
inner join encoders using (encoder_id)
