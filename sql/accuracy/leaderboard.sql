-- leaderboard: the classifiers of an attribute on a data set, the most accurate of all labelled samples first
-- grain: classifier, dataset, split
-- units: as in classifier_summary; worst_group_accuracy is the lowest over the labels of all
-- attributes, of n_samples_worst; rank from 1, by accuracy_at_least; rank_best and rank_worst: the
-- ranks that its intervals allow; all three are NULL where seen says that the classifier was trained or tuned on the split
-- reads: classifier_summary, accuracy_disparity, classifiers, encoders
-- note: a sample without a prediction counts as wrong in a rank, so that no classifier gains by leaving out what is
-- difficult; where all are predicted accuracy_at_least is accuracy. rank_best counts the classifiers whose whole interval
-- lies above, rank_worst those whose does not lie below; they are judged on the same samples, so differences are often
-- surer than that (see classifier_comparison). What a classifier saw in training takes no part in the ranks of the others
with summaries as materialized (
    select * from classifier_summary
),

worst_groups as (
    select
        classifier,
        dataset,
        split,
        min(accuracy_min) as worst_group_accuracy,
        arg_min(worst_group, { 'accuracy': accuracy_min, 'name': worst_group }) as worst_group,
        arg_min(
            n_samples_worst, { 'accuracy': accuracy_min, 'name': worst_group }
        ) as n_samples_worst
    from accuracy_disparity
    where not contains(group_attribute, ' x ')
    group by all
),

rivals as (
    select
        one.classifier,
        one.dataset,
        one.split,
        count(*) filter (
            where other.accuracy_at_least > one.accuracy_at_least
        ) as n_above,
        count(*) filter (
            where other.ci_low_at_least > one.ci_high_at_least
        ) as n_surely_above,
        count(*) filter (
            where other.ci_high_at_least >= one.ci_low_at_least
        ) as n_not_surely_below
    from summaries as one
    inner join summaries as other
        on
            one.attribute = other.attribute
            and one.dataset = other.dataset
            and one.split is not distinct from other.split
    where one.seen is null and other.seen is null
    group by all
)

select
    summary.*,
    encoders.architecture,
    encoders.pretrained,
    classifiers.kind,
    classifiers.prompt_set,
    classifiers.aggregation,
    classifiers.k,
    worst_groups.worst_group,
    worst_groups.n_samples_worst,
    worst_groups.worst_group_accuracy,
    rivals.n_above + 1 as rank,
    rivals.n_surely_above + 1 as rank_best,
    rivals.n_not_surely_below as rank_worst
from summaries as summary
inner join classifiers on summary.classifier = classifiers.name
left join encoders using (encoder_id)
left join rivals
    on
        summary.classifier = rivals.classifier
        and summary.dataset = rivals.dataset
        and summary.split is not distinct from rivals.split
left join worst_groups
    on
        summary.classifier = worst_groups.classifier
        and summary.dataset = worst_groups.dataset
        and summary.split is not distinct from worst_groups.split
