-- headlines: Headline of each classifier
-- text: Accuracy with its 95 % interval, and the race on which the classifier does worst. Classifiers that were trained
-- or tuned on a split are left out there.
select
    summary.classifier,
    summary.attribute,
    summary.dataset,
    summary.split,
    summary.n_samples,
    round(summary.accuracy, 4) as accuracy,
    round(summary.ci_low, 4) as ci_low,
    round(summary.ci_high, 4) as ci_high,
    round(summary.balanced_accuracy, 4) as balanced_accuracy,
    disparity.worst_group as worst_race,
    disparity.n_samples_worst as n_worst_race,
    round(disparity.accuracy_min, 4) as worst_race_accuracy
from classifier_summary as summary
left join accuracy_disparity as disparity
    on
        summary.classifier = disparity.classifier
        and summary.dataset = disparity.dataset
        and summary.split is not distinct from disparity.split
        and disparity.group_attribute = 'race'
where summary.seen is null
order by
    summary.dataset asc,
    summary.split asc,
    summary.attribute asc,
    summary.accuracy_at_least desc
