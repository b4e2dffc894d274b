-- auc_by_group(of_attribute): how well the scores of a classifier of two classes rank samples within each group
-- grain: classifier, dataset, split, group_attribute, group_name, class
-- units: auc is the share of pairs of a sample labelled as the class and one labelled otherwise in which the first has the
-- higher score, ties count half; ci_low and ci_high: 95 % interval. threshold_of_equal_recall is the score (the margin,
-- negative where the other class is predicted) from which on samples would have to be taken as the class so that at least
-- the share equal_recall of those labelled so is found: the recall of all groups together; the two rates at the
-- threshold are fractions
-- reads: two_class_scores, sample_cells, cell_groups, cluster_effects, logit_limits, if_enough
-- source: Mann and Whitney 1947, 10.1214/aoms/1177730491; variance: DeLong, DeLong and Clarke-Pearson 1988,
-- 10.2307/2531595, by ranks as Sun and Xu 2014, 10.1109/LSP.2014.2337313; interval on the logit scale: Pepe 2003
-- note: of_attribute names one of group_attributes, a pair or triple, or 'overall'. Of which classifiers: two_class_scores.
-- auc is NULL where a group lacks one of the two labels, and without an interval where the sample shows no variance, as of
-- 0 and 1. A group with fewer than min_samples samples (a setting of the store) has no figures. Where samples show the same
-- person the interval is wider by the design effect of the group (see cluster_effects)
with scored as (
    select
        scores.* exclude (classifier_id, sample_id),
        cell_groups.group_attribute,
        cell_groups.group_name
    from two_class_scores(true) as scores
    inner join sample_cells using (sample_id)
    inner join cell_groups on sample_cells.cell = cell_groups.cell
    where cell_groups.group_attribute = of_attribute
),

-- a midrank is the mean of how many come before a score, and of how many come up to it, plus a half
ranked as (
    select
        *,
        rank() over in_group as rank_of_all,
        rank() over in_label as rank_of_label,
        (rank() over in_group + count(*) over in_group) / 2
        - (rank() over in_label + count(*) over in_label) / 2 as n_others_below,
        count(*) over whole_group as n_group,
        count(*) over whole_label as n_label,
        sum(is_positive::integer) over all_groups as n_positive_of_all,
        sum((is_positive and is_taken)::integer) over all_groups as n_found_of_all
    from scored
    window
        in_group as (partition by classifier, dataset, split, class, group_name order by score),
        in_label as (
            partition by classifier, dataset, split, class, group_name, is_positive order by score
        ),
        whole_group as (partition by classifier, dataset, split, class, group_name),
        whole_label as (partition by classifier, dataset, split, class, group_name, is_positive),
        all_groups as (partition by classifier, dataset, split, class)
),

measured as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        group_attribute,
        group_name,
        class,
        count(*) as n_samples,
        count(*) filter (where is_positive) as n_labelled,
        n_samples - n_labelled as n_others,
        avg(n_others_below) filter (where is_positive) / nullif(n_others, 0) as auc,
        (
            var_samp(n_others_below) filter (where is_positive) / nullif(n_others ** 2 * n_labelled, 0)
            + var_samp(n_others_below) filter (where not is_positive)
            / nullif(n_labelled ** 2 * n_others, 0)
        ) as variance,
        any_value(n_found_of_all / nullif(n_positive_of_all, 0)) as equal_recall,
        max(
            {
                'threshold': score,
                'n_found': n_label - rank_of_label + 1,
                'n_taken': n_group - rank_of_all + 1
            }
        ) filter (
            where is_positive
            and (n_label - rank_of_label + 1) * n_positive_of_all >= n_found_of_all * n_label
        ) as equal
    from ranked
    group by all
),

widened as (
    select
        measured.*,
        logit_limits(
            auc,
            sqrt(variance) / sqrt(coalesce(cluster_effects.n_effective / cluster_effects.n_samples, 1))
        ) as limits
    from measured
    left join cluster_effects
        on
            measured.classifier = cluster_effects.classifier
            and measured.dataset = cluster_effects.dataset
            and measured.split is not distinct from cluster_effects.split
            and measured.group_attribute = cluster_effects.group_attribute
            and measured.group_name = cluster_effects.group_name
)

select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    group_attribute,
    group_name,
    class,
    n_samples,
    n_labelled,
    if_enough(auc, n_samples) as auc,
    if_enough(limits.low, n_samples) as ci_low,
    if_enough(limits.high, n_samples) as ci_high,
    equal_recall,
    if_enough(equal.threshold, n_samples) as threshold_of_equal_recall,
    if_enough(equal.n_found / n_labelled, n_samples) as true_positive_rate_at_threshold,
    if_enough((equal.n_taken - equal.n_found) / nullif(n_others, 0), n_samples)
        as false_positive_rate_at_threshold
from widened
