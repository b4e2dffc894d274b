-- selective_accuracy: Accuracy of the surest predictions
-- text: What a classifier gains that says nothing where it is unsure: its accuracy on the half, 60 % and so on with the
-- largest margins, with one threshold for all groups. coverage is the share of the group that is still answered. A group
-- with low coverage pays for the accuracy of the others, and the gap between groups may grow.
-- empty: None of the main classifiers has margins; predictions that were imported have none.
-- command: facestore predict --prompt-set age_race_gender_labels_v2 --attribute gender
-- show: shown
-- layout: blocks
-- head: group_name
-- fold: yes
select
    selective_accuracy.dataset,
    selective_accuracy.split,
    selective_accuracy.attribute,
    selective_accuracy.classifier,
    selective_accuracy.coverage_asked,
    selective_accuracy.group_attribute,
    selective_accuracy.group_name,
    selective_accuracy.n_group,
    selective_accuracy.coverage,
    selective_accuracy.ci_low_coverage,
    selective_accuracy.ci_high_coverage,
    selective_accuracy.n_samples,
    selective_accuracy.accuracy,
    selective_accuracy.ci_low,
    selective_accuracy.ci_high
from selective_accuracy
left join classes
    on
        selective_accuracy.group_attribute = classes.attribute
        and selective_accuracy.group_name = classes.class
where not contains(selective_accuracy.group_attribute, ' x ')
order by
    selective_accuracy.dataset asc,
    selective_accuracy.split asc,
    list_position(['gender', 'race', 'age'], selective_accuracy.attribute) asc,
    selective_accuracy.attribute asc,
    selective_accuracy.classifier asc,
    selective_accuracy.coverage_asked desc,
    list_position(['overall', 'gender', 'race', 'age'], selective_accuracy.group_attribute) asc,
    selective_accuracy.group_attribute asc,
    classes.ordinal asc,
    selective_accuracy.group_name asc
