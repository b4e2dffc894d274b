-- predicted_shares: how often each class is predicted within each group, whether or not samples are labelled with it
-- grain: classifier, dataset, split, group_attribute, group_name, predicted
-- units: n_samples counts the samples of the group with a predicted class, n_predicted those with this one, n_ties those
-- without one because several have the highest score, which are in no share; share is a fraction in [0, 1] of n_samples;
-- ci_low and ci_high: 95 % Wilson interval, of n_effective samples: a person, or a picture and its copies, is one
-- reads: prediction_counts, classifiers, class_prompts, cell_groups, kept_cluster_counts, if_enough, wilson_clustered
-- source: Radford et al. 2021, arXiv 2103.00020, section 7.1, table 6
-- note: where no sample can have a label, as of harm (criminal, non-human, person), it measures the harm that a model
-- does, never the people. Classes as the classifier says them: those that it predicts anywhere, and of prompts all, so
-- that a class which is never predicted in a group has a share of 0 there; demographic_parity has the largest gap. A
-- group with fewer than min_samples samples (a setting of the store) has no rates
with by_cell as (
    select
        classifier_id,
        dataset,
        split,
        cell,
        predicted,
        sum(n_samples) as n_samples,
        sum(n_ties) as n_ties
    from prediction_counts
    -- a row of no class is a tie, or a number of no class
    where predicted is not null or n_ties > 0
    group by all
),

by_group as (
    select
        by_cell.classifier_id,
        by_cell.dataset,
        by_cell.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        by_cell.predicted,
        sum(by_cell.n_samples)::bigint as n_predicted,
        sum(by_cell.n_ties)::bigint as n_ties
    from by_cell
    inner join cell_groups using (cell)
    group by all
),

sizes as (
    select
        classifier_id,
        dataset,
        split,
        group_attribute,
        group_name,
        sum(n_predicted) filter (where predicted is not null)::bigint as n_samples,
        sum(n_ties)::bigint as n_ties
    from by_group
    group by all
    having count(predicted) > 0
),

-- for each sample, how many more of its cluster are in the group
clusters as (
    select
        classifier_id,
        dataset,
        split,
        group_attribute,
        group_name,
        sum(n_in_cluster * (n_in_cluster - 1) * n_clusters)::double as n_more
    from kept_cluster_counts
    where not is_judged
    group by all
),

classes_of as (
    select
        classifier_id,
        predicted
    from by_cell
    where predicted is not null
    union
    select
        classifiers.classifier_id,
        class_prompts.class as predicted
    from classifiers
    inner join class_prompts using (prompt_set, attribute)
    where classifiers.kind = 'zero_shot'
),

counts as (
    select
        sizes.classifier_id,
        sizes.dataset,
        sizes.split,
        sizes.group_attribute,
        sizes.group_name,
        classes_of.predicted,
        sizes.n_samples,
        coalesce(by_group.n_predicted, 0) as n_predicted,
        sizes.n_ties,
        sizes.n_samples / (1 + coalesce(clusters.n_more, 0) / sizes.n_samples) as n_effective
    from sizes
    inner join classes_of using (classifier_id)
    left join clusters
        on
            sizes.classifier_id = clusters.classifier_id
            and sizes.dataset = clusters.dataset
            and sizes.split is not distinct from clusters.split
            and sizes.group_attribute = clusters.group_attribute
            and sizes.group_name = clusters.group_name
    left join by_group
        on
            sizes.classifier_id = by_group.classifier_id
            and sizes.dataset = by_group.dataset
            and sizes.split is not distinct from by_group.split
            and sizes.group_attribute = by_group.group_attribute
            and sizes.group_name = by_group.group_name
            and classes_of.predicted = by_group.predicted
),

intervals as (
    select
        *,
        wilson_clustered(n_predicted, n_samples, n_effective) as limits
    from counts
)

select
    classifiers.name as classifier,
    classifiers.attribute,
    counts.dataset,
    counts.split,
    counts.group_attribute,
    counts.group_name,
    counts.predicted,
    counts.n_samples,
    counts.n_predicted,
    if_enough(counts.n_predicted / counts.n_samples, counts.n_samples) as share,
    if_enough(counts.limits.low, counts.n_samples) as ci_low,
    if_enough(counts.limits.high, counts.n_samples) as ci_high,
    counts.n_ties,
    counts.n_effective
from intervals as counts
inner join classifiers using (classifier_id)
