-- disparity: Disparity between groups
-- text: How far apart the accuracies of the groups of one kind are. accuracy_difference is the
-- highest minus the lowest, accuracy_ratio the lowest divided by the highest; every group counts
-- the same however small, so look at the size of the smallest group (pairs of labels have small
-- ones). The extremes of many groups lie apart by chance alone: tau is the standard deviation of the groups' true
-- accuracies, 0 where they differ by no more than chance, and detectable_difference the smallest difference that two
-- groups of median size would show with 80 % power. The interval of a difference is in the view accuracy_gaps.
-- show: shown
-- layout: blocks
-- head: group_attribute
select
    dataset,
    split,
    attribute,
    classifier,
    group_attribute,
    n_groups,
    n_samples,
    n_samples_smallest,
    worst_group,
    accuracy_min,
    accuracy_max,
    accuracy_mean,
    accuracy_difference,
    accuracy_ratio,
    mean_minus_min,
    tau,
    detectable_difference
from accuracy_disparity
where len(string_split(group_attribute, ' x ')) < 3
order by
    dataset,
    split,
    list_position(['gender', 'race', 'age'], attribute),
    attribute,
    classifier,
    list_position(
        ['gender', 'race', 'age', 'gender x race', 'age x gender', 'age x race'], group_attribute
    ),
    group_attribute
