-- wording_accuracy: accuracy of every single wording of a prompt set, one prompt for each class
-- grain: encoder, prompt_set, attribute, dataset, split, wording
-- units: accuracy is a fraction in [0, 1] of n_samples; ci_low and ci_high: 95 % Wilson interval, of
-- n_effective samples: a person, or a picture and its copies, counts as one (see cluster_sizes); wording is the text of
-- the prompt for the class of the lowest ordinal
-- reads: wording_counts, cluster_sizes, encoders, counted_by_cluster, wilson_clustered
-- note: where a wording has several prompts for a class, their mean cosine counts; a sample counts only
-- where all prompts of the wording have a similarity; ties go to the lowest ordinal
with sized as (
    select
        wording_counts.*,
        counted_by_cluster(wording_counts.n_samples, cluster_sizes.mean_cluster_size) as n_effective
    from wording_counts
    left join cluster_sizes
        on
            wording_counts.attribute = cluster_sizes.attribute
            and wording_counts.dataset = cluster_sizes.dataset
            and wording_counts.split is not distinct from cluster_sizes.split
            and cluster_sizes.group_attribute = 'overall'
),

wordings as (
    select
        *,
        wilson_clustered(n_correct, n_samples, n_effective) as limits
    from sized
)

select
    wordings.encoder_id,
    encoders.name as encoder,
    wordings.prompt_set,
    wordings.attribute,
    wordings.taxonomy,
    wordings.dataset,
    wordings.split,
    wordings.wording,
    wordings.n_prompts,
    wordings.n_samples,
    wordings.n_correct,
    wordings.n_correct / nullif(wordings.n_samples, 0) as accuracy,
    wordings.limits.low as ci_low,
    wordings.limits.high as ci_high,
    wordings.n_effective
from wordings
inner join encoders using (encoder_id)
