-- accuracy_by_white: accuracy on faces labelled White and on all others, race judged as those two
-- grain: classifier, dataset, split, group_name
-- units: accuracy is a fraction in [0, 1] of n_samples; ci_low and ci_high: 95 % Wilson interval
-- reads: judged_predictions, judged_predictions_as, sample_labels, judged_as, group_accuracy
-- source: Radford et al. 2021, arXiv 2103.00020, section 7.1, has only these two groups in tables 3 and 4
-- note: the two groups are a convention of that paper and hide the differences between the others
with judged as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        sample_id,
        is_correct
    from judged_predictions
    where attribute <> 'race'
    union all
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        sample_id,
        is_correct
    from judged_predictions_as('CLIP-2')
    where attribute = 'race'
),

races as (
    select
        sample_id,
        judged_as('CLIP-2', attribute, label) as race
    from sample_labels
    where attribute = 'race'
),

groups as (
    select
        judged.classifier,
        judged.attribute,
        judged.taxonomy,
        judged.dataset,
        judged.split,
        races.race as group_name,
        group_accuracy(judged.is_correct) as figures
    from judged
    inner join races using (sample_id)
    where races.race in ('White', 'Non-White')
    group by all
)

select
    * exclude (figures),
    figures.*
from groups
