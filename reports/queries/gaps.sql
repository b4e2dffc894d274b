-- gaps: Best and worst group
-- text: For each classifier that is shown, the group on which it is right most often and the one on
-- which it is right least often, with their n and 95 % Wilson intervals. The difference is that of
-- the two; with many groups some difference is there by chance alone, and groups of few samples
-- are the first to stand out. So beside it are the 95 % interval of the largest true gap, for all pairs of groups at
-- once; tau, the standard deviation of the groups' true accuracies; what is left of the gap without the noise of small
-- groups; and the smallest gap that two groups of median size would show with 80 % power.
-- empty: No classifier is judged on two groups of one kind.
-- command: facestore import labels FILE --dataset NAME
-- show: shown
-- head: group_attribute
with kinds as (
    select * from accuracy_by_group
    where
        group_attribute <> 'overall'
        and not contains(group_attribute, ' x ')
        and accuracy is not null
),

highest as (
    select * from kinds
    qualify
        row_number() over (
            partition by classifier, dataset, split, group_attribute
            order by accuracy desc, n_samples desc, group_name asc
        ) = 1
)

select
    lowest.dataset,
    lowest.split,
    lowest.attribute,
    lowest.classifier,
    lowest.group_attribute,
    lowest.group_name as worst_group,
    lowest.n_samples as n_samples_worst,
    lowest.accuracy as worst_accuracy,
    lowest.ci_low as worst_ci_low,
    lowest.ci_high as worst_ci_high,
    highest.group_name as best_group,
    highest.n_samples as n_samples_best,
    highest.accuracy as best_accuracy,
    highest.ci_low as best_ci_low,
    highest.ci_high as best_ci_high,
    disparity.accuracy_difference,
    accuracy_gaps.ci_low as gap_ci_low,
    accuracy_gaps.ci_high as gap_ci_high,
    accuracy_gaps.tau,
    accuracy_gaps.shrunken_gap,
    accuracy_gaps.detectable_gap
from accuracy_disparity as disparity
inner join kinds as lowest
    on
        disparity.classifier = lowest.classifier
        and disparity.dataset = lowest.dataset
        and disparity.split is not distinct from lowest.split
        and disparity.group_attribute = lowest.group_attribute
        and disparity.worst_group = lowest.group_name
inner join highest
    on
        disparity.classifier = highest.classifier
        and disparity.dataset = highest.dataset
        and disparity.split is not distinct from highest.split
        and disparity.group_attribute = highest.group_attribute
inner join accuracy_gaps
    on
        disparity.classifier = accuracy_gaps.classifier
        and disparity.dataset = accuracy_gaps.dataset
        and disparity.split is not distinct from accuracy_gaps.split
        and disparity.group_attribute = accuracy_gaps.group_attribute
where disparity.n_groups > 1
order by
    lowest.dataset,
    lowest.split,
    list_position(['gender', 'race', 'age'], lowest.attribute),
    lowest.attribute,
    lowest.classifier,
    list_position(['gender', 'race', 'age'], lowest.group_attribute),
    lowest.group_attribute
