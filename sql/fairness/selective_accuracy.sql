-- selective_accuracy: accuracy of the predictions with the largest margins, and whose these are
-- grain: classifier, dataset, split, coverage_asked, group_attribute, group_name
-- units: coverage_asked is 0.5, 0.6 ... 1, of all judged predictions with a margin; coverage is the share of the group
-- that is among them, n_samples of n_group; accuracy is a fraction of these; ci_low and ci_high are its 95 %
-- Wilson interval, ci_low_coverage and ci_high_coverage that of coverage
-- reads: sample_judgements, classifiers, label_taxonomies, sample_cells, cell_groups, cluster_effects, if_enough,
-- wilson_clustered, seen_by
-- source: Jones et al. 2021, arXiv 2010.14134: one threshold for all groups; abstaining where the margin is small can
-- raise the accuracy of all and the gap between groups
-- note: margins as large as the last that is taken are taken as well, so that overall the coverage may be above
-- coverage_asked. A classifier without margins is not here. A group of which fewer than min_samples samples (a setting
-- of the store) are left has no rates. Samples are worth n_effective by the design effect of the whole group (see
-- cluster_effects)
with ranked as (
    select
        classifier_id,
        sample_id,
        dataset,
        split,
        attribute,
        is_correct,
        -- how many have a larger margin; of equal ones each has the same
        rank() over of_largest - 1 as n_above,
        count(*) over (partition by classifier_id, dataset, split) as n_all
    from sample_judgements
    where margin is not null
    window of_largest as (partition by classifier_id, dataset, split order by margin desc)
),

by_cell as materialized (
    select
        ranked.classifier_id,
        ranked.dataset,
        ranked.split,
        ranked.attribute,
        sample_cells.cell,
        -- the smallest coverage, in tenths, at which the prediction is taken
        greatest(5, 1 + (10 * ranked.n_above) // ranked.n_all) as tenths,
        count(*) as n_samples,
        count(*) filter (where ranked.is_correct) as n_correct
    from ranked
    left join sample_cells on ranked.sample_id = sample_cells.sample_id
    group by all
),

by_group as materialized (
    select
        classifiers.name as classifier,
        by_cell.attribute,
        label_taxonomies.taxonomy,
        by_cell.dataset,
        by_cell.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        by_cell.tenths,
        sum(by_cell.n_samples) as n_samples,
        sum(by_cell.n_correct) as n_correct
    from by_cell
    inner join classifiers using (classifier_id)
    inner join label_taxonomies
        on
            by_cell.dataset = label_taxonomies.dataset
            and by_cell.attribute = label_taxonomies.attribute
    inner join cell_groups on by_cell.cell = cell_groups.cell
    group by all
),

levels as (
    select unnest(range(5, 11)) as level
),

taken as (
    select
        by_group.classifier,
        by_group.attribute,
        by_group.taxonomy,
        by_group.dataset,
        by_group.split,
        levels.level / 10 as coverage_asked,
        by_group.group_attribute,
        by_group.group_name,
        sum(by_group.n_samples)::bigint as n_group,
        coalesce(
            sum(by_group.n_samples) filter (where by_group.tenths <= levels.level), 0
        )::bigint as n_taken,
        coalesce(
            sum(by_group.n_correct) filter (where by_group.tenths <= levels.level), 0
        )::bigint as n_correct
    from by_group
    cross join levels
    group by all
),

sized as (
    select
        taken.*,
        coalesce(cluster_effects.n_effective / cluster_effects.n_samples, 1) as worth
    from taken
    left join cluster_effects
        on
            taken.classifier = cluster_effects.classifier
            and taken.dataset = cluster_effects.dataset
            and taken.split is not distinct from cluster_effects.split
            and taken.group_attribute = cluster_effects.group_attribute
            and taken.group_name = cluster_effects.group_name
),

intervals as (
    select
        *,
        wilson_clustered(n_correct, n_taken, n_taken * worth) as limits,
        wilson_clustered(n_taken, n_group, n_group * worth) as limits_coverage
    from sized
)

select
    * exclude (n_taken, n_correct, worth, limits, limits_coverage),
    seen_by(classifier, dataset, split) as seen,
    if_enough(n_taken / n_group, n_group) as coverage,
    if_enough(limits_coverage.low, n_group) as ci_low_coverage,
    if_enough(limits_coverage.high, n_group) as ci_high_coverage,
    n_taken as n_samples,
    n_correct,
    if_enough(n_correct / nullif(n_taken, 0), n_taken) as accuracy,
    if_enough(limits.low, n_taken) as ci_low,
    if_enough(limits.high, n_taken) as ci_high,
    n_taken * worth as n_effective
from intervals
